"""Old libraries open after a migration with all they held; the back-up before it is proved."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from mnimage.domain import record as kept
from mnimage.errors import LibraryTooNew, LibraryTooOld, NotAllowed, StorageFailed
from mnimage.library import access, database, migrate
from mnimage.library.opening import migrate_library
from mnimage.library.tables import METADATA, NEWEST
from mnimage.library.verify import verify_library
from tests.data.make_library import ANNS, ORIGINALS, records
from tests.mnimage.library.conftest import WORD, reopen

OLD = sorted((Path(__file__).parents[2] / "data").glob("library_*"))


def verified(folder):
    return verify_library(folder, "admin", WORD, lambda done, total: None)


@pytest.fixture(params=OLD, ids=lambda path: path.name)
def old(request, tmp_path):
    return shutil.copytree(request.param, tmp_path / "old")


def test_there_is_an_old_library_of_every_earlier_step():
    steps = Path(migrate.__file__).with_name("migrations") / "versions"
    numbers = sorted(path.stem.removeprefix("step_") for path in steps.glob("step_*.py"))
    assert numbers[-1] == NEWEST
    assert [path.name for path in OLD] == [f"library_{number}" for number in numbers[:-1]]


def test_an_old_library_says_that_it_is_old(old):
    with pytest.raises(LibraryTooOld) as caught:
        reopen(old)
    assert "mnimage library migrate" in caught.value.hint
    assert [issue.kind for issue in verified(old)] == ["database"]


def test_an_old_library_keeps_all_it_held(old):
    backup, step = migrate_library(old, "admin", WORD)
    assert (step, backup.parent.name) == (NEWEST, migrate.BACKUPS)
    reported = records()
    with reopen(old) as library:
        timeline = library.timeline(library.patient("OLD-1"))
        held = (
            timeline.patient,
            *timeline.series,
            *timeline.sessions,
            *timeline.events,
            *timeline.ratings,
            *timeline.consents,
        )
        assert held == reported
        assert [score.value for score in timeline.measurements] == [3.25]
        assert [one.to for one in timeline.disclosures] == ["course of spring"]
        assert {library.read_original(photo) for photo in timeline.photos} == set(ORIGINALS)
        actions = [entry.action for entry in library.history()]
        assert actions.count("added") == len(reported) + len(ORIGINALS) + 2
        library.add(
            kept.Disclosure(
                patient_id=reported[0].id,
                photo_id=None,
                purpose=kept.Purpose.RECORD,
                consent_id=None,
                disclosed_by="admin",
                to="the patient",
            )
        )
    assert verified(old) == ()
    assert migrate_library(old, "admin", WORD) == (None, NEWEST)


def test_the_back_up_is_the_library_as_it_was(old):
    before = (old / "library.db").read_bytes()
    backup, _ = migrate_library(old, "admin", WORD)
    shutil.copyfile(backup, old / "library.db")
    with pytest.raises(LibraryTooOld):
        reopen(old)
    assert len(before) == backup.stat().st_size
    assert b"Vandermeulen" not in backup.read_bytes()
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_a_back_up_that_is_not_whole_stops_the_migration(old, monkeypatch):
    def torn(source, target):
        Path(target).write_bytes(Path(source).read_bytes()[:-4096])

    monkeypatch.setattr(migrate.shutil, "copyfile", torn)
    with pytest.raises((StorageFailed, migrate.LibraryDamaged)):
        migrate_library(old, "admin", WORD)
    monkeypatch.undo()
    with pytest.raises(LibraryTooOld):
        _reopened(old, monkeypatch)


def _reopened(folder, monkeypatch):
    from mnimage.library import keys
    from tests.mnimage.library.conftest import CHEAP

    monkeypatch.setattr(keys, "COST", CHEAP)
    return reopen(folder)


def test_a_step_that_fails_leaves_the_library_as_it_was(old, monkeypatch):
    real = migrate._upgrade

    def half(connection, step):
        real(connection, step)
        raise RuntimeError

    monkeypatch.setattr(migrate, "_upgrade", half)
    with pytest.raises(RuntimeError):
        migrate_library(old, "admin", WORD)
    with pytest.raises(LibraryTooOld):
        reopen(old)


def test_only_an_administrator_migrates(old):
    with pytest.raises(NotAllowed):
        migrate_library(old, "ann", ANNS)


def test_a_renewal_takes_the_back_ups_along(old):
    backup, _ = migrate_library(old, "admin", WORD)
    with reopen(old) as library:
        before = library.keys
        access.remove_user(library, "ann")
        after = library.keys
    with pytest.raises(migrate.LibraryDamaged):
        database.raw_connection(backup, before.database)
    database.raw_connection(backup, after.database).close()
    assert verified(old) == ()


def test_a_newer_library_is_refused(library, folder):
    with database.writing(library.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LibraryTooNew):
        reopen(folder)
    with pytest.raises(LibraryTooNew):
        migrate_library(folder, "admin", WORD)


def test_the_steps_lead_to_todays_tables(library):
    """Alembic itself is asked whether the tables are those that the code speaks of."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.reading(library.engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
