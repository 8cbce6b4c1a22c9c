"""Dense sub-pixel matching of two pictures with a smooth field.

The field lives on nodes, one per `BLOCK` x `BLOCK` pixels. Each step sums the normal equations of
Lucas and Kanade (1981) over the blocks and solves for the field that fits them best at the least
bending (thin plate, natural borders), by conjugate gradients with a cosine-transform
preconditioner. The same system gives the field's own doubt (perturb and maximise, Papandreou and
Yuille 2011).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import scipy.fft

from mnimage.kernels.geometry import block_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK = 8
"""Pixels between nodes."""


@dataclass(frozen=True, slots=True)
class Normals:
    """Normal equations at the nodes: information (rr, rc, cc) and pull (r, c), each (rows, cols).

    Dividing by the residual's variance has been done: information is inverse variance in px^-2.
    """

    rr: NDArray[np.float32]
    rc: NDArray[np.float32]
    cc: NDArray[np.float32]
    pull_r: NDArray[np.float32]
    pull_c: NDArray[np.float32]


def normalize(
    gray: NDArray[np.float32], *, detail: float, window: float, floor: float
) -> NDArray[np.float32]:
    """Return the picture's detail at unit local contrast, so that light and exposure drop out.

    Parameters
    ----------
    gray
        Any brightness, shape (rows, columns).
    detail
        Sigma in px above which structure counts as light and is taken away.
    window
        Sigma in px over which the contrast is made equal.
    floor
        Contrast, in `gray`'s unit, below which there is only noise to be amplified.
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
    """Return the derivatives down the rows and along the columns (Scharr, per pixel)."""
    down = cv2.Scharr(values, cv2.CV_32F, 0, 1, scale=1 / 32)
    along = cv2.Scharr(values, cv2.CV_32F, 1, 0, scale=1 / 32)
    return np.asarray(down, dtype=np.float32), np.asarray(along, dtype=np.float32)


def normal_equations(
    fixed: NDArray[np.float32],
    moved: NDArray[np.float32],
    weight: NDArray[np.float32],
    slope: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> Normals:
    """Return the normal equations that pull `moved` onto `fixed`, per node.

    The slope is the mean of both pictures' slopes: noise in one then pulls nowhere. Pixels that
    differ much are down-weighted (Cauchy).

    Parameters
    ----------
    fixed, moved
        Normalised pictures of equal shape, a multiple of `BLOCK` in both directions.
    weight
        0..1 per pixel: 0 where nothing may be said.
    slope
        `gradient(fixed)`.
    """
    difference = fixed - moved
    trusted = weight / (np.float32(1) + np.square(difference / np.float32(1.2)))
    moved_down, moved_along = gradient(moved)
    half = np.float32(0.5)
    down, along = (slope[0] + moved_down) * half, (slope[1] + moved_along) * half
    weighted_down, weighted_along = down * trusted, along * trusted
    variance = _residual_variance(difference, trusted)
    scale = np.float32(BLOCK * BLOCK) / variance
    return Normals(
        rr=block_mean(weighted_down * down, BLOCK) * scale,
        rc=block_mean(weighted_down * along, BLOCK) * scale,
        cc=block_mean(weighted_along * along, BLOCK) * scale,
        pull_r=block_mean(weighted_down * difference, BLOCK) * scale,
        pull_c=block_mean(weighted_along * difference, BLOCK) * scale,
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
    stiffness: float,
    *,
    rounds: int = 25,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the change of `field` that obeys the normal equations at the least bending.

    Minimises  d'J d - 2 d'b + stiffness * bending(field + d)  over the change d.

    Parameters
    ----------
    normals
        From `normal_equations`.
    field
        Displacement so far (rows, columns), per node in px.
    stiffness
        Inverse variance of a second difference between nodes, px^-2.
    rounds
        Conjugate-gradient steps.
    """
    target = np.stack(
        [
            normals.pull_r - stiffness * bend(field[0]),
            normals.pull_c - stiffness * bend(field[1]),
        ]
    )
    change = _conjugate_gradients(normals, stiffness, target, rounds)
    return change[0], change[1]


def posterior_spread(
    normals: Normals, stiffness: float, *, draws: int = 8, rounds: int = 25, seed: int = 7
) -> NDArray[np.float32]:
    """Return the standard error of the solved field per node, in px (mean of both directions).

    Draws from the solution's own distribution: the system is solved for random right-hand sides
    whose covariance is the system itself; the spread of the answers is its inverse.
    """
    power = np.zeros(normals.rr.shape, dtype=np.float32)
    for answer in _posterior_draws(normals, stiffness, draws, rounds, seed):
        power += (answer**2).mean(axis=0)
    smooth = cv2.GaussianBlur(power / draws, (0, 0), 1.5)
    return np.sqrt(np.asarray(smooth, dtype=np.float32))


def _posterior_draws(
    normals: Normals, stiffness: float, draws: int, rounds: int, seed: int
) -> Iterator[NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    lower_rr = np.sqrt(np.maximum(normals.rr, 1e-12))
    lower_rc = normals.rc / lower_rr
    lower_cc = np.sqrt(np.maximum(normals.cc - lower_rc**2, 0))
    for _ in range(draws):
        noise = random.standard_normal((2, *normals.rr.shape)).astype(np.float32)
        pull = np.stack([lower_rr * noise[0], lower_rc * noise[0] + lower_cc * noise[1]])
        pull += np.sqrt(np.float32(stiffness)) * np.stack(
            [_random_bend(random, normals.rr.shape) for _ in range(2)]
        )
        yield _conjugate_gradients(normals, stiffness, pull, rounds)


def bending_scale(
    normals: Normals,
    field: NDArray[np.float32],
    stiffness: float,
    *,
    draws: int = 4,
    rounds: int = 25,
) -> float:
    """Return how strongly this field bends: the standard deviation of its second differences, px.

    One step of expectation maximisation: the second differences of the solved field, and those
    its doubt still leaves, over the nodes where there is something to see.

    Parameters
    ----------
    normals
        From `normal_equations`, at the solved field.
    field
        Displacement (2, rows, columns) per node in px.
    stiffness
        With which it was solved.
    draws, rounds
        Of the doubt.
    """
    information = normals.rr + normals.cc
    known = information > 0.1 * _typical(information)
    if not known.any():
        return float(1 / np.sqrt(stiffness))
    drawn = list(_posterior_draws(normals, stiffness, draws, rounds, seed=3))
    left = np.mean([_bending_power(answer, known) for answer in drawn])
    return float(np.sqrt(_bending_power(field, known) + left))


def _typical(information: NDArray[np.float32]) -> float:
    positive = information[information > 0]
    return float(np.median(positive)) if positive.size else 0.0


def _bending_power(field: NDArray[np.float32], known: NDArray[np.bool_]) -> float:
    down = field[:, :-2] - 2 * field[:, 1:-1] + field[:, 2:]
    along = field[:, :, :-2] - 2 * field[:, :, 1:-1] + field[:, :, 2:]
    parts = down[:, known[1:-1]], along[:, known[:, 1:-1]]
    return float(np.mean([np.mean(part**2) for part in parts]))


def bend(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the gradient of half the bending energy: zero for every plane, also at the border."""
    out = np.zeros_like(values)
    _add_second(out, values[:-2] - 2 * values[1:-1] + values[2:], axis=0)
    across = values[:, :-2] - 2 * values[:, 1:-1] + values[:, 2:]
    _add_second(out, across, axis=1)
    twist = values[1:, 1:] - values[1:, :-1] - values[:-1, 1:] + values[:-1, :-1]
    _add_twist(out, 2 * twist)
    return out


def _add_second(out: NDArray[np.float32], bent: NDArray[np.float32], axis: int) -> None:
    target = out if axis == 0 else out.T
    part = bent if axis == 0 else bent.T
    target[:-2] += part
    target[1:-1] -= 2 * part
    target[2:] += part


def _add_twist(out: NDArray[np.float32], twist: NDArray[np.float32]) -> None:
    out[1:, 1:] += twist
    out[1:, :-1] -= twist
    out[:-1, 1:] -= twist
    out[:-1, :-1] += twist


def _random_bend(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return noise whose covariance is the bending operator."""
    rows, columns = shape
    out = np.zeros(shape, dtype=np.float32)
    _add_second(out, random.standard_normal((rows - 2, columns)).astype(np.float32), axis=0)
    _add_second(out, random.standard_normal((rows, columns - 2)).astype(np.float32), axis=1)
    twist = random.standard_normal((rows - 1, columns - 1)).astype(np.float32)
    _add_twist(out, np.sqrt(np.float32(2)) * twist)
    return out


def _apply(normals: Normals, stiffness: float, field: NDArray[np.float32]) -> NDArray[np.float32]:
    down, along = field
    return np.stack(
        [
            normals.rr * down + normals.rc * along + stiffness * bend(down),
            normals.rc * down + normals.cc * along + stiffness * bend(along),
        ]
    )


def _conjugate_gradients(
    normals: Normals, stiffness: float, target: NDArray[np.float32], rounds: int
) -> NDArray[np.float32]:
    filters = _preconditioner(normals, stiffness)
    answer = np.zeros_like(target)
    rest = target.copy()
    better = _smooth(rest, filters)
    way = better.copy()
    gain = float(np.vdot(rest, better))
    start = gain
    for _ in range(rounds):
        if gain <= 1e-6 * start or gain <= 0:
            break
        ahead = _apply(normals, stiffness, way)
        length = gain / float(np.vdot(way, ahead))
        answer += length * way
        rest -= length * ahead
        better = _smooth(rest, filters)
        new_gain = float(np.vdot(rest, better))
        way = better + (new_gain / gain) * way
        gain = new_gain
    return answer


def _preconditioner(normals: Normals, stiffness: float) -> NDArray[np.float32]:
    rows, columns = normals.rr.shape
    down = 2 - 2 * np.cos(np.pi * np.arange(rows) / rows)
    along = 2 - 2 * np.cos(np.pi * np.arange(columns) / columns)
    bending = stiffness * (down[:, None] + along[None, :]) ** 2
    # The typical information where there is any: the mean would be drawn down by the background.
    known = normals.rr + normals.cc > 0
    typical = [
        float(np.sqrt(np.mean(part[known]) * max(float(np.mean(part)), 1e-6)))
        if known.any()
        else 1.0
        for part in (normals.rr, normals.cc)
    ]
    return np.stack([1 / (bending + value + 1e-9) for value in typical]).astype(np.float32)


def _smooth(values: NDArray[np.float32], filters: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = scipy.fft.dctn(values, axes=(1, 2), norm="ortho")
    return np.asarray(
        scipy.fft.idctn(spectrum * filters, axes=(1, 2), norm="ortho"), dtype=np.float32
    )


def local_agreement(
    fixed: NDArray[np.float32], moved: NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the local correlation of two normalised pictures per node, -1..1; 0 where unseen."""
    both = _node_blur(fixed * moved * weight)
    first, second = _node_blur(fixed * fixed * weight), _node_blur(moved * moved * weight)
    return np.asarray(both / np.sqrt(first * second + 1e-6), dtype=np.float32)


def _node_blur(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(block_mean(values, BLOCK), (0, 0), 1.5), dtype=np.float32)
