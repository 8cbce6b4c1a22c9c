"""Visible pores: small round dark spots, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.filters import dark_blobs, gaussian, local_maxima, roundness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.score.plan import Plan


def find_pores(
    log: NDArray[np.float32], plan: Plan, recipe: ScoreRecipe
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the pores in a picture of ln red light, in its pixels.

    Red, because pigment and blood darken it least: on dark skin green shows mottling for pores.

    A pore is a local maximum of the scale-normalised Laplacian over 0.06-0.24 mm (diameters of
    0.17-0.68 mm), of at least the recipe's contrast, and round: hairs and lines are long
    (Lindeberg 1998).
    """
    if plan.blur_px > 0:
        log = gaussian(log, plan.blur_px)
    answer = dark_blobs(log, [sigma / plan.mm for sigma in recipe.pore_sigmas_mm])
    radius = max(1, round(0.15 / plan.mm))
    rows, columns = local_maxima(answer, radius, recipe.pore_contrast)
    reach = max(1, round(0.08 / plan.mm))
    round_enough = roundness(answer, rows, columns, reach) >= recipe.pore_roundness
    return rows[round_enough], columns[round_enough]


def pore_reach(plan: Plan, recipe: ScoreRecipe) -> int:
    """Return how many pixels beyond a strip can alter what is found inside."""
    widest = recipe.pore_sigmas_mm[-1] / plan.mm
    return int(np.ceil(4 * (widest + plan.blur_px) + 0.4 / plan.mm)) + 2
