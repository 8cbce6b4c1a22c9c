"""The same library with its records on a PostgreSQL server, started here in a temporary folder."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mnimage.domain import record as kept
from mnimage.errors import (
    EditConflict,
    LibraryDamaged,
    LibraryTooOld,
    PhotoDamaged,
    RecordUnusable,
    StorageFailed,
)
from mnimage.library import access, database, keyfile, migrate, transfer
from mnimage.library.address import home_of, where_is
from mnimage.library.backup import back_up
from mnimage.library.erase import erase_patient
from mnimage.library.keyfile import Places
from mnimage.library.opening import create_library, migrate_library, open_library
from mnimage.library.restore import check_backup, restore
from mnimage.library.tables import NEWEST
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, reopen
from tests.mnimage.library.servers import address, empty, postgres
from tests.mnimage.library.test_clear import found
from tests.mnimage.library.test_export import full

__all__ = ["address", "postgres"]


@pytest.fixture
def served(address, folder):
    """Give a library whose tables are made anew for each test."""
    library, _ = create_library(folder, WORD, places=Places(server=address))
    with library:
        yield library


def issues(folder):
    return verify_library(folder, "admin", WORD, lambda done, total: None)


def test_what_was_kept_is_there_for_another_station(served, folder):
    filled = fill(served)
    with reopen(folder) as other:
        assert other.read_original(filled.photo) == filled.original
        assert other.timeline(filled.patient).photos == (filled.photo,)
        assert [line.photos for line in other.patients("zoë")] == [1]
    assert issues(folder) == ()
    assert not (folder / "library.db").exists()


def test_no_update_is_lost_between_two_stations(served, folder):
    filled = fill(served)
    with reopen(folder) as other:
        other.change(replace(filled.patient, notes="theirs"))
        with pytest.raises(EditConflict):
            served.change(replace(filled.patient, notes="ours"))
        with pytest.raises(RecordUnusable):
            other.add(kept.Patient(code="MN-0042"))
    assert served.patient("MN-0042").notes == "theirs"


def test_two_stations_writing_at_once_keep_one_chain(served, folder):
    with reopen(folder) as other:
        write_at_once(served, other)
    assert len(served.patients()) == 40
    assert issues(folder) == ()


def write_at_once(one, two, count: int = 20) -> None:
    """Let two stations add patients at the same time."""
    failed = []

    def work(library, name):
        try:
            for number in range(count):
                library.add(kept.Patient(code=f"{name}-{number}"))
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=work, args=pair) for pair in ((one, "A"), (two, "B"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_renewal_holds_on_a_server_too(served, folder):
    filled = fill(served)
    access.add_user(served, "ann", kept.Role.VIEWER, "another horse battery")
    hers = reopen(folder, "ann", "another horse battery")
    access.remove_user(served, "ann")
    with hers, pytest.raises(EditConflict):
        hers.read_original(filled.photo)
    assert served.read_original(filled.photo) == filled.original
    assert issues(folder) == ()


def test_a_changed_row_shows(served, folder):
    from sqlalchemy import text

    filled = fill(served)
    with served.engine.begin() as connection:
        connection.execute(text("UPDATE objects SET wrapped = decode('00', 'hex')"))
        connection.execute(text("DELETE FROM trace WHERE sequence > 3"))
        connection.execute(text("UPDATE patients SET sex = 'x'"))
    assert {issue.kind for issue in issues(folder)} == {"original", "trace", "database"}
    with pytest.raises(PhotoDamaged, match="fingerprint"):
        served.vault.read(served_row(served, filled.photo.sha256))


def served_row(library, sha256):
    from mnimage.library import database, queries

    with database.reading(library.engine) as connection:
        return queries.find_object(connection, sha256)


def test_the_address_with_its_password_is_sealed(served, folder, address):
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"postgresql" not in written
    assert address.encode() not in written


def test_a_server_that_is_gone_is_said(folder):
    with pytest.raises(StorageFailed):
        create_library(
            folder, WORD, places=Places("postgresql+psycopg://nobody@/none?host=/nowhere/at/all")
        )


def test_a_database_that_holds_a_library_takes_no_second(served, folder, tmp_path, address):
    filled = fill(served)
    with pytest.raises(RecordUnusable, match="not empty"):
        create_library(tmp_path / "second", WORD, places=Places(server=address))
    assert served.read_original(filled.photo) == filled.original
    assert issues(folder) == ()


def test_a_library_that_could_not_be_made_leaves_the_server_empty(
    served, folder, tmp_path, address, monkeypatch
):
    migrate.discard(served.engine)
    with monkeypatch.context() as patch:
        patch.setattr("mnimage.library.opening.keyfile.write_keyfile", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            create_library(tmp_path / "second", WORD, places=Places(server=address))
    create_library(tmp_path / "third", WORD, places=Places(server=address))[0].close()


@pytest.mark.parametrize(
    "wrong", ["sqlite:////tmp/clear.db", "mysql://x", "nonsense", "postgresql://h:port/x"]
)
def test_records_go_to_no_other_kind_of_database(folder, wrong):
    with pytest.raises(RecordUnusable, match="PostgreSQL"):
        create_library(folder, WORD, places=Places(server=wrong))
    assert not folder.exists()
    create_library(folder, WORD)[0].close()


def test_one_who_was_removed_reads_no_more_though_the_server_answers(served, folder):
    filled = fill(served)
    access.add_user(served, "ann", kept.Role.VIEWER, "another horse battery")
    with reopen(folder, "ann", "another horse battery") as hers:
        access.remove_user(served, "ann")
        with pytest.raises(EditConflict):
            hers.find(kept.Patient, filled.patient.id)
        with pytest.raises(EditConflict):
            hers.select(kept.Session)


@pytest.mark.parametrize("photos", [0, 1])
def test_an_old_key_file_does_not_undo_a_removal(served, folder, tmp_path, photos):
    """She spoils the key file, and puts the one that she kept in the place of the copy."""
    filled = [fill(served) for _ in range(photos)]
    access.add_user(served, "ann", kept.Role.VIEWER, "another horse battery")
    kept_file = shutil.copyfile(folder / keyfile.NAME, tmp_path / "kept.json")
    access.remove_user(served, "ann")
    newest = (folder / keyfile.NAME).read_bytes()
    (folder / keyfile.NAME).write_bytes(newest[:-2])
    shutil.copyfile(kept_file, folder / keyfile.COPY)
    for user, word in (("ann", "another horse battery"), ("admin", WORD)):
        with pytest.raises(LibraryDamaged, match="before the keys were renewed"):
            reopen(folder, user, word)
    (folder / keyfile.NAME).write_bytes(newest)
    with reopen(folder) as library:
        assert [library.read_original(one.photo) for one in filled] == [
            one.original for one in filled
        ]


def test_nothing_of_an_erased_patient_is_left_on_the_server(served, folder, address):
    filled = fill(served)
    other = fill(served, "MN-STAYS", seed=2)
    place = Path(address.partition("host=")[2])
    assert bytes_in(place, b"MN-0042")
    erase_patient(served, filled.patient)
    run_checkpoint(served)
    assert not bytes_in(place / "cluster" / "base", b"MN-0042")
    assert served.read_original(other.photo) == other.original
    assert issues(folder) == ()


def run_checkpoint(library) -> None:
    from sqlalchemy import text

    with library.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))


def bytes_in(place: Path, word: bytes) -> bool:
    return any(word in path.read_bytes() for path in place.rglob("*") if path.is_file())


def test_a_backup_of_a_server_comes_back_as_a_folder_or_on_another_server(
    served, postgres, tmp_path
):
    patient, _ = full(served)
    erased = fill(served, "MN-GONE", seed=40)
    erase_patient(served, erased.patient)
    before = served.timeline(patient)
    reported = back_up(served, tmp_path / "disk")
    assert (reported.verified, reported.issues) == (True, ())
    assert back_up(served, tmp_path / "disk").copied == 0
    assert check_backup(tmp_path / "disk", "admin", WORD).verified
    for name, places in (
        ("folder", Places()),
        ("server", Places(server=empty(postgres, "another"))),
    ):
        done = restore(tmp_path / "disk", tmp_path / name, "admin", WORD, places=places)
        assert (done.verified, done.issues) == (True, ())
        assert (tmp_path / name / "library.db").exists() is (name == "folder")
        with reopen(tmp_path / name) as other:
            assert other.timeline(other.patient(patient.code)) == before
            for photo in before.photos:
                assert other.read_original(photo) == served.read_original(photo)
            fill(other, "MN-LATER", seed=50)
        assert issues(tmp_path / name) == ()
    assert [line.patient.code for line in served.patients()] == [patient.code]


def test_a_folders_backup_comes_back_on_a_server(library, address, tmp_path):
    patient, _ = full(library)
    back_up(library, tmp_path / "disk")
    new = tmp_path / "new"
    restore(tmp_path / "disk", new, "admin", WORD, places=Places(server=address))
    with reopen(new) as other:
        assert other.timeline(patient) == library.timeline(patient)
        access.add_user(other, "ann", kept.Role.VIEWER, "another horse battery")
        access.remove_user(other, "ann")
        other.read_original(other.select(kept.PhotoRecord)[0])
    assert issues(new) == ()


def test_a_backup_goes_onto_no_server_that_holds_something(served, address, tmp_path):
    filled = fill(served)
    back_up(served, tmp_path / "disk")
    assert found(tmp_path / "disk", (filled.original,)) == []
    with pytest.raises(RecordUnusable, match="not empty"):
        restore(tmp_path / "disk", tmp_path / "new", "admin", WORD, places=Places(server=address))
    assert not (tmp_path / "new").exists()
    assert len(served.patients()) == 1


def test_a_server_that_fails_half_way_is_empty_again(library, address, tmp_path, monkeypatch):
    fill(library)
    back_up(library, tmp_path / "disk")
    with monkeypatch.context() as patch:
        patch.setattr(transfer, "_check_count", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restore(tmp_path / "disk", tmp_path / "a", "admin", WORD, places=Places(server=address))
    with pytest.raises(StorageFailed, match="no library"):
        reopen(tmp_path / "a")
    restore(tmp_path / "disk", tmp_path / "b", "admin", WORD, places=Places(server=address))
    with reopen(tmp_path / "b") as other:
        assert len(other.patients()) == 1


def test_a_backup_while_other_stations_write_is_of_one_moment(served, folder, tmp_path):
    fill(served)
    with reopen(folder) as other:
        writer = threading.Thread(target=write_at_once, args=(served, other, 12))
        writer.start()
        for number in range(3):
            assert back_up(served, tmp_path / "disk").verified, number
        writer.join()
    restore(tmp_path / "disk", tmp_path / "new", "admin", WORD)
    assert issues(tmp_path / "new") == ()


def test_the_address_alone_shows_where_the_folder_is(served, folder, address):
    reported = where_is(address)
    assert (reported.folder, home_of(reported)) == (None, folder)


def test_a_server_that_moved_is_found_again(served, folder, address, postgres):
    filled = fill(served)
    other_way = address.replace("clinic@", "clinic:secret@")
    access.set_server(served, other_way)
    with reopen(folder) as again:
        assert keyfile.places_of(again.file, again.keys).server == other_way
        assert again.read_original(filled.photo) == filled.original
        assert "secret" not in str([line.details for line in again.history()])
    with pytest.raises(RecordUnusable, match="address"):
        access.set_server(served, "sqlite:///x.db")
    foreign = empty(postgres, "other_clinic")
    create_library(folder.with_name("foreign"), WORD, places=Places(server=foreign))[0].close()
    with pytest.raises(RecordUnusable, match="another library"):
        access.set_server(served, foreign)
    with pytest.raises(RecordUnusable, match="another library"):
        open_library(folder, "admin", WORD, server=foreign)


SCORES_OF_THE_FIRST_STEP = """
CREATE TABLE scores (
    id VARCHAR(32) PRIMARY KEY, version INTEGER NOT NULL,
    patient_id VARCHAR(64) NOT NULL REFERENCES patients,
    photo_id VARCHAR(64) NOT NULL REFERENCES photos,
    zone VARCHAR(64) NOT NULL, score VARCHAR(64) NOT NULL, value DOUBLE PRECISION NOT NULL,
    unit VARCHAR(32) NOT NULL, uncertainty DOUBLE PRECISION NOT NULL, mode VARCHAR(16) NOT NULL,
    recipe TEXT NOT NULL, program VARCHAR(64) NOT NULL, measured_at VARCHAR(40) NOT NULL)
"""


def test_before_a_migration_the_tables_of_a_server_are_copied(served, folder):
    """A library as the first version made it: a disclosure names a photo without fail."""
    from sqlalchemy import text

    patient, _ = full(served)
    with served.engine.begin() as connection:
        connection.execute(text("ALTER TABLE disclosures ALTER COLUMN photo_id SET NOT NULL"))
        connection.execute(text("DROP TABLE measurements"))
        connection.execute(text(SCORES_OF_THE_FIRST_STEP))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(LibraryTooOld):
        reopen(folder)
    copy, step = migrate_library(folder, "admin", WORD)
    assert (copy.name[:5], step) == ("0001-", NEWEST)
    with reopen(folder) as again:
        assert again.timeline(patient).photos == served.timeline(patient).photos
    assert issues(folder) == ()
    assert b"Meulen" not in copy.read_bytes()
    bare = database.raw_connection(copy, served.keys.database)
    reported = bare.execute("SELECT code, name, birth_date FROM patients").fetchall()
    assert reported == [(patient.code, patient.name, patient.birth_date.isoformat())]
    assert bare.execute("SELECT count(*) FROM trace").fetchone()[0] >= 10
    bare.close()
