from __future__ import annotations

import errno
import os
import random
import shutil
from contextlib import suppress

import pytest

from mnimage.domain.record import PhotoRecord, Role
from mnimage.errors import (
    AuthenticationFailed,
    EditConflict,
    LibraryDamaged,
    LibraryError,
    LibraryTooOld,
    NotAllowed,
    RecordUnusable,
    StorageFailed,
)
from mnimage.library import access, backup, listing
from mnimage.library.backup import back_up, keep_newest
from mnimage.library.erase import erase_patient
from mnimage.library.listing import snapshots
from mnimage.library.opening import create_library, open_library
from mnimage.library.restore import check_backup, restore
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill
from tests.mnimage.library.test_clear import found


def check(target, **more):
    return check_backup(target, "admin", WORD, **more)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "disk" / "backups"


def test_what_is_restored_is_what_was(library, target, tmp_path):
    people = [fill(library, f"MN-{seed}", seed, size=size)
              for seed, size in enumerate((0, 1000, 1 << 20, 3_000_001))]  # fmt: skip
    reported = back_up(library, target)
    assert (reported.copied, reported.kept, reported.verified) == (4, 0, True)
    done = restore(target, tmp_path / "new", "admin", WORD)
    assert (done.copied, done.verified, done.issues) == (4, True, ())
    with open_library(tmp_path / "new", "admin", WORD) as other:
        for one in people:
            here, there = library.timeline(one.patient), other.timeline(one.patient)
            assert here == there
            assert other.read_original(one.photo) == one.original
        assert other.history()[-1].action in ("restored", "seen")
        assert "restored" in {line.action for line in other.history()}
    assert not verify_library(tmp_path / "new", "admin", WORD, lambda *_: None)


def test_the_next_backup_copies_only_what_is_new(library, target):
    fill(library)
    back_up(library, target)
    before = {path: path.stat().st_mtime_ns for path in (target / "vault").rglob("*.*")}
    fill(library, "MN-2", 2)
    reported = back_up(library, target)
    assert (reported.copied, reported.kept, reported.verified) == (1, 1, True)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(snapshots(target)) == 2


def test_an_earlier_backup_can_be_restored(library, target, tmp_path):
    fill(library)
    first = back_up(library, target).snapshot
    fill(library, "MN-2", 2)
    back_up(library, target)
    restore(target, tmp_path / "new", "admin", WORD, snapshot=first)
    with open_library(tmp_path / "new", "admin", WORD) as other:
        assert [line.patient.code for line in other.patients()] == ["MN-0042"]


def test_a_backup_that_was_never_verified_says_so(library, target, tmp_path):
    fill(library)
    assert not back_up(library, target, verify=False).verified
    assert not restore(target, tmp_path / "a", "admin", WORD).verified
    assert check(target).verified
    assert restore(target, tmp_path / "b", "admin", WORD).verified


def test_one_unverified_backup_is_made_good_by_the_next(library, target):
    fill(library)
    back_up(library, target, verify=False)
    assert back_up(library, target).verified
    assert check(target).verified


def test_a_backup_made_while_another_station_writes_is_whole(library, target, folder):
    fill(library)
    with open_library(folder, "admin", WORD) as other:
        for seed in range(2, 8):
            fill(other, f"MN-{seed}", seed)
            assert back_up(library, target).verified
    assert check(target).issues == ()


def test_nothing_in_a_backup_is_in_the_clear(library, target):
    filled = fill(library)
    back_up(library, target)
    assert found(target, (filled.original,)) == []


@pytest.mark.parametrize("count", [80, pytest.param(1000, marks=pytest.mark.stress)])
def test_a_flipped_byte_is_noticed_wherever_it_is(library, target, count):
    for seed in range(3):
        fill(library, f"MN-{seed}", seed, size=3000)
    back_up(library, target)
    rng = random.Random(count)
    paths = [path for path in sorted(target.rglob("*")) if path.is_file()]
    places = [(path, at) for path in paths for at in (0, path.stat().st_size - 1)]
    places += [(path, rng.randrange(path.stat().st_size)) for path in rng.choices(paths, k=count)]
    for path, at in places:
        whole = path.read_bytes()
        spoilt = bytearray(whole)
        spoilt[at % len(whole)] ^= 1 << rng.randrange(8)
        path.write_bytes(spoilt)
        with suppress(LibraryError):  # Refused at the door: noticed as well.
            assert check(target).issues, path.name
        path.write_bytes(whole)
    assert check(target).issues == ()


def test_a_damaged_photo_is_left_out_and_the_rest_restored(library, target, tmp_path):
    one, two = fill(library), fill(library, "MN-2", 2)
    back_up(library, target)
    spoilt = sorted((target / "vault").rglob("*.*"))[0]
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    done = restore(target, tmp_path / "new", "admin", WORD)
    assert [issue.where for issue in done.issues] == [spoilt.name[:16]]
    with open_library(tmp_path / "new", "admin", WORD) as other:
        whole = 0
        for filled in (one, two):
            try:
                whole += other.read_original(filled.photo) == filled.original
            except LibraryError:
                continue
        assert whole == 1
    assert any(f.grave for f in verify_library(tmp_path / "new", "admin", WORD, lambda *_: None))


@pytest.mark.parametrize("name", ["library.db", "trace.head"])
def test_an_altered_database_is_not_restored(library, target, tmp_path, name):
    fill(library)
    place = target / "snapshots" / back_up(library, target).snapshot / name
    place.write_bytes(place.read_bytes()[:-2] + b"xx")
    with pytest.raises(LibraryDamaged, match=name):
        restore(target, tmp_path / "new", "admin", WORD)
    assert not (tmp_path / "new").exists()


def test_a_photo_lost_from_the_backup_is_copied_again(library, target):
    fill(library)
    back_up(library, target)
    next((target / "vault").rglob("*.*")).unlink()
    assert back_up(library, target).copied == 1
    assert check(target).verified


def test_a_wrong_passphrase_restores_nothing(library, target, tmp_path):
    fill(library)
    back_up(library, target)
    with pytest.raises(AuthenticationFailed):
        restore(target, tmp_path / "new", "admin", "not the passphrase")
    assert not (tmp_path / "new").exists()


def test_renewed_keys_need_no_new_copies(library, target):
    fill(library)
    back_up(library, target)
    access.renew_keys(library)
    reported = back_up(library, target)
    assert (reported.copied, reported.kept, reported.verified) == (0, 1, True)


def test_restoring_over_something_is_refused(library, target, tmp_path):
    back_up(library, target)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "thesis.txt").write_text("all of it")
    with pytest.raises(RecordUnusable, match="not empty"):
        restore(target, tmp_path / "new", "admin", WORD)


def test_a_library_without_photos_comes_back_too(library, target, tmp_path):
    back_up(library, target)
    restore(target, tmp_path / "new", "admin", WORD)
    with open_library(tmp_path / "new", "admin", WORD) as other:
        assert fill(other).photo


def test_a_restore_cut_short_is_no_library(library, target, tmp_path, monkeypatch):
    fill(library)
    back_up(library, target)
    left = [2]  # The head and the database; then come the keys.

    def cut(source, place):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return listing.copy_whole(source, place)

    monkeypatch.setattr("mnimage.library.restore.copy_whole", cut)
    with pytest.raises(StorageFailed, match="restored") as caught:
        restore(target, tmp_path / "new", "admin", WORD)
    assert "Make room" in caught.value.hint
    with pytest.raises(StorageFailed, match="no library"):
        open_library(tmp_path / "new", "admin", WORD)


@pytest.mark.parametrize("steps", range(5))
def test_a_full_backup_disk_leaves_earlier_backups_whole(library, target, monkeypatch, steps):
    fill(library)
    first = back_up(library, target).snapshot
    fill(library, "MN-2", 2)
    left = [steps]

    def full(source, place):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return listing.copy_whole(source, place)

    with monkeypatch.context() as patch:
        patch.setattr(backup, "copy_whole", full)
        if steps < 4:
            with pytest.raises(StorageFailed, match="backed up"):
                back_up(library, target)
    assert snapshots(target) == [first]
    assert check(target).issues == ()
    assert back_up(library, target).verified


def test_places_that_are_no_place_for_a_backup(library, target, folder, tmp_path):
    with pytest.raises(RecordUnusable, match="inside the library"):
        back_up(library, folder / "vault" / "b")
    with pytest.raises(RecordUnusable, match="other files"):
        back_up(library, tmp_path)
    other, _ = create_library(tmp_path / "other", WORD)
    with other:
        back_up(other, target)
    with pytest.raises(RecordUnusable, match="another library"):
        back_up(library, target)
    with pytest.raises(StorageFailed, match="no back-up"):
        check(tmp_path / "nowhere")


def test_an_erased_patient_leaves_the_backups_once_old_ones_are_dropped(library, target, tmp_path):
    gone = fill(library)
    fill(library, "MN-2", 2)
    old = back_up(library, target).snapshot
    erase_patient(library, gone.patient)
    back_up(library, target)
    assert len(list((target / "vault").rglob("*.*"))) == 2
    assert keep_newest(library, target, 1) == 2
    assert old not in snapshots(target)
    assert len(list((target / "vault").rglob("*.*"))) == 1
    assert check(target).verified
    restore(target, tmp_path / "new", "admin", WORD)
    with open_library(tmp_path / "new", "admin", WORD) as other:
        assert [photo.sha256 for photo in other.select(PhotoRecord)] != [gone.photo.sha256]


def test_nothing_is_dropped_when_the_list_that_stays_is_altered(library, target):
    fill(library)
    back_up(library, target)
    last = target / "snapshots" / back_up(library, target).snapshot / "listing.json"
    last.write_bytes(last.read_bytes().replace(b'"size"', b'"Size"', 1))
    with pytest.raises(LibraryDamaged):
        keep_newest(library, target, 1)
    assert len(snapshots(target)) == 2


def test_a_viewer_backs_nothing_up(library, folder, target):
    access.add_user(library, "eve", Role.VIEWER, "another long word")
    with open_library(folder, "eve", "another long word") as seen, pytest.raises(NotAllowed):
        back_up(seen, target)


def test_a_backup_killed_half_way_is_none_and_is_cleared_away(library, target):
    fill(library)
    made = back_up(library, target).snapshot
    half = target / "snapshots" / "ffff.draft"
    shutil.copytree(target / "snapshots" / made, half)
    (target / "vault" / "ff").mkdir(exist_ok=True)
    (target / "vault" / "ff" / "0123.draft").write_bytes(b"half a photo")
    assert snapshots(target) == [made]
    assert back_up(library, target).verified
    keep_newest(library, target, 1)
    assert not list(target.rglob("*.draft"))
    assert check(target).verified


def test_a_backup_of_an_older_library_comes_back_to_be_migrated(library, target, tmp_path):
    fill(library)
    with library.changing() as changes:
        changes.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    back_up(library, target)
    restore(target, tmp_path / "new", "admin", WORD)
    with pytest.raises(LibraryTooOld):
        open_library(tmp_path / "new", "admin", WORD)


def test_two_backups_into_one_folder_do_not_cross(library, target, folder):
    """Dropping old ones while another station copies would delete what it just copied."""
    fill(library)
    back_up(library, target)
    fill(library, "MN-2", 2)
    with open_library(folder, "admin", WORD) as other:

        def meanwhile(done, total):
            for permission in (
                lambda: back_up(other, target),
                lambda: keep_newest(other, target, 1),
            ):
                with pytest.raises(EditConflict, match="right now"):
                    permission()

        assert back_up(library, target, verify=False, tick=meanwhile).copied == 1
        assert back_up(other, target).verified
    assert check(target).verified


def test_a_backup_that_ends_just_before_old_ones_are_dropped_stays(
    library, target, folder, monkeypatch
):
    fill(library)
    back_up(library, target)
    alone = backup.alone
    with open_library(folder, "admin", WORD) as other:
        fill(other, "MN-2", 2)

        def first_the_other(place):
            monkeypatch.setattr(backup, "alone", alone)
            back_up(other, target)
            return alone(place)

        monkeypatch.setattr(backup, "alone", first_the_other)
        keep_newest(library, target, 1)
    assert len(snapshots(target)) == 1
    assert (check(target).verified, len(list((target / "vault").rglob("*.*")))) == (True, 2)


def test_what_was_dropped_is_in_the_trace(library, target):
    fill(library)
    back_up(library, target)
    back_up(library, target)
    keep_newest(library, target, 1)
    last = library.history()[-1]
    assert (last.action, last.details["snapshots"]) == ("back-ups dropped", 1)


def test_a_backup_that_was_killed_is_cleared_away_by_the_next(library, target):
    fill(library)
    back_up(library, target)
    (target / "snapshots" / "ffff.draft").mkdir()
    (target / "vault" / "ff").mkdir(exist_ok=True)
    (target / "vault" / "ff" / "0123.draft").write_bytes(b"half a photo")
    back_up(library, target)
    assert not list(target.rglob("*.draft"))
