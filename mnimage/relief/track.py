"""Finding the motion of the skin between directional shots.

Light differs in each shot, so shots are not registered directly. Instead two things must come
true that hold for any matte skin. First, each shot must be what the fit of all of them predicts for
its own lamp (variable projection, Golub and Pereyra 1973); three shots never miss that, and four
hardly. Second, the slopes found must be those of a height: their curl must vanish (Frankot and
Chellappa 1988). Motion breaks both, so the motion that leaves the least of both is sought, from
coarse to fine. A motion that the shots cannot distinguish from relief stays 0.

The picture is looked at in tiles, in each of which the lamps are alike; a large one only in some.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.relief.motion import DEGREE, Motion, degrees, terms_at
from mnimage.relief.tiles import in_tiles, inner, make_scene, pyramid, seen_in_tiles, side_by_side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.relief import Shots
    from mnimage.relief.tiles import Scene

    Plane = NDArray[np.float32]
    Values = NDArray[np.float64]

_WORKING_PX = 1400
"""Longest side of the finest level, to which larger shots are reduced."""
_COARSEST_PX = 60
"""Least shorter side of the coarsest level."""
_MOST_ROUNDS, _LAST_ROUNDS = 12, 8
"""Rounds at most, on each coarse level and on the finest."""
_NEAR_PX, _STILL_PX = 0.05, 0.02
"""Change that ends the rounds of a level, and of the finest."""
_STEEP, _NO_NOISE = 0.2, 1e-8
"""Least part towards the camera against that of the body's form; least variance of residuals: those
of drawn shots without noise would outweigh all that holds the motion."""
_ONE, _STEP = np.ones(1, np.float32), np.array([-0.5, 0.0, 0.5], np.float32)
"""Filters: none, and central differences."""
_BELL = np.array([0.00443, 0.05401, 0.24204, 0.39905, 0.24204, 0.05401, 0.00443], np.float32)
"""A Gaussian of one pixel; its derivative follows."""
_DRIFT = np.array([-0.01330, -0.10801, -0.24204, 0, 0.24204, 0.10801, 0.01330], np.float32)
"""A Gaussian of one pixel and its derivative."""
_OUTLIER, _LENIENT = 2.0, 3.0
"""Standard deviations from which a pixel does not count, and from which not in a second solution:
what differs between the two is part of the error."""
_CHANCE, _SHADOW, _LEAST_ERROR_PX = 1.4, 3.0, 0.012
"""By what both shares of the error fall short, and what is left beside them (rendered bursts)."""
_DARK, _MANY_DARK, _CAST = 0.5, 0.01, 1.5
"""Light that lacks where it is shadow; from which share of it on the error grows by how much."""
_CLEARLY, _ASKED = 1.03, 80
"""How much less a shot fits elsewhere (others 1.06 to 6, unrelated ones 0.98 to 1.02); of tiles."""
_EXPECTED_PX = (2.0, 0.7, 0.4, 0.3, 0.2, 0.15, 0.1)
"""Motion to be reckoned with, per degree of its polynomial: shift, turn and stretch, bending."""
_ALIKE = 20.0
"""Neighbouring pixels err alike: so many of them carry no more information than one."""


def find_motion(shots: Shots, tick: Tick = no_tick) -> Motion:
    """Return how each shot is moved, turned and bent against the mean of all.

    The shots must be three or more.
    """
    count = len(shots.frames)
    motion = Motion(np.zeros((count, 2, len(degrees()))), shots.shape, np.full(count, np.inf))
    factors = _factors(shots.shape)
    for level, (factor, frames) in enumerate(pyramid(shots, factors)):
        scene = make_scene(shots, frames, factor, soft=factor > factors[-1])
        degree = DEGREE if factor <= 2 * factors[-1] else min(level, 1)
        for _ in range(_MOST_ROUNDS if factor > factors[-1] else _LAST_ROUNDS):
            tick(0, 1)
            before, motion = motion, _better(scene, motion, degree)
            if (
                np.abs(motion.parts - before.parts).max()
                < (_STILL_PX if factor == factors[-1] else _NEAR_PX) * factor
            ):
                break
    return _widened(scene, motion)


def _factors(shape: tuple[int, int]) -> list[int]:
    """Return by how much the shots are reduced, from coarse to fine."""
    factors = [-(-max(shape) // _WORKING_PX)]
    while min(shape) // (2 * factors[-1]) >= _COARSEST_PX and len(factors) < 5:
        factors.append(2 * factors[-1])
    return factors[::-1]


def _better(scene: Scene, motion: Motion, degree: int) -> Motion:
    """Return the motion of terms up to a degree that leaves least of light and curl."""
    sight = _sight(scene, seen_in_tiles(scene, motion))
    return _solved(scene, motion, degree, _normal(scene, sight, _OUTLIER))


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the shots show in the tiles (n, images, pixels), motion as it is known taken back.

    `residual` is what no surface explains; `slopes` those of the surface fitted, of
    each of its three parts down, then to the right. `curl` is that of the slopes of the height,
    `bends` are the second derivatives of the parts: down twice, both, right twice.
    """

    residual: Plane
    slopes: Plane
    curl: Plane
    bends: Plane


def _sight(scene: Scene, values: Plane) -> _Sight:
    found = scene.fit @ values
    parts = side_by_side(found)
    down, right = zip(*(_slopes(part) for part in parts), strict=True)
    both = [_drifts(*pair) for pair in zip(down, right, strict=True)]
    bends = [part[number] for number in range(3) for part in both]
    slopes, bent = (in_tiles(np.stack(each)) for each in ((*down, *right), bends))
    return _Sight(scene.makers @ inner(values), slopes, _curls(scene, found), bent)


def _curls(scene: Scene, found: Plane) -> Plane:
    """Return the curl of the slopes found in the tiles, (n, 1, pixels)."""
    x, y = (side_by_side(part[:, None])[0] for part in _slopes_found(scene, found))
    return in_tiles(_curl(x, y)[None])


def _slopes_found(scene: Scene, found: Plane) -> tuple[Plane, Plane]:
    """Return the slopes (n, pixels) of the height to the right and down, against the body's."""
    level = scene.level[..., None]
    upright = found[:, 2] + level[:, 2]
    upright = np.maximum(upright, np.float32(_STEEP) * level[:, 2])
    x, y = (
        level[:, axis] / level[:, 2] - (found[:, axis] + level[:, axis]) / upright
        for axis in (0, 1)
    )
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _slopes(plane: Plane) -> tuple[Plane, Plane]:
    """Return the slopes down and to the right."""
    down = cv2.sepFilter2D(plane, cv2.CV_32F, _ONE, _STEP)
    right = cv2.sepFilter2D(plane, cv2.CV_32F, _STEP, _ONE)
    return np.asarray(down, dtype=np.float32), np.asarray(right, dtype=np.float32)


def _curl(x: Plane, y: Plane) -> Plane:
    """Return how far x and y are from slopes of one height, softened by a pixel."""
    across = cv2.sepFilter2D(x, cv2.CV_32F, _BELL, _DRIFT)
    return np.asarray(across - cv2.sepFilter2D(y, cv2.CV_32F, _DRIFT, _BELL), dtype=np.float32)


def _drifts(down: Plane, right: Plane) -> tuple[Plane, Plane, Plane]:
    """Return slopes derived again as `_curl` does: down and down, both, right and right."""
    twice = cv2.sepFilter2D(down, cv2.CV_32F, _BELL, _DRIFT)
    both = cv2.sepFilter2D(down, cv2.CV_32F, _DRIFT, _BELL)
    along = cv2.sepFilter2D(right, cv2.CV_32F, _DRIFT, _BELL)
    return tuple(np.asarray(part, dtype=np.float32) for part in (twice, both, along))  # type: ignore[return-value]


def _normal(scene: Scene, sight: _Sight, outlier: float) -> tuple[Values, Values]:
    """Return what each tile says about the displacement of the shots there, in units of the noise.

    Gram matrices (n, 2k, 2k) and right sides (n, 2k), shifts down before those to the right.
    Pixels that stand out by `outlier` standard deviations do not count.
    """
    sound = np.ones(sight.curl.shape, dtype=np.bool_)
    if scene.free.any():
        away = np.abs(sight.residual).max(axis=1, keepdims=True)
        sound = _sound(away, sight.residual[scene.lit], outlier)
    gram, pull = _of_curl(scene, sight, sound & _sound(np.abs(sight.curl), sight.curl, outlier))
    if scene.free.any():
        light = _of_light(scene, sight, sound)
        gram, pull = gram + light[0], pull + light[1]
    return gram.astype(np.float64), pull.astype(np.float64)


def _sound(away: Plane, values: Plane, outlier: float) -> NDArray[np.bool_]:
    usual = 1.4826 * float(np.median(np.abs(values[..., ::17])))
    return np.asarray(away < outlier * usual)


def _noise(values: Plane, sound: NDArray[np.bool_]) -> float:
    return max(float((values**2 * sound).sum() / max(sound.sum(), 1)), _NO_NOISE)


def _of_light(scene: Scene, sight: _Sight, sound: NDArray[np.bool_]) -> tuple[Plane, Plane]:
    """Return what light that no surface explains says about displacement."""
    number, count = len(scene.lamps), scene.count
    weighted = sight.slopes * sound
    free = float((sound * scene.free[:, None, None]).sum() / max(sound.sum(), 1))
    left = _noise(sight.residual, sound) / (free or 1.0)
    gram = np.zeros((number, 2, count, 2, count), dtype=np.float32)
    pull = np.zeros((number, 2, count), dtype=np.float32)
    lamps, rows = scene.lamps, scene.lamps.transpose(0, 2, 1)
    products = weighted @ sight.slopes.transpose(0, 2, 1)
    seen = weighted @ sight.residual.transpose(0, 2, 1)
    for one, ours in enumerate((slice(3), slice(3, 6))):
        pull[:, one] = -(lamps * seen[:, ours].transpose(0, 2, 1)).sum(axis=2)
        for other, theirs in enumerate((slice(3), slice(3, 6))):
            gram[:, one, :, other] = scene.makers * (lamps @ products[:, ours, theirs] @ rows)
    size = (number, 2 * count)
    return gram.reshape(*size, -1) / np.float32(left), pull.reshape(size) / np.float32(left)


def _of_curl(scene: Scene, sight: _Sight, sound: NDArray[np.bool_]) -> tuple[Plane, Plane]:
    """Return what the curl of the slopes says about displacement."""
    ways = _ways_to_curl(scene)
    weighted = sight.bends * sound
    left = _noise(sight.curl, sound)
    gram = ways @ (weighted @ sight.bends.transpose(0, 2, 1)) @ ways.transpose(0, 2, 1)
    pull = -ways @ (weighted @ sight.curl.transpose(0, 2, 1))
    gram, pull = (np.asarray(part / left, dtype=np.float32) for part in (gram, pull))
    return gram, pull[..., 0]


def _ways_to_curl(scene: Scene) -> Plane:
    """Return how shifts of the shots turn second derivatives of the surface into curl.

    Shape (n, 2k, 9): light that shot k gains by a shift times what it adds to the slopes.
    """
    level, fit, lamps = scene.level, scene.fit, scene.lamps
    upright = level[:, 2, None]
    x, y = (
        (level[:, axis, None] / upright * fit[:, 2] - fit[:, axis]) / upright for axis in (0, 1)
    )
    none = np.zeros_like(lamps)
    by_x, by_y = lamps * x[..., None], lamps * -y[..., None]
    down = np.concatenate([by_x, by_y, none], axis=2)
    right = np.concatenate([none, by_x, by_y], axis=2)
    return np.concatenate([down, right], axis=1)


def _solved(scene: Scene, motion: Motion, degree: int, normal: tuple[Values, Values]) -> Motion:
    """Return the motion that the tiles ask for, held to none by what is to be reckoned with."""
    used = np.array([sum(pair) for pair in degrees()]) <= degree
    whole, right = _system(scene, motion, used, normal)
    found = _answer(whole, right[:, None])[:, 0]
    parts = motion.parts.copy()
    change = found.reshape(2, scene.count, -1).transpose(1, 0, 2) * scene.factor
    parts[..., used] += change
    # All shots together may not drift: the surface would drift with them.
    return replace(motion, parts=parts - parts.mean(axis=0))


def _answer(whole: Values, right: Values) -> Values:
    """Return what a positive definite matrix turns into the right sides, one column each."""
    # By NumPy, whose BLAS made the matrix: another one (SciPy's, OpenCV's) would wait a hundred
    # times as long for a processor on which the threads of this one still wait busily.
    return np.asarray(np.linalg.solve(whole, right))


def _system(
    scene: Scene, motion: Motion, used: NDArray[np.bool_], normal: tuple[Values, Values]
) -> tuple[Values, Values]:
    """Return matrix and right side for the factors of the terms used, in px of the level."""
    gram, pull = normal
    many, count = int(used.sum()), scene.count
    terms = terms_at(motion.shape, *scene.places())[:, used]
    products = (terms[:, :, None] * terms[:, None]).reshape(len(terms), -1)
    wide = (products.T @ gram.reshape(len(gram), -1)).reshape(many, many, 2 * count, 2 * count)
    whole = wide.transpose(2, 0, 3, 1).reshape(2 * count * many, -1)
    prior = _ALIKE / np.tile(_expected(scene)[used], 2 * count) ** 2
    now = motion.parts.transpose(1, 0, 2)[..., used].ravel() / scene.factor
    return whole + np.diag(prior), (pull.T @ terms).ravel() - prior * now


def _expected(scene: Scene) -> Values:
    """Return the size to be reckoned with of each term's factor, in px of the level."""
    full = np.array([sum(pair) for pair in degrees()])
    return np.asarray(np.array(_EXPECTED_PX)[full] / scene.factor)


def _widened(scene: Scene, motion: Motion) -> Motion:
    """Return the motion with its standard errors.

    How the tiles' right sides scatter at the solution estimates their random share (the sandwich of
    White 1980), what else would come out if pixels that stand out counted more that of shadows. By
    how much both fall short was fitted to rendered bursts.
    """
    values = seen_in_tiles(scene, motion)
    sight = _sight(scene, values)
    terms = terms_at(motion.shape, *scene.places())
    lenient = _solved(scene, motion, DEGREE, _normal(scene, sight, _LENIENT))
    moved = (lenient.parts - motion.parts).transpose(1, 0, 2).reshape(-1, 1) / scene.factor
    chance = _CHANCE * _rms(_by_chance(scene, motion, sight, terms), terms, scene)
    shadow = _SHADOW * _rms(moved, terms, scene)
    # Shadows cast far push all shots alike, more than pixels left out or not can show.
    dark = min(float((values[scene.lit] < -_DARK).mean()) / _MANY_DARK, 1.0)
    error = np.sqrt(_LEAST_ERROR_PX**2 + chance**2 + shadow**2) * (1 + _CAST * dark)
    error[~_recognised(scene, values)] = np.inf
    return replace(motion, error_px=scene.factor * error)


def _by_chance(scene: Scene, motion: Motion, sight: _Sight, terms: Values) -> Values:
    """Return independent changes of all factors that chance may bring, (2k * terms, n)."""
    normal = _normal(scene, sight, _OUTLIER)
    whole, _ = _system(scene, motion, np.ones(terms.shape[1], dtype=np.bool_), normal)
    pulls = (normal[1][:, :, None] * terms[:, None]).reshape(len(terms), -1)
    held = np.tile(_ALIKE / _expected(scene), 2 * scene.count)
    right = np.concatenate([pulls.T, np.diag(held)], axis=1)
    return _answer(whole, right)


def _recognised(scene: Scene, values: Plane) -> NDArray[np.bool_]:
    """Say which shots fit the others better in their place than in that of another tile, (k,)."""
    thin = max(len(values) // _ASKED, 1)
    scene, values = scene.only(slice(None, None, thin)), values[::thin]
    own = _unlike(scene, values)
    strange = []
    for shot in range(scene.count):
        elsewhere = values.copy()
        elsewhere[:, shot] = np.roll(values[:, shot], len(values) // 2, axis=0)
        strange.append(_unlike(scene, elsewhere))
    return np.asarray(np.array(strange) > _CLEARLY * own)


def _unlike(scene: Scene, values: Plane) -> float:
    """Return how far the shots are from those of one surface: in light or, of three, in curl."""
    usable = scene.lit & (scene.free > 0)[:, None]
    away = (scene.makers @ values)[usable] if usable.any() else _curls(scene, scene.fit @ values)
    return float(np.median(np.abs(away[..., ::7])))


def _rms(factors: Values, terms: Values, scene: Scene) -> Values:
    """Return how far independent changes of the factors (all, n) move each shot, rms, (k,)."""
    split = factors.reshape(2, scene.count, terms.shape[1], -1)
    split = split - split.mean(axis=1, keepdims=True)
    spread = terms.T @ terms / len(terms)
    square = np.einsum("dkmn,ml,dkln->k", split, spread, split, optimize=True)
    return np.asarray(np.sqrt(square))
