"""A disk that is full, turns read-only or vanishes: said clearly, nothing harmed, then on."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from mnimage.domain import record as kept
from mnimage.errors import LibraryError, PhotoDamaged, StorageFailed
from mnimage.library.opening import create_library
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, noise, reopen, store

SIZE_MB = 4


def issues(folder):
    return verify_library(folder, "admin", WORD, lambda done, total: None)


@pytest.fixture
def disk(tmp_path):
    """A real, small file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "none", str(place)],
        check=False,
        capture_output=True,
    ) if shutil.which("mount") and os.name == "posix" and os.geteuid() == 0 else None  # fmt: skip
    if done is None or done.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def until_full(work) -> int:
    """Do something again and again until the disk refuses; say how often it went well."""
    done = []

    def on_and_on():
        for count in range(1000):
            work(count)
            done.append(count)

    with pytest.raises(StorageFailed) as caught:
        on_and_on()
    assert "Make room" in caught.value.hint
    return len(done)


def test_a_full_disk_harms_nothing(disk):
    library, _ = create_library(disk / "clinic", WORD)
    with library:
        filled = fill(library)
        kept_photos = [(filled.photo, filled.original)]
        library.patients()  # Its line in the audit log is due now, not when the disk is full.

        def more(number):
            content = noise(200_000, seed=100 + number)
            kept_photos.append((store(library, filled.session, content), content))

        assert until_full(more) > 3
        until_full(lambda number: library.add(kept.Patient(code=f"P-{number}", notes="n" * 20_000)))
        listed = library.patients()
        for photo, content in kept_photos:
            assert library.vault.lies_there(_row(library, photo))
            assert library.vault.read(_row(library, photo)) == content
        subprocess.run(["mount", "-o", f"remount,size={8 * SIZE_MB}m", str(disk)], check=True)
        library.change(replace(filled.patient, notes="there is room again"))
        more(999)
        assert [line.patient.code for line in library.patients()] == [
            line.patient.code for line in listed
        ]
    assert issues(disk / "clinic") == ()
    with reopen(disk / "clinic") as again:
        for photo, content in kept_photos:
            assert again.read_original(photo) == content


def _row(library, photo):
    from mnimage.library import database, queries

    with database.reading(library.engine) as connection:
        return queries.find_object(connection, photo.sha256)


def test_a_disk_that_turns_read_only_is_said(disk):
    library, _ = create_library(disk / "clinic", WORD)
    with library:
        filled = fill(library)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(LibraryError) as caught:
        reopen(disk / "clinic")
    assert "write-protected" in caught.value.hint or "written" in caught.value.hint
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    with reopen(disk / "clinic") as library:
        assert library.read_original(filled.photo) == filled.original
        store(library, filled.session, noise(1000, seed=3))
    assert issues(disk / "clinic") == ()


def test_a_disk_that_vanished_and_came_back(library, folder, filled, tmp_path):
    folder.rename(tmp_path / "unplugged")
    with pytest.raises(StorageFailed):
        library.add(kept.Patient(code="LOST"))
    with pytest.raises((StorageFailed, PhotoDamaged)):
        store(library, filled.session, noise(1000, seed=3))
    with pytest.raises(StorageFailed):
        reopen(folder)
    assert not folder.exists()
    (tmp_path / "unplugged").rename(folder)
    assert library.read_original(filled.photo) == filled.original
    store(library, filled.session, noise(1000, seed=3))
    assert issues(folder) == ()
