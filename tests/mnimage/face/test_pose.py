"""Known poses of a head made of a few points, with each sign explained."""

import numpy as np
import pytest

from mnimage.domain.face import Pose
from mnimage.domain.photo import View
from mnimage.face.pose import (
    CHIN,
    FOREHEAD,
    LEFT_SIDE,
    RIGHT_SIDE,
    eye_distance,
    read_pose,
    view_of,
)


def head(yaw=0.0, pitch=0.0, roll=0.0):
    """Return landmarks of a plate turned by known angles: (row, column, depth)."""
    points = np.zeros((468, 3))
    points[list(LEFT_SIDE)] = (0, 50, 0)
    points[list(RIGHT_SIDE)] = (0, -50, 0)
    points[list(CHIN)] = (60, 0, 0)
    points[list(FOREHEAD)] = (-60, 0, 0)
    points[4] = (10, 0, -40)  # the nose, nearer the camera
    y, p, r = np.radians([yaw, pitch, roll])
    row, column, depth = points.T
    # Chin up: the nose rises (row falls), the chin comes nearer.
    row, depth = row * np.cos(p) + depth * np.sin(p), depth * np.cos(p) - row * np.sin(p)
    # Nose to the picture's right: near points move to larger columns.
    column, depth = column * np.cos(y) - depth * np.sin(y), depth * np.cos(y) + column * np.sin(y)
    # Clockwise in the picture.
    row, column = row * np.cos(r) + column * np.sin(r), column * np.cos(r) - row * np.sin(r)
    return np.column_stack([row, column, depth]) + 200


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"),
    [(0, 0, 0), (20, 0, 0), (-35, 0, 0), (0, 15, 0), (0, -12, 0), (0, 0, 30), (18, -9, 6)],
)
def test_a_known_pose_is_estimated(yaw, pitch, roll):
    pose = read_pose(head(yaw, pitch, roll))
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx(
        (yaw, pitch, roll), abs=0.5
    )


def test_signs_in_the_picture():
    assert head(yaw=20)[4, 1] > head()[4, 1]  # nose to the picture's right
    assert head(pitch=20)[4, 0] < head()[4, 0]  # nose up
    assert head(roll=20)[10, 1] > head()[10, 1]  # the forehead leans to the picture's right


@pytest.mark.parametrize(
    ("yaw", "view"),
    [
        (0, View.FRONT),
        (-19, View.FRONT),
        (25, View.RIGHT_45),
        (-25, View.LEFT_45),
        (70, View.RIGHT_90),
        (-70, View.LEFT_90),
    ],
)
def test_view_names_the_side_that_is_shown(yaw, view):
    assert view_of(Pose(yaw, 0, 0)) is view


def test_the_eye_distance_does_not_shrink_with_a_turn():
    assert eye_distance(head(yaw=40)) == pytest.approx(eye_distance(head()), rel=1e-6)
