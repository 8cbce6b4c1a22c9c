"""Users of an open library: add, change, take access away; the recovery key renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.record import Role, UserLine
from mnimage.errors import RecordUnusable
from mnimage.library import keyfile, renewal
from mnimage.library import keys as key
from mnimage.library.library import open_engine
from mnimage.library.roles import Deed, require

if TYPE_CHECKING:
    from collections.abc import Callable

    from mnimage.library.keyfile import KeyFile
    from mnimage.library.library import Library


def users(library: Library) -> tuple[UserLine, ...]:
    """Return the users, as they were added."""
    return keyfile.read_keyfile(library.folder).lines()


def add_user(library: Library, name: str, role: Role, passphrase: str) -> None:
    """Add a user.

    Raises
    ------
    NotAllowed
        If the open library's user is no administrator.
    RecordUnusable
        If there is one of that name, or the name or passphrase will not do.
    """
    require(library.role, Deed.RULE)
    if any(line.name == name for line in users(library)):
        raise RecordUnusable(f"There is a user {name} already.", hint="Choose another name.")
    line = UserLine(name=name, role=role)
    _change(library, "user added", name, lambda: _with_user(library, line, passphrase))


def set_role(library: Library, name: str, role: Role) -> None:
    """Give a user another role; raises like `add_user`."""
    require(library.role, Deed.RULE)
    _change(
        library,
        "role changed",
        name,
        lambda: keyfile.with_role(library.file, library.keys, name, role),
    )


def set_passphrase(library: Library, name: str, passphrase: str) -> None:
    """Set a passphrase: anyone their own, an administrator everyone's.

    The user gets a new pair of keys. What the old passphrase opened in an old copy of the key
    file it still opens there: where it may be known to others, renew the keys too (`renew_keys`).

    Raises
    ------
    NotAllowed
        If it is another's, and the open library's user is no administrator.
    RecordUnusable
        If there is no such user, or the passphrase will not do.
    """
    if name != library.user:
        require(library.role, Deed.RULE)
    line = UserLine(name=name, role=library.file.user(name).role)
    _change(library, "passphrase changed", name, lambda: _with_user(library, line, passphrase))


def remove_user(library: Library, name: str) -> None:
    """Take a user's access away, also from one who kept the key file or the master key.

    Raises
    ------
    NotAllowed
        If the open library's user is no administrator.
    RecordUnusable
        If there is no such user, or it is the one who asks or the last administrator.
    """
    require(library.role, Deed.RULE)
    if name == library.user:
        raise RecordUnusable("Nobody removes themselves.", hint="Another administrator can do it.")
    file = keyfile.without_user(library.file, library.keys, name)
    _renew(library, file, "user removed", name)


def renew_keys(library: Library) -> None:
    """Renew the master key for all users, after a passphrase or a copy got into wrong hands."""
    require(library.role, Deed.RULE)
    _renew(library, library.file, "keys renewed")


def renew_recovery(library: Library) -> str:
    """Return a new recovery key; the old paper opens nothing any more."""
    require(library.role, Deed.RULE)
    spare = key.new_pair()
    _renew(library, library.file, "recovery key renewed", spare=spare)
    return key.recovery_text(spare.private)


def _with_user(library: Library, line: UserLine, passphrase: str) -> KeyFile:
    return keyfile.with_user(library.file, library.keys, line, passphrase)


def _change(library: Library, action: str, name: str, file: Callable[[], KeyFile]) -> None:
    """Write a key file made within the transaction that tells of it."""
    with library.changing() as changes:
        changed = file()
        changes.note_library(action, {"user": name, "role": changed.user(name).role.value})
        keyfile.write_keyfile(library.folder, changed)
        library.file = changed


def _renew(
    library: Library, file: KeyFile, action: str, name: str = "", *, spare: key.Pair | None = None
) -> None:
    with library.changing() as changes:
        file, keys = keyfile.renewed(file, library.keys, spare=spare)
        changes.note_library(action, {"user": name} if name else {})
        keyfile.write_keyfile(library.folder, file)
    library.engine.dispose()
    library.engine, keys, file = renewal.finish(library.folder, file, keys, open_engine)
    library.renew(keys, file)
