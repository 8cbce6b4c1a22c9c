"""The virtual healthy skin: the surface the skin would have without its scars."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.filters import masked_blur

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_SAMPLES = 40_000
FLAT, ROUND = 2, 4
"""Orders of the form of a small place, and of one so large that the body bends away at its rim."""
_ROUND_SIGMAS = 10.0


def remove_form(height_mm: Plane, skin: Mask, order: int = FLAT) -> Plane:
    """Return the height less the polynomial of an order that fits the skin best."""
    return height_mm - fit_form(height_mm, skin, order)


def fit_form(height_mm: Plane, skin: Mask, order: int = FLAT) -> Plane:
    """Return the polynomial of an order that fits the height on `skin` best."""
    thin = max(isqrt(height_mm.size // _SAMPLES), 1)
    row, column = np.nonzero(skin[::thin, ::thin])
    row, column = thin * row, thin * column
    y, x = _unit_axes(height_mm.shape)
    terms = _powers(x[column], order)[:, :, None] * _powers(y[row], order)[:, None]
    used = np.add.outer(np.arange(order + 1), np.arange(order + 1)) <= order
    known = height_mm[row, column].astype(np.float64)
    factors = np.zeros(used.shape)
    factors[used] = np.linalg.lstsq(terms[:, used], known, rcond=None)[0]
    across = (factors.T @ _powers(x, order).T).astype(np.float32)
    return np.asarray(_powers(y, order).astype(np.float32) @ across, dtype=np.float32)


def healthy_surface(height_mm: Plane, skin: Mask, sigma_px: float) -> Plane:
    """Return the healthy surface: the form plus a wide Gaussian of what is left, on `skin` only.

    Under what is not skin to go by (scars) it is carried on from around them.
    """
    form = fit_form(height_mm, skin, form_order(height_mm.shape, sigma_px))
    return form + masked_blur(height_mm - form, skin, sigma_px)


def form_order(shape: tuple[int, ...], sigma_px: float) -> int:
    """Return the order of the form that a picture can tell from scars.

    `sigma_px` is the width of the healthy surface's Gaussian. Near the rim, where that Gaussian
    looks to one side only, a cheek or a chin bends away faster than the second order says.
    """
    return ROUND if min(shape[:2]) >= _ROUND_SIGMAS * sigma_px else FLAT


def _unit_axes(shape: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns = shape
    return np.linspace(-1, 1, rows), np.linspace(-1, 1, columns)


def _powers(places: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    return np.asarray(np.polynomial.legendre.legvander(places, order), dtype=np.float64)
