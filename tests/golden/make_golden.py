"""Makes the golden numbers anew: `python -m tests.golden.make_golden`.

They are what today's program measures on small drawn inputs: not what is true, but what must not
change unnoticed. A result that changes on purpose takes a new `ALGORITHM` first, then new numbers.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

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

PATH = Path(__file__).with_name("golden.json")


def main() -> None:
    """Write the numbers of today with the recipe they were made by."""
    found = {"recipe": Recipe().version, "numbers": measure()}
    PATH.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def measure() -> dict[str, float]:
    """Return every number of two close-ups compared, of one relief, and of one colour chart."""
    with tempfile.TemporaryDirectory() as folder:
        return {**_close_ups(Path(folder)), **_relief(Path(folder)), **_chart(Path(folder))}


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
    numbers = {
        "relief texture": card.texture_sq_um,
        "relief index": card.scar_depth_index_um,
        "relief index error": card.scar_depth_index_uncertainty_um,
    }
    for scar in card.scars:
        numbers[f"scar {scar.id} depth"] = scar.depth_mm
        numbers[f"scar {scar.id} volume"] = scar.volume_mm3
        numbers[f"scar {scar.id} volume error"] = scar.volume_uncertainty_mm3
    return numbers


def _chart(folder: Path) -> dict[str, float]:
    rig, sensor = Rig(CAMERAS[0], "flash", (1.0, 1.0, 1.0)), Sensor(exposure=0.75, blur_px=0.6)
    scene = lay_chart(wall((440, 640), rig), rig, Laid((220, 320), 60.0))
    profile = make_profile(read_photo(write_photo(folder / "chart.png", take(scene, rig, sensor))))
    return {
        f"chart {name}": getattr(profile.error, name) for name in ("mean", "p95", "skin", "lab")
    }


if __name__ == "__main__":
    main()
