"""What lies in files, folders, memory cards and ZIP archives: photos found, the rest identified.

Nothing is unpacked to disk and nothing found here names a file of ours: names from outside are
shown and kept as text only.
"""

from __future__ import annotations

import lzma
import os
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from mnimage.errors import PhotoUnreadable
from mnimage.formats.kinds import HEAD_BYTES, kind_of, other_kind_of
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import IO
    from zipfile import ZipFile, ZipInfo

MAX_BYTES = 1 << 30
MAX_MEMBERS = 100_000
MAX_RATIO = 100
"""How many times a photo in an archive may be larger than its packed form; real ones are not 3."""
_SMALL_BYTES = 1 << 24
_LONGEST_NAME = 120
_SIDE_FOLDERS = frozenset(
    {
        "__macosx",
        ".thumbnails",
        ".trashes",
        ".trash",
        ".spotlight-v100",
        ".fseventsd",
        ".temporaryitems",
        ".documentrevisions-v100",
        "system volume information",
        "$recycle.bin",
        "lost+found",
        "@eadir",
    }
)
_SIDE_FILES = frozenset(
    {".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", ".localized", ".nomedia"}
)
_SIDE_STARTS = ("._", ".trash-")
_SIDE_ENDINGS = (".thm",)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    ValueError,
)
"""What a damaged archive, or one that was made to do harm, may raise."""
_COPY_AGAIN = "Copy the file again from the camera or from a back-up."
_CHECK_DISK = "Check the disk or the network drive."


@dataclass(frozen=True, slots=True)
class Item:
    """One file that may be a photo.

    `file` is what the user is shown, `name` its bare name in printable letters, `folders` the
    names of the folders it lies in, outermost first. `read` returns its bytes and raises
    `PhotoUnreadable`. `modified` is what the file system or the archive says.
    """

    file: str
    name: str
    folders: tuple[str, ...]
    modified: datetime | None
    read: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something named by the user, or lying among the photos, that cannot be read at all."""

    file: str
    reason: str
    hint: str = ""


def find_items(paths: Sequence[Path]) -> Iterator[Item | Unusable]:
    """Yield what lies at the places named, in their order, and in that of names within a folder.

    Side files of macOS and Windows and thumbnails are left out without a word; links to folders
    are not followed, and what is no ordinary file is never opened.
    """
    for path in paths:
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            yield Unusable(str(path), f"It cannot be read: {reason}.", _CHECK_DISK)
            continue
        if stat.S_ISDIR(mode):
            yield from _in_folder(path)
        elif is_side_file(path.name):
            yield Unusable(str(path), "This is a side file of the system, not a photo.")
        else:
            yield from _at(path, (path.absolute().parent.name,))


def is_side_file(name: str) -> bool:
    """Say whether a name is that of a file which systems and cameras lay beside photos."""
    plain = name.lower()
    return plain in _SIDE_FILES or plain.startswith(_SIDE_STARTS) or plain.endswith(_SIDE_ENDINGS)


def is_side_folder(name: str) -> bool:
    """Say whether a name is that of a folder which holds thumbnails, rubbish or side files."""
    return name.lower() in _SIDE_FOLDERS


def holds_something(folder: Path) -> bool:
    """Say whether a folder holds anything but what systems lay into every folder."""
    found = (one.name for one in folder.iterdir())
    return any(not is_side_file(name) and not is_side_folder(name) for name in found)


def clean_name(given: str) -> str:
    """Return the bare name in a path of any system, in printable letters and not too long.

    Letters that turn the direction of writing, and line breaks, are left out.
    """
    bare = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = "".join(letter for letter in bare if letter.isprintable()).strip(" .")
    return plain[-_LONGEST_NAME:] or "photo"


def _in_folder(top: Path) -> Iterator[Item | Unusable]:
    failed: list[OSError] = []
    for place, folders, names in _walk(top, failed):
        folders[:] = sorted(name for name in folders if not is_side_folder(name))
        inner = place.relative_to(top).parts
        above = (top.absolute().name, *inner)
        for name in sorted(names):
            if not is_side_file(name):
                yield from _at(place / name, above)
    for error in failed:
        yield Unusable(str(error.filename), f"It cannot be read: {error.strerror}.", _CHECK_DISK)


def _at(path: Path, folders: tuple[str, ...]) -> Iterator[Item | Unusable]:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            yield Unusable(str(path), "This is not an ordinary file.")
            return
        with path.open("rb") as file:
            packed = file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield Unusable(str(path), f"It cannot be read: {reason}.", _CHECK_DISK)
        return
    if packed:
        yield from _in_archive(path, folders)
        return
    modified = _moment(found.st_mtime)
    yield Item(str(path), clean_name(path.name), folders, modified, lambda: _read_file(path))


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            _check_head(file.read(HEAD_BYTES))
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise PhotoUnreadable(message("library.file_too_large", size=size / 1000000000.0))
            file.seek(0)
            return file.read(size)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PhotoUnreadable(
            message("library.source_unreadable", reason=reason), hint=_CHECK_DISK
        ) from error


def _in_archive(path: Path, folders: tuple[str, ...]) -> Iterator[Item | Unusable]:
    try:
        with zipfile.ZipFile(path) as opened:
            members = opened.infolist()
    except (*_BROKEN, NotImplementedError) as error:
        yield Unusable(str(path), f"The archive is damaged: {_one_line(error)}.", _COPY_AGAIN)
        return
    if len(members) > MAX_MEMBERS:
        yield Unusable(str(path), f"The archive holds {len(members)} files; too many.")
        return
    files = [one for one in members if not one.is_dir() and not _is_side_member(one)]
    archive = _Archive(path, len(files))
    for member in files:
        yield _member(archive, path, member, folders)


class _Archive:
    """An archive that is open from its first file's reading to its last one's.

    So a list of items of any number of archives keeps none open. One thread reads at a time.
    """

    def __init__(self, path: Path, files: int) -> None:
        self._path, self._left = path, files
        self._zip: ZipFile | None = None
        self._lock = Lock()

    @contextmanager
    def open(self, member: ZipInfo) -> Iterator[IO[bytes]]:
        """Open one of its files to be read."""
        with self._lock:
            self._left -= 1
            self._zip = self._zip or zipfile.ZipFile(self._path)
            try:
                with self._zip.open(member) as file:
                    yield file
            finally:
                if self._left <= 0:
                    self._zip.close()
                    self._zip = None


def _member(archive: _Archive, path: Path, member: ZipInfo, folders: tuple[str, ...]) -> Item:
    parts = member.filename.replace("\\", "/").split("/")
    return Item(
        file=f"{path}/{member.filename}",
        name=clean_name(member.filename),
        folders=(*folders, *(clean_name(part) for part in parts[:-1] if part.strip("."))),
        modified=_packed_at(member),
        read=lambda: _read_member(archive, member),
    )


def _read_member(archive: _Archive, member: ZipInfo) -> bytes:
    _check_packing(member)
    try:
        with archive.open(member) as file:
            head = file.read(HEAD_BYTES)
            _check_head(head)
            content = head + file.read(member.file_size)
    except RuntimeError as error:
        raise PhotoUnreadable(message("library.archive_locked")) from error
    except _BROKEN as error:
        raise PhotoUnreadable(
            message("library.damaged_in_archive", error=_one_line(error)), hint=_COPY_AGAIN
        ) from error
    return content


def _check_packing(member: ZipInfo) -> None:
    bomb = member.file_size > max(_SMALL_BYTES, MAX_RATIO * member.compress_size)
    if bomb or member.file_size > MAX_BYTES:
        raise PhotoUnreadable(
            message("library.archive_bomb", file_size=member.file_size / 1000000.0)
        )


def _check_head(head: bytes) -> None:
    """Refuse what is no photo by its first bytes, before the rest is read."""
    other = other_kind_of(head) if kind_of(head) is None else None
    if other:
        raise PhotoUnreadable(message("library.not_a_photo", other=other))


def _is_side_member(member: ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    return is_side_file(parts[-1]) or any(is_side_folder(part) for part in parts[:-1])


def _packed_at(member: ZipInfo) -> datetime | None:
    try:
        return datetime(*member.date_time).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _one_line(error: Exception) -> str:
    return clean_name(str(error).replace("/", " ")) if str(error) else type(error).__name__


def _walk(top: Path, failed: list[OSError]) -> Iterator[tuple[Path, list[str], list[str]]]:
    for place, folders, names in os.walk(top, onerror=failed.append, followlinks=False):
        yield type(top)(place), folders, names
