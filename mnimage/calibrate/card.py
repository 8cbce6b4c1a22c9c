"""Places of near lamps from a flat white card, by how their light falls off over it.

A matte card shows cos(angle) / distance^2 of each lamp. Lamps, the card's tilt, the camera's
vignetting (the same under all lamps) and a departure from linear light are fitted together by
least squares; what cannot be told apart enters the error through the joint covariance.

That a plane's shading tells where a near lamp is: Park et al. (2014). The joint fit is our own; how
well it does: `docs/rig.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import least_squares

from mnimage.calibrate.fired import check_fired
from mnimage.domain.photo import ImageScale
from mnimage.domain.rig import LightRig, RigLamp
from mnimage.errors import RigUnusable
from mnimage.kernels.geometry import block_mean
from mnimage.words.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.domain.rig import TargetShots

    Values = NDArray[np.float64]

_NODES = 28
_DISTANCES_MM = (150.0, 250.0, 400.0, 700.0)
_TILT = 0.015
_MOST_TILT_DEG = 5.0
_VIGNETTING = 0.15
_POWER = 0.02
_OFFSET = 0.004
_FREE = 10.0
_PAPER = 0.005
"""What a good card departs from even whiteness, over patches of a block."""
_UNLIKE = 0.0005
"""What it departs from that under one lamp but not under another: it is not quite matte."""
_LEAST_FALLOFF = 0.03
_MOST_ODD = 3.5
_MOST_UNLIKE = 0.01
_MOST_BEND = 0.08
_STRIPS = 6
_SCALE_ERROR = 0.005
_LENS = 4
"""Parameters shared by all lamps beside the card's tilts: vignetting (2), exponent, offset."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """Blocks of the card: places in mm (m, 3) and light (k, m) per place of the card, joined.

    `nearer` is 1 over the camera's distance from the level card in mm, 0 where it is not told.
    """

    place: Values = field(repr=False)
    corner2: Values = field(repr=False)
    light: Values = field(repr=False)
    level: Values = field(repr=False)
    place_of: NDArray[np.intp] = field(repr=False)
    nearer: Values = field(repr=False)
    noise: float
    loose: float = 1.0

    @property
    def count(self) -> int:
        """Number of lamps."""
        return len(self.light)

    @property
    def common(self) -> int:
        """Number of parameters that all lamps share: `_LENS` and the tilt at each place."""
        return _LENS + 2 * (int(self.place_of.max()) + 1)

    def only(self, kept: NDArray[np.bool_]) -> _Scene:
        """Return a part of the blocks."""
        return replace(
            self,
            place=self.place[kept],
            corner2=self.corner2[kept],
            light=self.light[:, kept],
            place_of=self.place_of[kept],
            nearer=self.nearer[kept],
        )


def rig_of_card(places: Sequence[TargetShots], *, made_at: str) -> LightRig:
    """Return the places of near lamps from shots of a flat white card.

    Parameters
    ----------
    places
        Shots of the card at one height or several, lamps in the same order. Each must tell the
        scale at the skin's level.
    made_at
        When, for the record.

    Raises
    ------
    RigUnusable
        If the scale is not told, the light hardly falls off over the card, or is not linear.
    """
    for shots in places:
        check_fired(shots)
    scene = _scene(places)
    free = _fitted(_loosened(scene), _start(scene))
    _check_linear(free, scene)
    best = _fitted(scene, free.values)
    _check_places(best, scene)
    spread = best.covariance
    kept = _jackknife(scene, best.values)
    lamps = [_lamp(best, kept, scene, index) for index in range(scene.count)]
    return LightRig(
        lamps=tuple(lamps),
        near=True,
        common_deg=float(
            np.degrees(
                np.sqrt(
                    np.trace(spread[4 * scene.count : -_LENS, 4 * scene.count : -_LENS])
                    / len(places)
                )
            )
        ),
        method="card",
        made_at=made_at,
        scale=_scale(places),
        warnings=tuple(dict.fromkeys([*_warnings(places, free), *_tilted(places, best, scene)])),
    )


def _tilted(places: Sequence[TargetShots], best: _Found, scene: _Scene) -> list[Message]:
    tilts = best.values[4 * scene.count : -_LENS].reshape(-1, 2)
    degrees = np.degrees(np.arctan(np.linalg.norm(tilts, axis=1)))
    return [
        message("calibrate.card_tilted", shots=shots.name, degrees=tilt)
        for shots, tilt in zip(places, degrees.tolist(), strict=True)
        if tilt > _MOST_TILT_DEG
    ]


def _scale(places: Sequence[TargetShots]) -> ImageScale:
    return ImageScale(float(places[0].mm_per_px or 1.0), "rig", _SCALE_ERROR)


def _warnings(places: Sequence[TargetShots], free: _Found) -> list[Message]:
    notes = [note for shots in places for note in shots.notes]
    if any(not shots.darkened for shots in places):
        notes.append(message("calibrate.no_dark"))
    if len(places) < 2:
        notes.append(message("calibrate.card_one_height"))
    if free.errors[-2] > _MOST_BEND:
        notes.append(message("calibrate.card_linearity"))
    return notes


def _scene(places: Sequence[TargetShots]) -> _Scene:
    parts = [_blocks(shots) for shots in places]
    if len({len(part[2]) for part in parts}) != 1:
        raise RigUnusable(message("calibrate.shot_counts"))
    light = np.concatenate([part[2] for part in parts], axis=1)
    scene = _Scene(
        place=np.concatenate([part[0] for part in parts]),
        corner2=np.concatenate([part[1] for part in parts]),
        light=light / light.mean(axis=1, keepdims=True),
        level=light.mean(axis=1),
        place_of=np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts]),
        nearer=np.concatenate([part[4] for part in parts]),
        noise=float(np.hypot(_UNLIKE, np.mean([part[3] for part in parts]))),
    )
    # The lens fades alike under all lamps, so only what they differ in is theirs.
    own = scene.light / scene.light.mean(axis=0)
    falloff = np.quantile(own, 0.98, axis=1) / np.quantile(own, 0.02, axis=1) - 1
    if falloff.min() < _LEAST_FALLOFF:
        lamp, share = int(falloff.argmin()) + 1, float(falloff.min())
        raise RigUnusable(message("calibrate.card_even", lamp=lamp, share=share))
    return scene


def _blocks(shots: TargetShots) -> tuple[Values, Values, Values, float, Values]:
    if shots.mm_per_px is None:
        raise RigUnusable(message("calibrate.card_scale", shots=shots.name))
    step = max(1, max(shots.shape) // _NODES)
    ends = np.stack([block_mean(each.astype(np.float32), step) for each in shots.saturated])
    light = np.stack([block_mean(each, step) for each in shots.frames]).astype(np.float64)
    rows, columns = light.shape[1:]
    height = shots.height_mm or 0.0
    nearer = 1 - height / shots.camera_mm if shots.camera_mm else 1.0
    pitch = shots.mm_per_px * nearer
    y = ((np.arange(rows) + 0.5) * step - 0.5 - (shots.shape[0] - 1) / 2) * pitch
    x = ((np.arange(columns) + 0.5) * step - 0.5 - (shots.shape[1] - 1) / 2) * pitch
    down, right = np.meshgrid(y, x, indexing="ij")
    good = (ends.max(axis=0) < 0.01) & (light.min(axis=0) > 0.05 * light.max())
    if good.mean() < 0.5:
        raise RigUnusable(message("calibrate.card_clipped", shots=shots.name))
    place = np.stack([right[good], down[good], np.full(int(good.sum()), height)], axis=1)
    half = np.hypot(*shots.shape) / 2 * pitch
    seen = light[:, good]
    rough = float(np.median(np.abs(np.diff(light, n=2, axis=2))[:, good[:, 2:]])) / 0.6745
    noise = rough / np.sqrt(6) / float(np.median(seen))
    inverse = 1 / (shots.camera_mm - height) if shots.camera_mm else 0.0
    corner2 = np.sum(place[:, :2] ** 2, axis=1) / half**2
    return place, corner2, seen, noise, np.full(len(place), inverse)


def _model(values: Values, scene: _Scene) -> Values:
    """Return what each lamp shows of the card (k, m), from 4 values per lamp and the common."""
    lamps = values[: 4 * scene.count].reshape(scene.count, 4)
    fade, fade2, bend, offset = values[-_LENS:]
    tilt = values[4 * scene.count : -_LENS].reshape(-1, 2)[scene.place_of]
    lit = _falloff(lamps[:, :3], _raised(scene, tilt), tilt)
    lens = 1 + fade * scene.corner2 + fade2 * scene.corner2**2
    seen = np.exp(lamps[:, 3:]) * lit * lens
    # Light that was not decoded goes with a power of what it should be.
    return np.asarray(seen * np.maximum(seen, 1e-6) ** bend + offset)


def _raised(scene: _Scene, tilt: Values) -> Values:
    """Return the places of a card that rises towards one side, where the lines of sight meet it."""
    rise = np.sum(tilt * scene.place[:, :2], axis=1)
    rise = rise / (1 - rise * scene.nearer)
    aside = scene.place[:, :2] * (1 + rise * scene.nearer)[:, None]
    return np.asarray(np.c_[aside, scene.place[:, 2] - rise], dtype=np.float64)


def _falloff(lamps: Values, raised: Values, tilt: Values) -> Values:
    gap = lamps[:, None] - raised
    distance2 = np.sum(gap**2, axis=2)
    upright = gap[..., 2] + np.sum(tilt * gap[..., :2], axis=2)
    upright /= np.sqrt(1 + np.sum(tilt**2, axis=1))
    level2 = np.sum(lamps**2, axis=1)[:, None]
    lit = upright / distance2**1.5 * level2 / lamps[:, 2:3] * level2**0.5
    return np.asarray(lit, dtype=np.float64)


def _weighed(left: Values, scene: _Scene) -> Values:
    """Return what is left over its errors; paper and lens err alike under all lamps."""
    shared = left.mean(axis=0)
    wide = np.hypot(_PAPER, scene.noise / np.sqrt(scene.count))
    return np.asarray((left - shared) / scene.noise + shared / wide)


@dataclass(frozen=True, slots=True)
class _Found:
    values: Values = field(repr=False)
    errors: Values = field(repr=False)
    covariance: Values = field(repr=False)
    left: Values = field(repr=False)
    cost: float


def _loosened(scene: _Scene) -> _Scene:
    return replace(scene, loose=_FREE)


def _start(scene: _Scene) -> Values:
    """Return the best of a few distances, directions being those of the brightness's slope."""
    columns = np.c_[np.ones(len(scene.place)), scene.place[:, :2]]
    slopes = np.linalg.lstsq(columns, np.log(scene.light).T, rcond=None)[0][1:].T / 3
    found = []
    for distance in _DISTANCES_MM:
        level = slopes * distance**2
        level *= np.minimum(1, 0.9 * distance / np.maximum(np.linalg.norm(level, axis=1), 1e-9))[
            :, None
        ]
        upright = np.sqrt(distance**2 - np.sum(level**2, axis=1))
        lamps = np.c_[level, upright, np.zeros(scene.count)]
        start = np.r_[lamps.ravel(), np.zeros(scene.common)]
        found.append(_fitted(scene, start, rounds=12))
    return min(found, key=lambda each: each.cost).values


def _fitted(scene: _Scene, start: Values, rounds: int = 60) -> _Found:
    """Return the least-squares fit; weak priors keep what hardly shows within reason."""
    tilts = np.full(scene.common - _LENS, _TILT)
    widths = np.r_[tilts, _VIGNETTING, _VIGNETTING, _POWER * scene.loose, _OFFSET * scene.loose]
    sizes = np.r_[np.tile([100.0, 100.0, 100.0, 0.1], scene.count), widths]

    def gap(scaled: Values) -> Values:
        values = scaled * sizes
        left = _weighed(_model(values, scene) / scene.light - 1, scene)
        gaps = [left.ravel(), values[-len(widths) :] / widths]
        return np.concatenate(gaps, dtype=np.float64)

    done = least_squares(gap, start / sizes, method="lm", max_nfev=rounds * (len(start) + 1))
    values = done.x * sizes
    left = _model(values, scene) / scene.light - 1
    # Neighbouring blocks of a real card are spotted alike: what is left counts at least in full.
    worse = max(1.0, float(np.mean(_weighed(left, scene) ** 2)))
    slopes = np.asarray(done.jac, dtype=np.float64)
    inverse = np.linalg.pinv(slopes.T @ slopes) * worse
    covariance = inverse * sizes[:, None] * sizes
    return _Found(values, np.sqrt(np.diag(covariance)), covariance, left, float(done.cost))


def _check_linear(free: _Found, scene: _Scene) -> None:
    bend, offset = free.values[-2], free.values[-1]
    odd = abs(bend) / max(free.errors[-2], 1e-6), abs(offset) / max(free.errors[-1], 1e-6)
    wrong = (odd[0] > _MOST_ODD and abs(bend) > _MOST_BEND) or (
        odd[1] > _MOST_ODD and abs(offset) > _MOST_BEND / 2
    )
    if wrong:
        raise RigUnusable(message("calibrate.card_not_linear"))


def _check_places(best: _Found, scene: _Scene) -> None:
    worst = np.sqrt(np.mean((best.left - best.left.mean(axis=0)) ** 2, axis=1))
    if worst.max() > _MOST_UNLIKE:
        raise RigUnusable(message("calibrate.card_misfit", lamp=int(worst.argmax()) + 1))


def _jackknife(scene: _Scene, start: Values) -> Values:
    """Return the lamps' places (strips, k, 3) with a strip of the card left out in turn."""
    order = np.argsort(np.argsort(scene.place[:, 0] + 0.31 * scene.place[:, 1], kind="stable"))
    strip = order * _STRIPS // len(order)
    found = []
    for number in range(_STRIPS):
        kept = strip != number
        values = _fitted(scene.only(kept), start, rounds=8).values
        found.append(values[: 4 * scene.count].reshape(-1, 4)[:, :3])
    return np.array(found)


def _lamp(best: _Found, kept: Values, scene: _Scene, index: int) -> RigLamp:
    values, spread, count = best.values, best.covariance, scene.count
    own = values[4 * index : 4 * index + 4]
    place, distance = own[:3], float(np.linalg.norm(own[:3]))
    away = kept[:, index] - place
    jack = (_STRIPS - 1) / _STRIPS * away.T @ away
    model = spread[4 * index : 4 * index + 3, 4 * index : 4 * index + 3]
    total = jack if np.trace(jack) > np.trace(model) else model
    across = np.eye(3) - np.outer(place, place) / distance**2
    turn = float(np.sqrt(np.trace(across @ total @ across))) / distance
    size = _SCALE_ERROR * distance
    left = float(np.sqrt(np.mean(np.sum((away @ across) ** 2, axis=1)))) / distance
    lamps = values[: 4 * count].reshape(count, 4)
    # What the level card shows holds the cosine too.
    straight = np.linalg.norm(lamps[:, :3], axis=1) / lamps[:, 2]
    powers = np.exp(lamps[:, 3]) * scene.level * straight
    return RigLamp(
        (float(place[0]), float(place[1]), float(place[2])),
        float(np.degrees(turn)),
        float(np.sqrt(np.trace(total) + size**2)),
        float(np.degrees(left)),
        float(powers[index] / powers.mean()),
        float(np.hypot(np.sqrt(spread[4 * index + 3, 4 * index + 3]), 0.01)),
    )
