"""Back-ups: incremental, encrypted as the library is, proved by reading them back.

A back-up folder holds `vault/`, the encrypted originals, each copied once, and `snapshots/`, for
each back-up the database, the keys and a list of every file with its SHA-256. The list is sealed
by a key of the library, so that a byte altered anywhere shows. Nothing in it opens without a
passphrase that opened the library on that day.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from mnimage import __version__
from mnimage.domain.progress import Tick, no_tick
from mnimage.errors import LibraryDamaged, OutputFailed, RecordUnusable, StorageFailed
from mnimage.formats.output import prepare_folder
from mnimage.library import audit_log, database, keyfile, transfer
from mnimage.library.intake import is_side_file, is_side_folder
from mnimage.library.library import VAULT
from mnimage.library.listing import (
    LOCK,
    SNAPSHOTS,
    BackedUp,
    Entry,
    Listing,
    alone,
    copy_from,
    copy_whole,
    entry_of,
    make_folder,
    own_files,
    read_listing,
    reporting,
    snapshots,
    write_listing,
)
from mnimage.library.restore import read_back
from mnimage.library.roles import Permission
from mnimage.library.stores import DRAFT, place_of, settle
from mnimage.library.tables import AUDIT_LOG, OBJECTS
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from mnimage.library.library import Library

DONE = "backed up"


@dataclass(frozen=True, slots=True)
class Made:
    """One back-up as the audit log records it."""

    at: datetime
    to: str
    snapshot: str


def back_up(
    library: Library, target: Path, *, verify: bool = True, tick: Tick = no_tick
) -> BackedUp:
    """Copy what a back-up folder lacks, and read it back.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    RecordUnusable
        If the folder holds something else, or lies within the library.
    EditConflict
        If another back-up is being made there.
    StorageFailed
        If either disk refuses; earlier back-ups are as they were.
    """
    library.require(Permission.BACK_UP)
    _prepare(library, target)
    with alone(target), reporting("backed up"):
        _clear_drafts(target)
        draft = target / SNAPSHOTS / f"{secrets.token_hex(8)}{DRAFT}"
        make_folder(draft)
        try:
            names = _copy_state(library, draft)
            listing, copied = _copy_originals(library, target, names, tick)
            listing = replace(listing, own={one: entry_of(draft / one) for one in own_files(draft)})
            write_listing(draft, listing, library.keys)
            snapshot = _moment()
            draft.rename(target / SNAPSHOTS / snapshot)
            settle(target / SNAPSHOTS)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    issues = read_back(target, snapshot, library.keys, again=False, tick=tick) if verify else ()
    with library.changing() as changes:
        done = {"to": str(target.absolute()), "snapshot": snapshot}
        changes.note_library(DONE, {**done, "verified": verify and not issues})
    return BackedUp(snapshot, copied, len(names) - copied, verify and not issues, issues)


def made(connection: Connection) -> tuple[Made, ...]:
    """Return the back-ups that the audit log records."""
    asked = select(AUDIT_LOG.c.at, AUDIT_LOG.c.details).where(AUDIT_LOG.c.action == DONE)
    given = [(row.at, json.loads(row.details)) for row in connection.execute(asked)]
    return tuple(
        Made(datetime.fromisoformat(at), str(one["to"]), str(one["snapshot"])) for at, one in given
    )


def keep_newest(library: Library, target: Path, count: int) -> int:
    """Delete all but the newest back-ups, and the originals that none of them needs.

    After a patient was erased, this is what erases them from the back-ups too. Returns how many
    files were deleted.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    LibraryDamaged
        If the list of one that stays is altered: nothing is deleted then.
    EditConflict
        If a back-up is being made there.
    StorageFailed
        If the disk refuses.
    """
    library.require(Permission.BACK_UP)
    if count < 1:
        raise RecordUnusable(message("library.keep_at_least_one"))
    with alone(target):
        dropped, gone = _drop(library, target, count)
    if dropped or gone:
        with library.changing(Permission.BACK_UP) as changes:
            given = {"at": str(target.absolute()), "snapshots": dropped, "files": gone}
            changes.note_library("back-ups dropped", given)
    return gone + dropped


def _drop(library: Library, target: Path, count: int) -> tuple[int, int]:
    """Delete all but the newest back-ups; return how many went, and how many originals."""
    found = snapshots(target)
    stay = found[-count:]
    needed: set[str] = set()
    for name in stay:
        needed |= set(read_listing(target / SNAPSHOTS / name, library.keys).originals)
    gone = 0
    with reporting("deleted"):
        for place in list((target / SNAPSHOTS).iterdir()) if stay else []:
            if place.name not in stay:
                shutil.rmtree(place)
        for path in list((target / VAULT).rglob("*")) if stay else []:
            if path.is_file() and path.name not in needed:
                path.unlink()
                gone += 1
    return len(found) - len(stay), gone


def _clear_drafts(target: Path) -> None:
    """Delete what a back-up that was killed left half-way."""
    for place in list((target / SNAPSHOTS).glob(f"*{DRAFT}")):
        shutil.rmtree(place, ignore_errors=True)
    for path in list((target / VAULT).glob(f"*/*{DRAFT}")):
        path.unlink(missing_ok=True)


def _prepare(library: Library, target: Path) -> None:
    inside = library.folder.resolve()
    if target.resolve() == inside or inside in target.resolve().parents:
        raise RecordUnusable(message("library.backup_inside_library"))
    try:
        prepare_folder(target)
        names = {one.name for one in target.iterdir()} - {SNAPSHOTS, VAULT, LOCK}
        strange = [one for one in names if not is_side_file(one) and not is_side_folder(one)]
    except OutputFailed as error:
        raise StorageFailed(error.message, hint=error.hint) from error
    if strange:
        raise RecordUnusable(message("library.backup_folder_in_use", target=str(target)))
    for name in snapshots(target)[-1:]:
        if keyfile.read_keyfile(target / SNAPSHOTS / name).library != library.keys.library_id:
            raise RecordUnusable(message("library.backups_of_other_library", target=str(target)))


def _copy_state(library: Library, draft: Path) -> dict[str, int]:
    """Copy database, keys and head while nobody may write; return the originals of that moment.

    Of a file, pages and log are copied together: whatever is moved from the one to the other
    meanwhile is in both. The rows of a server are read as they are at that moment, while other
    stations go on.
    """
    with ExitStack() as stack:
        with database.writing(library.engine) as connection:
            library.require(Permission.BACK_UP)  # Nobody is renewing the keys either.
            for name in (keyfile.NAME, keyfile.COPY, audit_log.HEAD):
                if (library.folder / name).exists():
                    copy_whole(library.folder / name, draft / name)
            if database.is_file(connection):
                _copy_pages(library.folder, draft)
                seen = connection
            else:
                seen = stack.enter_context(database.reading(library.engine))
            rows = seen.execute(select(OBJECTS.c.name, OBJECTS.c.size))
            names = {row.name: int(row.size) for row in rows}
        if not database.is_file(library.engine):
            transfer.to_file(seen, draft / database.NAME, library.keys.database)
    _close_whole(library, draft)
    return names


def _copy_pages(folder: Path, draft: Path) -> None:
    for suffix in ("", "-wal"):
        source = folder / f"{database.NAME}{suffix}"
        if source.exists():
            shutil.copyfile(source, draft / source.name)


def _close_whole(library: Library, draft: Path) -> None:
    """Prove the copy of the database, and bring it into one file that is on disk."""
    bare = database.raw_connection(draft / database.NAME, library.keys.database)
    try:
        with database.storage_errors():
            bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            torn = bare.execute("PRAGMA cipher_integrity_check").fetchall()
            bare.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        bare.close()
    if torn:
        raise LibraryDamaged(message("library.database_damaged_no_backup"))
    with (draft / database.NAME).open("rb+") as file:
        os.fsync(file.fileno())


def _copy_originals(
    library: Library, target: Path, names: dict[str, int], tick: Tick
) -> tuple[Listing, int]:
    """Copy the originals that the target lacks; those it has are known from its newest list."""
    before = _known(library, target)
    entries: dict[str, Entry] = {}
    copied = 0
    for done, name in enumerate(sorted(names)):
        tick(done, len(names))
        place = place_of(target / VAULT, name)
        entry = before.get(name)
        if entry is None or not place.is_file() or place.stat().st_size != entry.size:
            make_folder(place.parent)
            entry = _copy_original(library, name, place)
            copied += 1
        entries[name] = entry
    tick(len(names), len(names))
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    program = f"mnimage {__version__}"
    return Listing(library.keys.library_id, made_at, program, originals=entries), copied


def _copy_original(library: Library, name: str, place: Path) -> Entry:
    if not keyfile.places_of(library.file, library.keys).bucket:
        return copy_whole(place_of(library.folder / VAULT, name), place)
    with library.vault.raw(name) as file:
        return copy_from(file, place)


def _known(library: Library, target: Path) -> dict[str, Entry]:
    """Return what the newest whole list says of originals; without one all are copied anew."""
    for name in reversed(snapshots(target)):
        with suppress(LibraryDamaged):
            return read_listing(target / SNAPSHOTS / name, library.keys).originals
    return {}


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
