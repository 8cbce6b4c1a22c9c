"""Slopes carried across what is not skin, so that the surface about it does not bend.

Slopes across a gap must go together with those around it, or the least-squares height bends all
about it: nothing behind a face, seen level, would flatten the cheek beside it.

That slopes are projected onto those of heights goes back to Frankot and Chellappa (1988), the
solver is that of Hestenes and Stiefel (1952); to fill gaps so is our own. What whole faces come to
with it: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
import scipy

from mnimage.kernels.geometry import block_mean, expand
from mnimage.kernels.integrate import WORKERS, frequencies, to_cosines
from mnimage.kernels.masks import grow, shrink

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Pair = NDArray[np.float32]

_GRID_MM, _MOST_NODES = 0.4, 120_000
"""Pitch of the grid on which gaps are solved; it is coarser where it would have more nodes than
this, for time grows with them."""
_ROUNDS, _NEAR = 100, 1e-4
"""Rounds of conjugate gradients at most; residual, relative to the first one, that ends them."""
_HELD = 0.003
"""How strongly slopes in a gap are held to none. A hill within a gap that ends there bends nothing
outside: rounding alone would show there, and once made one of millimetres on a mole."""
_NARROW_MM = 2.0
"""Width from which a gap is bridged; narrower ones are filled from around them."""


def wide_gaps(trusted: Mask, mm_per_px: float, beside_mm: float = 0.0) -> Mask | None:
    """Return what is not trusted over more than a few millimetres, None where there is nothing."""
    step = max(round(_GRID_MM / mm_per_px), 1)
    gap = block_mean((~trusted).astype(np.float32), step) > 0.5
    radius = _NARROW_MM / 2 / (step * mm_per_px)
    wider = radius + beside_mm / (step * mm_per_px)
    wide = grow(shrink(np.pad(gap, 8, mode="edge"), radius), wider)[8:-8, 8:-8]
    if not wide.any():
        return None
    shape = (trusted.shape[0], trusted.shape[1])
    return ~trusted & (expand(wide.astype(np.float32), step, shape) > 0.5)


def bridge(slopes: tuple[Plane, Plane], gap: Mask | None, mm_per_px: float) -> tuple[Plane, Plane]:
    """Return the slopes with those of the surface about it carried across a gap.

    They are those of the height that fits the slopes outside the gap best. The slopes of heights
    are a linear space, to which P projects (integrate, then derive); with M the gap, its slopes g
    solve g = M P (s + g), by conjugate gradients on a coarse grid. None is steeper than those
    outside.
    """
    if gap is None or not gap.any():
        return slopes
    step = max(round(_GRID_MM / mm_per_px), ceil(sqrt(gap.size / _MOST_NODES)), 1)
    known = np.stack([block_mean(slope, step) for slope in slopes])
    inside = block_mean(gap.astype(np.float32), step) > 0
    known[:, inside] = 0
    most = np.abs(known).max()
    filled = np.clip(_solved(known, inside), -most, most)
    shape = (gap.shape[0], gap.shape[1])
    across, along = (
        np.where(gap, expand(np.where(inside, part, own), step, shape), slope)
        for part, own, slope in zip(filled, known, slopes, strict=True)
    )
    return np.asarray(across, np.float32), np.asarray(along, np.float32)


def _solved(known: Pair, inside: Mask) -> Pair:
    """Return the slopes in the gap, (2, rows, columns), 0 outside."""
    left = _projected(known) * inside
    way, found = left.copy(), np.zeros_like(left)
    size = start = float(np.sum(left**2, dtype=np.float64))
    for _ in range(_ROUNDS):
        if size <= _NEAR**2 * start or start <= 0:
            break
        turned = (1 + _HELD) * way - _projected(way) * inside
        length = size / max(float(np.sum(way * turned, dtype=np.float64)), 1e-20)
        found += np.float32(length) * way
        left -= np.float32(length) * turned
        before, size = size, float(np.sum(left**2, dtype=np.float64))
        way = left + np.float32(size / before) * way
    return found


def _projected(slopes: Pair) -> Pair:
    """Return the slopes of the height that is nearest to slopes (x, y)."""
    cosines = to_cosines(slopes[0], slopes[1])
    along, down = frequencies((cosines.shape[0], cosines.shape[1]))
    across, upright = np.zeros_like(cosines), np.zeros_like(cosines)
    across[:, :-1] = -(cosines * along)[:, 1:]
    upright[:-1] = -(cosines * down)[1:]
    return np.stack([_from_sines(across, 1), _from_sines(upright, 0)])


def _from_sines(sines: Plane, axis: int) -> Plane:
    turned = scipy.fft.idst(sines, type=2, axis=axis, workers=WORKERS)
    return np.asarray(
        scipy.fft.idct(turned, type=2, axis=1 - axis, workers=WORKERS), dtype=np.float32
    )
