"""What keeps registration from being still closer, and the error shown from being still truer.

    python -m benchmarks.limits [--seeds N] [--repeats N]

Rendered close-ups as in benchmarks/pairs.py. First table: the same pair with one disturbance after
the other taken away; where the error falls most, the limit lies. Second table: the same pair taken
again and again with other grain and other renewed texture. The root mean square of the errors at a
place over all repeats but one is as true an error map as can be had; its rank correlation with the
error of the one left out is the most that any error map could reach, beside what the one shown
reaches. Errors are in pixels of the photo before.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr

from benchmarks.pairs import HEALED, hard_shot, soft_lamp
from mnimage import pipeline
from mnimage.domain.recipe import Recipe
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import Skin, SkinAppearance, make_skin
from mnimage.register.warp import full_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNHEALED = dict.fromkeys(HEALED, 0.0)


@dataclass(frozen=True, slots=True)
class _Found:
    """Errors on all pixels (NaN where nothing is trusted) and those shown."""

    true: NDArray[np.float32]
    shown: NDArray[np.float32]


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=6)
    given = parser.parse_args()
    print(f"{'type':<6}{'taken away':<22}{'median':>9}{'p95':>9}")
    for seed in range(given.seeds):
        _without_each(seed)
    print(f"\n{'type':<6}{'rank, error shown':>20}{'rank, best possible':>22}")
    for seed in range(given.seeds):
        _best_rank(seed, given.repeats)
    return 0


def _skin(seed: int) -> tuple[str, Skin]:
    tone = ("I", "II", "III", "IV", "V", "VI")[seed % 6]
    look = SkinAppearance(tone=tone, scars=(6, 6, 4), marks=(14, 10), margin_mm=6.0)
    return tone, make_skin(seed=seed, size_mm=(110.0, 110.0), mm_per_px=1 / 6, look=look)


def _shots(seed: int) -> tuple[Shot, Shot]:
    random = np.random.default_rng([seed, 1])
    first = Shot(lamp=soft_lamp(random, 3.0), sensor=Sensor(jpeg=80), seed=seed)
    return first, hard_shot(random, seed)


def _without_each(seed: int) -> None:
    tone, skin = _skin(seed)
    first, second = _shots(seed)
    unturned = replace(second.pose, yaw_deg=0.0, pitch_deg=0.0)
    cases = {
        "nothing": (first, second, HEALED),
        "healing and renewal": (first, second, _UNHEALED),
        "blur and grain": (first, replace(second, sensor=Sensor(jpeg=80)), HEALED),
        "moved light": (first, replace(second, lamp=first.lamp), HEALED),
        "turn of the head": (first, replace(second, pose=unturned), HEALED),
        "expression": (first, replace(second, pose=replace(second.pose, warp_mm=0.0)), HEALED),
        "turn and expression": (
            first,
            replace(second, pose=replace(unturned, warp_mm=0.0)),
            HEALED,
        ),
        "JPEG 80 before": (_kept(first, None), second, HEALED),
        "JPEG 80, both 95": (_kept(first, 95), _kept(second, 95), HEALED),
        "JPEG 80 of both": (_kept(first, None), _kept(second, None), HEALED),
    }
    for name, (before, after, healing) in cases.items():
        error = _register(skin, before, after, healing, seed + 5).true
        middle, tail = np.nanpercentile(error, [50, 95])
        print(f"{tone:<6}{name:<22}{middle:>9.3f}{tail:>9.3f}", flush=True)


def _kept(shot: Shot, quality: int | None) -> Shot:
    """Return the same shot kept as JPEG of another quality, or whole."""
    return replace(shot, sensor=replace(shot.sensor, jpeg=quality))


def _best_rank(seed: int, repeats: int) -> None:
    tone, skin = _skin(seed)
    first, second = _shots(seed)
    found = [
        _register(skin, first, replace(second, seed=100 * n + seed), HEALED, 100 * n + seed)
        for n in range(repeats)
    ]
    true = np.stack([one.true for one in found])
    known = np.isfinite(true).all(axis=0)
    true = true[:, known][:, ::97]
    shown, best = [], []
    for n, one in enumerate(found):
        others = np.delete(true, n, axis=0)
        shown.append(float(spearmanr(true[n], one.shown[known][::97])[0]))
        best.append(float(spearmanr(true[n], np.sqrt((others**2).mean(axis=0)))[0]))
    print(f"{tone:<6}{np.mean(shown):>20.2f}{np.mean(best):>22.2f}", flush=True)


def _register(
    skin: Skin, first: Shot, second: Shot, healing: dict[str, float], healing_seed: int
) -> _Found:
    healed = skin.treated(**healing, seed=healing_seed)
    row, column, seen = true_field(skin, first, second, skin_after=healed)
    before = pipeline.analyze_photo(shoot(skin, first), name="")
    after = pipeline.analyze_photo(shoot(healed, second), name="")
    field = full_field(pipeline.align(before, after, Recipe()))
    common = ((before.zones.labels > 0) | before.zones.reference) & seen & field.valid
    error = np.hypot(field.row - row, field.column - column)
    return _Found(np.where(common, error, np.float32("nan")), field.error_px)


if __name__ == "__main__":
    sys.exit(main())
