import json
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from PIL import Image

from mnimage.errors import OutputFailed
from mnimage.phantom.files import write_photo, write_shots, write_whole
from mnimage.phantom.light import Lamp, ring
from mnimage.phantom.render import Shot, shoot, shoot_lamps
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import make_skin

SKIN = make_skin(seed=1, size_mm=(6.0, 7.2))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_linear_shots_as_the_contract_has_them(tmp_path, suffix):
    shot = Shot(sensor=Sensor(exposure=0.0, electrons=12000.0, bits=12), seed=4)
    listing = write_shots(tmp_path / "cheek", SKIN, ring(4), shot, suffix=suffix)
    reported = json.loads(listing.read_text())
    assert listing.name == "SHOTS.json"
    assert reported["linear"] is True
    assert reported["mm_per_px"] == pytest.approx(0.06)
    assert len(reported["shots"]) == 4
    frames = list(shoot_lamps(SKIN, ring(4), shot))
    for entry, lamp, frame in zip(reported["shots"], ring(4), frames, strict=True):
        assert entry["lamp_mm"] == pytest.approx([lamp.x, lamp.y, lamp.z], abs=1e-3)
        seen = cv2.imread(str(listing.parent / entry["file"]), cv2.IMREAD_UNCHANGED)
        assert seen.dtype == np.uint16
        assert np.abs(seen[..., ::-1] / 65535 - frame).max() < 1e-5
    assert not list((tmp_path / "cheek").glob("*.draft"))


def test_eight_bit_shots_with_stray_light(tmp_path):
    lamps = (Lamp(0.6, 0.0, 0.8, far=True), Lamp(-0.6, 0.0, 0.8, far=True))
    shot = Shot(sensor=Sensor(exposure=1.0, bits=8), ambient=0.1)
    listing = write_shots(tmp_path, SKIN, lamps, shot)
    reported = json.loads(listing.read_text())
    assert reported["linear"] is False
    assert reported["shots"][0]["light"] == pytest.approx([0.6, 0.0, 0.8])
    dark = cv2.imread(str(tmp_path / reported["dark"]), cv2.IMREAD_UNCHANGED)
    lit = cv2.imread(str(tmp_path / reported["shots"][0]["file"]), cv2.IMREAD_UNCHANGED)
    assert dark.dtype == np.uint8
    assert 0 < dark.mean() < 0.6 * lit.mean()


@pytest.mark.parametrize("name", ["face.jpg", "face.png"])
def test_photo_keeps_its_time(tmp_path, name):
    photo = shoot(SKIN, Shot())
    taken = datetime(2026, 3, 2, 10, 30, 5, tzinfo=UTC)
    path = write_photo(tmp_path / "a" / name, photo, taken_at=taken)
    with Image.open(path) as picture:
        facts = picture.getexif().get_ifd(0x8769)
        assert facts[0x9003] == "2026:03:02 10:30:05"
        assert facts[0x9011] == "+00:00"
        gap = np.asarray(picture).astype(int) - photo.coded
    assert np.abs(gap).max() <= (12 if name.endswith("jpg") else 0)


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "a").write_text("in the way")
    with pytest.raises(OutputFailed) as caught:
        write_whole(tmp_path / "a" / "b.txt", b"x")
    assert caught.value.hint
