"""Visible lines: length of dark ridges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.filters import dark_ridges
from mnimage.kernels.geometry import grid_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.kernels.filters import Ridges
    from mnimage.score.plan import Plan

WEIGHTS = np.array([[0.3, 0.5, 0.2]], dtype=np.float32)
"""Weights of ln R, ln G, ln B in ln light: near those of luminance, with less weight on blue."""

EDGE_MM = 0.8
"""Lines this near to the border of the skin are the border itself, brows or hair."""


def line_length(
    log: NDArray[np.float32], seen: NDArray[np.bool_], plan: Plan, recipe: ScoreRecipe
) -> NDArray[np.float32]:
    """Return mm of line per cm2 in each cell of the measured part.

    Centre points of dark lines of 0.15-0.4 mm sigma (Steger 1998), joined into lines; a line
    counts when some of it is strong and it is long enough (hysteresis as in Canny 1986).

    Parameters
    ----------
    log
        ln of linear light in middle blocks, shape (rows, columns, 3).
    seen
        Where there is skin, shape (rows, columns).
    plan, recipe
        Sizes and thresholds.
    """
    light = np.asarray(cv2.transform(log, WEIGHTS), dtype=np.float32)
    sigmas = [sigma / plan.middle_mm for sigma in recipe.line_sigmas_mm]
    # Outside the skin there is only the mean, so that its border is no line in itself.
    light = np.where(seen, light, np.mean(light, where=seen) if seen.any() else 0)
    ridges = dark_ridges(light, _inner(seen, plan), sigmas, recipe.line_low)
    kept = _long_and_strong(ridges, light.shape, plan, recipe)
    factor = plan.step // plan.middle
    cells = np.zeros(grid_shape(light.shape, factor), np.float32)
    place = (ridges.rows[kept] // factor, ridges.columns[kept] // factor)
    np.add.at(cells, place, ridges.length_px[kept] * np.float32(plan.middle_mm))
    return cells * np.float32(100 / plan.cell_mm**2)


def _inner(seen: NDArray[np.bool_], plan: Plan) -> NDArray[np.bool_]:
    size = 2 * max(1, round(EDGE_MM / plan.middle_mm)) + 1
    kernel = np.ones((size, size), np.uint8)
    # Closing first: single glare pixels are no border.
    whole = cv2.morphologyEx(seen.view(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.erode(whole, kernel), dtype=np.bool_) & seen


def _long_and_strong(
    ridges: Ridges, shape: tuple[int, ...], plan: Plan, recipe: ScoreRecipe
) -> NDArray[np.bool_]:
    points = np.zeros(shape, np.uint8)
    points[ridges.rows, ridges.columns] = 1
    # One pixel of growth bridges the gaps where a line changes its scale.
    count, labels = cv2.connectedComponents(cv2.dilate(points, np.ones((3, 3), np.uint8)))
    line = np.asarray(labels[ridges.rows, ridges.columns], dtype=np.intp)
    length = np.bincount(line, ridges.length_px, minlength=count) * plan.middle_mm
    strongest = np.zeros(count, np.float32)
    np.maximum.at(strongest, line, ridges.strength)
    good = (length >= recipe.line_min_mm) & (strongest >= recipe.line_high)
    return np.asarray(good[line], dtype=np.bool_)
