"""Reads back-ups back, and brings one into an empty place, proving every byte."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.record import IntegrityIssue
from mnimage.errors import (
    LibraryDamaged,
    LibraryTooOld,
    OutputFailed,
    RecordUnusable,
    StorageFailed,
)
from mnimage.formats.output import prepare_folder
from mnimage.library import audit_log, database, keyfile, migrate, transfer
from mnimage.library.address import remember
from mnimage.library.intake import holds_something
from mnimage.library.keyfile import IN_FOLDER
from mnimage.library.library import VAULT
from mnimage.library.listing import (
    LISTING,
    SNAPSHOTS,
    BackedUp,
    copy_whole,
    make_folder,
    newest,
    own_files,
    read_listing,
    reporting,
    snapshot_folder,
    write_listing,
    wrong_with,
)
from mnimage.library.opening import open_with, read_keys, refuse_occupied
from mnimage.library.stores import open_store, place_of
from mnimage.library.vault import Vault, pieces
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mnimage.library.keyfile import KeyFile, Places
    from mnimage.library.keys import Keys
    from mnimage.library.listing import Listing


def check_backup(
    target: Path, user: str, passphrase: str, *, snapshot: str = "", tick: Tick = no_tick
) -> BackedUp:
    """Read a whole back-up back, and say what is wrong; the newest, if none is named.

    Raises
    ------
    AuthenticationFailed
        If the user or the passphrase is wrong, as they were on the day of the back-up.
    StorageFailed
        If there is no back-up, or its disk refuses.
    """
    snapshot = snapshot or newest(target)
    place = snapshot_folder(target, snapshot)
    _, keys = read_keys(place, lambda one: keyfile.unlock(one, user, passphrase))
    issues = read_back(target, snapshot, keys, again=True, tick=tick)
    return BackedUp(snapshot, 0, 0, not issues, issues)


def restore(  # noqa: PLR0913 - all but four are given by name
    target: Path, folder: Path, user: str, passphrase: str, *, snapshot: str = "",
    tick: Tick = no_tick, places: Places = IN_FOLDER,
) -> BackedUp:  # fmt: skip
    """Bring a back-up into an empty place, proving every byte; the newest, if none is named.

    The keys are written last: what was cut short is no library. Originals that are damaged in the
    back-up are left out and reported; `verified` says whether the back-up had been read back
    before.
    `places` puts the records on a server or the originals into a bucket, wherever they were.

    Raises
    ------
    AuthenticationFailed
        If the user or the passphrase is wrong, as they were on the day of the back-up.
    LibraryDamaged
        If the database, the keys or the list of the back-up are altered.
    RecordUnusable
        If there is something in the place already.
    StorageFailed
        If there is no back-up, or a disk refuses.
    """
    snapshot = snapshot or newest(target)
    place = snapshot_folder(target, snapshot)
    file, keys = read_keys(place, lambda one: keyfile.unlock(one, user, passphrase))
    listing = read_listing(place, keys)
    altered = [name for name, entry in listing.own.items() if wrong_with(place / name, entry)]
    if altered:
        raise LibraryDamaged(
            message("library.backup_altered", snapshot=snapshot, altered=", ".join(altered))
        )
    _refuse_occupied(places, keys)
    _prepare_empty(folder)
    with reporting("restored"):
        make_folder(folder / VAULT)
        vault = Vault(open_store(folder / VAULT, places.bucket), keys)
        issues = tuple(_restore_originals(target, vault, listing, tick))
        for name in (audit_log.HEAD, database.NAME):
            if name in listing.own:
                copy_whole(place / name, folder / name)
        if places.server:
            _to_server(folder, keys, places.server)
        if places == keyfile.places_of(file, keys):
            for name in (keyfile.COPY, keyfile.NAME):
                copy_whole(place / name, folder / name)
        else:
            file = keyfile.with_places(file, keys, places)
            keyfile.write_keyfile(folder, file)
    _report_restored(folder, user, file, keys, snapshot)
    return BackedUp(snapshot, len(listing.originals) - len(issues), 0, listing.verified, issues)


def read_back(
    target: Path, snapshot: str, keys: Keys, *, again: bool, tick: Tick
) -> tuple[IntegrityIssue, ...]:
    """Read the files of a back-up, those already read once only if `again`; note what was right."""
    place = target / SNAPSHOTS / snapshot
    try:
        listing = read_listing(place, keys)
    except LibraryDamaged as error:
        return (IntegrityIssue(kind="back-up", where=LISTING, what=str(error)),)
    issues: list[IntegrityIssue] = []
    total, done, now = len(listing.own) + len(listing.originals), 0, _now()
    for entries, folder in ((listing.own, place), (listing.originals, None)):
        for name, entry in sorted(entries.items()):
            tick(done, total)
            done += 1
            if entry.read_at and not again:
                continue
            path = folder / name if folder else place_of(target / VAULT, name)
            wrong = wrong_with(path, entry)
            entries[name] = replace(entry, read_at="" if wrong else now)
            if wrong:
                issues.append(IntegrityIssue(kind="back-up", where=name[:24], what=wrong))
    issues += [
        IntegrityIssue(kind="back-up", where=one, what="not of this back-up")
        for one in own_files(place)
        if one not in listing.own
    ]
    with suppress(StorageFailed):  # A disk that is read-only is read all the same.
        write_listing(place, listing, keys)
    return tuple(issues)


def _refuse_occupied(places: Places, keys: Keys) -> None:
    """Refuse a server or a bucket that holds something, before anything is copied."""
    if places.bucket:
        refuse_occupied(Vault(open_store(Path(), places.bucket), keys))
    if not places.server:
        return
    engine = database.open_server(places.server)
    try:
        with database.reading(engine) as connection:
            migrate.check_empty(connection)
    finally:
        engine.dispose()


def _prepare_empty(folder: Path) -> None:
    try:
        prepare_folder(folder)
        occupied = holds_something(folder)
    except OutputFailed as error:
        raise StorageFailed(error.message, hint=error.hint) from error
    if occupied:
        raise RecordUnusable(message("library.restore_folder_not_empty", folder=str(folder)))


def _restore_originals(
    target: Path, vault: Vault, listing: Listing, tick: Tick
) -> Iterator[IntegrityIssue]:
    for done, (name, entry) in enumerate(sorted(listing.originals.items())):
        tick(done, len(listing.originals))
        source = place_of(target / VAULT, name)
        if wrong := wrong_with(source, entry):
            yield IntegrityIssue(kind="original", where=name[:16], what=wrong)
            continue
        if _brought(source, vault, name) != entry.sha256:
            yield IntegrityIssue(
                kind="original", where=name[:16], what="altered while it was copied"
            )
    tick(len(listing.originals), len(listing.originals))


def _brought(source: Path, vault: Vault, name: str) -> str:
    """Bring one original into the vault as it is; return the SHA-256 of what was written."""
    digest = hashlib.sha256()

    def read() -> Iterator[bytes]:
        with source.open("rb") as file:
            for piece in pieces(file):
                digest.update(piece)
                yield piece

    vault.bring(name, read())
    return digest.hexdigest()


def _to_server(folder: Path, keys: Keys, address: str) -> None:
    """Bring the records of a file that was just restored to a server, and remove the file."""
    path = folder / database.NAME
    engine = database.open_file(path, keys.database)
    try:
        migrate.migrate(engine, folder, keys.database)
    finally:
        engine.dispose()
    server = database.open_server(address)
    try:
        transfer.to_server(path, keys.database, server)
        with database.writing(server) as connection:
            remember(connection, keys.library_id, folder)
    finally:
        server.dispose()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _report_restored(folder: Path, user: str, file: KeyFile, keys: Keys, snapshot: str) -> None:
    with (
        suppress(LibraryTooOld),  # It is whole, and is to be migrated before it can be opened.
        open_with(folder, user, file, keys) as library,
        library.changing() as changes,
    ):
        changes.note_library("restored", {"snapshot": snapshot})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
