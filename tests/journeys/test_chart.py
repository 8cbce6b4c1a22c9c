"""A session with a colour chart: make the profile once, score and compare with it."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from mnimage.commands.root import run
from mnimage.phantom.camera import CAMERAS, Rig
from mnimage.phantom.chart import Laid, lay_chart, skin_scene, take, wall
from mnimage.phantom.files import write_photo
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin

SENSOR = Sensor(exposure=0.75, blur_px=0.6, electrons=12000.0, jpeg=92)
SETTINGS = {"before": ((1.0, 1.0, 1.0), 0.75), "after": ((1.08, 1.0, 0.92), 0.65)}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Return the files of two sessions: skin and chart, taken before and after."""
    folder = tmp_path_factory.mktemp("chart")
    skin = make_skin(seed=6, size_mm=(28, 28), mm_per_px=0.07, look=SkinAppearance(tone="II"))
    files = {}
    for seed, (name, (balance, exposure)) in enumerate(SETTINGS.items()):
        rig, sensor = Rig(CAMERAS[0], "flash", balance), replace(SENSOR, exposure=exposure)
        scene = lay_chart(wall((440, 640), rig), rig, Laid((220, 320), 60.0))
        chart, photo = (
            take(scene, rig, sensor),
            take(skin_scene(skin, rig, Shot()), rig, sensor, seed=seed),
        )
        files[f"{name}_chart"] = write_photo(folder / f"{name}_chart.png", chart)
        files[name] = write_photo(folder / f"{name}.png", photo)
    return files


@pytest.fixture(scope="module")
def profiles(session, tmp_path_factory):
    folder = tmp_path_factory.mktemp("profiles")
    paths = [folder / "new" / f"{name}.json" for name in SETTINGS]
    for name, path in zip(SETTINGS, paths, strict=True):
        assert run(["calibrate", str(session[f"{name}_chart"]), "--out", str(path)]) == 0
    return paths


def _ask(capsys, *arguments: object) -> dict:
    capsys.readouterr()
    assert run([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_calibrate_shows_the_error_of_the_fit(session, tmp_path, capsys):
    out = tmp_path / "p.json"
    answer = _ask(capsys, "calibrate", session["before_chart"], "--out", out)
    assert out.is_file()
    assert 0 < answer["error"]["de00"]["mean"] < 1.5
    assert answer["error"]["linearity"] == pytest.approx([1, 1, 1], abs=0.03)
    assert len(answer["corners"]) == 4
    assert run(["calibrate", str(session["before_chart"]), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "dE2000" in said
    assert "slope" in said


def test_scores_say_that_they_are_calibrated(session, profiles, tmp_path, capsys):
    bare = _ask(capsys, "score", session["before"], "--out", tmp_path / "bare", "--mm-per-px", 0.07)
    args = ("score", session["before"], "--out", tmp_path / "chart", "--mm-per-px", 0.07)
    answer = _ask(capsys, *args, "--profile", profiles[0])
    assert (bare["calibrated"], answer["calibrated"]) == (False, True)
    assert bare["color_error"] is None
    assert answer["color_error"]["de00"]["mean"] < 1.5
    uncertainty = [
        one["zones"]["whole"]["scores"]["ita_deg"]["uncertainty"] for one in (bare, answer)
    ]
    assert uncertainty[1] < uncertainty[0]
    assert not (tmp_path / "bare" / "colours.png").exists()
    picture = cv2.imread(str(tmp_path / "chart" / "colours.png"))
    assert picture.shape == cv2.imread(str(session["before"])).shape


def test_a_pair_of_sessions_with_a_profile_each(session, profiles, tmp_path, capsys):
    args = ("compare", session["before"], session["after"], "--mm-per-px", 0.07, "--out")
    bare = _ask(capsys, *args, tmp_path / "bare")
    answer = _ask(capsys, *args, tmp_path / "c", "--profile", profiles[0], "--profile", profiles[1])
    assert (bare["calibrated"], answer["calibrated"]) == (False, True)
    scores = [one["zones"]["whole"]["scores"] for one in (bare, answer)]
    assert abs(scores[1]["ita_deg"]["change"]) < 2 < abs(scores[0]["ita_deg"]["change"])
    assert abs(scores[1]["redness_hi"]["change"]) < 0.4
    assert all(one["verdict"] == "within error" for one in scores[1].values())


def test_a_photo_of_the_chart_serves_as_its_profile(session, profiles, tmp_path, capsys):
    args = ("score", session["before"], "--out", tmp_path, "--mm-per-px", 0.07, "--profile")
    kept, other = (_ask(capsys, *args, each) for each in (profiles[0], session["before_chart"]))
    origins = [answer.pop("made_from")["inputs"] for answer in (kept, other)]
    assert other == kept
    assert origins[0]["photos"] == origins[1]["photos"]
    assert origins[0]["profiles"] != origins[1]["profiles"]
    assert run([*map(str, args), str(session["before"])]) == 1
    assert "No colour chart" in capsys.readouterr().err


def test_corners_by_hand(session, tmp_path, capsys):
    corners = Laid((220, 320), 60.0).corners()
    words = " ".join(f"{row:.1f},{column:.1f}" for row, column in corners)
    out = tmp_path / "p.json"
    answer = _ask(capsys, "calibrate", session["before_chart"], "--out", out, "--corners", words)
    found = np.array([(one["row"], one["col"]) for one in answer["corners"]])
    assert np.abs(found - corners).max() < 0.1


@pytest.mark.parametrize("words", ["1,2 3,4", "a,b c,d e,f g,h", "1 2 3 4"])
def test_corners_that_are_none_are_wrong_usage(session, tmp_path, words):
    chart = str(session["before_chart"])
    assert run(["calibrate", chart, "--out", str(tmp_path / "p"), "--corners", words]) == 2


def test_refusals_are_one_line_and_leave_nothing(session, profiles, tmp_path, capsys):
    out = tmp_path / "p.json"
    assert run(["calibrate", str(session["before"]), "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: No colour chart was found")
    assert "hint: " in said
    assert not out.exists()
    chart = str(session["before_chart"])
    assert run(["calibrate", chart, "--out", chart]) == 1
    assert "never overwritten" in capsys.readouterr().err
    (tmp_path / "shots.json").write_text("{}")
    wrong = {"shots.json": "is not a colour profile", "gone.json": "cannot be read"}
    for name, words in wrong.items():
        assert run(["score", chart, "--out", str(out), "--profile", str(tmp_path / name)]) == 1
        assert words in capsys.readouterr().err
    three = [part for path in (*profiles, profiles[0]) for part in ("--profile", str(path))]
    pair = [str(session[name]) for name in SETTINGS]
    assert run(["compare", *pair, "--out", str(tmp_path), *three]) == 2
