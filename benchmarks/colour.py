"""Colour with and without a chart: how near the truth, and how alike when taken again.

    python -m benchmarks.colour [--rigs N] [--skins N]

Cameras and lamps are spectra (`mnimage.phantom.camera`): 20 cameras drawn at random under four
lamps, and five named ones, two of which bend their tones. Chart and skin are rendered with noise
and JPEG and measured as real photos are.

`blood`: skins of types I to VI of known melanin, blood and oxygen, pooled: correlation of the
hemoglobin index with blood, and its sensitivity on dark over that on light skin.
`chart`: the patches, each left out in turn, and skin the chart has never seen, in CIEDE2000.
`again`: the same skin photographed twice, camera, exposure and white balance set anew, each time
with a chart beside: standard error of one session per score (SD of the difference over the root of
two). The last column is the error that sessions have without a chart, the camera's share of which
is replaced by what the chart leaves of it (`score.zones.session_error`).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.calibrate.calibrate import make_profile
from mnimage.calibrate.use import with_profile
from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.face import WHOLE, Zones
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ScoreRecipe
from mnimage.errors import ChartUnusable
from mnimage.kernels.color import difference_2000, lab_d50_to_linear, straighten, to_lab
from mnimage.kernels.geometry import grid_places
from mnimage.phantom.camera import CAMERAS, LAMPS, Rig, bend, draw_camera, true_lab
from mnimage.phantom.chart import Laid, lay_chart, skin_scene, take, wall
from mnimage.phantom.chromophores import TONES
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.spectrum import skin_reflectance
from mnimage.score.colour import redness_index, true_srgb
from mnimage.score.pair import score_pair
from mnimage.words.message import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.photo import Photo
    from mnimage.domain.scorecard import ScoreCard

    Values = NDArray[np.float64]

RECIPE = ScoreRecipe()
SENSOR = Sensor(exposure=0.85, blur_px=0.6, electrons=12000.0, jpeg=92)
SKIN_COUNT = 2000
COLOURS = ("redness_hi", "red_area", "pigment_mi", "ita_deg", "evenness")
LIGHTEST, DARKEST = 0.04, 0.15
"""Melanin below and above which skin is called light and dark."""


def main() -> int:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rigs", type=int, default=20, help="cameras drawn, each under 4 lamps")
    parser.add_argument("--skins", type=int, default=4, help="skins of each type taken again")
    options = parser.parse_args()
    rigs = [
        Rig(draw_camera(np.random.default_rng(number)), lamp, (1.06, 1.0, 0.95))
        for number in range(options.rigs)
        for lamp in LAMPS
    ]
    print_blood("drawn cameras", rigs)
    for camera in CAMERAS:
        print_blood(camera.name, [Rig(camera, lamp, (0.95, 1.0, 1.05)) for lamp in LAMPS])
    print_again(options.skins)
    return 0


def profile_of(rig: Rig, seed: int, sensor: Sensor = SENSOR) -> ColorProfile:
    """Return the profile that a photo of the chart by this rig gives."""
    scene = lay_chart(wall((440, 640), rig), rig, Laid((220, 320), 62.0, turn_deg=2.0, falloff=0.1))
    return make_profile(take(scene, rig, sensor, seed=seed))


def print_blood(name: str, rigs: Iterable[Rig]) -> None:
    """Print correlation, sensitivity and colour errors over some rigs."""
    rows, refused = [], 0
    for number, rig in enumerate(rigs):
        try:
            rows.append(_blood(rig, profile_of(rig, number)))
        except ChartUnusable as error:
            refused += 1
            print(f"{name}, {rig.lamp}: refused: {error}")
    if not rows:
        return
    table = np.array(rows)
    print(f"\n{name}: {len(rows)} cameras and lamps, {refused} refused")
    plain, chart = table[:, :2], table[:, 2:4]
    for label, part in (("own skin as white", plain), ("chart", chart)):
        low, high = part[:, 1].min(), part[:, 1].max()
        print(
            f"  blood, {label}: r mean {part[:, 0].mean():.3f} worst {part[:, 0].min():.3f}, "
            f"dark/light {part[:, 1].mean():.2f} ({low:.2f} to {high:.2f})"
        )
    labels = ("patches left out", "p95", "unseen skin", "unseen skin, no chart")
    for column, label in enumerate(labels, start=4):
        values = table[:, column]
        print(f"  dE2000 {label}: mean {values.mean():.2f} worst {values.max():.2f}")


def _blood(rig: Rig, profile: ColorProfile) -> tuple[float, ...]:
    """Return r and sensitivity without and with the chart, then the colour errors."""
    rng = np.random.default_rng(1)
    melanin = np.exp(rng.uniform(np.log(0.015), np.log(0.3), SKIN_COUNT))
    blood, oxygen = rng.uniform(0.012, 0.11, SKIN_COUNT), rng.uniform(0.6, 0.9, SKIN_COUNT)
    spectra = skin_reflectance(melanin, blood, oxygen)
    light = bend((SENSOR.exposure * rig.light(spectra)).astype(np.float32), rig.camera.contrast)
    straight = straighten(light, profile.tone).astype(np.float32)[None]
    balanced = straight * np.array(profile.gains, dtype=np.float32)
    plain = redness_index(light[None], np.median(light, axis=0), RECIPE)[0]
    chart = redness_index(balanced, balanced, RECIPE, profile)[0]
    wanted = to_lab(lab_d50_to_linear(true_lab(spectra)).astype(np.float32))
    gap = difference_2000(to_lab(true_srgb(balanced, profile)[0]), wanted)
    bare = difference_2000(to_lab(light / np.float32(SENSOR.exposure)), wanted)
    follow = (*_follow(plain, melanin, blood), *_follow(chart, melanin, blood))
    return (*follow, profile.error.mean, profile.error.p95, float(gap.mean()), float(bare.mean()))


def _follow(index: NDArray[np.float32], melanin: Values, blood: Values) -> tuple[float, float]:
    """Return the correlation with blood, and the sensitivity of dark over light skin."""
    dark, light = (
        np.polyfit(blood[part], index[part], 1)[0]
        for part in (melanin > DARKEST, melanin < LIGHTEST)
    )
    return float(np.corrcoef(index, blood)[0, 1]), float(dark / light)


def print_again(count: int) -> None:
    """Print the standard error of one session per score, without and with a chart."""
    gaps: dict[bool, list[list[float]]] = {False: [], True: []}
    refused = 0
    for tone in TONES:
        for seed in range(count):
            try:
                pair = _twice(tone, seed)
            except ChartUnusable:
                refused += 1
                continue
            for charted, cards in pair.items():
                before, after = ([_value(card, name) for name in COLOURS] for card in cards)
                gaps[charted].append([b - a for a, b in zip(before, after, strict=True)])
    errors = {key: np.sqrt(np.mean(np.square(rows), axis=0) / 2) for key, rows in gaps.items()}
    worst = np.abs(gaps[True]).max(axis=0)
    print(f"\nagain: {len(gaps[True])} pairs of skins I to VI, settings anew, {refused} refused")
    row = "  {:<12}{:>12}{:>12}{:>14}{:>20}"
    print(row.format("score", "own white", "chart", "worst, chart", "session, replaced"))
    known = {name: absolute for name, absolute, _ in RECIPE.session}
    for place, name in enumerate(COLOURS):
        plain, chart = float(errors[False][place]), float(errors[True][place])
        left = np.sqrt(max(known[name] ** 2 - plain**2, 0.0) + chart**2)
        cells = (f"{value:.3f}" for value in (plain, chart, float(worst[place]), float(left)))
        print(row.format(name, *cells))


def _value(card: ScoreCard, name: str) -> float:
    return card.zones[WHOLE].scores[name].value


def _twice(tone: str, seed: int) -> dict[bool, list[ScoreCard]]:
    """Return the cards of one skin taken twice, without (False) and with (True) a chart."""
    skin = make_skin(seed=seed, size_mm=(24.0, 24.0), mm_per_px=0.1, look=SkinAppearance(tone=tone))
    rng = np.random.default_rng([seed, list(TONES).index(tone)])
    camera, lamp = CAMERAS[int(rng.integers(len(CAMERAS)))], list(LAMPS)[int(rng.integers(4))]
    photos, charted = [], []
    for session in range(2):
        red, blue = np.exp(rng.normal(0, 0.05, 2)).tolist()
        rig = Rig(camera, lamp, (red, 1.0, blue))
        sensor = replace(SENSOR, exposure=float(SENSOR.exposure * np.exp(rng.normal(-0.15, 0.12))))
        photos.append(take(skin_scene(skin, rig, Shot()), rig, sensor, seed=session + 2 * seed))
        charted.append(with_profile(photos[-1], profile_of(rig, session, sensor)))
    return {False: _cards(photos), True: _cards(charted)}


def _cards(photos: list[Photo]) -> list[ScoreCard]:
    before, after = photos
    everywhere = np.ones(before.shape, dtype=np.bool_)
    zones, scale = (
        Zones((WHOLE,), everywhere.astype(np.uint8), everywhere),
        ImageScale(0.1, "rig", 0.0),
    )
    scores = score_pair((before, after), zones, _unmoved(before.shape), (scale, scale), RECIPE)
    return [scores.before, scores.after]


def _unmoved(shape: tuple[int, int]) -> Alignment:
    """Return the alignment of two photos from one tripod."""
    row, column = grid_places(shape, 8)
    error, valid = np.zeros_like(row), np.ones(row.shape, dtype=np.bool_)
    return Alignment(Status.ALIGNED, NOTHING, shape, shape, 8, row, column, error, valid)


if __name__ == "__main__":
    sys.exit(main())
