"""Users of an open library: add, change, take access away; the recovery key renewed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.domain.record import Role, UserLine
from mnimage.errors import EditConflict, LibraryDamaged, RecordUnusable, StorageFailed
from mnimage.library import keyfile, renewal
from mnimage.library import keys as key
from mnimage.library.opening import opener
from mnimage.library.roles import Permission
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mnimage.library.keyfile import KeyFile
    from mnimage.library.library import Library


def users(library: Library) -> tuple[UserLine, ...]:
    """Return the users, as they were added."""
    library.require(Permission.SEE)
    return library.file.lines()


def add_user(library: Library, name: str, role: Role, passphrase: str) -> None:
    """Add a user.

    Raises
    ------
    NotAllowed
        If the open library's user is no administrator.
    RecordUnusable
        If there is one of that name, or the name or passphrase will not do.
    """

    def added(file: KeyFile) -> KeyFile:
        if any(line.name == name for line in file.lines()):
            raise RecordUnusable(message("library.user_exists", name=name))
        line = UserLine(name=name, role=role)
        return keyfile.with_user(file, library.keys, line, passphrase)

    _change(library, "user added", name, added)


def set_role(library: Library, name: str, role: Role) -> None:
    """Give a user another role; raises like `add_user`."""
    _change(
        library,
        "role changed",
        name,
        lambda file: keyfile.with_role(file, library.keys, name, role),
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

    def changed(file: KeyFile) -> KeyFile:
        line = UserLine(name=name, role=file.user(name).role)
        return keyfile.with_user(file, library.keys, line, passphrase)

    permission = Permission.SEE if name == library.user else Permission.RULE
    _change(library, "passphrase changed", name, changed, permission)


def remove_user(library: Library, name: str) -> None:
    """Take a user's access away, also from one who kept the key file or the master key.

    Raises
    ------
    NotAllowed
        If the open library's user is no administrator.
    RecordUnusable
        If there is no such user, or it is the one who asks or the last administrator.
    LibraryDamaged
        If pages of the database are altered, which no new key could be put on.
    """
    library.require(Permission.RULE)
    if name == library.user:
        raise RecordUnusable(message("library.remove_oneself"))
    _renew(
        library,
        "user removed",
        {"user": name},
        without=lambda file: keyfile.without_user(file, library.keys, name),
    )


def renew_keys(library: Library) -> None:
    """Renew the master key for all users, after a passphrase or a copy got into wrong hands."""
    _renew(library, "keys renewed")


def renew_recovery(library: Library) -> str:
    """Return a new recovery key; the old paper opens nothing any more."""
    spare = key.new_pair()
    _renew(library, "recovery key renewed", spare=spare)
    return key.recovery_text(spare.private)


def _change(
    library: Library,
    action: str,
    name: str,
    changed: Callable[[KeyFile], KeyFile],
    permission: Permission = Permission.RULE,
) -> None:
    """Write a key file, made of the one there is, within the transaction that records it."""
    library.require(permission)
    before = library.file
    try:
        with library.changing(permission) as changes:
            _refuse_behind(library)
            before, file = library.file, changed(library.file)
            changes.note_library(action, {"user": name, "role": file.user(name).role.value})
            keyfile.write_keyfile(library.folder, file)
    except StorageFailed:
        _put_back(library.folder, before)
        raise


def _put_back(folder: Path, before: KeyFile) -> None:
    """Undo a change of the key file that its transaction did not keep, or its copy not take."""
    with suppress(StorageFailed, LibraryDamaged):
        if keyfile.read_keyfile(folder).generation == before.generation:
            keyfile.write_keyfile(folder, before)


def _refuse_behind(library: Library) -> None:
    """Refuse to write over a key file that another station began to renew, and did not finish."""
    if keyfile.read_keyfile(library.folder).generation > library.keys.generation:
        raise EditConflict(message("library.keys_renewed"))


def _renew(
    library: Library,
    action: str,
    given: Mapping[str, object] | None = None,
    *,
    without: Callable[[KeyFile], KeyFile] = lambda file: file,
    spare: key.Pair | None = None,
) -> None:
    """Renew the keys of the key file that is there now; writers of this process wait meanwhile."""
    with library.lock:
        with library.changing(Permission.RULE) as changes:
            _refuse_behind(library)
            renewal.check(changes.connection)
            file, keys = keyfile.renewed(without(library.file), library.keys, spare=spare)
            changes.note_library(action, given)
            keyfile.write_keyfile(library.folder, file)
        library.engine.dispose()
        library.renew(*renewal.finish(library.folder, file, keys, opener(library.server)))


def set_server(library: Library, server: str) -> None:
    """Write down another address of the library's database: it moved, or its password changed.

    Raises
    ------
    NotAllowed
        If the open library's user is no administrator.
    RecordUnusable
        If it is no address of a server, another library's, or the records are in the folder.
    StorageFailed
        If the server does not answer there.
    """
    library.require(Permission.RULE)
    opener(server)(library.folder, library.file, library.keys).dispose()
    with library.changing(Permission.RULE) as changes:
        _refuse_behind(library)
        places = replace(keyfile.places_of(library.file, library.keys), server=server)
        file = keyfile.with_places(library.file, library.keys, places)
        changes.note_library("server's address changed")
        keyfile.write_keyfile(library.folder, file)
