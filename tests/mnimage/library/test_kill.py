"""An import killed at any moment: what was entered is there and whole, and nothing needs repair."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from mnimage.domain.record import PhotoRecord
from mnimage.library.importing import import_photos
from mnimage.library.intake import find_items
from mnimage.library.keyfile import IN_FOLDER, Places
from mnimage.library.opening import create_library, open_library
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD
from tests.mnimage.library.servers import address, postgres
from tests.mnimage.library.test_importing import jpeg

__all__ = ["address", "postgres"]

ROOT = Path(__file__).parents[3]
PHOTOS = 32

# One process with everything loaded, and no thread, forks an importer for each round.
CHEAP = "from mnimage.library import keys; keys.COST = keys.Cost(64, 1, 1)"
WARM = f"""
{CHEAP}
import json, os, sys
from dataclasses import asdict
from pathlib import Path
from mnimage.library import importing, keyfile
from mnimage.library.intake import find_items
from mnimage.library.opening import open_with, read_keys

folder, word = Path(sys.argv[1]), sys.argv[2]
file, keys = read_keys(folder, lambda one: keyfile.unlock(one, "admin", word))
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        with open_with(folder, "admin", file, keys) as library:
            for done in importing.import_photos(library, find_items([Path(line.strip())])):
                os.write(1, json.dumps(asdict(done)).encode() + b"\\n")
        os.write(1, b'"end"\\n')
        os._exit(0)
    os.write(1, b"%d\\n" % child)
    os.waitpid(child, 0)
    os.write(1, b'"dead"\\n')
"""


class Rounds:
    """Imports one folder after another into one library, each killed after a while."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WARM, str(folder), WORD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def run(
        self, source: Path, kill_after_s: float | None = None, *, reported: bool = False
    ) -> tuple[list[dict[str, str]], bool]:
        """Return what was entered before the kill, and whether the import came to its end.

        The time runs from the start, or where `given` from the first photo that was given.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{source}\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        first = [self._process.stdout.readline()] if reported else []
        timer = threading.Timer(kill_after_s or 0, _kill, [child])
        if kill_after_s is not None:
            timer.start()
        rest = iter(self._process.stdout.readline, '"dead"\n')
        lines = [json.loads(line) for line in (*first, *rest)]
        timer.cancel()
        return [line for line in lines if line != "end"], "end" in lines

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def _kill(child: int) -> None:
    with suppress(ProcessLookupError):  # It came to its end in this very moment.
        os.kill(child, signal.SIGKILL)


def lay(folder: Path, seed: int) -> Path:
    """Lay photos that no earlier round had: bytes behind a JPEG's end are no part of it."""
    folder.mkdir(parents=True)
    picture = jpeg(seed, "2026:03:01 10:00:00", side=128)
    for place in range(PHOTOS):
        (folder / f"{place:03}.jpg").write_bytes(picture + b"%d" % place)
    return folder


def killed_at_random(tmp_path: Path, rounds: int, part: int = 0, places: Places = IN_FOLDER) -> int:
    """Run the rounds and prove each; return how many were killed half-way."""
    folder = tmp_path / "clinic"
    create_library(folder, WORD, places=places)[0].close()
    importer, rng, halfway = Rounds(folder), random.Random(rounds + part), 0
    try:
        whole_s = _time_of_one(importer, tmp_path)
        for seed in range(1, rounds + 1):
            source = lay(tmp_path / f"card {seed}", seed)
            late = seed % 2 == 0
            reported, ended = importer.run(
                source, rng.uniform(0, whole_s / (1 + late)), reported=late
            )
            halfway += bool(reported) and not ended
            prove(folder, reported)
            if seed % 10 == 0:
                rest, ended = importer.run(source)
                assert ended
                assert len(rest) == PHOTOS
                assert {one["id"] for one in reported} <= {one["id"] for one in rest}
    finally:
        importer.close()
    issues = verify_library(folder, "admin", WORD, lambda *_: None)
    assert [issue for issue in issues if issue.grave] == []
    return halfway


def _time_of_one(importer: Rounds, tmp_path: Path) -> float:
    for turn in (-1, 0):  # The first time some things are loaded.
        source = lay(tmp_path / f"card {turn}", 1000 + turn)
        started = time.perf_counter()
        reported, ended = importer.run(source)
        assert ended
        assert len(reported) == PHOTOS
    return time.perf_counter() - started


def prove(folder: Path, reported: list[dict[str, str]]) -> None:
    """Open the library as the next start does; every photo given, and every row, has its bytes."""
    assert {one["status"] for one in reported} <= {"stored"}
    with open_library(folder, "admin", WORD) as library:
        kept = {photo.id: photo for photo in library.select(PhotoRecord)}
        assert {one["id"] for one in reported} <= set(kept)
        for one in reported:
            assert library.read_original(kept[one["id"]]) == Path(one["file"]).read_bytes()
        newest = sorted(kept.values(), key=lambda photo: photo.added_at)[-PHOTOS:]
        assert all(library.read_original(photo) for photo in newest)


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX systems do")
def test_killed_at_random_moments_nothing_reported_is_lost(tmp_path):
    assert killed_at_random(tmp_path, 20) >= 4


@pytest.mark.stress
@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX systems do")
@pytest.mark.parametrize("part", range(1, 9))
def test_killed_two_hundred_times_nothing_reported_is_lost(tmp_path, part):
    assert killed_at_random(tmp_path, 25, part) >= 6


@pytest.mark.stress
@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX systems do")
def test_killed_on_a_server_nothing_reported_is_lost(tmp_path, address):
    assert killed_at_random(tmp_path, 25, 9, Places(server=address)) >= 6


@pytest.mark.skipif(os.name != "posix", reason="interrupts as POSIX systems do")
def test_stopped_from_the_keyboard_it_goes_on_when_run_again(tmp_path):
    folder, source = tmp_path / "clinic", tmp_path / "card"
    create_library(folder, WORD)[0].close()
    source.mkdir()
    picture = jpeg(1, side=400)
    for place in range(200):
        (source / f"{place:03}.jpg").write_bytes(picture + b"%d" % place)
    program = f"{CHEAP}; from mnimage.__main__ import main; main()"
    command = ["library", "import", str(folder), str(source), "--json", "--no-views"]
    running = subprocess.Popen(
        [sys.executable, "-c", program, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"MNIMAGE_PASSPHRASE": WORD},
    )
    assert running.stdout
    first = running.stdout.readline()
    running.send_signal(signal.SIGINT)
    rest, said = running.communicate(timeout=60)
    reported = [json.loads(line) for line in (first + rest).splitlines()]
    assert running.returncode == 130
    assert "Traceback" not in said
    assert 0 < len(reported) < 200
    prove(folder, reported)
    with open_library(folder, "admin", WORD) as library:
        again = list(import_photos(library, find_items([source])))
    assert {one["id"] for one in reported} <= {one.id for one in again if one.status == "known"}
    assert len(again) == 200
    assert not verify_library(folder, "admin", WORD, lambda *_: None)
