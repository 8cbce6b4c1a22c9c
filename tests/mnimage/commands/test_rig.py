from __future__ import annotations

import json

import pytest
from PIL import Image

from mnimage.commands.root import run
from tests.mnimage.calibrate.rig_scenes import STAGE, ball_shots, lamps, off_deg
from tests.mnimage.phantom.shown import write_target


def test_a_rig_is_measured_kept_and_taken_into_use(tmp_path, capsys):
    from mnimage.formats.rig import read_rig

    shown = lamps(11, far=True)
    shots = ball_shots(shown, 11, chrome=False)
    dark = shots.frames[0] * 0
    reported = {"mm_per_px": STAGE.mm_per_px, "camera_mm": STAGE.camera_mm}
    sheet = write_target(tmp_path / "ball", shots.frames, dark, **reported)
    out = tmp_path / "kept" / "RIG.json"
    options = ["--ball", "matte", "--diameter-mm", "30", "--out", str(out), "--json"]
    assert run(["rig", str(sheet), *options]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["lamps"][0]["light"] == json.loads(out.read_text())["lamps"][0]["light"]
    rig = read_rig(out)
    assert off_deg(rig, shown).max() < 1
    assert not rig.near
    assert rig.version == 1


@pytest.mark.parametrize(
    "options", [[], ["--ball", "chrome", "--card"], ["--ball", "matte"], ["--ball", "wood"]]
)
def test_wrong_use(tmp_path, options):
    assert run(["rig", "a.json", *options, "--out", str(tmp_path / "r.json")]) == 2


def test_a_missing_sheet_is_an_expected_failure(tmp_path, capsys):
    assert run(["rig", str(tmp_path / "no.json"), "--card", "--out", str(tmp_path / "r")]) == 1
    reported = capsys.readouterr().err
    assert reported.startswith("error: no.json cannot be read")
    assert "hint:" in reported


def test_the_sheet_of_markers_has_their_true_size(tmp_path, capsys):
    """The sheet, set at 600 dpi and read as a photo: each marker shows 25.4 / 300 mm a pixel."""
    from mnimage.calibrate.marker import find_markers
    from mnimage.formats.files import read_photo

    out = tmp_path / "sheet.png"
    assert run(["marker", "--out", str(out)]) == 0
    with Image.open(out) as page:
        assert page.info["dpi"] == pytest.approx((600, 600), abs=0.01)
        assert page.size == pytest.approx((210 / 25.4 * 600, 297 / 25.4 * 600), abs=1)
        page.resize((page.width // 2, page.height // 2), Image.Resampling.BOX).save(out)
    found = find_markers(read_photo(out))
    assert {marker.side_mm for marker in found} == {8, 10, 15, 20, 30}
    assert len(found) == 24
    for marker in found:
        assert marker.mm_per_px == pytest.approx(25.4 / 300, rel=0.003)


def test_the_sheet_is_a_pdf_or_a_png(tmp_path):
    assert run(["marker", "--out", str(tmp_path / "s.pdf"), "--paper", "us-letter"]) == 0
    assert (tmp_path / "s.pdf").read_bytes().startswith(b"%PDF")
    assert run(["marker", "--out", str(tmp_path / "s.docx")]) == 2
