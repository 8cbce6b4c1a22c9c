"""Read photos from disk: one reader for all kinds, identified by content, not by name."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.errors import PhotoUnreadable
from mnimage.formats.heif import read_heif
from mnimage.formats.jpeg import read_jpeg
from mnimage.formats.kinds import HEAD_BYTES, NAMED, kind_of, other_kind_of
from mnimage.formats.plain import read_plain
from mnimage.formats.png import read_png
from mnimage.formats.profiles import to_srgb
from mnimage.formats.raw import read_raw
from mnimage.formats.tiff import check_whole, is_raw, read_tiff
from mnimage.formats.upright import blend_with_white, split_alpha, to_rgb, turn_upright
from mnimage.words.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mnimage.formats.decoded import Decoded, Samples

_MAX_BYTES = 1 << 30
"""Larger files are not photos, and are not read."""

_READERS: Mapping[str, Callable[[bytes], Decoded]] = {
    "JPEG": read_jpeg,
    "PNG": read_png,
    "TIFF": read_tiff,
    "HEIF": read_heif,
}


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """How a photo is decoded.

    `profiles`: convert embedded colour profiles to sRGB; off for frames that are declared linear.
    `camera_white`: develop RAW with the camera's own white balance; off where frames must stay in
    proportion to each other.
    """

    profiles: bool = True
    camera_white: bool = True


def read_photo(path: Path, options: DecodeOptions | None = None) -> Photo:
    """Return the photo in a file: upright, sRGB, with the bit depth of the file.

    JPEG, PNG, TIFF, HEIC/HEIF, AVIF, WebP, BMP, GIF and RAW are identified by content. EXIF
    orientation is applied once. Embedded profiles are converted to sRGB, CMYK and grey to RGB,
    transparency is blended with white, and of several pages the first is used; `facts.notes` says
    so. The capture time keeps the camera's zone where the camera wrote one and is naive local time
    otherwise. Position (GPS), names and serial numbers are not read at all. The file is opened
    for reading only.

    Parameters
    ----------
    path
        The file.
    options
        The defaults suit every ordinary photo.

    Raises
    ------
    PhotoUnreadable
        If the file is missing, not a photo, incomplete, damaged, or of an unsupported size: under
        64 pixels along a side or over 120 megapixels (checked in the header).
    """
    return decode_photo(*read_content(path), path.name, options or DecodeOptions())


def decode_photo(content: bytes, kind: str | None, name: str, options: DecodeOptions) -> Photo:
    """Return the photo in the bytes of a file (see `read_photo`).

    Parameters
    ----------
    content
        All bytes of the file.
    kind
        Their kind, by `kind_of`.
    name
        Name of the file, for errors and notes.
    options
        Options.

    Raises
    ------
    PhotoUnreadable
        If they are not a photo that can be read.
    """
    try:
        kind, decoded = _decode(content, kind, options)
        coded, notes = _finish(decoded, options)
    except PhotoUnreadable as error:
        problem = message("formats.in_file", file=name, problem=error.message)
        raise PhotoUnreadable(problem, hint=error.hint) from error
    except MemoryError as error:
        lack = message("formats.out_of_memory")
        problem = message("formats.in_file", file=name, problem=lack)
        raise PhotoUnreadable(problem, hint=lack.hint) from error
    exif = decoded.exif
    facts = CaptureFacts(
        format=kind,
        bits=decoded.bits,
        orientation=exif.orientation,
        taken_at=exif.taken_at,
        camera=exif.camera,
        exposure_s=exif.exposure_s,
        f_number=exif.f_number,
        iso=exif.iso,
        focal_mm=exif.focal_mm,
        focal_35mm_mm=exif.focal_35mm_mm,
        jpeg_quality=decoded.quality,
        notes=(*_misnamed(name, kind), *notes),
    )
    return Photo(coded, facts, hashlib.sha256(content).hexdigest())


def read_content(path: Path) -> tuple[bytes, str | None]:
    """Return a photo file's bytes and its kind, None where only LibRaw could know it.

    Raises
    ------
    PhotoUnreadable
        If the file is missing, may not be read, or is no photo by its first bytes or its size.
    """
    try:
        _check_file(path)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            kind = kind_of(head)
            _check_head(path, head, kind, os.fstat(file.fileno()).st_size)
            return head + file.read(), kind
    except PermissionError as error:
        raise PhotoUnreadable(message("formats.file_not_permitted", file=path.name)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PhotoUnreadable(
            message("formats.file_unreadable", file=path.name, reason=reason)
        ) from error


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise PhotoUnreadable(message("formats.file_is_folder", file=path.name or str(path)))
    if not path.exists():
        raise PhotoUnreadable(message("formats.file_missing", file=path.name))
    if not path.is_file():
        raise PhotoUnreadable(message("formats.file_special", file=path.name))


def _check_head(path: Path, head: bytes, kind: str | None, size: int) -> None:
    if not head:
        raise PhotoUnreadable(message("formats.file_empty", file=path.name))
    other = other_kind_of(head) if kind is None else None
    if other:
        raise PhotoUnreadable(message("formats.file_no_photo", file=path.name, kind=other))
    if size > _MAX_BYTES:
        raise PhotoUnreadable(
            message("formats.file_too_large", file=path.name, gigabytes=size / 1e9)
        )


def _decode(content: bytes, kind: str | None, options: DecodeOptions) -> tuple[str, Decoded]:
    if kind == "TIFF" and is_raw(content):
        check_whole(content)
        kind = "RAW"
    if kind is None or kind == "RAW":
        return "RAW", read_raw(content, camera_white=options.camera_white)
    reader = _READERS.get(kind)
    return kind, reader(content) if reader else read_plain(kind, content)


def _finish(decoded: Decoded, options: DecodeOptions) -> tuple[Samples, tuple[Message, ...]]:
    """Return upright RGB, and notes on the conversions."""
    notes = list(decoded.notes)
    samples, alpha = split_alpha(decoded.samples)
    if decoded.icc and options.profiles:
        samples, note = to_srgb(samples, decoded.icc)
        notes.append(note)
    samples = to_rgb(samples)
    if alpha is not None:
        samples = blend_with_white(samples, alpha)
        notes.append(message("formats.transparent"))
    if not decoded.upright:
        samples = turn_upright(samples, decoded.exif.orientation)
    return samples, tuple(note for note in notes if note)


def _misnamed(name: str, kind: str) -> tuple[Message, ...]:
    ending = PurePath(name).suffix.lower()
    claimed = next((name for name, endings in NAMED.items() if ending in endings), None)
    if claimed is None or claimed == kind:
        return ()
    return (message("formats.misnamed", claimed=claimed, kind=kind),)
