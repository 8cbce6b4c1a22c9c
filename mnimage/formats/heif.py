"""Reads HEIC and HEIF (ISO/IEC 23008-12) by libheif; more than 8 bits become 16."""

from __future__ import annotations

import numpy as np

from mnimage.errors import PhotoUnreadable
from mnimage.formats.decoded import Decoded, Samples, as_samples, check_size, damaged
from mnimage.formats.exif import read_exif
from mnimage.formats.strict import DECODER_ERRORS, captured_stderr
from mnimage.words.message import message

_WIDE = 12
"""Colour primaries of Display P3 in an nclx box (ITU-T H.273)."""


def read_heif(content: bytes) -> Decoded:
    """Return the main picture of a HEIC or HEIF file.

    libheif rotates the picture by the file's own transformation boxes, which take precedence over
    EXIF; so the pixels are upright, and the EXIF value is only recorded.

    Raises
    ------
    PhotoUnreadable
        If the file is incomplete, damaged, too large or too small.
    """
    check_boxes(content)
    with captured_stderr():
        try:
            decoded = _read(content)
        except PhotoUnreadable:
            raise
        except DECODER_ERRORS as error:
            raise damaged(message("formats.part_undecodable")) from error
    return decoded


def check_boxes(content: bytes) -> None:
    """Refuse a file whose outermost boxes extend beyond its end: libheif returns grey there."""
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        if size == 0:  # The last box, up to the end.
            return
        if size < 8 or at + size > len(content):
            raise damaged(message("formats.end_missing"))
        at += size


def _read(content: bytes) -> Decoded:
    import pi_heif  # Loaded for the files that need it.

    file = pi_heif.open_heif(content, convert_hdr_to_8bit=False)
    columns, rows = file.size
    check_size(rows, columns)
    info = file.info
    bits = int(info.get("bit_depth", 8))
    samples = _full_range(as_samples(np.array(file)), bits)
    notes = [message("formats.several_pictures")] if len(file) > 1 else []
    icc = info.get("icc_profile") or b""
    if not icc and (info.get("nclx_profile") or {}).get("color_primaries") == _WIDE:
        notes.append(message("formats.display_p3"))
    exif = read_exif(info.get("exif") or b"")
    return Decoded(samples, bits, exif, upright=True, icc=icc, notes=tuple(notes))


def _full_range(samples: Samples, bits: int) -> Samples:
    """Spread 10 or 12 bits, which come in the upper bits of 16, over all of them."""
    if samples.dtype == np.uint8 or not 8 < bits < 16:
        return samples
    return as_samples(samples | (samples >> np.uint16(bits)))
