"""Carries all rows of a library from one database to another: from a server to a file and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from mnimage.errors import StorageFailed
from mnimage.library import database, migrate
from mnimage.library.tables import METADATA
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

_PAGE = 1000


def to_file(source: Connection, path: Path, key: bytes) -> None:
    """Write the rows that a connection sees into a new SQLCipher file.

    Raises
    ------
    StorageFailed
        If the disk does not take it.
    """
    engine = database.open_file(path, key, create=True)
    try:
        _into(source, engine)
    finally:
        engine.dispose()


def to_server(path: Path, key: bytes, server: Engine) -> None:
    """Write the rows of an SQLCipher file into the empty database of a server.

    Raises
    ------
    RecordUnusable
        If the server's database holds something already.
    StorageFailed
        If the server does not take it; it is empty again then.
    """
    engine = database.open_file(path, key)
    try:
        with database.reading(engine) as source:
            _into(source, server)
    finally:
        engine.dispose()


def _into(source: Connection, target: Engine) -> None:
    migrate.create(target)
    try:
        with database.writing(target) as connection:
            for table in METADATA.sorted_tables:
                rows = source.execution_options(yield_per=_PAGE).execute(select(table)).mappings()
                for page in rows.partitions():
                    connection.execute(insert(table), [dict(row) for row in page])
                _check_count(source, connection, table.name)
    except BaseException:
        migrate.discard(target)
        raise


def _check_count(source: Connection, target: Connection, name: str) -> None:
    asked = select(func.count()).select_from(METADATA.tables[name])
    if source.scalar(asked) != target.scalar(asked):
        raise StorageFailed(message("library.transfer_incomplete"))
