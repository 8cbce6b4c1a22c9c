"""Users: what each role may do, and that access taken away stays away."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mnimage.domain import record as kept
from mnimage.domain.record import Role
from mnimage.domain.scales import Rater, ScaleName
from mnimage.errors import (
    AuthenticationFailed,
    EditConflict,
    LibraryDamaged,
    LibraryError,
    NotAllowed,
    OutputFailed,
    RecordUnusable,
    StorageFailed,
)
from mnimage.library import access, database, keyfile, migrate, renewal
from mnimage.library.erase import erase_patient
from mnimage.library.opening import create_library, open_by_recovery, open_engine
from mnimage.library.roles import Permission
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, noise, reopen, store

ANNS = "another horse battery"


@pytest.fixture
def with_ann(library):
    access.add_user(library, "ann", Role.CLINICIAN, ANNS)
    return library


def issues(folder):
    return verify_library(folder, "admin", WORD, lambda done, total: None)


def test_a_removed_user_is_out_with_all_they_kept(with_ann, filled, folder, tmp_path):
    """Ann copies the folder, and keeps the master key in memory; then she is removed."""
    with reopen(folder, "ann", ANNS) as hers:
        kept_keys = hers.keys
    with_ann.close()
    copied = shutil.copytree(folder, tmp_path / "copy before")
    with reopen(folder) as library:
        access.remove_user(library, "ann")
        later = store(library, filled.session, noise(500, seed=9))
    with pytest.raises(AuthenticationFailed):
        reopen(folder, "ann", ANNS)
    for name in (keyfile.NAME, keyfile.COPY):
        shutil.copyfile(copied / name, tmp_path / name)
    stolen = shutil.copytree(folder, tmp_path / "copy after")
    for name in (keyfile.NAME, keyfile.COPY):
        shutil.copyfile(tmp_path / name, stolen / name)
    with pytest.raises(LibraryDamaged):
        reopen(stolen, "ann", ANNS)
    with pytest.raises(LibraryDamaged):
        database.raw_connection(folder / database.NAME, kept_keys.database)
    with reopen(folder) as library, database.reading(library.engine) as connection:
        from mnimage.library import queries

        for photo in (filled.photo, later):
            row = queries.find_object(connection, photo.sha256)
            with pytest.raises(LibraryError):
                list(type(library.vault)(library.vault._store, kept_keys).stream(row))
    with reopen(copied, "ann", ANNS) as hers:
        assert hers.read_original(filled.photo) == filled.original  # What was copied is copied.
    assert issues(folder) == ()


def test_a_station_that_was_open_notices_the_renewal(with_ann, filled, folder):
    hers = reopen(folder, "ann", ANNS)
    access.remove_user(with_ann, "ann")
    with hers:
        with pytest.raises((EditConflict, LibraryDamaged)):
            hers.add(kept.Patient(code="LATE"))
        with pytest.raises((LibraryDamaged, StorageFailed, EditConflict)):
            hers.patients()
    assert with_ann.read_original(filled.photo) == filled.original
    assert [line.patient.code for line in with_ann.patients()] == ["MN-0042"]
    assert issues(folder) == ()


def test_a_role_taken_holds_at_once(with_ann, folder):
    with reopen(folder, "ann", ANNS) as hers:
        hers.add(kept.Patient(code="EARLY"))
        access.set_role(with_ann, "ann", Role.VIEWER)
        with pytest.raises(NotAllowed):
            hers.add(kept.Patient(code="LATE"))


def test_an_old_passphrase_is_out_and_the_new_in(with_ann, folder):
    access.set_passphrase(with_ann, "ann", "a third horse battery")
    with pytest.raises(AuthenticationFailed):
        reopen(folder, "ann", ANNS)
    with reopen(folder, "ann", "a third horse battery") as hers:
        access.set_passphrase(hers, "ann", "a fourth horse battery")
        with pytest.raises(NotAllowed):
            access.set_passphrase(hers, "admin", "mine from now on")
    reopen(folder, "ann", "a fourth horse battery").close()


def test_the_old_recovery_paper_opens_nothing_after_a_new_one(folder):
    library, paper = create_library(folder, WORD)
    with library:
        filled = fill(library)
        fresh = access.renew_recovery(library)
    with pytest.raises(AuthenticationFailed):
        open_by_recovery(folder, paper)
    with open_by_recovery(folder, fresh) as again:
        access.set_passphrase(again, "admin", ANNS)
    with reopen(folder, "admin", ANNS) as again:
        assert again.read_original(filled.photo) == filled.original


@pytest.mark.parametrize(
    "wrong",
    [
        lambda library: access.add_user(library, "ann", Role.VIEWER, ANNS),
        lambda library: access.add_user(library, "recovery", Role.VIEWER, ANNS),
        lambda library: access.remove_user(library, "admin"),
        lambda library: access.remove_user(library, "nobody"),
        lambda library: access.set_role(library, "admin", Role.VIEWER),
        lambda library: access.set_passphrase(library, "nobody", ANNS),
        lambda library: access.set_passphrase(library, "admin", "short"),
    ],
)
def test_what_would_leave_no_order_is_refused(with_ann, folder, wrong):
    before = keyfile.read_keyfile(folder)
    with pytest.raises(RecordUnusable):
        wrong(with_ann)
    assert keyfile.read_keyfile(folder) == before


STEPS = ("key file written", "keys wrapped anew", "database re-keyed", "copies re-keyed")


@pytest.mark.parametrize("step", STEPS)
def test_a_renewal_cut_short_is_finished_at_the_next_start(
    with_ann, filled, folder, monkeypatch, step
):
    class PowerCut(BaseException):
        """Not an exception that anything may catch."""

    def cut(*reported, **more):
        raise PowerCut

    if step == "key file written":
        monkeypatch.setattr(renewal, "_rewrap", cut)
    elif step == "keys wrapped anew":
        monkeypatch.setattr(renewal, "_rekey", cut)
    elif step == "database re-keyed":
        monkeypatch.setattr(renewal.migrate, "backups", cut)
    else:
        monkeypatch.setattr(renewal.keyfile, "settled", cut)
    with pytest.raises(PowerCut):
        access.remove_user(with_ann, "ann")
    monkeypatch.undo()
    from mnimage.library import keys
    from tests.mnimage.library.conftest import CHEAP

    monkeypatch.setattr(keys, "COST", CHEAP)
    assert keyfile.read_keyfile(folder).previous
    assert issues(folder) == ()
    with pytest.raises(AuthenticationFailed):
        reopen(folder, "ann", ANNS)
    with reopen(folder) as library:
        assert library.read_original(filled.photo) == filled.original
        assert library.keys.previous is None
        assert library.keys.generation == 2
    assert not keyfile.read_keyfile(folder).previous
    assert issues(folder) == ()


def made_records(filled):
    mine = {"patient_id": filled.patient.id}
    today = date(2026, 5, 4)
    return {
        "patient": kept.Patient(code="NEW"),
        "session": kept.Session(held_at=datetime(2026, 6, 1, tzinfo=UTC), **mine),
        "consent": kept.Consent(purpose=kept.Purpose.RECORD, given_on=today, **mine),
        "series": kept.Series(indication=kept.Indication.ACNE_SCARS, **mine),
        "rating": kept.Rating(
            session_id=filled.session.id,
            scale=ScaleName.GAIS,
            rater=Rater.CLINICIAN,
            value=2,
            **mine,
        ),
        "event": kept.AdverseEvent(
            session_id=filled.session.id,
            event=kept.Event.SWELLING,
            noticed_on=today,
            **mine,
        ),
    }


MAY = {
    Role.VIEWER: set(),
    Role.ASSISTANT: {"patient", "session", "consent"},
    Role.CLINICIAN: {"patient", "session", "consent", "series", "rating", "event"},
    Role.ADMIN: {"patient", "session", "consent", "series", "rating", "event"},
}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_it_may(library, filled, folder, role):
    access.add_user(library, "bob", role, ANNS)
    with reopen(folder, "bob", ANNS) as his:
        for name, record in made_records(filled).items():
            if name in MAY[role]:
                his.add(record)
                assert his.find(type(record), record.id) == record
            else:
                with pytest.raises(NotAllowed):
                    his.add(record)
        assert his.read_original(filled.photo) == filled.original
        if role is Role.VIEWER:
            with pytest.raises(NotAllowed):
                his.keep_original([b"form"])
            with pytest.raises(NotAllowed):
                his.change(replace(filled.patient, notes="x"))
        if role is not Role.ADMIN:
            with pytest.raises(NotAllowed):
                his.remove(filled.photo)
            for ruled in (access.renew_keys, access.renew_recovery):
                with pytest.raises(NotAllowed):
                    ruled(his)
            with pytest.raises(NotAllowed):
                access.add_user(his, "eve", Role.ADMIN, ANNS)
            with pytest.raises(NotAllowed):
                access.remove_user(his, "admin")
            with pytest.raises(NotAllowed):
                access.set_role(his, "bob", Role.ADMIN)


def test_the_engine_under_an_old_key_reads_nothing(library, folder):
    old_file, old_keys = library.file, library.keys
    access.renew_keys(library)
    engine = open_engine(folder, old_file, old_keys)
    with pytest.raises(LibraryDamaged), database.reading(engine):
        pass
    engine.dispose()


def test_two_administrators_at_once_lose_no_user(library, folder):
    failed = []

    def add(one, letter):
        try:
            for number in range(8):
                access.add_user(one, f"{letter}{number}", Role.VIEWER, ANNS)
        except BaseException as error:
            failed.append(error)
            raise

    with reopen(folder) as other:
        threads = [
            threading.Thread(target=add, args=pair) for pair in ((library, "a"), (other, "b"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []
    assert len(access.users(library)) == 17
    reopen(folder, "a0", ANNS).close()
    reopen(folder, "b7", ANNS).close()
    assert issues(folder) == ()


def old_copy(folder, tmp_path):
    """Keep the key file of this moment, as one who is to be removed could."""
    return shutil.copyfile(folder / keyfile.NAME, tmp_path / "kept.json")


def test_a_copy_from_before_lets_no_removed_user_in(with_ann, filled, folder, tmp_path):
    """As it lies after a power cut between the key file and its copy, or as she puts it there."""
    kept_file = old_copy(folder, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renewal, "finish", lambda *reported: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            access.remove_user(with_ann, "ann")
    shutil.copyfile(kept_file, folder / keyfile.COPY)
    with pytest.raises(AuthenticationFailed):
        reopen(folder, "ann", ANNS)
    with reopen(folder) as library:
        assert [line.name for line in access.users(library)] == ["admin"]
        assert library.read_original(filled.photo) == filled.original
    assert issues(folder) == ()


def test_a_station_that_was_open_does_not_undo_a_renewal_cut_short(with_ann, folder, tmp_path):
    kept_file = old_copy(folder, tmp_path)
    with reopen(folder) as other, pytest.MonkeyPatch.context() as patch:
        patch.setattr(renewal, "finish", lambda *reported: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            access.remove_user(with_ann, "ann")
        shutil.copyfile(kept_file, folder / keyfile.COPY)
        with pytest.raises(EditConflict):
            access.add_user(other, "bob", Role.VIEWER, ANNS)
    with pytest.raises(AuthenticationFailed):
        reopen(folder, "ann", ANNS)


def test_a_copy_from_before_opens_to_no_old_passphrase(with_ann, folder, tmp_path):
    kept_file = old_copy(folder, tmp_path)
    access.set_passphrase(with_ann, "ann", "a third horse battery")
    shutil.copyfile(kept_file, folder / keyfile.COPY)
    with pytest.raises(AuthenticationFailed):
        reopen(folder, "ann", ANNS)
    reopen(folder, "ann", "a third horse battery").close()
    assert issues(folder) == ()


def test_a_damaged_key_file_is_still_opened_by_its_copy(with_ann, folder):
    path = folder / keyfile.NAME
    path.write_bytes(path.read_bytes().replace(b'"generation": 1', b'"generation": 7'))
    with reopen(folder) as library:
        assert len(access.users(library)) == 2
    reopen(folder, "ann", ANNS).close()
    assert issues(folder) == ()


def test_a_removal_loses_no_user_that_another_station_just_added(library, folder, monkeypatch):
    access.add_user(library, "ann", Role.CLINICIAN, ANNS)
    with reopen(folder) as other:
        at_once(monkeypatch, library, lambda: access.add_user(other, "bob", Role.VIEWER, ANNS))
        access.remove_user(library, "ann")
    assert [line.name for line in access.users(library)] == ["admin", "bob"]
    reopen(folder, "bob", ANNS).close()


def at_once(monkeypatch, library, permission):
    """Have another station do something right before this one gets to write."""
    changing, done = library.changing, []

    def later(*reported):
        if not done:
            done.append(True)
            permission()
        return changing(*reported)

    monkeypatch.setattr(library, "changing", later)


def test_a_new_passphrase_brings_no_role_back(with_ann, folder, monkeypatch):
    with reopen(folder, "ann", ANNS) as hers:
        at_once(monkeypatch, hers, lambda: access.set_role(with_ann, "ann", Role.VIEWER))
        access.set_passphrase(hers, "ann", "a third horse battery")
    with reopen(folder, "ann", "a third horse battery") as hers:
        assert hers.role is Role.VIEWER


@pytest.mark.parametrize(
    "action",
    [
        lambda one: access.add_user(one, "eve", Role.ADMIN, ANNS),
        lambda one: access.remove_user(one, "admin"),
        lambda one: access.set_role(one, "ann", Role.ADMIN),
        access.renew_keys,
        lambda one: erase_patient(one, one.select(kept.Patient)[0]),
    ],
)
def test_an_administrator_of_before_rules_no_more(library, filled, folder, action):
    access.add_user(library, "ann", Role.ADMIN, ANNS)
    with reopen(folder, "ann", ANNS) as hers:
        access.set_role(library, "ann", Role.VIEWER)
        with pytest.raises(NotAllowed):
            action(hers)
    assert library.patient("MN-0042") == filled.patient


def test_users_are_those_of_a_key_file_that_was_proved(with_ann, folder):
    path = folder / keyfile.NAME
    path.write_bytes(path.read_bytes().replace(b'"clinician"', b'"admin"'))
    assert [line.role for line in access.users(with_ann)] == [Role.ADMIN, Role.CLINICIAN]


def test_keys_are_not_renewed_over_a_damaged_page(with_ann, filled, folder):
    with_ann.close()
    path = folder / database.NAME
    content = bytearray(path.read_bytes())
    content[-2000] ^= 1
    path.write_bytes(content)
    with reopen(folder) as library:
        before = (folder / keyfile.NAME).read_bytes()
        with pytest.raises(LibraryDamaged, match="keys cannot be renewed"):
            access.renew_keys(library)
        assert (folder / keyfile.NAME).read_bytes() == before
    reopen(folder).close()


def test_a_copy_that_opens_to_nobody_does_not_stop_a_renewal(library, filled, folder):
    place = folder / migrate.BACKUPS
    place.mkdir()
    library.close()
    spoilt = bytearray((folder / database.NAME).read_bytes())
    spoilt[100] ^= 1
    (place / "0001-x.db").write_bytes(spoilt)
    with reopen(folder) as again:
        access.renew_keys(again)
        assert again.read_original(filled.photo) == filled.original
    assert list(place.iterdir()) == []
    assert issues(folder) == ()


def test_a_photo_written_before_a_renewal_gets_no_row_after_it(library, filled):
    """An import in one window, a user removed in another: its key was wrapped by the old master."""
    stored = library.vault.keep([noise(400, seed=3)])
    access.renew_keys(library)
    with pytest.raises(EditConflict, match="renewed"), library.changing() as changes:
        changes.take(stored)
    assert not library.knows(stored.sha256)


def test_a_closed_library_gives_nothing_any_more(library, filled):
    library.cache.put(filled.photo.sha256, "thumbnail", b"a picture")
    library.close()
    for asked in (
        lambda: library.keys,
        lambda: library.cache.get(filled.photo.sha256, "thumbnail"),
        lambda: library.select(kept.Patient),
        lambda: library.read_original(filled.photo),
        lambda: library.add(kept.Patient(code="LATE")),
    ):
        with pytest.raises(AuthenticationFailed, match="closed"):
            asked()
    library.close()


@pytest.mark.parametrize("what", ["the copy", "the database"])
def test_a_change_of_users_that_failed_did_not_happen(with_ann, folder, monkeypatch, what):
    def full_disk(*reported, **more):
        raise StorageFailed("The disk is full.")

    with monkeypatch.context() as patch:
        if what == "the copy":
            whole = keyfile.write_whole

            def no_copy(path, content, left=[1]):  # noqa: B006 - counts over the calls
                if path.name == keyfile.COPY and left.pop() if left else False:
                    raise OutputFailed("The disk is full.")
                whole(path, content)

            patch.setattr(keyfile, "write_whole", no_copy)
        else:
            patch.setattr(with_ann.engine.dialect, "do_commit", full_disk)
        with pytest.raises(StorageFailed, match="full"):
            access.set_passphrase(with_ann, "ann", "a third horse battery")
    with pytest.raises(AuthenticationFailed):
        reopen(folder, "ann", "a third horse battery")
    reopen(folder, "ann", ANNS).close()
    access.set_passphrase(with_ann, "ann", "a third horse battery")
    reopen(folder, "ann", "a third horse battery").close()
    assert issues(folder) == ()


def test_closing_waits_for_no_writer_and_what_is_half_written_is_undone(library, folder):
    """The screen is locked while another station keeps a writer waiting."""
    at_work, closed = threading.Event(), threading.Event()
    said = []

    def write():
        try:
            with library.changing() as changes:
                changes.add(kept.Patient(code="HALF"))
                at_work.set()
                closed.wait(10)
                library.require(Permission.SEE)
        except AuthenticationFailed as error:
            said.append(str(error))

    writer = threading.Thread(target=write)
    writer.start()
    assert at_work.wait(10)
    library.close()
    closed.set()
    writer.join(10)
    assert said == ["The library is closed."]
    with reopen(folder) as again:
        assert again.patients() == ()
    assert issues(folder) == ()
