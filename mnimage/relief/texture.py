"""Texture in um: the root mean square height of the skin between two wavelengths.

After ISO 25178: form removed by a polynomial of the second order (F), then Gaussian filters with
the cutoffs as nesting indices (S and L); a Gaussian of cutoff c passes half of a wave of length c,
which is sigma = 0.1874 c.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy import fft

from mnimage.domain.relief import Direction
from mnimage.kernels.filters import masked_blur
from mnimage.kernels.geometry import block_mean

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
_DIRECTION_GRID_MM, _LONGEST_MM, _FALLEN, _WAYS = 0.1, 4.0, 0.2, 90


@dataclass(frozen=True, slots=True)
class Texture:
    """Sq over the whole skin and its standard error in um, its local map, and Sq per octave."""

    sq_um: float
    uncertainty_um: float
    local_um: Plane = field(repr=False)
    octaves_um: tuple[tuple[float, float, float], ...]
    direction: Direction | None


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
    ends = (recipe.band_low_mm, recipe.band_high_mm)
    levels: dict[float, Plane] = {}
    octaves: list[tuple[float, float, float]] = []
    # Planes of the picture's size: each is let go when it has served.
    for cutoff in sorted({*ends, *_OCTAVES_MM}):
        levels[cutoff] = low_pass(height_mm, skin, mm_per_px, cutoff)
        for low, high in pairwise(_OCTAVES_MM):
            if high == cutoff:
                sq = 1000 * _root_mean_square(levels[low] - levels[high], skin)
                octaves.append((low, high, sq))
                levels = {key: levels[key] for key in levels if key in (*ends, high)}
    band = levels[ends[0]] - levels[ends[1]]
    levels.clear()
    sq_um = 1000 * _root_mean_square(band, skin)
    power = masked_blur(band**2, skin, _WINDOW_MM / mm_per_px / 2)
    return Texture(
        sq_um=sq_um,
        uncertainty_um=recipe.slope_error * sq_um,
        local_um=np.where(skin, 1000 * np.sqrt(np.maximum(power, 0)), np.float32(np.nan)),
        direction=find_direction(band, skin, mm_per_px),
        octaves_um=tuple(octaves),
    )


def band_sq_um(height_mm: Plane, skin: Mask, mm_per_px: float, recipe: ReliefRecipe) -> float:
    """Return Sq of the recipe's band over `skin` alone, in um, without maps and octaves."""
    low, high = (
        low_pass(height_mm, skin, mm_per_px, cutoff)
        for cutoff in (recipe.band_low_mm, recipe.band_high_mm)
    )
    return 1000 * _root_mean_square(low - high, skin)


def find_direction(band_mm: Plane, skin: Mask, mm_per_px: float) -> Direction | None:
    """Return which way the texture runs, from its autocorrelation within `skin`.

    After Str and Std of ISO 25178-2: along how short and how long a way the autocorrelation falls
    to 0.2, and the direction of the longer way. None where there is too little texture to tell.
    """
    if not skin.any():
        return None
    step = max(1, round(_DIRECTION_GRID_MM / mm_per_px))
    grid = step * mm_per_px
    weight = block_mean(skin.astype(np.float32), step)
    small = block_mean(np.where(skin, band_mm, np.float32(0)), step)
    falls = _falls(_autocorrelation(small, weight, int(_LONGEST_MM / grid)))
    if falls is None:
        return None
    slowest = int(np.argmax(falls))
    return Direction(180.0 * slowest / len(falls), float(falls.min() / falls[slowest]))


def _autocorrelation(values: Plane, weight: Plane, reach: int) -> Plane:
    """Return the autocorrelation up to `reach` nodes each way, 1 in the middle."""
    size = [fft.next_fast_len(length + reach, real=True) for length in values.shape]
    power, pairs = (
        fft.irfft2(np.abs(fft.rfft2(part, size, workers=2)) ** 2, size, workers=2)
        for part in (values, weight)
    )
    mean = np.fft.fftshift(power / np.maximum(pairs, 1.0))
    row, column = size[0] // 2, size[1] // 2
    near = mean[row - reach : row + reach + 1, column - reach : column + reach + 1]
    return np.asarray(near / max(float(near[reach, reach]), 1e-20), dtype=np.float32)


def _falls(correlation: Plane) -> Plane | None:
    """Return how far one has to go for 0.2 in each of 90 directions; None where one never gets."""
    reach = correlation.shape[0] // 2
    turn = np.arange(_WAYS)[:, None] * (np.pi / _WAYS)
    away = np.arange(0, reach, 0.05)[None]
    right = (reach + away * np.cos(turn)).astype(np.float32)
    down = (reach + away * np.sin(turn)).astype(np.float32)
    rays = np.asarray(cv2.remap(correlation, right, down, cv2.INTER_LINEAR))
    low = rays < _FALLEN
    if reach < 1 or not low.any():
        return None
    falls = np.where(low.any(axis=1), low.argmax(axis=1), rays.shape[1])
    return np.asarray(falls, dtype=np.float32)


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
