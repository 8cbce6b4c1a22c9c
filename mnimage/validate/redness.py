"""Redness against blood over cameras, lamps and skins I to VI; charts; the same skin re-shot."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnimage import workflow
from mnimage.calibrate.calibrate import make_profile
from mnimage.calibrate.use import with_profile
from mnimage.domain.face import WHOLE
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ScoreRecipe
from mnimage.errors import ChartUnusable
from mnimage.phantom.camera import CAMERAS, LAMPS, Rig, draw_camera
from mnimage.phantom.chart import Laid, lay_chart, skin_scene, take, wall
from mnimage.phantom.chromophores import TONES
from mnimage.phantom.files import write_photo
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.spectrum import skin_reflectance
from mnimage.score.score import measure_layers
from mnimage.validate.calls import Call, calls_of
from mnimage.validate.line import Line, correlation, mean, rms
from mnimage.validate.plan import SEED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.photo import Photo
    from mnimage.phantom.skin import Skin

    Values = NDArray[np.float64]

SENSOR = Sensor(exposure=0.75, blur_px=0.6, electrons=12000.0)
PEOPLE, MOSAIC, PATCH_PX = 8, 6, 24
"""People from light to dark, places of skin along each side of one's photo, and their pixels."""

DARK, LIGHT = 0.15, 0.04
"""Melanin above and below which skin counts as dark and as light."""

AGAIN_PX_MM = 0.08
COLOURS = ("redness_hi", "pigment_mi", "ita_deg", "evenness")
JPEG, PLAIN, NO_CHART = "chart, JPEG", "chart, PNG", "no chart, JPEG"


@dataclass(frozen=True, slots=True)
class Blood:
    """One camera under one lamp: r with blood, dark over light, the chart's own error in dE2000."""

    rig: str
    r: float = float("nan")
    ratio: float = float("nan")
    mean: float = float("nan")
    p95: float = float("nan")
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """One skin photographed twice: values of each score at both times, by the way of measuring.

    `calls` are those with a chart, `bare` those without, both of JPEG.
    """

    name: str
    values: Mapping[str, Mapping[str, tuple[float, float]]]
    calls: tuple[Call, ...] = ()
    bare: tuple[Call, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart that is spoilt by `how`, and whether it was refused."""

    how: str
    spoilt: bool
    refused: bool


def blood(number: int) -> Blood:
    """Measure one camera and lamp on people light to dark: a photo of the chart, one of each."""
    rng = np.random.default_rng([SEED, number])
    rig = Rig(draw_camera(rng), list(LAMPS)[number % len(LAMPS)], (1.06, 1.0, 0.95))
    name = f"camera {number // len(LAMPS) + 1}, {rig.lamp}"
    sensor = replace(SENSOR, jpeg=92)
    try:
        profile = make_profile(_chart(rig, sensor, Laid((220, 320), 62.0, 2.0), number))
    except ChartUnusable as error:
        return Blood(name, refused=str(error))
    rows = [_person(rig, rng, typical, profile) for typical in np.geomspace(0.017, 0.26, PEOPLE)]
    melanin, share, index = np.concatenate(rows, axis=1)
    steep = [
        np.polyfit(share[part], index[part], 1)[0] for part in (melanin > DARK, melanin < LIGHT)
    ]
    fit = profile.error
    return Blood(name, correlation(index, share), float(steep[0] / steep[1]), fit.mean, fit.p95)


def _chart(rig: Rig, sensor: Sensor, laid: Laid, seed: int) -> Photo:
    return take(lay_chart(wall((440, 640), rig), rig, laid), rig, sensor, seed=SEED + seed)


def _person(rig: Rig, rng: np.random.Generator, typical: float, profile: ColorProfile) -> Values:
    """Return melanin, blood and the index read of many places of one person's skin, (3, n)."""
    count = MOSAIC**2
    melanin = typical * np.exp(rng.uniform(-0.12, 0.12, count))
    share, oxygen = rng.uniform(0.012, 0.11, count), rng.uniform(0.6, 0.9, count)
    light = rig.light(skin_reflectance(melanin, share, oxygen)).reshape(MOSAIC, MOSAIC, 3)
    scene = light.repeat(PATCH_PX, axis=0).repeat(PATCH_PX, axis=1).astype(np.float32)
    photo = take(scene, rig, replace(SENSOR, jpeg=92), seed=int(rng.integers(1 << 20)))
    return np.stack([melanin, share, _patch_means(with_profile(photo, profile))])


def _patch_means(photo: Photo) -> Values:
    """Return the index of each skin's middle as the photo's map has it."""
    everywhere = np.ones(photo.shape, dtype=np.bool_)
    layer = measure_layers(photo, everywhere, ImageScale(0.25 / 4, "rig", 0.0), ScoreRecipe())["hi"]
    cells = PATCH_PX // layer.step
    parts = layer.values[: MOSAIC * cells, : MOSAIC * cells].reshape(MOSAIC, cells, MOSAIC, cells)
    inner = parts[:, 1 : cells - 1, :, 1 : cells - 1]
    return np.asarray(np.nanmean(inner, axis=(1, 3)).ravel(), dtype=np.float64)


def again(number: int) -> Again:
    """Photograph a skin twice, settings set anew, chart beside each time; compare the files."""
    rng = np.random.default_rng([SEED + 1, number])
    tone = list(TONES)[number % len(TONES)]
    camera = CAMERAS[number // len(TONES) % len(CAMERAS)]
    lamp = list(LAMPS)[number % len(LAMPS)]
    skin = make_skin(
        seed=SEED + number,
        size_mm=(30.0, 30.0),
        mm_per_px=AGAIN_PX_MM,
        look=SkinAppearance(tone=tone),
    )
    name = f"type {tone}, {camera.name}, {lamp}"
    values: dict[str, Mapping[str, tuple[float, float]]] = {}
    calls: dict[str, list[Call]] = {}
    with tempfile.TemporaryDirectory() as folder:
        visits = [_session(skin, Rig(camera, lamp), rng, first=n == 0) for n in range(2)]
        ways = {JPEG: (".jpg", True), PLAIN: (".png", True), NO_CHART: (".jpg", False)}
        for way, (suffix, charted) in ways.items():
            paths = [_write(Path(folder), n, one, suffix) for n, one in enumerate(visits)]
            charts = tuple(chart for _, chart in paths) if charted else ()
            inputs = workflow.PairInputs(AGAIN_PX_MM, charts)
            try:
                pair = workflow.compare_files(paths[0][0], paths[1][0], inputs=inputs)
            except ChartUnusable as error:
                return Again(name, {}, refused=str(error))
            found = pair.comparison.zones.get(WHOLE, {})
            calls[way] = calls_of(pair.comparison, name)
            values[way] = {
                key: (found[key].before, found[key].after) for key in COLOURS if key in found
            }
    return Again(name, values, tuple(calls[JPEG]), tuple(calls[NO_CHART]))


def _session(skin: Skin, rig: Rig, rng: np.random.Generator, *, first: bool) -> tuple[Photo, Photo]:
    """Return the photo of the skin and that of the chart, camera set anew."""
    red, blue = np.exp(rng.normal(0, 0.05, 2)).tolist()
    rig = replace(rig, balance=(red, 1.0, blue))
    sensor = replace(SENSOR, exposure=float(SENSOR.exposure * np.exp(rng.normal(0, 0.12))))
    turn, size = float(rng.normal(0, 1.0)), float(1 + rng.normal(0, 0.01))
    pose = Pose() if first else Pose(roll_deg=turn, scale=size, shift_mm=(0.5, -0.4))
    seed = int(rng.integers(1 << 20))
    shown = take(skin_scene(skin, rig, Shot(pose=pose)), rig, sensor, seed=seed)
    laid = Laid((220, 320), 62.0, turn_deg=float(rng.normal(0, 3.0)), falloff=0.1)
    return shown, _chart(rig, sensor, laid, seed)


def _write(
    folder: Path, number: int, photos: tuple[Photo, Photo], suffix: str
) -> tuple[Path, Path]:
    skin, chart = (
        write_photo(folder / f"{name}{number}{suffix}", photo, quality=92)
        for name, photo in zip(("skin", "chart"), photos, strict=True)
    )
    return skin, chart


SPOILT: Mapping[str, Laid] = {
    "as it should be": Laid((220, 320), 62.0),
    "turned in the picture by 90 degrees": Laid((320, 320), 62.0, turn_deg=90.0),
    "tilted by 20 degrees": Laid((220, 320), 62.0, tilt_deg=20.0),
    "light 20 % weaker on one side": Laid((220, 320), 62.0, falloff=0.2),
    "a finger over one patch": Laid((220, 320), 62.0, covered=(2.1, 1.1, 2.9, 1.9)),
    "a hand over four patches": Laid((220, 320), 62.0, covered=(0.0, 0.0, 2.0, 2.0)),
    "a thumb at its rim": Laid((220, 320), 62.0, covered=(4.6, 2.5, 6.0, 4.0)),
    "half a patch covered": Laid((220, 320), 62.0, covered=(3.0, 0.5, 4.0, 1.0)),
    "tilted by 45 degrees": Laid((220, 320), 62.0, tilt_deg=45.0),
    "overexposed": Laid((220, 320), 62.0),
}
"""How charts lie."""

_SOUND = 4
"""The first so many of them can be used, the others must be refused."""

_OVER = 1.6


def chart(number: int) -> Chart:
    """Photograph one chart of `SPOILT` and say whether it was refused."""
    how = list(SPOILT)[number % len(SPOILT)]
    rig = Rig(CAMERAS[number % 3], list(LAMPS)[number % len(LAMPS)])
    sensor = replace(SENSOR, jpeg=92, exposure=_OVER if how == "overexposed" else 0.75)
    laid = SPOILT[how]
    shape = (640, 640) if laid.turn_deg == 90.0 else (440, 640)
    scene = lay_chart(wall(shape, rig), rig, laid)
    spoilt = list(SPOILT).index(how) >= _SOUND
    try:
        make_profile(take(scene, rig, sensor, seed=SEED + number))
    except ChartUnusable:
        return Chart(how, spoilt, refused=True)
    return Chart(how, spoilt, refused=False)


def colour_lines(
    bloods: Sequence[Blood], agains: Sequence[Again], charts: Sequence[Chart]
) -> list[Line]:
    """Return the lines of the arms of colour."""
    used = [one for one in bloods if not one.refused]
    lines = _blood_lines(used, len(bloods)) if bloods else []
    pairs = [one for one in agains if not one.refused]
    lines += [
        _again_line(pairs, way, score) for way in (JPEG, PLAIN, NO_CHART) for score in COLOURS
    ]
    return [*lines, *(_chart_lines(charts) if charts else [])]


def _blood_lines(used: Sequence[Blood], asked: int) -> list[Line]:
    by_r = min(used, key=lambda one: one.r)
    off = max(used, key=lambda one: abs(np.log(max(one.ratio, 1e-3))))
    by_mean, by_p95 = (max(used, key=lambda one: getattr(one, key)) for key in ("mean", "p95"))
    r, ratio = [one.r for one in used], [one.ratio for one in used]
    count, said = len(used), f"{asked - len(used)} of {asked} cameras and lamps refused"
    return [
        Line("redness", "r with blood, all skins pooled, mean", mean(r), "", count, least=0.97,
             worst=f"{by_r.r:.3f}, {by_r.rig}", note=said),
        Line("redness", "dark over light sensitivity, mean", mean(ratio), "", count, least=0.9,
             most=1.1, worst=f"{off.ratio:.2f}, {off.rig}", bias=mean(ratio) - 1),
        Line("chart", "left-out dE2000, mean", mean([one.mean for one in used]), "", count,
             most=1.5, worst=f"{by_mean.mean:.2f}, {by_mean.rig}"),
        Line("chart", "left-out dE2000, p95 (mean of cameras)", mean([one.p95 for one in used]),
             "", count, most=3.0, worst=f"{by_p95.p95:.2f}, {by_p95.rig}"),
    ]  # fmt: skip


def _again_line(pairs: Sequence[Again], way: str, score: str) -> Line:
    rows = [(one.name, one.values[way][score]) for one in pairs if score in one.values.get(way, {})]
    gaps = np.array([after - before for _, (before, after) in rows])
    goal = {(JPEG, "redness_hi"): 0.4, (PLAIN, "redness_hi"): 0.4}.get((way, score))
    far = int(np.abs(gaps).argmax()) if gaps.size else 0
    sem = rms(gaps) / np.sqrt(2)
    return Line(
        "re-shot",
        f"{score}, {way}: one session's error",
        float(sem),
        "deg" if score == "ita_deg" else "points",
        len(rows),
        most=goal,
        worst=f"{abs(gaps[far]):.2f} apart, {rows[far][0]}" if rows else "",
        bias=mean(gaps),
        error=rms(gaps),
        sem=float(sem),
        mdc95=float(1.96 * np.sqrt(2) * sem),
        note=f"within 0.4: {np.mean(np.abs(gaps) <= 0.4):.0%}" if goal and rows else "",
    )


def _chart_lines(charts: Sequence[Chart]) -> list[Line]:
    spoilt = [one for one in charts if one.spoilt]
    sound = [one for one in charts if not one.spoilt]
    missed = sorted({one.how for one in spoilt if not one.refused})
    turned = sorted({one.how for one in sound if one.refused})
    return [
        Line("chart", "spoilt charts refused", 100 * mean([one.refused for one in spoilt]), "%",
             len(spoilt), least=100.0, worst=", ".join(missed)),
        Line("chart", "sound charts refused", 100 * mean([one.refused for one in sound]), "%",
             len(sound), most=0.0, worst=", ".join(turned)),
    ]  # fmt: skip
