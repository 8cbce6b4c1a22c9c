from __future__ import annotations

import errno
import hashlib
import os
import struct
import subprocess
import tempfile
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mnimage.domain.imported import Status
from mnimage.domain.record import Patient, PhotoRecord, Role, Session
from mnimage.errors import NotAllowed, RecordUnusable, StorageFailed
from mnimage.library import access, stores
from mnimage.library.importing import UNSORTED, import_photos, patient_of
from mnimage.library.intake import find_items
from mnimage.library.opening import create_library, open_library
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD
from tests.mnimage.library.test_clear import found
from tests.mnimage.library.test_disk import disk  # noqa: F401 - a fixture


def jpeg(seed: int, taken: str = "", side: int = 96) -> bytes:
    """Return a JPEG of noise, with a camera's clock."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
        exif.get_ifd(0x8769)[0x9011] = "+00:00"
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=90, exif=exif)
    return stream.getvalue()


def card(folder, count: int, name: str = "DCIM"):
    """Lay a card's folder with photos a minute apart."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    for place in range(count):
        content = jpeg(place, f"2026:03:01 10:{place:02}:00")
        (folder / name / f"IMG_{place:04}.jpg").write_bytes(content)
    return folder / name


def run(library, *paths, patient=None):
    return list(import_photos(library, find_items(paths), patient))


def issues(library):
    library.close()
    return verify_library(library.folder, "admin", WORD, lambda done, total: None)


def test_what_is_stored_is_there_and_whole(library, tmp_path):
    folder = card(tmp_path, 20)
    patient, made = patient_of(library, "MN-1")
    assert made
    reported = run(library, folder, patient=patient)
    assert [one.status for one in reported] == [Status.STORED] * 20
    for one, path in zip(reported, sorted(folder.iterdir()), strict=True):
        photo = library.find(PhotoRecord, one.id)
        assert one.file == str(path)
        assert library.read_original(photo) == path.read_bytes()
        assert one.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert photo.file_name == path.name
        assert (photo.camera.format, photo.camera.rows, photo.camera.bits) == ("JPEG", 96, 8)
    assert photo.taken_at == datetime(2026, 3, 1, 10, 19, tzinfo=UTC)
    assert len(library.select(Session)) == 1
    assert not issues(library)


def test_doubles_are_known_within_a_run_and_after(library, tmp_path):
    folder = card(tmp_path, 3)
    (folder / "copy of IMG_0001.jpg").write_bytes((folder / "IMG_0001.jpg").read_bytes())
    first, again = run(library, folder), run(library, folder)
    assert sorted(one.status for one in first) == ["known", "stored", "stored", "stored"]
    assert {one.status for one in again} == {Status.KNOWN}
    assert {one.id for one in first} == {one.id for one in again}
    assert len(library.select(PhotoRecord)) == 3
    assert not issues(library)


def test_a_broken_file_is_reported_and_the_rest_go_on(library, tmp_path):
    folder = card(tmp_path, 4)
    (folder / "IMG_0001.jpg").write_bytes(jpeg(9)[:2000])
    (folder / "IMG_0002.jpg").write_bytes(b"")
    (folder / "letter.txt").write_bytes(b"Dear doctor, here are my photos.")
    reported = {one.file.rpartition("/")[2]: one for one in run(library, folder)}
    assert [reported[name].status for name in sorted(reported)] == [
        "stored",
        "refused",
        "refused",
        "stored",
        "refused",
    ]
    assert "end is missing" in reported["IMG_0001.jpg"].reason
    assert "empty" in reported["IMG_0002.jpg"].reason
    assert "text file" in reported["letter.txt"].reason
    assert not issues(library)


def test_times_make_sessions_and_a_second_run_joins_them(library, tmp_path):
    patient, _ = patient_of(library, "MN-1")
    clocks = ["2026:03:01 10:00:00", "2026:03:01 10:05:00", "2026:04:01 09:00:00", ""]
    for place, clock in enumerate(clocks):
        (tmp_path / f"{place}.jpg").write_bytes(jpeg(place, clock))
    run(library, tmp_path / "0.jpg", patient=patient)
    run(library, *(tmp_path / f"{place}.jpg" for place in range(4)), patient=patient)
    sessions = {photo.file_name: photo.session_id for photo in library.select(PhotoRecord)}
    assert sessions["0.jpg"] == sessions["1.jpg"]
    assert sessions["2.jpg"] == sessions["3.jpg"] != sessions["0.jpg"]
    held = [session.held_at for session in library.select(Session)]
    assert held == [datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 4, 1, 9, tzinfo=UTC)]


def test_a_folder_named_by_a_code_says_whose_photos_they_are(library, tmp_path):
    library.add(Patient(code="MN-7"))
    card(tmp_path / "MN-7", 2, "2026-03-01")
    (tmp_path / "stray.jpg").write_bytes(jpeg(50))
    run(library, tmp_path)
    count = {line.patient.code: line.photos for line in library.patients()}
    assert count == {"MN-7": 2, UNSORTED: 1}


def test_a_photo_kept_under_another_patient_is_reported(library, tmp_path):
    folder = card(tmp_path, 1)
    run(library, folder, patient=patient_of(library, "A")[0])
    reported = run(library, folder, patient=patient_of(library, "B")[0])
    assert "another patient" in reported[0].reason
    assert reported[0].status is Status.KNOWN


def test_stopped_and_run_again_stores_the_rest(library, tmp_path):
    folder = card(tmp_path, 30)
    begun = import_photos(library, find_items([folder]))
    reported = [next(begun) for _ in range(3)]
    begun.close()
    assert {one.id for one in reported} <= {photo.id for photo in library.select(PhotoRecord)}
    rest = run(library, folder)
    assert len(rest) == 30
    assert {one.id for one in reported} <= {one.id for one in rest if one.status is Status.KNOWN}
    assert len(library.select(PhotoRecord)) == 30
    assert len(library.select(Session)) == 1
    assert not issues(library)


def test_a_viewer_imports_nothing(library, folder, tmp_path):
    access.add_user(library, "eve", Role.VIEWER, "another long word")
    with open_library(folder, "eve", "another long word") as seen, pytest.raises(NotAllowed):
        run(seen, card(tmp_path, 1))


def test_a_code_that_cannot_be_one_is_refused(library):
    with pytest.raises(RecordUnusable, match="one line"):
        patient_of(library, "a\nb")


class FullDisk:
    """Lets a number of steps of writing through, then refuses all."""

    def __init__(self, monkeypatch, steps: int, number: int) -> None:
        self.left, self.number, self.monkeypatch = steps, number, monkeypatch

    def wrap(self, owner, name: str) -> None:
        real = getattr(owner, name)

        def guarded(*arguments, **more):
            self.left -= 1
            if self.left < 0:
                raise OSError(self.number, os.strerror(self.number))
            return real(*arguments, **more)

        self.monkeypatch.setattr(owner, name, guarded)


@pytest.mark.parametrize(
    ("number", "steps"),
    [
        *((errno.ENOSPC, steps) for steps in (0, 1, 5, 13, 30)),
        (errno.EROFS, 0),
        (errno.EIO, 8),
        (errno.ENODEV, 17),
    ],
)
def test_a_disk_that_refuses_at_any_step_harms_nothing(
    library, tmp_path, monkeypatch, steps, number
):
    folder = card(tmp_path, 12)
    reported = []
    with monkeypatch.context() as patch:
        full = FullDisk(patch, steps, number)
        full.wrap(stores._FileDraft, "write")
        full.wrap(stores._FileDraft, "keep")
        with pytest.raises(StorageFailed) as error:
            reported.extend(import_photos(library, find_items([folder])))
    assert error.value.hint
    assert "IMG_" not in str(error.value)
    kept = {photo.id for photo in library.select(PhotoRecord)}
    assert {one.id for one in reported} <= kept
    assert not verify_library(library.folder, "admin", WORD, lambda *_: None)
    assert len(run(library, folder)) == 12
    assert len(library.select(PhotoRecord)) == 12


def test_a_head_that_cannot_be_written_costs_no_photo(library, tmp_path, monkeypatch):
    """The rows are on disk by then: what they need must not be swept."""
    folder = card(tmp_path, 3)
    with monkeypatch.context() as patch:

        def refuse(path, content):
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr("mnimage.formats.output._write_draft", refuse)
        assert len(run(library, folder)) == 3
    for photo in library.select(PhotoRecord):
        assert library.read_original(photo)
    run(library, folder)
    assert len(library.select(PhotoRecord)) == 3
    assert not [issue for issue in issues(library) if issue.grave]


def test_a_picture_bomb_is_refused(library, tmp_path):
    bomb = bytearray(jpeg(1))
    at = bomb.find(b"\xff\xc0")
    bomb[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    (tmp_path / "bomb.jpg").write_bytes(bomb)
    reported = run(library, tmp_path / "bomb.jpg")
    assert reported[0].status is Status.REFUSED
    assert "megapixels" in reported[0].reason


def test_on_a_real_full_disk_what_was_given_is_kept_and_work_goes_on(disk, tmp_path):  # noqa: F811
    folder = card(tmp_path, 3)
    for place in range(40):
        (folder / f"big{place:02}.jpg").write_bytes(jpeg(place + 100, side=300))
    library, _ = create_library(disk / "clinic", WORD)
    with library:
        filler = disk / "holiday.mov"
        filler.write_bytes(bytes(1_500_000))
        reported = []
        with pytest.raises(StorageFailed) as caught:
            reported.extend(import_photos(library, find_items([folder])))
        assert "Make room" in caught.value.hint
        kept = {photo.id: photo for photo in library.select(PhotoRecord)}
        assert {one.id for one in reported} <= set(kept)
        for photo in kept.values():
            assert library.read_original(photo)
        filler.unlink()
        small = [path for path in sorted(folder.iterdir()) if path.name.startswith("IMG")]
        assert {one.status for one in run(library, *small)} <= {Status.STORED, Status.KNOWN}
        assert not [issue for issue in issues(library) if issue.grave]


def test_a_read_only_disk_is_said_and_nothing_changes(disk, tmp_path):  # noqa: F811
    library, _ = create_library(disk / "clinic", WORD)
    with library:
        run(library, card(tmp_path, 2, "first"))
    (tmp_path / "new.jpg").write_bytes(jpeg(77))

    def attempt():
        with open_library(disk / "clinic", "admin", WORD) as seen:
            return run(seen, tmp_path / "new.jpg")

    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        with pytest.raises(StorageFailed) as caught:
            attempt()
        assert caught.value.hint
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert attempt()[0].status is Status.STORED
    assert not verify_library(disk / "clinic", "admin", WORD, lambda *_: None)


def test_an_import_leaves_nothing_in_the_clear(library, folder, tmp_path, monkeypatch):
    source, other = card(tmp_path, 6), tmp_path / "temporary"
    other.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(other))
    originals = tuple(jpeg(place, side=200) for place in range(100, 103))
    for place, content in enumerate(originals):
        (source / f"IMG_4711 {place}.jpg").write_bytes(content)
    begun = import_photos(library, find_items([source]), patient_of(library, "MN-0042")[0])
    for _ in begun:
        assert found(folder, originals) == []
    assert list(other.iterdir()) == []
    assert found(folder, originals) == []
