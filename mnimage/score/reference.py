"""The patient's own reference skin, and the limits frozen with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.filters import masked_blur
from mnimage.kernels.statistics import background, robust_spread
from mnimage.score.colour import contrast_of_marks, median_light, redness_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.score.maps import Maps

OWN_SHARE = 0.8
"""Reference skin that is more than this share of all skin is a close-up's: all there is."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What both photos of a pair are held against.

    `cells` marks the reference skin on the grid; `red_above` is the limit of redness (HI points
    above the reference) and `mark_above` that of scar-like marks (ln of light).
    """

    cells: NDArray[np.bool_] = field(repr=False)
    red_above: float
    mark_above: float


def find_reference(
    maps: Maps,
    candidates: NDArray[np.bool_],
    cell_mm: float,
    recipe: ScoreRecipe,
    profile: ColorProfile | None = None,
) -> Reference:
    """Return the reference of a photo: its reference zone, or on a close-up its background skin.

    The background is the largest group of skin of like redness (half-sample mode and two spreads
    about it on the tighter side), so that lesions, red or paling, do not move it.

    The mode is that of Robertson and Cryer (1974), spreads are median deviations (Hampel 1974); two
    and three of them as limits are our own: `docs/studies/2026-11-validation.md`.
    """
    cells = candidates & maps.seen
    if not cells.any():
        cells = maps.seen
    sigma = recipe.redness_sigma_mm / cell_mm
    light = median_light(maps.linear, cells)
    index = redness_index(np.ascontiguousarray(maps.linear), light, recipe, profile)
    smooth = masked_blur(index, maps.seen, sigma)
    if cells.sum() > OWN_SHARE * maps.seen.sum():
        cells = cells & background(np.where(cells, smooth, np.float32(np.nan)))
    red_above = max(2 * robust_spread(smooth[cells]), recipe.least_red_hi)
    marks = contrast_of_marks(maps.linear, maps.seen, cell_mm, recipe)
    mark_above = max(3 * robust_spread(marks[maps.seen]), recipe.mark_contrast)
    return Reference(cells, red_above, mark_above)
