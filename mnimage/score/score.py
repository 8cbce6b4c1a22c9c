"""Measure the skin on one ordinary photo.

Each score names its own source (`score.scorers`); how well they do:
`docs/studies/2026-11-validation.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.metrics import METRICS
from mnimage.domain.progress import no_tick
from mnimage.domain.recipe import Recipe
from mnimage.domain.scorecard import Layer, Mode, ScoreCard
from mnimage.errors import NotComparable
from mnimage.kernels.color import to_lab
from mnimage.score.colour import median_light, melanin_index, redness_index, smoothed, true_srgb
from mnimage.score.maps import measure_maps
from mnimage.score.plan import make_plan
from mnimage.score.reference import find_reference
from mnimage.score.scorers import (
    COLOR_SCORES,
    COLOURLESS,
    SCORERS,
    Skin,
    is_colourless,
    not_measured,
    read_skin,
)
from mnimage.score.zones import zone_cells, zone_scores
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mnimage.domain.face import Zones
    from mnimage.domain.photo import ImageScale, Photo
    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.score.zones import Calibration, Cells

    Plane = NDArray[np.float32]


def score_photo(
    photo: Photo,
    zones: Zones,
    scale: ImageScale | None,
    recipe: ScoreRecipe,
    tick: Tick = no_tick,
) -> ScoreCard:
    """Return every score of one photo, by zone.

    Parameters
    ----------
    photo
        As it came from the camera; calibrated where it has a colour profile.
    zones
        Its skin.
    scale
        None where not known; scores per cm2 are then not measured.
    recipe
        Options; the card carries the version of the recipe that has these and else the defaults.
    tick
        Progress.

    Raises
    ------
    NotComparable
        If there is no skin to measure.
    """
    skin = skin_of(zones)
    plan = make_plan(skin, scale.mm_per_px if scale else None, recipe)
    maps = measure_maps(photo, skin, plan, recipe, tick)
    require_skin(maps.seen)
    cells = zone_cells(zones, plan.step, maps.seen)
    maps = maps.part(cells.window)
    profile = photo.profile
    reference = find_reference(maps, cells.reference, plan.cell_mm, recipe, profile)
    measured = read_skin(maps, reference, plan.cell_mm, recipe, profile)
    color = profile.error if profile else None
    return make_card(measured, cells, (scale, color), (plan.step, plan.cell_mm), recipe)


def measure_layers(
    photo: Photo,
    skin: NDArray[np.bool_],
    scale: ImageScale | None,
    recipe: ScoreRecipe,
    tick: Tick = no_tick,
) -> Mapping[str, Layer]:
    """Return the raw maps of one photo on a grid of about `grid_mm`, NaN where there is no skin.

    Without a colour profile HI is held against the median light of all skin.
    """
    require_skin(skin)
    plan = make_plan(skin, scale.mm_per_px if scale else None, recipe)
    maps = measure_maps(photo, skin, plan, recipe, tick)
    linear = maps.linear
    index = redness_index(linear, median_light(linear, maps.seen), recipe, photo.profile)
    lab = to_lab(true_srgb(linear, photo.profile))
    melanin = melanin_index(linear, maps.seen, plan.cell_mm, recipe.flatten_mm)
    planes = {
        "hi": ("points", index),
        "mi": ("points", melanin),
        "lightness": ("L*", lab[..., 0]),
        "a": ("a*", lab[..., 1]),
        "b": ("b*", lab[..., 2]),
        "texture_energy": ("ln2", maps.energy),
        "pore_density": ("/cm2", maps.pores),
        "line_density": ("mm/cm2", maps.lines),
    }
    refused = () if scale else ("pore_density", "line_density")
    return {
        name: _layer(name, unit, values, maps.seen, plan.step)
        for name, (unit, values) in planes.items()
        if name not in refused
    }


def skin_of(zones: Zones) -> NDArray[np.bool_]:
    """Return all skin that is measured: every zone and the reference."""
    skin = (zones.labels > 0) | zones.reference
    require_skin(skin)
    return skin


def require_skin(skin: NDArray[np.bool_]) -> None:
    """Raise `NotComparable` when there is no skin at all."""
    if not skin.any():
        raise NotComparable(message("score.no_skin"))


def make_card(
    skin: Skin,
    cells: Cells,
    known: Calibration,
    grid: tuple[int, float],
    recipe: ScoreRecipe,
    after_mm: float | None = None,
) -> ScoreCard:
    """Return the card of measured skin; `grid` is the step in pixels and the cell's edge in mm.

    `known` is the scale and the error of the colour profile it was measured with, each None where
    there was none; `after_mm` the pixel on the skin of the photo after, where there is one: what
    either photo is too coarse for, neither is asked for.
    """
    cell_mm, (scale, color) = grid[1], known
    refused = not_measured(scale.mm_per_px if scale else None, recipe, after_mm)
    if is_colourless(skin):
        refused |= dict.fromkeys(COLOR_SCORES, COLOURLESS)
    names = [name for name in SCORERS if name not in refused]
    found = {
        zone: zone_scores(skin, inside, known, names, cell_mm, recipe)
        for zone, inside in cells.each(skin.seen).items()
    }
    return ScoreCard(
        mode=Mode.FLAT,
        calibrated=color is not None,
        scale=scale,
        recipe=Recipe(score=recipe).version,
        zones=found,
        not_measured=refused,
        layers=_display(skin, cells, grid, names),
        shape=cells.shape,
        color=color,
    )


DISPLAY = {metric.layer: metric for metric in METRICS.values() if metric.layer_unit}
"""Maps for the eye and the score that each belongs to."""


def _display(
    skin: Skin, cells: Cells, grid: tuple[int, float], names: list[str]
) -> Mapping[str, Layer]:
    step, cell_mm = grid
    layers: dict[str, Layer] = {}
    for name, metric in DISPLAY.items():
        scorer = SCORERS[metric.name]
        if metric.name in names and scorer.drawn is not None:
            values = smoothed(scorer.drawn(skin), skin.seen, metric.layer_sigma_mm / cell_mm)
            layers[name] = Layer(
                name, metric.layer_unit, cells.laid_out(scorer.as_drawn(values), step), step
            )
    return layers


def _layer(name: str, unit: str, values: Plane, seen: NDArray[np.bool_], step: int) -> Layer:
    return Layer(name, unit, np.where(seen, values, np.float32(np.nan)), step)
