"""One pass over a photo's pixels: everything the scores need, on a grid of cells.

Light is decoded by IEC 61966-2-1 (sRGB); texture, lines and pores name their own sources.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.color import STRAIGHT
from mnimage.domain.progress import no_tick
from mnimage.kernels.color import light_table, straighten, to_linear
from mnimage.kernels.geometry import block_mean, grid_shape
from mnimage.score.lines import line_length
from mnimage.score.plan import SLACK
from mnimage.score.pores import NEAR, find_spots, pore_reach
from mnimage.score.texture import texture_energy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.color import ColorProfile, Tone
    from mnimage.domain.photo import Coded, Photo
    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.score.plan import Plan

    Plane = NDArray[np.float32]

THREADS = 2
"""Strips that are measured side by side."""
BRIGHTEST = 0.95
"""Linear light above which a channel is taken for glare or clipped."""

DARKEST = 1e-4
"""Least light whose logarithm is taken."""


@dataclass(frozen=True, slots=True)
class Maps:
    """What was measured, on the grid of a photo (see `domain.scorecard.Layer`) or a part of it.

    `linear` (rows, columns, 3) is the mean linear light of the seen skin in each cell, balanced on
    the chart's greys where the photo has a colour profile; `energy` the
    variance of ln light within the texture band, colour changes taken off; `pores` the pores per
    cm2, `pore_edge` how many more there would be per unit of ln contrast; `lines` the mm of line
    per cm2. `seen` is where a cell is mostly skin without glare;
    values elsewhere mean nothing. Without a known scale lengths are nominal.
    """

    step: int
    linear: Plane = field(repr=False)
    seen: NDArray[np.bool_] = field(repr=False)
    energy: Plane = field(repr=False)
    pores: Plane = field(repr=False)
    lines: Plane = field(repr=False)
    pore_edge: Plane = field(repr=False)

    def part(self, window: tuple[slice, slice]) -> Maps:
        """Return the maps of some rows and columns of the grid."""
        planes = (self.energy, self.pores, self.lines, self.pore_edge)
        energy, pores, lines, edge = (np.ascontiguousarray(plane[window]) for plane in planes)
        linear, seen = np.ascontiguousarray(self.linear[window]), self.seen[window].copy()
        return Maps(self.step, linear, seen, energy, pores, lines, edge)


@dataclass(frozen=True, slots=True)
class _Strip:
    linear: Plane
    log: Plane
    seen: NDArray[np.bool_]
    pores: Plane

    def lay_in(self, strip: _Strip, first: int, plan: Plan) -> None:
        """Write the strip whose first row is row `first` of the photo into this whole."""
        blocks, cells = (first - plan.top) // plan.middle, (first - plan.top) // plan.step
        self.linear[blocks : blocks + len(strip.linear)] = strip.linear
        self.log[blocks : blocks + len(strip.log)] = strip.log
        self.seen[blocks : blocks + len(strip.seen)] = strip.seen
        self.pores[cells : cells + len(strip.pores)] = strip.pores


def _empty_strip(size: tuple[int, int], plan: Plan) -> _Strip:
    """Return a strip of `size` pixels without skin."""
    blocks, cells = grid_shape(size, plan.middle), grid_shape(size, plan.step)
    return _Strip(
        np.zeros((*blocks, 3), np.float32),
        np.zeros((*blocks, 3), np.float32),
        np.zeros(blocks, np.bool_),
        np.zeros((*cells, 2), np.float32),
    )


def measure_maps(
    photo: Photo,
    skin: NDArray[np.bool_],
    plan: Plan,
    recipe: ScoreRecipe,
    tick: Tick = no_tick,
) -> Maps:
    """Return all maps of one photo, measured on its own pixels.

    Works through strips of rows, so that a 24-megapixel photo needs little more memory than its
    own; OpenCV and numpy let go of the interpreter, so two strips run side by side.
    """
    tone = photo.profile.tone if photo.profile else STRAIGHT
    plan = replace(plan, tone=tone)
    whole = _empty_strip((plan.bottom - plan.top, plan.right - plan.left), plan)
    rows = plan.strips()

    def measure(strip: tuple[int, int]) -> None:
        whole.lay_in(_measure_strip(photo.coded, skin, plan, recipe, strip), strip[0], plan)

    with ThreadPoolExecutor(THREADS) as pool:
        for done, _ in enumerate(pool.map(measure, rows)):
            tick(done + 1, len(rows) + 2)
        energy = pool.submit(texture_energy, whole.log, whole.seen, plan, recipe)
        lines = pool.submit(line_length, whole.log, whole.seen, plan, recipe)
        cells, cover = _cells(whole.linear, whole.seen, plan)
        maps = _whole(plan, cells, cover, (energy.result(), whole.pores, lines.result()))
    return balanced(maps, photo.profile) if photo.profile else maps


def balanced(maps: Maps, profile: ColorProfile) -> Maps:
    """Return the maps of a whole photo with its light balanced on the chart's greys.

    The lamp's light over the picture is divided out on the way; it is smooth, so cells will do.

    Gains per channel after von Kries (1902); how well it does: `docs/colour.md`.
    """
    linear = maps.linear * np.array(profile.gains, dtype=np.float32)
    if profile.flat is not None:
        rows, columns = linear.shape[:2]
        linear /= cv2.resize(profile.flat, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return replace(maps, linear=linear)


def _measure_strip(
    coded: Coded,
    skin: NDArray[np.bool_],
    plan: Plan,
    recipe: ScoreRecipe,
    rows: tuple[int, int],
) -> _Strip:
    first, last = rows
    columns = slice(plan.left, plan.right)
    within = skin[first:last, columns]
    cells = grid_shape((last - first, plan.right - plan.left), plan.step)
    if not within.any():
        return _empty_strip((last - first, plan.right - plan.left), plan)
    reach = pore_reach(plan, recipe)
    start, stop = max(first - reach, 0), min(last + reach, plan.shape[0])
    around = coded[start:stop, columns]
    inner = slice(first - start, last - start)
    pores = _pores(around, within, inner, (plan, recipe), cells)
    linear = block_mean(_blurred_linear(around, inner, plan), plan.middle)
    share = block_mean(within.astype(np.float32), plan.middle)
    red, green, blue = (linear[..., channel] for channel in range(3))
    brightest = float(straighten(np.array(BRIGHTEST), plan.tone))
    seen = (share > 0.5) & (np.maximum(np.maximum(red, green), blue) < brightest)
    log = np.asarray(cv2.log(np.maximum(linear, DARKEST)), dtype=np.float32)
    return _Strip(linear, log, seen, pores)


def _pores(
    around: Coded,
    within: NDArray[np.bool_],
    inner: slice,
    options: tuple[Plan, ScoreRecipe],
    cells: tuple[int, int],
) -> Plane:
    plan, recipe = options
    if not plan.known or plan.mm > SLACK * recipe.pore_coarsest_mm_per_px:
        return np.zeros((*cells, 2), np.float32)
    red = cv2.extractChannel(around, 0)
    levels = 65536 if around.itemsize == 2 else 256
    log = np.asarray(cv2.LUT(red, _log_table(levels, plan.tone)), np.float32)
    spots = find_spots(log, plan, recipe).within(within, inner.start)
    place = (spots.rows // plan.step) * cells[1] + spots.columns // plan.step
    beyond, near = spots.contrast > 1, spots.contrast <= NEAR
    weights = (beyond.astype(np.float64), near / (2 * np.log(NEAR)))
    counts = [np.bincount(place, weight, minlength=cells[0] * cells[1]) for weight in weights]
    found = np.stack(counts, axis=-1).reshape(*cells, 2)
    return np.asarray(found * (100 / plan.cell_mm**2), dtype=np.float32)


def _blurred_linear(around: Coded, inner: slice, plan: Plan) -> Plane:
    if plan.blur_px <= 0:
        return to_linear(around[inner], plan.tone)
    linear = to_linear(around, plan.tone)
    blurred = cv2.GaussianBlur(linear, (0, 0), plan.blur_px, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred[inner], dtype=np.float32)


def _cells(linear: Plane, seen: NDArray[np.bool_], plan: Plan) -> tuple[Plane, Plane]:
    """Return the mean light of the seen skin in each cell, and which share of the cell it is.

    `linear` is overwritten.
    """
    factor = plan.step // plan.middle
    cover = block_mean(seen.astype(np.float32), factor)
    linear[~seen] = 0
    light = block_mean(linear, factor)
    return np.asarray(light / np.maximum(cover, 1e-6)[..., None], dtype=np.float32), cover


def _whole(plan: Plan, linear: Plane, cover: Plane, parts: tuple[Plane, Plane, Plane]) -> Maps:
    def place(values: Plane) -> Plane:
        whole = np.zeros((*grid_shape(plan.shape, plan.step), *values.shape[2:]), np.float32)
        top, left = plan.top // plan.step, plan.left // plan.step
        whole[top : top + values.shape[0], left : left + values.shape[1]] = values
        return whole

    energy, pores, lines = (place(part) for part in parts)
    counts, edges = np.ascontiguousarray(pores[..., 0]), np.ascontiguousarray(pores[..., 1])
    return Maps(plan.step, place(linear), place(cover) > 0.5, energy, counts, lines, edges)


@lru_cache(8)
def _log_table(levels: int, tone: Tone) -> Plane:
    linear = light_table(levels, tone)
    # Half the first step stands for zero, whose logarithm there is none of.
    return np.asarray(np.log(np.maximum(linear, linear[1] / 2)), dtype=np.float32)
