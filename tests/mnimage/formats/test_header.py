from __future__ import annotations

import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnimage.errors import PhotoUnreadable
from mnimage.formats.files import read_photo
from mnimage.formats.header import read_header

DATA = Path(__file__).parents[4] / "shared" / "data"
REAL = [
    *sorted((DATA / "orientation").glob("*.jpg"))[:3],
    *sorted((DATA / "heif").glob("*.hei[cf]"))[:2],
    *sorted((DATA / "raw").glob("*.*"), key=lambda path: path.stat().st_size)[:1],
]


def encoded(suffix: str, rows: int = 80, columns: int = 100) -> bytes:
    picture = np.random.default_rng(3).integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    return cv2.imencode(suffix, picture)[1].tobytes()


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [(".jpg", "JPEG"), (".png", "PNG"), (".tif", "TIFF"), (".bmp", "BMP"), (".webp", "WebP")],
)
def test_size_and_kind_are_read_without_decoding(suffix, kind):
    seen = read_header(encoded(suffix))
    assert (seen.kind, seen.rows, seen.columns, seen.bits) == (kind, 80, 100, 8)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_a_truncated_file_is_refused(suffix):
    whole = encoded(suffix)
    for kept in (0.2, 0.6, 0.97):
        with pytest.raises(PhotoUnreadable):
            read_header(whole[: int(len(whole) * kept)])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"hello, this is a letter\n" * 9, "text file"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"PK\x03\x04" + bytes(60), "ZIP"),
        (bytes(5000), "not a photo"),
    ],
)
def test_other_kinds_of_file_are_named(content, words):
    with pytest.raises(PhotoUnreadable, match=words):
        read_header(content)


def test_a_picture_bomb_is_refused_by_its_header():
    bomb = bytearray(encoded(".png"))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    with pytest.raises(PhotoUnreadable, match="3600 megapixels"):
        read_header(bytes(bomb))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_the_header_agrees_with_the_whole_photo(path):
    photo, seen = read_photo(path), read_header(path.read_bytes())
    assert {seen.rows, seen.columns} == set(photo.shape)
    assert seen.kind == photo.facts.format
    assert seen.exif.taken_at == photo.facts.taken_at
    assert seen.exif.camera == photo.facts.camera
