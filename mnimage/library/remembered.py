"""A user's key kept by the computer's own keyring, so that the library opens at the start.

Whoever is signed in to the computer then opens the library: that is for the clinic to decide, and
off unless asked for. What is kept is the user's private half, which opens nothing any more once
the passphrase is changed or the user removed.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from mnimage.errors import AuthenticationFailed, LibraryDamaged, StorageFailed
from mnimage.library import keyfile
from mnimage.library.opening import open_with, read_keys
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.library.library import Library

_SERVICE = "mnimage library"
_PLAIN = ("keyrings.alt", "keyring.backends.null")


def remember(folder: Path, user: str, passphrase: str) -> None:
    """Have the computer's keyring keep a user's key.

    Raises
    ------
    AuthenticationFailed
        If the user or the passphrase is wrong.
    StorageFailed
        If the computer has no keyring that is safe.
    """
    file, _ = read_keys(folder, lambda one: keyfile.unlock(one, user, passphrase))
    private = keyfile.private_half(file, user, passphrase)
    import keyring
    from keyring.errors import KeyringError

    if not _is_safe(keyring.get_keyring()):
        raise _no_keyring()
    try:
        keyring.set_password(_SERVICE, _account(file, user), b64encode(private).decode())
    except KeyringError as error:
        raise _no_keyring() from error


def forget(folder: Path, user: str) -> None:
    """Have the keyring forget a user's key, if it keeps one."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(_SERVICE, _account(keyfile.read_keyfile(folder), user))
    except PasswordDeleteError:
        return  # It keeps none.
    except KeyringError as error:
        raise _no_keyring() from error


def open_remembered(folder: Path, user: str) -> Library:
    """Open a library with the key that the keyring keeps.

    Raises
    ------
    AuthenticationFailed
        If it keeps none, or one that opens nothing any more.
    StorageFailed
        If the computer has no keyring that is safe.
    """
    import keyring
    from keyring.errors import KeyringError

    account = _account(keyfile.read_keyfile(folder), user)
    try:
        kept = keyring.get_password(_SERVICE, account)
    except KeyringError as error:
        raise _no_keyring() from error
    try:
        private = b64decode(kept or "", validate=True)
        file, keys = read_keys(folder, lambda one: keyfile.unlock_as(one, user, private))
    except (ValueError, AuthenticationFailed, LibraryDamaged) as error:
        raise AuthenticationFailed(message("library.keyring_without_key")) from error
    return open_with(folder, user, file, keys)


def _account(file: keyfile.KeyFile, user: str) -> str:
    return f"{file.library}/{user}"


def _is_safe(ring: object) -> bool:
    """Say whether a keyring is none of those that keep what they are given in a plain file."""
    parts = getattr(ring, "backends", None) or (ring,)
    return not any(type(part).__module__.startswith(_PLAIN) for part in parts)


def _no_keyring() -> StorageFailed:
    return StorageFailed(message("library.no_keyring"))
