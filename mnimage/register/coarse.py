"""The rough step: by landmarks where both photos show a face, else by features of the skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

if TYPE_CHECKING:
    from mnimage.domain.face import Face

Gray: TypeAlias = NDArray[np.uint8]
Points: TypeAlias = NDArray[np.float64]

_MIN_INLIERS = 14


@dataclass(frozen=True, slots=True)
class _Look:
    """How closely features are looked for: longest side in px, how many, how many must agree."""

    side: int
    count: int
    enough: int


_LOOKS = (_Look(600, 1500, 80), _Look(1200, 5000, _MIN_INLIERS))
"""A glance does for most pairs and takes a fifth of the time; the others get the closer look."""

_MATCH_ROWS = 512


@dataclass(frozen=True, slots=True)
class ControlPoints:
    """Places known in both photos, (row, column) each, with their standard error in px."""

    before: Points
    after: Points
    error_px: float


def points_from_faces(before: Face, after: Face) -> ControlPoints:
    """Return the mesh landmarks of both faces as pins.

    The mesh is that of Kartynnik et al. (2019).
    """
    # The forehead's upper row runs into the hair; it still says where the head is.
    spread = max(before.spread_px, after.spread_px, 0.004 * before.eye_distance_px)
    return ControlPoints(before.landmarks[:, :2], after.landmarks[:, :2], spread)


def points_from_features(before: Gray, after: Gray, mask: Gray) -> ControlPoints | None:
    """Return matched features of two pictures, or None where too few agree on one placing.

    SIFT (Lowe 2004) on locally equalised brightness, ratio test both ways, and the consensus of a
    homography (MAGSAC, Barath 2019).

    Brightness is equalised after Zuiderveld (1994), descriptors are compared by their roots
    (Arandjelovic and Zisserman 2012).

    Parameters
    ----------
    before, after
        8-bit brightness.
    mask
        Where to look in `before` (non-zero).
    """
    for look in _LOOKS:
        points = _agreeing(
            _features(before, mask, look), _features(after, None, look), before.shape
        )
        if points is not None and len(points.before) >= look.enough:
            return points
    return None


def _agreeing(
    first: _Features | None, second: _Features | None, shape: tuple[int, ...]
) -> ControlPoints | None:
    if first is None or second is None:
        return None
    matches = _mutual_matches(first.descriptors, second.descriptors)
    if len(matches) < _MIN_INLIERS:
        return None
    source, target = first.places[matches[:, 0]], second.places[matches[:, 1]]
    model, inlier = cv2.findHomography(
        source[:, ::-1], target[:, ::-1], cv2.USAC_MAGSAC, 6.0 * first.scale, maxIters=5000
    )
    if model is None or not _is_sound(np.asarray(model, dtype=np.float64), shape):
        return None
    kept = inlier.ravel() > 0
    return ControlPoints(source[kept], target[kept], 1.5 * first.scale)


@dataclass(frozen=True, slots=True)
class _Features:
    places: Points
    descriptors: NDArray[np.float32]
    scale: float


def _features(gray: Gray, mask: Gray | None, look: _Look) -> _Features | None:
    factor = min(1.0, look.side / max(gray.shape))
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    where = None if mask is None else cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
    equalised = cv2.createCLAHE(4.0, (8, 8)).apply(small)
    finder = cv2.SIFT.create(nfeatures=look.count, contrastThreshold=0.015, edgeThreshold=12)
    keypoints, descriptors = finder.detectAndCompute(equalised, where)
    if descriptors is None or len(keypoints) < _MIN_INLIERS:
        return None
    xy = np.array([point.pt for point in keypoints], dtype=np.float64)
    places = ((xy + 0.5) / factor - 0.5)[:, ::-1]
    rooted = np.sqrt(descriptors / (descriptors.sum(axis=1, keepdims=True) + 1e-6))
    return _Features(places, rooted.astype(np.float32), 1 / factor)


def _mutual_matches(
    first: NDArray[np.float32], second: NDArray[np.float32], ratio: float = 0.85
) -> NDArray[np.intp]:
    """Return index pairs that prefer each other clearly to all others."""
    there, back = np.zeros(len(first), np.intp), np.zeros(len(second), np.intp)
    clear = np.zeros(len(first), np.bool_)
    liked = np.full(len(second), -1.0, np.float32)
    # A strip at a time: the whole table of likenesses would take a hundred megabytes.
    for top in range(0, len(first), _MATCH_ROWS):
        likeness = first[top : top + _MATCH_ROWS] @ second.T
        index = np.arange(len(likeness))
        favourite = likeness.argmax(axis=0)
        more = likeness[favourite, np.arange(len(second))]
        back = np.where(more > liked, favourite + top, back)
        liked = np.maximum(liked, more)
        nearest = likeness.argmax(axis=1)
        best = likeness[index, nearest]
        likeness[index, nearest] = -1
        # Unit vectors: the squared distance is 2 - 2 * likeness.
        clear[top : top + len(index)] = (1 - best) <= ratio**2 * (1 - likeness.max(axis=1))
        there[top : top + len(index)] = nearest
    index = np.arange(len(first))
    kept = clear & (back[there] == index)
    return np.column_stack([index[kept], there[kept]])


def _is_sound(model: NDArray[np.float64], shape: tuple[int, ...]) -> bool:
    """Whether a homography neither mirrors nor folds nor changes size beyond reason."""
    rows, columns = shape
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float64)
    moved = cv2.perspectiveTransform(corners[None], model)[0]
    side, diagonal = np.roll(moved, -1, axis=0) - moved, np.roll(moved, -2, axis=0) - moved
    turned = side[:, 0] * diagonal[:, 1] - side[:, 1] * diagonal[:, 0]
    area = abs(cv2.contourArea(moved.astype(np.float32))) / (rows * columns)
    return bool((turned > 0).all() and 0.05 < area < 20)


def smooth_transform(points: ControlPoints, places: Points) -> Points:
    """Return where `places` (n, 2) of the photo before lie after, smoothly through the pins.

    Thin-plate spline with smoothing, so that an error of one pin bends nothing.

    After Bookstein (1989), the smoothing as of Wahba (1990).
    """
    plane = fit_plane(points.before, points.after)
    rest = points.after - through_plane(plane, points.before)
    centre, size = points.before.mean(axis=0), points.before.std() + 1e-9
    kept = np.unique(np.round(points.before, 2), axis=0, return_index=True)[1]
    spline = RBFInterpolator(
        (points.before[kept] - centre) / size,
        rest[kept],
        kernel="thin_plate_spline",
        smoothing=0.05,
    )
    inside = np.clip((places - centre) / size, -3, 3)
    return through_plane(plane, places) + spline(inside)


def fit_plane(before: Points, after: Points) -> NDArray[np.float64]:
    """Return the affine map (2 x 3) that best takes `before` to `after`.

    Plain least squares (Hartley and Zisserman 2004).
    """
    extended = np.column_stack([before, np.ones(len(before))])
    solution = np.linalg.lstsq(extended, after, rcond=None)[0]
    return np.asarray(solution.T, dtype=np.float64)


def through_plane(plane: NDArray[np.float64], places: Points) -> Points:
    """Return `places` (n, 2) taken through an affine map (2 x 3).

    Affine as of Hartley and Zisserman (2004).
    """
    return places @ plane[:, :2].T + plane[:, 2]
