"""Uncertainty of the scale of a set of shots: entered only, or measured by the rig as well."""

import json
from pathlib import Path

import pytest

from mnimage.domain.photo import SCALE_ENTERED
from mnimage.formats.lights import ENTERED_SCALE_ERROR, resolve_lights
from mnimage.formats.manifest import read_manifest

AROUND = [[0.6, 0.0, 0.8], [0.0, 0.6, 0.8], [-0.6, 0.0, 0.8], [0.0, -0.6, 0.8]]


def _lights(folder, rig_mm_per_px=None, **entries):
    shots = [{"file": f"{number}.png"} for number in range(4)]
    manifest = {"linear": True, "shots": shots, **entries}
    if rig_mm_per_px is None:
        for shot, light in zip(shots, AROUND, strict=True):
            shot["light"] = light
    else:
        manifest["rig"] = "RIG.json"
        lamp = {"lamp_mm": None, "error_deg": 0.5, "error_mm": None, "power": None}
        rig = {
            "version": 1,
            "made_at": "2026-01-01",
            "method": "chrome ball",
            "near": False,
            "common_deg": 0.2,
            "mm_per_px": rig_mm_per_px,
            "scale_error": 0.006,
            "lamps": [{**lamp, "light": light, "power_error": None} for light in AROUND],
        }
        (folder / "RIG.json").write_text(json.dumps(rig))
    path = folder / "SHOTS.json"
    path.write_text(json.dumps(manifest))
    return resolve_lights(read_manifest(path), path)


def test_an_entered_scale_has_the_same_error_at_every_session(tmp_path):
    found = _lights(tmp_path, mm_per_px=0.05)
    scale = found.scale
    assert scale.relative_error == pytest.approx(0.01)
    # 3 cm nearer at 50 cm.
    assert scale.shared_error == pytest.approx(3 / 50)
    assert scale.error == pytest.approx((0.01**2 + 0.06**2) ** 0.5)
    (note,) = found.notes
    assert note.code == "formats.scale_entered"
    assert note.code == SCALE_ENTERED
    assert "12% for areas and 18% for volumes" in str(note)
    assert "marker" in str(note)


def test_a_scale_that_the_rig_measured_has_no_shared_error(tmp_path):
    measured = _lights(tmp_path, rig_mm_per_px=0.05)
    assert measured.scale.error == pytest.approx(0.006)
    assert measured.notes == ()
    assert _lights(tmp_path, rig_mm_per_px=0.05, mm_per_px=0.0505).scale.shared_error == 0
    assert _lights(tmp_path, rig_mm_per_px=0.05, mm_per_px=0.055).scale.shared_error > 0


def test_the_page_says_the_error_of_a_stated_scale_that_the_code_uses():
    page = (Path(__file__).parents[3] / "docs" / "uncertainty.md").read_text("utf-8")
    percent = [f"{100 * power * ENTERED_SCALE_ERROR:g} %" for power in (1, 2, 3)]
    stated = f"{percent[0]} to lengths, {percent[1]} to areas and {percent[2]} to volumes"
    assert stated in " ".join(page.split())
