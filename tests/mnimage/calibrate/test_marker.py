from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnimage.calibrate.marker import find_markers, marker_scale
from mnimage.domain.marker import number_of, side_of
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.phantom.sensor import Sensor, code, expose
from mnimage.phantom.targets import Print, Stage, pitch_at, print_light

STAGE = Stage((320, 400), 0.15, 500.0)


def _photo(marker, *, blur=0.8, seed=0, stage=STAGE):
    scene = np.full((*stage.shape, 3), (0.4, 0.25, 0.2), dtype=np.float32)
    light = print_light(marker, scene, stage)
    light *= np.linspace(0.7, 1.0, stage.shape[1], dtype=np.float32)[None, :, None]
    sensor = Sensor(blur_px=blur, electrons=12000.0, jpeg=90)
    coded = code(expose(light, sensor, np.random.default_rng(seed)), sensor)
    return Photo(coded, CaptureFacts("JPEG", 8))


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll", "height", "ink"),
    [(0, 0, 0, 0, 0.0), (12, -8, 33, 15, 0.05), (-20, 10, 190, 5, 0.08)],
)
def test_scale_at_the_marker_whatever_its_tilt(yaw, pitch, roll, height, ink):
    marker = Print(number_of(20, 3), 20, (4, -3, height), yaw, pitch, roll, spread_mm=ink)
    (found,) = find_markers(_photo(marker))
    assert (found.number, found.side_mm, found.issue) == (203, 20, None)
    assert found.mm_per_px == pytest.approx(pitch_at(STAGE, height), rel=0.0015)
    true = np.degrees(np.arccos(np.cos(np.radians(yaw)) * np.cos(np.radians(pitch))))
    assert found.tilt_deg == pytest.approx(true, abs=4.5)


def test_opencv_alone_has_a_larger_error():
    """The corners that OpenCV gives are what the fit must better: ink and blur shrink them."""
    marker = Print(number_of(20, 1), 20, (0, 0, 0), 0, 0, 20, spread_mm=0.1)
    photo = _photo(marker, blur=1.2)
    (found,) = find_markers(photo)
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    grey = cv2.cvtColor(photo.coded, cv2.COLOR_RGB2GRAY)
    corners = cv2.aruco.ArucoDetector(family).detectMarkers(grey)[0][0].reshape(4, 2)
    side = np.linalg.norm(np.roll(corners, 1, axis=0) - corners, axis=1).mean()
    assert abs(found.mm_per_px / 0.15 - 1) < 0.5 * abs(20 / side / 0.15 - 1)


@pytest.mark.parametrize(
    ("marker", "blur", "issue"),
    [
        (Print(201, 20, yaw_deg=45), 0.8, "marker tilt"),
        (Print(80, 8, roll_deg=10), 0.6, "marker size"),
        (Print(200, 20), 7.0, "marker blur"),
    ],
)
def test_a_marker_with_an_issue_is_not_used(marker, blur, issue):
    stage = Stage((320, 400), 0.22) if issue == "marker size" else STAGE
    found = find_markers(_photo(marker, blur=blur, stage=stage))
    # A marker too blurred to be read at all is as good as none.
    assert [each.issue[0] for each in found if each.issue] == [issue] * len(found)
    assert len(found) == (0 if issue == "marker blur" and not found else 1)
    assert marker_scale(_photo(marker, blur=blur, stage=stage), found, 2.0) is None


def test_other_markers_are_ignored():
    assert find_markers(_photo(Print(5, 20))) == ()
    assert [side_of(number) for number in (5, 85, 150, 309, 310)] == [None, 8, 15, 30, None]


def test_the_scale_of_deep_skin_is_less_certain():
    photo = _photo(Print(200, 20))
    found = find_markers(photo)
    near, deep = marker_scale(photo, found, 2.0), marker_scale(photo, found, 10.0)
    assert near is not None
    assert deep is not None
    assert (near.source, near.mm_per_px) == ("marker", deep.mm_per_px)
    assert near.relative_error < 0.02 < deep.relative_error
