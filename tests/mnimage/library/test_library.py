"""The door of the library, on real SQLCipher files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mnimage.domain import record as kept
from mnimage.errors import AuthenticationFailed, EditConflict, RecordUnusable, StorageFailed
from mnimage.library import keyfile, keys
from mnimage.library.opening import create_library, open_by_recovery
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, reopen, store
from tests.mnimage.library.test_server import write_at_once


def test_what_was_kept_is_there_after_opening_again(folder):
    library, _ = create_library(folder, WORD)
    with library:
        filled = fill(library)
    with reopen(folder) as again:
        assert again.read_original(filled.photo) == filled.original
        reported = again.timeline(filled.patient)
        assert (reported.patient, reported.sessions, reported.photos) == (
            filled.patient,
            (filled.session,),
            (filled.photo,),
        )


def test_a_wrong_passphrase_and_an_unknown_user_are_reported_alike(library, folder):
    said = []
    for user, word in (("admin", "correct horse batter"), ("nobody", WORD)):
        with pytest.raises(AuthenticationFailed) as caught:
            reopen(folder, user, word)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_the_recovery_key_opens_it_however_it_is_typed(folder):
    library, recovery = create_library(folder, WORD)
    with library:
        filled = fill(library)
    with open_by_recovery(folder, recovery.lower().replace("-", " ")) as again:
        assert again.role is kept.Role.ADMIN
        assert again.read_original(filled.photo) == filled.original
    with pytest.raises(AuthenticationFailed):
        open_by_recovery(folder, keys.recovery_text(keys.new_key()))


def test_no_library_is_made_over_something(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(RecordUnusable, match="not empty"):
        create_library(tmp_path, WORD)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_two_stations_lose_no_update(library, filled, folder):
    with reopen(folder) as other:
        here, there = library.patient("MN-0042"), other.patient("MN-0042")
        after = library.change(replace(here, notes="allergic to lidocaine"))
        assert after.version == 2
        with pytest.raises(EditConflict, match="another station"):
            other.change(replace(there, notes="prefers mornings"))
        again = other.change(replace(other.patient("MN-0042"), medication="none"))
    assert library.patient("MN-0042") == again
    assert (again.notes, again.medication) == ("allergic to lidocaine", "none")


def test_a_transaction_that_fails_leaves_nothing(library, filled):
    with pytest.raises(RecordUnusable):
        library.add(kept.Patient(code="NEW"), kept.Patient(code="MN-0042"))
    assert [line.patient.code for line in library.patients()] == ["MN-0042"]
    assert "NEW" not in str(library.history())


def test_the_same_photo_is_stored_once(library, filled):
    files = sorted(library.vault.names())
    second = store(library, filled.session, filled.original)
    assert sorted(library.vault.names()) == files
    assert library.read_original(second) == filled.original


def test_an_original_goes_with_its_last_photo(library, filled):
    second = store(library, filled.session, filled.original)
    library.remove(filled.photo)
    assert library.read_original(second) == filled.original
    library.remove(second)
    assert list(library.vault.names()) == []


def test_nothing_belongs_to_two_patients(library, filled):
    other = kept.Patient(code="OTHER")
    library.add(other)
    with pytest.raises(RecordUnusable):
        library.add(replace(filled.photo, id=kept.new_id(), patient_id=other.id))
    with pytest.raises(RecordUnusable):
        library.add(
            kept.Session(patient_id=kept.new_id(), held_at=datetime(2026, 5, 4, tzinfo=UTC))
        )


@pytest.mark.parametrize("search", ["zoe", "ZOË", "mn-0042", "vander zoë", "0042 van"], ids=str)
def test_patients_are_found_by_parts_of_code_and_name(library, filled, search):
    fill(library, code="X-1", seed=2)
    assert "MN-0042" in [line.patient.code for line in library.patients(search)]


@pytest.mark.parametrize("search", ["%", "_", "'; DROP TABLE patients; --", "\\", '"'])
def test_no_search_is_more_than_text(library, filled, search):
    assert library.patients(search) == ()
    assert len(library.patients()) == 1


@pytest.mark.parametrize(
    "code", ["../../etc/passwd", "'; DROP TABLE patients; --", "a%00b", "CON", "x" * 64, "片"]
)
def test_odd_codes_are_only_text(library, folder, code):
    filled = fill(library, code=code)
    assert library.patient(code) == filled.patient
    assert library.read_original(filled.photo) == filled.original
    assert {path.name for path in folder.iterdir()} <= {
        "keys.json",
        "keys.copy.json",
        "library.db",
        "library.db-wal",
        "library.db-shm",
        "trace.head",
        "vault",
    }


@pytest.mark.parametrize("code", ["", " ", "a\nb", "x" * 65, "a\x00"])
def test_a_code_is_one_printable_line(code):
    with pytest.raises(ValueError, match="printable"):
        kept.Patient(code=code)


def test_two_stations_writing_at_once_keep_one_chain(library, folder):
    with reopen(folder) as other:
        write_at_once(library, other)
    assert len(library.patients()) == 40
    assert verify_library(folder, "admin", WORD, lambda done, total: None) == ()


class Stopped(Exception):
    """Something of the caller's own."""


def issues(folder):
    return verify_library(folder, "admin", WORD, lambda done, total: None)


def delete_and_stop(library, photo):
    with library.changing() as changes:
        changes.remove(photo)
        raise Stopped


def test_a_deletion_that_is_not_kept_costs_no_photo(library, filled, folder):
    with pytest.raises(Stopped):
        delete_and_stop(library, filled.photo)
    assert library.read_original(filled.photo) == filled.original
    library.close()
    assert issues(folder) == ()


def test_what_was_not_kept_leaves_no_mark_in_the_trace(library, filled, folder):
    with pytest.raises(RecordUnusable):
        library.add(kept.Patient(code="NEW"), kept.Patient(code="MN-0042"))
    library.close()
    assert issues(folder) == ()
    with reopen(folder) as again:
        again.add(kept.Patient(code="NEXT"))
    assert issues(folder) == ()


def test_a_database_that_vanished_is_not_made_anew(library, folder, tmp_path):
    library.close()
    (folder / "library.db").rename(tmp_path / "away")
    with pytest.raises(StorageFailed):
        reopen(folder)
    assert [issue.kind for issue in issues(folder)] == ["database"]
    assert not (folder / "library.db").exists()
    (tmp_path / "away").rename(folder / "library.db")
    assert issues(folder) == ()


@pytest.mark.parametrize("name", [keyfile.NAME, keyfile.COPY])
@pytest.mark.parametrize("what", ["altered", "missing"])
def test_a_key_file_that_is_not_whole_is_noticed_and_then_mended(
    library, filled, folder, name, what
):
    library.close()
    path = folder / name
    if what == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
    assert {issue.kind for issue in issues(folder)} == {"key file"}
    with reopen(folder) as again:
        assert again.read_original(filled.photo) == filled.original
    assert issues(folder) == ()


def test_a_library_that_could_not_be_made_leaves_nothing(tmp_path, monkeypatch):
    def refuse(*reported):
        raise StorageFailed("no")

    monkeypatch.setattr(keyfile, "write_keyfile", refuse)
    with pytest.raises(StorageFailed):
        create_library(tmp_path / "clinic", WORD)
    assert list((tmp_path / "clinic").iterdir()) == []
