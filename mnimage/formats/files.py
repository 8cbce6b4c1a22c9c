"""Photos on disk become values: one reader for all kinds, by content and not by name."""

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
from mnimage.formats.upright import lay_on_white, split_alpha, to_rgb, turn_upright

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mnimage.formats.decoded import Decoded, Samples

_MAX_BYTES = 1 << 30
_PHOTO_KINDS = "Choose a photo: JPEG, PNG, TIFF, HEIC, AVIF, WebP, BMP or camera RAW."
_NO_PERMISSION = "Ask for permission to read it, or copy it to a folder of your own."

_READERS: Mapping[str, Callable[[bytes], Decoded]] = {
    "JPEG": read_jpeg,
    "PNG": read_png,
    "TIFF": read_tiff,
    "HEIF": read_heif,
}


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """How a photo is to be read.

    `profiles`: turn embedded colour profiles into sRGB; off for frames that are linear by
    agreement. `camera_white`: develop RAW with the camera's own white balance; off where frames
    must stay in proportion to each other.
    """

    profiles: bool = True
    camera_white: bool = True


def read_photo(path: Path, wish: DecodeOptions | None = None) -> Photo:
    """Return a photo file as it is to be seen: upright, sRGB, in the depth it was kept in.

    JPEG, PNG, TIFF, HEIC/HEIF, AVIF, WebP, BMP, GIF and RAW are told apart by content. EXIF
    orientation is applied once. Embedded profiles are turned into sRGB, CMYK and grey into RGB,
    transparency is laid on white, and of several pages the first is used; `facts.notes` says so.
    The capture time keeps the camera's zone where the camera wrote one and is naive local time
    otherwise. Position (GPS), names and serial numbers are not read at all. The file is opened
    for reading only.

    Parameters
    ----------
    path
        The file.
    wish
        Options; the defaults are right for every ordinary photo.

    Raises
    ------
    PhotoUnreadable
        If the file is missing, no photo, cut off, damaged, or of a size that cannot be worked
        with: under 64 pixels along a side or over 120 megapixels (told from the header).
    """
    return decode_photo(*read_content(path), path.name, wish or DecodeOptions())


def decode_photo(content: bytes, kind: str | None, name: str, wish: DecodeOptions) -> Photo:
    """Return the photo that a file's bytes hold (see `read_photo`).

    Parameters
    ----------
    content
        All bytes of the file.
    kind
        What `kind_of` said of them.
    name
        How the file is called, for errors and notes.
    wish
        Options.

    Raises
    ------
    PhotoUnreadable
        If they hold no photo that can be read.
    """
    try:
        kind, decoded = _decode(content, kind, wish)
        coded, notes = _finish(decoded, wish)
    except PhotoUnreadable as error:
        raise PhotoUnreadable(f"{name}: {error}", hint=error.hint) from error
    except MemoryError as error:
        raise PhotoUnreadable(
            f"{name}: There is not enough memory for this photo.",
            hint="Close other programs, or choose a lower resolution in the camera.",
        ) from error
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
        raise PhotoUnreadable(f"{path.name} may not be read.", hint=_NO_PERMISSION) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PhotoUnreadable(
            f"{path.name} cannot be read: {reason}.", hint="Check the disk or the network drive."
        ) from error


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise PhotoUnreadable(f"{path.name or path} is a folder, not a photo.", hint=_PHOTO_KINDS)
    if not path.exists():
        raise PhotoUnreadable(
            f"{path.name} is not there.", hint="Check the name and the folder; is the drive in?"
        )
    if not path.is_file():
        raise PhotoUnreadable(f"{path.name} is not an ordinary file.", hint=_PHOTO_KINDS)


def _check_head(path: Path, head: bytes, kind: str | None, size: int) -> None:
    if not head:
        raise PhotoUnreadable(
            f"{path.name} is empty.", hint="Copy the file again from the camera or from a backup."
        )
    other = other_kind_of(head) if kind is None else None
    if other:
        raise PhotoUnreadable(f"{path.name} is {other}, not a photo.", hint=_PHOTO_KINDS)
    if size > _MAX_BYTES:
        raise PhotoUnreadable(
            f"{path.name} is {size / 1e9:.1f} GB large; no photo is.", hint=_PHOTO_KINDS
        )


def _decode(content: bytes, kind: str | None, wish: DecodeOptions) -> tuple[str, Decoded]:
    if kind == "TIFF" and is_raw(content):
        check_whole(content)
        kind = "RAW"
    if kind is None or kind == "RAW":
        return "RAW", read_raw(content, camera_white=wish.camera_white)
    reader = _READERS.get(kind)
    return kind, reader(content) if reader else read_plain(kind, content)


def _finish(decoded: Decoded, wish: DecodeOptions) -> tuple[Samples, tuple[str, ...]]:
    """Return upright RGB, and notes on what was done to get there."""
    notes = list(decoded.notes)
    samples, alpha = split_alpha(decoded.samples)
    if decoded.icc and wish.profiles:
        samples, note = to_srgb(samples, decoded.icc)
        notes.append(note)
    samples = to_rgb(samples)
    if alpha is not None:
        samples = lay_on_white(samples, alpha)
        notes.append("Transparent parts were laid on white.")
    if not decoded.upright:
        samples = turn_upright(samples, decoded.exif.orientation)
    return samples, tuple(note for note in notes if note)


def _misnamed(name: str, kind: str) -> tuple[str, ...]:
    ending = PurePath(name).suffix.lower()
    claimed = next((name for name, endings in NAMED.items() if ending in endings), None)
    if claimed is None or claimed == kind:
        return ()
    return (f"The name says {claimed}, but the content is {kind}.",)
