"""Reads a whole library and says what is wrong; what is damaged becomes a line, never a crash."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from mnimage.domain.record import IntegrityIssue
from mnimage.errors import LibraryDamaged, LibraryError, PhotoDamaged, StorageFailed
from mnimage.library import audit_log, database, keyfile, migrate, queries, records
from mnimage.library.library import CACHE, VAULT, open_vault
from mnimage.library.opening import open_engine, read_keys
from mnimage.library.stores import FolderStore, is_name, storage_failed
from mnimage.library.tables import CONSENTS, NEWEST, OBJECTS, PHOTOS
from mnimage.library.vault import Cache, is_draft
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from mnimage.domain.progress import Tick
    from mnimage.library.keyfile import KeyFile
    from mnimage.library.keys import Keys

_OURS = {
    keyfile.NAME,
    keyfile.COPY,
    database.NAME,
    f"{database.NAME}-wal",
    f"{database.NAME}-shm",
    audit_log.HEAD,
    VAULT,
    CACHE,
    migrate.BACKUPS,
}


def verify_library(
    folder: Path, user: str, passphrase: str, tick: Tick, *, server: str = ""
) -> tuple[IntegrityIssue, ...]:
    """Return all that is wrong in a library, reading every byte of it; changes nothing.

    Key file, every page and every row of the database, every original against its fingerprint,
    the trace and its head, caches, copies made before migrations, and files that belong to
    nothing.

    Raises
    ------
    AuthenticationFailed
        If the user or the passphrase is wrong.
    StorageFailed
        If there is no library, or the disk does not give it.
    """
    file, keys = read_keys(folder, lambda one: keyfile.unlock(one, user, passphrase))
    return verify_with(folder, file, keys, tick, server=server)


def verify_with(
    folder: Path, file: KeyFile, keys: Keys, tick: Tick, *, server: str = ""
) -> tuple[IntegrityIssue, ...]:
    """Return all that is wrong in a library whose keys are there (see `verify_library`)."""
    issues = [*_check_keyfile(folder, file), *_check_strays(folder)]
    try:
        engine = _opened(folder, file, keys, server)
    except LibraryError as error:
        return (*issues, IntegrityIssue(kind="database", where=database.NAME, what=str(error)))
    try:
        issues += _check_pages(engine)
        for check in _CHECKS:
            issues += _guarded(engine, partial(check, folder=folder, keys=keys))
        originals = partial(_check_originals, folder=folder, file=file, keys=keys, tick=tick)
        issues += _guarded(engine, originals)
    finally:
        engine.dispose()
    return tuple(issues)


def _opened(folder: Path, file: KeyFile, keys: Keys, server: str) -> Engine:
    """Return the engine, under the master before where a renewal was cut short."""
    engine = open_engine(folder, file, keys, server=server)
    try:
        step = migrate.current(engine)
    except LibraryDamaged:
        engine.dispose()
        if keys.previous is None:
            raise
        before = replace(keys, master=keys.previous)
        engine = database.open_file(folder / database.NAME, before.database)
        step = migrate.current(engine)
    if step != NEWEST:
        engine.dispose()
        migrate.check_known(step)
        raise LibraryDamaged(message("library.older_version_migrate_first"))
    return engine


def _guarded(
    engine: Engine, check: Callable[[Connection], Iterator[IntegrityIssue]]
) -> list[IntegrityIssue]:
    """Return what a check finds; where the database itself refuses, that is an issue too."""
    issues: list[IntegrityIssue] = []
    try:
        with database.reading(engine) as connection:
            issues.extend(check(connection))
    except (LibraryDamaged, StorageFailed, DBAPIError) as error:
        issues.append(IntegrityIssue(kind="database", where=database.NAME, what=str(error)))
    return issues


def _check_keyfile(folder: Path, opened: KeyFile) -> Iterator[IntegrityIssue]:
    """Yield where the key file or its copy is not the one that opened the library."""
    for name in (keyfile.NAME, keyfile.COPY):
        try:
            file = keyfile.read_keyfile(folder, name)
        except LibraryError as error:
            yield IntegrityIssue(kind="key file", where=name, what=str(error))
            continue
        if file != opened:
            yield IntegrityIssue(
                kind="key file", where=name, what="it differs from the one that opens"
            )


def _check_strays(folder: Path) -> Iterator[IntegrityIssue]:
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise storage_failed(error, "read") from error
    for path in found:
        if path.name not in _OURS:
            yield IntegrityIssue(
                kind="stray", where=path.name, what="not of the library", grave=False
            )


def _check_pages(engine: Engine) -> list[IntegrityIssue]:
    """Return which pages of the file are altered, and what SQLite says of its structure."""
    if not database.is_file(engine):
        return []
    issues = []
    for pragma, good in (
        ("cipher_integrity_check", []),
        ("integrity_check", [("ok",)]),
        ("foreign_key_check", []),
    ):
        try:
            with database.reading(engine) as connection:
                said = [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}")]
        except LibraryError as error:
            issues.append(IntegrityIssue(kind="database", where=pragma, what=str(error)))
            continue
        if said != good:
            issues += [
                IntegrityIssue(kind="database", where=pragma, what=str(row[0])) for row in said[:20]
            ]
    return issues


def _check_records(connection: Connection, folder: Path, keys: Keys) -> Iterator[IntegrityIssue]:
    """Yield the kinds of records of which a row cannot be one."""
    for kind in records.KINDS.values():
        columns = [kind.table.c[name] for name in kind.fields]
        rows = connection.execution_options(yield_per=2000).execute(select(*columns)).mappings()
        try:
            for page in rows.partitions():
                records.from_rows(kind.type, page)
        except LibraryDamaged as error:
            yield IntegrityIssue(kind="database", where=kind.table.name, what=str(error))


def _check_sizes(connection: Connection, folder: Path, keys: Keys) -> Iterator[IntegrityIssue]:
    """Yield photos whose size is not that of their original."""
    asked = (
        select(PHOTOS.c.id)
        .join(OBJECTS, OBJECTS.c.sha256 == PHOTOS.c.sha256)
        .where(OBJECTS.c.size != PHOTOS.c.size)
    )
    for id_ in connection.scalars(asked):
        yield IntegrityIssue(
            kind="database", where=f"photo {id_}", what="its size is not its original's"
        )


def _check_trace(connection: Connection, folder: Path, keys: Keys) -> Iterator[IntegrityIssue]:
    yield from audit_log.check_trace(connection, folder, keys.audit_log)


def _check_copies(connection: Connection, folder: Path, keys: Keys) -> Iterator[IntegrityIssue]:
    """Yield the copies made before migrations that are not whole."""
    for path in migrate.backups(folder):
        try:
            with database.storage_errors(path):
                bare = database.raw_connection(path, keys.database)
                torn = bare.execute("PRAGMA cipher_integrity_check").fetchall()
                bare.close()
        except LibraryError as error:
            yield IntegrityIssue(kind="copy", where=path.name, what=str(error))
            continue
        if torn:
            yield IntegrityIssue(
                kind="copy", where=path.name, what=f"{len(torn)} pages are altered"
            )


def _check_cache(connection: Connection, folder: Path, keys: Keys) -> Iterator[IntegrityIssue]:
    for name in Cache(FolderStore(folder / CACHE), keys).damaged():
        yield IntegrityIssue(
            kind="cache", where=name[:16], what="not whole; made anew when needed", grave=False
        )


def _check_unused(connection: Connection, folder: Path, keys: Keys) -> Iterator[IntegrityIssue]:
    """Yield originals that nothing names, and signed forms that are named and not there."""
    forms = select(CONSENTS.c.signed_sha256).where(CONSENTS.c.signed_sha256 != "")
    unused = select(OBJECTS.c.sha256).where(
        OBJECTS.c.sha256.not_in(select(PHOTOS.c.sha256)), OBJECTS.c.sha256.not_in(forms)
    )
    for sha256 in connection.scalars(unused):
        what = "no photo and no consent names it, so no erasure finds it"
        yield IntegrityIssue(kind="original", where=sha256[:16], what=what, grave=False)
    for sha256 in connection.scalars(forms.where(CONSENTS.c.signed_sha256.not_in(_ALL))):
        yield IntegrityIssue(
            kind="original", where=sha256[:16], what="a signed form that is not there"
        )


def _about_stray(name: str) -> str:
    if not is_name(name):
        return "not of the library"
    half = "half a photo" if is_draft(name) else "a photo without its row"
    return (
        f"{half}: being imported right now, or left by an import that was killed; "
        "the first import a day later clears it away"
    )


_ALL = select(OBJECTS.c.sha256)
_CHECKS = (_check_records, _check_sizes, _check_unused, _check_trace, _check_copies, _check_cache)


def _check_originals(
    connection: Connection, *, folder: Path, file: KeyFile, keys: Keys, tick: Tick
) -> Iterator[IntegrityIssue]:
    """Yield the originals that are missing or altered, and the files that no row knows."""
    vault = open_vault(folder, file, keys)
    names = list(vault.names())  # Before the rows: what is stored meanwhile is no stray.
    rows = [queries.stored(row) for row in connection.execute(select(OBJECTS))]
    known = {row.name for row in rows}
    for name in names:
        if name not in known:
            yield IntegrityIssue(
                kind="stray", where=name[:16], what=_about_stray(name), grave=False
            )
    for done, row in enumerate(rows):
        tick(done, len(rows))
        proof = vault
        if row.generation != keys.generation and keys.previous is not None:
            proof = vault.under(replace(keys, master=keys.previous))
        try:
            for _ in proof.stream(row):
                pass
        except (PhotoDamaged, StorageFailed) as error:
            yield IntegrityIssue(kind="original", where=row.sha256[:16], what=str(error))
    tick(len(rows), len(rows))
