"""The pose of the head, estimated from the depth of the mesh."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.face import Pose
from mnimage.domain.photo import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRONT_DEG = 20.0
PROFILE_DEG = 65.0
"""Estimated yaw below which a view is frontal, and above which it is a profile."""

LEFT_SIDE, RIGHT_SIDE = (263, 362, 454, 356), (33, 133, 234, 127)
"""Mesh points: outer and inner eye corners, and the contour at eye and ear height."""

CHIN, FOREHEAD = (152, 200, 175), (10, 151, 9)
"""Mesh points in the middle of the chin and the forehead."""


def read_pose(landmarks: NDArray[np.float64]) -> Pose:
    """Return the pose of the head from landmarks (468, 3) as (row, column, depth).

    Weak perspective without a head model: changes are underestimated by about 15 %, and the neutral
    angle differs between people, so compare with an earlier photo.
    """
    across, down = _axes(landmarks[:, [1, 0, 2]])
    away = np.cross(across, down)
    away /= np.linalg.norm(away)
    down = np.cross(away, across)
    return Pose(
        yaw_deg=math.degrees(math.atan2(across[2], math.hypot(across[0], across[1]))),
        pitch_deg=-math.degrees(math.atan2(down[2], away[2])),
        roll_deg=math.degrees(math.atan2(across[1], across[0])),
    )


def view_of(pose: Pose) -> View:
    """Return the named view; its side is the patient's side that is shown."""
    if abs(pose.yaw_deg) < FRONT_DEG:
        return View.FRONT
    # The nose at the picture's right means that the patient shows the right side.
    if abs(pose.yaw_deg) <= PROFILE_DEG:
        return View.RIGHT_45 if pose.yaw_deg > 0 else View.LEFT_45
    return View.RIGHT_90 if pose.yaw_deg > 0 else View.LEFT_90


def eye_distance(landmarks: NDArray[np.float64]) -> float:
    """Return the distance of the outer eye corners in all three axes of the mesh, in pixels."""
    return float(np.linalg.norm(landmarks[263] - landmarks[33]))


def _axes(xyz: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    across = xyz[list(LEFT_SIDE)].mean(axis=0) - xyz[list(RIGHT_SIDE)].mean(axis=0)
    down = xyz[list(CHIN)].mean(axis=0) - xyz[list(FOREHEAD)].mean(axis=0)
    return across / np.linalg.norm(across), down / np.linalg.norm(down)
