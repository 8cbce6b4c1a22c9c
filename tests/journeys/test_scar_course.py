"""Three sessions of directional shots: scars keep their numbers; what became of each is shown."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from mnimage.commands.root import run
from mnimage.phantom.files import write_shots
from mnimage.phantom.light import ring
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.scars import TrueScar, scar_depth
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin

LASTING = TrueScar("boxcar", -6.0, -5.0, depth_mm=0.3, radius_mm=1.4)
TREATED = TrueScar("rolling", 5.0, -5.0, depth_mm=0.35, radius_mm=2.8)
LATER = TrueScar("boxcar", 0.0, 6.0, depth_mm=0.3, radius_mm=1.2)
FILLED = 0.2
POSES = (
    Pose(),
    Pose(yaw_deg=1, shift_mm=(0.4, -0.3)),
    Pose(roll_deg=1, shift_mm=(-0.3, 0.5), scale=1.005),
)
SENSOR = Sensor(exposure=0.0, electrons=12000.0, bits=12, blur_px=0.6)


def skin_with(scars):
    look = SkinAppearance(tone="II", scars=(0, 0, 0), lines=0, furrow_um=30.0)
    bare = make_skin(seed=4, size_mm=(26, 26), look=look)
    return replace(bare, scars=scars, scar_mm=scar_depth(scars, bare.shape, bare.mm_per_px))


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    less = TREATED.shallower(FILLED)
    sessions = ((LASTING, TREATED), (LASTING, less), (LASTING, less, LATER))
    return [
        write_shots(
            folder / f"session{number}",
            skin_with(scars),
            ring(8),
            Shot(sensor=SENSOR, pose=pose, shape=(440, 440), seed=number),
        )
        for number, (scars, pose) in enumerate(zip(sessions, POSES, strict=True), 1)
    ]


@pytest.fixture(scope="module")
def answer(sheets, tmp_path_factory):
    out = tmp_path_factory.mktemp("answer")
    report = out / "course.pdf"
    assert run(["follow", *map(str, sheets), "--out", str(out), "--report", str(report)]) == 0
    assert report.read_bytes().startswith(b"%PDF")
    kept = json.loads((out / "follow.json").read_text(encoding="utf-8"))
    with (out / "scars.csv").open(encoding="utf-8") as file:
        return kept, list(csv.DictReader(file))


def at(answer, true):
    """The scar of the answer that lies at a true one in the frame of the first session."""
    row, column = 219.5 + true.row_mm / 0.06, 219.5 + true.column_mm / 0.06
    found = [one for one in answer["scars"] if np.hypot(one["row"] - row, one["col"] - column) < 15]
    assert len(found) == 1
    return found[0]


def test_a_scar_made_shallower_reads_so(answer):
    one = at(answer[0], TREATED)
    for session in one["sessions"][1:]:
        assert session["state"] == "filled"
        assert -22 < session["volume_change_percent"] < -18
        assert -22 < session["depth_change_percent"] < -18
    assert one["sessions"][0]["depth_mm"] == pytest.approx(TREATED.depth_p95_mm, rel=0.08)


def test_an_unchanged_scar_is_unchanged(answer):
    one = at(answer[0], LASTING)
    assert [each["state"] for each in one["sessions"]] == ["first", "unchanged", "unchanged"]
    assert all(abs(each["volume_change_percent"]) < 4 for each in one["sessions"][1:])


def test_a_new_scar_is_new_and_has_a_number_of_its_own(answer):
    one = at(answer[0], LATER)
    assert [each["state"] for each in one["sessions"]] == ["first", "not measured", "new"]
    assert one["type"].startswith("boxcar")
    assert one["sessions"][2]["depth_mm"] == pytest.approx(LATER.depth_p95_mm, rel=0.08)
    assert len({scar["id"] for scar in answer[0]["scars"]}) == len(answer[0]["scars"]) == 3


def test_the_list_holds_every_scar_at_every_session(answer):
    kept, lines = answer
    assert len(lines) == 3 * len(kept["scars"])
    changed = [line for line in lines if line["state"] == "filled"]
    assert {float(line["id"]) for line in changed} == {at(kept, TREATED)["id"]}


def test_every_later_session_is_an_answer_of_compare(answer):
    sessions = answer[0]["sessions"]
    assert [each["session"] for each in sessions] == [2, 3]
    assert all(each["status"] == "aligned" and each["zones"] for each in sessions)


def test_one_session_is_no_course(sheets, tmp_path, capsys):
    assert run(["follow", str(sheets[0]), "--out", str(tmp_path / "out")]) == 1
    assert "error:" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_photo_is_no_session(sheets, tmp_path, capsys):
    photo = sheets[0].parent / "light1.png"
    assert run(["follow", str(sheets[0]), str(photo), "--out", str(tmp_path / "out")]) == 1
    assert "directional" in capsys.readouterr().err
