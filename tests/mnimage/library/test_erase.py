from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from mnimage.domain import record as kept
from mnimage.errors import EditConflict, NotAllowed, RecordUnusable, StorageFailed
from mnimage.library import access, migrate
from mnimage.library.backup import back_up
from mnimage.library.erase import erase_patient
from mnimage.library.export import Order, export_patients
from mnimage.library.opening import open_library
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, moved, noise, store
from tests.mnimage.library.test_export import full

PAGE, RESERVE = 4096, 80


def decrypted(library) -> bytes:
    """Return every page of the database and of its log as SQLite sees it, free pages too.

    SQLCipher 4: AES-256-CBC under the raw key, the IV at the start of each page's reserve.
    """
    path = library.folder / "library.db"
    log = path.with_name("library.db-wal")
    whole = path.read_bytes()
    pages = [whole[at : at + PAGE] for at in range(0, len(whole), PAGE)]
    if log.exists():
        frames = log.read_bytes()[32:]
        pages += [frames[at + 24 : at + 24 + PAGE] for at in range(0, len(frames), 24 + PAGE)]
    return b"".join(
        _page(page, library.keys.database, first=n == 0) for n, page in enumerate(pages)
    )


def _page(page: bytes, key: bytes, *, first: bool) -> bytes:
    # The first page of the log may be any page: its first 16 bytes do not matter here.
    body, iv = page[16 if first else 0 : PAGE - RESERVE], page[PAGE - RESERVE : PAGE - RESERVE + 16]
    opened = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return opened.update(body) + opened.finalize()


def test_the_search_sees_what_is_there(library):
    fill(library)
    assert b"Vandermeulen" in decrypted(library)


def test_nothing_of_an_erased_patient_is_left(library, folder, tmp_path):
    filled = fill(library)
    other = kept.Patient(code="MN-STAYS", name="Someone else")
    session = kept.Session(patient_id=other.id, held_at=datetime(2026, 5, 4, tzinfo=UTC))
    library.add(other, session)
    kept_photo, kept_bytes = store(library, session, noise(9000, 7)), noise(9000, 7)
    library.change(replace(filled.patient, notes="Novocaine, twice"))
    library.cache.put(filled.photo.sha256, "thumbnail", noise(3000, 5))
    library.cache.put(kept_photo.sha256, "thumbnail", noise(3000, 6))
    (folder / migrate.BACKUPS).mkdir()
    (folder / migrate.BACKUPS / "0001-x.db").write_bytes(b"an old copy")
    done = erase_patient(library, library.patient("MN-0042"))
    assert (done.photos, done.copies, done.backups) == (1, 1, ())
    bare = decrypted(library)
    words = ("Vandermeulen", "MN-0042", "mn-0042", "Novocaine", "1988-03-14")
    assert {word: bare.count(word.encode()) for word in words} == dict.fromkeys(words, 0)
    assert bare.count(b"MN-STAYS")
    assert len(list((folder / "vault").rglob("*.*"))) == 1
    assert library.cache.get(filled.photo.sha256, "thumbnail") is None
    assert library.cache.get(kept_photo.sha256, "thumbnail") == noise(3000, 6)
    assert list((folder / migrate.BACKUPS).iterdir()) == []
    assert library.read_original(kept_photo) == kept_bytes
    assert not verify_library(folder, "admin", WORD, lambda *_: None)


def test_the_trace_shows_that_it_happened_and_nothing_more(library):
    patient = fill(library).patient
    erase_patient(library, patient)
    reported = library.history(patient)
    assert (reported[-1].action, reported[-1].user) == ("erased", "admin")
    assert {"added", "erased"} <= {line.action for line in reported}
    assert all(not line.details for line in reported)


def test_every_kind_of_record_goes(library, tmp_path):
    patient, _ = full(library)
    export_patients(library, [patient], Order(tmp_path / "out", png=False))
    back_up(library, tmp_path / "backup")
    done = erase_patient(library, patient)
    for type_ in kept.Record.__args__:
        assert library.select(type_) == ()
    assert done.photos == 4
    assert done.records == 1 + 1 + 1 + 3 + 1 + 1 + 1 + 2 + 1
    assert done.disclosed_to == (str(tmp_path / "out"),)
    assert [made.to for made in done.backups] == [str(tmp_path / "backup")]
    assert list((library.folder / "vault").rglob("*.*")) == []


def test_an_original_that_another_needs_stays(library):
    filled = fill(library)
    other = kept.Patient(code="TWIN")
    session = kept.Session(patient_id=other.id, held_at=datetime(2026, 5, 4, tzinfo=UTC))
    library.add(other, session)
    photo = store(library, session, filled.original)
    assert erase_patient(library, filled.patient).photos == 0
    assert library.read_original(photo) == filled.original


def test_only_an_administrator_erases(library, folder):
    patient = fill(library).patient
    access.add_user(library, "doc", kept.Role.CLINICIAN, "another long word")
    with open_library(folder, "doc", "another long word") as seen, pytest.raises(NotAllowed):
        erase_patient(seen, patient)
    assert library.patient(patient.code) == patient


def test_erased_twice_is_said(library):
    patient = fill(library).patient
    erase_patient(library, patient)
    with pytest.raises((EditConflict, RecordUnusable)):
        erase_patient(library, patient)


def test_a_code_may_be_used_again(library):
    patient = fill(library).patient
    erase_patient(library, patient)
    library.add(kept.Patient(code=patient.code, birth_date=date(1990, 1, 1)))
    assert library.history(library.patient(patient.code))[0].action == "added"


@pytest.mark.parametrize("which", ["the owner", "the first"])
def test_a_photo_that_was_moved_stands_in_no_ones_way(library, which):
    first, owner = moved(library)
    assert [one.patient_id for one in library.select(kept.Measurement)] == [owner.id]
    if which == "the owner":
        assert erase_patient(library, owner).photos == 1
        assert library.select(kept.Measurement) == ()
    else:
        assert erase_patient(library, first.patient).photos == 0
        assert len(library.timeline(owner).measurements) == 1
        assert library.select(kept.Disclosure)[0].consent_id is None
    assert not verify_library(library.folder, "admin", WORD, lambda *_: None)


def test_a_session_takes_its_photos_along(library):
    filled = fill(library)
    owner = kept.Patient(code="MN-OWNER")
    library.add(owner)
    library.change(replace(filled.session, patient_id=owner.id))
    reported = library.timeline(owner)
    assert [one.id for one in reported.photos] == [filled.photo.id]
    with pytest.raises(EditConflict):
        library.change(replace(filled.photo, notes="as it was read before"))
    erase_patient(library, filled.patient)
    assert library.read_original(reported.photos[0]) == filled.original


def test_a_course_takes_its_sessions_and_their_photos_along(library):
    filled = fill(library)
    course = kept.Series(patient_id=filled.patient.id, indication=kept.Indication.ACNE_SCARS)
    library.add(course)
    library.change(replace(filled.session, series_id=course.id))
    owner = kept.Patient(code="MN-OWNER")
    library.add(owner)
    library.change(replace(course, patient_id=owner.id))
    reported = library.timeline(owner)
    assert (len(reported.series), len(reported.sessions)) == (1, 1)
    assert [one.id for one in reported.photos] == [filled.photo.id]
    moved_along = [line.kind for line in library.history(owner) if line.action == "moved along"]
    assert moved_along == ["session", "photo"]
    erase_patient(library, owner)
    assert erase_patient(library, filled.patient).photos == 0


def test_what_can_be_erased_is_though_the_vault_refuses(library, folder, monkeypatch):
    filled = fill(library)
    library.cache.put(filled.photo.sha256, "thumbnail", noise(300, 5))
    (folder / migrate.BACKUPS).mkdir()
    (folder / migrate.BACKUPS / "0001-x.db").write_bytes(b"an old copy")

    def refuse(name):
        raise StorageFailed("The disk refuses.")

    monkeypatch.setattr(library.vault._store, "remove", refuse)
    with pytest.raises(StorageFailed, match="refuses"):
        erase_patient(library, filled.patient)
    assert library.cache.get(filled.photo.sha256, "thumbnail") is None
    assert list((folder / migrate.BACKUPS).iterdir()) == []
    assert b"Vandermeulen" not in decrypted(library)


def test_a_photo_that_is_deleted_leaves_no_picture(library):
    filled, other = fill(library), fill(library, "MN-2", 2)
    for photo in (filled.photo, other.photo):
        library.cache.put(photo.sha256, "thumbnail", noise(300, 5))
    library.remove(filled.photo)
    assert library.cache.get(filled.photo.sha256, "thumbnail") is None
    assert library.cache.get(other.photo.sha256, "thumbnail") == noise(300, 5)
