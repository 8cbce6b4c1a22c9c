"""A follow-up as a clinician does it, on a synthetic patient: files and answers of each command."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from mnimage.commands.root import run
from mnimage.domain.progress import no_tick
from mnimage.phantom.course import CourseFiles, make_course, write_course

VERDICTS = {"better", "worse", "within error", "not comparable"}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> CourseFiles:
    made = make_course(seed=5, sessions=2, face_shape=(1000, 800))
    return write_course(made, tmp_path_factory.mktemp("course"), no_tick)


def _ask(capsys, *arguments: object, status: int = 0) -> dict:
    assert run([*map(str, arguments), "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_inspect_shows_what_each_photo_is(course, capsys):
    photo = _ask(capsys, "inspect", course.sessions[0].photo)["photos"][0]
    assert (photo["width"], photo["height"]) == (800, 1000)
    assert photo["format"] == "JPEG"
    assert photo["taken_at"].startswith("2026-03-02")
    assert photo["view"] == "front"
    assert set(photo["face"]) == {"score", "yaw_deg", "pitch_deg", "roll_deg", "eye_distance_px"}
    assert photo["scale"]["source"] == "face"
    for finding in photo["findings"]:
        assert {"check", "measured", "needed", "ok", "advice"} <= set(finding)
        assert finding["ok"] or finding["advice"]


def test_register_writes_picture_and_field(course, tmp_path, capsys):
    before, after = (session.photo for session in course.sessions)
    answer = _ask(capsys, "register", before, after, "--out", tmp_path)
    assert answer["status"] == "aligned"
    assert 0 < answer["error_px"]["median"] < answer["error_px"]["p95"] < 1
    assert answer["error_mm"]["median"] > 0
    assert 0.9 < answer["covered"] <= 1
    pitch = answer["error_mm"]["median"] / answer["error_px"]["median"]
    assert answer["limit_mm"] == pytest.approx(answer["limit_px"] * pitch, rel=1e-4)
    assert answer["error_px"]["p95"] < answer["limit_px"]
    assert set(answer["left_out"]) == {"not_found", "above_limit", "moved"}
    assert answer["scored"] + sum(answer["left_out"].values()) == pytest.approx(1)
    assert answer["moved_zones"] == []
    assert cv2.imread(str(tmp_path / "error.png")).shape[1] == 800
    picture = cv2.imread(str(tmp_path / "aligned.png"), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (1000, 800, 4)
    with np.load(tmp_path / "field.npz") as field:
        assert {name: field[name].dtype.name for name in field} == {
            "row": "float32",
            "col": "float32",
            "error_px": "float32",
            "valid": "bool",
        }
        assert all(field[name].shape == (1000, 800) for name in field)


def test_score_gives_every_zone_with_its_uncertainty(course, tmp_path, capsys):
    answer = _ask(capsys, "score", course.sessions[0].photo, "--out", tmp_path)
    assert (answer["mode"], answer["calibrated"]) == ("flat", False)
    assert {"forehead", "cheek_left", "cheek_right", "nose", "chin", "whole"} <= set(
        answer["zones"]
    )
    for zone in answer["zones"].values():
        assert zone["area_mm2"] > 0
        assert {"redness_hi", "red_area", "pigment_mi", "evenness"} <= set(zone["scores"])
        for score in zone["scores"].values():
            assert set(score) == {"value", "unit", "uncertainty", "mode"}
            assert score["uncertainty"] > 0
    assert "scar_depth_mm" in answer["not_measured"]
    assert "directional" in answer["not_measured"]["texture_sq_um"]
    maps = {path.name for path in tmp_path.iterdir()}
    assert {"redness.png", "redness.npy"} <= maps
    assert np.load(tmp_path / "redness.npy").dtype == np.float32


def test_relief_finds_the_true_scars(course, tmp_path, capsys):
    answer = _ask(capsys, "relief", course.sessions[0].shots, "--out", tmp_path)
    truth = course.truth["sessions"][0]["cheek"]
    height = tifffile.imread(tmp_path / "height.tif")
    assert height.dtype == np.float32
    assert (tmp_path / "depth.png").is_file()
    assert (tmp_path / "normals.png").is_file()
    assert answer["trusted"] > 0.8
    for scar in truth["scars"]:
        if scar["kind"] == "ice-pick":
            continue
        near = min(
            answer["scars"],
            key=lambda found: math.hypot(found["row"] - scar["row"], found["col"] - scar["col"]),
        )
        assert math.hypot(near["row"] - scar["row"], near["col"] - scar["col"]) < 20
        assert near["depth_mm"] == pytest.approx(scar["depth_mm"], abs=0.04, rel=0.15)


def test_compare_two_photos(course, tmp_path, capsys):
    before, after = (session.photo for session in course.sessions)
    report = tmp_path / "out" / "report.pdf"
    out = tmp_path / "out"
    answer = _ask(capsys, "compare", before, after, "--out", out, "--report", report)
    assert answer["comparability"]["grade"] in "ABCD"
    assert answer["alignment"]["status"] == "aligned"
    for zone in answer["zones"].values():
        for change in zone["scores"].values():
            assert change["verdict"] in VERDICTS
            assert change["mode"] == "flat"
            assert change["change"] == pytest.approx(
                change["after"] - change["before"], abs=1e-4, rel=1e-4
            )
            assert change["mdc95"] == pytest.approx(1.96 * change["uncertainty"], rel=1e-4)
    assert report.read_bytes().startswith(b"%PDF")
    assert json.loads((out / "comparison.json").read_text()) == answer
    assert not list(out.glob(".*"))


def test_compare_two_sets_of_shots_follows_each_scar(course, tmp_path, capsys):
    before, after = (session.shots for session in course.sessions)
    answer = _ask(capsys, "compare", before, after, "--out", tmp_path)
    whole = answer["zones"]["whole"]["scores"]
    truth = [session["cheek"] for session in course.truth["sessions"]]
    true_change = 100 * (truth[1]["scar_volume_mm3"] / truth[0]["scar_volume_mm3"] - 1)
    assert true_change < -10
    assert whole["scar_volume_mm3"]["change_percent"] == pytest.approx(true_change, abs=6)
    assert whole["scar_volume_mm3"]["verdict"] == "better"
    assert whole["texture_sq_um"]["mode"] == "relief"
    assert len(answer["scars"]) >= 5
    for scar in answer["scars"]:
        assert scar["verdict"] in VERDICTS
        assert scar["before"]["id"] == scar["id"] == scar["after"]["id"]


def test_the_same_photo_twice_has_not_changed(course, tmp_path, capsys):
    photo = course.sessions[0].photo
    answer = _ask(capsys, "compare", photo, photo, "--out", tmp_path)
    for zone in answer["zones"].values():
        for change in zone["scores"].values():
            assert change["verdict"] == "within error"
            assert abs(change["change"]) <= 0.02 * abs(change["before"]) + 1e-3


def test_original_files_are_untouched_by_all_this(course):
    names = {path.name for path in course.folder.rglob("*") if path.is_file()}
    assert not {name for name in names if name.endswith((".npy", ".npz", ".pdf", ".draft"))}
    assert Path(course.sessions[0].photo).stat().st_size > 10_000
