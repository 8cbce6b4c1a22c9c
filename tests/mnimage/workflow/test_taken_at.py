"""When a photo was taken is read from its header, whatever its format."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from PIL import Image

from mnimage.errors import PhotoUnreadable
from mnimage.formats import files
from mnimage.formats.files import read_photo
from mnimage.workflow import taken_at
from tests.mnimage.formats.conftest import SHARED
from tests.mnimage.formats.test_raw import _dng

CLOCK = "2026-03-14T09:26:53"
REAL = [
    *sorted((SHARED / "raw").glob("*")),
    *sorted((SHARED / "heif").glob("zPug*")),
    *sorted((SHARED / "orientation").glob("*.jpg"))[:1],
    *sorted((SHARED / "phone").glob("*_*_data.*")),
]


def written(path, zone=""):
    if path.suffix == ".dng":
        path.write_bytes(_dng(np.full((80, 120, 3), 0.2)))
        return path
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    facts = {0x9003: "2026:03:14 09:26:53"} | ({0x9011: zone} if zone else {})
    exif.get_ifd(0x8769).update(facts)
    pixels = np.random.default_rng(5).integers(0, 256, (80, 120, 3), dtype=np.uint8)
    if path.suffix == ".tif":
        clock = (0x9003, "s", 20, facts[0x9003], True)
        tifffile.imwrite(path, pixels, photometric="rgb", extratags=[clock])
        return path
    Image.fromarray(pixels).save(path, exif=exif)
    return path


@pytest.fixture
def no_decoding(monkeypatch):
    def refuse(*_):
        raise AssertionError("pixels were decoded for a date")

    monkeypatch.setattr(files, "_decode", refuse)


@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp", "avif", "dng"])
def test_the_time_is_read_without_decoding(tmp_path, no_decoding, ending):
    assert taken_at(written(tmp_path / f"a.{ending}")).isoformat() == CLOCK


def test_a_zone_is_kept_where_the_camera_wrote_one(tmp_path, no_decoding):
    assert taken_at(written(tmp_path / "a.jpg", "+01:00")).isoformat() == f"{CLOCK}+01:00"


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_the_time_is_that_of_the_decoded_photo(path):
    assert taken_at(path) == read_photo(path).facts.taken_at


def test_a_file_without_a_time_and_a_list_of_shots_have_none(tmp_path):
    Image.new("RGB", (80, 80)).save(tmp_path / "a.png")
    (tmp_path / "SHOTS.json").write_text("{}")
    assert taken_at(tmp_path / "a.png") is None
    assert taken_at(tmp_path / "SHOTS.json") is None


def test_what_cannot_be_read_is_refused_by_name(tmp_path):
    (tmp_path / "letter.jpg").write_text("Dear Sir or Madam, " * 9)
    content = written(tmp_path / "cut.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) // 2])
    for name in ("letter.jpg", "cut.jpg", "gone.jpg"):
        with pytest.raises(PhotoUnreadable, match=name):
            taken_at(tmp_path / name)
