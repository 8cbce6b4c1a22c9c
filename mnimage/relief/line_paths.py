"""Paths along grooves of a relief, and what is measured of them, on a coarse grid.

A groove in a direction is deep across it and goes on along it (after the hybrid Hessian filters for
wrinkles, Ng et al. 2014). From every crest of such grooves the deepest path is followed both ways,
with slight bends, farther than the cells of the furrows reach; how deep the relief lies all along
it, and against what is beside it, distinguishes a line from furrows in a row. How well:
`docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil, pi
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from mnimage.kernels.bands import WORKERS, bands_of, in_bands
from mnimage.kernels.filters import weighted
from mnimage.kernels.geometry import block_mean
from mnimage.kernels.statistics import robust_spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.intp]

GRID_MM = 0.15
"""Pitch of the coarse grid, about the standard deviation of the grooves searched for. This and what
follows shapes the measures that the network was trained on: another value needs new weights
(`benchmarks.lines`)."""
DIRECTIONS = 16
"""Directions of grooves over half a turn, 11 degrees apart."""
_SIGMA_MM, _PIECE_MM, _STICK_MM, _STICK_PX = 0.16, 0.3, 0.9, 0.6
"""Standard deviations of the groove filter across and along; half length of the stick along which
grooves are averaged, and its standard deviation across, in nodes."""
_CAP, _LEAST_CAP_MM = 5.0, 0.012
"""Depth from which more counts less: so many robust standard deviations of the skin's grooves, and
on smooth skin so many mm."""
_LEAST_CREST, _WORTH = 0.12, 0.95
"""Least strength of a crest, in units of that depth; and of one that is followed, in units of the
skin's strong crests (`_TYPICAL`)."""
_NO_WEIGHT = 1e-4
"""Weights of the stick below this are 0, so that OpenCV leaves them out of its sums."""
_STEP_MM, _STEPS, _SINGLE = 0.4, 12, 4
"""Length of a step along a path, and steps to each side, 4.8 mm in all; so many of the first are
measures each, the others two by two."""
_BENDS = np.array([[0], [-1], [1]])
"""By how many directions a path may turn in a step."""
BESIDE_MM, _AROUND_MM = (0.3, 0.6, 0.9), 6.0
"""How far beside a groove the skin lies that it is compared with; side of the square whose mean
groove is a measure."""
_QUANTILES = (0.25, 0.5, 0.75, 0.9, 0.97)
"""Quantiles of the crests' strengths that describe the skin as a whole."""
_TYPICAL, _ORDER = 3, (1, 3, 6, 10, 14, 18, 22)
"""The quantile that stands for strong crests, 0.9; which of the 24 depths along both ways, in
ascending order, are measures."""
_LEAST_SHARE, _LITTLE_MM = 0.15, 1e-4
"""Crests make up at least this share of the skin's nodes, zeros being added where there are fewer;
what is added to a number before its logarithm, as 0 has none."""
_SMOOTHEST = (0.003, -5.74, -5.56, -5.36, -5.2, -5.0, -3.9, -4.7)
"""What is measured of the whole skin (its grooves in mm, then logarithms as of `_of_skin`) for one
skin of a hundred that were shown: smoother skin is taken for it."""
_AT_ONCE = 8192
"""Crests and positions handled at once: OpenCV draws no picture of more than 32,767 rows."""


@dataclass(frozen=True, slots=True)
class Grooves:
    """Grooves on the coarse grid, in mm.

    `small` is the relief and `seen` where there is skin; `depth` and `straight` (directions, rows,
    columns) are how deep a groove in each direction is at a place, and on the mean along a straight
    stick, where the deeper a place the less more counts, and none for more than `cap_mm`. `grid` is
    the pitch in mm, `step` the same in pixels of the picture.
    """

    small: Plane = field(repr=False)
    seen: Mask = field(repr=False)
    depth: Plane = field(repr=False)
    straight: Plane = field(repr=False)
    cap_mm: float
    grid: float
    step: int


class Crests(NamedTuple):
    """Places along grooves: (row, column) on the grid, its direction's number, measures (n, m).

    `middle` (n, 2) is the groove's own middle beside the place.
    """

    places: Numbers
    middle: Plane
    direction: Numbers
    measures: Plane

    def only(self, some: Numbers | slice) -> Crests:
        """Return those with these numbers."""
        return Crests(
            self.places[some],
            self.middle[some],
            self.direction[some],
            self.measures[some],
        )


def find_grooves(flat: Plane, skin: Mask, mm_per_px: float) -> Grooves | None:
    """Return the grooves of a relief that is level on the whole; None where there is no skin."""
    step = max(1, round(GRID_MM / mm_per_px))
    grid = step * mm_per_px
    weight = block_mean(skin.astype(np.float32), step)
    seen = weight > 0.5
    if not seen.any():
        return None
    known = block_mean(weighted(flat, skin)[0], step)
    small = np.asarray(known / np.maximum(weight, np.float32(0.3)), dtype=np.float32)
    cap = max(_LEAST_CAP_MM, _CAP * robust_spread(_filtered(small, 0, grid)[seen]))
    depth = np.empty((DIRECTIONS, *small.shape), dtype=np.float32)
    straight = np.empty_like(depth)

    def look(number: int) -> None:
        own = _filtered(small, number, grid) * seen
        depth[number] = own
        held = own / (1 + np.abs(own) / np.float32(cap))
        straight[number] = _along_stick(held.astype(np.float32), _stick(number, grid))

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(look, range(DIRECTIONS)))
    return Grooves(small, seen, depth, straight, cap, grid, step)


def find_crests(grooves: Grooves) -> Crests:
    """Return the crests of the grooves that may belong to a line, with their measures."""
    top, direction = _strongest(grooves.straight)
    places, beside = _tops(top, direction, grooves)
    height = top[places[:, 0], places[:, 1]]
    typical = _usual(height, grooves.seen)
    skin = _of_skin(typical, grooves)
    worth = height > _WORTH * typical[_TYPICAL]
    places, beside = places[worth], beside[worth]
    usual = np.maximum(_mean_around(top, grooves), np.float32(_SMOOTHEST[0]))

    def follow(some: slice) -> Crests:
        own = places[some]
        turned = direction[own[:, 0], own[:, 1]].astype(np.intp)
        angle = turned * (pi / DIRECTIONS)
        normal = np.stack([np.cos(angle), -np.sin(angle)], axis=1)
        middle = (own + beside[some, None] * normal).astype(np.float32)
        around = usual[own[:, 0], own[:, 1]][:, None]
        whole = np.broadcast_to(skin, (len(own), len(skin)))
        measures = [*_measured(grooves, middle, turned), around, whole]
        return Crests(own, middle, turned, np.concatenate(measures, axis=1, dtype=np.float32))

    spans = bands_of((len(places), 1), pixels=_AT_ONCE) or [slice(0, 0)]
    return Crests(*(np.concatenate(own) for own in zip(*in_bands(follow, spans), strict=True)))


def _turned(number: int, reach: int) -> tuple[Plane, Plane]:
    """Return places along and across a direction about the middle of a square."""
    turn = number * (pi / DIRECTIONS)
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    along = right * np.cos(turn) + down * np.sin(turn)
    return along.astype(np.float32), (down * np.cos(turn) - right * np.sin(turn)).astype(np.float32)


def _filtered(small: Plane, number: int, grid: float) -> Plane:
    """Return how deep a groove in a direction each place lies in.

    The filter answers to a groove of its own width with the groove's depth.
    """
    wide, long = _SIGMA_MM / grid, _PIECE_MM / grid
    along, across = _turned(number, ceil(2.5 * long))
    profile = np.exp(-(across**2) / (2 * wide**2))
    groove = (across**2 / wide**2 - 1) * profile * np.exp(-(along**2) / (2 * long**2))
    groove -= groove.mean()
    groove /= abs((groove * profile).sum())
    deep = cv2.filter2D(small, cv2.CV_32F, groove.astype(np.float32), borderType=cv2.BORDER_REFLECT)
    return np.asarray(deep, dtype=np.float32)


def _stick(number: int, grid: float) -> Plane:
    along, across = _turned(number, ceil(_STICK_MM / grid) + 1)
    stick = (np.abs(along) <= _STICK_MM / grid) * np.exp(-(across**2) / (2 * _STICK_PX**2))
    stick[stick < _NO_WEIGHT] = 0
    return np.asarray(stick / stick.sum(), dtype=np.float32)


def _along_stick(values: Plane, stick: Plane) -> Plane:
    """Return the weighted sums along a stick (odd, odd).

    Quarter by quarter: of so small a kernel OpenCV adds up the weights that are not 0, of which a
    stick has few, while a large one goes by a Fourier transform.
    """
    middle = len(stick) // 2
    total = np.zeros_like(values)
    for down in (slice(0, middle), slice(middle, None)):
        for right in (slice(0, middle), slice(middle, None)):
            part = stick[down, right]
            if part.any():
                anchor = middle - right.start, middle - down.start
                total += _summed(values, part, anchor)
    return total


def _summed(values: Plane, weights: Plane, anchor: tuple[int, int]) -> Plane:
    """Return the weighted sums about each place, `anchor` (column, row) being the place's own."""
    rows, columns = weights.shape
    whole = np.zeros((max(rows, anchor[1] + 1), max(columns, anchor[0] + 1)), dtype=np.float32)
    whole[:rows, :columns] = weights
    found = cv2.filter2D(values, -1, whole, anchor=anchor, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(found, dtype=np.float32)


def _strongest(straight: Plane) -> tuple[Plane, NDArray[np.uint8]]:
    """Return the strongest groove at each place, and in which direction it runs."""
    top = straight[0].copy()
    direction = np.zeros(top.shape, dtype=np.uint8)
    for number in range(1, len(straight)):
        own = straight[number]
        direction[own > top] = number
        np.maximum(top, own, out=top)
    return top, direction


def _tops(top: Plane, direction: NDArray[np.uint8], grooves: Grooves) -> tuple[Numbers, Plane]:
    """Return places stronger than those across their groove, and how far off its middle lies."""
    places = np.argwhere((top > _LEAST_CREST * grooves.cap_mm) & grooves.seen)
    angle = direction[places[:, 0], places[:, 1]] * (pi / DIRECTIONS)
    normal = np.stack([np.cos(angle), -np.sin(angle)], axis=1)
    own = top[places[:, 0], places[:, 1]]
    after, before = (sampled(top, places + way * normal) for way in (1, -1))
    crest = (own > after) & (own > before)
    bent = 2 * own - after - before
    beside = (after - before) / np.maximum(2 * bent, np.float32(1e-9))
    return places[crest], np.clip(beside[crest], -0.5, 0.5).astype(np.float32)


def _usual(height: Plane, seen: Mask) -> NDArray[np.float64]:
    """Return how deep the grooves of this skin are as a whole: quantiles of its crests.

    Where there are few crests most of the skin has none, and a line shall not pass for the usual.
    """
    missing = max(round(_LEAST_SHARE * seen.sum()) - len(height), 0)
    return np.asarray(np.quantile(np.append(height, np.zeros(missing + 1)), _QUANTILES), np.float64)


def _of_skin(usual: NDArray[np.float64], grooves: Grooves) -> Plane:
    """Return how deep the grooves of this skin are as a whole, and how rough it is (logarithms)."""
    rough = float(grooves.small[grooves.seen].std())
    whole = np.log(np.array([*usual, grooves.cap_mm, rough]) + _LITTLE_MM)
    return np.maximum(whole, _SMOOTHEST[1:]).astype(np.float32)


def _mean_around(top: Plane, grooves: Grooves) -> Plane:
    side = 2 * round(_AROUND_MM / 2 / grooves.grid) + 1
    known, weight = weighted(top, grooves.seen)
    share = np.maximum(cv2.blur(weight, (side, side)), np.float32(1e-3))
    return np.asarray(cv2.blur(known, (side, side)) / share, dtype=np.float32)


def _measured(grooves: Grooves, middle: Plane, direction: Numbers) -> list[Plane]:
    """Return all measures of the path through each place, (n, some) each."""
    own = _described(grooves, middle[:, None], direction[:, None])[:, :, 0]
    ways = [_path(grooves, middle, direction + flip) for flip in (0, DIRECTIONS)]
    both_ways = [_described(grooves, *way) for way in ways]
    bends = [_bends(turned, direction + n * DIRECTIONS) for n, (_, turned) in enumerate(ways)]
    weaker = both_ways[0][:, 1].sum(axis=1) < both_ways[1][:, 1].sum(axis=1)
    columns = [own]
    for strong in (True, False):
        first = weaker != strong
        columns.append(_pooled(np.where(first[:, None, None], *both_ways)))
        columns.append(np.where(first[:, None], *bends))
    both = np.sort(np.concatenate([both_ways[0][:, 0], both_ways[1][:, 0]], axis=1), axis=1)
    return [*columns, both[:, _ORDER]]


def _path(grooves: Grooves, middle: Plane, direction: Numbers) -> tuple[Plane, Numbers]:
    """Return places (n, steps, 2) on the way of the deepest groove from each, and directions."""
    angle = np.arange(2 * DIRECTIONS) * (pi / DIRECTIONS)
    ways = np.stack([np.sin(angle), np.cos(angle)], axis=1) * (_STEP_MM / grooves.grid)
    ways, last = ways.astype(np.float32), np.array(grooves.small.shape) - 1
    own = np.arange(len(middle))
    place, turned = middle, direction
    places, turns = [], []
    for _ in range(_STEPS):
        tried = turned + _BENDS
        there = place + ways[tried % (2 * DIRECTIONS)]
        row, column = np.moveaxis(np.rint(there).astype(np.intp).clip(0, last), -1, 0)
        best = grooves.straight[tried % DIRECTIONS, row, column].argmax(axis=0)
        place, turned = there[best, own], tried[best, own]
        places.append(place)
        turns.append(turned)
    return np.stack(places, axis=1), np.stack(turns, axis=1)


def _described(grooves: Grooves, places: Plane, direction: Numbers) -> Plane:
    """Return what is measured at places on paths, (n, 6, steps).

    The depths of the groove there and along a stick; how uneven its sides are; and how far it lies
    below both sides, nearer and farther.
    """
    rows, columns = grooves.small.shape
    row = np.rint(places[..., 0]).astype(np.intp).clip(0, rows - 1)
    column = np.rint(places[..., 1]).astype(np.intp).clip(0, columns - 1)
    angle = direction * (pi / DIRECTIONS)
    normal = np.stack([np.cos(angle), -np.sin(angle)], axis=-1)
    here = sampled(grooves.small, places)
    sides = [
        [sampled(grooves.small, places + side * away / grooves.grid * normal) for side in (1, -1)]
        for away in BESIDE_MM
    ]
    deep = [(one + other) / 2 - here for one, other in sides]
    uneven = np.abs(sides[1][0] - sides[1][1])
    number = direction % DIRECTIONS
    along = [plane[number, row, column] for plane in (grooves.depth, grooves.straight)]
    return np.stack([*along, uneven, *deep], axis=1).astype(np.float32)


def _pooled(measures: Plane) -> Plane:
    """Return the first steps one by one and the others two by two, (n, 6 * 8)."""
    far = measures[:, :, _SINGLE:]
    pairs = far.reshape(*far.shape[:2], (_STEPS - _SINGLE) // 2, 2).mean(axis=3)
    pooled = np.concatenate([measures[:, :, :_SINGLE], pairs], axis=2)
    return np.asarray(
        pooled.reshape(len(measures), pooled.shape[1] * pooled.shape[2]), dtype=np.float32
    )


def _bends(turned: Numbers, direction: Numbers) -> Plane:
    """Return by how much a path has turned after a third of it and at its end."""
    turn = np.abs(turned[:, [_STEPS // 3, -1]] - direction[:, None])
    return np.asarray(turn / DIRECTIONS, dtype=np.float32)


def sampled(values: Plane, places: Plane | NDArray[np.float64]) -> Plane:
    """Return the values at places (..., 2), linear between samples."""
    shape = places.shape[:-1]
    # Planes of two dimensions only: of one, OpenCV takes what is not contiguous for what it is not.
    row, column = np.ascontiguousarray(places.reshape(-1, 2).T, dtype=np.float32)[..., None]
    taken = np.empty(row.size, dtype=np.float32)
    for first in range(0, row.size, _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        edge = cv2.BORDER_REPLICATE
        found = cv2.remap(values, column[some], row[some], cv2.INTER_LINEAR, borderMode=edge)
        taken[some] = np.asarray(found)[:, 0]
    return taken.reshape(shape)
