"""What two and three shots of a session do for the uncertainty of a change, on rendered skin.

    python -m benchmarks.repeats [--skins 10] [--relief]

Each skin is photographed in two sessions of three shots. Between sessions the lamp stands elsewhere
(up to 6 degrees, standard deviation), and exposure and white balance are set anew; between the
shots of one session only what a person who gets up and sits down again alters: pose, distance,
focus, noise and a percent of exposure. All goes through registration and scoring. Printed per
score: the standard error of a change as it truly is (root mean square of the change) and as it is
given, with one, two and three shots; how many of the single changes exceed their MDC95; and the
share of the validated variance (of photos taken alike) that differs from shot to shot, from which
`CompareRecipe.repeat_share` is rounded down. With --relief only that share, of directional shots
whose lamps stay where they are while skin and noise move.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnimage import pipeline
from mnimage.domain.photo import ImageScale, Photo
from mnimage.phantom.light import Lamp
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.session import Fault, scarred_skin, shoot_session
from mnimage.phantom.skin import Skin, SkinAppearance, make_skin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.comparison import Change
    from mnimage.domain.pair import AnalyzedPhoto

TONES = ("I", "II", "III", "IV", "V", "VI")
MM_PER_PX = 0.06
SHOTS = 3
RELIEF_MM = 30.0
LAMP_DEG = 6.0
_ROW = "{:<18}" + 10 * "{:>9}"


@dataclass(frozen=True, slots=True)
class Day:
    """What all shots of a session share."""

    lamp: Lamp
    exposure: float
    balance: tuple[float, float, float]

    @classmethod
    def drawn(cls, random: np.random.Generator) -> Day:
        """Return the lamp's place and the camera's settings of one day."""
        tilt = np.tan(np.radians(random.normal(0, LAMP_DEG, 2)))
        red, blue = np.exp(random.normal(0, 0.05, 2)).tolist()
        lamp = Lamp(float(tilt[0]), float(tilt[1]), 1.0, far=True)
        return cls(lamp, float(np.exp(random.normal(0, 0.12))), (red, 1.0, blue))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skins", type=int, default=10)
    parser.add_argument("--relief", action="store_true", help="directional shots")
    options = parser.parse_args()
    if options.relief:
        return _relief(options.skins)
    changes: dict[tuple[str, int], list[Change]] = defaultdict(list)
    within: dict[str, list[float]] = defaultdict(list)
    for seed in range(options.skins):
        sessions = _sessions(seed)
        for shots in range(1, SHOTS + 1):
            for name, change in _compared(sessions, shots).items():
                changes[name, shots].append(change)
        for name, variance in _within(sessions).items():
            within[name].append(variance)
    heads = [f"{what} {shots}" for what in ("true", "stated", "beyond") for shots in (1, 2, 3)]
    print(_ROW.format("SE of change", *heads, "share"))
    for name, variances in within.items():
        columns = [_columns(changes[name, shots]) for shots in range(1, SHOTS + 1)]
        single = np.mean([each.session**2 for each in changes[name, 1]])
        share = float(np.mean(variances) / single)
        cells = [f"{column[part]:.3g}" for part in range(2) for column in columns]
        cells += [f"{column[2]:.0%}" for column in columns]
        print(_ROW.format(name, *cells, f"{share:.2f}"), flush=True)
    return 0


def _relief(skins: int) -> int:
    """Print which share of the relief scores' given variance differs from shot to shot."""
    shares: dict[str, list[float]] = defaultdict(list)
    for seed in range(skins):
        skin = scarred_skin(seed, RELIEF_MM)
        still = Fault(lamp_mm=0.0, power=0.0)
        shots = [shoot_session(skin, 100 * seed + number, still).shots for number in range(SHOTS)]
        first, *others = [pipeline.analyze_shots(each, name="") for each in shots]
        for other in others:
            found = pipeline.compare_shots(first, other).comparison
            whole = found.zones.get("whole", {})
            rows = [
                (f"whole {name}", each) for name, each in whole.items() if each.mode == "relief"
            ]
            rows += [("scar depth", scar.depth) for scar in found.scars if scar.depth]
            rows += [("scar volume", scar.volume) for scar in found.scars if scar.volume]
            for name, each in rows:
                shares[name].append((each.change / each.session) ** 2 / 2)
    for name, row in shares.items():
        print(f"{name:<28}{np.mean(row):.3f}  ({len(row)} pairs)")
    return 0


def _columns(changes: list[Change]) -> tuple[float, float, float]:
    moved = np.array([change.change for change in changes])
    stated = np.array([change.uncertainty for change in changes])
    beyond = float(np.mean([abs(change.change) > change.mdc95 for change in changes]))
    return float(np.sqrt(np.mean(moved**2))), float(np.sqrt(np.mean(stated**2))), beyond


def _sessions(seed: int) -> tuple[list[AnalyzedPhoto], list[AnalyzedPhoto]]:
    """Return two sessions of one unchanged skin."""
    look = SkinAppearance(tone=TONES[seed % len(TONES)], margin_mm=4.0)
    skin = make_skin(seed=seed, size_mm=(30.0, 30.0), mm_per_px=MM_PER_PX, look=look)
    random = np.random.default_rng([seed, 17])
    scale = ImageScale(MM_PER_PX, "rig", 0.01)
    days = [Day.drawn(random) for _ in range(2)]
    photos = [[_photo(skin, day, random) for _ in range(SHOTS)] for day in days]
    analyzed = [
        [
            pipeline.analyze_photo(photo, name=f"shot {number}", scale=scale)
            for number, photo in enumerate(shots, start=1)
        ]
        for shots in photos
    ]
    return analyzed[0], analyzed[1]


def _photo(skin: Skin, day: Day, random: np.random.Generator) -> Photo:
    yaw, pitch, roll = random.normal(0, 1.5, 3).tolist()
    down, right = random.normal(0, 0.5, 2).tolist()
    pose = Pose(
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        scale=float(1 + random.normal(0, 0.02)),
        shift_mm=(down, right),
        warp_mm=0.1,
        warp_seed=int(random.integers(1000)),
    )
    sensor = Sensor(
        exposure=day.exposure * float(np.exp(random.normal(0, 0.01))),
        balance=day.balance,
        blur_px=float(random.uniform(0.5, 1.1)),
        electrons=12000.0,
        jpeg=90,
    )
    return shoot(
        skin, Shot(lamp=day.lamp, pose=pose, sensor=sensor, seed=int(random.integers(1 << 30)))
    )


def _compared(
    sessions: tuple[list[AnalyzedPhoto], list[AnalyzedPhoto]], shots: int
) -> dict[str, Change]:
    before, after = (session[:shots] for session in sessions)
    pair = pipeline.compare_photos(before[0], after[0], again=(before[1:], after[1:]))
    return dict(pair.comparison.zones.get("whole", {}))


def _within(sessions: tuple[list[AnalyzedPhoto], list[AnalyzedPhoto]]) -> dict[str, float]:
    """Return per score the variance between shots of one session, on the skin they share."""
    moved: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for session in sessions:
        values: dict[str, list[float]] = defaultdict(lambda: [0.0])
        for other in session[1:]:
            pair = pipeline.compare_photos(session[0], other)
            for name, change in pair.comparison.zones.get("whole", {}).items():
                values[name].append(change.change)
        for name, row in values.items():
            moved[name].append(np.array(row))
    return {
        name: float(np.mean([np.var(row, ddof=1) for row in rows])) for name, rows in moved.items()
    }


if __name__ == "__main__":
    sys.exit(main())
