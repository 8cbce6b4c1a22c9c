from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from mnimage.errors import PhotoUnreadable
from mnimage.formats.plain import read_plain


def _file(array, kind, **options):
    made = io.BytesIO()
    picture = array if isinstance(array, Image.Image) else Image.fromarray(array)
    picture.save(made, kind, **options)
    return made.getvalue()


def test_webp_exactly_with_its_turn(scene8, exif_of):
    decoded = read_plain("WebP", _file(scene8, "WEBP", lossless=True, exif=exif_of(6)))
    np.testing.assert_array_equal(decoded.samples, scene8)
    assert (decoded.exif.orientation, decoded.upright) == (6, False)


def test_bmp_exactly(scene8):
    np.testing.assert_array_equal(read_plain("BMP", _file(scene8, "BMP")).samples, scene8)


def test_avif_nearly_with_its_turn(scene8, exif_of):
    decoded = read_plain("AVIF", _file(scene8, "AVIF", quality=95, exif=exif_of(6)))
    assert np.abs(decoded.samples.astype(int) - scene8).mean() < 4
    assert decoded.exif.orientation == 6


@pytest.mark.parametrize("kind", ["GIF", "WebP"])
def test_of_an_animation_the_first_frame_is_used(scene8, kind):
    first = Image.fromarray(scene8)
    content = _file(first, kind, save_all=True, append_images=[Image.fromarray(255 - scene8)])
    decoded = read_plain(kind, content)
    assert np.abs(decoded.samples[..., :3].astype(int) - scene8).mean() < 12
    assert "formats.animated" in [note.code for note in decoded.notes]


@pytest.mark.parametrize("kind", ["WebP", "BMP", "GIF", "AVIF"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(scene8, kind, kept, capfd):
    content = _file(scene8, kind)
    with pytest.raises(PhotoUnreadable, match="damaged"):
        read_plain(kind, content[: int(len(content) * kept)])
    assert capfd.readouterr().err == ""


def test_the_size_is_checked_before_anything_is_decoded(scene8):
    content = bytearray(_file(scene8, "BMP"))
    content[18:26] = (20000).to_bytes(4, "little") * 2
    with pytest.raises(PhotoUnreadable, match="400 megapixels"):
        read_plain("BMP", bytes(content))
