"""The virtual healthy skin: the surface the skin would have without its scars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.filters import masked_blur

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_SAMPLES = 200_000


def remove_form(height_mm: Plane, skin: Mask) -> Plane:
    """Return the height less the polynomial of the second order that fits the skin best."""
    return height_mm - fit_form(height_mm, skin)


def fit_form(height_mm: Plane, skin: Mask) -> Plane:
    """Return the polynomial of the second order that fits the height on `skin` best."""
    row, column = np.nonzero(skin)
    thin = max(row.size // _SAMPLES, 1)
    row, column = row[::thin], column[::thin]
    y, x = _unit_axes(height_mm.shape)
    weights, *_ = np.linalg.lstsq(_terms(x[column], y[row]), height_mm[row, column], rcond=None)
    c = weights.astype(np.float32)
    x, y = x[None, :].astype(np.float32), y[:, None].astype(np.float32)
    return np.asarray(
        (c[0] + c[1] * x + c[3] * x * x) + (c[2] * y + c[5] * y * y) + c[4] * (x * y), np.float32
    )


def healthy_surface(height_mm: Plane, skin: Mask, sigma_px: float) -> Plane:
    """Return the healthy surface: the form plus a wide Gaussian of what is left, on `skin` only.

    Under what is not skin to go by (scars) it is carried on from around them.
    """
    form = fit_form(height_mm, skin)
    return form + masked_blur(height_mm - form, skin, sigma_px)


def _unit_axes(shape: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns = shape
    return np.linspace(-1, 1, rows), np.linspace(-1, 1, columns)


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
