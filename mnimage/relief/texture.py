"""Texture in um: the root mean square height of the skin between two wavelengths.

After ISO 25178: form removed by a polynomial of the second order (F), then Gaussian filters with
the cutoffs as nesting indices (S and L); a Gaussian of cutoff c passes half of a wave of length c,
which is sigma = 0.1874 c.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.filters import masked_blur

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ReliefRecipe

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_CUTOFF = 0.1874
_WINDOW_MM = 1.0
_WELL_SAMPLED = 0.6
_NOTHING = 1e-4
_OCTAVES_MM = (0.1, 0.2, 0.4, 0.8, 1.6)


@dataclass(frozen=True, slots=True)
class Texture:
    """Sq over the whole skin and its standard error in um, its local map, and Sq per octave."""

    sq_um: float
    uncertainty_um: float
    local_um: Plane = field(repr=False)
    octaves_um: tuple[tuple[float, float, float], ...]


def measure_texture(
    height_mm: Plane, skin: Mask, mm_per_px: float, recipe: ReliefRecipe
) -> Texture:
    """Return the texture of the skin within `skin`, scars already left out.

    Parameters
    ----------
    height_mm
        The relief without its form, shape (rows, columns).
    skin
        What counts.
    mm_per_px
        Scale.
    recipe
        Band and expected error between sessions.
    """
    cutoffs = sorted({recipe.band_low_mm, recipe.band_high_mm, *_OCTAVES_MM})
    levels = {cutoff: low_pass(height_mm, skin, mm_per_px, cutoff) for cutoff in cutoffs}
    band = levels[recipe.band_low_mm] - levels[recipe.band_high_mm]
    sq_um = 1000 * _root_mean_square(band, skin)
    power = masked_blur(band**2, skin, _WINDOW_MM / mm_per_px / 2)
    return Texture(
        sq_um=sq_um,
        uncertainty_um=recipe.slope_error * sq_um,
        local_um=np.where(skin, 1000 * np.sqrt(np.maximum(power, 0)), np.float32(np.nan)),
        octaves_um=tuple(
            (low, high, 1000 * _root_mean_square(levels[low] - levels[high], skin))
            for low, high in pairwise(_OCTAVES_MM)
        ),
    )


def low_pass(height_mm: Plane, skin: Mask, mm_per_px: float, cutoff_mm: float) -> Plane:
    """Return the relief coarser than a wavelength, which itself is passed by half."""
    sigma = _CUTOFF * cutoff_mm / mm_per_px
    return masked_blur(height_mm, skin, _sampled(sigma))


def _sampled(sigma: float) -> float:
    """Return the width at which a sampled Gaussian of three weights has the variance sigma^2.

    Narrower than a pixel, a sampled Gaussian is narrower still than it claims to be.
    """
    if sigma >= _WELL_SAMPLED:
        return sigma
    side = sigma**2 / 2 / (1 - sigma**2)
    return float(np.sqrt(-0.5 / np.log(side))) if side > _NOTHING else 0.0


def _root_mean_square(values: Plane, skin: Mask) -> float:
    inside = values[skin]
    return float(np.sqrt(np.mean(np.square(inside), dtype=np.float64))) if inside.size else np.nan
