"""Where encrypted files lie: in a folder, or in a store that speaks S3."""

from __future__ import annotations

import errno
import os
import re
import secrets
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from mnimage.errors import LibraryDamaged, PhotoDamaged, RecordUnusable, StorageFailed
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

DRAFT = ".draft"
_NAME = re.compile(r"[0-9a-z]{2}[0-9a-z.]{0,126}")
_FOREIGN = ("botocore.", "aiobotocore.", "aiohttp.", "fsspec.")
"""Where errors of stores on servers come from that are no `OSError`."""


class Draft(Protocol):
    """A file on its way into a store; it is there, whole, once `keep` has returned."""

    def write(self, piece: bytes) -> None:
        """Add bytes."""

    def keep(self, name: str) -> None:
        """Give it its name, once all of it is on disk."""


class Store(Protocol):
    """Holds files by name; none is ever written twice."""

    def draft(self) -> Any:
        """Give a `Draft`; what was not kept by the end of the block is gone."""

    def open(self, name: str) -> Any:
        """Give the file of a name for reading."""

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, None where it is missing."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def names(self, start: str = "") -> Iterator[str]:
        """Yield the name of every file that begins so, drafts too."""

    def age_s(self, name: str) -> float:
        """Return how long ago a file was last written, by the store's clock; 0 if it is gone."""


class FolderStore:
    """Files in a folder, two levels deep, each written whole before it bears its name.

    The folder must be there: made anew where a disk was unplugged, it would take photos that the
    disk then lacks. Only what may go at any time (`spare`) gets its folder when it needs one.
    """

    def __init__(self, folder: Path, *, spare: bool = False) -> None:
        self._folder = folder
        self._spare = spare
        self._making = threading.Lock()

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Give a draft in the store's folder.

        Raises
        ------
        StorageFailed
            If the disk does not take it; nothing is left behind then.
        """
        path = self._folder / f"{secrets.token_hex(16)}{DRAFT}"
        with _failing("written"):
            if self._spare:
                self._folder.mkdir(exist_ok=True)
            with path.open("xb") as file:
                try:
                    yield _FileDraft(self._folder, path, file, self._making)
                finally:
                    file.close()
                    with suppress(OSError):  # The disk may be gone; a draft harms nothing.
                        path.unlink(missing_ok=True)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Give a file for reading.

        Raises
        ------
        PhotoDamaged
            If it is missing.
        StorageFailed
            If the disk does not give it.
        """
        try:
            file = place_of(self._folder, name).open("rb")
        except FileNotFoundError as error:
            _refuse_vanished(self._folder, error)
            raise PhotoDamaged(message("library.file_missing")) from error
        except OSError as error:
            raise storage_failed(error, "read") from error
        with file, _failing("read"):
            yield file

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, None where it is missing."""
        try:
            return place_of(self._folder, name).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_failed(error, "read") from error

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with _failing("removed"):
            place = place_of(self._folder, name)
            place.unlink(missing_ok=True)
            if place.parent.exists():
                settle(place.parent)

    def names(self, start: str = "") -> Iterator[str]:
        """Yield the name of every file that begins so, drafts too; a stray one with its folder."""
        if not self._folder.is_dir():
            return
        found = (self._folder / start[:2]).glob(f"{start}*") if start else self._folder.rglob("*")
        for path in sorted(found):
            if path.is_file() or path.is_symlink():
                ours = is_name(path.name) and path == _place(self._folder, path.name)
                yield path.name if ours else path.relative_to(self._folder).as_posix()

    def age_s(self, name: str) -> float:
        """Return how long ago a file was last written, by the disk's own clock."""
        return self.age_of(place_of(self._folder, name))

    def age_of(self, path: Path) -> float:
        """Return how long ago a file of the same disk was last written; 0 if that is not known."""
        probe = self._folder / f"{secrets.token_hex(16)}{DRAFT}"
        try:
            probe.touch(exist_ok=False)
            now = probe.stat().st_mtime
            probe.unlink()
            return now - path.stat().st_mtime
        except OSError:
            return 0.0


class _FileDraft:
    """A file that gets its name only once its bytes are on disk."""

    def __init__(self, folder: Path, path: Path, file: BinaryIO, making: threading.Lock) -> None:
        self._folder, self._path, self._file, self._making = folder, path, file, making

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def keep(self, name: str) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        place = place_of(self._folder, name)
        with self._making:  # Whoever finds the folder must find its own name on disk.
            if not place.parent.is_dir():
                place.parent.mkdir(exist_ok=True)
                settle(self._folder)
        self._path.rename(place)
        settle(place.parent)


class BucketStore:
    """Files in a store that `fsspec` knows by its address, such as `s3://bucket/library`."""

    def __init__(self, address: str, options: dict[str, Any] | None = None) -> None:
        self._files, self._root = _bucket(address, options or {})

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Give a draft; such a store shows a file only once all of it has arrived."""
        with _failing("written"):
            yield _BucketDraft(self._put)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Give a file for reading."""
        with _failing("read"):
            try:
                file = self._files.open(self._path(name), "rb")
            except FileNotFoundError as error:
                raise PhotoDamaged(message("library.file_missing")) from error
            with file:
                yield file

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, None where it is missing."""
        with _failing("read"):
            self._files.invalidate_cache()
            try:
                return int(self._files.size(self._path(name)))
            except FileNotFoundError:
                return None

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with _failing("removed"), suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def names(self, start: str = "") -> Iterator[str]:
        """Yield the name of every file that begins so."""
        with _failing("read"):
            self._files.invalidate_cache()
            found = self._files.find(f"{self._root}/{start[:2]}" if start else self._root)
        names = (path.rsplit("/", 1)[-1] for path in sorted(found))
        yield from (name for name in names if name.startswith(start))

    def age_s(self, name: str) -> float:
        """Return how long ago a file was written, by this computer's clock."""
        with _failing("read"):
            self._files.invalidate_cache()
            try:
                given = self._files.modified(self._path(name))
            except FileNotFoundError:
                return 0.0
        return float((datetime.now(UTC) - given.astimezone(UTC)).total_seconds())

    def _path(self, name: str) -> str:
        return f"{self._root}/{_checked(name)[:2]}/{name}"

    def _put(self, name: str, content: bytes) -> None:
        self._files.pipe_file(self._path(name), content)


class _BucketDraft:
    """Holds the bytes until the name is known: a bucket cannot rename."""

    def __init__(self, put: Callable[[str, bytes], None]) -> None:
        self._held = bytearray()
        self._put = put

    def write(self, piece: bytes) -> None:
        self._held += piece

    def keep(self, name: str) -> None:
        self._put(name, bytes(self._held))


def open_store(folder: Path, address: str = "", options: dict[str, Any] | None = None) -> Store:
    """Return the store at an address, or in a folder where there is none."""
    return BucketStore(address, options) if address else FolderStore(folder)


def write_all(draft: Draft, pieces: Iterable[bytes]) -> None:
    """Write all pieces to a draft."""
    for piece in pieces:
        draft.write(piece)


def settle(folder: Path) -> None:
    """Have the names in a folder on disk; only POSIX systems can, and need to."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:  # Some network drives cannot; the file itself is whole already.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(handle)


def storage_failed(error: OSError, done: str) -> StorageFailed:
    """Return what to say of a disk that refuses; never the name of a file."""
    reason = error.strerror or type(error).__name__
    hint = "Check that the disk is there and may be written; nothing that was stored is harmed."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "Make room on the disk; nothing that was stored is harmed."
    return StorageFailed(message("library.file_failed", done=done, reason=reason), hint=hint)


@contextmanager
def _failing(done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise storage_failed(error, done) from error
    except Exception as error:
        if not type(error).__module__.startswith(_FOREIGN):
            raise
        raise StorageFailed(
            message("library.store_unreachable", name=type(error).__name__)
        ) from error


def _refuse_vanished(folder: Path, error: OSError) -> None:
    """Distinguish a missing disk from a missing file."""
    if not folder.is_dir() or not any(folder.iterdir()):
        raise storage_failed(error, "read") from error


def is_name(name: str) -> bool:
    """Say whether a file of ours could bear this name; systems lay others beside them."""
    return _NAME.fullmatch(name) is not None


def place_of(folder: Path, name: str) -> Path:
    """Return where a file of this name lies in a store's folder, or in a back-up of it.

    Raises
    ------
    LibraryDamaged
        If no file of ours has such a name: it might lead out of the folder.
    """
    return _place(folder, _checked(name))


def _place(folder: Path, name: str) -> Path:
    return folder / name[:2] / name if not name.endswith(DRAFT) else folder / name


def _checked(name: str) -> str:
    if not is_name(name):
        raise LibraryDamaged(message("library.odd_file_name"))
    return name


def _bucket(address: str, options: dict[str, Any]) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise StorageFailed(message("library.store_parts_missing")) from error
    try:
        files, root = url_to_fs(address, **options)
    except (ValueError, ImportError) as error:
        raise RecordUnusable(message("library.no_store_address")) from error
    return files, str(root).rstrip("/")
