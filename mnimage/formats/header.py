"""The header of a photo file, read without decoding pixels, and whether the file is complete."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from mnimage.errors import PhotoUnreadable
from mnimage.formats import heif, jpeg, png, tiff
from mnimage.formats.decoded import check_size, damaged
from mnimage.formats.exif import Exif, read_exif
from mnimage.formats.files import read_content
from mnimage.formats.ifd import first_directory, read_directory
from mnimage.formats.kinds import HEAD_BYTES, kind_of, other_kind_of
from mnimage.formats.raw import facts_of
from mnimage.formats.strict import DECODER_ERRORS, captured_stderr, captured_warnings
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS, _ROWS, _DEPTH = 0x0100, 0x0101, 0x0102
"""Tags of TIFF 6.0."""


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    """Kind, size as stored (before rotation), bits per colour and EXIF of a photo file."""

    kind: str
    columns: int
    rows: int
    bits: int = 8
    exif: Exif = field(default_factory=Exif)


def read_file_header(path: Path) -> PhotoHeader:
    """Return the header of a photo file (see `read_header`).

    Raises
    ------
    PhotoUnreadable
        If the file is missing, not a photo, incomplete, or of an unsupported size.
    """
    content, _ = read_content(path)
    try:
        return read_header(content)
    except PhotoUnreadable as error:
        problem = message("formats.in_file", file=path.name, problem=error.message)
        raise PhotoUnreadable(problem, hint=error.hint) from error


def read_header(content: bytes) -> PhotoHeader:
    """Return the header of the photo in a file's bytes; no pixel is decoded.

    This checks that it is a photo of a supported size and that the end of the file is there; also
    the checksums of a PNG. A single wrong byte among the pixels of a JPEG is not noticed.

    Raises
    ------
    PhotoUnreadable
        If it is not a photo, is incomplete, or is too large or too small.
    """
    kind = kind_of(content[:HEAD_BYTES])
    if kind is None and (other := other_kind_of(content[:HEAD_BYTES])):
        raise PhotoUnreadable(message("formats.content_no_photo", kind=other))
    if not content:
        raise PhotoUnreadable(message("formats.content_empty"))
    if kind == "TIFF" and not tiff.is_raw(content):
        return _tiff(content)
    reader = {"JPEG": _jpeg, "PNG": _png, "HEIF": _heif}.get(kind or "")
    if reader:
        return reader(content)
    return _raw(content) if kind in (None, "RAW", "TIFF") else _plain(str(kind), content)


def _jpeg(content: bytes) -> PhotoHeader:
    header = jpeg.read_header(content)
    jpeg.check_whole(content, header)
    return PhotoHeader("JPEG", header.columns, header.rows, header.bits, read_exif(header.exif))


def _png(content: bytes) -> PhotoHeader:
    header = png.read_header(content)
    check_size(header.rows, header.columns)
    return PhotoHeader("PNG", header.columns, header.rows, min(header.bits, 16), header.exif)


def _tiff(content: bytes) -> PhotoHeader:
    tags = read_directory(content, first_directory(content), frozenset({_COLUMNS, _ROWS, _DEPTH}))
    columns, rows = tags.number(_COLUMNS, 0), tags.number(_ROWS, 0)
    check_size(rows, columns)
    tiff.check_whole(content)
    return PhotoHeader("TIFF", columns, rows, tags.number(_DEPTH, 8), read_exif(content))


def _heif(content: bytes) -> PhotoHeader:
    import pi_heif  # Loaded for the files that need it.

    heif.check_boxes(content)
    with captured_stderr():
        try:
            file = pi_heif.open_heif(content, convert_hdr_to_8bit=False)
            columns, rows = file.size
            info = file.info
        except DECODER_ERRORS as error:
            raise damaged(message("formats.header_unreadable")) from error
    check_size(rows, columns)
    exif = read_exif(info.get("exif") or b"")
    return PhotoHeader("HEIF", columns, rows, int(info.get("bit_depth", 8)), exif)


def _raw(content: bytes) -> PhotoHeader:
    import rawpy  # Loaded for the files that need it.

    tiff.check_whole(content)
    with captured_stderr():
        try:
            with rawpy.imread(io.BytesIO(content)) as raw:
                columns, rows = raw.sizes.width, raw.sizes.height
                bits = min(16, max(8, int(raw.white_level or 0).bit_length()))
                exif = facts_of(content, raw)
        except rawpy.LibRawFileUnsupportedError as error:
            raise PhotoUnreadable(message("formats.content_unknown")) from error
        except (rawpy.LibRawError, MemoryError) as error:
            raise damaged(message("formats.raw_unreadable")) from error
    check_size(rows, columns)
    return PhotoHeader("RAW", columns, rows, bits, exif)


def _plain(kind: str, content: bytes) -> PhotoHeader:
    with captured_warnings():
        try:
            with Image.open(io.BytesIO(content)) as picture:
                columns, rows = picture.size
                exif = read_exif(picture.info.get("exif") or b"")
        except DECODER_ERRORS as error:
            raise damaged(message("formats.header_unreadable")) from error
    check_size(rows, columns)
    return PhotoHeader(kind, columns, rows, 8, exif)
