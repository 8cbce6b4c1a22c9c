"""Where encrypted files lie: in a folder, or in a store that speaks S3."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from mnimage.errors import PhotoDamaged, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

DRAFT = ".draft"


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

    def names(self) -> Iterator[str]:
        """Yield the name of every file, drafts too."""


class FolderStore:
    """Files in a folder, two levels deep, each written whole before it bears its name.

    The folder must be there: made anew where a disk was unplugged, it would take photos that the
    disk then lacks. Only what may go at any time (`spare`) gets its folder when it needs one.
    """

    def __init__(self, folder: Path, *, spare: bool = False) -> None:
        self._folder = folder
        self._spare = spare

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
                    yield _FileDraft(self._folder, path, file)
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
            file = _place(self._folder, name).open("rb")
        except FileNotFoundError as error:
            _refuse_vanished(self._folder, error)
            raise PhotoDamaged(
                "A file of the library is missing.", hint="Bring it back from a back-up."
            ) from error
        except OSError as error:
            raise storage_failed(error, "read") from error
        with file, _failing("read"):
            yield file

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, None where it is missing."""
        try:
            return _place(self._folder, name).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_failed(error, "read") from error

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with _failing("removed"):
            place = _place(self._folder, name)
            place.unlink(missing_ok=True)
            if place.parent.exists():
                settle(place.parent)

    def names(self) -> Iterator[str]:
        """Yield the name of every file, drafts too."""
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.rglob("*")):
            if path.is_file() or path.is_symlink():
                yield (
                    path.name
                    if path == _place(self._folder, path.name)
                    else str(path.relative_to(self._folder))
                )


class _FileDraft:
    """A file that gets its name only once its bytes are on disk."""

    def __init__(self, folder: Path, path: Path, file: BinaryIO) -> None:
        self._folder, self._path, self._file = folder, path, file

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def keep(self, name: str) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        place = _place(self._folder, name)
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
                raise PhotoDamaged(
                    "A file of the library is missing.", hint="Bring it back from a back-up."
                ) from error
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

    def names(self) -> Iterator[str]:
        """Yield the name of every file."""
        with _failing("read"):
            self._files.invalidate_cache()
            found = self._files.find(self._root)
        yield from (path.rsplit("/", 1)[-1] for path in sorted(found))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name}"

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
    return StorageFailed(f"A file of the library cannot be {done}: {reason}.", hint=hint)


@contextmanager
def _failing(done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise storage_failed(error, done) from error


def _refuse_vanished(folder: Path, error: OSError) -> None:
    """Tell a missing disk from a missing file."""
    if not folder.is_dir() or not any(folder.iterdir()):
        raise storage_failed(error, "read") from error


def _place(folder: Path, name: str) -> Path:
    return folder / name[:2] / name if not name.endswith(DRAFT) else folder / name


def _bucket(address: str, options: dict[str, Any]) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise StorageFailed(
            "A store on a server needs the extra parts of mnimage.",
            hint="Install it as mnimage[server].",
        ) from error
    files, root = url_to_fs(address, **options)
    return files, str(root).rstrip("/")
