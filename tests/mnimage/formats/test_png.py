from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from mnimage.errors import PhotoUnreadable
from mnimage.formats.png import read_png


def _png(array, **options):
    made = io.BytesIO()
    picture = array if isinstance(array, Image.Image) else Image.fromarray(array)
    picture.save(made, "PNG", **options)
    return made.getvalue()


def _png16(array):
    """Written by hand: filter 0 and big-endian samples, as the standard says."""
    rows, columns, channels = array.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    lines = array.astype(">u2").reshape(rows, -1)
    packed = zlib.compress(b"".join(b"\0" + line.tobytes() for line in lines))
    header = struct.pack(">IIBBBBB", columns, rows, 16, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body) for name, body in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    )


def _chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def test_eight_bits_exactly(scene8, exif_of):
    decoded = read_png(_png(scene8, exif=exif_of(8)))
    np.testing.assert_array_equal(decoded.samples, scene8)
    assert (decoded.bits, decoded.exif.orientation, decoded.upright) == (8, 8, False)


def test_sixteen_bits_exactly(scene16):
    decoded = read_png(_png16(scene16))
    assert decoded.bits == 16
    np.testing.assert_array_equal(decoded.samples, scene16)


def test_sixteen_bits_with_alpha_exactly(scene16):
    four = np.dstack([scene16, scene16[..., 0] // 3])
    np.testing.assert_array_equal(read_png(_png16(four)).samples, four)


def test_a_profile_leaves_the_pixels_to_others(scene8):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    decoded = read_png(_png(scene8, icc_profile=profile))
    assert decoded.icc == profile
    np.testing.assert_array_equal(decoded.samples, scene8)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_mode_shows_what_pillow_shows(scene8, mode):
    picture = Image.fromarray(scene8).convert(mode)
    samples = read_png(_png(picture)).samples
    shown = samples if samples.ndim == 3 else np.dstack([samples] * 3)
    np.testing.assert_array_equal(shown[..., :3], np.array(picture.convert("RGB")))


def test_a_palette_with_a_clear_entry_has_alpha(scene8):
    picture = Image.fromarray(scene8).convert("P")
    samples = read_png(_png(picture, transparency=int(np.array(picture)[5, 5]))).samples
    assert samples.shape[2] == 4
    assert samples[5, 5, 3] == 0


def test_of_an_animation_the_first_frame_is_used(scene8):
    content = _png(scene8, save_all=True, append_images=[Image.fromarray(255 - scene8)])
    decoded = read_png(content)
    np.testing.assert_array_equal(decoded.samples[..., :3], scene8)
    assert "formats.animated" in [note.code for note in decoded.notes]


@pytest.mark.parametrize("kept", [0.02, 0.4, 0.9, 0.999])
def test_a_truncated_file_is_refused(scene8, kept, capfd):
    content = _png(scene8)
    with pytest.raises(PhotoUnreadable, match="end is missing") as caught:
        read_png(content[: int(len(content) * kept)])
    assert caught.value.hint
    assert capfd.readouterr().err == ""


def test_a_flipped_bit_is_noticed(scene8, capfd):
    content = bytearray(_png(scene8))
    content[len(content) // 2] ^= 4
    with pytest.raises(PhotoUnreadable, match="checksum"):
        read_png(bytes(content))
    assert capfd.readouterr().err == ""


def test_lines_that_are_missing_inside_are_noticed(scene8, capfd):
    header = struct.pack(">IIBBBBB", 128, 96, 8, 2, 0, 0, 0)
    packed = zlib.compress(b"\0" * (1 + 3 * 128) * 40)
    parts = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)
    with pytest.raises(PhotoUnreadable, match="cannot be decoded"):
        read_png(content)
    assert capfd.readouterr().err == ""


def test_a_bomb_is_refused_by_its_header_alone():
    header = struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0)
    packed = zlib.compress(bytes(7501) * 60000, 9)
    parts = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)
    tracemalloc.start()
    with pytest.raises(PhotoUnreadable, match="3600 megapixels"):
        read_png(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_decompression_of_a_profile_is_limited(scene8):
    bomb = _chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(50_000_000)))
    content = _png(scene8)
    decoded = read_png(content[:33] + bomb + content[33:])
    assert len(decoded.icc) <= 8_000_000


def test_it_agrees_with_opencvs_writer(scene16):
    ok, packed = cv2.imencode(".png", np.ascontiguousarray(scene16[..., ::-1]))
    assert ok
    np.testing.assert_array_equal(read_png(packed.tobytes()).samples, scene16)
