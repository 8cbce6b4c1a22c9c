from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from mnimage.errors import PhotoUnreadable
from mnimage.formats.tiff import check_whole, is_raw, read_tiff
from mnimage.formats.upright import turn_upright


def _tiff(array, **options):
    made = io.BytesIO()
    tifffile.imwrite(made, array, **{"photometric": "rgb", "metadata": None, **options})
    return made.getvalue()


def _pillow(picture, **options):
    made = io.BytesIO()
    picture.save(made, "TIFF", **options)
    return made.getvalue()


def _lzw16(array):
    """16-bit LZW as OpenCV's libtiff writes it, with the predictor that Photoshop uses too."""
    ok, packed = cv2.imencode(
        ".tif", np.ascontiguousarray(array[..., ::-1]), [cv2.IMWRITE_TIFF_COMPRESSION, 5]
    )
    assert ok
    return packed.tobytes()


@pytest.mark.parametrize("packing", [None, "zlib"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_both_depths_exactly(scene8, scene16, packing, order):
    for scene, bits in ((scene8, 8), (scene16, 16)):
        decoded = read_tiff(_tiff(scene, compression=packing, byteorder=order))
        np.testing.assert_array_equal(decoded.samples, scene)
        assert (decoded.bits, decoded.samples.dtype) == (bits, scene.dtype)


@pytest.mark.parametrize(
    "layout",
    [
        {"planarconfig": "separate"},
        {"tile": (32, 32)},
        {"rowsperstrip": 7},
        {"bigtiff": True},
        {"compression": "zlib", "predictor": 2},
    ],
)
def test_every_layout_exactly(scene16, layout):
    array = scene16.transpose(2, 0, 1) if "planarconfig" in layout else scene16
    decoded = read_tiff(_tiff(np.ascontiguousarray(array), **layout))
    np.testing.assert_array_equal(decoded.samples, scene16)


def test_lzw_of_both_depths_exactly(scene8, scene16):
    np.testing.assert_array_equal(read_tiff(_lzw16(scene16)).samples, scene16)
    packed = _pillow(Image.fromarray(scene8), compression="tiff_lzw")
    np.testing.assert_array_equal(read_tiff(packed).samples, scene8)


@pytest.mark.parametrize("packing", ["packbits", "tiff_adobe_deflate", "tiff_deflate"])
def test_other_packings_of_pillow_exactly(scene8, packing):
    packed = _pillow(Image.fromarray(scene8), compression=packing)
    np.testing.assert_array_equal(read_tiff(packed).samples, scene8)


def test_jpeg_inside_nearly(scene8):
    packed = _pillow(Image.fromarray(scene8), compression="jpeg", quality=95)
    assert np.abs(read_tiff(packed).samples.astype(int) - scene8).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("packing", ["none8", "none16", "lzw8", "lzw16"])
def test_no_decoder_turns_the_picture_on_its_own(scene8, scene16, orientation, packing, stored_as):
    scene = scene8 if packing.endswith("8") else scene16
    stored = stored_as(scene, orientation)
    if packing == "lzw16":
        content = _set_orientation(_lzw16(stored), orientation)
    elif packing == "lzw8":
        picture = Image.fromarray(stored)
        content = _pillow(picture, compression="tiff_lzw", tiffinfo={274: orientation})
    else:
        content = _tiff(stored, extratags=[(274, "H", 1, orientation, True)])
    decoded = read_tiff(content)
    assert decoded.exif.orientation == orientation
    np.testing.assert_array_equal(decoded.samples, stored)
    np.testing.assert_array_equal(turn_upright(decoded.samples, orientation), scene)


def _set_orientation(content, orientation):
    """Turn OpenCV's own ResolutionUnit entry, which a photo can spare, into Orientation."""
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        tags = file.pages.first.tags
        if 274 in tags:
            at = tags[274].valueoffset
            return content[:at] + orientation.to_bytes(2, "little") + content[at + 2 :]
        spare = tags[284]
    entry = (274).to_bytes(2, "little") + b"\3\0\1\0\0\0" + orientation.to_bytes(4, "little")
    return content[: spare.offset] + entry + content[spare.offset + 12 :]


def test_grey_both_ways_round(scene16):
    grey = np.ascontiguousarray(scene16[..., 0])
    for photometric, stored in (("minisblack", grey), ("miniswhite", 65535 - grey)):
        decoded = read_tiff(_tiff(stored, photometric=photometric))
        np.testing.assert_array_equal(decoded.samples, grey)


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "L"])
def test_other_modes_show_what_pillow_shows(scene8, mode):
    picture = Image.fromarray(scene8).convert(mode)
    decoded = read_tiff(_pillow(picture))
    shown = decoded.samples if decoded.samples.ndim == 3 else np.dstack([decoded.samples] * 3)
    np.testing.assert_array_equal(shown, np.array(picture.convert("RGB")))
    assert any("CMYK" in str(note) for note in decoded.notes) == (mode == "CMYK")


def test_free_alpha_is_kept_as_it_is(scene8):
    four = np.dstack([scene8, scene8[..., 0]])
    decoded = read_tiff(_tiff(four, extrasamples=["unassalpha"]))
    np.testing.assert_array_equal(decoded.samples, four)


def test_multiplied_alpha_is_undone(scene16):
    alpha = np.full(scene16.shape[:2], 32768, np.uint16)
    mixed = np.rint(scene16 * (32768 / 65535)).astype(np.uint16)
    decoded = read_tiff(_tiff(np.dstack([mixed, alpha]), extrasamples=["assocalpha"]))
    assert np.abs(decoded.samples[..., :3].astype(int) - scene16).max() <= 1


def test_a_fourth_channel_other_than_alpha_is_dropped(scene8):
    four = np.dstack([scene8, scene8[..., 0]])
    decoded = read_tiff(_tiff(four, extrasamples=["unspecified"]))
    np.testing.assert_array_equal(decoded.samples, scene8)


def test_of_several_pages_the_first_is_used(scene8):
    decoded = read_tiff(_tiff(np.stack([scene8, 255 - scene8])))
    np.testing.assert_array_equal(decoded.samples, scene8)
    assert "formats.several_pages" in [note.code for note in decoded.notes]


@pytest.mark.parametrize("dtype", [np.float32, np.uint32])
def test_other_numbers_are_refused(scene8, dtype):
    with pytest.raises(PhotoUnreadable, match="not the 8- or 16-bit") as caught:
        read_tiff(_tiff(scene8.astype(dtype)))
    assert caught.value.hint


@pytest.mark.parametrize("packing", ["none16", "zlib8", "lzw8", "lzw16"])
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.98])
def test_a_truncated_file_is_refused(scene8, scene16, packing, kept, capfd):
    content = {
        "none16": lambda: _tiff(scene16),
        "zlib8": lambda: _tiff(scene8, compression="zlib", rowsperstrip=10),
        "lzw8": lambda: _pillow(Image.fromarray(scene8), compression="tiff_lzw"),
        "lzw16": lambda: _lzw16(scene16),
    }[packing]()
    with pytest.raises(PhotoUnreadable, match="damaged"):
        read_tiff(content[: int(len(content) * kept)])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("packing", ["zlib", "lzw8", "lzw16"])
def test_corrupt_compression_never_crashes_nor_prints(scene8, scene16, packing, capfd):
    content = {
        "zlib": lambda: _tiff(scene16, compression="zlib", rowsperstrip=10),
        "lzw8": lambda: _pillow(Image.fromarray(scene8), compression="tiff_lzw"),
        "lzw16": lambda: _lzw16(scene16),
    }[packing]()
    refused = 0
    chance = np.random.default_rng(8)
    for _ in range(30):
        spoilt = bytearray(content)
        for at in chance.integers(len(content) // 4, 3 * len(content) // 4, 20):
            spoilt[at] ^= 255
        try:
            read_tiff(bytes(spoilt))
        except PhotoUnreadable:
            refused += 1
    assert refused >= (30 if packing == "zlib" else 5)
    assert capfd.readouterr().err == ""


def test_the_size_is_checked_before_anything_is_decoded(scene8):
    content = bytearray(_tiff(scene8))
    with tifffile.TiffFile(io.BytesIO(bytes(content))) as file:
        places = [file.pages.first.tags[tag].valueoffset for tag in (256, 257)]
        sizes = [file.pages.first.tags[tag].dtype for tag in (256, 257)]
    for place, size in zip(places, sizes, strict=True):
        wide = 2 if int(size) == 3 else 4
        content[place : place + wide] = (20000).to_bytes(wide, "little")
    with pytest.raises(PhotoUnreadable, match="400 megapixels"):
        read_tiff(bytes(content))


def test_an_ordinary_tiff_is_not_raw(scene8):
    assert not is_raw(_tiff(scene8))


def test_a_kodak_raw_file_is_raw_and_whole(shared):
    (path,) = (shared / "raw").glob("*.KDC")
    content = path.read_bytes()
    assert is_raw(content)
    check_whole(content)
    with pytest.raises(PhotoUnreadable):
        check_whole(content[:-2000])
