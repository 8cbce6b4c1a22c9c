"""Back-ups: incremental, encrypted as the library is, proved by reading them back; and restoring.

A back-up folder holds `vault/`, the encrypted originals, each copied once, and `snapshots/`, for
each back-up the database, the keys and a list of every file with its SHA-256. The list is sealed
by a key of the library, so that a byte altered anywhere shows. Nothing in it opens without a
passphrase that opened the library on that day.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from mnimage.capture.output import prepare_folder, write_whole
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.record import Flaw
from mnimage.errors import LibraryDamaged, OutputFailed, RecordUnusable, StorageFailed
from mnimage.library import database, keyfile, trace
from mnimage.library.keys import derive
from mnimage.library.library import VAULT, open_with, read_keys
from mnimage.library.roles import Deed, require
from mnimage.library.stores import settle, storage_failed
from mnimage.library.tables import OBJECTS, TRACE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from mnimage.library.keyfile import KeyFile
    from mnimage.library.keys import Keys
    from mnimage.library.library import Library

SNAPSHOTS = "snapshots"
LISTING = "listing.json"
DONE = "backed up"
_PIECE = 1 << 20
_SMALL = (database.NAME, keyfile.NAME, keyfile.COPY, trace.HEAD)


@dataclass(frozen=True, slots=True)
class Made:
    """One back-up as the trace tells it."""

    at: datetime
    to: str
    snapshot: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a back-up; `read_at` is when it was last read back and right, or empty."""

    size: int
    sha256: str
    read_at: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Every file of one back-up: its own, and the originals that it needs, by name."""

    library: str
    made_at: str
    program: str
    own: dict[str, Entry] = field(default_factory=dict)
    originals: dict[str, Entry] = field(default_factory=dict)

    @property
    def verified(self) -> bool:
        """Whether every file was read back at least once."""
        return all(one.read_at for one in (*self.own.values(), *self.originals.values()))


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a back-up did."""

    snapshot: str
    copied: int
    kept: int
    verified: bool
    flaws: tuple[Flaw, ...] = ()


_LISTING: TypeAdapter[Listing] = TypeAdapter(Listing)


def back_up(
    library: Library, target: Path, *, verify: bool = True, tick: Tick = no_tick
) -> BackedUp:
    """Copy what a back-up folder lacks, and read it back.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    RecordUnusable
        If the folder holds something else, or lies within the library, or the records are on a
        server.
    StorageFailed
        If either disk refuses; earlier back-ups are as they were.
    """
    require(library.role, Deed.BACK_UP)
    _prepare(library, target)
    with _telling("backed up"):
        draft = target / SNAPSHOTS / f"{secrets.token_hex(8)}.draft"
        draft.mkdir(parents=True)
        try:
            names = _copy_state(library, draft)
            listing, copied = _copy_originals(library, target, names, tick)
            listing = replace(listing, own={one: _entry(draft / one) for one in _own(draft)})
            _write_listing(draft, listing, library.keys)
            snapshot = _moment()
            draft.rename(target / SNAPSHOTS / snapshot)
            settle(target / SNAPSHOTS)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    flaws = _read_back(target, snapshot, library.keys, again=False, tick=tick) if verify else ()
    with library.changing() as changes:
        done = {"to": str(target.absolute()), "snapshot": snapshot}
        changes.note_library(DONE, {**done, "verified": verify and not flaws})
    return BackedUp(snapshot, copied, len(names) - copied, verify and not flaws, flaws)


def check_backup(
    target: Path, user: str, passphrase: str, *, snapshot: str = "", tick: Tick = no_tick
) -> BackedUp:
    """Read a whole back-up back, and say what is amiss; the newest, if none is named.

    Raises
    ------
    NoEntry
        If the user or the passphrase is wrong, as they were on the day of the back-up.
    StorageFailed
        If there is no back-up, or its disk refuses.
    """
    snapshot = snapshot or newest(target)
    place = _snapshot(target, snapshot)
    _, keys = read_keys(place, lambda one: keyfile.unlock(one, user, passphrase))
    flaws = _read_back(target, snapshot, keys, again=True, tick=tick)
    return BackedUp(snapshot, 0, 0, not flaws, flaws)


def restore(
    target: Path, folder: Path, user: str, passphrase: str, *, snapshot: str = "",
    tick: Tick = no_tick,
) -> BackedUp:  # fmt: skip
    """Bring a back-up into an empty place, proving every byte; the newest, if none is named.

    The keys are written last: what was cut short is no library. Originals that are damaged in the
    back-up are left out and told; `verified` says whether the back-up had been read back before.

    Raises
    ------
    NoEntry
        If the user or the passphrase is wrong, as they were on the day of the back-up.
    LibraryDamaged
        If the database, the keys or the list of the back-up are altered.
    RecordUnusable
        If there is something in the place already.
    StorageFailed
        If there is no back-up, or a disk refuses.
    """
    snapshot = snapshot or newest(target)
    place = _snapshot(target, snapshot)
    file, keys = read_keys(place, lambda one: keyfile.unlock(one, user, passphrase))
    listing = _read_listing(place, keys)
    altered = [name for name, entry in listing.own.items() if _amiss(place / name, entry)]
    if altered:
        raise LibraryDamaged(
            f"The back-up {snapshot} is altered: {', '.join(altered)}.",
            hint="Restore an earlier one: --snapshot.",
        )
    _prepare_empty(folder)
    with _telling("restored"):
        flaws = tuple(_restore_originals(target, folder, listing, tick))
        for name in (trace.HEAD, database.NAME, keyfile.COPY, keyfile.NAME):
            if name in listing.own:
                _copy(place / name, folder / name)
    _tell_restored(folder, user, file, keys, snapshot)
    return BackedUp(snapshot, len(listing.originals) - len(flaws), 0, listing.verified, flaws)


def made(connection: Connection) -> tuple[Made, ...]:
    """Return the back-ups that the trace tells of."""
    asked = select(TRACE.c.at, TRACE.c.details).where(TRACE.c.action == DONE)
    told = [(row.at, json.loads(row.details)) for row in connection.execute(asked)]
    return tuple(
        Made(datetime.fromisoformat(at), str(one["to"]), str(one["snapshot"])) for at, one in told
    )


def snapshots(target: Path) -> list[str]:
    """Return the names of the back-ups in a folder, oldest first."""
    with _telling("read"):
        folder = target / SNAPSHOTS
        if not folder.is_dir():
            return []
        return sorted(one.name for one in folder.iterdir() if (one / LISTING).is_file())


def newest(target: Path) -> str:
    """Return the newest back-up; raises `StorageFailed` if there is none."""
    found = snapshots(target)
    if not found:
        raise StorageFailed(f"{target} holds no back-up.", hint="Check the disk and the folder.")
    return found[-1]


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
    StorageFailed
        If the disk refuses.
    """
    require(library.role, Deed.BACK_UP)
    found = snapshots(target)
    stay = found[-count:] if count > 0 else []
    if not stay:
        raise RecordUnusable("At least one back-up stays.", hint="Say --keep 1 or more.")
    needed: set[str] = set()
    for name in stay:
        needed |= set(_read_listing(target / SNAPSHOTS / name, library.keys).originals)
    gone = 0
    with _telling("deleted"):
        for name in found[:-count]:
            shutil.rmtree(target / SNAPSHOTS / name)
        for path in list((target / VAULT).rglob("*")):
            if path.is_file() and path.name not in needed:
                path.unlink()
                gone += 1
    return gone + len(found) - len(stay)


def _prepare(library: Library, target: Path) -> None:
    inside = library.folder.resolve()
    if target.resolve() == inside or inside in target.resolve().parents:
        raise RecordUnusable(
            "A back-up within the library is none.", hint="Choose a folder on another disk."
        )
    if not database.is_file(library.engine):
        raise RecordUnusable(
            "The records are on a server, whose own back-up must be used.",
            hint="Use pg_dump, and copy the folder of the library.",
        )
    try:
        prepare_folder(target)
        strange = [one for one in target.iterdir() if one.name not in (SNAPSHOTS, VAULT)]
    except OutputFailed as error:
        raise StorageFailed(str(error), hint=error.hint) from error
    if strange:
        raise RecordUnusable(
            f"{target} holds other things too.", hint="Choose a new folder for back-ups."
        )
    for name in snapshots(target)[-1:]:
        if keyfile.read_keyfile(target / SNAPSHOTS / name).library != library.keys.library_id:
            raise RecordUnusable(
                f"{target} holds back-ups of another library.", hint="Choose a folder of its own."
            )


def _prepare_empty(folder: Path) -> None:
    try:
        prepare_folder(folder)
        occupied = any(folder.iterdir())
    except OutputFailed as error:
        raise StorageFailed(str(error), hint=error.hint) from error
    if occupied:
        raise RecordUnusable(f"{folder} is not empty.", hint="Choose a new folder.")


def _copy_state(library: Library, draft: Path) -> dict[str, int]:
    """Copy database, keys and head while nobody may write; return the originals of that moment.

    Pages and log are copied together: whatever is moved from the one to the other meanwhile is in
    both.
    """
    with database.writing(library.engine) as connection:
        for name in (keyfile.NAME, keyfile.COPY, trace.HEAD):
            if (library.folder / name).exists():
                _copy(library.folder / name, draft / name)
        for suffix in ("", "-wal"):
            source = library.folder / f"{database.NAME}{suffix}"
            if source.exists():
                shutil.copyfile(source, draft / source.name)
        rows = connection.execute(select(OBJECTS.c.name, OBJECTS.c.size))
        names = {row.name: int(row.size) for row in rows}
    bare = database.raw_connection(draft / database.NAME, library.keys.database)
    try:
        with database.told():
            bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            torn = bare.execute("PRAGMA cipher_integrity_check").fetchall()
            bare.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        bare.close()
    if torn:
        raise LibraryDamaged(
            "The database of the library is damaged, so it was not backed up.",
            hint="Run `mnimage library verify`; earlier back-ups are as they were.",
        )
    with (draft / database.NAME).open("rb+") as file:
        os.fsync(file.fileno())
    return names


def _copy_originals(
    library: Library, target: Path, names: dict[str, int], tick: Tick
) -> tuple[Listing, int]:
    """Copy the originals that the target lacks; those it has are known from its newest list."""
    before = _known(library, target)
    entries: dict[str, Entry] = {}
    copied = 0
    for done, name in enumerate(sorted(names)):
        tick(done, len(names))
        place = target / VAULT / name[:2] / name
        entry = before.get(name)
        if entry is None or not place.is_file() or place.stat().st_size != entry.size:
            place.parent.mkdir(parents=True, exist_ok=True)
            entry = _copy(library.folder / VAULT / name[:2] / name, place)
            copied += 1
        entries[name] = entry
    tick(len(names), len(names))
    from mnimage import __version__

    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    program = f"mnimage {__version__}"
    return Listing(library.keys.library_id, made_at, program, originals=entries), copied


def _known(library: Library, target: Path) -> dict[str, Entry]:
    """Return what the newest whole list says of originals; without one all are copied anew."""
    for name in reversed(snapshots(target)):
        with suppress(LibraryDamaged):
            return _read_listing(target / SNAPSHOTS / name, library.keys).originals
    return {}


def _restore_originals(target: Path, folder: Path, listing: Listing, tick: Tick) -> Iterator[Flaw]:
    for done, (name, entry) in enumerate(sorted(listing.originals.items())):
        tick(done, len(listing.originals))
        source = target / VAULT / name[:2] / name
        place = folder / VAULT / name[:2] / name
        if amiss := _amiss(source, entry):
            yield Flaw(kind="original", where=name[:16], what=amiss)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if _copy(source, place).sha256 != entry.sha256:
            yield Flaw(kind="original", where=name[:16], what="altered while it was copied")
    tick(len(listing.originals), len(listing.originals))


def _tell_restored(folder: Path, user: str, file: KeyFile, keys: Keys, snapshot: str) -> None:
    with open_with(folder, user, file, keys) as library, library.changing() as changes:
        changes.note_library("restored", {"snapshot": snapshot})


def _read_back(
    target: Path, snapshot: str, keys: Keys, *, again: bool, tick: Tick
) -> tuple[Flaw, ...]:
    """Read the files of a back-up, those already read once only if `again`; note what was right."""
    place = target / SNAPSHOTS / snapshot
    try:
        listing = _read_listing(place, keys)
    except LibraryDamaged as error:
        return (Flaw(kind="back-up", where=LISTING, what=str(error)),)
    flaws: list[Flaw] = []
    total, done, now = len(listing.own) + len(listing.originals), 0, _now()
    for entries, folder in ((listing.own, place), (listing.originals, None)):
        for name, entry in sorted(entries.items()):
            tick(done, total)
            done += 1
            if entry.read_at and not again:
                continue
            path = folder / name if folder else target / VAULT / name[:2] / name
            amiss = _amiss(path, entry)
            entries[name] = replace(entry, read_at="" if amiss else now)
            if amiss:
                flaws.append(Flaw(kind="back-up", where=name[:24], what=amiss))
    flaws += [
        Flaw(kind="back-up", where=one, what="not of this back-up")
        for one in _own(place)
        if one not in listing.own
    ]
    with suppress(StorageFailed):  # A disk that is read-only is read all the same.
        _write_listing(place, listing, keys)
    return tuple(flaws)


def _snapshot(target: Path, name: str) -> Path:
    if name not in snapshots(target):
        raise StorageFailed(f"There is no back-up {name} here.", hint="Check the name.")
    return target / SNAPSHOTS / name


def _amiss(path: Path, entry: Entry) -> str:
    """Return what is amiss with a file of a back-up, empty where nothing is."""
    try:
        found = _entry(path)
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "" if (found.size, found.sha256) == (entry.size, entry.sha256) else "it was altered"


def _entry(path: Path) -> Entry:
    """Return the size and SHA-256 of a file as the disk has it, not as memory remembers it."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return Entry(size, digest.hexdigest())


def _copy(source: Path, place: Path) -> Entry:
    """Copy a file so that it is whole or not there; return what was copied."""
    draft = place.with_name(f"{secrets.token_hex(8)}.draft")
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as one, draft.open("xb") as other:
            while piece := one.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                other.write(piece)
            other.flush()
            os.fsync(other.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    settle(place.parent)
    return Entry(size, digest.hexdigest())


def _own(place: Path) -> list[str]:
    return sorted(one.name for one in place.iterdir() if one.name != LISTING)


def _write_listing(place: Path, listing: Listing, keys: Keys) -> None:
    content = json.dumps(asdict(listing), sort_keys=True, separators=(",", ":")).encode()
    try:
        write_whole(place / LISTING, content + b"\n" + _seal(content, keys).encode() + b"\n")
    except OutputFailed as error:
        raise StorageFailed(str(error), hint=error.hint) from error


def _read_listing(place: Path, keys: Keys) -> Listing:
    damaged = LibraryDamaged(
        f"The list of the back-up {place.name} is altered, or another library's.",
        hint="Make a new back-up, or use an earlier one.",
    )
    try:
        content = (place / LISTING).read_bytes()
    except OSError as error:
        raise damaged from error
    told, _, seal = content.removesuffix(b"\n").rpartition(b"\n")
    if not content.endswith(b"\n") or not hmac.compare_digest(seal, _seal(told, keys).encode()):
        raise damaged
    try:
        return _LISTING.validate_json(told)
    except ValidationError as error:
        raise damaged from error


def _seal(content: bytes, keys: Keys) -> str:
    """Return the seal of a list; by what lasts, so that it holds over a renewal of the keys."""
    return hmac.digest(derive(keys.lasting, "list of a back-up"), content, "sha256").hex()


@contextmanager
def _telling(done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise storage_failed(error, done) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
