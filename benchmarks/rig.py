"""How well a rig's lamps and a photo's scale are found, and whether the stated errors hold.

    python -m benchmarks.rig [--seeds N] [--picture FILE.png]

Balls, cards and printed markers are rendered by following rays through a pinhole, with a camera's
noise, at lamps, places, tilts and prints drawn anew for each seed. Printed are the errors found,
the errors stated, and how often the truth lies within two stated errors. Then every way to do it
wrong: refused, warned of, or covered by the stated error.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.calibrate.card import rig_of_card
from mnimage.calibrate.lamps import rig_of_ball
from mnimage.calibrate.marker import PRINT_ERROR, find_markers, marker_scale
from mnimage.domain.marker import number_of
from mnimage.domain.photo import CaptureFacts, ImageScale, Photo
from mnimage.domain.rig import LightRig, TargetShots
from mnimage.errors import RigUnusable
from mnimage.phantom.light import Lamp
from mnimage.phantom.sensor import Sensor, code, expose
from mnimage.phantom.targets import (
    Ball,
    Card,
    Print,
    Stage,
    pitch_at,
    print_light,
    stack_lamps,
)
from mnimage.quality.marker import check_markers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Frames = NDArray[np.float32]
    Values = NDArray[np.float64]

BALLS = Stage((420, 560), 0.15, 450.0, samples=2)
CARDS = Stage((320, 428), 0.24, 600.0, samples=1, vignetting=0.08)
DIAMETER_MM = 24.0
PLACES = ((0.0, 0.0), (-26.0, -17.0), (26.0, -17.0), (-26.0, 17.0), (26.0, 17.0))
HEIGHTS_MM = (0.0, 40.0)
_ROW = "{:<30}{:>6}{:>10}{:>10}{:>10}{:>10}{:>12}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is done wrong: coding, light in the room, a lamp moved by mm after the first place."""

    gamma: float = 1.0
    room: float = 0.0
    moved_mm: float = 0.0


RIGHT = Wrong()


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--picture", type=Path, default=None)
    options = parser.parse_args()
    seeds = range(options.seeds)
    print(_ROW.format("target", "lamps", "median", "p95", "worst", "stated", "within 2"))
    for name, measure, near in METHODS:
        _table(name, [(measure(seed, RIGHT), _lamps(seed, near=near)) for seed in seeds], near=near)
    _scales(options.seeds * 6)
    print()
    for name, wrong in WRONG.items():
        for label, measure, near in METHODS:
            _control(name, label, measure, wrong, near=near)
    _wrong_scale()
    if options.picture is not None:
        _draw(options.picture)
    return 0


def _lamps(seed: int, *, near: bool, count: int = 6) -> list[Lamp]:
    chance = np.random.default_rng([seed, 5])
    lamps = []
    for number in range(count):
        turn = 2 * np.pi * number / count + chance.normal(0, 0.1)
        slant, away = np.radians(chance.uniform(35, 58)), chance.uniform(220, 380)
        x, y = away * np.sin(slant) * np.cos(turn), away * np.sin(slant) * np.sin(turn)
        z, power = away * np.cos(slant), chance.uniform(0.8, 1.2)
        lamps.append(Lamp(float(x), float(y), float(z), float(power), far=not near))
    return lamps


def _seen(frames: Frames, seed: int, gain: float, wrong: Wrong) -> Frames:
    light = np.maximum(frames, 0) * gain
    chance = np.random.default_rng([seed, 6])
    light = light + np.sqrt(light / 12000 + (4 / 12000) ** 2) * chance.standard_normal(light.shape)
    return np.asarray(np.clip(light, 0, 1) ** (1 / wrong.gamma), dtype=np.float32)


def _bumped(lamps: list[Lamp], place: int, wrong: Wrong) -> list[Lamp]:
    if place < 2 or not wrong.moved_mm:
        return lamps
    return [replace(lamps[0], y=lamps[0].y + wrong.moved_mm), *lamps[1:]]


def _ball(seed: int, wrong: Wrong, *, chrome: bool, near: bool) -> LightRig:
    chance = np.random.default_rng([seed, 7])
    stage, shots = replace(BALLS, room=wrong.room), []
    for number, (x, y) in enumerate(PLACES if near else PLACES[:1]):
        aside = chance.normal(0, 1, 2)
        middle = (float(x + aside[0]), float(y + aside[1]), DIAMETER_MM / 2)
        lamps = _bumped(_lamps(seed, near=near), number, wrong)
        frames = stack_lamps(Ball(middle, DIAMETER_MM / 2, chrome), lamps, stage)
        frames = _seen(frames, seed * 10 + number, 3.0 if chrome else 0.65, wrong)
        shots.append(_shots(frames, stage, None, f"place {number + 1}"))
    return rig_of_ball(shots, DIAMETER_MM, chrome=chrome, near=near, made_at="")


def _shots(frames: Frames, stage: Stage, height: float | None, name: str) -> TargetShots:
    return TargetShots(
        frames,
        np.asarray(frames >= 0.99, dtype=np.bool_),
        name,
        mm_per_px=stage.mm_per_px,
        camera_mm=stage.camera_mm,
        height_mm=height,
        darkened=True,
    )


def _card(seed: int, wrong: Wrong) -> LightRig:
    chance = np.random.default_rng([seed, 8])
    stage, shots = replace(CARDS, room=wrong.room), []
    for number, height in enumerate(HEIGHTS_MM):
        right, down = chance.normal(0, 0.5, 2).tolist()
        card = Card(height, (right, down), mottle=0.01, seed=seed)
        lamps = _bumped(_lamps(seed, near=True), 2 * number, wrong)
        frames = _seen(stack_lamps(card, lamps, stage), seed * 10 + number, 0.42, wrong)
        shots.append(_shots(frames, stage, height, f"height {height:g} mm"))
    return rig_of_card(shots, made_at="")


METHODS: tuple[tuple[str, Callable[[int, Wrong], LightRig], bool], ...] = (
    ("chrome ball, 1 place, far", lambda s, w: _ball(s, w, chrome=True, near=False), False),
    ("matte ball, 1 place, far", lambda s, w: _ball(s, w, chrome=False, near=False), False),
    ("chrome ball, 5 places, near", lambda s, w: _ball(s, w, chrome=True, near=True), True),
    ("matte ball, 5 places, near", lambda s, w: _ball(s, w, chrome=False, near=True), True),
    ("card, 2 heights, near", _card, True),
)

WRONG = {
    "gamma left in": Wrong(gamma=2.2),
    "room light 10 % left in": Wrong(room=0.1),
    "lamp moved by 25 mm": Wrong(moved_mm=25.0),
}


def _off(rig: LightRig, lamps: Sequence[Lamp]) -> tuple[Values, Values]:
    """Return the error of each lamp in degrees, and of its place in mm."""
    true = np.array([(lamp.x, lamp.y, lamp.z) for lamp in lamps])
    ways = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (true, rig.lights)]
    cosine = np.clip(np.sum(ways[0] * ways[1], axis=1), -1, 1)
    return np.degrees(np.arccos(cosine)), np.asarray(np.linalg.norm(rig.lights - true, axis=1))


def _table(name: str, found: list[tuple[LightRig, list[Lamp]]], *, near: bool) -> None:
    off = [_off(rig, lamps) for rig, lamps in found]
    degrees = np.concatenate([each[0] for each in off])
    stated = np.array([lamp.error_deg for rig, _ in found for lamp in rig.lamps])
    _line(f"{name}: degrees", degrees, stated)
    if near:
        away = np.array([lamp.distance_mm for _, lamps in found for lamp in lamps])
        errors = np.array([lamp.error_mm or 0.0 for rig, _ in found for lamp in rig.lamps])
        place = np.concatenate([each[1] for each in off])
        _line("    place: % of distance", 100 * place / away, 100 * errors / away)


def _line(name: str, off: Values, stated: Values) -> None:
    parts = (np.median(off), np.quantile(off, 0.95), off.max(), np.median(stated))
    within = f"{np.mean(off < 2 * stated):.0%}"
    print(_ROW.format(name, len(off), *(f"{part:.3f}" for part in parts), within))


def _photo(seed: int) -> tuple[Photo, float]:
    """Return a photo with a printed marker, and the true mm per pixel at its height."""
    chance = np.random.default_rng([seed, 9])
    stage = Stage((360, 480), float(chance.uniform(0.09, 0.2)), float(chance.uniform(300, 1000)))
    side, height = int(chance.choice([10, 15, 20])), float(chance.uniform(-5, 20))
    # The printer is off by what the ruler's check lets pass.
    printed = side * float(1 + chance.normal(0, PRINT_ERROR))
    yaw, pitch = chance.uniform(-22, 22, 2).tolist()
    right, down = chance.uniform(-8, 8, 2).tolist()
    number = number_of(side, int(chance.integers(10)))
    roll, spread = chance.uniform(0, 360), chance.uniform(0, 0.08)
    marker = Print(
        number, printed, (right, down, height), yaw, pitch, float(roll), spread_mm=float(spread)
    )
    scene = np.full((*stage.shape, 3), (0.4, 0.25, 0.2), dtype=np.float32)
    light = print_light(marker, scene, stage)
    light *= np.linspace(0.7, 1, stage.shape[1], dtype=np.float32)[None, :, None]
    sensor = Sensor(blur_px=float(chance.uniform(0.5, 1.5)), electrons=12000.0, jpeg=90)
    coded = code(expose(light, sensor, chance), sensor)
    return Photo(coded, CaptureFacts("JPEG", 8)), pitch_at(stage, height)


def _scales(count: int) -> None:
    off, stated = [], []
    for seed in range(count):
        photo, true = _photo(seed)
        for marker in find_markers(photo):
            if marker.issue is None:
                off.append(100 * abs(marker.mm_per_px / true - 1))
                stated.append(100 * marker.relative_error)
    _line("printed marker: scale, %", np.array(off), np.array(stated))


def _control(
    name: str, label: str, measure: Callable[[int, Wrong], LightRig], wrong: Wrong, *, near: bool
) -> None:
    if wrong.moved_mm and not near:
        return
    try:
        rig = measure(0, wrong)
    except RigUnusable as error:
        print(f"{name:<26}{label:<30}refused: {error}")
        return
    degrees, _ = _off(rig, _lamps(0, near=near))
    stated = np.array([lamp.error_deg for lamp in rig.lamps])
    covered = "covered" if np.all(degrees < 2 * stated) else "NOT COVERED"
    print(f"{name:<26}{label:<30}{covered}: {degrees.max():.2f} deg, stated {stated.max():.2f}")


def _wrong_scale() -> None:
    photo, true = _photo(0)
    markers = find_markers(photo)
    stated_ = ImageScale(1.1 * true, "rig", 0.01)
    (found,) = check_markers(markers, stated_, marker_scale(photo, markers, 2.0))
    print(f"{'scale stated_ 10 % too large':<26}{'printed marker':<30}", end="")
    print(f"{'NOT SEEN' if found.ok else 'warned'}: off by {found.measured:.1f} %")


def _draw(path: Path) -> None:
    """Draw what the camera sees: a chrome ball, a matte ball, a card and a marker."""
    lamp = _lamps(0, near=True)
    ball = Ball((0.0, 0.0, DIAMETER_MM / 2), DIAMETER_MM / 2)
    shown = [
        stack_lamps(replace(ball, chrome=True), lamp, BALLS).max(axis=0) * 3,
        stack_lamps(ball, lamp[:1], BALLS)[0],
        stack_lamps(Card(), lamp[1:2], CARDS)[0],
    ]
    grey = [
        np.clip(255 * np.clip(each, 0, 1) ** (1 / 2.2), 0, 255).astype(np.uint8) for each in shown
    ]
    marker = cv2.cvtColor(_photo(3)[0].coded, cv2.COLOR_RGB2GRAY)
    size = (420, 315)
    tiles = [cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (*grey, marker)]
    cv2.imwrite(str(path), np.hstack(tiles))


if __name__ == "__main__":
    sys.exit(main())
