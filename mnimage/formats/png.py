"""Read PNG (ISO/IEC 15948): the chunks by hand with their checksums, the pixels by OpenCV."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import cv2
import numpy as np

from mnimage.formats.decoded import Decoded, Samples, as_samples, check_size, damaged
from mnimage.formats.exif import Exif, read_exif
from mnimage.formats.strict import captured_stderr
from mnimage.words.message import message

_MAX_PROFILE = 8_000_000
"""Bytes to which an embedded profile is decompressed at most."""


@dataclass(slots=True)
class Header:
    """Contents of the chunks around the picture."""

    rows: int = 0
    columns: int = 0
    bits: int = 8
    exif: Exif = field(default_factory=Exif)
    icc: bytes = b""
    srgb: bool = False
    animated: bool = False


def read_png(content: bytes) -> Decoded:
    """Return a PNG's pixels, 16 bits where it has them.

    Raises
    ------
    PhotoUnreadable
        If the file is incomplete, damaged, too large or too small.
    """
    header = read_header(content)
    with captured_stderr() as printed:
        decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or any("libpng error" in line for line in printed):
        raise damaged(message("formats.part_undecodable"))
    samples = swap_red_and_blue(as_samples(np.asarray(decoded)))
    icc = b"" if header.srgb else header.icc
    notes = (message("formats.animated"),) if header.animated else ()
    return Decoded(samples, min(header.bits, 16), header.exif, icc=icc, notes=notes)


def swap_red_and_blue(samples: Samples) -> Samples:
    """Convert OpenCV's order of channels to red, green, blue, in place."""
    if samples.ndim == 2 or samples.shape[2] < 3:
        return samples
    code = cv2.COLOR_BGR2RGB if samples.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return as_samples(np.asarray(cv2.cvtColor(samples, code, dst=samples)))


def read_header(content: bytes) -> Header:
    """Return the contents of the chunks, each verified by its checksum.

    Raises
    ------
    PhotoUnreadable
        If the file is incomplete, damaged, too large or too small.
    """
    header = Header()
    at = 8
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        end = at + 12 + size
        if end > len(content):
            break
        name = content[at + 4 : at + 8]
        _check_sum(content, at, end)
        if name == b"IEND":
            return header
        _read_chunk(header, name, content[at + 8 : end - 4] if name != b"IDAT" else b"")
        at = end
    raise damaged(message("formats.end_missing"))


def _check_sum(content: bytes, at: int, end: int) -> None:
    found = zlib.crc32(memoryview(content)[at + 4 : end - 4])
    if found != int.from_bytes(content[end - 4 : end], "big"):
        raise damaged(message("formats.checksum_wrong"))


def _read_chunk(header: Header, name: bytes, body: bytes) -> None:
    if name == b"IHDR" and len(body) >= 13:
        header.columns = int.from_bytes(body[:4], "big")
        header.rows = int.from_bytes(body[4:8], "big")
        header.bits = max(8, body[8])
        # At once: nothing after the header of a decompression bomb is to be read.
        check_size(header.rows, header.columns)
    elif name == b"iCCP":
        header.icc = _profile(body)
    elif name == b"eXIf":
        header.exif = read_exif(body)
    header.srgb |= name == b"sRGB"
    header.animated |= name == b"acTL"


def _profile(body: bytes) -> bytes:
    _, _, packed = body.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], _MAX_PROFILE)
    except zlib.error:
        return b""
