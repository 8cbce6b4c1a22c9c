"""What a back-up folder holds: the sealed list of every file, and how files get there whole."""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import os
import secrets
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from mnimage.errors import EditConflict, LibraryDamaged, OutputFailed, StorageFailed
from mnimage.formats.output import write_whole
from mnimage.library.keys import derive
from mnimage.library.stores import DRAFT, settle, storage_failed
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from mnimage.domain.record import IntegrityIssue
    from mnimage.library.keys import Keys

SNAPSHOTS = "snapshots"
LISTING = "listing.json"
LOCK = "in-use.lock"
_PIECE = 1 << 20


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
    issues: tuple[IntegrityIssue, ...] = ()


_LISTING: TypeAdapter[Listing] = TypeAdapter(Listing)


def snapshots(target: Path) -> list[str]:
    """Return the names of the back-ups in a folder, oldest first."""
    with reporting("read"):
        folder = target / SNAPSHOTS
        if not folder.is_dir():
            return []
        made = (one for one in folder.iterdir() if (one / LISTING).is_file())
        return sorted(one.name for one in made if one.suffix != DRAFT)


def newest(target: Path) -> str:
    """Return the newest back-up; raises `StorageFailed` if there is none."""
    found = snapshots(target)
    if not found:
        raise StorageFailed(message("library.no_backup", target=str(target)))
    return found[-1]


def snapshot_folder(target: Path, name: str) -> Path:
    """Return the folder of a back-up; raises `StorageFailed` if there is none of that name."""
    if name not in snapshots(target):
        raise StorageFailed(message("library.no_such_backup", name=name))
    return target / SNAPSHOTS / name


def read_listing(place: Path, keys: Keys) -> Listing:
    """Return the list of a back-up, proved by its seal; raises `LibraryDamaged` if altered."""
    damaged = LibraryDamaged(message("library.backup_list_altered", name=place.name))
    try:
        content = (place / LISTING).read_bytes()
    except OSError as error:
        raise damaged from error
    given, _, seal = content.removesuffix(b"\n").rpartition(b"\n")
    if not content.endswith(b"\n") or not hmac.compare_digest(seal, _seal(given, keys).encode()):
        raise damaged
    try:
        return _LISTING.validate_json(given)
    except ValidationError as error:
        raise damaged from error


def write_listing(place: Path, listing: Listing, keys: Keys) -> None:
    """Write the list of a back-up under its seal; raises `StorageFailed` if the disk refuses."""
    content = json.dumps(asdict(listing), sort_keys=True, separators=(",", ":")).encode()
    try:
        write_whole(place / LISTING, content + b"\n" + _seal(content, keys).encode() + b"\n")
    except OutputFailed as error:
        raise StorageFailed(error.message, hint=error.hint) from error


def own_files(place: Path) -> list[str]:
    """Return the names of the files that belong to one back-up alone."""
    return sorted(one.name for one in place.iterdir() if one.name != LISTING)


def entry_of(path: Path) -> Entry:
    """Return the size and SHA-256 of a file as the disk has it, not as memory remembers it."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return Entry(size, digest.hexdigest())


def wrong_with(path: Path, entry: Entry) -> str:
    """Return what is wrong with a file of a back-up, empty where nothing is."""
    try:
        found = entry_of(path)
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "" if (found.size, found.sha256) == (entry.size, entry.sha256) else "it was altered"


def copy_whole(source: Path, place: Path) -> Entry:
    """Copy a file so that it is whole or not there; return what was copied."""
    with source.open("rb") as file:
        return copy_from(file, place)


def copy_from(one: BinaryIO, place: Path) -> Entry:
    """Copy an open file so that it is whole or not there; return what was copied."""
    draft = place.with_name(f"{secrets.token_hex(8)}{DRAFT}")
    digest, size = hashlib.sha256(), 0
    try:
        with draft.open("xb") as other:
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


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each with its name on disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    settle(folder.parent)


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Keep a back-up folder to this program while something is written to it or deleted.

    The system lets go of it by itself if the program is killed.

    Raises
    ------
    EditConflict
        If another one has it.
    """
    with reporting("written"):
        handle = _handle(target)
        try:
            if not _locked(handle):
                raise EditConflict(message("library.backup_running"))
            yield
        finally:
            os.close(handle)


def _handle(target: Path) -> int:
    """Return what is locked: the folder itself, or a file in it where folders cannot be."""
    if sys.platform == "win32":
        return os.open(target / LOCK, os.O_RDWR | os.O_CREAT)
    return os.open(target, os.O_RDONLY)


def _locked(handle: int) -> bool:
    """Say whether it could be locked; where the disk knows no locks, it counts as locked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
    return True


@contextmanager
def reporting(done: str) -> Iterator[None]:
    """Turn what a disk refuses into what can be acted on."""
    try:
        yield
    except OSError as error:
        raise storage_failed(error, done) from error


def _seal(content: bytes, keys: Keys) -> str:
    """Return the seal of a list; by what lasts, so that it holds over a renewal of the keys."""
    return hmac.digest(derive(keys.lasting, "list of a back-up"), content, "sha256").hex()
