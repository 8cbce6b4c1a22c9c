"""Opens libraries: makes one, opens it by passphrase or recovery key, brings it up to date."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from mnimage.errors import (
    AuthenticationFailed,
    LibraryDamaged,
    LibraryTooOld,
    OutputFailed,
    RecordUnusable,
    StorageFailed,
)
from mnimage.formats.output import prepare_folder
from mnimage.library import (
    address,
    audit_log,
    database,
    keyfile,
    migrate,
    renewal,
)
from mnimage.library import (
    keys as key,
)
from mnimage.library.intake import holds_something
from mnimage.library.keyfile import IN_FOLDER, Places
from mnimage.library.library import VAULT, Library, open_vault, role_of
from mnimage.library.roles import Permission, require
from mnimage.library.stores import settle, storage_failed
from mnimage.library.tables import NEWEST, OBJECTS
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine

    from mnimage.library.keyfile import KeyFile
    from mnimage.library.keys import Keys
    from mnimage.library.vault import Vault


def create_library(
    folder: Path, passphrase: str, *, user: str = "admin", places: Places = IN_FOLDER
) -> tuple[Library, str]:
    """Make a library with its first administrator; return it and its recovery key.

    `places` puts the records on a database server, or the originals into a bucket; key file and
    trace's head are in the folder, which all stations share.

    The recovery key opens the library if all passphrases are lost; it is kept nowhere.

    Raises
    ------
    RecordUnusable
        If the folder holds something already, or the passphrase will not do.
    StorageFailed
        If the disk or the server does not take it.
    """
    key.check_passphrase(passphrase)
    file, keys, recovery = keyfile.new_keyfile(user, passphrase, places=places)
    vault, engine = open_vault(folder, file, keys), open_engine(folder, file, keys, create=True)
    _prepare(folder)
    made = False
    try:
        refuse_occupied(vault)
        migrate.create(engine)
        made = True
        keyfile.write_keyfile(folder, file)
        library = Library(folder, engine, keys, file, user)
        with library.changing() as changes:
            changes.note_library("created")
            if places.server:
                address.remember(changes.connection, keys.library_id, folder)
    except BaseException:
        if made and places.server:
            with suppress(StorageFailed):
                migrate.discard(engine)
        engine.dispose()
        _clear(folder)
        raise
    return library, recovery


def refuse_occupied(vault: Vault) -> None:
    """Refuse a vault that holds something already; raises `RecordUnusable`."""
    if next(vault.names(), None) is not None:
        raise RecordUnusable(message("library.store_not_empty"))


def _clear(folder: Path) -> None:
    """Remove what was made of a library that could not be made."""
    with suppress(OSError):  # The disk may be the reason.
        (folder / VAULT).rmdir()
        for name in (keyfile.NAME, keyfile.COPY, audit_log.HEAD):
            (folder / name).unlink(missing_ok=True)
        for suffix in ("", "-wal", "-shm"):
            (folder / f"{database.NAME}{suffix}").unlink(missing_ok=True)


def open_library(folder: Path, user: str, passphrase: str, *, server: str = "") -> Library:
    """Open a library; `server` is where its database is now, if not where the key file says.

    Raises
    ------
    AuthenticationFailed
        If the user or the passphrase is wrong.
    LibraryTooOld
        If it is to be migrated first.
    LibraryTooNew
        If a newer version of this program wrote it.
    LibraryDamaged
        If the key file or the database is not what was written.
    StorageFailed
        If the disk or the server does not give it.
    """
    file, keys = read_keys(folder, lambda one: keyfile.unlock(one, user, passphrase))
    return open_with(folder, user, file, keys, server=server)


def open_by_recovery(folder: Path, recovery: str) -> Library:
    """Open a library with the recovery key, as its administrator; raises like `open_library`."""
    private = key.recovery_key(recovery)
    file, keys = read_keys(folder, lambda one: keyfile.unlock_as(one, keyfile.RECOVERY, private))
    return open_with(folder, keyfile.RECOVERY, file, keys)


def migrate_library(
    folder: Path, user: str, passphrase: str, *, server: str = ""
) -> tuple[Path | None, str]:
    """Bring a library to today's tables; return the back-up made first, and the version.

    Raises
    ------
    NotAllowed
        If the user is no administrator.
    LibraryTooNew
        If a newer version of this program wrote it.
    """
    file, keys = read_keys(folder, lambda one: keyfile.unlock(one, user, passphrase))
    require(role_of(file, user), Permission.RULE)
    engine, keys, file = renewal.opened(folder, file, keys, opener(server))
    try:
        backup = migrate.migrate(engine, folder, keys.database)
    finally:
        engine.dispose()
    if backup is not None:
        with (
            open_with(folder, user, file, keys, server=server) as library,
            library.changing() as changes,
        ):
            changes.note_library("migrated", {"to": NEWEST})
    return backup, NEWEST


def open_with(folder: Path, user: str, file: KeyFile, keys: Keys, *, server: str = "") -> Library:
    """Open a library whose keys are there; a renewal that was cut short is finished first."""
    engine, keys, file = renewal.opened(folder, file, keys, opener(server))
    try:
        _refuse_older(engine)
        _refuse_outdated(engine, keys)
        library = Library(folder, engine, keys, file, user, server)
        _mend(library)
    except BaseException:
        engine.dispose()
        raise
    return library


def _refuse_outdated(engine: Engine, keys: Keys) -> None:
    """Refuse keys from before a renewal: a server's database opens without them."""
    with database.reading(engine) as connection:
        newest = connection.scalar(select(func.max(OBJECTS.c.generation))) or 0
        given = address.fact(connection, address.GENERATION)
    if max(newest, int(given) if given.isdecimal() else 0) > keys.generation:
        raise LibraryDamaged(message("library.key_file_outdated"))


def _mend(library: Library) -> None:
    """Write the key file that opened the library again where it or its copy is not whole."""
    if _same(library.folder):
        return
    with library.changing() as changes:
        if not _same(library.folder):
            changes.note_library("key file mended")
            keyfile.write_keyfile(library.folder, library.file)


def _refuse_older(engine: Engine) -> None:
    step = migrate.current(engine)
    if step != NEWEST:
        migrate.check_known(step)
        raise LibraryTooOld(message("library.made_by_older_version"))


def open_engine(
    folder: Path, file: KeyFile, keys: Keys, *, create: bool = False, server: str = ""
) -> Engine:
    """Return the engine of a library's database: its own file, or the server that it names.

    `server` is where that is now, if not where the key file says.

    Raises
    ------
    RecordUnusable
        If the address is that of another library.
    """
    sealed = keyfile.places_of(file, keys).server
    if not sealed and server:
        raise RecordUnusable(message("library.records_in_folder"))
    if not sealed:
        return database.open_file(folder / database.NAME, keys.database, create=create)
    engine = database.open_server(server or sealed)
    try:
        if not create:
            with database.reading(engine) as connection:
                address.check_whose(connection, keys.library_id)
    except BaseException:
        engine.dispose()
        raise
    return engine


def opener(server: str) -> renewal.Opener:
    """Return what opens a library's database, at this server if there is one."""
    return partial(open_engine, server=server)


def read_keys(folder: Path, unlock: Callable[[KeyFile], Keys]) -> tuple[KeyFile, Keys]:
    """Return the key file that opens, and its keys: the copy where the file itself is damaged.

    The file is always written before its copy: a copy that lags behind a whole file opens
    nothing, or whoever was removed, or an old passphrase, would get in by it.

    Raises
    ------
    LibraryError
        What the key file itself refused with, if neither opens.
    """
    file = None
    try:
        file = keyfile.read_keyfile(folder)
        return file, unlock(file)
    except (LibraryDamaged, AuthenticationFailed, StorageFailed) as error:
        with suppress(LibraryDamaged, AuthenticationFailed, StorageFailed):
            copy = keyfile.read_keyfile(folder, keyfile.COPY)
            refused = isinstance(error, AuthenticationFailed) and file is not None
            behind = file is not None and refused and copy.generation < file.generation
            if not behind and not _same(folder):
                keys = unlock(copy)
                if file is None or not keyfile.is_ours(file, keys):
                    return copy, keys
        raise error from None


def _same(folder: Path) -> bool:
    """Say whether the key file and its copy are one, so that asking the copy is no use."""
    with suppress(OSError):
        one = (folder / keyfile.NAME).read_bytes()
        return one == (folder / keyfile.COPY).read_bytes()
    return False


def _prepare(folder: Path) -> None:
    try:
        prepare_folder(folder)
        occupied = holds_something(folder)
        if not occupied:
            (folder / VAULT).mkdir()
            settle(folder)
            settle(folder.absolute().parent)
    except OSError as error:
        raise storage_failed(error, "written") from error
    except OutputFailed as error:
        raise StorageFailed(error.message, hint=error.hint) from error
    if occupied:
        raise RecordUnusable(message("library.library_folder_not_empty", folder=str(folder)))
