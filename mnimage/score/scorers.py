"""The table of scores: what each is made of. A new score is one row here and what it reads.

HI and MI go back to Yamamoto et al. (2008), the individual typology angle to Chardon, Cretois and
Hourseau (1991), CIELAB to ISO/CIE 11664-4. Pores are found after Lindeberg (1998), lines after
Steger (1998). Red area, evenness, texture contrast and scar visibility are our own; how well all of
them do: `docs/studies/2026-11-validation.md`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mnimage.domain.metrics import names_of
from mnimage.domain.scorecard import Mode
from mnimage.kernels.color import to_lab
from mnimage.kernels.filters import masked_blur
from mnimage.kernels.statistics import midmean
from mnimage.score.colour import (
    USUAL_SKIN,
    contrast_of_marks,
    median_light,
    melanin_index,
    redness_index,
    true_srgb,
    unevenness,
)
from mnimage.score.plan import SLACK
from mnimage.words.message import NOTHING, message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.score.maps import Maps
    from mnimage.score.reference import Reference
    from mnimage.words.message import Message

Plane: TypeAlias = NDArray[np.float32]
Means: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Skin:
    """One photo's skin on the grid, held against its reference; see `scorecard.Layer` for grids.

    `redness` is HI above reference, `redness_smooth` the same over 0.5 mm; `red` and `scarred` are
    what passes the frozen limits; the rest as in `Maps` and `colour`.
    """

    seen: NDArray[np.bool_] = field(repr=False)
    index: Plane = field(repr=False)
    redness: Plane = field(repr=False)
    redness_smooth: Plane = field(repr=False)
    red: Plane = field(repr=False)
    pigment: Plane = field(repr=False)
    lab: Plane = field(repr=False)
    uneven: Plane = field(repr=False)
    energy: Plane = field(repr=False)
    pores: Plane = field(repr=False)
    pore_edge: Plane = field(repr=False)
    lines: Plane = field(repr=False)
    scarred: Plane = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scorer:
    """How one score is computed: `value` makes it from the zone's means of `planes`.

    What else is known of the score is in `mnimage.domain.metrics`.

    `scale_power` says how it goes with the scale's error; `finest` whether it needs pixels fine
    enough for pores, `fine` for lines and texture; `needs_scale` whether it is per cm2. `drawn` is
    the plane of its map, where it has one, and `as_drawn` makes the map's values of it once it is
    smoothed.
    """

    planes: Callable[[Skin], tuple[Plane, ...]]
    value: Callable[[Means], Means]
    scale_power: float = 0.0
    needs_scale: bool = False
    fine: bool = False
    finest: bool = False
    drawn: Callable[[Skin], Plane] | None = None
    as_drawn: Callable[[Plane], Plane] = lambda plane: plane


def read_skin(
    maps: Maps,
    reference: Reference,
    cell_mm: float,
    recipe: ScoreRecipe,
    profile: ColorProfile | None = None,
) -> Skin:
    """Return the skin of one photo against its own light in the reference cells."""
    seen, linear = maps.seen, np.ascontiguousarray(maps.linear)
    cells = reference.cells & seen
    cells = cells if cells.any() else seen
    light = median_light(linear, cells)
    true = true_srgb(linear, profile)

    def find_uneven() -> Plane:
        balanced = to_lab(true * (USUAL_SKIN / median_light(true, cells)))
        return unevenness(balanced, seen, cell_mm, recipe.flatten_mm)

    with ThreadPoolExecutor(1, thread_name_prefix="uneven") as pool:
        uneven = pool.submit(find_uneven)
        index = redness_index(linear, light, recipe, profile)
        # A JPEG holds colour in steps of nearly a point of HI: a median would jump between them.
        redness = index - np.float32(midmean(index[cells]))
        smooth = masked_blur(redness, seen, recipe.redness_sigma_mm / cell_mm)
        pigment = melanin_index(linear, seen, cell_mm, recipe.flatten_mm)
        marks = np.abs(contrast_of_marks(linear, seen, cell_mm, recipe))
        lab = to_lab(true)
    return Skin(
        seen=seen,
        index=index,
        redness=redness,
        redness_smooth=smooth,
        red=(smooth > reference.red_above).astype(np.float32),
        pigment=pigment - np.float32(midmean(pigment[cells])),
        lab=lab,
        uneven=uneven.result(),
        energy=maps.energy,
        pores=maps.pores,
        pore_edge=maps.pore_edge,
        lines=maps.lines,
        scarred=np.maximum(marks - np.float32(reference.mark_above), 0),
    )


def _mean(means: Means) -> Means:
    return means[..., 0]


def _percent(means: Means) -> Means:
    return 100 * means[..., 0]


def _contrast(means: Means) -> Means:
    return 100 * np.sqrt(np.maximum(means[..., 0], 0))


def _root_percent(plane: Plane) -> Plane:
    return 100 * np.sqrt(np.maximum(plane, 0))


def _ita(means: Means) -> Means:
    return np.degrees(np.arctan2(means[..., 0] - 50, means[..., 1]))


def _evenness(means: Means) -> Means:
    return 100 * np.exp(-np.sqrt(np.maximum(means[..., 0], 0)) / 10)


SCORERS: Mapping[str, Scorer] = {
    "redness_hi": Scorer(
        lambda skin: (skin.redness,), _mean, drawn=lambda skin: skin.redness_smooth
    ),
    "red_area": Scorer(lambda skin: (skin.red,), _percent),
    "pigment_mi": Scorer(lambda skin: (skin.pigment,), _mean, drawn=lambda skin: skin.pigment),
    "ita_deg": Scorer(lambda skin: (skin.lab[..., 0], skin.lab[..., 2]), _ita),
    "evenness": Scorer(lambda skin: (skin.uneven,), _evenness),
    "texture_contrast": Scorer(
        lambda skin: (skin.energy,),
        _contrast,
        scale_power=0.3,
        fine=True,
        drawn=lambda skin: skin.energy,
        as_drawn=_root_percent,
    ),
    "pores": Scorer(
        lambda skin: (skin.pores, skin.pore_edge),
        _mean,
        scale_power=2.0,
        needs_scale=True,
        finest=True,
        drawn=lambda skin: skin.pores,
    ),
    "lines": Scorer(
        lambda skin: (skin.lines,),
        _mean,
        scale_power=1.0,
        needs_scale=True,
        fine=True,
        drawn=lambda skin: skin.lines,
    ),
    "scar_visibility": Scorer(
        lambda skin: (skin.scarred,), _percent, drawn=lambda skin: 100 * skin.scarred
    ),
}
"""Scores of one ordinary photo by name, in the order of the card.

`redness_hi`: mean HI above the reference. `red_area`: share of skin beyond the frozen limit.
`pigment_mi`: mean MI above the reference, flattened. `ita_deg`: individual typology
angle of the zone's mean colour. `evenness`: 100 is one colour throughout, falling by e each 10 dE,
reference skin being brought to one usual colour first.
`texture_contrast`: root mean square of ln light in the band. `pores`, `lines`: per cm2.
`scar_visibility`: contrast of marks beyond the limit x share of area, no depth claimed.
"""

DIRECTIONAL = message("score.needs_directional_shots")
NO_SCALE = message("score.needs_scale")

RELIEF_SCORES = names_of(lambda metric: metric.mode is Mode.RELIEF)


def why_not(
    scorer: Scorer, mm_per_px: float | None, recipe: ScoreRecipe, slack: float = 1.0
) -> Message:
    """Return why a score cannot be measured at this pixel pitch, `NOTHING` when it can.

    `slack` is by which factor the pixels may be coarser.
    """
    if mm_per_px is None:
        return NO_SCALE if scorer.needs_scale else NOTHING
    limit = recipe.relief_coarsest_mm_per_px if scorer.fine else float("inf")
    limit = recipe.pore_coarsest_mm_per_px if scorer.finest else limit
    if mm_per_px <= slack * limit:
        return NOTHING
    return message("score.too_coarse", limit=limit, pitch=mm_per_px)


def _why_not_after(scorer: Scorer, mm_per_px: float, recipe: ScoreRecipe) -> Message:
    why = why_not(scorer, mm_per_px, recipe, SLACK)
    return message("score.photo_after", reason=why) if why else NOTHING


COLOR_SCORES = names_of(lambda metric: metric.needs_color)
COLOURLESS = message("score.no_colour")
_LEAST_CHROMA = 1.5
"""CIELAB chroma below which skin of any type would be grey: the photo is black and white."""


def is_colourless(skin: Skin) -> bool:
    """Return whether most of the skin is grey, as it is in black-and-white photos only."""
    chroma = np.hypot(skin.lab[..., 1], skin.lab[..., 2])[skin.seen]
    return bool(chroma.size and np.median(chroma) < _LEAST_CHROMA)


def not_measured(
    mm_per_px: float | None, recipe: ScoreRecipe, after_mm: float | None = None
) -> dict[str, Message]:
    """Return every score that this photo, or a photo after it of another pitch, cannot give."""
    reasons = {
        name: why_not(scorer, mm_per_px, recipe)
        or (NOTHING if after_mm is None else _why_not_after(scorer, after_mm, recipe))
        for name, scorer in SCORERS.items()
    }
    refused = {name: reason for name, reason in reasons.items() if reason}
    return refused | dict.fromkeys(RELIEF_SCORES, DIRECTIONAL)
