"""Lines that run on into scars: what is measured there is partly theirs.

A line is a dent like a scar, so below the healthy skin both are one hole. Where a line meets the
margin of a scar it is carried straight on through it: what it would take up in there is an
uncertainty of
the scar's depth and volume, shared by all sessions, since lines stay where they are.

Our own; how well it covers: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot, sqrt
from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.domain.relief import Scar

    Plane = NDArray[np.float32]
    Labels = NDArray[np.int32]
    Places = NDArray[np.int32]
    Points = NDArray[np.float64]

_NEAR_MM = 1.3
"""How far from a scar's margin the line may end: half a millimetre of it is not looked at."""
_STRAIGHT_MM, _LEAST_MM = 2.0, 0.5
"""How much of a line shows where it is going, and how much of it there must be."""
_BESIDE_MM, _STEP_MM = 0.7, 0.05
"""How far to each side the profile across a line reaches, and its step. The outer half is the level
that the line's depth is measured from."""
_GOES_ON = 1 / sqrt(3)
"""Root mean square of the share of its way on which a line is there, if it may end anywhere."""
_BESIDE_PX = 1.5
"""Points so near each other belong to one line: neighbours, diagonal ones included."""
_OF_BOTTOM = 0.05
"""Share of a scar's area that decides its depth: half of the deepest tenth."""


def with_line_uncertainty(
    scars: Sequence[Scar], labels: Labels, lines: Places, depth_mm: Plane, mm_per_px: float
) -> tuple[Scar, ...]:
    """Return the scars with the uncertainty from lines that run on into them.

    Errors are added in quadrature (JCGM 100:2008).

    Parameters
    ----------
    scars
        Measured.
    labels
        The scars' masks with their margins, by their ids, 0 elsewhere.
    lines
        Points (n, 2) on the centres of lines, in pixels.
    depth_mm
        Depth below the healthy skin, positive in holes.
    mm_per_px
        Scale.
    """
    courses = _courses(lines)
    if not courses:
        return tuple(scars)
    boxes = scipy.ndimage.find_objects(labels)
    return tuple(
        _crossed(scar, (labels, boxes[scar.id - 1]), courses, depth_mm, mm_per_px) for scar in scars
    )


def _crossed(
    scar: Scar,
    place: tuple[Labels, tuple[slice, ...]],
    courses: Sequence[Points],
    depth_mm: Plane,
    mm_per_px: float,
) -> Scar:
    """Return a scar with the uncertainty from lines that run on into it; labels, its box."""
    labels, box = place
    corner = np.array([side.start for side in box])
    end = np.array([side.stop - 1 for side in box])
    reach = _NEAR_MM / mm_per_px
    near = [
        course
        for course in courses
        if ((course > corner - reach) & (course < end + reach)).all(axis=1).any()
    ]
    if not near:
        return scar
    mask = labels[box] == scar.id
    outline = np.argwhere(mask & ~scipy.ndimage.binary_erosion(mask)) + corner
    for course in near:
        ahead = _ahead(course, outline, mm_per_px)
        if ahead is not None:
            inside = _inside_mm(ahead, mask, corner, mm_per_px)
            scar = _widened(scar, inside, _groove(ahead, depth_mm, labels, mm_per_px))
    return scar


def _courses(lines: Places) -> list[Points]:
    """Return the points of each line by itself."""
    if len(lines) == 0:
        return []
    pairs = scipy.spatial.KDTree(lines).query_pairs(_BESIDE_PX, output_type="ndarray")
    links = scipy.sparse.coo_array(
        (np.ones(len(pairs), np.int8), pairs.T), shape=(len(lines), len(lines))
    )
    count, own = scipy.sparse.csgraph.connected_components(links, directed=False)
    return [lines[own == number].astype(np.float64) for number in range(count)]


@dataclass(frozen=True, slots=True)
class _Course:
    """The last of a line before a scar: its points, where it ends, and the way it goes on."""

    points: Points
    end: Points
    way: Points


def _ahead(course: Points, outline: Points, mm_per_px: float) -> _Course | None:
    """Return how a line runs towards the outline of a scar, None if it is elsewhere."""
    away = np.hypot(*(course[:, None] - outline).transpose(2, 0, 1))
    last, nearest = np.unravel_index(int(away.argmin()), away.shape)
    if away[last, nearest] * mm_per_px > _NEAR_MM:
        return None
    end = course[last]
    points = course[np.hypot(*(course - end).T) * mm_per_px < _STRAIGHT_MM]
    if np.hypot(*np.ptp(points, axis=0)) * mm_per_px < _LEAST_MM:
        return None
    middle = points.mean(axis=0)
    way = np.linalg.svd(points - middle, full_matrices=False)[2][0]
    return _Course(points, end, way if way @ (outline[nearest] - middle) > 0 else -way)


def _inside_mm(course: _Course, scar: NDArray[np.bool_], corner: Points, mm_per_px: float) -> float:
    """Return how far a line runs inside a scar's mask if it goes straight on."""
    reach = _NEAR_MM / mm_per_px + np.hypot(*scar.shape)
    steps = np.arange(0.0, reach, 0.5)
    row, column = np.rint(course.end + steps[:, None] * course.way - corner).astype(int).T
    there = (row >= 0) & (column >= 0) & (row < scar.shape[0]) & (column < scar.shape[1])
    return 0.5 * mm_per_px * float(scar[row[there], column[there]].sum())


def _groove(
    course: _Course, depth_mm: Plane, labels: Labels, mm_per_px: float
) -> tuple[float, float]:
    """Return a line's depth in mm below what is beside it, and its cross-section in mm2."""
    aside = np.arange(-_BESIDE_MM, _BESIDE_MM + _STEP_MM / 2, _STEP_MM)
    normal = np.array([-course.way[1], course.way[0]])
    places = course.points + (aside / mm_per_px)[:, None, None] * normal
    row, column = np.moveaxis(np.rint(places).astype(int), -1, 0)
    row, column = row.clip(0, depth_mm.shape[0] - 1), column.clip(0, depth_mm.shape[1] - 1)
    depth = np.where(labels[row, column] == 0, depth_mm[row, column], np.nan)
    known = np.isfinite(depth)
    profile = np.where(known, depth, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    far = np.abs(aside) > _BESIDE_MM / 2
    below = np.maximum(profile - profile[far].mean(), 0)
    return float(below.max()), _STEP_MM * float(below[~far].sum())


def _widened(scar: Scar, inside_mm: float, groove: tuple[float, float]) -> Scar:
    depth, section = groove
    at_bottom = depth > 0 and inside_mm * section / depth > _OF_BOTTOM * scar.area_mm2
    return replace(
        scar,
        depth_systematic_mm=hypot(scar.depth_systematic_mm, at_bottom * _GOES_ON * depth),
        volume_systematic_mm3=hypot(scar.volume_systematic_mm3, _GOES_ON * inside_mm * section),
    )
