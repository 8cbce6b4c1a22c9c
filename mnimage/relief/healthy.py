"""The virtual healthy skin: the surface the skin would have without its scars.

The polynomial is the F-operator of ISO 25178-2, what it leaves is blurred by normalised convolution
(Knutsson and Westin 1993). How well depths below it do: `docs/relief.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.bands import bands_of, in_bands
from mnimage.kernels.filters import blurred_share, reduction, sigma_left, weighted
from mnimage.kernels.geometry import block_mean, expand, grid_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_SAMPLES = 40_000
"""A polynomial, of 15 terms at most, is fitted to at least so many pixels of a larger picture."""
_NONE = np.zeros(0, dtype=np.float32)
"""What OpenCV's product is to add: nothing."""
FLAT, ROUND = 2, 4
"""Orders of the form of a small place, and of one so large that the body bends away at its rim."""
_ROUND_SIGMAS = 10.0
"""Shorter side, in standard deviations of the healthy surface's Gaussian, from which a form of the
fourth order is fitted: 25 mm with that of the recipe."""


def remove_form(height_mm: Plane, skin: Mask, order: int = FLAT) -> Plane:
    """Return the height less the polynomial of an order that fits the skin best.

    The F-operator of ISO 25178-2.
    """
    return _without(height_mm, _fitted(height_mm, skin, order))


def fit_form(height_mm: Plane, skin: Mask, order: int = FLAT) -> Plane:
    """Return the polynomial of an order that fits the height on `skin` best.

    As of ISO 25178-2, by least squares.
    """
    return _fitted(height_mm, skin, order).rows(slice(None))


def below_healthy(height_mm: Plane, skin: Mask, sigma_px: float) -> Plane:
    """Return how far the height lies below the virtual healthy surface, in holes positive.

    That is the form plus a wide Gaussian of what is left, on `skin` only; under what is not skin to
    go by (scars) it is carried on from around them. Our own; how well it does: `docs/relief.md`.
    """
    shape = (height_mm.shape[0], height_mm.shape[1])
    form, step = _fitted(height_mm, skin, form_order(shape, sigma_px)), reduction(sigma_px)
    known, weight = (np.empty(grid_shape(shape, step), dtype=np.float32) for _ in range(2))
    bands = bands_of(shape, step=step)

    def gather(span: slice) -> None:
        there = slice(span.start // step, -(-span.stop // step))
        left = np.subtract(height_mm[span], form.rows(span))
        for small, part in zip((known, weight), weighted(left, skin[span]), strict=True):
            small[there] = block_mean(part, step)

    in_bands(gather, bands)
    around = blurred_share(known, weight, sigma_left(sigma_px, step) if step > 1 else sigma_px)
    below = np.empty(shape, dtype=np.float32)

    def take(span: slice) -> None:
        np.add(expand(around, step, shape, span), form.rows(span), out=below[span])
        below[span] -= height_mm[span]

    in_bands(take, bands)
    return below


def form_order(shape: tuple[int, ...], sigma_px: float) -> int:
    """Return the order of the form that a picture can distinguish from scars.

    `sigma_px` is the width of the healthy surface's Gaussian. Near the rim, where that Gaussian
    looks to one side only, a cheek or a chin bends away faster than the second order says.

    Our own; how depths with it do: `docs/relief.md`.
    """
    return ROUND if min(shape[:2]) >= _ROUND_SIGMAS * sigma_px else FLAT


@dataclass(frozen=True, slots=True)
class _Form:
    """A polynomial over a picture: `down` (rows, order + 1) times `across` (order + 1, columns)."""

    down: Plane = field(repr=False)
    across: Plane = field(repr=False)

    def rows(self, span: slice) -> Plane:
        """Return its height at the pixels of rows `span`."""
        # By OpenCV: the threads of BLAS would wait busily.
        return np.asarray(cv2.gemm(self.down[span], self.across, 1.0, _NONE, 0.0), np.float32)


def _fitted(height_mm: Plane, skin: Mask, order: int) -> _Form:
    """Return the polynomial by its normal equations.

    Sums over the picture of products of powers are taken one axis after the other: few and small.
    """
    thin = max(isqrt(height_mm.size // _SAMPLES), 1)
    known = skin[::thin, ::thin]
    height = np.where(known, height_mm[::thin, ::thin], 0).astype(np.float64)
    y, x = (_powers(axis, order) for axis in _unit_axes(height_mm.shape))
    down, along = y[::thin], x[::thin]
    used = np.add.outer(np.arange(order + 1), np.arange(order + 1)) <= order
    sums = _pairs(down).T @ known.astype(np.float64) @ _pairs(along)
    gram = sums.reshape(4 * [order + 1]).transpose(0, 2, 1, 3)[used][:, used]
    factors = np.zeros(used.shape)
    factors[used] = np.linalg.lstsq(gram, (down.T @ height @ along)[used], rcond=None)[0]
    return _Form(y.astype(np.float32), (factors @ x.T).astype(np.float32))


def _without(height_mm: Plane, form: _Form) -> Plane:
    flat = np.empty(height_mm.shape, dtype=np.float32)

    def remove(span: slice) -> None:
        np.subtract(height_mm[span], form.rows(span), out=flat[span])

    in_bands(remove, bands_of(flat.shape))
    return flat


def _unit_axes(shape: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns = shape
    return np.linspace(-1, 1, rows), np.linspace(-1, 1, columns)


def _powers(places: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    return np.asarray(np.polynomial.legendre.legvander(places, order), dtype=np.float64)


def _pairs(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    return (powers[:, :, None] * powers[:, None]).reshape(len(powers), -1)
