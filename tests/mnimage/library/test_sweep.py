"""What a killed import left goes after a day; what is being written never."""

from __future__ import annotations

import os
import time

import pytest

from mnimage.domain import record as kept
from mnimage.errors import PhotoDamaged
from mnimage.library import access, migrate
from mnimage.library.backup import back_up
from mnimage.library.importing import import_photos
from mnimage.library.intake import find_items
from mnimage.library.restore import restore
from mnimage.library.stores import FolderStore
from mnimage.library.sweep import sweep
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, noise, reopen
from tests.mnimage.library.test_importing import jpeg

DAY = 25 * 3600


def left_behind(folder, library):
    """Leave what kills at every moment leave; return the files."""
    stored = library.vault.keep([noise(500, seed=4)])
    orphan = folder / "vault" / stored.name[:2] / stored.name
    library.cache.put("0" * 64, "thumbnail", noise(100, seed=5))
    picture = next(path for path in (folder / "cache").rglob("*") if path.is_file())
    (folder / migrate.BACKUPS).mkdir()
    drafts = [
        folder / "vault" / f"{'a' * 32}.draft",
        folder / "cache" / f"{'b' * 32}.draft",
        folder / ".keys.json.0123abcd.draft",
        folder / ".trace.head.0123abcd.draft",
        folder / migrate.BACKUPS / "0001-x.db.draft-wal",
    ]
    for path in drafts:
        path.write_bytes(b"half of it")
    return [orphan, picture, *drafts]


def age(paths, seconds: float = DAY) -> None:
    then = time.time() - seconds
    for path in paths:
        os.utime(path, (then, then))


def issues(folder):
    return verify_library(folder, "admin", WORD, lambda *_: None)


def test_what_was_left_goes_after_a_day_and_not_before(library, folder):
    filled = fill(library)
    left = left_behind(folder, library)
    kept_files = [path for path in (folder / "vault").rglob("*.*") if path not in left]
    sweep(library)
    assert [path.exists() for path in left] == [True] * 6 + [False]  # A migration holds the lock.
    reported = issues(folder)
    assert "killed" in " ".join(issue.what for issue in reported)
    assert not any(issue.grave for issue in reported)
    age([*left[:-1], *kept_files])
    assert sweep(library) == 6
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in kept_files)
    assert library.read_original(filled.photo) == filled.original
    assert issues(folder) == ()


def test_an_import_sweeps_once_a_day(library, folder, tmp_path):
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "a.jpg").write_bytes(jpeg(1))
    first = left_behind(folder, library)
    age(first)
    assert [one.status for one in import_photos(library, find_items([tmp_path / "card"]))] == [
        "stored"
    ]
    assert not any(path.exists() for path in first)
    again = folder / "vault" / f"{'c' * 32}.draft"
    again.write_bytes(b"half of it")
    age([again])
    list(import_photos(library, find_items([tmp_path / "card"])))
    assert again.exists()


def test_a_writer_that_slept_for_a_day_writes_no_row_without_its_photo(library, folder):
    filled = fill(library)
    stored = library.vault.keep([noise(500, seed=4)])
    age([folder / "vault" / stored.name[:2] / stored.name])
    with reopen(folder) as other:
        assert sweep(other) == 1
    with pytest.raises(PhotoDamaged, match="no longer there"), library.changing() as changes:
        changes.take(stored)
    assert [one.id for one in library.select(kept.PhotoRecord)] == [filled.photo.id]


def test_a_row_that_comes_while_names_are_looked_through_keeps_its_photo(
    library, folder, monkeypatch
):
    stored = library.vault.keep([noise(500, seed=4)])
    path = folder / "vault" / stored.name[:2] / stored.name
    age([path])
    reported = FolderStore.age_of

    def late(self, asked):
        if asked == path:
            with reopen(folder) as other, other.changing() as changes:
                changes.take(stored)
        return reported(self, asked)

    monkeypatch.setattr(FolderStore, "age_of", late)
    sweep(library)
    assert path.exists()
    assert library.knows(stored.sha256)


def test_verify_shows_of_an_original_that_no_erasure_would_find(library, folder):
    library.keep_original([b"a form that was signed"])
    assert [(issue.kind, issue.grave) for issue in issues(folder)] == [("original", False)]


def test_photos_later_than_a_database_that_was_set_back_stay(library, folder):
    fill(library)
    library.close()
    earlier = (folder / "library.db").read_bytes()
    with reopen(folder) as again:
        later = fill(again, "MN-2", 2)
    newest = (folder / "library.db").read_bytes()
    (folder / "library.db").write_bytes(earlier)
    age(path for path in (folder / "vault").rglob("*.*"))
    with reopen(folder) as again:
        assert sweep(again) == 0
    (folder / "library.db").write_bytes(newest)
    with reopen(folder) as again:
        assert again.read_original(later.photo) == later.original


def test_what_systems_lay_into_folders_stops_nothing(library, folder, tmp_path):
    filled = fill(library)
    library.cache.put(filled.photo.sha256, "thumbnail", noise(100, seed=5))
    for place in (folder, folder / "vault", folder / "cache", next((folder / "vault").iterdir())):
        for name in (".DS_Store", "Thumbs.db", "._keys"):
            (place / name).write_bytes(b"by the system")
    (tmp_path / "disk" / "lost+found").mkdir(parents=True)
    (tmp_path / "disk" / ".DS_Store").write_bytes(b"by the system")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / ".DS_Store").write_bytes(b"by the system")
    access.renew_keys(library)
    assert sweep(library) == 0
    assert back_up(library, tmp_path / "disk").verified
    restore(tmp_path / "disk", tmp_path / "new", "admin", WORD)
    reported = issues(folder)
    assert {issue.what for issue in reported if issue.kind == "stray"} == {"not of the library"}
    assert not any(issue.grave for issue in reported)
