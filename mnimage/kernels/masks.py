"""Masks and labels: drawing polygons, growing, shrinking, closing holes, finding glare.

Positions are (row, column), pixel centres at whole numbers.

Growing, shrinking, opening and closing are those of mathematical morphology (Serra 1982).
"""

from __future__ import annotations

from math import floor, sqrt
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from mnimage.kernels.filters import masked_blur

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Mask: TypeAlias = NDArray[np.bool_]
L = TypeVar("L", np.uint8, np.int32)

_FRACTION_BITS = 4
"""Binary digits of a fraction of a pixel in which OpenCV draws polygons."""

_SAME = 1e-6
"""Squared radii that differ by less count as equal: rounding."""


def fill_polygon(shape: tuple[int, int], corners: NDArray[np.floating]) -> Mask:
    """Return the pixels inside a polygon, its border included.

    Parameters
    ----------
    shape
        Rows and columns of the mask.
    corners
        Shape (n, 2), in order around the polygon; the even-odd rule holds where it crosses itself.
    """
    return fill_polygons(shape, [corners])


def fill_polygons(shape: tuple[int, int], polygons: Iterable[NDArray[np.floating]]) -> Mask:
    """Return the pixels inside any of several polygons, borders included."""
    canvas = np.zeros(shape, dtype=np.uint8)
    for corners in polygons:
        xy = np.round(np.asarray(corners)[:, ::-1] * (1 << _FRACTION_BITS)).astype(np.int32)
        cv2.fillPoly(canvas, [xy], (1,), shift=_FRACTION_BITS)
    return canvas.astype(np.bool_)


def label_polygons(
    shape: tuple[int, int], polygons: Sequence[NDArray[np.floating]]
) -> NDArray[np.uint8]:
    """Return a label image: i + 1 inside polygon i, 0 elsewhere; the earlier polygon wins."""
    labels = np.zeros(shape, dtype=np.uint8)
    for number, corners in reversed(list(enumerate(polygons, start=1))):
        labels[fill_polygon(shape, corners)] = number
    return labels


def grow(mask: Mask, radius: float) -> Mask:
    """Return the mask dilated by `radius` pixels."""
    if radius <= 0 or not mask.any():
        return mask.copy()
    return np.asarray(_distance(~mask) <= _between(radius), dtype=np.bool_)


def without_thin(mask: Mask, least: float) -> tuple[Mask, float]:
    """Return the mask opened by a disk, and the largest distance of its pixels from the outside.

    The radius of the disk is half of that, but at least `least` pixels: parts that are thin
    compared with the widest one are removed.

    Opening (Serra 1982).
    """
    inward = _distance(mask)
    widest = sqrt(round(float(inward.max()) ** 2))
    radius = max(least, widest / 2)
    return grow(inward > _between(radius), radius) & mask, widest


def _distance(mask: Mask) -> NDArray[np.float32]:
    """Return the distance of each pixel of the mask from its outside; the last digit varies.

    OpenCV's result differs between runs by about 1e-6 (its issue 24082).
    """
    away = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away, dtype=np.float32)


def _between(radius: float) -> float:
    """Return a radius that includes the same pixels and is not itself a distance between pixels.

    The squares of such distances are whole numbers; there the last digit would decide.
    """
    return sqrt(floor(radius**2 + _SAME) + 0.5)


def shrink(mask: Mask, radius: float) -> Mask:
    """Return the mask eroded by `radius` pixels."""
    return ~grow(~mask, radius)


def smooth(mask: Mask, sigma: float) -> Mask:
    """Return the mask without ragged edges and specks finer than `sigma` pixels."""
    if sigma <= 0:
        return mask.copy()
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.asarray(soft) > 0.5, dtype=np.bool_)


def drop_islands(mask: Mask, smallest: float) -> Mask:
    """Return the mask without 8-connected pieces of fewer than `smallest` pixels."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    keep = np.asarray(facts)[:, cv2.CC_STAT_AREA] >= smallest
    keep[0] = False
    return np.asarray(keep[:count][np.asarray(labels)], dtype=np.bool_)


def close_holes(mask: Mask, largest: float, walls: Mask | None = None) -> Mask:
    """Return the mask with holes of at most `largest` pixels filled.

    Parameters
    ----------
    mask
        Any.
    largest
        In pixels; larger gaps stay open.
    walls
        Gaps that touch this stay open whatever their size, as do those at the picture's border
        when None.
    """
    gaps = (~mask).view(np.uint8)
    count, labels, facts, _ = cv2.connectedComponentsWithStats(gaps, connectivity=8)
    labels = np.asarray(labels)
    fill = np.asarray(facts)[:count, cv2.CC_STAT_AREA] <= largest
    fill[np.unique(labels[_border(mask.shape) if walls is None else walls])] = False
    fill[0] = True  # label 0 is the mask itself
    return np.asarray(fill[labels], dtype=np.bool_)


def robust(values: NDArray[np.floating]) -> tuple[float, float]:
    """Return median and spread (1.4826 times the median absolute deviation); (0, 0) if empty.

    As of Hampel (1974).
    """
    if not values.size:
        return 0.0, 0.0
    middle = float(np.median(values))
    return middle, 1.4826 * float(np.median(np.abs(values - middle)))


def glare_mask(
    light: NDArray[np.float32], red: NDArray[np.float32], skin: Mask, sigma: float
) -> Mask:
    """Return glare: pixels brighter and paler than the skin around them.

    Specular reflection has the colour of the lamp, so it raises brightness and lowers redness
    together (Shafer 1985, the dichromatic model).

    Parameters
    ----------
    light, red
        Log luminance and log(R/G) of linear light, shape (rows, columns).
    skin
        The mask of skin.
    sigma
        Width of "around", in pixels.
    """
    brighter = light - masked_blur(light, skin, sigma)
    # Dark and red spots would make the healthy skin around them look like glare.
    plain = skin & (np.abs(brighter) <= 2 * max(robust(brighter[skin])[1], 0.02))
    brighter = light - masked_blur(light, plain, sigma)
    paler = masked_blur(red, plain, sigma) - red
    _, spread = robust(brighter[skin])
    _, tint = robust(paler[skin])
    glare = (brighter > max(3 * spread, 0.12)) & (paler > max(1.5 * tint, 0.03))
    return np.asarray(glare & skin, dtype=np.bool_)


def enlarge_labels(labels: NDArray[L], step: int, shape: tuple[int, int]) -> NDArray[L]:
    """Return each label over its step x step block of pixels, cut to `shape`."""
    if step == 1:
        return labels[: shape[0], : shape[1]].copy()
    whole = (labels.shape[1] * step, labels.shape[0] * step)
    large = np.asarray(
        cv2.resize(labels, whole, interpolation=cv2.INTER_NEAREST), dtype=labels.dtype
    )
    return np.ascontiguousarray(large[: shape[0], : shape[1]])


def _border(shape: tuple[int, ...]) -> Mask:
    edge = np.zeros(shape, dtype=np.bool_)
    edge[[0, -1]] = True
    edge[:, [0, -1]] = True
    return edge
