"""Smoothing and band filters, plain and masked.

The masked blur is normalised convolution (Knutsson and Westin 1993): values outside the mask have
no influence. Wide blurs are computed at reduced size, since the result of a wide Gaussian can be
represented on a coarser grid.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.bands import WORKERS, bands_of, in_bands, widened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Places = NDArray[np.intp]

STRIP_ROWS = 160
_PIECE_COLUMNS = 512
"""Rows of a strip, and columns of a piece: small enough for the processor's cache."""

_NO_WEIGHT = np.float32(1e-6)
"""Blurred weight below which a pixel counts as unknown: rounding errors of an empty mask."""

SMALLEST_SIGMA = 4.0
"""A blur wider than twice this many pixels is computed on a grid where it is at least this wide."""


def gaussian(values: Plane, sigma: float) -> Plane:
    """Return `values` blurred by a Gaussian of `sigma` pixels; edges are mirrored.

    Accurate to about 0.5 % of the contrast in `values` where the blur is computed at reduced size.
    """
    if sigma <= 0:
        return values
    factor = reduction(sigma)
    if factor == 1:
        return _blur(values, sigma)
    return enlarge(_blur_small(values, sigma, factor), _shape(values))


def masked_blur(values: Plane, mask: NDArray[np.bool_] | Plane, sigma: float) -> Plane:
    """Return `values` blurred within `mask`: values outside have no influence.

    Normalised convolution (Knutsson and Westin 1993).

    Parameters
    ----------
    values
        Any picture, shape (rows, columns) or (rows, columns, up to 4); may hold NaN outside the
        mask.
    mask
        True where `values` count, or weights from 0 to 1; shape (rows, columns).
    sigma
        In pixels.

    Returns
    -------
    Plane
        Shape of `values`; also filled outside the mask as far as the blur reaches, 0 beyond.
    """
    factor = reduction(sigma)
    if factor > 1:
        known, weight = weighted(values, mask)
        small = _ratio(_blur_small(known, sigma, factor), _blur_small(weight, sigma, factor))
        return enlarge(small, _shape(known))
    reach, blurred = blur_reach(sigma), np.empty(values.shape, dtype=np.float32)

    def blur(span: slice) -> None:
        wide, own = widened(span, reach, len(values))
        known, weight = weighted(values[wide], mask[wide])
        blurred[span] = blurred_share(known, weight, sigma)[own]

    in_bands(blur, bands_of(values.shape, reach=reach))
    return blurred


def weighted(values: Plane, mask: NDArray[np.bool_] | Plane) -> tuple[Plane, Plane]:
    """Return the values times their weight, 0 where the weight is 0, and the weight."""
    if mask.dtype == np.bool_:
        known = values.astype(np.float32)
        known[np.logical_not(mask)] = 0
    else:
        share = mask if values.ndim == 2 else mask[..., None]
        known = np.zeros(values.shape, dtype=np.float32)
        np.multiply(values, share, out=known, where=share > 0)
    return known, np.asarray(mask, dtype=np.float32)


def blurred_share(known: Plane, weight: Plane, sigma: float) -> Plane:
    """Return the result of `weighted` blurred by a few pixels, over the equally blurred weight."""
    if sigma <= 0:
        return _ratio(known.copy(), weight.copy())
    return _ratio(_blur(known, sigma), _blur(weight, sigma))


def blurs_within(
    values: Plane, mask: NDArray[np.bool_], sigmas: Sequence[float], rows: slice
) -> list[Plane]:
    """Return rows of `values` blurred within `mask` by each of some sigmas of a few pixels.

    As `masked_blur`, piece by piece: a piece that lies wholly within the mask needs no weights.
    """
    reach = blur_reach(max(sigmas, default=0.0))
    tall, own = widened(rows, reach, len(values))
    blurred = [np.empty((rows.stop - rows.start, values.shape[1]), np.float32) for _ in sigmas]
    for left in range(0, values.shape[1], _PIECE_COLUMNS):
        columns = slice(left, min(left + _PIECE_COLUMNS, values.shape[1]))
        wide, inner = widened(columns, reach, values.shape[1])
        known, marked = values[tall, wide], mask[tall, wide]
        whole = bool(marked.all())
        known, weight = (known, None) if whole else weighted(known, marked)
        for plane, sigma in zip(blurred, sigmas, strict=True):
            if weight is not None:
                part = blurred_share(known, weight, sigma)
            else:
                part = _blur(known, sigma) if sigma > 0 else known
            plane[:, columns] = part[own, inner]
    return blurred


def dark_blobs(values: Plane, sigmas: Sequence[float]) -> Plane:
    """Return how much each pixel resembles the centre of a dark round spot.

    The largest scale-normalised Laplacian over the scales, taken as differences of Gaussians
    (Lindeberg 1998; Lowe 2004). The response to a Gaussian spot of depth A and standard deviation
    s is A / 2 at scale s.

    Parameters
    ----------
    values
        A picture, usually the logarithm of light.
    sigmas
        Rising, in pixels, at least two; each step between neighbours is one scale.
    """
    if len(sigmas) < 2:
        raise ValueError("dark_blobs needs two scales or more")
    best = np.empty(values.shape, dtype=np.float32)
    reach = blur_reach(sigmas[0]) + sum(blur_reach(_step(*pair)) for pair in pairwise(sigmas))

    def respond(span: slice) -> None:
        wide, own = widened(span, reach, len(values))
        best[span] = _blobs(values[wide], sigmas)[own]

    in_bands(respond, bands_of(values.shape, reach=reach))
    return best


def _step(small: float, large: float) -> float:
    """Return the sigma of the blur that turns one sigma into a larger one."""
    return float(np.sqrt(large**2 - small**2))


def _blobs(values: Plane, sigmas: Sequence[float]) -> Plane:
    blurred = _blur(values, sigmas[0])
    best = np.full(values.shape, -np.inf, dtype=np.float32)
    for small, large in pairwise(sigmas):
        wider = _blur(blurred, _step(small, large))
        np.subtract(wider, blurred, out=blurred)
        blurred *= np.float32(1 / np.log(large / small))
        np.maximum(best, blurred, out=best)
        blurred = wider
    return best


def local_maxima(values: Plane, radius: int, above: float) -> tuple[Places, Places]:
    """Return rows and columns of the highest pixels within `radius` that exceed `above`.

    By a grey dilation (Serra 1982).
    """
    away = np.arange(-radius, radius + 1) ** 2
    disk = (away[:, None] + away <= radius**2).astype(np.uint8)
    highest = np.asarray(cv2.dilate(values, disk), dtype=np.float32)
    return _places(values, highest, above)


def _places(values: Plane, least: Plane, above: float) -> tuple[Places, Places]:
    """Return rows and columns where values reach `least` and exceed `above`."""
    flat = np.ascontiguousarray(values).ravel()
    found = np.flatnonzero(flat >= least.ravel())
    found = found[flat[found] > above]
    rows, columns = np.divmod(found, values.shape[1])
    return rows, columns


def roundness(values: Plane, rows: Places, columns: Places, reach: int) -> Plane:
    """Return the smaller over the larger curvature at points: 1 is round, <= 0 a saddle.

    Curvatures are second differences over `reach` pixels; the points must be maxima. Points nearer
    to the edge than that get 0.

    The ratio of the Hessian's eigenvalues, by which Lowe (2004) separates edges from spots.
    """
    down = rows.clip(reach, values.shape[0] - reach - 1)
    right = columns.clip(reach, values.shape[1] - reach - 1)
    inside = (down == rows) & (right == columns)

    def at(row: int, column: int) -> Plane:
        return np.asarray(values[down + row * reach, right + column * reach], dtype=np.float32)

    rr = at(1, 0) + at(-1, 0) - 2 * at(0, 0)
    cc = at(0, 1) + at(0, -1) - 2 * at(0, 0)
    rc = (at(1, 1) + at(-1, -1) - at(1, -1) - at(-1, 1)) / 4
    half, root = (rr + cc) / 2, np.sqrt(((rr - cc) / 2) ** 2 + rc**2)
    ratio = (half + root) / np.minimum(half - root, -1e-9)
    return np.where(inside, ratio, np.float32(0))


@dataclass(frozen=True, slots=True)
class Ridges:
    """Pixels on the centre lines of dark lines, with strength and length.

    `strength` is the scale-normalised curvature across the line; `length_px` is what each pixel
    contributes to the length of its line.
    """

    rows: Places
    columns: Places
    strength: Plane
    length_px: Plane


def dark_ridges(
    values: Plane, mask: NDArray[np.bool_], sigmas: Sequence[float], above: float
) -> Ridges:
    """Return the centre points of dark lines stronger than `above`.

    The centre of the line is found to sub-pixel accuracy (Steger 1998) at the scale at which the
    response is largest; pixels at a distance d < 1 pixel are its points. The response to a Gaussian
    line of depth A and standard deviation s is A / 2.83 at scale s.

    Each point counts for 1 - d pixels of length: summed over the pixels along a line, at any angle,
    that is the length of the line, without thinning.

    Parameters
    ----------
    values
        A picture, usually the logarithm of light.
    mask
        Where lines are searched.
    sigmas
        Rising scales in pixels.
    above
        Least strength, in the unit of `values`.
    """
    reach = int(np.ceil(4 * sigmas[-1])) + 2

    def strip(first: int) -> list[Ridges]:
        top = max(first - reach, 0)
        rows = slice(top, min(first + STRIP_ROWS + reach, values.shape[0]))
        own = np.zeros((rows.stop - top, values.shape[1]), dtype=np.bool_)
        inner = slice(first - top, first - top + STRIP_ROWS)
        own[inner] = mask[rows][inner]
        found = []
        for columns in _runs(own, reach):
            piece = np.ascontiguousarray(values[rows, columns])
            origin = top, columns.start
            found.extend(_ridges_in(piece, own[:, columns], sigmas, above, origin))
        return found

    # Strips small enough for the processor's cache: several times as fast as whole pictures.
    with ThreadPoolExecutor(WORKERS) as pool:
        parts = list(chain(*pool.map(strip, range(0, values.shape[0], STRIP_ROWS))))
    return Ridges(
        np.concatenate([np.zeros(0, np.intp), *(part.rows for part in parts)]),
        np.concatenate([np.zeros(0, np.intp), *(part.columns for part in parts)]),
        np.concatenate([np.zeros(0, np.float32), *(part.strength for part in parts)]),
        np.concatenate([np.zeros(0, np.float32), *(part.length_px for part in parts)]),
    )


def _runs(mask: NDArray[np.bool_], reach: int) -> list[slice]:
    """Return the columns that are marked anywhere, in runs widened by `reach`, none twice."""
    marked = np.flatnonzero(mask.any(axis=0))
    if marked.size == 0:
        return []
    runs = np.split(marked, np.flatnonzero(np.diff(marked) > 2 * reach) + 1)
    return [slice(max(int(run[0]) - reach, 0), int(run[-1]) + reach + 1) for run in runs]


def _ridges_in(
    values: Plane,
    mask: NDArray[np.bool_],
    sigmas: Sequence[float],
    above: float,
    origin: tuple[int, int],
) -> list[Ridges]:
    """Return the ridges of one piece whose first pixel lies at `origin`, one part per scale."""
    smooth = [_blur(values, sigma) for sigma in sigmas]
    strength = [_strength(*pair) for pair in zip(smooth, sigmas, strict=True)]
    best = np.full(values.shape, above, dtype=np.float32)
    for response in strength:
        np.maximum(best, response, out=best)
    best[~mask] = np.inf
    best[:, [0, -1]] = np.inf
    best[[0, -1]] = np.inf
    found: list[Ridges] = []
    for plane, response in zip(smooth, strength, strict=True):
        rows, columns = _places(response, best, above)
        length = 1 - np.abs(_offset(plane, rows, columns))
        centre = length > 0
        rows, columns = rows[centre], columns[centre]
        positions = rows + origin[0], columns + origin[1]
        found.append(Ridges(*positions, response[rows, columns], length[centre]))
    return found


def _strength(smooth: Plane, sigma: float) -> Plane:
    """Return sigma^2 times the larger curvature, 0 where both are equal as in a round spot."""
    rr, cc, rc = _curvatures(smooth)
    # In place, since fresh memory takes as long as the arithmetic: root of (rr - cc)^2 / 4 + rc^2.
    root = rr - cc
    root *= root
    root /= 4
    rc *= rc
    root += rc
    np.sqrt(root, out=root)
    half = np.add(rr, cc, out=rr)
    half /= 2
    # A line is curved across but not along: the curvature along it, of either sign, is subtracted.
    along = np.subtract(half, root, out=cc)
    across = np.add(half, root, out=rr)
    across -= np.abs(along, out=along)
    across *= np.float32(sigma**2)
    return np.asarray(across, dtype=np.float32)


def _curvatures(smooth: Plane) -> tuple[Plane, Plane, Plane]:
    edge = cv2.BORDER_REFLECT
    line = np.array([1.0, -2.0, 1.0])
    rr = cv2.sepFilter2D(smooth, cv2.CV_32F, np.array([0.0, 1.0, 0.0]), line, borderType=edge)
    cc = cv2.sepFilter2D(smooth, cv2.CV_32F, line, np.array([0.0, 1.0, 0.0]), borderType=edge)
    slope = np.array([-0.5, 0.0, 0.5])
    rc = cv2.sepFilter2D(smooth, cv2.CV_32F, slope, slope, borderType=edge)
    return np.asarray(rr, np.float32), np.asarray(cc, np.float32), np.asarray(rc, np.float32)


def _offset(smooth: Plane, rows: Places, columns: Places) -> Plane:
    """Return the distance from each pixel to the centre of the line along its normal, in pixels."""
    flat, width = smooth.ravel(), smooth.shape[1]
    place = rows * width + columns

    def at(row: int, column: int) -> Plane:
        return np.asarray(np.take(flat, place + (row * width + column)), dtype=np.float32)

    here, above, below, left, right = at(0, 0), at(-1, 0), at(1, 0), at(0, -1), at(0, 1)
    rr = below + above - 2 * here
    cc = right + left - 2 * here
    rc = (at(1, 1) + at(-1, -1) - at(1, -1) - at(-1, 1)) / 4
    angle = np.arctan2(2 * rc, rr - cc) / 2
    normal_r, normal_c = np.cos(angle), np.sin(angle)
    slope = (below - above) / 2 * normal_r + (right - left) / 2 * normal_c
    curve = rr * normal_r**2 + 2 * rc * normal_r * normal_c + cc * normal_c**2
    return np.asarray(-slope / np.maximum(curve, 1e-9), dtype=np.float32)


def reduction(sigma: float) -> int:
    """Return the factor by which a picture may be reduced before a blur of `sigma` pixels."""
    return max(1, int(sigma / SMALLEST_SIGMA)) if sigma >= 2 * SMALLEST_SIGMA else 1


def enlarge(small: Plane, shape: tuple[int, int]) -> Plane:
    """Return a reduced picture enlarged to `shape`, linear between block centres."""
    large = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.float32)


def reduce(values: Plane, factor: int) -> Plane:
    """Return block means over about `factor` x `factor` pixels; whole blocks fill the picture."""
    size = (-(-values.shape[1] // factor), -(-values.shape[0] // factor))
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _blur_small(values: Plane, sigma: float, factor: int) -> Plane:
    small = reduce(values, factor)
    down, along = values.shape[0] / small.shape[0], values.shape[1] / small.shape[1]
    return _blur(small, sigma_left(sigma, down), sigma_left(sigma, along))


def sigma_left(sigma: float, block: float) -> float:
    """Return the sigma in blocks still to be applied, given the blur by blocks and enlargement."""
    # A box of b pixels has variance (b^2 - 1) / 12, a triangle of half-width b about b^2 / 6.
    own = (block**2 - 1) / 12 + block**2 / 6
    return float(np.sqrt(max(sigma**2 - own, 0.01))) / block


def _blur(values: Plane, down: float, along: float | None = None) -> Plane:
    along = down if along is None else along
    size = (2 * blur_reach(along) + 1, 2 * blur_reach(down) + 1)
    blurred = cv2.GaussianBlur(values, size, along, sigmaY=down, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, dtype=np.float32)


def blur_reach(sigma: float) -> int:
    """Return how far a blur reaches in each direction, in pixels."""
    return int(np.ceil(4 * sigma))


def _ratio(part: Plane, weight: Plane) -> Plane:
    """Return a part over its weight, 0 where there is none; both arrays are overwritten."""
    unknown = weight <= _NO_WEIGHT
    np.maximum(weight, _NO_WEIGHT, out=weight)
    # Channel by channel: numpy's loop over the last axis would be three long.
    for plane in [part] if part.ndim == weight.ndim else np.moveaxis(part, -1, 0):
        np.divide(plane, weight, out=plane)
    if unknown.any():
        part[unknown] = 0
    return part


def _shape(values: Plane) -> tuple[int, int]:
    return int(values.shape[0]), int(values.shape[1])
