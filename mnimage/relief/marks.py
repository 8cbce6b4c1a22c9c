"""Pores and lines on a relief, where no pigment can pass for them.

Pores are distinguished from other dents by `mnimage.relief.pores`, lines from furrows by
`mnimage.relief.lines`. How well: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.domain.recipe import LINE_WEIGHTS, ReliefRecipe
from mnimage.domain.relief import Marks
from mnimage.kernels.bands import bands_of, in_bands
from mnimage.kernels.filters import masked_blur
from mnimage.relief.lines import find_lines
from mnimage.relief.pores import find_pores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.relief.lines import Lines

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_USUAL = ReliefRecipe()

_COARSEST_MM = 0.08
"""Pitch above which pores are lost."""
_LEVEL_MM, _EDGE_MM = 0.7, 0.5
"""Standard deviation of the Gaussian that is taken for the level nearby; how far inside the border
of the skin pores and lines are counted."""


def find_marks(
    height_mm: Plane,
    skin: Mask,
    mm_per_px: float,
    tick: Tick = no_tick,
    lines: Lines | None = None,
    recipe: ReliefRecipe = _USUAL,
) -> Marks | None:
    """Return the pores and lines of the skin; None where the picture is too coarse for pores.

    Parameters
    ----------
    height_mm
        The relief without its form, shape (rows, columns), up is positive.
    skin
        What counts; scars left out.
    mm_per_px
        Scale.
    tick
        Called between parts, to stop.
    lines
        Those of a skin that holds this one, if they are known already.
    recipe
        Names the weights of the classifiers.
    """
    inner = inner_skin(skin, mm_per_px)
    if mm_per_px > _COARSEST_MM or not inner.any():
        return None
    area_cm2 = float(inner.sum()) * mm_per_px**2 / 100
    flat = levelled(height_mm, skin, mm_per_px)
    tick(0, 2)
    pores = find_pores(flat, inner, mm_per_px, recipe.pore_weights)
    tick(1, 2)
    lines = (lines or find_lines(flat, skin, mm_per_px, recipe.line_weights)).within(inner)
    return Marks(
        pores_px=pores.places,
        pore_depth_um=1000 * pores.depth_mm,
        pores_per_cm2=len(pores.places) / area_cm2,
        pore_diameter_mm=_median(pores.diameter_mm),
        pore_median_um=1000 * _median(pores.depth_mm),
        line_px=lines.places,
        lines_mm_per_cm2=lines.length_mm / area_cm2,
        line_depth_um=1000 * lines.depth_mm,
    )


def lines_of(height_mm: Plane, skin: Mask, mm_per_px: float, weights: str = LINE_WEIGHTS) -> Lines:
    """Return the lines of a relief without its form; how well: `docs/studies/2026-11-relief.md`."""
    return find_lines(levelled(height_mm, skin, mm_per_px), skin, mm_per_px, weights)


def levelled(height_mm: Plane, skin: Mask, mm_per_px: float) -> Plane:
    """Return the height in mm over its level nearby, 0 where there is no skin."""
    level = masked_blur(height_mm, skin, _LEVEL_MM / mm_per_px)

    def take(span: slice) -> None:
        np.subtract(height_mm[span], level[span], out=level[span])
        level[span][~skin[span]] = 0

    in_bands(take, bands_of(level.shape))
    return level


def inner_skin(skin: Mask, mm_per_px: float) -> Mask:
    """Return the skin far enough from its border, the picture's own included."""
    padded = np.pad(skin, 1)
    away = np.asarray(cv2.distanceTransform(padded.view(np.uint8), cv2.DIST_L2, 3))
    return np.asarray(away[1:-1, 1:-1] > _EDGE_MM / mm_per_px, dtype=np.bool_)


def _median(values: Plane) -> float:
    return float(np.median(values)) if values.size else float("nan")
