"""Crests that are likely to be parts of lines, joined to lines.

By hysteresis (Canny 1986), then fitted with smooth curves (Cleveland 1979); how well it does:
`docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from math import cos, pi
from typing import TYPE_CHECKING

import cv2
import numpy as np
import scipy

from mnimage.kernels.bands import WORKERS, bands_of, in_bands
from mnimage.relief.line_paths import BESIDE_MM, DIRECTIONS, sampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.relief.line_paths import Crests, Grooves

    Plane = NDArray[np.float32]
    Many = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.intp]

_WEAK, _STRONG, _STRONG_PLACES = 0.55, 0.65, 5
"""Likelihood of a crest that may belong to a line, and that so many of its crests must have for a
line; chosen on 48 skins (`docs/studies/2026-11-relief.md`)."""
_LEAST_LINE_MM, _LEAST_CUT_MM, _CUT_MM, _BORDER_MM = 3.0, 1.2, 0.45, 1.2
"""Length of the shortest line, and of one that comes within the third length of what is not seen,
such as a scar; a line must lie farther from the picture's border than the last one somewhere."""
_SMOOTH_MM, _ROUNDS, _ASIDE, _TURN = 1.5, 2, (0.12, 0.25), 0.6
"""Reach of the parabola that is fitted to neighbours, and its rounds. A neighbour counts up to so
far aside (in units of the reach: at the place itself, and more per way along) and turned by so many
radians."""
_HELD = (1e-9, 1e-3, 2e-2)
"""Ridge that holds offset, slope and curvature of the parabola to 0, so that few neighbours make no
bends; the first one only keeps its matrix regular."""
_STROKE = 0.75
"""Half the stroke that is drawn for a crest, in nodes of the grid: neighbouring strokes overlap."""
_ALONG_MM, _ASIDE_MM = np.linspace(-0.6, 0.6, 5), np.linspace(-0.36, 0.36, 13)
"""Positions along a groove over which its depth is averaged, and across it where its middle is
searched for."""
_TWICE_PX = 2.5
"""Crests so near each other, in nodes of the grid, may lie side by side on one line."""


def joined(crests: Crests, likely: Plane, grooves: Grooves) -> Numbers:
    """Return the numbers of the crests that make up lines.

    Crests that touch form a piece; a piece is a line where it is long enough and some of its
    crests are likely ones (hysteresis, Canny 1986). One that runs on under a scar or beyond the
    picture may be shorter; one that runs along the picture's border, where heights are not sure, is
    none.
    """
    some = np.flatnonzero(likely > _WEAK)
    row, column = crests.places[some].T
    marked = np.zeros(grooves.seen.shape, dtype=np.uint8)
    marked[row, column] = 1
    _, found = cv2.connectedComponents(cv2.dilate(marked, np.ones((3, 3), np.uint8)))
    piece = np.asarray(found)[row, column]
    last = np.array(grooves.seen.shape)[:, None] - 1
    inside = np.minimum([row, column], last - [row, column]).min(axis=0) * grooves.grid
    cut = _beside_nothing(grooves)[row, column]
    kept = [
        own
        for own in _groups(piece)
        if np.hypot(np.ptp(row[own]), np.ptp(column[own])) * grooves.grid
        >= (_LEAST_CUT_MM if cut[own].any() else _LEAST_LINE_MM)
        and inside[own].max() > _BORDER_MM
        and np.sort(likely[some[own]])[-min(_STRONG_PLACES, len(own))] > _STRONG
    ]
    return np.asarray(some[np.concatenate([np.zeros(0, np.intp), *kept])], dtype=np.intp)


def _groups(numbers: NDArray[np.int32]) -> list[Numbers]:
    order = np.argsort(numbers, kind="stable")
    return [own for own in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1) if len(own)]


def _beside_nothing(grooves: Grooves) -> Mask:
    reach = round(_CUT_MM / grooves.grid)
    nothing = np.pad(~grooves.seen, 1, constant_values=True).view(np.uint8)
    wide = cv2.dilate(nothing, np.ones((2 * reach + 1,) * 2, np.uint8))[1:-1, 1:-1]
    return np.asarray(wide > 0, dtype=np.bool_)


def centred(crests: Crests, grooves: Grooves) -> Many:
    """Return the middles (n, 2) of the crests where their groove is deepest, whatever the cap.

    The groove is taken over a short way along it, and its middle from a parabola.
    """
    angle = _angle(crests)[:, None]
    along = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    normal = np.stack([np.cos(angle), -np.sin(angle)], axis=-1)
    aside = _ASIDE_MM / grooves.grid
    line = crests.middle[:, None] + aside[:, None] * normal
    depth = np.mean(
        [
            _depth_at(grooves, line + way / grooves.grid * along, crests.direction)
            for way in _ALONG_MM
        ],
        axis=0,
    )
    best, own = depth.argmax(axis=1).clip(1, len(aside) - 2), np.arange(len(depth))
    before, top, after = (depth[own, best + step] for step in (-1, 0, 1))
    bent = np.maximum(2 * top - before - after, 1e-9)
    part = np.clip((after - before) / (2 * bent), -1, 1)
    away = aside[best] + part * (aside[1] - aside[0])
    return np.asarray(crests.middle + away[:, None] * normal[:, 0], dtype=np.float64)


def _depth_at(grooves: Grooves, places: Many, direction: Numbers) -> Many:
    """Return the depths of the grooves at places (n, m, 2), linear between samples."""
    limit = np.array(grooves.seen.shape) - 1
    held = places.clip(0, limit)
    low = np.minimum(np.floor(held).astype(np.intp), np.maximum(limit - 1, 0))
    part = held - low
    found = np.zeros(places.shape[:2])
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share = np.abs(1 - down - part[..., 0]) * np.abs(1 - right - part[..., 1])
        row, column = np.moveaxis((low + np.array([down, right])).clip(0, limit), -1, 0)
        found += share * grooves.depth[direction[:, None], row, column]
    return found


def smoothed(
    middle: Many, angle: Many, weight: Many, grid: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middles (n, 2) and angles of a line's crests on a curve through those near by.

    Each is moved across its groove onto a parabola fitted to its neighbours (locally weighted
    regression, Cleveland 1979).
    """
    reach, count = _SMOOTH_MM / grid, len(middle)
    for _ in range(_ROUNDS):
        pairs = (
            scipy.spatial.KDTree(middle).query_pairs(reach, output_type="ndarray").astype(np.intp)
        )
        itself = np.arange(count)
        own = np.concatenate([pairs[:, 0], pairs[:, 1], itself])
        other = np.concatenate([pairs[:, 1], pairs[:, 0], itself])
        down, right = (middle[other] - middle[own]).T / reach
        sine, cosine = np.sin(angle), np.cos(angle)
        along = right * cosine[own] + down * sine[own]
        aside = down * cosine[own] - right * sine[own]
        turned = np.abs(cosine[own] * cosine[other] + sine[own] * sine[other])
        alike = (np.abs(aside) < _ASIDE[0] + _ASIDE[1] * np.abs(along)) & (turned > cos(_TURN))
        own, along, aside = own[alike], along[alike], aside[alike]
        counts = weight[other[alike]] * (1 - along**2)
        offset, slope = _parabola(own, along, aside, counts, count)
        normal = np.stack([cosine, -sine], axis=1)
        middle, angle = middle + (offset * reach)[:, None] * normal, angle + np.arctan(slope)
    return middle, angle


def _parabola(own: Numbers, along: Many, aside: Many, counts: Many, size: int) -> tuple[Many, Many]:
    """Return offset and slope at 0 of the parabola fitted to each one's neighbours."""
    powers = [counts]
    for _ in range(4):
        powers.append(powers[-1] * along)
    power = [np.bincount(own, part, size) for part in powers]
    right = [np.bincount(own, part * aside, size) for part in powers[:3]]
    left = np.array([[power[row + column] for column in range(3)] for row in range(3)])
    for n, hold in enumerate(_HELD):
        left[n, n] += hold * power[0] + _HELD[0]
    fitted = np.linalg.solve(np.moveaxis(left, -1, 0), np.stack(right, axis=1)[..., None])
    return fitted[:, 0, 0], fitted[:, 1, 0]


def course(crests: Crests, grooves: Grooves, likely: Plane) -> tuple[Many, Many]:
    """Return the middles of a line's crests (n, 2) in pixels of the picture, and their angles."""
    spans = bands_of((len(likely), 1), pixels=-(-len(likely) // WORKERS))
    middles = in_bands(lambda some: centred(crests.only(some), grooves), spans)
    angle, weight = _angle(crests), likely.astype(np.float64)
    middle, angle = smoothed(np.concatenate(middles), angle, weight, grooves.grid)
    return (middle + 0.5) * grooves.step - 0.5, angle


def drawn(middle: Many, angle: Many, step: int, shape: tuple[int, int]) -> Mask:
    """Return the centre lines of a `course` in a picture, about one pixel wide."""
    canvas = np.zeros(shape, dtype=np.uint8)
    half = _STROKE * step * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    ends = np.stack([middle - half, middle + half], axis=1)[:, :, ::-1]
    strokes = list(np.rint(ends).astype(np.int32))
    cv2.polylines(canvas, strokes, isClosed=False, color=1)
    return canvas.view(np.bool_)


def mean_depth_mm(flat: Plane, middle: Many, angle: Many, mm_per_px: float) -> float:
    """Return how far a `course` lies below what is beside it, at the distance where it is most."""
    normal = np.stack([np.cos(angle), -np.sin(angle)], axis=1)
    beside = [
        float(sampled(flat, middle + side * away / mm_per_px * normal).mean())
        for away in BESIDE_MM
        for side in (1, -1)
    ]
    sides = np.array(beside).reshape(-1, 2).mean(axis=1)
    return float(sides.max()) - float(sampled(flat, middle).mean())


def lengths_mm(crests: Crests, grid: float) -> Many:
    """Return what each crest adds to the length of its line.

    Crests beside each other on one line share what one would add.
    """
    angle = _angle(crests)
    slant = np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle)))
    level = np.abs(np.cos(angle)) > np.abs(np.sin(angle))
    pairs = (
        scipy.spatial.KDTree(crests.places)
        .query_pairs(_TWICE_PX, output_type="ndarray")
        .astype(np.intp)
    )
    apart = np.abs(crests.places[pairs[:, 0]] - crests.places[pairs[:, 1]])
    count = np.ones(len(angle))
    for own in pairs.T:
        count += np.bincount(
            own[apart[np.arange(len(own)), level[own].astype(int)] == 0], minlength=len(angle)
        )
    return np.asarray(grid / slant / count, dtype=np.float64)


def _angle(crests: Crests) -> Many:
    return np.asarray(crests.direction * (pi / DIRECTIONS), dtype=np.float64)
