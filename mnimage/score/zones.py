"""From maps to numbers per zone, and the uncertainty of their change.

How well the uncertainty holds: `docs/uncertainty.md`, `docs/validation.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from mnimage.domain.face import CONTROL, WHOLE
from mnimage.domain.metrics import METRICS
from mnimage.domain.scorecard import Score, ZoneScores
from mnimage.kernels.geometry import grid_shape
from mnimage.kernels.statistics import bootstrap_spread
from mnimage.score.scorers import SCORERS, Skin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mnimage.domain.color import FitError
    from mnimage.domain.face import Zones
    from mnimage.domain.photo import ImageScale
    from mnimage.domain.recipe import ScoreRecipe

    Calibration: TypeAlias = tuple[ImageScale | None, FitError | None]

BLOCKS_WITHOUT_SCALE = 30
"""Blocks of a zone that are drawn by the bootstrap where no scale is known."""
LEAST_CELLS = 16
"""A zone of fewer cells is left out: nothing can be said of it."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The zones on the grid: `label` per cell as in `Zones`, and the reference candidates.

    `window` is the rows and columns of the photo's grid they are of, `shape` that of the photo.
    """

    names: tuple[str, ...]
    label: NDArray[np.uint8] = field(repr=False)
    reference: NDArray[np.bool_] = field(repr=False)
    window: tuple[slice, slice]
    shape: tuple[int, int]

    def laid_out(self, values: NDArray[np.float32], step: int) -> NDArray[np.float32]:
        """Return values over the window as values over the whole grid, NaN elsewhere."""
        whole = np.full(grid_shape(self.shape, step), np.nan, dtype=np.float32)
        whole[self.window] = values
        return whole

    def each(self, seen: NDArray[np.bool_]) -> Mapping[str, NDArray[np.bool_]]:
        """Return the seen cells of each zone large enough, and of all treated zones as `whole`."""
        found = {
            name: (self.label == number) & seen
            for number, name in enumerate(self.names, start=1)
            if name != WHOLE
        }
        found[WHOLE] = (self.label > 0) & seen & ~found.get(CONTROL, np.zeros_like(seen))
        return {name: cells for name, cells in found.items() if cells.sum() >= LEAST_CELLS}


def zone_cells(zones: Zones, step: int, seen: NDArray[np.bool_]) -> Cells:
    """Return the zones on the grid of `step` about the seen cells: each has its centre's label."""
    shape = (zones.labels.shape[0], zones.labels.shape[1])
    left, top, width, height = cv2.boundingRect(seen.view(np.uint8))
    window = (slice(top, top + height), slice(left, left + width))
    row = np.minimum(np.arange(top, top + height) * step + step // 2, shape[0] - 1)
    column = np.minimum(np.arange(left, left + width) * step + step // 2, shape[1] - 1)
    place = np.ix_(row, column)
    return Cells(zones.names, zones.labels[place], zones.reference[place], window, shape)


def zone_scores(
    skin: Skin,
    cells: NDArray[np.bool_],
    known: Calibration,
    names: Iterable[str],
    cell_mm: float,
    recipe: ScoreRecipe,
) -> ZoneScores:
    """Return the scores of one zone, each with its standard error between sessions.

    `known` is the scale and how well the colour is calibrated, each None where it is not known.

    Independent errors are joined as squares (JCGM 100:2008, the GUM).
    """
    scores, scale = {name: _score(name, skin, cells, known, recipe) for name in names}, known[0]
    area = float(cells.sum()) * cell_mm**2 if scale is not None else None
    # Lengths err by the scale, areas twice as much.
    uncertainty = 2 * scale.error * area if scale is not None and area is not None else None
    return ZoneScores(area, scores, uncertainty)


FELT = 0.25
"""Share of a fit's error of skin patches that is felt between two profiles of one camera and lamp;
the rest is the same in both (benchmarks/colour.py: a quarter)."""


def _score(
    name: str, skin: Skin, cells: NDArray[np.bool_], known: Calibration, recipe: ScoreRecipe
) -> Score:
    scorer, (scale, color) = SCORERS[name], known
    means = zone_means(name, skin, cells)
    value = float(scorer.value(means))
    from_scale = scorer.scale_power * (scale.relative_error if scale else 0.0) * abs(value)
    uncertainty = float(np.hypot(session_error(name, means, recipe, color), from_scale))
    return Score(name, value, METRICS[name].unit, uncertainty)


def zone_means(name: str, skin: Skin, cells: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the means over a zone of what a score is made of."""
    planes = SCORERS[name].planes(skin)
    return np.array([np.mean(plane[cells], dtype=np.float64) for plane in planes])


def session_error(
    name: str, means: NDArray[np.float64], recipe: ScoreRecipe, color: FitError | None = None
) -> float:
    """Return the standard error between sessions of unchanged skin, in the score's unit.

    An absolute and a relative part by the recipe, and what the means themselves show: how many
    pores hang on the limit of contrast, and how far ITA turns by light and white balance. With a
    colour profile the camera's part is smaller, and the error of its fit is added.

    The study that the recipe's parts come from: `docs/studies/2026-11-uncertainty.md`. CIELAB is
    that of ISO/CIE 11664-4,
    what moves it is carried through to first order (JCGM 100:2008).

    Parameters
    ----------
    name
        Of the score.
    means
        Of what it is made of, see `zone_means`.
    recipe
        Options.
    color
        The error of the colour profile, None without one.
    """
    value = float(SCORERS[name].value(means))
    absolute, relative = {row[0]: row[1:] for row in recipe.session}.get(name, (0.0, 0.0))
    parts = [absolute, relative * value]
    if name == "pores":
        parts.append(recipe.pore_light * float(means[1]))
    if name == "ita_deg":
        parts.append(_turned(means, recipe) if color is None else _turned_by_fit(means, color))
    elif color is not None:
        parts.append(_fit_error(name, value, color))
    return float(np.linalg.norm(parts))


LIGHTNESS = 25.0
"""Change of L* of usual skin with ln light."""

NOT_KNOWN_DEG = float(np.degrees(np.pi / np.sqrt(3)))
"""Standard deviation of an angle of which nothing is known."""


def _turned(means: NDArray[np.float64], recipe: ScoreRecipe) -> float:
    """Return the standard error in degrees that light and white balance set anew give ITA.

    ITA is the angle of (L*, b*) seen from (50, 0): the nearer skin lies to that, the more it turns.
    Light times e^x moves L* by (L* + 16) x / 3 and b* by b* x / 3 (CIE 15), which turns the angle
    by 22 b* x / r^2; b* by itself turns it by (L* - 50) / r^2.
    """
    light, yellow = float(means[0]) - 50, float(means[1])
    moved = np.hypot(22 * yellow * recipe.ita_light, light * recipe.ita_yellow)
    return _angle(float(moved), light**2 + yellow**2)


def _angle(moved: float, arm: float) -> float:
    return min(float(np.degrees(moved / max(arm, 1e-9))), NOT_KNOWN_DEG)


def _turned_by_fit(means: NDArray[np.float64], color: FitError) -> float:
    """Return the standard error in degrees that a chart's own error gives ITA.

    It turns with the errors of lightness and of skin in CIELAB, and with the light that a chart
    turned away did not get.
    """
    arm = float(np.hypot(means[0] - 50, means[1]))
    # Under frontal light a chart turned away is darker than skin that is not, by the cosine.
    turned = -LIGHTNESS * float(np.log(np.cos(np.radians(color.tilt_deg))))
    parts = [FELT * color.lab, LIGHTNESS * color.grey, turned]
    return _angle(float(np.linalg.norm(parts)), arm)


def _fit_error(name: str, value: float, color: FitError) -> float:
    """Return what the error of a colour profile's fit adds to a score, in its unit.

    Scores held against reference skin in the same photo lose what is wrong for both, and keep the
    error of the tones' slope.
    """
    if METRICS[name].above_reference:
        return color.tone * abs(value)
    if name == "evenness":
        return color.tone * value * float(np.log(100 / max(value, 1.0)))
    return 0.0


def change_errors(
    pair: tuple[Skin, Skin],
    cells: NDArray[np.bool_],
    names: Sequence[str],
    block_cells: float | None,
    recipe: ScoreRecipe,
) -> Mapping[str, float]:
    """Return per score the standard error of after minus before, by paired block bootstrap.

    Both photos are resampled by the same blocks of skin, `block_cells` wide (5 mm) or, where the
    scale is not known, of a thirtieth of the zone. This covers where on the skin was measured; what
    differs between sessions is in each score's own uncertainty.

    Blocks as of Kuensch (1989) and Lahiri (2003), see `kernels.statistics`.
    """
    if block_cells is None:
        block_cells = max(1.0, float(np.sqrt(cells.sum() / BLOCKS_WITHOUT_SCALE)))
    block = _blocks(cells, block_cells)
    planes = [[SCORERS[name].planes(skin) for name in names] for skin in pair]
    columns = [plane[cells] for side in planes for group in side for plane in group]
    sums = np.stack([np.bincount(block, column) for column in columns], axis=1).astype(np.float64)
    widths = [len(group) for group in planes[0]]

    def changes(means: NDArray[np.float64]) -> NDArray[np.float64]:
        parts = np.split(means, np.cumsum(widths * 2)[:-1], axis=1)
        values = [SCORERS[name].value(part) for name, part in zip([*names] * 2, parts, strict=True)]
        return np.stack(values[len(names) :], axis=1) - np.stack(values[: len(names)], axis=1)

    count = np.bincount(block).astype(np.float64)
    spread = bootstrap_spread(sums, count, changes, rounds=recipe.resamples)
    return dict(zip(names, spread.tolist(), strict=True))


def _blocks(cells: NDArray[np.bool_], width: float) -> NDArray[np.intp]:
    """Return the block number, from 0 without gaps, of each marked cell."""
    rows, columns = np.nonzero(cells)
    down, along = (rows / width).astype(np.intp), (columns / width).astype(np.intp)
    _, block = np.unique(down * (along.max() + 1) + along, return_inverse=True)
    return np.asarray(block, dtype=np.intp)
