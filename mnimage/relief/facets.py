"""Giving slopes back what steep facets too fine to be seen took from them.

A pixel sees the mean normal of its facets over what the lens blurs together, and the slope is the
ratio of that mean's parts. A steep facet turns less of itself to the camera and counts for less, so
rough skin is seen less steep, at every size of its relief, by about the variance of the slopes that
are blurred out (the normals of a pixel point less one way the more they differ: Toksvig 2005).
Finest relief given back (`relief.optics`) does not mend that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.kernels.bands import bands_of, in_bands, widened
from mnimage.kernels.geometry import block_mean, expand, grid_shape
from mnimage.kernels.masks import grow
from mnimage.relief.optics import transfer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_NOISE = 0.01
"""Power of the noise over that of the finest relief, below which facets cannot be identified."""
_REACH, _PERIOD = 4, 64
"""Half width of the sharpening kernel in px, and the period on which it is computed, long against
the kernel."""
_BESIDE = 4
"""Nodes of the grid beside what is no skin that are let be."""
_STEP = 2
"""Means are taken on a grid of so many pixels: what they change is smooth."""
_BOX = (_STEP**2 - 1) / 12
"""Variance in px^2 that a mean over blocks has beyond one over pixels."""


def with_facets(
    slopes: tuple[Plane, Plane], lens_px: float, trusted: Mask, tick: Tick = no_tick
) -> tuple[Plane, Plane]:
    """Return the slopes as they are where every facet counts alike.

    The facets are identified from the slopes themselves, sharpened as far as noise allows (Wiener
    1949);
    what seeing them through lens and pixels takes away is added.

    Our own; what depths come to with it: `docs/studies/2026-11-relief.md`.

    Parameters
    ----------
    slopes
        Along x and y, shape (rows, columns).
    lens_px
        Standard deviation of the lens' blur in pixels.
    trusted
        Where slopes are those of skin; beside anything else they are let be, for what breaks off
        there is no facet.
    tick
        Called between bands of rows, to stop.
    """
    shape = (slopes[0].shape[0], slopes[0].shape[1])
    kernel = _sharpening(lens_px)
    lost = [np.empty(grid_shape(shape, _STEP), dtype=np.float32) for _ in slopes]
    bands = bands_of(shape, reach=2 * _REACH, step=_STEP)

    def look(span: slice) -> None:
        wide, own = widened(span, 2 * _REACH, shape[0])
        parts = _lost([slope[wide] for slope in slopes], kernel, lens_px)
        there = slice(span.start // _STEP, -(-span.stop // _STEP))
        top = own.start // _STEP
        for plane, part in zip(lost, parts, strict=True):
            plane[there] = part[top : top + there.stop - there.start]

    in_bands(look, bands, tick)
    broken = block_mean(trusted.astype(np.float32), _STEP) < 1
    if broken.any():
        near = grow(broken, _BESIDE)
        for plane in lost:
            plane[near] = 0
    x, y = (np.empty_like(slope) for slope in slopes)

    def add(span: slice) -> None:
        for whole, slope, part in zip((x, y), slopes, lost, strict=True):
            np.add(slope[span], expand(part, _STEP, shape, span), out=whole[span])

    in_bands(add, bands, tick)
    return x, y


def _lost(slopes: list[Plane], kernel: Plane, lens_px: float) -> list[Plane]:
    """Return the mean slopes of facets less those that are seen of them, block by block."""
    x, y = (
        np.asarray(cv2.filter2D(slope, -1, kernel, borderType=cv2.BORDER_REFLECT), np.float32)
        for slope in slopes
    )
    facing = np.asarray(1 / np.sqrt(1 + x * x + y * y), dtype=np.float32)
    level = _averaged(facing, lens_px)
    return [
        _averaged(slope, lens_px) - _averaged(slope * facing, lens_px) / level for slope in (x, y)
    ]


def _averaged(values: Plane, lens_px: float) -> Plane:
    """Return what lens and pixels leave of values given at pixels, on the grid."""
    small = block_mean(values, _STEP)
    # What a block is short of the spread of lens and pixel.
    side = max(lens_px**2 + 1 / 12 - _BOX, 0.0) / 2 / _STEP**2
    taps = np.array([side, 1 - 2 * side, side], dtype=np.float32)
    blurred = cv2.sepFilter2D(small, -1, taps, taps, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, dtype=np.float32)


def _sharpening(lens_px: float) -> Plane:
    """Return the weights (9 x 9) that undo lens and pixels as far as noise allows."""
    frequency = np.abs(2 * np.pi * np.fft.fftfreq(_PERIOD)).astype(np.float32)
    left = transfer(frequency, lens_px)
    left = left[:, None] * left
    gain = left * (1 + _NOISE) / (left**2 + _NOISE)
    whole = np.fft.fftshift(np.fft.ifft2(gain).real)
    inner = slice(_PERIOD // 2 - _REACH, _PERIOD // 2 + _REACH + 1)
    kernel = whole[inner, inner]
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
