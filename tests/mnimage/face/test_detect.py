import cv2
import numpy as np
import pytest

from mnimage.face.detect import detect_faces
from mnimage.face.models import load_nets

# Read off the picture by eye: right eye, left eye, nose tip (row, column).
EYES_AND_NOSE = np.array([[101, 203], [103, 247], [127, 225]])


def test_marks_lie_where_they_are_seen(astronaut):
    (found,) = detect_faces(astronaut, load_nets().detector)
    assert found.score > 0.8
    assert np.abs(found.points[2:5] - EYES_AND_NOSE).max() < 6
    assert (found.points[0] < found.points[1]).all()


def test_marks_follow_a_shift(astronaut):
    net = load_nets().detector
    (here,) = detect_faces(astronaut, net)
    (there,) = detect_faces(astronaut[20:, 60:], net)
    assert np.abs(here.points - there.points - (20, 60))[2:6].max() < 6


def test_small_face_is_found_in_a_window_only(astronaut):
    wall = np.full((1000, 1400, 3), 128, dtype=np.uint8)
    small = cv2.resize(astronaut[:256, 100:356], (160, 160), interpolation=cv2.INTER_AREA)
    wall[700:860, 1100:1260] = small
    net = load_nets().detector
    assert detect_faces(wall, net, windows=False) == []
    best, *_ = detect_faces(wall, net)
    assert best.centre == pytest.approx((700 + 75, 1100 + 79), abs=25)


def test_no_face_in_noise():
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3)).astype(np.uint8)
    assert detect_faces(noise, load_nets().detector) == []
