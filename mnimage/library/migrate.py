"""Brings a library's tables to today's, after a back-up that was read again and proved."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, insert, inspect, select, text

from mnimage.errors import LibraryDamaged, LibraryTooNew, RecordUnusable, StorageFailed
from mnimage.library import database
from mnimage.library.stores import DRAFT, settle, storage_failed
from mnimage.library.tables import METADATA, NEWEST
from mnimage.words.message import message

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

BACKUPS = "before-migration"
_STEPS = Path(__file__).with_name("migrations")


def current(engine: Engine) -> str:
    """Return the step that a library's tables are at, empty where there are none."""
    with database.reading(engine) as connection:
        return _step(connection)


def create(engine: Engine) -> None:
    """Make the tables of a new library.

    Raises
    ------
    RecordUnusable
        If the database holds something already: another library's tables would take this one's
        rows, and its trace would break.
    """
    with database.writing(engine) as connection:
        check_empty(connection)
        _upgrade(connection, "head")


def check_empty(connection: Connection) -> None:
    """Refuse a database that holds something; raises `RecordUnusable`."""
    if inspect(connection).get_table_names():
        raise RecordUnusable(message("library.database_not_empty"))


def discard(engine: Engine) -> None:
    """Remove the tables of a library that could not be made."""
    with database.writing(engine) as connection:
        METADATA.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def migrate(engine: Engine, folder: Path, key: bytes) -> Path | None:
    """Bring the tables to today's; return the back-up, None where nothing was to be done.

    The back-up lies in the library's folder, encrypted, also where the tables are on a server.

    Raises
    ------
    LibraryTooNew
        If a newer version of this program wrote the library.
    StorageFailed
        If the back-up cannot be written; nothing was altered then.
    """
    before = current(engine)
    if before == NEWEST:
        return None
    check_known(before)
    backup = None
    with database.writing(engine) as connection:
        if _step(connection) == NEWEST:
            return None  # Another station was quicker.
        backup = _backed_up(connection, folder, key, before)
        _upgrade(connection, "head")
    return backup


def check_known(step: str) -> None:
    """Refuse tables that this program does not know.

    Raises
    ------
    LibraryTooNew
        If a newer version of this program made them.
    LibraryDamaged
        If there are none.
    """
    if not step:
        raise LibraryDamaged(message("library.database_without_library"))
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        ScriptDirectory.from_config(_config()).get_revision(step)
    except CommandError as error:
        raise LibraryTooNew(message("library.tables_newer")) from error


def backups(folder: Path) -> list[Path]:
    """Return the copies that were made before migrations, oldest first."""
    return sorted((folder / BACKUPS).glob("*.db"))


def clear_drafts(folder: Path) -> None:
    """Delete copies that were never finished: a migration was killed, or the disk was full.

    For one who alone may write, for else another station might be making one.

    Raises
    ------
    StorageFailed
        If the disk refuses.
    """
    place = folder / BACKUPS
    try:
        for path in list(place.iterdir()) if place.is_dir() else []:
            if DRAFT in path.name:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_failed(error, "removed") from error


def _backed_up(connection: Connection, folder: Path, key: bytes, step: str) -> Path:
    """Return a proved copy of the database, made while no one else may write."""
    place = folder / BACKUPS
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = place / f"{step}-{moment}.db"
    draft = copy.with_name(f"{copy.name}{DRAFT}")
    clear_drafts(folder)
    try:
        if not place.is_dir():
            place.mkdir()
            settle(folder)
        if database.is_file(connection):
            for suffix in ("", "-wal"):
                source = folder / f"{database.NAME}{suffix}"
                if source.exists():
                    shutil.copyfile(source, draft.with_name(draft.name + suffix))
        else:
            _carry(connection, draft, key)
        _prove(connection, draft, key)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.rename(copy)
        settle(place)
    except OSError as error:
        clear_drafts(folder)
        raise storage_failed(error, "backed up") from error
    except StorageFailed:
        clear_drafts(folder)
        raise
    return copy


def _carry(connection: Connection, path: Path, key: bytes) -> None:
    """Write a server's tables, as they are at whatever step, into an SQLCipher file."""
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        for column in table.columns:
            column.type = column.type.as_generic()
            column.server_default = None
    engine = database.open_file(path, key, create=True)
    try:
        with database.writing(engine) as target:
            tables.create_all(target)
            for table in tables.sorted_tables:
                rows = connection.execute(select(table)).mappings()
                for page in rows.partitions(1000):
                    target.execute(insert(table), [dict(row) for row in page])
    finally:
        engine.dispose()


def _prove(connection: Connection, copy: Path, key: bytes) -> None:
    """Read the copy through, and compare what it holds with what it was made of."""
    bare = database.raw_connection(copy, key)
    try:
        with database.storage_errors(copy):
            bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            torn = bare.execute("PRAGMA cipher_integrity_check").fetchall()
            sound = bare.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            here = {name: _rows(connection, name) for name in inspect(connection).get_table_names()}
            there = {
                name: bare.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in here
            }
            bare.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        bare.close()
    if torn or not sound or here != there:
        raise StorageFailed(message("library.migration_backup_incomplete"))


def _rows(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())


def _step(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def _upgrade(connection: Connection, step: str) -> None:
    from alembic import command

    command.upgrade(_config(connection), step)


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config  # Opening a library that needs no step is quick without.

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
