"""The key file: who opens it, and what is noticed."""

from __future__ import annotations

import json
import random

import pytest

from mnimage.domain.record import Patient, Role, UserLine
from mnimage.errors import (
    AuthenticationFailed,
    LibraryDamaged,
    LibraryError,
    LibraryTooNew,
    RecordUnusable,
)
from mnimage.library import access, keyfile, keys
from tests.mnimage.library.conftest import WORD, reopen

ANN = UserLine(name="ann", role=Role.CLINICIAN)
ANNS = "another horse battery"


@pytest.fixture
def made():
    file, opened, recovery = keyfile.new_keyfile("admin", WORD)
    return keyfile.with_user(file, opened, ANN, ANNS), opened, recovery


def test_each_user_opens_the_same_keys(made):
    file, opened, recovery = made
    assert keyfile.unlock(file, "admin", WORD) == opened
    assert keyfile.unlock(file, "ann", ANNS) == opened
    spare = keys.recovery_key(recovery)
    assert keyfile.unlock_as(file, keyfile.RECOVERY, spare) == opened


def test_one_passphrase_in_two_unicode_forms_is_one():
    file, opened, _ = keyfile.new_keyfile("admin", "Zoë und Müller")
    assert keyfile.unlock(file, "admin", "Zoe\u0308 und Mu\u0308ller") == opened


@pytest.mark.parametrize(
    ("name", "word"), [("admin", ANNS), ("ann", WORD), ("bob", WORD), ("ann", ""), ("", "")]
)
def test_no_other_entry(made, name, word):
    with pytest.raises(AuthenticationFailed):
        keyfile.unlock(made[0], name, word)


def test_no_secret_stands_in_it(made, tmp_path):
    file, opened, recovery = made
    keyfile.write_keyfile(tmp_path, file)
    written = (tmp_path / keyfile.NAME).read_bytes()
    secrets = (opened.master, opened.lasting, keys.recovery_key(recovery), WORD.encode())
    for secret in secrets:
        assert secret not in written
        assert secret.hex().encode() not in written
        assert keyfile._text(secret).encode() not in written


def test_a_flipped_byte_is_noticed_by_whoever_opens_it(made, tmp_path):
    file, _, _ = made
    keyfile.write_keyfile(tmp_path, file)
    path = tmp_path / keyfile.NAME
    sound = path.read_bytes()
    rng = random.Random(7)
    for place in range(rng.randrange(5), len(sound), 5):
        flipped = bytearray(sound)
        flipped[place] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        with pytest.raises(LibraryError):
            keyfile.unlock(keyfile.read_keyfile(tmp_path), "admin", WORD)


def test_a_role_cannot_be_raised_in_the_file(made, tmp_path):
    file, _, _ = made
    keyfile.write_keyfile(tmp_path, file)
    path = tmp_path / keyfile.NAME
    path.write_text(path.read_text().replace('"clinician"', '"admin"'))
    with pytest.raises(LibraryDamaged):
        keyfile.unlock(keyfile.read_keyfile(tmp_path), "ann", ANNS)


def test_a_removed_user_opens_nothing_new_with_all_they_kept(made):
    file, opened, _ = made
    private = keyfile.private_half(file, "ann", ANNS)
    after, fresh = keyfile.renewed(keyfile.without_user(file, opened, "ann"), opened)
    after, fresh = keyfile.settled(after, fresh)
    with pytest.raises(AuthenticationFailed):
        keyfile.unlock(after, "ann", ANNS)
    with pytest.raises(AuthenticationFailed):
        keyfile.unlock_as(after, "ann", private)
    with pytest.raises(LibraryDamaged):
        keyfile.prove(after, opened)
    about = keyfile._about(fresh, "admin", Role.ADMIN)
    for secret in (keyfile._bytes(user.sealed) for user in after.users):
        with pytest.raises(LibraryDamaged):
            keys.unseal(keys.pair_of(private), secret, about)
    assert {fresh.database, fresh.objects, fresh.caches, fresh.seal}.isdisjoint(
        {opened.database, opened.objects, opened.caches, opened.seal}
    )
    assert (fresh.names, fresh.audit_log) == (opened.names, opened.audit_log)
    assert keyfile.unlock(after, "admin", WORD) == fresh


def test_an_old_passphrase_opens_no_more(made):
    file, opened, _ = made
    after = keyfile.with_user(file, opened, ANN, "a third horse battery")
    with pytest.raises(AuthenticationFailed):
        keyfile.unlock(after, "ann", ANNS)
    with pytest.raises(AuthenticationFailed):
        keyfile.unlock_as(after, "ann", keyfile.private_half(file, "ann", ANNS))
    assert keyfile.unlock(after, "ann", "a third horse battery") == opened


def test_the_last_administrator_stays(made):
    file, opened, _ = made
    with pytest.raises(RecordUnusable, match="administrator"):
        keyfile.without_user(file, opened, "admin")
    with pytest.raises(RecordUnusable, match="administrator"):
        keyfile.with_role(file, opened, "admin", Role.VIEWER)


@pytest.mark.parametrize("word", ["", "       ", "1234567"])
def test_no_passphrase_that_protects_nothing(word):
    with pytest.raises(RecordUnusable, match="too short"):
        keyfile.new_keyfile("admin", word)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 65, keyfile.RECOVERY])
def test_no_name_that_is_none(made, name):
    file, opened, _ = made
    with pytest.raises(RecordUnusable, match="name"):
        keyfile.with_user(file, opened, UserLine(name=name, role=Role.VIEWER), WORD)


def test_a_cheaper_passphrase_is_refused(made):
    file, _, _ = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "COST", keys.Cost())
        with pytest.raises(LibraryDamaged):
            keyfile.unlock(file, "admin", WORD)


def test_a_newer_file_is_reported_as_such(made, tmp_path):
    keyfile.write_keyfile(tmp_path, made[0])
    path = tmp_path / keyfile.NAME
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(LibraryTooNew):
        keyfile.read_keyfile(tmp_path)


@pytest.mark.parametrize(
    "written", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"format":1}']
)
def test_what_is_no_key_file_is_refused(tmp_path, written):
    (tmp_path / keyfile.NAME).write_bytes(written)
    with pytest.raises(LibraryDamaged):
        keyfile.read_keyfile(tmp_path)


def test_any_flip_in_the_file_of_a_library_is_mended_at_the_next_start(library, folder):
    """The file alone is flipped: its copy opens, and makes it whole again."""
    library.close()
    path = folder / keyfile.NAME
    sound = path.read_bytes()
    rng = random.Random(8)
    for place in rng.sample(range(len(sound)), 20):
        flipped = bytearray(sound)
        flipped[place] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        reopen(folder).close()
        assert path.read_bytes() == sound


def test_a_copy_left_behind_does_not_come_back(library, folder):
    behind = (folder / keyfile.COPY).read_bytes()
    access.add_user(library, "ann", Role.VIEWER, ANNS)
    (folder / keyfile.COPY).write_bytes(behind)
    with reopen(folder, "ann", ANNS):
        pass
    library.add(Patient(code="NEXT"))
    assert [line.name for line in access.users(library)] == ["admin", "ann"]
    assert (folder / keyfile.COPY).read_bytes() == (folder / keyfile.NAME).read_bytes()
