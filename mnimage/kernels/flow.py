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


@dataclass(frozen=True, slots=True)
class Stiffness:
    """How much each second difference of the field is held straight, as inverse variance, px^-2.

    `down` (rows - 2, columns), `along` (rows, columns - 2) and `twist` (rows - 1, columns - 1).
    """

    down: NDArray[np.float32]
    along: NDArray[np.float32]
    twist: NDArray[np.float32]

    @property
    def typical(self) -> float:
        """Mean over all second differences along the axes."""
        return float((self.down.mean() + self.along.mean()) / 2)


def even_stiffness(shape: tuple[int, int], bending_px: float) -> Stiffness:
    """Return the same stiffness everywhere, for second differences of SD `bending_px`."""
    rows, columns = shape
    return Stiffness(
        *(
            np.full(size, 1 / bending_px**2, dtype=np.float32)
            for size in ((rows - 2, columns), (rows, columns - 2), (rows - 1, columns - 1))
        )
    )


def yielding_stiffness(field: NDArray[np.float32], bending_px: float) -> Stiffness:
    """Return a stiffness that yields where `field` (2, rows, columns) bends sharply.

    Skin mostly bends evenly, but over the walls of scars and around features it does not: the
    second differences have long tails, as Cauchy's distribution of scale `bending_px` has.
    """

    def held(parts: NDArray[np.float32], share: float) -> NDArray[np.float32]:
        power = cv2.GaussianBlur((parts**2).mean(axis=0) * np.float32(share), (0, 0), 1.0)
        return np.asarray(1 / (bending_px**2 + power), dtype=np.float32)

    down, along, twist = _second_differences(field)
    return Stiffness(held(down, 1.0), held(along, 1.0), held(twist, 1.0))


def _second_differences(
    field: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    down = field[..., :-2, :] - 2 * field[..., 1:-1, :] + field[..., 2:, :]
    along = field[..., :-2] - 2 * field[..., 1:-1] + field[..., 2:]
    twist = field[..., 1:, 1:] - field[..., 1:, :-1] - field[..., :-1, 1:] + field[..., :-1, :-1]
    return down, along, twist


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
    stiffness: Stiffness,
    *,
    rounds: int = 12,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the change of `field` that obeys the normal equations at the least bending.

    Minimises  d'J d - 2 d'b + bending(field + d)  over the change d.

    Parameters
    ----------
    normals
        From `normal_equations`.
    field
        Displacement so far (rows, columns), per node in px.
    stiffness
        How much the field is held straight.
    rounds
        Conjugate-gradient steps.
    """
    target = np.stack(
        [
            normals.pull_r - bend(field[0], stiffness),
            normals.pull_c - bend(field[1], stiffness),
        ]
    )
    change = _conjugate_gradients(normals, stiffness, target, rounds)
    return change[0], change[1]


def posterior_spread(
    normals: Normals, stiffness: Stiffness, *, draws: int = 5, rounds: int = 20, seed: int = 7
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
    normals: Normals, stiffness: Stiffness, draws: int, rounds: int, seed: int
) -> Iterator[NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    lower_rr = np.sqrt(np.maximum(normals.rr, 1e-12))
    lower_rc = normals.rc / lower_rr
    lower_cc = np.sqrt(np.maximum(normals.cc - lower_rc**2, 0))
    for _ in range(draws):
        noise = random.standard_normal((2, *normals.rr.shape)).astype(np.float32)
        pull = np.stack([lower_rr * noise[0], lower_rc * noise[0] + lower_cc * noise[1]])
        pull += np.stack([_random_bend(random, stiffness) for _ in range(2)])
        yield _conjugate_gradients(normals, stiffness, pull, rounds)


def local_pull(normals: Normals, *, reach: float = 1.5, ridge: float = 4.0) -> NDArray[np.float32]:
    """Return how far the pictures still pull each node from the solved field, in px.

    The normal equations summed over a few nodes only, without any smoothness: what the smooth
    field could not follow shows here, on top of noise.

    Parameters
    ----------
    normals
        At the solved field.
    reach
        Sigma of the sum, in nodes.
    ridge
        Information (px^-2) added to both directions, so that where nothing is seen nothing pulls.
    """
    area = 4 * np.pi * reach**2
    parts = (normals.rr, normals.rc, normals.cc, normals.pull_r, normals.pull_c)
    rr, rc, cc, down, along = (
        np.asarray(cv2.GaussianBlur(part, (0, 0), reach)) * np.float32(area) for part in parts
    )
    rr, cc = rr + np.float32(ridge), cc + np.float32(ridge)
    whole = rr * cc - rc * rc
    row, column = (cc * down - rc * along) / whole, (rr * along - rc * down) / whole
    return np.asarray(np.hypot(row, column), dtype=np.float32)


def bending_scale(
    normals: Normals, field: NDArray[np.float32], stiffness: Stiffness, bending_px: float
) -> float:
    """Return a better guess of the scale of this field's second differences, in px.

    One step of expectation maximisation for Cauchy's distribution: the second differences of the
    solved field, and those that its doubt still leaves, where there is something to see.
    """
    information = normals.rr + normals.cc
    known = information > 0.1 * _typical(information)
    if not known.any():
        return bending_px
    drawn = [_bending_power(each, known) for each in _posterior_draws(normals, stiffness, 2, 15, 3)]
    power = _bending_power(field, known) + np.mean(drawn, axis=0)
    return float(np.sqrt(np.mean(2 * power / (1 + power / bending_px**2))))


def _bending_power(field: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    down, along, _ = _second_differences(field)
    kept = down[:, known[1:-1]].ravel(), along[:, known[:, 1:-1]].ravel()
    return np.concatenate(kept) ** 2


def _typical(information: NDArray[np.float32]) -> float:
    positive = information[information > 0]
    return float(np.median(positive)) if positive.size else 0.0


def bend(values: NDArray[np.float32], stiffness: Stiffness) -> NDArray[np.float32]:
    """Return the gradient of half the bending energy: zero for every plane, also at the border."""
    out = np.zeros_like(values)
    down, along, twist = _second_differences(values)
    _add_second(out, stiffness.down * down, axis=0)
    _add_second(out, stiffness.along * along, axis=1)
    _add_twist(out, 2 * stiffness.twist * twist)
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


def _random_bend(random: np.random.Generator, stiffness: Stiffness) -> NDArray[np.float32]:
    """Return noise whose covariance is the bending operator."""
    rows, columns = stiffness.along.shape[0], stiffness.down.shape[1]
    out = np.zeros((rows, columns), dtype=np.float32)
    down, along, twist = (
        np.sqrt(part) * random.standard_normal(part.shape).astype(np.float32)
        for part in (stiffness.down, stiffness.along, stiffness.twist)
    )
    _add_second(out, down, axis=0)
    _add_second(out, along, axis=1)
    _add_twist(out, np.sqrt(np.float32(2)) * twist)
    return out


def _apply(
    normals: Normals, stiffness: Stiffness, field: NDArray[np.float32]
) -> NDArray[np.float32]:
    down, along = field
    return np.stack(
        [
            normals.rr * down + normals.rc * along + bend(down, stiffness),
            normals.rc * down + normals.cc * along + bend(along, stiffness),
        ]
    )


def _conjugate_gradients(
    normals: Normals, stiffness: Stiffness, target: NDArray[np.float32], rounds: int
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


def _preconditioner(normals: Normals, stiffness: Stiffness) -> NDArray[np.float32]:
    rows, columns = normals.rr.shape
    down = 2 - 2 * np.cos(np.pi * np.arange(rows) / rows)
    along = 2 - 2 * np.cos(np.pi * np.arange(columns) / columns)
    bending = stiffness.typical * (down[:, None] + along[None, :]) ** 2
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
