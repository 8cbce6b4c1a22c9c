"""Identify a file by its first bytes, never by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mnimage.words.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Mapping

_Kind = TypeVar("_Kind")

HEAD_BYTES = 4096
"""How many first bytes `kind_of` needs."""

NAMED: Mapping[str, frozenset[str]] = {
    "JPEG": frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"}),
    "PNG": frozenset({".png", ".apng"}),
    "TIFF": frozenset({".tif", ".tiff"}),
    "HEIF": frozenset({".heic", ".heif", ".hif", ".heics", ".heifs"}),
    "AVIF": frozenset({".avif", ".avifs"}),
    "WebP": frozenset({".webp"}),
    "BMP": frozenset({".bmp", ".dib"}),
    "GIF": frozenset({".gif"}),
}
"""File endings of each kind of photo; those of RAW files differ from maker to maker."""

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (0, b"GIF8", "GIF"),
    (8, b"WEBP", "WebP"),
    (0, b"FUJIFILMCCD-RAW", "RAW"),
    (0, b"IIU\0", "RAW"),
    (0, b"IIRO", "RAW"),
    (0, b"IIRS", "RAW"),
    (0, b"MMOR", "RAW"),
    (0, b"IIII", "RAW"),
    (0, b"MMMM", "RAW"),
    (0, b"FOVb", "RAW"),
    (0, b"\0MRM", "RAW"),
    (6, b"HEAPCCDR", "RAW"),
)
"""Offset and first bytes of each kind of photo."""

_OTHER_SIGNATURES: tuple[tuple[int, bytes, Message], ...] = (
    (0, b"%PDF", message("formats.kind_pdf")),
    (0, b"PK\x03\x04", message("formats.kind_zip")),
    (0, b"PK\x05\x06", message("formats.kind_empty_zip")),
    (0, b"Rar!", message("formats.kind_rar")),
    (0, b"7z\xbc\xaf", message("formats.kind_7z")),
    (0, b"\x1f\x8b", message("formats.kind_compressed")),
    (0, b"\x1aE\xdf\xa3", message("formats.kind_video")),
    (8, b"AVI ", message("formats.kind_video")),
    (8, b"WAVE", message("formats.kind_sound")),
    (0, b"ID3", message("formats.kind_sound")),
    (0, b"\0\0\x01\xba", message("formats.kind_video")),
    (0, b"8BPS", message("formats.kind_photoshop")),
    (0, b"\xff\x0a", message("formats.kind_jpeg_xl")),
    (4, b"JXL ", message("formats.kind_jpeg_xl")),
    (4, b"jP  ", message("formats.kind_jpeg_2000")),
    (128, b"DICM", message("formats.kind_dicom")),
    (0, b"MZ", message("formats.kind_program")),
    (0, b"\x7fELF", message("formats.kind_program")),
    (0, b"SQLite format 3", message("formats.kind_database")),
    (0, b"\xd0\xcf\x11\xe0", message("formats.kind_office")),
)
"""The same for other kinds of file."""

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def kind_of(head: bytes) -> str | None:
    """Return the kind of photo of a file that begins with `head`, or None where it is unknown.

    One of "JPEG", "PNG", "TIFF", "HEIF", "AVIF", "WebP", "BMP", "GIF", "RAW". A RAW file that
    begins like a TIFF (most do) is identified later, by its directories.
    """
    if head[4:8] == b"ftyp":
        return _kind_of_brands(head)
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "BMP"
    return _look_up(head, _SIGNATURES)


def other_kind_of(head: bytes) -> Message | None:
    """Return what a file is that is not a photo, such as "a video", or None."""
    if head[4:8] == b"ftyp":
        return message("formats.kind_video")
    return _look_up(head, _OTHER_SIGNATURES) or (
        message("formats.kind_text") if _is_text(head) else None
    )


def _look_up(head: bytes, table: tuple[tuple[int, bytes, _Kind], ...]) -> _Kind | None:
    return next((kind for at, signature, kind in table if head.startswith(signature, at)), None)


def _kind_of_brands(head: bytes) -> str | None:
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
    if head[8:12] == b"crx ":
        return "RAW"
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & _HEIF_BRANDS else None


def _is_text(head: bytes) -> bool:
    try:
        text = head[: HEAD_BYTES - 4].decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        # A character may be cut in two where the head ends.
        if error.start < len(head) - 8:
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and all(sign.isprintable() or sign in "\r\n\t\f\ufeff" for sign in text)
