"""Dense sub-pixel matching of two pictures with a smooth field.

The field lives on nodes, one per `BLOCK` x `BLOCK` pixels. Each step sums the normal equations of
Lucas and Kanade (1981) over the blocks and solves for the field that fits them best with the
smallest fourth differences (natural borders): a head that turns bends the field by parabolas and
cubics, which have no bending energy. The solver is conjugate gradients with a cosine-transform
preconditioner. The same system gives the standard error of the field (perturb and maximise,
Papandreou and Yuille 2011), and shows how stiff the field should be (`held_out_misfit`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import cv2
import numpy as np
import scipy

from mnimage.kernels.geometry import block_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

BLOCK = 8
"""Pixels between nodes."""


@dataclass(frozen=True, slots=True)
class Normals:
    """Normal equations at the nodes: information (rr, rc, cc) and right-hand side `pull` (r, c).

    Each has shape (rows, columns). They are divided by the variance of the residual: information is
    inverse variance in px^-2.
    """

    rr: NDArray[np.float32]
    rc: NDArray[np.float32]
    cc: NDArray[np.float32]
    pull_r: NDArray[np.float32]
    pull_c: NDArray[np.float32]

    def times(self, share: NDArray[np.float32]) -> Normals:
        """Return the equations with each node weighted by a `share` of 0..1."""
        return Normals(
            self.rr * share,
            self.rc * share,
            self.cc * share,
            self.pull_r * share,
            self.pull_c * share,
        )


@dataclass(frozen=True, slots=True)
class Stiffness:
    """The weight of each fourth difference of the field, as inverse variance, px^-2.

    In the order of `_STENCILS`: along four times, down once and along three times, and so on to
    down four times; each (rows, columns), 0 where a difference would reach beyond the border.
    """

    parts: tuple[NDArray[np.float32], ...]

    def times(self, factor: float) -> Stiffness:
        """Return this stiffness multiplied by `factor`."""
        return Stiffness(tuple(part * np.float32(factor) for part in self.parts))

    @property
    def typical(self) -> float:
        """Mean over all fourth differences along the axes."""
        return float((self.parts[0].mean() + self.parts[-1].mean()) / 2)


_ORDER = 4
"""Order of the differences that make up the bending energy."""

_MULTIPLICITY = tuple(np.float32(comb(_ORDER, down)) for down in range(_ORDER + 1))
"""How often each fourth derivative occurs in the rotation-invariant energy."""


def _stencil(down: int, along: int) -> NDArray[np.float32]:
    """Return the stencil of a difference of given order down the rows and along the columns."""
    steps = [
        np.array([(-1.0) ** (n - k) * comb(n, k) for k in range(n + 1)], dtype=np.float32)
        for n in (down, along)
    ]
    return np.outer(steps[0], steps[1])


_STENCILS = tuple(_stencil(down, _ORDER - down) for down in range(_ORDER + 1))
_FLIPPED = tuple(np.ascontiguousarray(stencil[::-1, ::-1]) for stencil in _STENCILS)


def adaptive_stiffness(field: NDArray[np.float32], bending_px: float) -> Stiffness:
    """Return a stiffness that is lower where the curvature of `field` changes abruptly.

    A head that turns, and skin that stretches, bend the field evenly; the walls of scars, folds
    and the edges of facial features do not: the fourth differences have long tails, as a Cauchy
    distribution of scale `bending_px` has (in two dimensions; Lange, Little and Taylor 1989 give
    the weights). `field` has shape (2, rows, columns).
    """

    def weights(*parts: NDArray[np.float32], within: NDArray[np.float32]) -> NDArray[np.float32]:
        power = np.sum(np.square(parts), axis=0, dtype=np.float32) * within
        smooth = cv2.GaussianBlur(power, (0, 0), 1.0)
        return np.asarray(3 * within / (bending_px**2 + smooth), dtype=np.float32)

    down, along = (_differences(part) for part in field)
    inside = _within(field.shape[1:])
    return Stiffness(
        tuple(weights(*pair, within=one) for *pair, one in zip(down, along, inside, strict=True))
    )


def _differences(values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Return all fourth differences; those that reach beyond the border are meaningless."""
    return [_correlate(values, stencil, _anchor(stencil)) for stencil in _STENCILS]


def _transposed_differences(parts: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the transpose of `_differences`, for parts that are 0 at the border."""
    back = [
        _correlate(part, stencil, _anchor(stencil, flipped=True))
        for part, stencil in zip(parts, _FLIPPED, strict=True)
    ]
    whole = back[0]
    for one in back[1:]:
        whole += one
    return whole


def _correlate(
    values: NDArray[np.float32], stencil: NDArray[np.float32], anchor: tuple[int, int]
) -> NDArray[np.float32]:
    found = cv2.filter2D(values, cv2.CV_32F, stencil, anchor=anchor, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(found, dtype=np.float32)


def _anchor(stencil: NDArray[np.float32], *, flipped: bool = False) -> tuple[int, int]:
    """Return OpenCV's (x, y) of the node to which a difference is written."""
    rows, columns = stencil.shape
    down, along = rows // 2, columns // 2
    return (columns - 1 - along, rows - 1 - down) if flipped else (along, down)


def _within(shape: tuple[int, ...]) -> list[NDArray[np.float32]]:
    """Return 1 where each stencil lies within the picture, else 0."""
    inside = []
    for stencil in _STENCILS:
        (rows, columns), (left, top) = stencil.shape, _anchor(stencil)
        whole = np.zeros(shape, dtype=np.float32)
        whole[top : shape[0] - (rows - 1 - top), left : shape[1] - (columns - 1 - left)] = 1
        inside.append(whole)
    return inside


def normalize(
    gray: NDArray[np.float32], *, detail: float, window: float, floor: float
) -> NDArray[np.float32]:
    """Return the detail of a picture at unit local contrast, independent of light and exposure.

    Parameters
    ----------
    gray
        Any brightness, shape (rows, columns).
    detail
        Sigma in px above which structure counts as light and is removed.
    window
        Sigma in px over which the contrast is equalised.
    floor
        Contrast, in the unit of `gray`, below which there is only noise, which is not amplified.
    """
    high = gray - cv2.GaussianBlur(gray, (0, 0), detail)
    power = _wide_blur(high * high, window)
    return np.asarray(np.clip(high / np.sqrt(power + floor**2), -4, 4), dtype=np.float32)


def _wide_blur(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    rows, columns = values.shape
    small = cv2.resize(
        values, (max(1, columns // 4), max(1, rows // 4)), interpolation=cv2.INTER_AREA
    )
    blurred = cv2.GaussianBlur(small, (0, 0), sigma / 4)
    return np.asarray(
        cv2.resize(blurred, (columns, rows), interpolation=cv2.INTER_LINEAR), dtype=np.float32
    )


def gradient(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the derivatives down the rows and along the columns (Scharr 2000, per pixel)."""
    down = cv2.Scharr(values, cv2.CV_32F, 0, 1, scale=1 / 32)
    along = cv2.Scharr(values, cv2.CV_32F, 1, 0, scale=1 / 32)
    return np.asarray(down, dtype=np.float32), np.asarray(along, dtype=np.float32)


def normal_equations(
    fixed: NDArray[np.float32],
    moved: NDArray[np.float32],
    weight: NDArray[np.float32],
    slope: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> Normals:
    """Return the normal equations that match `moved` to `fixed`, per node.

    The slope is the mean of the slopes of both pictures, so that noise in one has no direction.
    Slopes of noise carry no information: information is reduced to the share of the slopes' power
    that both pictures have in common. Pixels that differ much are down-weighted (Cauchy).

    After Lucas and Kanade (1981); the treatment of noise is our own:
    `docs/studies/2026-11-registration.md`.

    Parameters
    ----------
    fixed, moved
        Normalised pictures of equal shape, a multiple of `BLOCK` in both directions.
    weight
        0..1 per pixel: 0 where there is no information.
    slope
        `gradient(fixed)`.
    """
    difference = fixed - moved
    trusted = weight / (np.float32(1) + np.square(difference / np.float32(1.2)))
    moved_down, moved_along = gradient(moved)
    half = np.float32(0.5)
    down, along = (slope[0] + moved_down) * half, (slope[1] + moved_along) * half
    weighted_down, weighted_along = down * trusted, along * trusted
    rr = block_mean(weighted_down * down, BLOCK)
    cc = block_mean(weighted_along * along, BLOCK)
    common = block_mean((slope[0] * moved_down + slope[1] * moved_along) * trusted, BLOCK)
    shared = _shared(common, rr + cc)
    scale = np.float32(BLOCK * BLOCK) / _residual_variance(difference, trusted) * shared
    return Normals(
        rr=rr * (scale * shared),
        rc=block_mean(weighted_down * along, BLOCK) * (scale * shared),
        cc=cc * (scale * shared),
        pull_r=block_mean(weighted_down * difference, BLOCK) * scale,
        pull_c=block_mean(weighted_along * difference, BLOCK) * scale,
    )


def _shared(common: NDArray[np.float32], power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share of the power of the mean slopes common to both pictures, smoothed."""
    part, whole = (cv2.GaussianBlur(one, (0, 0), 2.0) for one in (common, power))
    return np.clip(np.asarray(part / (whole + 1e-6), dtype=np.float32), 0.02, 1.0)


def with_prior(normals: Normals, away: NDArray[np.float32], spread_px: float) -> Normals:
    """Return the equations with a Gaussian prior at the initial position of each node.

    Where there is little detail, the smoothest field would extrapolate far beyond what is known.

    Parameters
    ----------
    normals
        Of the pictures.
    away
        Displacement of the field (2, rows, columns) from its initial position, in px.
    spread_px
        Standard error of the initial position.
    """
    information = np.float32(1 / spread_px**2)
    return Normals(
        rr=normals.rr + information,
        rc=normals.rc,
        cc=normals.cc + information,
        pull_r=normals.pull_r - information * away[0],
        pull_c=normals.pull_c - information * away[1],
    )


def _residual_variance(
    difference: NDArray[np.float32], trusted: NDArray[np.float32]
) -> NDArray[np.float32]:
    power = cv2.GaussianBlur(block_mean(trusted * difference**2, BLOCK), (0, 0), 2.0)
    share = cv2.GaussianBlur(block_mean(trusted, BLOCK), (0, 0), 2.0)
    return np.asarray(power / (share + 1e-6) + 0.02, dtype=np.float32)


def solve_smooth(
    normals: Normals,
    field: tuple[NDArray[np.float32], NDArray[np.float32]],
    stiffness: Stiffness,
    *,
    rounds: int = 30,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the change of `field` that solves the normal equations with the least bending.

    Minimises  d'J d - 2 d'b + bending(field + d)  over the change d.

    Conjugate gradients (Hestenes and Stiefel 1952).

    Parameters
    ----------
    normals
        From `normal_equations`.
    field
        Displacement so far (rows, columns), per node in px.
    stiffness
        Weight of the bending energy.
    rounds
        Conjugate-gradient steps.
    """
    change = solve_together([normals], field, [stiffness], rounds=rounds)[0]
    return change[0], change[1]


def solve_together(
    normals: Sequence[Normals],
    field: tuple[NDArray[np.float32], NDArray[np.float32]],
    stiffness: Sequence[Stiffness],
    *,
    rounds: int = 30,
) -> NDArray[np.float32]:
    """Return the changes (n, 2, rows, columns) of one field that solve each of n systems.

    As `solve_smooth` for one; together they share the cost of each call.
    """
    systems = _Systems.of(normals, stiffness)
    pulls = np.stack([(one.pull_r, one.pull_c) for one in normals])
    bending = systems.bending_gradient(np.broadcast_to(np.stack(field), pulls.shape))
    return _conjugate_gradients(systems, pulls - bending, rounds)


def held_out_misfit(
    normals: Normals,
    field: tuple[NDArray[np.float32], NDArray[np.float32]],
    stiffness: Stiffness,
    *,
    patch: int = 3,
    rounds: int = 30,
) -> float:
    """Return how badly a field of this stiffness predicts patches of nodes that were left out.

    Twice, a quarter of the nodes is left out, in patches since neighbours share their noise; the
    field is solved without them, and their part of the cost is summed (cross-validation, Stone
    1974). Only differences between stiffnesses are meaningful; less is better.
    """
    rows, columns = normals.rr.shape
    random = np.random.default_rng(5)
    fold = random.integers(0, 4, (rows // patch + 1, columns // patch + 1), dtype=np.int8)
    fold = fold.repeat(patch, axis=0).repeat(patch, axis=1)[:rows, :columns]
    shares = [(fold != left_out).astype(np.float32) for left_out in range(2)]
    seen = [normals.times(share) for share in shares]
    changes = solve_together(seen, field, [stiffness] * len(seen), rounds=rounds)
    cost = 0.0
    for (down, along), share in zip(changes, shares, strict=True):
        moved = normals.rr * down**2 + 2 * normals.rc * down * along + normals.cc * along**2
        pulled = normals.pull_r * down + normals.pull_c * along
        cost += float(((moved - 2 * pulled) * (1 - share)).sum(dtype=np.float64))
    return cost


def draw_posterior(
    normals: Normals, stiffness: Stiffness, *, draws: int, rounds: int = 30, seed: int = 7
) -> NDArray[np.float32]:
    """Return draws (n, 2, rows, columns) of the error of the solved field, in px.

    The system is solved for random right-hand sides whose covariance is the system itself; the
    covariance of the solutions is its inverse.

    Perturb and maximise (Papandreou and Yuille 2011).
    """
    random = np.random.default_rng(seed)
    lower_rr = np.sqrt(np.maximum(normals.rr, 1e-12))
    lower_rc = normals.rc / lower_rr
    lower_cc = np.sqrt(np.maximum(normals.cc - lower_rc**2, 0))
    first, second = random.standard_normal((2, draws, *normals.rr.shape), dtype=np.float32)
    pull = np.stack([lower_rr * first, lower_rc * first + lower_cc * second], axis=1)
    systems = _Systems.of([normals] * draws, [stiffness] * draws)
    return _conjugate_gradients(systems, pull + systems.bending_noise(random), rounds)


def spread_of(draws: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the standard error per node (mean of both directions) from posterior draws."""
    power = (draws**2).mean(axis=(0, 1))
    return np.sqrt(np.asarray(cv2.GaussianBlur(power, (0, 0), 1.5), dtype=np.float32))


def bending_gradient(values: NDArray[np.float32], stiffness: Stiffness) -> NDArray[np.float32]:
    """Return the gradient of half the bending energy.

    It is zero for every third-order polynomial, including the border.
    """
    parts = zip(_differences(values), stiffness.parts, _MULTIPLICITY, strict=True)
    return _transposed_differences(part * weight * count for part, weight, count in parts)


@dataclass(frozen=True, slots=True)
class _Systems:
    """Several systems of equal size; arrays are (n, rows, columns) or (n, 2, rows, columns).

    The planes of a field are stacked as one tall picture, so that each filter is called once: no
    difference with a weight reaches from one plane into the next.
    """

    rr: NDArray[np.float32]
    rc: NDArray[np.float32]
    cc: NDArray[np.float32]
    weights: tuple[NDArray[np.float32], ...]
    """Weight of each difference times its multiplicity: (n * 2 * rows, columns)."""
    filters: NDArray[np.float32]
    """The preconditioner, (n, 2, rows, columns)."""

    @classmethod
    def of(cls, normals: Sequence[Normals], stiffness: Sequence[Stiffness]) -> _Systems:
        columns = normals[0].rr.shape[1]
        weights = (
            np.stack([(one, one) for one in parts]).reshape(-1, columns) * count
            for parts, count in zip(
                zip(*(one.parts for one in stiffness), strict=True), _MULTIPLICITY, strict=True
            )
        )
        return cls(
            rr=np.stack([one.rr for one in normals]),
            rc=np.stack([one.rc for one in normals]),
            cc=np.stack([one.cc for one in normals]),
            weights=tuple(weights),
            filters=np.stack(
                [_preconditioner(*pair) for pair in zip(normals, stiffness, strict=True)]
            ),
        )

    def apply(self, field: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the product of the systems with `field` (n, 2, rows, columns)."""
        answer = self.bending_gradient(field)
        down, along = field[:, 0], field[:, 1]
        answer[:, 0] += self.rr * down + self.rc * along
        answer[:, 1] += self.rc * down + self.cc * along
        return answer

    def bending_gradient(self, field: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the gradient of half the bending energy of each plane."""
        tall = np.ascontiguousarray(field).reshape(-1, field.shape[-1])
        parts = zip(_differences(tall), self.weights, strict=True)
        return _transposed_differences(
            np.multiply(part, weights, out=part) for part, weights in parts
        ).reshape(field.shape)

    def bending_noise(self, random: np.random.Generator) -> NDArray[np.float32]:
        """Return noise whose covariance is the bending operator."""
        tall = _transposed_differences(
            np.sqrt(weights) * random.standard_normal(weights.shape, dtype=np.float32)
            for weights in self.weights
        )
        return tall.reshape(self.filters.shape)


def _conjugate_gradients(
    systems: _Systems, target: NDArray[np.float32], rounds: int
) -> NDArray[np.float32]:
    answer = np.zeros_like(target)
    rest = target
    better = _smooth(rest, systems.filters)
    way = better
    start = gain = _products(rest, better)
    for _ in range(rounds):
        going = (gain > 1e-9 * start) & (gain > 0)
        if not going.any():
            break
        ahead = systems.apply(way)
        length = _ratio(gain, _products(way, ahead), going)
        answer += length * way
        rest = rest - length * ahead
        better = _smooth(rest, systems.filters)
        new_gain = _products(rest, better)
        way = better + _ratio(new_gain, gain, going) * way
        gain = new_gain
    return answer


def _ratio(
    over: NDArray[np.float32], under: NDArray[np.float32], where: NDArray[np.bool_]
) -> NDArray[np.float32]:
    return np.divide(over, under, out=np.zeros_like(over), where=where)


def _products(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each system's inner product, (n, 1, 1, 1)."""
    found = [np.vdot(*pair) for pair in zip(one, other, strict=True)]
    return np.array(found, dtype=np.float32)[:, None, None, None]


def _preconditioner(normals: Normals, stiffness: Stiffness) -> NDArray[np.float32]:
    rows, columns = normals.rr.shape
    down = 2 - 2 * np.cos(np.pi * np.arange(rows) / rows)
    along = 2 - 2 * np.cos(np.pi * np.arange(columns) / columns)
    bending = stiffness.typical * (down[:, None] + along[None, :]) ** _ORDER
    # The typical information where there is any: the background would lower the mean.
    known = normals.rr + normals.cc > 0
    typical = [
        float(np.sqrt(np.mean(part[known]) * max(float(np.mean(part)), 1e-6)))
        if known.any()
        else 1.0
        for part in (normals.rr, normals.cc)
    ]
    return np.stack([1 / (bending + value + 1e-9) for value in typical]).astype(np.float32)


def _smooth(values: NDArray[np.float32], filters: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = scipy.fft.dctn(values, axes=(-2, -1), norm="ortho")
    spectrum *= filters
    back = scipy.fft.idctn(spectrum, axes=(-2, -1), norm="ortho", overwrite_x=True)
    return np.asarray(back, dtype=np.float32)


def local_agreement(
    fixed: NDArray[np.float32], moved: NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the local correlation of two normalised pictures per node, -1..1; 0 without weight."""
    both = _node_blur(fixed * moved * weight)
    first, second = _node_blur(fixed * fixed * weight), _node_blur(moved * moved * weight)
    return np.asarray(both / np.sqrt(first * second + 1e-6), dtype=np.float32)


def _node_blur(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(block_mean(values, BLOCK), (0, 0), 1.5), dtype=np.float32)
