"""Makes the golden numbers anew: `python -m tests.golden.make_golden`.

They are what today's program measures on small drawn inputs: not what is true, but what must not
change unnoticed. A result that changes on purpose takes a new `ALGORITHM` first, then new numbers.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnimage import pipeline
from mnimage.calibrate.calibrate import make_profile
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import Recipe
from mnimage.formats.files import read_photo
from mnimage.formats.shots import read_shots
from mnimage.phantom.camera import CAMERAS
from mnimage.phantom.chart import Laid, Rig, lay_chart, take, wall
from mnimage.phantom.files import write_photo, write_shots
from mnimage.phantom.light import ring
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.scars import TrueScar, scar_depth
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.relief.measure import measure_relief

if TYPE_CHECKING:
    from mnimage.domain.relief import ReliefCard

PATH = Path(__file__).with_name("golden.json")


def main() -> None:
    """Write the numbers of today with the recipe they were made by."""
    found = {"recipe": Recipe().version, "numbers": measure()}
    PATH.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def measure() -> dict[str, float]:
    """Return every number of two close-ups compared, of two reliefs, and of one colour chart.

    One relief is a close-up with a scar, the other so wide that it is measured as a face is.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {**_close_ups(folder), **_relief(folder), **_body(folder), **_chart(folder)}


def _close_ups(folder: Path) -> dict[str, float]:
    look = SkinAppearance(tone="III")
    skin = make_skin(seed=21, size_mm=(30, 30), mm_per_px=0.07, look=look)
    shots = (Shot(seed=1), Shot(pose=Pose(yaw_deg=1, shift_mm=(0.6, -0.4)), seed=2))
    photos = [
        read_photo(write_photo(folder / f"{place}.png", shoot(skin, shot)))
        for place, shot in enumerate(shots)
    ]
    scale = ImageScale(0.07, "user", 0.01)
    first, second = (pipeline.analyze_photo(photo, name="", scale=scale) for photo in photos)
    pair = pipeline.compare_photos(first, second)
    alignment = pair.comparison.alignment
    numbers = {
        "register error p95": alignment.error_p95_px,
        "register covered": alignment.covered,
        "register row": float(np.median(alignment.row)),
        "register column": float(np.median(alignment.column)),
    }
    for zone, changes in pair.comparison.zones.items():
        for name, change in changes.items():
            for what in ("before", "after", "uncertainty", "session", "spatial", "mdc95_family"):
                numbers[f"{zone} {name} {what}"] = getattr(change, what)
    for finding in pair.after.quality.findings:
        numbers[f"check {finding.check}"] = finding.measured
    return numbers


def _relief(folder: Path) -> dict[str, float]:
    skin = make_skin(seed=22, size_mm=(18, 18), look=SkinAppearance(tone="II", scars=(0, 0, 0)))
    scars = (TrueScar("boxcar", 1.0, -1.0, depth_mm=0.3, radius_mm=1.5),)
    depth = scar_depth(scars, skin.shape, skin.mm_per_px)
    scarred = replace(skin, scars=scars, scar_mm=depth)
    sensor = Sensor(exposure=0.0, electrons=12000.0, bits=12, blur_px=0.6)
    shot = Shot(sensor=sensor, shape=(320, 320), seed=3)
    shots = read_shots(write_shots(folder / "shots", scarred, ring(6), shot))
    card = pipeline.analyze_shots(shots, name="").analyzed.relief
    if card is None:
        raise ValueError("no relief")
    marks, direction = card.marks, card.texture_direction
    if marks is None or direction is None:
        raise ValueError("no pores, lines or direction")
    return {
        **_card("relief", card),
        "relief pores per cm2": marks.pores_per_cm2,
        "relief pore diameter": marks.pore_diameter_mm,
        "relief pore depth": marks.pore_median_um,
        "relief lines per cm2": marks.lines_mm_per_cm2,
        "relief line depth": marks.line_depth_um,
        "relief direction": direction.degrees,
        "relief direction aspect": direction.aspect,
    }


def _body(folder: Path) -> dict[str, float]:
    """Return the numbers of a bent surface as wide as a face, of which hair leaves patches."""
    look = SkinAppearance(tone="II", scars=(0, 0, 0), marks=(0, 0), curvature_mm=80.0)
    skin = make_skin(seed=23, size_mm=(64, 64), mm_per_px=0.2, look=look)
    scars = (TrueScar("rolling", -10.0, -10.0, depth_mm=0.4, radius_mm=3.0),)
    scarred = replace(skin, scars=scars, scar_mm=scar_depth(scars, skin.shape, skin.mm_per_px))
    shots = read_shots(write_shots(folder / "body", scarred, ring(5), Shot(seed=4)))
    relief = pipeline.analyze_shots(shots, name="").relief
    row, column = np.mgrid[: skin.shape[0], : skin.shape[1]] * skin.mm_per_px
    patches = np.sin(row / 5) + np.sin(column / 7 + row / 11) < 1.2
    return _card("body", measure_relief(relief, Recipe().relief, mask=patches))


def _card(what: str, card: ReliefCard) -> dict[str, float]:
    names = [field.name for field in fields(card) if field.type == "float"]
    numbers = {f"{what} {name}": getattr(card, name) for name in names}
    for low, _, sq_um in card.texture_octaves_um:
        numbers[f"{what} Sq from {low:.3f} mm"] = sq_um
    for scar in card.scars:
        for field in fields(scar):
            if field.type == "float":
                numbers[f"{what} scar {scar.id} {field.name}"] = getattr(scar, field.name)
    return numbers


def _chart(folder: Path) -> dict[str, float]:
    rig, sensor = Rig(CAMERAS[0], "flash", (1.0, 1.0, 1.0)), Sensor(exposure=0.75, blur_px=0.6)
    scene = lay_chart(wall((440, 640), rig), rig, Laid((220, 320), 60.0))
    profile = make_profile(read_photo(write_photo(folder / "chart.png", take(scene, rig, sensor))))
    error = profile.error
    numbers = {
        f"chart {field.name}": getattr(error, field.name)
        for field in fields(error)
        if field.type == "float"
    }
    slopes = zip(("red", "green", "blue"), error.linearity, strict=True)
    return {**numbers, **{f"chart linearity {name}": slope for name, slope in slopes}}


if __name__ == "__main__":
    main()
