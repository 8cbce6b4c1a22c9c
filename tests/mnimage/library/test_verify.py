"""One byte flipped anywhere is noticed, and nothing else happens."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from mnimage.domain.record import Role
from mnimage.errors import LibraryError
from mnimage.library import access
from mnimage.library.opening import create_library
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, reopen

FLIPS = 24


def quiet(done: int, total: int) -> None:
    """Report nobody."""


def verified(folder: Path):
    return verify_library(folder, "admin", WORD, quiet)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A closed library, and one as a crash leaves it: with what is not in the database file yet."""
    with pytest.MonkeyPatch.context() as patch:
        from mnimage.library import keys
        from tests.mnimage.library.conftest import CHEAP

        patch.setattr(keys, "COST", CHEAP)
        folder = tmp_path_factory.mktemp("sound")
        library, _ = create_library(folder / "closed", WORD)
        with library:
            access.add_user(library, "ann", Role.CLINICIAN, "another horse battery")
            filled = [fill(library, code=f"MN-{n}", seed=n, size=3000) for n in range(4)]
            library.cache.put(filled[0].photo.sha256, "thumbnail", b"small picture")
            shutil.copytree(folder / "closed", folder / "crashed")
        return folder, filled


def flip(path: Path, place: int, bits: int) -> None:
    with path.open("rb+") as file:
        file.seek(place)
        old = file.read(1)[0]
        file.seek(place)
        file.write(bytes([old ^ bits]))


def places(folder: Path) -> list[tuple[Path, int]]:
    """Return each file and its size; the shared memory of SQLite is made anew at each start."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(path, path.stat().st_size) for path in files if not path.name.endswith("-shm")]


def read_all(folder: Path, filled) -> None:
    """Read every original as the window would; a wrong picture must never come."""
    try:
        with reopen(folder) as library:
            for one in filled:
                try:
                    assert library.read_original(one.photo) == one.original
                except LibraryError:
                    continue
    except LibraryError:
        return


def test_a_sound_library_has_no_issue(sound):
    folder, filled = sound
    assert verified(folder / "closed") == ()
    read_all(folder / "closed", filled)


def test_a_library_left_by_a_crash_has_no_issue(sound, tmp_path):
    folder, _ = sound
    copy = shutil.copytree(folder / "crashed", tmp_path / "copy")
    assert (copy / "library.db-wal").stat().st_size > 0
    assert verified(copy) == ()


def study(sound, tmp_path, kind: str, chosen) -> None:
    folder, filled = sound
    missed = []
    for number, (path, place, bits) in enumerate(chosen):
        copy = shutil.copytree(folder / kind, tmp_path / str(number))
        flip(copy / path, place, bits)
        if not verified(copy):
            missed.append((str(path), place, bits))
        read_all(copy, filled)
        shutil.rmtree(copy)
    assert missed == []


def chosen_flips(folder: Path, count: int, seed: int):
    """Return flips spread evenly over the files, so that the small ones get theirs."""
    rng = random.Random(seed)
    files = places(folder)
    for number in range(count):
        path, size = files[number % len(files)]
        yield path.relative_to(folder), rng.randrange(size), 1 << rng.randrange(8)


def test_a_flipped_byte_is_noticed(sound, tmp_path):
    study(sound, tmp_path, "closed", chosen_flips(sound[0] / "closed", FLIPS, seed=5))


@pytest.mark.stress
@pytest.mark.parametrize("hundred", range(10))
@pytest.mark.parametrize("kind", ["closed", "crashed"])
def test_a_thousand_flipped_bytes_are_noticed(sound, tmp_path, kind, hundred):
    study(sound, tmp_path, kind, chosen_flips(sound[0] / kind, 100, seed=11 + hundred))
