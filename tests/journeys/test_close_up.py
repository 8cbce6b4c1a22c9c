"""Close-ups without a face: registered and scored by their content, also without face models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnimage.commands.root import run
from mnimage.phantom.files import write_photo
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
MOVED = Pose(yaw_deg=4, pitch_deg=-3, roll_deg=5, scale=1.05, shift_mm=(1.0, -0.7), warp_mm=0.2)


@pytest.fixture(scope="module")
def skin():
    look = SkinAppearance(tone="III", margin_mm=4.0)
    return make_skin(seed=8, size_mm=(36, 36), mm_per_px=0.06, look=look)


@pytest.fixture(scope="module")
def pair(skin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("close-up")
    shots = (
        Shot(sensor=Sensor(jpeg=90), seed=1),
        Shot(pose=MOVED, sensor=Sensor(exposure=1.1, blur_px=1.0, jpeg=90), seed=2),
    )
    photos = [shoot(skin, shot) for shot in shots]
    files = [
        write_photo(folder / f"{name}.png", photo)
        for name, photo in zip(("before", "after"), photos, strict=True)
    ]
    return files, shots


def _ask(capsys, *arguments: object) -> dict:
    assert run([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_rendered_skin_is_registered_to_a_fraction_of_a_pixel(skin, pair, tmp_path, capsys):
    files, shots = pair
    _ask(capsys, "register", *files, "--out", tmp_path)
    row, column, seen = true_field(skin, *shots)
    with np.load(tmp_path / "field.npz") as field:
        error = np.hypot(field["row"] - row, field["col"] - column)
        trusted = field["valid"] & seen
        shown = field["error_px"][trusted]
    assert trusted.sum() > 0.9 * seen.sum()
    assert np.median(error[trusted]) < 0.2
    assert np.percentile(error[trusted], 95) < 0.5
    # The error shown is honest: most true errors lie within twice it.
    assert (error[trusted] < 2 * shown).mean() > 0.8


def test_unchanged_skin_is_not_called_changed(pair, tmp_path, capsys):
    answer = _ask(capsys, "compare", *pair[0], "--out", tmp_path, "--mm-per-px", 0.06)
    assert set(answer["zones"]) == {"whole"}
    verdicts = {
        name: change["verdict"] for name, change in answer["zones"]["whole"]["scores"].items()
    }
    assert set(verdicts.values()) == {"within error"}, verdicts
    assert {"redness_hi", "texture_contrast", "pores", "lines"} <= set(verdicts)


def test_without_a_scale_nothing_is_given_per_square_centimetre(pair, tmp_path, capsys):
    answer = _ask(capsys, "compare", *pair[0], "--out", tmp_path)
    assert answer["scale"] is None
    assert "pores" not in answer["zones"]["whole"]["scores"]
    assert "scale" in answer["not_measured"]["pores"]


def test_close_ups_go_on_without_the_face_models(pair, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MNIMAGE_MODELS", str(tmp_path / "nowhere"))
    answer = _ask(capsys, "compare", *pair[0], "--out", tmp_path / "o")
    assert answer["alignment"]["status"] == "aligned"


def test_a_face_without_the_face_models_names_the_command(tmp_path, capsys, monkeypatch):
    from skimage import data

    monkeypatch.setenv("MNIMAGE_MODELS", str(tmp_path / "nowhere"))
    photo = tmp_path / "face.png"
    cv2.imwrite(str(photo), data.astronaut()[..., ::-1])
    assert run(["score", str(photo), "--out", str(tmp_path / "o")]) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert "model" in error
    assert "make models" in hint


def test_a_real_cheek_is_followed(tmp_path, capsys):
    path = DATA / "faces" / "001_neutral.jpg"
    if not path.is_file():
        pytest.skip("../shared/data is not here")
    face = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    before = face[640:940, 380:600]
    turn = cv2.getRotationMatrix2D((490, 790), 4, 1.03)
    turned = cv2.warpAffine(face, turn, face.shape[1::-1], flags=cv2.INTER_CUBIC)
    after = np.clip(turned[650:950, 385:605].astype(np.float32) * 1.08, 0, 255)
    for name, part in (("before", before), ("after", after)):
        large = cv2.resize(part.astype(np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(tmp_path / f"{name}.png"), large)
    answer = _ask(
        capsys, "compare", tmp_path / "before.png", tmp_path / "after.png", "--out", tmp_path / "o"
    )
    assert answer["alignment"]["status"] == "aligned"
    assert answer["alignment"]["error_px"]["median"] < 0.5


def test_another_place_is_refused(skin, pair, tmp_path, capsys):
    look = replace(skin.look, tone="III")
    other = make_skin(seed=9, size_mm=(36, 36), mm_per_px=0.06, look=look)
    stranger = write_photo(tmp_path / "other.png", shoot(other, Shot(seed=3)))
    assert run(["compare", str(pair[0][0]), str(stranger), "--out", str(tmp_path / "o")]) == 1
    assert "not comparable" in capsys.readouterr().err
