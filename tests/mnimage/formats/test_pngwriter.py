import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from mnimage.formats import pngwriter
from mnimage.formats.pngwriter import png_of, png_with_alpha


@pytest.fixture
def picture():
    return np.random.default_rng(3).integers(0, 256, (70, 90, 3), dtype=np.uint8)


@pytest.fixture
def seen():
    mask = np.ones((70, 90), dtype=np.bool_)
    mask[:5], mask[:, 80:] = False, False
    return mask


def decoded(content):
    found = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    code = cv2.COLOR_BGR2RGB if found.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return cv2.cvtColor(found, code)


def test_an_opaque_picture_comes_back(picture):
    np.testing.assert_array_equal(decoded(png_of(picture)), picture)


def test_a_16_bit_picture_comes_back_in_its_own_depth():
    deep = np.random.default_rng(1).integers(0, 65535, (70, 90, 3), dtype=np.uint16)
    found = decoded(png_of(deep))
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, deep)


@pytest.mark.parametrize("band_bytes", [1, 4 * 90 * 7, 1 << 20], ids=["a row", "7 rows", "whole"])
def test_picture_and_alpha_come_back_from_bands_of_any_height(
    picture, seen, band_bytes, monkeypatch, tmp_path
):
    monkeypatch.setattr(pngwriter, "_BAND_BYTES", band_bytes)
    content = png_with_alpha(picture, seen)
    found = decoded(content)
    np.testing.assert_array_equal(found[..., :3], picture)
    np.testing.assert_array_equal(found[..., 3], seen * 255)
    (tmp_path / "a.png").write_bytes(content)
    with Image.open(tmp_path / "a.png") as whole:
        whole.verify()  # Every chunk's checksum.
    with Image.open(tmp_path / "a.png") as whole:
        np.testing.assert_array_equal(np.asarray(whole), found)


def test_the_stream_of_all_bands_is_one_zlib_stream(picture, seen, monkeypatch):
    monkeypatch.setattr(pngwriter, "_BAND_BYTES", 4 * 90 * 7)
    content, at, stream = png_with_alpha(picture, seen), 8, b""
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] == b"IDAT":
            stream += content[at + 8 : at + 8 + size]
        at += 12 + size
    # Raises if the checksum of the whole is not that of its bands.
    assert len(zlib.decompress(stream)) == 70 * (1 + 4 * 90)
