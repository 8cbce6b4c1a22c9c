"""The coarse step: by landmarks where both photos show a face, else by features of the skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mnimage.domain.face import Face

Gray: TypeAlias = NDArray[np.uint8]
Points: TypeAlias = NDArray[np.float64]

_MIN_INLIERS = 14
"""Matches that must agree: a homography fits any four, and a few more by chance."""


@dataclass(frozen=True, slots=True)
class _Search:
    """How features are searched: longest side in px, how many, how many must agree."""

    side: int
    count: int
    enough: int


_SEARCHES = (_Search(600, 1500, 80), _Search(1200, 5000, _MIN_INLIERS))
"""The first suffices for most pairs and takes a fifth of the time; the second is for the others."""

_MATCH_ROWS = 512
"""Rows of the similarity table computed at a time, to limit memory."""


@dataclass(frozen=True, slots=True)
class ControlPoints:
    """Corresponding points of both photos as (row, column), with their standard error in px."""

    before: Points
    after: Points
    error_px: float


def points_from_faces(before: Face, after: Face) -> ControlPoints:
    """Return the mesh landmarks of both faces as control points.

    The mesh is that of Kartynnik et al. (2019).
    """
    # The upper row of the forehead runs into the hair; it still shows where the head is.
    spread = max(before.spread_px, after.spread_px, 0.004 * before.eye_distance_px)
    return ControlPoints(before.landmarks[:, :2], after.landmarks[:, :2], spread)


def points_from_features(before: Gray, after: Gray, mask: Gray) -> ControlPoints | None:
    """Return matched features of two pictures, or None where too few agree on one transform.

    SIFT (Lowe 2004) on locally equalised brightness, ratio test both ways, and the consensus of a
    homography (MAGSAC, Barath 2019).

    Brightness is equalised after Zuiderveld (1994), descriptors are compared by their roots
    (Arandjelovic and Zisserman 2012).

    Parameters
    ----------
    before, after
        8-bit brightness.
    mask
        Where to search in `before` (non-zero).
    """
    for search in _SEARCHES:
        points = _agreeing(
            _features(before, mask, search), _features(after, None, search), before.shape
        )
        if points is not None and len(points.before) >= search.enough:
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
    source, target = first.points[matches[:, 0]], second.points[matches[:, 1]]
    model, inlier = cv2.findHomography(
        source[:, ::-1], target[:, ::-1], cv2.USAC_MAGSAC, 6.0 * first.scale, maxIters=5000
    )
    if model is None or not _is_plausible(np.asarray(model, dtype=np.float64), shape):
        return None
    agreeing = inlier.ravel() > 0
    return ControlPoints(source[agreeing], target[agreeing], 1.5 * first.scale)


@dataclass(frozen=True, slots=True)
class _Features:
    points: Points
    descriptors: NDArray[np.float32]
    scale: float


def _features(gray: Gray, mask: Gray | None, search: _Search) -> _Features | None:
    factor = min(1.0, search.side / max(gray.shape))
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    where = None if mask is None else cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
    equalised = cv2.createCLAHE(4.0, (8, 8)).apply(small)
    finder = cv2.SIFT.create(nfeatures=search.count, contrastThreshold=0.015, edgeThreshold=12)
    keypoints, descriptors = finder.detectAndCompute(equalised, where)
    if descriptors is None or len(keypoints) < _MIN_INLIERS:
        return None
    xy = np.array([point.pt for point in keypoints], dtype=np.float64)
    points = ((xy + 0.5) / factor - 0.5)[:, ::-1]
    rooted = np.sqrt(descriptors / (descriptors.sum(axis=1, keepdims=True) + 1e-6))
    return _Features(points, rooted.astype(np.float32), 1 / factor)


def _mutual_matches(
    first: NDArray[np.float32], second: NDArray[np.float32], ratio: float = 0.85
) -> NDArray[np.intp]:
    """Return index pairs that are clearly each other's nearest neighbour."""
    forth, back = np.zeros(len(first), np.intp), np.zeros(len(second), np.intp)
    clear = np.zeros(len(first), np.bool_)
    best_so_far = np.full(len(second), -1.0, np.float32)
    # A strip at a time: the whole table of similarities would take a hundred megabytes.
    for top in range(0, len(first), _MATCH_ROWS):
        similarity = first[top : top + _MATCH_ROWS] @ second.T
        index = np.arange(len(similarity))
        nearest_row = similarity.argmax(axis=0)
        highest = similarity[nearest_row, np.arange(len(second))]
        back = np.where(highest > best_so_far, nearest_row + top, back)
        best_so_far = np.maximum(best_so_far, highest)
        nearest = similarity.argmax(axis=1)
        best = similarity[index, nearest]
        similarity[index, nearest] = -1
        # Unit vectors: the squared distance is 2 - 2 * similarity.
        clear[top : top + len(index)] = (1 - best) <= ratio**2 * (1 - similarity.max(axis=1))
        forth[top : top + len(index)] = nearest
    index = np.arange(len(first))
    mutual = clear & (back[forth] == index)
    return np.column_stack([index[mutual], forth[mutual]])


def _is_plausible(model: NDArray[np.float64], shape: tuple[int, ...]) -> bool:
    """Whether a homography neither mirrors nor folds nor changes size excessively."""
    rows, columns = shape
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float64)
    moved = cv2.perspectiveTransform(corners[None], model)[0]
    side, diagonal = np.roll(moved, -1, axis=0) - moved, np.roll(moved, -2, axis=0) - moved
    turned = side[:, 0] * diagonal[:, 1] - side[:, 1] * diagonal[:, 0]
    area = abs(cv2.contourArea(moved.astype(np.float32))) / (rows * columns)
    return bool((turned > 0).all() and 0.05 < area < 20)


def smooth_transform(points: ControlPoints, positions: Points) -> Points:
    """Return where `positions` (n, 2) of the photo before lie after, by a smooth spline.

    Thin-plate spline with smoothing, so that an error of one control point distorts little.

    After Bookstein (1989), the smoothing as of Wahba (1990).
    """
    affine = fit_affine(points.before, points.after)
    rest = points.after - apply_affine(affine, points.before)
    centre, size = points.before.mean(axis=0), points.before.std() + 1e-9
    distinct = np.unique(np.round(points.before, 2), axis=0, return_index=True)[1]
    spline = scipy.interpolate.RBFInterpolator(
        (points.before[distinct] - centre) / size,
        rest[distinct],
        kernel="thin_plate_spline",
        smoothing=0.05,
    )
    inside = np.clip((positions - centre) / size, -3, 3)
    return apply_affine(affine, positions) + spline(inside)


def fit_affine(before: Points, after: Points) -> NDArray[np.float64]:
    """Return the affine map (2 x 3) that best maps `before` to `after`.

    Plain least squares (Hartley and Zisserman 2004).
    """
    extended = np.column_stack([before, np.ones(len(before))])
    solution = np.linalg.lstsq(extended, after, rcond=None)[0]
    return np.asarray(solution.T, dtype=np.float64)


def apply_affine(affine: NDArray[np.float64], positions: Points) -> Points:
    """Return points (n, 2) mapped by an affine map (2 x 3).

    Affine as of Hartley and Zisserman (2004).
    """
    return positions @ affine[:, :2].T + affine[:, 2]
