"""Renews the master key, so that access once taken away stays away; may be cut short anywhere.

The steps, each of which leaves a library that opens: the key file is written with the new master,
the master before wrapped in it; the keys of the originals are wrapped anew, in one transaction;
the database is re-keyed, and so are the copies made before migrations; the key file is written
without the master before. Whoever opens a library half-way finishes the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from mnimage.errors import EditConflict, LibraryDamaged
from mnimage.library import database, keyfile, migrate
from mnimage.library.address import GENERATION, note
from mnimage.library.keys import derive
from mnimage.library.queries import stored
from mnimage.library.stores import FolderStore
from mnimage.library.tables import OBJECTS
from mnimage.library.vault import Cache, Vault
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from mnimage.library.keyfile import KeyFile
    from mnimage.library.keys import Keys


Opener = Callable[["Path", "KeyFile", "Keys"], "Engine"]
"""Opens the database of a library's folder."""


def opened(
    folder: Path, file: KeyFile, keys: Keys, open_engine: Opener
) -> tuple[Engine, Keys, KeyFile]:
    """Return the engine of a library, once a renewal that was cut short is finished."""
    if keys.previous is None:
        return open_engine(folder, file, keys), keys, file
    return finish(folder, file, keys, open_engine)


def check(connection: Connection) -> None:
    """Refuse to renew the keys of a database that is damaged: no new key could be put on it.

    Raises
    ------
    LibraryDamaged
        If a page is not what was written.
    """
    if not database.is_file(connection):
        return
    if connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchone() is not None:
        raise LibraryDamaged(message("library.database_damaged_no_renewal"))


def finish(
    folder: Path, file: KeyFile, keys: Keys, open_engine: Opener
) -> tuple[Engine, Keys, KeyFile]:
    """Bring all that is under the master before under today's; safe to do twice.

    Raises
    ------
    LibraryDamaged
        If the database opens under neither of the two.
    EditConflict
        If another station renewed the keys at the same moment.
    """
    if keys.previous is None:
        raise ValueError("there is no master before")
    path = folder / database.NAME
    old = derive(keys.previous, "database")
    rekeyed = bool(keyfile.places_of(file, keys).server) or _opens(path, keys.database)
    engine = open_engine(folder, file, keys) if rekeyed else database.open_file(path, old)
    try:
        with database.writing(engine) as connection:
            _rewrap(connection, Vault(FolderStore(folder / "vault"), keys), keys)
            note(connection, GENERATION, str(keys.generation))
    finally:
        engine.dispose()
    if not rekeyed:
        _rekey(path, old, keys.database)
    _rekey_copies(folder, old, keys.database)
    Cache(FolderStore(folder / "cache"), keys).clear()
    engine = open_engine(folder, file, keys)
    try:
        file, keys = _settle(engine, folder, keys)
    except BaseException:
        engine.dispose()
        raise
    return engine, keys, file


def _settle(engine: Engine, folder: Path, keys: Keys) -> tuple[KeyFile, Keys]:
    """Let the master before go, in the key file as it is now: another station may have written."""
    with database.writing(engine):
        found = (one for one in keyfile.both(folder) if keyfile.is_ours(one, keys))
        file = next(found, None)
        if file is None:
            raise EditConflict(message("library.keys_renewed_elsewhere"))
        file, keys = keyfile.settled(file, keys)
        keyfile.write_keyfile(folder, file)
    return file, keys


def _rekey_copies(folder: Path, old: bytes, new: bytes) -> None:
    """Bring copies made before migrations under the new key; what opens to neither goes.

    It could not be read by us any more, but pages of it by one who kept the old key.
    """
    migrate.clear_drafts(folder)
    for copy in migrate.backups(folder):
        try:
            if not _opens(copy, new):
                _rekey(copy, old, new)
        except LibraryDamaged:
            copy.unlink(missing_ok=True)


def _rewrap(connection: Connection, vault: Vault, keys: Keys) -> None:
    """Wrap the keys of the originals anew."""
    behind = connection.execute(select(OBJECTS).where(OBJECTS.c.generation != keys.generation))
    fresh = [vault.rewrapped(stored(row), keys.previous or b"") for row in behind]
    if fresh:
        connection.execute(
            update(OBJECTS)
            .where(OBJECTS.c.sha256 == bindparam("row"))
            .values(wrapped=bindparam("new"), generation=keys.generation),
            [{"row": one.sha256, "new": one.wrapped} for one in fresh],
        )


def _opens(path: Path, key: bytes) -> bool:
    try:
        database.raw_connection(path, key).close()
    except LibraryDamaged:
        return False
    return True


def _rekey(path: Path, old: bytes, new: bytes) -> None:
    bare: Any = database.raw_connection(path, old)
    try:
        with database.storage_errors(path):
            bare.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"").fetchall()
            bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        bare.close()
