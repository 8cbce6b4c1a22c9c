"""Repeat shots, a control patch and the days since needling, as a clinician gives them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnimage.commands.root import run
from mnimage.domain.recipe import Recipe
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.skin import SkinAppearance, make_skin
from tests.mnimage.phantom.shown import REAL

POSES = {
    "a1": Pose(),
    "a2": Pose(yaw_deg=1, shift_mm=(0.4, 0.2)),
    "a3": Pose(roll_deg=-1.5, shift_mm=(-0.3, 0.5)),
    "b1": Pose(yaw_deg=1, roll_deg=1, shift_mm=(0.3, -0.4)),
    "b2": Pose(pitch_deg=1, scale=1.01),
}


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Three photos of one skin before, two after; the same skin, unchanged, and another one."""
    folder = tmp_path_factory.mktemp("clinic")
    skin = make_skin(seed=3, size_mm=(24, 24), mm_per_px=0.05, look=SkinAppearance(tone="II"))
    other = make_skin(seed=99, size_mm=(24, 24), mm_per_px=0.05, look=SkinAppearance(tone="II"))
    sensor = replace(REAL, jpeg=90)
    for seed, (name, pose) in enumerate(POSES.items()):
        _write(folder / f"{name}.png", shoot(skin, Shot(sensor=sensor, pose=pose, seed=seed)))
    _write(folder / "other.png", shoot(other, Shot(sensor=sensor, seed=9)))
    return folder


def _write(path: Path, photo) -> None:
    cv2.imwrite(str(path), np.ascontiguousarray(photo.coded[..., ::-1]))


def _ask(capsys, *arguments: object, status: int = 0) -> dict:
    assert run([*map(str, arguments), "--json"]) == status
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def answers(photos, tmp_path_factory) -> dict[str, dict]:
    """The pair alone, and with all that may be given of it."""
    pair = ["compare", photos / "a1.png", photos / "b1.png", "--mm-per-px", 0.05]
    more = ["--repeat-before", photos / "a2.png", "--repeat-before", photos / "a3.png"]
    more += ["--repeat-after", photos / "b2.png", "--repeat-after", photos / "other.png"]
    more += ["--repeat-before", photos / "a1.png"]
    more += ["--control", "40,50,220,210", "--days-since-needling", 2]
    found = {}
    for name, arguments in (("alone", pair), ("with repeats", [*pair, *more])):
        out = tmp_path_factory.mktemp(name)
        assert run([*map(str, arguments), "--out", str(out), "--report", str(out / "r.pdf")]) == 0
        assert (out / "r.pdf").read_bytes().startswith(b"%PDF")
        found[name] = json.loads((out / "comparison.json").read_text())
        found[name]["folder"] = out
    return found


def test_every_repeat_is_used_or_left_out_with_its_reason(answers):
    repeats = answers["with repeats"]["repeats"]
    assert (repeats["before"], repeats["after"]) == (2, 1)
    left = {(one["side"], one["file"]): one["reason"] for one in repeats["left_out"]}
    assert set(left) == {("before", "a1.png"), ("after", "other.png")}
    assert "same picture" in left["before", "a1.png"]
    assert left["after", "other.png"]
    assert answers["alone"]["repeats"] == {"before": 0, "after": 0, "left_out": []}


def test_every_number_says_where_its_uncertainty_comes_from(answers):
    for answer in (answers["alone"], answers["with repeats"]):
        for scores in answer["zones"].values():
            for change in scores["scores"].values():
                assert change["uncertainty_source"] in ("validated", "own repeats")
                assert 0 < change["session_uncertainty"] < change["uncertainty"]
                assert change["change"] == pytest.approx(
                    change["after"] - change["before"], abs=1e-4
                )
    sources = {
        change["uncertainty_source"]
        for change in answers["alone"]["zones"]["whole"]["scores"].values()
    }
    assert sources == {"validated"}


def test_the_mean_of_shots_differs_from_the_first_one_and_is_no_less_true(answers):
    """The skin has not changed: neither says that it has."""
    for answer in (answers["alone"], answers["with repeats"]):
        for change in answer["zones"]["whole"]["scores"].values():
            assert change["verdict"] in ("within error", "not comparable")
    alone, reported = (
        answers[name]["zones"]["whole"]["scores"]["texture_contrast"]
        for name in ("alone", "with repeats")
    )
    assert reported["before"] != alone["before"]
    assert reported["before"] == pytest.approx(
        alone["before"], abs=3 * alone["session_uncertainty"]
    )


def test_the_control_patch_is_measured_and_taken_off(answers):
    reported = answers["with repeats"]
    assert reported["control"] == {
        "row": 40,
        "col": 50,
        "height": 220,
        "width": 210,
        "measured": True,
    }
    control = reported["zones"]["control"]["scores"]["redness_hi"]
    beyond = reported["zones"]["whole"]["scores"]["redness_hi"]["beyond_control"]
    assert control["beyond_control"] is None
    assert beyond["expected"] == pytest.approx(control["change"], abs=1e-5)
    own = reported["zones"]["whole"]["scores"]["redness_hi"]
    assert beyond["difference"] == pytest.approx(own["change"] - control["change"], abs=1e-5)
    assert beyond["uncertainty"] == pytest.approx(
        np.hypot(own["uncertainty"], control["uncertainty"]), rel=1e-4
    )
    assert answers["alone"]["control"] is None
    assert "control" not in answers["alone"]["zones"]


def test_healing_skin_gets_no_verdict_on_its_surface(answers):
    scores = answers["with repeats"]["zones"]["whole"]["scores"]
    for name in ("texture_contrast", "lines", "scar_visibility"):
        assert scores[name]["verdict"] == "not comparable"
        assert "Day 2" in scores[name]["reason"]
        assert scores[name]["uncertainty"] > 0
    assert scores["redness_hi"]["verdict"] == "within error"
    assert answers["with repeats"]["days_since_needling"] == 2
    assert [one["warning"] for one in answers["with repeats"]["warnings"]] == ["healing window"]
    assert answers["alone"]["warnings"] == []


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--control", "900,900,50,50"], 1),
        (["--control", "10,10,20,20"], 1),
        (["--control", "10,10,20"], 2),
        (["--control", "a,b,c,d"], 2),
        (["--control=-1,0,9,9"], 2),
        (["--days-since-needling", "-1"], 2),
        (["--repeat-after", "nothing.png"], 1),
    ],
)
def test_what_cannot_be_is_refused_in_words(photos, tmp_path, capsys, arguments, status):
    pair = ["compare", str(photos / "a1.png"), str(photos / "b1.png"), "--mm-per-px", "0.05"]
    assert run([*pair, "--out", str(tmp_path / "o"), *arguments]) == status
    reported = capsys.readouterr().err
    assert "Traceback" not in reported
    assert ("error: " in reported and "hint: " in reported) if status == 1 else "Usage" in reported
    assert not (tmp_path / "o").exists()


def test_a_repeat_of_another_kind_is_no_repeat(photos, tmp_path, capsys):
    sheet = tmp_path / "SHOTS.json"
    sheet.write_text("{}")
    pair = ["compare", str(photos / "a1.png"), str(photos / "b1.png"), "--out", str(tmp_path / "o")]
    assert run([*pair, "--repeat-before", str(sheet)]) == 1
    assert "directional shots" in capsys.readouterr().err


def _older(path: Path, recipe="1-0000beef") -> dict:
    """Make a kept answer that of an earlier version, with another value in it."""
    answer = json.loads(path.read_text())
    answer["recipe"] = recipe
    answer["zones"]["whole"]["scores"]["redness_hi"]["uncertainty"] = 123.0
    path.write_text(json.dumps(answer))
    return answer


@pytest.fixture(scope="module")
def scored(photos, tmp_path_factory) -> Path:
    """The answer of one photo, kept by today's version."""
    out = tmp_path_factory.mktemp("scored")
    photo = str(photos / "a1.png")
    assert run(["score", photo, "--mm-per-px", "0.05", "--out", str(out)]) == 0
    return out / "answer.json"


@pytest.fixture
def history(scored, tmp_path) -> Path:
    """A folder of that answer, kept elsewhere than it was made."""
    folder = tmp_path / "history" / "one"
    folder.mkdir(parents=True)
    shutil.copy(scored, folder)
    return folder.parent


def test_a_history_is_brought_to_todays_version_with_both_values(
    answers, photos, history, tmp_path, capsys
):
    (history / "two").mkdir()
    shutil.copy(answers["with repeats"]["folder"] / "comparison.json", history / "two")
    then = [_older(history / "one/answer.json"), _older(history / "two/comparison.json")]
    kept = {path: path.read_bytes() for path in history.rglob("*.json")}
    capsys.readouterr()
    where = ["--photos", photos, "--out", tmp_path / "today"]
    answer = _ask(capsys, "rescore", history, *where)
    assert [entry["status"] for entry in answer["entries"]] == ["rescored", "rescored"]
    assert [entry["then"] for entry in answer["entries"]] == then
    for entry in answer["entries"]:
        assert (entry["recipe_then"], entry["recipe_now"]) == ("1-0000beef", Recipe().version)
        (redness,) = (
            one for one in entry["values"] if (one["zone"], one["score"]) == ("whole", "redness_hi")
        )
        assert redness["then"]["uncertainty"] == 123.0
        assert 0 < redness["now"]["uncertainty"] < 5
    # Everything that was entered then is shown again: repeats, patch, days, scale.
    now = answer["entries"][1]["now"]
    for reported in ("repeats", "control", "days_since_needling", "scale", "warnings"):
        assert now[reported] == then[1][reported]
    pigment = [one["zones"]["whole"]["scores"]["pigment_mi"] for one in (now, then[1])]
    assert pigment[0] == pigment[1]
    assert {path: path.read_bytes() for path in history.rglob("*.json")} == kept
    (file,) = (tmp_path / "today").iterdir()
    assert json.loads(file.read_text()) == answer
    assert run(["rescore", str(history), "--out", str(tmp_path / "today")]) == 1
    assert "nothing is overwritten" in capsys.readouterr().err


def test_missing_and_changed_originals_are_said_and_the_rest_goes_on(
    scored, photos, history, tmp_path, capsys
):
    elsewhere = tmp_path / "archive" / "2026"
    elsewhere.mkdir(parents=True)
    _older(history / "one/answer.json")
    (history / "three").mkdir()
    (history / "three/answer.json").write_text('{"recipe": "0-old", "zones": {}}')
    (history / "four").mkdir()
    (history / "four/answer.json").write_text("[")
    capsys.readouterr()
    first = _ask(capsys, "rescore", history, scored.parent)["entries"]
    by_folder = {Path(entry["answer"]).parent.name: entry for entry in first}
    assert [entry["status"] for entry in first] == [*["failed"] * 3, "same version"]
    assert by_folder["one"]["error"] == "a1.png is missing."
    assert "--photos" in by_folder["one"]["hint"]
    assert "does not say" in by_folder["three"]["error"]
    assert "cannot be read" in by_folder["four"]["error"]
    # A file of that name with other content is not the original.
    (elsewhere / "a1.png").write_bytes((photos / "a2.png").read_bytes())
    where = ["--photos", tmp_path / "archive"]
    changed = _ask(capsys, "rescore", history / "one", *where, status=1)
    assert changed["entries"][0]["error"] == "a1.png has changed since."
    (elsewhere / "a1.png").write_bytes((photos / "a1.png").read_bytes())
    found = _ask(capsys, "rescore", history / "one", *where)
    assert found["entries"][0]["status"] == "rescored"


def test_an_answer_of_todays_version_is_left_as_it_is(scored, capsys):
    capsys.readouterr()
    entries = _ask(capsys, "rescore", scored.parent)["entries"]
    assert [entry["status"] for entry in entries] == ["same version"]
    assert entries[0]["then"] == entries[0]["now"]


def test_a_folder_without_answers_fails_in_words(tmp_path, capsys):
    assert run(["rescore", str(tmp_path), str(tmp_path / "none")]) == 1
    reported = capsys.readouterr().err
    assert "No answer is kept" in reported
    assert "no such folder" in reported
    assert reported.count("error: ") == reported.count("hint: ") == 1
