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
import scipy

from mnimage.domain.progress import no_tick
from mnimage.domain.relief import Direction
from mnimage.kernels.bands import bands_of, in_bands
from mnimage.kernels.filters import (
    blurred_share,
    blurs_within,
    sigma_left,
    weighted,
)
from mnimage.kernels.geometry import block_mean, expand, grid_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_CUTOFF = 0.1874
"""Standard deviation of the Gaussian that passes half of a wave, over its length: sqrt(ln 2 / 2) /
pi (ISO 16610-61)."""
_WINDOW_MM = 1.0
"""Twice the standard deviation of the Gaussian over which the local map is averaged."""
_WELL_SAMPLED = 0.6
"""Standard deviation in px from which a sampled Gaussian is as wide as it should be."""
_NOTHING = 1e-4
"""A side weight of a Gaussian that is not used: its logarithm is taken."""
_WIDE, _LEAST_SIGMA = 3.0, 6.0
"""A blur of so many pixels is done on a grid where it is still of so many nodes: waves keep their
root mean square to 0.03 %."""
_LOCAL_SIGMA = 3.0
"""The local map's Gaussian has at least so many nodes, on as coarse a grid as that allows."""
_BAND_PIXELS = 500_000
"""Pixels of a band of rows."""
_OCTAVES_MM = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Ends of the octaves of wavelength for which Sq is given."""
_DIRECTION_GRID_MM, _LONGEST_MM, _FALLEN, _WAYS = 0.1, 4.0, 0.2, 90
"""Pitch and reach of the autocorrelation; what it must fall to (ISO 25178-2); directions in which
that is searched for, 2 degrees apart."""


@dataclass(frozen=True, slots=True)
class Texture:
    """Sq over the whole skin and its standard error in um, its local map, and Sq per octave."""

    sq_um: float
    uncertainty_um: float
    local_um: Plane = field(repr=False)
    octaves_um: tuple[tuple[float, float, float], ...]
    direction: Direction | None


def measure_texture(
    height_mm: Plane, skin: Mask, mm_per_px: float, recipe: ReliefRecipe, tick: Tick = no_tick
) -> Texture:
    """Return the texture of the skin within `skin`, scars already left out.

    Sq of ISO 25178-2 between the filters of ISO 16610-61; how well it does: `docs/relief.md`.

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
    tick
        Called between bands of rows, to stop.
    """
    ends = (recipe.band_low_mm, recipe.band_high_mm)
    split = _Split(height_mm, skin, mm_per_px, (ends, *pairwise(_OCTAVES_MM)))
    band = np.empty(height_mm.shape, dtype=np.float32)
    squares = split.squares(band, tick)
    whole, *octaves = [1000 * _root(square, int(skin.sum())) for square in squares]
    local = _local(band, skin, _WINDOW_MM / mm_per_px / 2)
    tick(1, 1)
    return Texture(
        sq_um=whole,
        uncertainty_um=recipe.slope_error * whole,
        local_um=local,
        direction=find_direction(band, skin, mm_per_px),
        octaves_um=tuple(
            (low, high, sq) for (low, high), sq in zip(pairwise(_OCTAVES_MM), octaves, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Split:
    """A relief to be split into bands of wavelengths, given as pairs of cutoffs in mm."""

    height_mm: Plane
    skin: Mask
    mm_per_px: float
    bands: tuple[tuple[float, float], ...]

    def squares(self, first: Plane, tick: Tick) -> NDArray[np.float64]:
        """Return the sum over the skin of each band's square in mm2; `first` gets the first."""
        sigmas = {cut: _sigma(cut, self.mm_per_px) for cut in sorted({*sum(self.bands, ())})}
        wide = self._reduced({cut: sigma for cut, sigma in sigmas.items() if sigma >= _WIDE})
        fine = [(cut, sigma) for cut, sigma in sigmas.items() if cut not in wide]
        shape = (first.shape[0], first.shape[1])

        def part(span: slice) -> list[float]:
            levels = {cut: expand(small, step, shape, span) for cut, (small, step) in wide.items()}
            near = blurs_within(self.height_mm, self.skin, [sigma for _, sigma in fine], span)
            levels.update({cut: level for (cut, _), level in zip(fine, near, strict=True)})
            own = np.ascontiguousarray(self.skin[span]).view(np.uint8)
            wave = first[span]
            sums = []
            # The first band last, so that what it is written to can be used for the others.
            for low, high in self.bands[::-1]:
                np.subtract(levels[low], levels[high], out=wave)
                sums.append(cv2.norm(wave, cv2.NORM_L2SQR, own))
            return sums[::-1]

        parts = in_bands(part, bands_of(shape, _BAND_PIXELS), tick)
        return np.asarray(np.sum(parts, axis=0), dtype=np.float64)

    def _reduced(self, sigmas: dict[float, float]) -> dict[float, tuple[Plane, int]]:
        """Return the height blurred by wide sigmas on coarse grids, and the steps of those."""
        if not sigmas:
            return {}
        known, weight = weighted(self.height_mm, self.skin)
        answer, now = {}, 1
        for cut, sigma in sigmas.items():
            step = 2 ** max(int(np.log2(2 * sigma / _LEAST_SIGMA)), 1)
            known, weight, now = (
                *(block_mean(plane, step // now) for plane in (known, weight)),
                step,
            )
            answer[cut] = blurred_share(known, weight, sigma_left(sigma, step)), step
        return answer


def _local(band: Plane, skin: Mask, sigma: float) -> Plane:
    """Return the root mean square of a band in mm about each place, in um; NaN beyond the skin."""
    step = max(int(sigma / _LOCAL_SIGMA), 1)
    shape = (band.shape[0], band.shape[1])
    square, weight = (np.empty(grid_shape(shape, step), dtype=np.float32) for _ in range(2))
    bands = bands_of(shape, step=step)

    def gather(span: slice) -> None:
        there = slice(span.start // step, -(-span.stop // step))
        known, count = weighted(band[span], skin[span])
        square[there] = block_mean(np.multiply(known, known, out=known), step)
        weight[there] = block_mean(count, step)

    in_bands(gather, bands)
    small = blurred_share(square, weight, sigma_left(sigma, step))
    small = 1000 * np.sqrt(np.maximum(small, 0, out=small), out=small)
    local = np.empty(shape, dtype=np.float32)

    def spread(span: slice) -> None:
        local[span] = expand(small, step, shape, span)
        local[span][~skin[span]] = np.nan

    in_bands(spread, bands)
    return local


def band_sq_um(height_mm: Plane, skin: Mask, mm_per_px: float, recipe: ReliefRecipe) -> float:
    """Return Sq of the recipe's band over `skin` alone, in um, without maps and octaves.

    ISO 25178-2, as `measure_texture` has it.
    """
    ends = ((recipe.band_low_mm, recipe.band_high_mm),)
    band = np.empty(height_mm.shape, dtype=np.float32)
    (square,) = _Split(height_mm, skin, mm_per_px, ends).squares(band, no_tick)
    return 1000 * _root(square, int(skin.sum()))


def find_direction(band_mm: Plane, skin: Mask, mm_per_px: float) -> Direction | None:
    """Return which way the texture runs, from its autocorrelation within `skin`.

    After Str and Std of ISO 25178-2: along how short and how long a way the autocorrelation falls
    to 0.2, and the direction of the longer way. None where there is too little texture to decide.
    """
    if not skin.any():
        return None
    step = max(1, round(_DIRECTION_GRID_MM / mm_per_px))
    grid = step * mm_per_px
    weight = block_mean(skin.astype(np.float32), step)
    small = block_mean(weighted(band_mm, skin)[0], step)
    falls = _falls(_autocorrelation(small, weight, int(_LONGEST_MM / grid)))
    if falls is None:
        return None
    slowest = int(np.argmax(falls))
    return Direction(180.0 * slowest / len(falls), float(falls.min() / falls[slowest]))


def _autocorrelation(values: Plane, weight: Plane, reach: int) -> Plane:
    """Return the autocorrelation up to `reach` nodes each way, 1 in the middle."""
    size = [
        scipy.fft.next_fast_len(max(length + reach, 2 * reach + 1), real=True)
        for length in values.shape
    ]
    power, pairs = (
        scipy.fft.irfft2(np.abs(scipy.fft.rfft2(part, size, workers=2)) ** 2, size, workers=2)
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


def _sigma(cutoff_mm: float, mm_per_px: float) -> float:
    """Return the sigma in pixels that passes a wave of a length by half."""
    return _sampled(_CUTOFF * cutoff_mm / mm_per_px)


def _sampled(sigma: float) -> float:
    """Return the width at which a sampled Gaussian of three weights has the variance sigma^2.

    Narrower than a pixel, a sampled Gaussian is narrower still than it claims to be.
    """
    if sigma >= _WELL_SAMPLED:
        return sigma
    side = sigma**2 / 2 / (1 - sigma**2)
    return float(np.sqrt(-0.5 / np.log(side))) if side > _NOTHING else 0.0


def _root(square: float, count: int) -> float:
    return float(np.sqrt(square / count)) if count else float("nan")
