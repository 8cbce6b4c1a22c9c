"""Opens the database: an SQLCipher file with the library's key, or a PostgreSQL server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from mnimage.errors import LibraryDamaged, RecordUnusable, StorageFailed
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "library.db"
BUSY_S = 30.0
_CACHE_KB = 24 * 1024
"""Deciphered pages that a connection keeps: the index of 100,000 photos fits into it."""
_WRITES = "mnimage_writes"
_ONE_WRITER = 0x6D6E696D
_NO_DATABASE = "file is not a database"


def open_file(path: Path, key: bytes, *, create: bool = False) -> Engine:
    """Return the engine of an SQLCipher file; nothing is read yet."""

    def connect() -> Any:
        return raw_connection(path, key, create=create)

    engine = create_engine(
        "sqlite://", creator=connect, module=dbapi2, poolclass=QueuePool, pool_size=4
    )
    event.listen(engine, "begin", _begin_file)
    return engine


def raw_connection(path: Path, key: bytes, *, create: bool = False) -> Any:
    """Return a bare connection whose key was proved by a first read.

    A file that is missing is made only where that is asked for: an empty one in the place of an
    unplugged
    disk would look like a library that lost everything.

    Raises
    ------
    LibraryDamaged
        If the key does not open the file, or its first page was altered.
    StorageFailed
        If the disk does not give it.
    """
    with storage_errors(path):
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
        try:
            for pragma in (
                "cipher_log_level = NONE",
                f"key = \"x'{key.hex()}'\"",
                f"cache_size = -{_CACHE_KB}",
                "temp_store = MEMORY",
                "secure_delete = ON",
                "foreign_keys = ON",
                "trusted_schema = OFF",
            ):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def open_server(address: str) -> Engine:
    """Return the engine of a PostgreSQL server.

    Raises
    ------
    RecordUnusable
        If the address is none of a PostgreSQL server; nothing is ever kept in another database.
    StorageFailed
        If the parts of mnimage that speak to servers are not installed.
    """
    url = server_url(address)
    try:
        engine = create_engine(url, pool_pre_ping=True)
    except ImportError as error:
        raise StorageFailed(message("library.server_parts_missing")) from error
    event.listen(engine, "begin", _begin_server)
    return engine


def server_url(address: str) -> URL:
    """Return the parts of a PostgreSQL server's address; raises `RecordUnusable` for another."""
    try:
        url = make_url(address)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):  # It may hold a password: nothing of it is repeated.
        url = None
    if url is None or url.drivername != "postgresql+psycopg":
        raise RecordUnusable(message("library.no_server_address"))
    return url


def rewrite(engine: Engine) -> None:
    """Have a server write its tables anew, without the rows that were deleted from them.

    Raises
    ------
    StorageFailed
        If the server refuses; the rows stay deleted, their bytes until it tidies up by itself.
    """
    with storage_errors(), engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for name in inspect(connection).get_table_names():
            quoted = connection.dialect.identifier_preparer.quote(name)
            connection.exec_driver_sql(f"VACUUM FULL {quoted}")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database and changes nothing."""
    with storage_errors(), engine.connect() as connection:
        if not is_file(engine):
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin() as whole:
            yield connection
            whole.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection that alone may write; all of what it did is kept, or nothing."""
    with (
        storage_errors(),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def storage_errors(path: Path | None = None) -> Iterator[None]:
    """Turn what the database refuses into what a clinician can act on."""
    try:
        yield
    except DBAPIError as error:
        raise _failure(str(error.orig), path) from error
    except dbapi2.Error as error:
        raise _failure(str(error), path) from error


def _failure(said: str, path: Path | None) -> Exception:
    where = f" ({path.name})" if path else ""
    if _NO_DATABASE in said or "malformed" in said or "corrupt" in said:
        return LibraryDamaged(message("library.database_unreadable", where=where))
    if "attempt to write a readonly" in said:
        return StorageFailed(message("library.library_read_only"))
    hints = {
        "full": "Make room on the disk; nothing that was stored is harmed.",
        "locked": "Another station is writing for long; try again in a moment.",
        "unable to open": "Check that the disk is there and may be written.",
        "I/O": "Check that the disk is there; nothing that was stored is harmed.",
    }
    hint = next((advice for word, advice in hints.items() if word in said), "")
    return StorageFailed(
        message("library.database_refused", where=where, splitlines=said.splitlines()[0]), hint=hint
    )


def is_file(connection: Connection | Engine) -> bool:
    """Say whether the database is a file, and not a server."""
    return connection.dialect.name == "sqlite"


def _begin_file(connection: Connection) -> None:
    """Take the right to write at once: a reader that writes later could not wait for it."""
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_server(connection: Connection) -> None:
    """Let one station write at a time, as a file does: the trace is one chain."""
    if connection.get_execution_options().get(_WRITES):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_WRITER})


__all__ = [
    "NAME",
    "is_file",
    "open_file",
    "open_server",
    "raw_connection",
    "reading",
    "rewrite",
    "storage_errors",
    "writing",
]
