from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from mnimage.errors import PhotoUnreadable
from mnimage.formats.jpeg import read_jpeg


def _jpeg(array, **options):
    made = io.BytesIO()
    picture = array if isinstance(array, Image.Image) else Image.fromarray(array)
    picture.save(made, "JPEG", **{"quality": 95, "subsampling": 0, **options})
    return made.getvalue()


def _gap(one, other):
    return np.abs(one.astype(np.int32) - other.astype(np.int32)).max()


@pytest.mark.parametrize("progressive", [False, True])
def test_pixels_are_rgb_and_not_rotated(scene8, exif_of, progressive):
    decoded = read_jpeg(_jpeg(scene8, exif=exif_of(6), progressive=progressive))
    assert decoded.samples.dtype == np.uint8
    assert _gap(decoded.samples, scene8) < 6
    assert (decoded.exif.orientation, decoded.upright) == (6, False)
    assert decoded.exif.camera == "Maker Model 1"


def test_grey_has_one_channel(scene8):
    decoded = read_jpeg(_jpeg(np.ascontiguousarray(scene8[..., 0])))
    assert decoded.samples.shape == scene8.shape[:2]


def test_cmyk_becomes_rgb_with_a_note(scene8):
    decoded = read_jpeg(_jpeg(Image.fromarray(scene8).convert("CMYK")))
    assert _gap(decoded.samples, scene8) < 12
    assert any("CMYK" in str(note) for note in decoded.notes)


def test_a_profile_in_several_pieces_comes_whole(scene8):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + bytes(70000)
    content = _jpeg(scene8, icc_profile=profile)
    assert content.count(b"ICC_PROFILE\0") == 2
    assert read_jpeg(content).icc == profile


def test_a_second_picture_after_the_first_is_ignored(scene8):
    decoded = read_jpeg(_jpeg(scene8) + b"\0\0trailer" + _jpeg(255 - scene8))
    assert _gap(decoded.samples, scene8) < 6


@pytest.mark.parametrize("kept", [0.03, 0.3, 0.6, 0.95, 0.999])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_truncated_file_is_refused(scene8, kept, progressive, capfd):
    noisy = scene8 ^ np.random.default_rng(3).integers(0, 32, scene8.shape, dtype=np.uint8)
    content = _jpeg(noisy, progressive=progressive, exif=Image.Exif())
    with pytest.raises(PhotoUnreadable, match="damaged") as caught:
        read_jpeg(content[: int(len(content) * kept)])
    assert caught.value.hint
    assert capfd.readouterr().err == ""


def test_a_picture_whose_middle_is_lost_is_refused(scene8, capfd):
    noisy = scene8 ^ np.random.default_rng(3).integers(0, 32, scene8.shape, dtype=np.uint8)
    content = _jpeg(noisy)
    middle = len(content) // 2
    with pytest.raises(PhotoUnreadable, match="cannot be decoded"):
        read_jpeg(content[:middle] + content[-2:])
    assert capfd.readouterr().err == ""


def test_a_broken_header_is_refused():
    with pytest.raises(PhotoUnreadable, match="header"):
        read_jpeg(b"\xff\xd8\xff\xe0\0\x04ab" + b"nonsense" * 20)


@pytest.mark.parametrize("end", [b"", b"\xff\xd9"])
def test_a_file_without_a_picture_is_refused(end):
    with pytest.raises(PhotoUnreadable):
        read_jpeg(b"\xff\xd8\xff\xe0\0\x04ab" + end + bytes(20))


def test_the_size_is_checked_before_anything_is_decoded(scene8):
    content = bytearray(_jpeg(scene8))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = (30000).to_bytes(2, "big") * 2
    with pytest.raises(PhotoUnreadable, match="900 megapixels"):
        read_jpeg(bytes(content))


def test_junk_in_the_exif_block_does_not_prevent_reading(scene8):
    decoded = read_jpeg(_jpeg(scene8, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(40)))
    assert _gap(decoded.samples, scene8) < 6
    assert decoded.exif.orientation == 1
