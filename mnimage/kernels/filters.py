"""Smoothing and band filters, plain and masked.

The masked blur is normalised convolution (Knutsson and Westin 1993): what lies outside the mask
neither adds nor dilutes. Wide blurs are done at reduced size, since a wide Gaussian leaves nothing
that a coarser grid could not carry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

SMALLEST_SIGMA = 4.0
"""A blur wider than twice this many pixels is done on a grid where it is at least this wide."""


def gaussian(values: Plane, sigma: float) -> Plane:
    """Return `values` blurred by a Gaussian of `sigma` pixels; edges are mirrored.

    Accurate to about 0.5 % of the contrast in `values` where the blur is done at reduced size.
    """
    if sigma <= 0:
        return values
    factor = reduction(sigma)
    if factor == 1:
        return _blur(values, sigma)
    return enlarge(_blur_small(values, sigma, factor), factor, _shape(values))


def masked_blur(values: Plane, mask: NDArray[np.bool_] | Plane, sigma: float) -> Plane:
    """Return `values` blurred within `mask`: what lies outside has no influence.

    Parameters
    ----------
    values
        Any picture, shape (rows, columns); may hold NaN outside the mask.
    mask
        True where `values` count, or weights from 0 to 1.
    sigma
        In pixels.

    Returns
    -------
    Plane
        Shape of `values`; also filled outside the mask as far as the blur reaches, 0 beyond.
    """
    weight = np.asarray(mask, dtype=np.float32)
    known = np.where(weight > 0, values, np.float32(0)) * weight
    if sigma <= 0:
        return np.asarray(known / np.maximum(weight, 1e-6), dtype=np.float32)
    factor = reduction(sigma)
    if factor == 1:
        return _ratio(_blur(known, sigma), _blur(weight, sigma))
    small = _ratio(_blur_small(known, sigma, factor), _blur_small(weight, sigma, factor))
    return enlarge(small, factor, _shape(known))


def reduction(sigma: float) -> int:
    """Return by which factor a picture may be reduced before a blur of `sigma` pixels."""
    return max(1, int(sigma / SMALLEST_SIGMA)) if sigma >= 2 * SMALLEST_SIGMA else 1


def enlarge(small: Plane, factor: int, shape: tuple[int, int]) -> Plane:
    """Return a picture of block means brought back to `shape`, linear between block centres."""
    whole = (small.shape[1] * factor, small.shape[0] * factor)
    large = cv2.resize(small, whole, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[: shape[0], : shape[1]], dtype=np.float32)


def reduce(values: Plane, factor: int) -> Plane:
    """Return block means of factor x factor pixels; the last blocks mirror the edge."""
    down, right = -values.shape[0] % factor, -values.shape[1] % factor
    if down or right:
        values = np.asarray(
            cv2.copyMakeBorder(values, 0, down, 0, right, cv2.BORDER_REFLECT), dtype=np.float32
        )
    size = (values.shape[1] // factor, values.shape[0] // factor)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _blur_small(values: Plane, sigma: float, factor: int) -> Plane:
    # Block means and linear enlarging blur by themselves; what they add is taken off the sigma:
    # a box of f pixels has variance (f^2 - 1) / 12, a triangle of half-width f about f^2 / 6.
    own = (factor**2 - 1) / 12 + factor**2 / 6
    return _blur(reduce(values, factor), float(np.sqrt(max(sigma**2 - own, 0.01))) / factor)


def _blur(values: Plane, sigma: float) -> Plane:
    size = 2 * int(np.ceil(4 * sigma)) + 1
    blurred = cv2.GaussianBlur(
        values, (size, size), sigma, sigmaY=sigma, borderType=cv2.BORDER_REFLECT
    )
    return np.asarray(blurred, dtype=np.float32)


def _ratio(part: Plane, weight: Plane) -> Plane:
    return np.asarray(np.where(weight > 1e-6, part / np.maximum(weight, 1e-6), 0), np.float32)


def _shape(values: Plane) -> tuple[int, int]:
    return int(values.shape[0]), int(values.shape[1])
