"""How directly each part of the face is turned towards the camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import scipy

from mnimage.kernels.masks import Mask, smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.face import Face, Pose


@dataclass(frozen=True, slots=True)
class Facing:
    """`cosine` of the angle between skin normal and camera; `seen` is where it is large enough."""

    cosine: NDArray[np.float32]
    seen: Mask


def facing_map(
    shape: tuple[int, int], places: NDArray[np.float64], face: Face, least: float
) -> Facing:
    """Return the facing over a picture of `shape` in which the landmarks lie at `places`.

    Parts turned away, or hidden behind nearer ones such as the far side of the nose, have a
    cosine of 0.

    Parameters
    ----------
    shape
        Rows and columns.
    places
        The 468 landmarks as (row, column), shape (468, 2).
    face
        The face, for its depths.
    least
        Least cosine at which skin counts as seen.
    """
    triangles = _triangles(face)
    cosines = _cosines(face.landmarks[triangles])
    depths = face.landmarks[triangles, 2].mean(axis=1)
    canvas = np.zeros(shape, dtype=np.float32)
    corners = np.round(places[triangles][..., ::-1] * 16).astype(np.int32)
    # Far triangles first: nearer ones then overwrite what they hide.
    for index in np.argsort(-depths):
        level = max(float(cosines[index]), 0.0)
        cv2.fillConvexPoly(canvas, corners[index], (level,), shift=4)
    scale = float(np.ptp(places[:, 1])) / 40
    soft = np.asarray(cv2.GaussianBlur(canvas, (0, 0), max(scale, 0.5)), dtype=np.float32)
    return Facing(cosine=soft, seen=smooth(soft >= least, max(scale / 2, 0.5)))


def _triangles(face: Face) -> NDArray[np.intp]:
    """Return the triangles of the mesh (n, 3), equally oriented, from its frontal view."""
    frontal = _frontal(face.landmarks[:, [1, 0, 2]], face.pose)
    simplices = np.asarray(scipy.spatial.Delaunay(frontal).simplices, dtype=np.intp)
    first, second = (frontal[simplices[:, i]] - frontal[simplices[:, 0]] for i in (1, 2))
    turned = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] < 0
    simplices[turned] = simplices[turned][:, [0, 2, 1]]
    return simplices


def _frontal(xyz: NDArray[np.float64], pose: Pose) -> NDArray[np.float64]:
    """Return (x, y) of the points with the face turned to the frontal view."""
    yaw, pitch, roll = np.radians([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])
    turn = _about(2, roll) @ _about(1, -yaw) @ _about(0, -pitch)
    return np.ascontiguousarray((xyz @ turn)[:, :2])


def _about(axis: int, angle: float) -> NDArray[np.float64]:
    c, s = np.cos(angle), np.sin(angle)
    i, j = ((1, 2), (2, 0), (0, 1))[axis]
    turn = np.eye(3)
    turn[i, i] = turn[j, j] = c
    turn[i, j], turn[j, i] = -s, s
    return turn


def _cosines(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosine to the camera of triangles (n, 3, 3) given as (row, column, depth)."""
    xyz = corners[..., [1, 0, 2]]
    normal = np.cross(xyz[:, 1] - xyz[:, 0], xyz[:, 2] - xyz[:, 0])
    return np.asarray(normal[:, 2] / np.maximum(np.linalg.norm(normal, axis=1), 1e-9))
