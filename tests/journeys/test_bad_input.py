"""Whatever is dropped on the program: a plain sentence, a hint, status 1, nothing half-written."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from mnimage.commands.root import run

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
LIGHTS = [[0.7, 0, 0.7], [0, 0.7, 0.7], [-0.7, 0, 0.7], [0, -0.7, 0.7]]


def _refused(capsys, *arguments: object) -> str:
    """Run a command that must fail as expected; return its sentence."""
    assert run([*map(str, arguments)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    error, hint = shown.err.splitlines()
    assert error.startswith("error: ")
    assert error.rstrip(".") != "error:"
    assert hint.startswith("hint: ")
    assert len(hint) > len("hint: ") + 10
    assert "Traceback" not in shown.err
    return error


def _huge_png(path: Path) -> Path:
    """A valid start of a 200-megapixel picture: few bytes on disk, 600 MB when decoded."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", 20000, 10000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 30001 * 100)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    return path


def test_huge_picture(tmp_path, capsys):
    error = _refused(capsys, "score", _huge_png(tmp_path / "huge.png"), "--out", tmp_path / "o")
    assert "megapixel" in error
    assert not (tmp_path / "o").exists()


def test_two_faces(tmp_path, capsys):
    one = data.astronaut()[0:300, 90:390]
    Image.fromarray(np.hstack([one, one])).save(tmp_path / "two.png")
    assert "two faces" in _refused(capsys, "score", tmp_path / "two.png", "--out", tmp_path / "o")


def test_two_people(tmp_path, capsys):
    names = [DATA / "faces" / f"{number}_neutral.jpg" for number in ("001", "002")]
    if not names[0].is_file():
        pytest.skip("../shared/data is not here")
    out = tmp_path / "o"
    assert "comparable" in _refused(capsys, "compare", *names, "--out", out)
    assert run(["compare", *map(str, names), "--out", str(out), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["comparability"]["grade"] == "F"
    assert answer["alignment"]["status"] == "not comparable"
    assert answer["alignment"]["reason"]
    assert answer["zones"] == {}
    assert {path.name for path in out.iterdir()} <= {"comparison.json"}


def test_no_skin_at_all(tmp_path, capsys):
    sky = np.zeros((400, 500, 3), np.uint8)
    sky[:] = (60, 110, 200)
    Image.fromarray(sky).save(tmp_path / "sky.png")
    assert "skin" in _refused(capsys, "score", tmp_path / "sky.png", "--out", tmp_path / "o")
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGBA", "P", "I;16", "1", "animated"])
def test_unusual_pictures_are_read_and_answered(mode, tmp_path, capsys):
    face = Image.fromarray(data.astronaut()[0:400, 40:440])
    path = tmp_path / {"CMYK": "a.jpg", "animated": "a.gif"}.get(mode, "a.png")
    if mode == "animated":
        face.save(path, save_all=True, append_images=[face, face])
    elif mode == "I;16":
        Image.fromarray(np.asarray(face.convert("L")).astype(np.uint16) * 257).save(path)
    else:
        face.convert(mode).save(path)
    assert run(["inspect", str(path), "--json"]) == 0
    photo = json.loads(capsys.readouterr().out)["photos"][0]
    assert (photo["width"], photo["height"]) == (400, 400)
    assert run(["score", str(path), "--out", str(tmp_path / "o"), "--json"]) in (0, 1)
    assert "Traceback" not in capsys.readouterr().err


def _shots(folder: Path, **changes: object) -> Path:
    random = np.random.default_rng(3)
    names = []
    for number in range(4):
        pixels = random.integers(90, 160, (120, 140, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), pixels)
        names.append(f"{number}.png")
    lights = changes.pop("lights", LIGHTS)
    sheet = {
        "mm_per_px": 0.06,
        "linear": False,
        "shots": [
            {"file": name, "light": light} for name, light in zip(names, lights, strict=True)
        ],
    }
    sheet.update(changes)
    path = folder / "SHOTS.json"
    path.write_text(json.dumps(sheet))
    return path


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("zero light", {"lights": [[0, 0, 0], *LIGHTS[1:]]}),
        ("parallel lights", {"lights": [[0.5, 0, 0.8]] * 4}),
        ("missing lights", {"lights": [None, *LIGHTS[1:]]}),
        ("light from behind", {"lights": [[0.7, 0, -0.7], *LIGHTS[1:]]}),
        ("no scale", {"mm_per_px": 0}),
        ("words for numbers", {"mm_per_px": "wide"}),
        ("too few shots", {"shots": []}),
        ("a shot that is not there", {"dark": "nowhere.png"}),
    ],
)
def test_list_of_shots_that_cannot_be_used(what, changes, tmp_path, capsys):
    path = _shots(tmp_path, **changes)
    _refused(capsys, "relief", path, "--out", tmp_path / "o")
    assert not (tmp_path / "o").exists()


def test_shots_of_different_sizes(tmp_path, capsys):
    path = _shots(tmp_path)
    cv2.imwrite(str(tmp_path / "2.png"), np.zeros((100, 100, 3), np.uint8))
    assert "100 x 100" in _refused(capsys, "relief", path, "--out", tmp_path / "o")


def test_a_list_that_is_no_list(tmp_path, capsys):
    path = tmp_path / "SHOTS.json"
    path.write_text("[1, 2")
    _refused(capsys, "relief", path, "--out", tmp_path / "o")
    path.write_text("[]")
    _refused(capsys, "relief", path, "--out", tmp_path / "o")


def test_report_where_none_can_be_written(tmp_path, capsys):
    photo = tmp_path / "a.png"
    Image.fromarray(data.astronaut()).save(photo)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    arguments = ("compare", photo, photo, "--out", tmp_path / "o", "--report", blocked / "r.pdf")
    _refused(capsys, *arguments)
    assert blocked.read_text() == "in the way"
