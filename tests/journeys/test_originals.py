"""Originals stay as they are, whatever they are called and wherever the answer goes."""

from __future__ import annotations

import json
import shutil

import pytest

from mnimage.commands.root import run
from mnimage.phantom.files import write_photo
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.skin import SkinAppearance, make_skin

LIGHTS = [[0.7, 0, 0.7], [0, 0.7, 0.7], [-0.7, 0, 0.7], [0, -0.7, 0.7]]


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    skin = make_skin(seed=3, size_mm=(24, 24), mm_per_px=0.06, look=SkinAppearance(tone="III"))
    return write_photo(tmp_path_factory.mktemp("photo") / "skin.png", shoot(skin, Shot(seed=1)))


def _contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _sheet(folder, photo, names: list[str]) -> None:
    shots = [{"file": name, "light": light} for name, light in zip(names, LIGHTS, strict=True)]
    sheet = {"mm_per_px": 0.06, "shots": shots, "dark": "normals.png", "flat": ["flat.png"]}
    for name in (*names, "normals.png", "flat.png"):
        shutil.copy(photo, folder / name)
    (folder / "SHOTS.json").write_text(json.dumps(sheet))


def _refused_and_untouched(capsys, folder, *arguments: object) -> None:
    kept = _contents(folder)
    assert run([*map(str, arguments)]) == 1
    assert "never overwritten" in capsys.readouterr().err
    assert _contents(folder) == kept


@pytest.mark.parametrize("name", ["redness.png", "pigment.png"])
def test_a_photo_named_like_a_map(name, photo, tmp_path, capsys):
    shutil.copy(photo, tmp_path / name)
    _refused_and_untouched(capsys, tmp_path, "score", tmp_path / name, "--out", tmp_path)


@pytest.mark.parametrize("name", ["redness_before.png", "pigment_after.png", "aligned.png"])
def test_a_photo_named_like_a_map_of_a_pair(name, photo, tmp_path, capsys):
    shutil.copy(photo, tmp_path / name)
    _refused_and_untouched(capsys, tmp_path, "compare", tmp_path / name, photo, "--out", tmp_path)


@pytest.mark.parametrize(
    "names", [["depth.png", "2.png", "3.png", "4.png"], ["1.png", "2.png", "3.png", "4.png"]]
)
def test_frames_named_like_the_relief(names, photo, tmp_path, capsys):
    _sheet(tmp_path, photo, names)
    sheet = tmp_path / "SHOTS.json"
    _refused_and_untouched(capsys, tmp_path, "relief", sheet, "--out", tmp_path)


def test_a_report_in_the_place_of_a_frame(photo, tmp_path, capsys):
    _sheet(tmp_path, photo, ["1.png", "2.png", "3.png", "4.png"])
    sheet = tmp_path / "SHOTS.json"
    _refused_and_untouched(
        *(capsys, tmp_path, "compare", sheet, sheet),
        *("--out", tmp_path, "--report", tmp_path / "flat.png"),
    )
