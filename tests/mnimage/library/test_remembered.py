"""The computer's keyring: opens the library, until the passphrase or the user is changed."""

from __future__ import annotations

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError

from mnimage.domain.record import Role
from mnimage.errors import AuthenticationFailed, StorageFailed
from mnimage.library import access
from mnimage.library.remembered import forget, open_remembered, remember
from tests.mnimage.library.conftest import WORD

ANNS = "another horse battery"


class InMemory(KeyringBackend):
    """A keyring that keeps what it is given, as a desktop's does."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    fresh = InMemory()
    keyring.set_keyring(fresh)
    yield fresh
    keyring.set_keyring(before)


@pytest.fixture
def with_ann(library):
    access.add_user(library, "ann", Role.CLINICIAN, ANNS)
    return library


def test_it_opens_what_it_was_given_and_forgets(with_ann, folder, ring):
    with pytest.raises(AuthenticationFailed):
        open_remembered(folder, "ann")
    remember(folder, "ann", ANNS)
    with open_remembered(folder, "ann") as hers:
        assert (hers.user, hers.role) == ("ann", Role.CLINICIAN)
    with pytest.raises(AuthenticationFailed):
        open_remembered(folder, "admin")
    assert ANNS not in str(ring.kept)
    forget(folder, "ann")
    forget(folder, "ann")
    assert ring.kept == {}
    with pytest.raises(AuthenticationFailed):
        open_remembered(folder, "ann")


def test_it_takes_no_wrong_passphrase(with_ann, folder, ring):
    with pytest.raises(AuthenticationFailed):
        remember(folder, "ann", WORD)
    assert ring.kept == {}


@pytest.mark.parametrize("what", ["removed", "new passphrase"])
def test_what_it_keeps_opens_nothing_once_access_is_taken(with_ann, folder, ring, what):
    remember(folder, "ann", ANNS)
    if what == "removed":
        access.remove_user(with_ann, "ann")
    else:
        access.set_passphrase(with_ann, "ann", "a third horse battery")
    with pytest.raises(AuthenticationFailed):
        open_remembered(folder, "ann")


def test_a_renewal_leaves_those_who_stay_their_ring(with_ann, folder, ring):
    remember(folder, "ann", ANNS)
    access.renew_keys(with_ann)
    with open_remembered(folder, "ann") as opened:
        assert opened.user == "ann"


@pytest.mark.parametrize("kept", ["", "no base 64!", "AAAA"])
def test_what_is_no_key_is_no_entry(with_ann, folder, ring, kept):
    remember(folder, "ann", ANNS)
    ring.kept = dict.fromkeys(ring.kept, kept)
    with pytest.raises(AuthenticationFailed):
        open_remembered(folder, "ann")


def test_a_computer_without_keyring_says_so(with_ann, folder):
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        with pytest.raises(StorageFailed, match="no keyring"):
            remember(folder, "ann", ANNS)
        with pytest.raises(StorageFailed, match="no keyring"):
            open_remembered(folder, "ann")
    finally:
        keyring.set_keyring(before)


def test_a_keyring_that_is_a_plain_file_is_none(with_ann, folder, ring, monkeypatch):
    monkeypatch.setattr(InMemory, "__module__", "keyrings.alt.file")
    with pytest.raises(StorageFailed, match="no keyring"):
        remember(folder, "ann", ANNS)
    assert ring.kept == {}
