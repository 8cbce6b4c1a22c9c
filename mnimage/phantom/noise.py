"""Seeded random fields: band-limited noise and smooth clouds."""

from __future__ import annotations

from math import ceil, pi, sqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy import fft

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TILE = 2048
_KNOT_SIGMA = 1.5


def band_noise(
    shape: tuple[int, int], band_px: tuple[float, float], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return noise of RMS 1 whose wavelengths lie within `band_px` (shortest, longest).

    The power falls with the square of the frequency, so that every octave holds the same. Fields
    larger than 2048 pixels repeat themselves after that length.
    """
    rows, columns = (fft.next_fast_len(min(size, _TILE), real=True) for size in shape)
    white = rng.standard_normal((rows, columns), dtype=np.float32)
    spectrum = fft.rfft2(white, workers=2) * _band(rows, columns, band_px)
    tile = fft.irfft2(spectrum, s=(rows, columns), workers=2).astype(np.float32)
    repeats = (ceil(shape[0] / rows), ceil(shape[1] / columns))
    noise = (np.tile(tile, repeats) if repeats != (1, 1) else tile)[: shape[0], : shape[1]]
    spread = float(noise.std())
    return np.asarray(noise / max(spread, 1e-12), dtype=np.float32)


def _band(rows: int, columns: int, band_px: tuple[float, float]) -> NDArray[np.float32]:
    frequency = np.hypot(fft.fftfreq(rows)[:, None], fft.rfftfreq(columns)[None, :])
    inside = (frequency <= 1 / band_px[0]) & (frequency >= 1 / band_px[1])
    return np.where(inside, 1 / np.maximum(frequency, 1e-9), 0).astype(np.float32)


def clouds(shape: tuple[int, int], size_px: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a smooth random field of RMS about 1 with round features of about `size_px`."""
    # Three knots to a feature, so that the lattice they lie on does not show.
    step = max(size_px / 3, 1.0)
    coarse = (ceil(shape[0] / step) + 8, ceil(shape[1] / step) + 8)
    knots = rng.standard_normal(coarse, dtype=np.float32)
    soft = np.asarray(cv2.GaussianBlur(knots, (0, 0), _KNOT_SIGMA), dtype=np.float32)
    soft *= 2 * sqrt(pi) * _KNOT_SIGMA
    grow = np.array([[1 / step, 0, 4], [0, 1 / step, 4]])
    large = cv2.warpAffine(soft, grow, shape[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(large, dtype=np.float32)


def scatter_places(
    size_mm: tuple[float, float],
    radii_mm: NDArray[np.float64],
    gap_mm: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return (row, column) in mm from the centre for discs that keep `gap_mm` between them.

    The discs stay inside the rectangle. Those that find no room in 200 throws are left out: their
    place is not a number.
    """
    placed = np.full((radii_mm.size, 2), np.nan)
    half = np.asarray(size_mm) / 2
    for index, radius in enumerate(radii_mm):
        room = np.maximum(half - radius - gap_mm, 0.01)
        throws = rng.uniform(-room, room, size=(200, 2))
        free = _free(throws, radius + gap_mm, placed[:index], radii_mm[:index])
        if free.any():
            placed[index] = throws[np.argmax(free)]
    return placed


def _free(
    throws: NDArray[np.float64],
    keep: float,
    placed: NDArray[np.float64],
    radii: NDArray[np.float64],
) -> NDArray[np.bool_]:
    away = np.linalg.norm(throws[:, None] - placed[None], axis=2)
    return np.asarray(np.all(~(away < keep + radii[None]), axis=1))
