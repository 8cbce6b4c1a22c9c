"""Texture as contrast: how much light varies over fractions of a millimetre, colour taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.filters import gaussian, masked_blur
from mnimage.kernels.geometry import block_mean, grid_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.score.plan import Plan

    Plane = NDArray[np.float32]

SIGMA_OF_WAVELENGTH = 0.1874
"""A Gaussian of this many wavelengths passes half the wave (ISO 16610-61)."""

COLOUR_AXES = np.array([[0.3, 0.5, 0.2], [1.0, -1.0, 0.0], [0.0, 1.0, -1.0]], dtype=np.float32)
"""From ln R, G, B to ln light, ln R/G (blood) and ln G/B (melanin)."""

STRIP_ROWS = 160
"""Rows of middle blocks that are filtered at once."""
WINDOW_MM = 2.0
"""Standard deviation of the neighbourhood in which light is regressed on colour."""
STEEPEST = (1.5, 0.7)
"""Fall of ln light per unit of ln R/G and ln G/B that pigment and blood can explain. Relief seen
through translucent skin is steeper (about 5), since its light scatters nearly alike in all
channels; the bounds keep most of it from being taken for pigment."""


def texture_energy(log: Plane, seen: NDArray[np.bool_], plan: Plan, recipe: ScoreRecipe) -> Plane:
    """Return the variance of band-passed ln light in each cell, in squares of ln units.

    The band runs from the plan's `finest_mm` to `texture_high_mm`. Pigment and blood alter colour
    with light, shading by relief hardly: within about 2 mm, light is regressed on the two colour
    axes, and what colour predicts is taken off. A slope stands for pigment or blood only if colour
    darkens as they do (between 0 and `STEEPEST`); any other is not used. Grey spots stay in.

    The band's Gaussians are those of ISO 16610-61, the rest is our own. It follows light, and the
    true relief hardly: `docs/validation.md`.

    Parameters
    ----------
    log
        ln of linear light in middle blocks, shape (rows, columns, 3).
    seen
        Where there is skin, shape (rows, columns).
    plan, recipe
        Sizes and band.
    """
    factor = plan.step // plan.middle
    height = max(1, STRIP_ROWS // factor) * factor
    starts = range(0, log.shape[0], height)
    moments = np.concatenate([_moments(log, seen, (at, height), plan, recipe) for at in starts], 1)
    cover = np.maximum(block_mean(seen.astype(np.float32), factor), 1e-6)
    moments = np.asarray(moments / cover, dtype=np.float32)
    return _unexplained(moments, cover, WINDOW_MM / plan.cell_mm)


def _moments(
    log: Plane,
    seen: NDArray[np.bool_],
    strip: tuple[int, int],
    plan: Plan,
    recipe: ScoreRecipe,
) -> Plane:
    """Return the six mean products of the band's three axes in the cells of a strip of rows."""
    first, height = strip
    factor = plan.step // plan.middle
    reach = int(np.ceil(4.5 * SIGMA_OF_WAVELENGTH * recipe.texture_high_mm / plan.middle_mm)) + 2
    top, last = max(first - reach, 0), min(first + height, log.shape[0])
    rows = slice(top, min(last + reach, log.shape[0]))
    cells = grid_shape((last - first, log.shape[1]), factor)
    if not seen[first:last].any():
        return np.zeros((6, *cells), np.float32)
    axes = np.asarray(cv2.transform(log[rows], COLOUR_AXES), np.float32)
    band = _band(axes, seen[rows], plan, recipe)[first - top : last - top]
    light, blood, melanin = (np.ascontiguousarray(band[..., axis]) for axis in range(3))
    pairs = (
        (light, light),
        (light, blood),
        (light, melanin),
        (blood, blood),
        (blood, melanin),
        (melanin, melanin),
    )
    products = [block_mean(one * other, factor) for one, other in pairs]
    return np.stack(products).astype(np.float32)


def _band(axes: Plane, seen: NDArray[np.bool_], plan: Plan, recipe: ScoreRecipe) -> Plane:
    low = SIGMA_OF_WAVELENGTH * plan.finest_mm
    # Blocks blur too: what their width adds is not added again.
    left = max(low**2 - plan.middle_mm**2 / 12, 0.0) ** 0.5 / plan.middle_mm
    high = SIGMA_OF_WAVELENGTH * recipe.texture_high_mm / plan.middle_mm
    fine = gaussian(axes, left) if left > 0.3 else axes
    band = fine - masked_blur(axes, seen, high)
    band[~seen] = 0
    return band


def _unexplained(moments: Plane, cover: Plane, window: float) -> Plane:
    """Return the variance of light left in each cell when the colour slopes around are used."""
    around = [masked_blur(plane, cover, window) for plane in moments]
    blood, melanin = _slopes(around)
    ll, lb, lm, bb, bm, mm = moments
    left = ll + 2 * (blood * lb + melanin * lm)
    left += blood**2 * bb + 2 * blood * melanin * bm + melanin**2 * mm
    return np.asarray(np.maximum(left, 0), dtype=np.float32)


def _slopes(around: list[Plane]) -> tuple[Plane, Plane]:
    """Return by how much light falls per unit of each colour axis, within plausible bounds."""
    _, lb, lm, bb, bm, mm = around
    # A little is added to the diagonal: slopes on colour noise alone would mean nothing.
    bb, mm = bb * 1.05 + 1e-6, mm * 1.05 + 1e-6
    whole = bb * mm - bm**2
    blood, melanin = (bm * lm - mm * lb) / whole, (bm * lb - bb * lm) / whole
    # Where one of the two is not plausible, the other alone is fitted.
    blood, melanin = (
        np.where(melanin > 0, blood, -lb / bb),
        np.where(blood > 0, melanin, -lm / mm),
    )
    return (
        np.asarray(np.clip(blood, 0, STEEPEST[0]), dtype=np.float32),
        np.asarray(np.clip(melanin, 0, STEEPEST[1]), dtype=np.float32),
    )
