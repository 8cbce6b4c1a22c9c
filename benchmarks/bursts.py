"""How closely the shots of a burst are registered, each under another lamp.

    python -m benchmarks.bursts [--seeds N] [--side PX] [--first SEED]

Phantom skin of types I to VI with scars, pores and furrows is rendered under a ring of lamps, 0.05
mm to a pixel. From shot to shot it moves as a hand or a face does: shifted by up to 4 px each way,
turned (SD 0.15 degrees), stretched (0.05 %), tilted, and bent in waves of 0.3 px. Lamps stand up to
3 mm from where they are believed to be, with 2 % less or more power; cast shadows, gloss that
polarisers let through, stray light, light spread inside the skin, noise and 12 bit as in
`mnimage.phantom.session`. Angles are those between lamp and camera. Errors are distances in pixels
of each place in each shot from the mean of all shots there, whose true places are known; "worst"
is the 95th percentile of the shot that lies worst, "of all" the largest of these. Values of a row
are medians over its bursts. Beside them stand the error that is said, and in how many shots the
true one (rms over the picture) is within twice that.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from mnimage.domain.photo import ImageScale
from mnimage.domain.relief import Shots
from mnimage.kernels.color import to_coded8
from mnimage.phantom.light import ring, survey
from mnimage.phantom.render import Shot, radiance
from mnimage.phantom.sensor import Sensor, expose, stepped
from mnimage.phantom.session import CHANNELS, FINER, LEAST_SIGNAL, PITCH, TONES, Fault, scarred_skin
from mnimage.relief.track import find_motion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.phantom.light import Lamp
    from mnimage.relief.motion import Motion

    Values = NDArray[np.float64]

RIGS = (
    *((3, slant) for slant in (30.0, 45.0, 60.0)),
    *((4, slant) for slant in (10.0, 30.0, 45.0, 60.0, 70.0)),
    *((count, slant) for count in (5, 6) for slant in (45.0, 60.0)),
    *((8, slant) for slant in (10.0, 30.0, 45.0, 60.0, 70.0, 80.0)),
)
"""Number of lamps, one shot each, and their angle."""
GOAL_PX = 0.2
_MARGIN = 14
_AWAY_PX, _TURN_DEG, _STRETCH, _TILT, _WAVE_PX = 4.0, 0.15, 0.0005, 0.0005, 0.3
_USUAL_DEG = 60.0
_HEAD = (
    "lamps",
    "angle",
    "n",
    "moved",
    "median",
    "p95",
    "worst",
    "of all",
    "< 0.2",
    "said",
    "in 2",
)
_ROW = "{:>5} {:>6} {:>4} {:>7} {:>8} {:>7} {:>7} {:>7} {:>6} {:>7} {:>6}"


@dataclass(frozen=True, slots=True)
class Burst:
    """Shots, and which place of the still picture each of their pixels sees, (k, 2, rows, cols)."""

    shots: Shots
    places: Values = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Result:
    """Of one burst: distances (median, 95 %, that of the worst shot) and true and said errors."""

    far: tuple[float, float, float]
    moved_px: float
    true_px: Values = field(repr=False)
    said_px: Values = field(repr=False)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first", type=int, default=300, help="the first seed")
    parser.add_argument("--side", type=int, default=600, help="pixels of a shot's side")
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.seeds)
    print(_ROW.format(*_HEAD))
    everything: list[_Result] = []
    types: dict[str, list[_Result]] = {tone: [] for tone in TONES}
    with ProcessPoolExecutor(2) as pool:
        for count, slant in RIGS:
            measure = partial(_measured, count=count, slant_deg=slant, side=given.side)
            found = list(pool.map(measure, seeds))
            _line(f"{count}", f"{slant:g}", found)
            everything += found
            for seed, one in zip(seeds, found, strict=True):
                if slant <= _USUAL_DEG:
                    types[TONES[seed % len(TONES)]].append(one)
    print(f"\nby skin type, lamps up to {_USUAL_DEG:g} degrees from the camera")
    for tone, found in types.items():
        if found:
            _line("any", tone, found)
    _line("all", "", everything)
    return 0


def _measured(seed: int, count: int, slant_deg: float, side: int) -> _Result:
    burst = take(seed, count, slant_deg, side)
    motion = find_motion(burst.shots)
    away = left(motion, burst.places)
    worst = float(np.percentile(away, 95, axis=(1, 2)).max())
    start = burst.places - burst.places.mean(axis=0)
    return _Result(
        (float(np.median(away)), float(np.percentile(away, 95)), worst),
        float(np.sqrt((start**2).sum(axis=1).mean(axis=(1, 2)).max())),
        np.asarray(np.sqrt((away.astype(np.float64) ** 2).mean(axis=(1, 2)))),
        motion.error_px,
    )


def _line(lamps: str, kind: str, found: Sequence[_Result]) -> None:
    median, most, worst = np.array([one.far for one in found]).T
    true = np.concatenate([one.true_px for one in found])
    said = np.concatenate([one.said_px for one in found])
    print(
        _ROW.format(
            lamps,
            kind,
            len(found),
            f"{np.median([one.moved_px for one in found]):.1f}",
            f"{np.median(median):.3f}",
            f"{np.median(most):.3f}",
            f"{np.median(worst):.3f}",
            f"{worst.max():.3f}",
            f"{np.mean(worst < GOAL_PX):.0%}",
            f"{np.median(said):.3f}",
            f"{np.mean(true < 2 * said):.0%}",
        )
    )


def take(seed: int, count: int, slant_deg: float, side: int) -> Burst:
    """Return a burst of the seed's skin, whose type is the seed modulo 6, and the truth."""
    rig = f"{count} {slant_deg}".encode()
    chance = np.random.default_rng([seed, 17, *rig])
    skin = scarred_skin(seed, (side + 2 * _MARGIN) * PITCH)
    terrain, albedo = survey(skin.height_mm, skin.mm_per_px), skin.chromophores.albedo()
    stated, fault = ring(count, slant_deg=slant_deg), Fault()
    places = [_place(side, chance) for _ in stated]
    seen = []
    for lamp, place in zip(stated, places, strict=True):
        taken = Shot(lamp=_astray(lamp, fault, chance), ambient=fault.ambient, gloss=fault.gloss)
        seen.append(_gathered(radiance(skin, taken, terrain, albedo), place))
    frames = _exposed(seen, fault, chance)
    blue = float(np.mean([frame[..., 2].mean() for frame in frames])) * fault.electrons
    channel = 2 if blue >= LEAST_SIGNAL**2 else 1
    shots = Shots(
        frames=np.stack([frame[..., channel] for frame in frames]),
        lights=np.array([(lamp.x, lamp.y, lamp.z) for lamp in stated]),
        near=True,
        scale=ImageScale(PITCH, "rig", 0.001),
        picture=to_coded8(np.mean(frames, axis=0)),
        channel=CHANNELS[channel],
        bits=12,
        colors=np.stack([to_coded8(np.maximum(frame, 0)) for frame in frames]),
    )
    return Burst(shots, np.stack(places))


def _astray(lamp: Lamp, fault: Fault, chance: np.random.Generator) -> Lamp:
    x, y, z = np.array([lamp.x, lamp.y, lamp.z]) + chance.uniform(-fault.lamp_mm, fault.lamp_mm, 3)
    power = 1 + chance.uniform(-fault.power, fault.power)
    return replace(lamp, x=float(x), y=float(y), z=float(z), power=float(power))


def _place(side: int, chance: np.random.Generator) -> Values:
    """Return which place of the still picture each pixel of a moved one sees, (2, rows, cols)."""
    grid = np.mgrid[:side, :side].astype(np.float64)
    down, right = grid - (side - 1) / 2
    turn, stretch = np.radians(chance.normal(0, _TURN_DEG)), chance.normal(0, _STRETCH)
    tilt, phase = chance.normal(0, _TILT, 2), chance.uniform(0, 6)
    step = chance.uniform(-_AWAY_PX, _AWAY_PX, 2)
    nearer = 1 + stretch + (tilt[0] * down + tilt[1] * right) / side
    wave = _WAVE_PX * np.sqrt(2) * np.sin(2 * np.pi * (0.8 * down + 0.6 * right) / side + phase)
    way = np.stack(
        [
            nearer * (np.cos(turn) * down - np.sin(turn) * right) - down + step[0] + wave,
            nearer * (np.sin(turn) * down + np.cos(turn) * right) - right + step[1] - wave,
        ]
    )
    return np.asarray(grid + way)


def _gathered(light: NDArray[np.float32], place: Values) -> NDArray[np.float32]:
    """Return what pixels gather of light on finer samples: the mean of `FINER` squared places."""
    total = np.zeros((*place.shape[1:], 3), dtype=np.float32)
    # Splines once for all: OpenCV rounds places to 1/32 of a sample.
    knots = [ndimage.spline_filter(light[..., part], output=np.float32) for part in range(3)]
    steps = (np.arange(FINER) + 0.5) / FINER - 0.5
    for down in steps:
        for right in steps:
            at = (place + np.array([down, right])[:, None, None] + _MARGIN + 0.5) * FINER - 0.5
            for part, knot in enumerate(knots):
                total[..., part] += ndimage.map_coordinates(
                    knot, at, order=3, mode="mirror", prefilter=False, output=np.float32
                )
    return np.asarray(total / np.float32(FINER**2), dtype=np.float32)


def _exposed(
    seen: Sequence[NDArray[np.float32]], fault: Fault, chance: np.random.Generator
) -> list[NDArray[np.float32]]:
    brightest = max(float(np.quantile(one[::5, ::5], 0.995)) for one in seen)
    sensor = Sensor(0.85 / brightest, blur_px=fault.blur_px, electrons=fault.electrons, bits=12)
    return [stepped(expose(one, sensor, chance), 12) for one in seen]


def left(motion: Motion, places: Values) -> NDArray[np.float32]:
    """Return how far each shot still lies from the mean of all at each pixel, (k, rows, cols)."""
    there = []
    for shot, place in enumerate(places):
        at = motion.field(shot)
        there.append([ndimage.map_coordinates(part, at, order=1, mode="nearest") for part in place])
    away = np.array(there) - np.mean(there, axis=0)
    inner = slice(_MARGIN, -_MARGIN)
    return np.asarray(np.hypot(away[:, 0], away[:, 1])[:, inner, inner], dtype=np.float32)


if __name__ == "__main__":
    sys.exit(main())
