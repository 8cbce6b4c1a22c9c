"""The command line's manners: help, version, exit status, plain errors, nothing half-written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnimage import __version__
from mnimage.commands.root import COMMANDS, run

ROOT = Path(__file__).parents[3]


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )


@pytest.mark.parametrize("word", ["--help", "--version", "-h"])
def test_help_and_version_load_no_heavy_library(word):
    code = (
        "import sys; from mnimage.commands.root import run; status = run([sys.argv[1]]); "
        "print(status, sorted({'cv2', 'PySide6', 'numpy', 'scipy'} & set(sys.modules)))"
    )
    done = _python("-c", code, word)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_version_is_that_of_the_package():
    assert _python("-m", "mnimage", "--version").stdout.strip() == f"mnimage {__version__}"


def test_every_command_has_help(capsys):
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out
    for name in COMMANDS:
        assert name in listed
        assert run([name, "--help"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["compare"],
        ["score", "a.jpg"],
        ["inspect"],
        ["demo", "--sessions", "1"],
        ["demo", "--seed", "-1"],
    ],
)
def test_wrong_usage_is_status_two(arguments, capsys):
    assert run(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def _photo(path: Path, size: tuple[int, int] = (300, 200), color=(200, 150, 130)) -> Path:
    noise = np.random.default_rng(1).normal(0, 4, (size[1], size[0], 3))
    pixels = np.clip(np.array(color) + noise, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def _bad_files(folder: Path) -> dict[str, Path]:
    good = _photo(folder / "good.jpg")
    whole = good.read_bytes()
    files = {
        "missing": folder / "nowhere.jpg",
        "folder": folder / "folder.jpg",
        "empty": folder / "empty.jpg",
        "truncated": folder / "cut.jpg",
        "text": folder / "text.jpg",
        "one pixel": folder / "pixel.png",
    }
    files["folder"].mkdir()
    files["empty"].write_bytes(b"")
    files["truncated"].write_bytes(whole[: len(whole) // 2])
    files["text"].write_text("this is no photo")
    Image.new("RGB", (1, 1)).save(files["one pixel"])
    return files


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "truncated", "text", "one pixel"])
@pytest.mark.parametrize("command", ["score", "register", "compare", "relief"])
def test_bad_input_is_one_plain_error_and_leaves_nothing(command, kind, tmp_path, capsys):
    bad = _bad_files(tmp_path)[kind]
    good = tmp_path / "good.jpg"
    out = tmp_path / "out"
    inputs = {"score": [bad], "relief": [bad]}.get(command, [good, bad])
    status = run([command, *map(str, inputs), "--out", str(out), "--json"])
    shown = capsys.readouterr()
    assert status == 1
    lines = shown.err.splitlines()
    assert lines[0].startswith("error: ")
    assert lines[1].startswith("hint: ")
    assert len(lines) == 2
    assert shown.out == ""
    assert not out.exists() or not any(out.iterdir())


def test_inspect_goes_on_after_a_bad_file(tmp_path, capsys):
    files = _bad_files(tmp_path)
    names = [str(files["text"]), str(tmp_path / "good.jpg"), str(files["missing"])]
    assert run(["inspect", "--json", *names]) == 0
    photos = json.loads(capsys.readouterr().out)["photos"]
    assert [photo["file"] for photo in photos] == names
    assert set(photos[0]) == {"file", "error", "hint"}
    assert (photos[1]["width"], photos[1]["height"]) == (300, 200)
    assert photos[1]["face"] is None
    assert run(["inspect", "--json", names[0], names[2]]) == 1


def test_output_folder_that_cannot_be_written(tmp_path, capsys):
    photo = _photo(tmp_path / "a.png", (400, 400))
    stands = tmp_path / "taken"
    stands.write_text("a file stands here")
    assert run(["score", str(photo), "--out", str(stands)]) == 1
    shown = capsys.readouterr().err.splitlines()
    assert shown[0].startswith("error: ")
    assert shown[1].startswith("hint: ")
    assert stands.read_text() == "a file stands here"


def test_nothing_is_written_over_an_input(tmp_path, capsys):
    photo = _photo(tmp_path / "aligned.png", (400, 400))
    before = photo.read_bytes()
    assert run(["register", str(photo), str(photo), "--out", str(tmp_path)]) == 1
    assert photo.read_bytes() == before
    assert "hint: " in capsys.readouterr().err


def test_a_photo_and_a_list_of_shots_are_not_a_pair(tmp_path, capsys):
    photo = _photo(tmp_path / "a.png")
    shots = tmp_path / "SHOTS.json"
    shots.write_text("{}")
    assert run(["compare", str(photo), str(shots), "--out", str(tmp_path / "o")]) == 1
    assert "directional" in capsys.readouterr().err


def test_sizes_are_reported_in_plain_figures(tmp_path, capsys):
    assert run(["inspect", str(_photo(tmp_path / "large.png", (2700, 1200)))]) == 0
    reported = capsys.readouterr().out
    assert "2700 px (at least 1000)" in reported
    assert "e+0" not in reported
