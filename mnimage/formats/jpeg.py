"""Read JPEG (ITU-T T.81): the header by hand, the pixels by OpenCV, CMYK by Pillow."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import JpegImagePlugin

from mnimage.formats.decoded import Decoded, as_samples, check_size, damaged, decoder_warnings
from mnimage.formats.exif import Exif, read_exif
from mnimage.formats.profiles import cmyk_to_srgb
from mnimage.formats.strict import DECODER_ERRORS, captured_stderr, captured_warnings
from mnimage.words.message import message

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN, _APP1, _APP2, _END, _TABLES = 0xDA, 0xE1, 0xE2, 0xD9, 0xDB
_STANDARD_STEP = 57.625
"""Mean of the luminance quantization table of ITU-T T.81, annex K, which is quality 50."""
_EXIF, _ICC = b"Exif\0\0", b"ICC_PROFILE\0"
# Other warnings of libjpeg ("extraneous bytes", "unknown JFIF revision") affect no pixel.
_FATAL = ("premature end", "bad Huffman", "found marker", "Premature end")


@dataclass(slots=True)
class Header:
    """The header of a JPEG; `scan` is the offset of the picture data, 0 where there are none."""

    rows: int = 0
    columns: int = 0
    channels: int = 0
    bits: int = 8
    exif: bytes = b""
    icc: dict[int, bytes] = field(default_factory=dict)
    scan: int = 0
    quality: int | None = None


def read_jpeg(content: bytes) -> Decoded:
    """Return a JPEG's pixels.

    Raises
    ------
    PhotoUnreadable
        If the file is incomplete, damaged, too large or too small.
    """
    header = read_header(content)
    check_whole(content, header)
    exif = read_exif(header.exif)
    icc = b"".join(part for _, part in sorted(header.icc.items()))
    if header.channels == 4:
        return _read_cmyk(content, exif, icc)
    flags = cv2.IMREAD_GRAYSCALE if header.channels == 1 else cv2.IMREAD_COLOR_RGB
    with captured_stderr() as printed:
        pixels = cv2.imdecode(
            np.frombuffer(content, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION
        )
    if pixels is None or any(sign in line for line in printed for sign in _FATAL):
        raise damaged(message("formats.part_undecodable"))
    samples = as_samples(np.asarray(pixels))
    return Decoded(samples, header.bits, exif, icc=icc, quality=header.quality)


def read_header(content: bytes) -> Header:
    """Return the header.

    Raises
    ------
    PhotoUnreadable
        If it is corrupt.
    """
    header = Header()
    at = 2
    while at + 4 <= len(content) and not header.scan:
        if content[at] != 0xFF:
            raise damaged(message("formats.header_corrupt"))
        marker = content[at + 1]
        if marker == 0xFF or marker in _NO_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        size = int.from_bytes(content[at + 2 : at + 4], "big")
        _read_segment(header, marker, content[at + 4 : at + 2 + size], at + 2 + size)
        at += 2 + max(size, 2)
    return header


def check_whole(content: bytes, header: Header) -> None:
    """Check the size of a picture, and that its end is there.

    Raises
    ------
    PhotoUnreadable
        If the size is not supported, or the end is missing.
    """
    check_size(header.rows, header.columns)
    # Inside a scan 0xFF is always followed by 0 or a restart marker, so this is the true end.
    if not header.scan or content.rfind(b"\xff\xd9", header.scan) < 0:
        raise damaged(message("formats.end_missing"))


def _read_segment(header: Header, marker: int, body: bytes, end: int) -> None:
    if marker in _FRAMES and len(body) >= 6:
        header.bits, header.channels = body[0], body[5]
        header.rows = int.from_bytes(body[1:3], "big")
        header.columns = int.from_bytes(body[3:5], "big")
    elif marker == _APP1 and body.startswith(_EXIF) and not header.exif:
        header.exif = body
    elif marker == _APP2 and body.startswith(_ICC) and len(body) > 14:
        header.icc[body[12]] = body[14:]
    elif marker == _TABLES and header.quality is None:
        header.quality = _quality(body)
    elif marker == _SCAN:
        header.scan = end
    elif marker == _END:
        raise damaged(message("formats.no_picture"))


def _quality(tables: bytes) -> int | None:
    """Return the 0..100 at which the IJG's encoder would quantize luminance as coarsely.

    Luminance comes first in the files that cameras write.
    """
    wide = bool(tables[:1]) and tables[0] >> 4 == 1
    steps = np.frombuffer(tables[1 : 129 if wide else 65], ">u2" if wide else np.uint8)
    if len(steps) != 64:
        return None
    percent = 100 * float(steps.mean()) / _STANDARD_STEP
    return round((200 - percent) / 2 if percent <= 100 else 5000 / percent)


def _read_cmyk(content: bytes, exif: Exif, icc: bytes) -> Decoded:
    with captured_warnings() as printed:
        try:
            with JpegImagePlugin.JpegImageFile(io.BytesIO(content)) as picture:
                picture.load()
                pixels, note = cmyk_to_srgb(picture, icc)
        except DECODER_ERRORS as error:
            raise damaged(message("formats.part_undecodable")) from error
    return Decoded(pixels, 8, exif, notes=(note, *decoder_warnings(printed)))
