"""Integration of slopes to height on a rectangle, without a boundary condition.

The height is a sum of cosines, which fits the slopes by least squares with a free border (Simchony,
Chellappa and Shao 1990). Its derivatives are exact, not finite differences, so that fine relief
keeps its full height.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

WORKERS = 2
"""Threads of each transform."""


def to_cosines(slope_x: Plane, slope_y: Plane) -> Plane:
    """Return the cosine amplitudes (DCT-II, as scipy scales it) of the height with these slopes.

    Slopes are height per pixel along columns (x) and rows (y), shape (rows, columns). The mean
    height is 0.
    """
    along, down = frequencies((slope_x.shape[0], slope_x.shape[1]))
    total = np.zeros(slope_x.shape, dtype=np.float32)
    total[:, 1:] -= _sines(slope_x, 1)[:, :-1] * along[:, 1:]
    total[1:] -= _sines(slope_y, 0)[:-1] * down[1:]
    power = along**2 + down**2
    power[0, 0] = 1
    total /= power
    total[0, 0] = 0
    return total


def from_cosines(cosines: Plane) -> Plane:
    """Return the height of cosine amplitudes."""
    return np.asarray(scipy.fft.idctn(cosines, type=2, workers=WORKERS), dtype=np.float32)


def integrate_slopes(slope_x: Plane, slope_y: Plane) -> Plane:
    """Return the height whose slopes fit the given ones best; its mean is 0."""
    return from_cosines(to_cosines(slope_x, slope_y))


def frequencies(shape: tuple[int, int]) -> tuple[Plane, Plane]:
    """Return the angular frequencies along x, shape (1, columns), and y, shape (rows, 1)."""
    rows, columns = shape
    down = np.pi * np.arange(rows, dtype=np.float32) / rows
    along = np.pi * np.arange(columns, dtype=np.float32) / columns
    return along[None, :].astype(np.float32), down[:, None].astype(np.float32)


def _sines(slope: Plane, axis: int) -> Plane:
    turned = scipy.fft.dst(slope, type=2, axis=axis, workers=WORKERS)
    return np.asarray(
        scipy.fft.dct(turned, type=2, axis=1 - axis, workers=WORKERS), dtype=np.float32
    )
