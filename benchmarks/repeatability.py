"""How far each flat score moves when unchanged skin is simply photographed again.

    python -m benchmarks.repeatability [--light DEGREES]

Rendered skin of several tones, each photographed twice with everything a careful clinic still gets
slightly wrong: exposure, white balance, pose, distance, focus, noise, and the direction of the
light. Both photos go through registration and scoring as real ones do. What is printed is the
standard error of one session, SD of the difference over the root of two; the constants of
`ScoreRecipe.session` are these, rounded up.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from mnimage import pipeline
from mnimage.domain.comparison import Change, Verdict
from mnimage.domain.photo import Photo, Scale
from mnimage.domain.recipe import Recipe
from mnimage.phantom.light import Lamp
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import Skin, SkinLook, make_skin

if TYPE_CHECKING:
    from collections.abc import Mapping

TONES = ("I", "II", "III", "IV", "V")
SKINS = 6
MM_PER_PX = 0.06
_ROW = "{:<18}" + 6 * "{:>9}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--light", type=float, default=6.0, help="SD of the lamp's angle, degrees")
    parser.add_argument("--away", type=float, default=0.0, help="angle of the lamp itself, degrees")
    options = parser.parse_args()
    gaps: dict[str, list[Change]] = defaultdict(list)
    for seed in range(SKINS):
        for tone in TONES:
            for name, change in _pair(seed, tone, options.light, options.away).items():
                gaps[name].append(change)
    print(_ROW.format("score", "mean", "SEM", "SEM %", "worst", "> MDC95", "called"))
    for name, changes in gaps.items():
        before = np.array([change.before for change in changes])
        after = np.array([change.after for change in changes])
        beyond = np.mean([abs(change.change) > change.mdc95 for change in changes])
        called = np.mean([change.verdict is not Verdict.WITHIN_ERROR for change in changes])
        error = float(np.sqrt(np.mean((after - before) ** 2) / 2))
        typical = float(np.abs(np.concatenate([before, after])).mean())
        worst = float(np.abs(after - before).max())
        numbers = (f"{value:.3g}" for value in (typical, error, 100 * error / typical, worst))
        print(_ROW.format(name, *numbers, f"{beyond:.0%}", f"{called:.0%}"))
    return 0


def _pair(seed: int, tone: str, light: float, away: float) -> Mapping[str, Change]:
    """Return the change of each score of one skin, nothing but the session having changed."""
    look = SkinLook(tone=tone, margin_mm=4.0)
    skin = make_skin(seed=seed, size_mm=(36.0, 36.0), mm_per_px=MM_PER_PX, look=look)
    random = np.random.default_rng([seed, TONES.index(tone)])
    photos = [_photo(skin, random, moved, light, away) for moved in (False, True)]
    scale = Scale(MM_PER_PX, "rig", 0.01)
    examined = [pipeline.examine_photo(photo, name="", scale=scale) for photo in photos]
    pair = pipeline.compare_photos(examined[0], examined[1], recipe=Recipe())
    return pair.comparison.zones.get("whole", {})


def _photo(
    skin: Skin, random: np.random.Generator, moved: bool, light: float, away: float
) -> Photo:
    """Return one photo of a skin; the first is taken straight on, the second as it comes."""
    yaw, pitch, roll = random.normal(0, 2.0, 3).tolist()
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
    red, blue = np.exp(random.normal(0, 0.05, 2)).tolist()
    sensor = Sensor(
        exposure=float(np.exp(random.normal(0, 0.12))) if moved else 1.0,
        balance=(red, 1.0, blue) if moved else (1.0, 1.0, 1.0),
        blur_px=float(random.uniform(0.5, 1.1)),
        electrons=12000.0,
        jpeg=90,
    )
    tilt = np.tan(np.radians(random.normal((away, 0.0), light)))
    lamp = Lamp(float(tilt[0]), float(tilt[1]), 1.0, far=True)
    seed = int(random.integers(1 << 30))
    return shoot(skin, Shot(lamp=lamp, pose=pose if moved else Pose(), sensor=sensor, seed=seed))


if __name__ == "__main__":
    sys.exit(main())
