"""Visible pores: small round dark spots, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.filters import dark_blobs, gaussian, local_maxima, roundness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.score.plan import Plan


NEAR = 1.3
"""Factor of contrast about the limit within which pores come and go with light and focus."""


@dataclass(frozen=True, slots=True)
class Spots:
    """Round dark spots: whole-pixel places, and the contrast of each in limits of a pore.

    Those of more than 1 are pores; those from 1 / `NEAR` on show how much hangs on the limit.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    contrast: NDArray[np.float32]

    def within(self, mask: NDArray[np.bool_], first: int) -> Spots:
        """Return the spots in a mask, whose first row is row `first` of the picture."""
        rows = self.rows - first
        inside = (rows >= 0) & (rows < mask.shape[0])
        inside[inside] = mask[rows[inside], self.columns[inside]]
        return Spots(rows[inside], self.columns[inside], self.contrast[inside])


def find_spots(log: NDArray[np.float32], plan: Plan, recipe: ScoreRecipe) -> Spots:
    """Return the pores in a picture of ln red light, and what is nearly one, in its pixels.

    Red, because pigment and blood darken it least: on dark skin green shows mottling for pores.

    A pore is a local maximum of the scale-normalised Laplacian over 0.06-0.24 mm (diameters of
    0.17-0.68 mm), of at least the recipe's contrast, and round: hairs and lines are long
    (Lindeberg 1998).
    """
    if plan.blur_px > 0:
        log = gaussian(log, plan.blur_px)
    answer = dark_blobs(log, [sigma / plan.mm for sigma in recipe.pore_sigmas_mm])
    radius = max(1, round(0.15 / plan.mm))
    rows, columns = local_maxima(answer, radius, recipe.pore_contrast / NEAR)
    reach = max(1, round(0.08 / plan.mm))
    round_enough = roundness(answer, rows, columns, reach) >= recipe.pore_roundness
    rows, columns = rows[round_enough], columns[round_enough]
    return Spots(rows, columns, answer[rows, columns] / np.float32(recipe.pore_contrast))


def pore_reach(plan: Plan, recipe: ScoreRecipe) -> int:
    """Return how many pixels beyond a strip can alter what is found inside."""
    widest = recipe.pore_sigmas_mm[-1] / plan.mm
    return int(np.ceil(4 * (widest + plan.blur_px) + 0.4 / plan.mm)) + 2
