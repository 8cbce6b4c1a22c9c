"""Positions of near lamps from a flat white card, by how their light falls off over it.

A matte card shows cos(angle) / distance^2 of each lamp. Lamps, the card's tilt, the camera's
vignetting (the same under all lamps) and a departure from linear light are fitted together by
least squares; what cannot be separated enters the error through the joint covariance.

A near lamp can be located from the shading of a plane: Park et al. (2014). The joint fit is our
own; its accuracy: `docs/rig.md`.
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
"""Blocks along the longer side; the light is smooth."""
_DISTANCES_MM = (150.0, 250.0, 400.0, 700.0)
"""Distances of the lamps from which the fit is started."""
_TILT = 0.015
"""Prior standard deviation of the card's slope in each direction."""
_MOST_TILT_DEG = 5.0
"""Tilt of the card beyond which a warning is given."""
_VIGNETTING = 0.15
"""Prior standard deviation of both coefficients of vignetting, at the corners."""
_POWER = 0.02
"""Prior standard deviation of the exponent by which light departs from linear."""
_OFFSET = 0.004
"""Prior standard deviation of room light, over the mean light of a lamp."""
_FREE = 10.0
"""Factor on the last two priors in the fit that checks whether the light is linear."""
_PAPER_ERROR = 0.005
"""Relative unevenness of a good card, per block."""
_GLOSS_ERROR = 0.0005
"""Relative unevenness that differs from lamp to lamp, since no card is perfectly matte."""
_LEAST_FALLOFF = 0.03
"""Least relative falloff of a lamp over the card with which its position can be measured."""
_MOST_SIGMA = 3.5
"""Standard errors beyond which a departure from linear light is significant."""
_MOST_MISFIT = 0.01
"""Largest rms residual of one lamp that the others do not share."""
_MOST_CURVATURE = 0.08
"""Largest departure of the exponent from 1, and twice the largest room light, of linear frames."""
_STRIPS = 6
"""Parts of the card that are left out in turn."""
_SCALE_ERROR = 0.005
"""Relative error of the scale at the level of the skin."""
_LENS = 4
"""Parameters shared by all lamps beside the card's tilts: vignetting (2), exponent, offset."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """Blocks of the card at all its positions: where they are in mm (m, 3), and light (k, m).

    `position_of` is the index of the card's position for each block. `corner2` is the squared
    distance from the centre of the picture over that of its corners. `inverse_distance` is 1 over
    the camera's distance from the level card in mm, 0 if it is not given.
    """

    position: Values = field(repr=False)
    corner2: Values = field(repr=False)
    light: Values = field(repr=False)
    level: Values = field(repr=False)
    position_of: NDArray[np.intp] = field(repr=False)
    inverse_distance: Values = field(repr=False)
    noise: float
    loose: float = 1.0

    @property
    def count(self) -> int:
        """Number of lamps."""
        return len(self.light)

    @property
    def common(self) -> int:
        """Number of parameters that all lamps share: `_LENS` and the tilt at each position."""
        return _LENS + 2 * (int(self.position_of.max()) + 1)

    def only(self, mask: NDArray[np.bool_]) -> _Scene:
        """Return the blocks where `mask` is true."""
        return replace(
            self,
            position=self.position[mask],
            corner2=self.corner2[mask],
            light=self.light[:, mask],
            position_of=self.position_of[mask],
            inverse_distance=self.inverse_distance[mask],
        )


def rig_of_card(positions: Sequence[TargetShots], *, made_at: str) -> LightRig:
    """Return the positions of near lamps from shots of a flat white card.

    Parameters
    ----------
    positions
        Shots of the card at one or several heights, lamps in the same order. Each must give the
        scale at the level of the skin.
    made_at
        Date of the measurement, for the record.

    Raises
    ------
    RigUnusable
        If the scale is not given, the light falls off too little over the card, or is not linear.
    """
    for shots in positions:
        check_fired(shots)
    scene = _scene(positions)
    free = _fitted(_loosened(scene), _start(scene))
    _check_linear(free, scene)
    best = _fitted(scene, free.values)
    _check_lamps(best, scene)
    spread = best.covariance
    jackknife = _jackknife(scene, best.values)
    lamps = [_lamp(best, jackknife, scene, index) for index in range(scene.count)]
    return LightRig(
        lamps=tuple(lamps),
        near=True,
        common_deg=float(
            np.degrees(
                np.sqrt(
                    np.trace(spread[4 * scene.count : -_LENS, 4 * scene.count : -_LENS])
                    / len(positions)
                )
            )
        ),
        method="card",
        made_at=made_at,
        scale=_scale(positions),
        warnings=tuple(
            dict.fromkeys([*_warnings(positions, free), *_tilt_warnings(positions, best, scene)])
        ),
    )


def _tilt_warnings(positions: Sequence[TargetShots], best: _Found, scene: _Scene) -> list[Message]:
    tilts = best.values[4 * scene.count : -_LENS].reshape(-1, 2)
    degrees = np.degrees(np.arctan(np.linalg.norm(tilts, axis=1)))
    return [
        message("calibrate.card_tilted", shots=shots.name, degrees=tilt)
        for shots, tilt in zip(positions, degrees.tolist(), strict=True)
        if tilt > _MOST_TILT_DEG
    ]


def _scale(positions: Sequence[TargetShots]) -> ImageScale:
    return ImageScale(float(positions[0].mm_per_px or 1.0), "rig", _SCALE_ERROR)


def _warnings(positions: Sequence[TargetShots], free: _Found) -> list[Message]:
    notes = [note for shots in positions for note in shots.notes]
    if any(not shots.darkened for shots in positions):
        notes.append(message("calibrate.no_dark"))
    if len(positions) < 2:
        notes.append(message("calibrate.card_one_height"))
    if free.errors[-2] > _MOST_CURVATURE:
        notes.append(message("calibrate.card_linearity"))
    return notes


def _scene(positions: Sequence[TargetShots]) -> _Scene:
    parts = [_blocks(shots) for shots in positions]
    if len({len(part[2]) for part in parts}) != 1:
        raise RigUnusable(message("calibrate.shot_counts"))
    light = np.concatenate([part[2] for part in parts], axis=1)
    scene = _Scene(
        position=np.concatenate([part[0] for part in parts]),
        corner2=np.concatenate([part[1] for part in parts]),
        light=light / light.mean(axis=1, keepdims=True),
        level=light.mean(axis=1),
        position_of=np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts]),
        inverse_distance=np.concatenate([part[4] for part in parts]),
        noise=float(np.hypot(_GLOSS_ERROR, np.mean([part[3] for part in parts]))),
    )
    # Vignetting is the same under all lamps, so only differences are due to them.
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
    perspective = 1 - height / shots.camera_mm if shots.camera_mm else 1.0
    pitch = shots.mm_per_px * perspective
    y = ((np.arange(rows) + 0.5) * step - 0.5 - (shots.shape[0] - 1) / 2) * pitch
    x = ((np.arange(columns) + 0.5) * step - 0.5 - (shots.shape[1] - 1) / 2) * pitch
    down, right = np.meshgrid(y, x, indexing="ij")
    good = (ends.max(axis=0) < 0.01) & (light.min(axis=0) > 0.05 * light.max())
    if good.mean() < 0.5:
        raise RigUnusable(message("calibrate.card_clipped", shots=shots.name))
    position = np.stack([right[good], down[good], np.full(int(good.sum()), height)], axis=1)
    half = np.hypot(*shots.shape) / 2 * pitch
    seen = light[:, good]
    roughness = float(np.median(np.abs(np.diff(light, n=2, axis=2))[:, good[:, 2:]])) / 0.6745
    noise = roughness / np.sqrt(6) / float(np.median(seen))
    inverse = 1 / (shots.camera_mm - height) if shots.camera_mm else 0.0
    corner2 = np.sum(position[:, :2] ** 2, axis=1) / half**2
    return position, corner2, seen, noise, np.full(len(position), inverse)


def _model(values: Values, scene: _Scene) -> Values:
    """Return the light of the card per lamp (k, m), from 4 values of each and the shared ones."""
    lamps = values[: 4 * scene.count].reshape(scene.count, 4)
    vignetting, vignetting2, curvature, offset = values[-_LENS:]
    tilt = values[4 * scene.count : -_LENS].reshape(-1, 2)[scene.position_of]
    lit = _falloff(lamps[:, :3], _surface_points(scene, tilt), tilt)
    lens = 1 + vignetting * scene.corner2 + vignetting2 * scene.corner2**2
    seen = np.exp(lamps[:, 3:]) * lit * lens
    # Frames that are not linear show a power of the light.
    return np.asarray(seen * np.maximum(seen, 1e-6) ** curvature + offset)


def _surface_points(scene: _Scene, tilt: Values) -> Values:
    """Return the points where the lines of sight meet a tilted card."""
    rise = np.sum(tilt * scene.position[:, :2], axis=1)
    rise = rise / (1 - rise * scene.inverse_distance)
    sideways = scene.position[:, :2] * (1 + rise * scene.inverse_distance)[:, None]
    return np.asarray(np.c_[sideways, scene.position[:, 2] - rise], dtype=np.float64)


def _falloff(lamps: Values, points: Values, tilt: Values) -> Values:
    gap = lamps[:, None] - points
    distance2 = np.sum(gap**2, axis=2)
    height = gap[..., 2] + np.sum(tilt * gap[..., :2], axis=2)
    height /= np.sqrt(1 + np.sum(tilt**2, axis=1))
    level2 = np.sum(lamps**2, axis=1)[:, None]
    lit = height / distance2**1.5 * level2 / lamps[:, 2:3] * level2**0.5
    return np.asarray(lit, dtype=np.float64)


def _weighted(residuals: Values, scene: _Scene) -> Values:
    """Return residuals over their errors; those of paper and lens are the same under all lamps."""
    shared = residuals.mean(axis=0)
    shared_error = np.hypot(_PAPER_ERROR, scene.noise / np.sqrt(scene.count))
    return np.asarray((residuals - shared) / scene.noise + shared / shared_error)


@dataclass(frozen=True, slots=True)
class _Found:
    values: Values = field(repr=False)
    errors: Values = field(repr=False)
    covariance: Values = field(repr=False)
    residuals: Values = field(repr=False)
    cost: float


def _loosened(scene: _Scene) -> _Scene:
    return replace(scene, loose=_FREE)


def _start(scene: _Scene) -> Values:
    """Return the best start of a few distances, with directions from the gradient of brightness."""
    columns = np.c_[np.ones(len(scene.position)), scene.position[:, :2]]
    slopes = np.linalg.lstsq(columns, np.log(scene.light).T, rcond=None)[0][1:].T / 3
    found = []
    for distance in _DISTANCES_MM:
        level = slopes * distance**2
        level *= np.minimum(1, 0.9 * distance / np.maximum(np.linalg.norm(level, axis=1), 1e-9))[
            :, None
        ]
        height = np.sqrt(distance**2 - np.sum(level**2, axis=1))
        lamps = np.c_[level, height, np.zeros(scene.count)]
        start = np.r_[lamps.ravel(), np.zeros(scene.common)]
        found.append(_fitted(scene, start, rounds=12))
    return min(found, key=lambda each: each.cost).values


def _fitted(scene: _Scene, start: Values, rounds: int = 60) -> _Found:
    """Return the least-squares fit; weak priors limit parameters that the data barely determine."""
    tilts = np.full(scene.common - _LENS, _TILT)
    widths = np.r_[tilts, _VIGNETTING, _VIGNETTING, _POWER * scene.loose, _OFFSET * scene.loose]
    sizes = np.r_[np.tile([100.0, 100.0, 100.0, 0.1], scene.count), widths]

    def gap(scaled: Values) -> Values:
        values = scaled * sizes
        residuals = _weighted(_model(values, scene) / scene.light - 1, scene)
        gaps = [residuals.ravel(), values[-len(widths) :] / widths]
        return np.concatenate(gaps, dtype=np.float64)

    done = least_squares(gap, start / sizes, method="lm", max_nfev=rounds * (len(start) + 1))
    values = done.x * sizes
    residuals = _model(values, scene) / scene.light - 1
    # Blotches of a real card span neighbouring blocks: errors are never scaled down.
    worse = max(1.0, float(np.mean(_weighted(residuals, scene) ** 2)))
    slopes = np.asarray(done.jac, dtype=np.float64)
    inverse = np.linalg.pinv(slopes.T @ slopes) * worse
    covariance = inverse * sizes[:, None] * sizes
    return _Found(values, np.sqrt(np.diag(covariance)), covariance, residuals, float(done.cost))


def _check_linear(free: _Found, scene: _Scene) -> None:
    curvature, offset = free.values[-2], free.values[-1]
    sigmas = abs(curvature) / max(free.errors[-2], 1e-6), abs(offset) / max(free.errors[-1], 1e-6)
    wrong = (sigmas[0] > _MOST_SIGMA and abs(curvature) > _MOST_CURVATURE) or (
        sigmas[1] > _MOST_SIGMA and abs(offset) > _MOST_CURVATURE / 2
    )
    if wrong:
        raise RigUnusable(message("calibrate.card_not_linear"))


def _check_lamps(best: _Found, scene: _Scene) -> None:
    worst = np.sqrt(np.mean((best.residuals - best.residuals.mean(axis=0)) ** 2, axis=1))
    if worst.max() > _MOST_MISFIT:
        raise RigUnusable(message("calibrate.card_misfit", lamp=int(worst.argmax()) + 1))


def _jackknife(scene: _Scene, start: Values) -> Values:
    """Return the lamps' positions (strips, k, 3) with each strip of the card left out in turn."""
    order = np.argsort(
        np.argsort(scene.position[:, 0] + 0.31 * scene.position[:, 1], kind="stable")
    )
    strip = order * _STRIPS // len(order)
    found = []
    for number in range(_STRIPS):
        mask = strip != number
        values = _fitted(scene.only(mask), start, rounds=8).values
        found.append(values[: 4 * scene.count].reshape(-1, 4)[:, :3])
    return np.array(found)


def _lamp(best: _Found, jackknife: Values, scene: _Scene, index: int) -> RigLamp:
    values, spread, count = best.values, best.covariance, scene.count
    own = values[4 * index : 4 * index + 4]
    position, distance = own[:3], float(np.linalg.norm(own[:3]))
    away = jackknife[:, index] - position
    jack = (_STRIPS - 1) / _STRIPS * away.T @ away
    model = spread[4 * index : 4 * index + 3, 4 * index : 4 * index + 3]
    total = jack if np.trace(jack) > np.trace(model) else model
    across = np.eye(3) - np.outer(position, position) / distance**2
    turn = float(np.sqrt(np.trace(across @ total @ across))) / distance
    size = _SCALE_ERROR * distance
    left_out = float(np.sqrt(np.mean(np.sum((away @ across) ** 2, axis=1)))) / distance
    lamps = values[: 4 * count].reshape(count, 4)
    # The light of the level card contains the cosine too.
    straight = np.linalg.norm(lamps[:, :3], axis=1) / lamps[:, 2]
    powers = np.exp(lamps[:, 3]) * scene.level * straight
    return RigLamp(
        (float(position[0]), float(position[1]), float(position[2])),
        float(np.degrees(turn)),
        float(np.sqrt(np.trace(total) + size**2)),
        float(np.degrees(left_out)),
        float(powers[index] / powers.mean()),
        float(np.hypot(np.sqrt(spread[4 * index + 3, 4 * index + 3]), 0.01)),
    )
