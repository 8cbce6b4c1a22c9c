"""Robust location and spread, and the block bootstrap of paired measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)

NORMAL_MAD = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""

ENOUGH = 40_000
"""The median of this many values has a standard error of 0.6 % of their spread: enough."""


def thinned(values: NDArray[T]) -> NDArray[T]:
    """Return evenly spaced rows of `values`, all where there are few."""
    return values[:: max(1, values.shape[0] // ENOUGH)]


def robust_spread(values: NDArray[np.float32]) -> float:
    """Return 1.4826 x the median absolute deviation: the standard deviation without outliers.

    As of Hampel (1974).
    """
    if values.size == 0:
        return float("nan")
    values = thinned(values)
    return float(NORMAL_MAD * np.median(np.abs(values - np.median(values))))


def midmean(values: NDArray[np.float32]) -> float:
    """Return the mean of the middle half, NaN if empty.

    Robust against outliers, and stable where values are quantised, where a median jumps from one
    level to the next (Tukey 1977).
    """
    if values.size == 0:
        return float("nan")
    ordered = np.sort(thinned(values.ravel()))
    quarter = ordered.size // 4
    return float(np.mean(ordered[quarter : ordered.size - quarter], dtype=np.float64))


def half_sample_mode(values: NDArray[np.float32]) -> float:
    """Return the mode by halving: the densest half of the densest half and so on.

    It follows the densest group of values whatever the others are (Robertson and Cryer 1974; Bickel
    2006). It stops at 1/64 of the sample, whose median it returns: with fewer values it would
    follow noise.
    """
    rest = np.sort(thinned(values[np.isfinite(values)]))
    if rest.size == 0:
        return float("nan")
    least = max(3, rest.size // 64)
    while rest.size > least:
        half = -(-rest.size // 2)
        widths = rest[half - 1 :] - rest[: rest.size - half + 1]
        start = int(np.argmin(widths))
        rest = rest[start : start + half]
    return float(np.median(rest))


def background(values: NDArray[np.float32], reach: float = 2.0) -> NDArray[np.bool_]:
    """Return which values belong to the main group: near the mode, `reach` spreads to each side.

    The spread is that of the values on the side of the mode where it is smaller, so that lesions,
    which lie on one side, do not widen it. NaN does not belong to the group.

    Our own, around the mode of Robertson and Cryer (1974); how stable scores above it are:
    `docs/studies/2026-11-validation.md`.
    """
    mode = half_sample_mode(values)
    known = np.isfinite(values)
    away = np.where(known, values - mode, np.inf)
    sides = [np.abs(away[known & (away * sign >= 0)]) for sign in (-1, 1)]
    spreads = [float(np.median(side)) for side in sides if side.size]
    spread = NORMAL_MAD * min(spreads) if spreads else 0.0
    return np.asarray(np.abs(away) <= max(reach * spread, 1e-6), dtype=np.bool_)


def bootstrap_spread(
    sums: NDArray[np.float64],
    weights: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    rounds: int = 1000,
    seed: int = 20260801,
) -> NDArray[np.float64]:
    """Return the standard error of statistics of means over an area, by block bootstrap.

    Blocks of skin are drawn with replacement: neighbouring cells are correlated, so blocks rather
    than cells vary independently (Kuensch 1989; Lahiri 2003). How often each block is drawn
    is an integer matrix (rounds x blocks), and all resampled means are one matrix product.

    Parameters
    ----------
    sums
        Shape (blocks, k): the sum of k quantities over each block.
    weights
        Shape (blocks,): the cells (or area) of each block.
    statistic
        From means, shape (rounds, k), to statistics, shape (rounds, s); must be vectorised.
    rounds
        Resamples.
    seed
        Of the draws, so that the same photos give the same result.

    Returns
    -------
    NDArray
        Shape (s,): standard errors; NaN with fewer than 4 blocks, too few for an estimate.
    """
    count = weights.size
    if count < 4:
        return np.full(statistic(sums[:1]).shape[1:], np.nan)
    random = np.random.default_rng(seed)
    drawn = random.multinomial(count, np.full(count, 1 / count), size=rounds).astype(np.float64)
    means = (drawn @ sums) / np.maximum(drawn @ weights, 1e-12)[:, None]
    spread = np.std(statistic(means), axis=0, ddof=1)
    return np.asarray(spread * np.sqrt(count / (count - 1)), dtype=np.float64)
