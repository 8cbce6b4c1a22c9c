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
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import Recipe
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.visit import ShootingVariation, visit

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
    look = SkinAppearance(tone=tone, margin_mm=4.0)
    skin = make_skin(seed=seed, size_mm=(36.0, 36.0), mm_per_px=MM_PER_PX, look=look)
    random = np.random.default_rng([seed, TONES.index(tone)])
    variation = ShootingVariation(light_deg=light, away_deg=away)
    photos = [visit(skin, random, first=first, variation=variation) for first in (True, False)]
    scale = ImageScale(MM_PER_PX, "rig", 0.01)
    analyzed = [pipeline.analyze_photo(photo, name="", scale=scale) for photo in photos]
    pair = pipeline.compare_photos(analyzed[0], analyzed[1], recipe=Recipe())
    return pair.comparison.zones.get("whole", {})


if __name__ == "__main__":
    sys.exit(main())
