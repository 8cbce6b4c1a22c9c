"""Read TIFF (6.0 and BigTIFF), 8 and 16 bits, and recognise RAW files based on TIFF.

Three decoders share the work, each where it is correct: tifffile (uncompressed, ZIP, PackBits; any
depth and layout), Pillow (8-bit LZW, JPEG, palettes, CMYK), OpenCV (16-bit LZW). OpenCV alone would
mix up separate planes, darken half-transparent 8-bit colours and rotate the picture by itself.
"""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import TiffImagePlugin

from mnimage.errors import PhotoUnreadable
from mnimage.formats.decoded import (
    Decoded,
    Samples,
    as_samples,
    check_size,
    damaged,
    decoder_warnings,
)
from mnimage.formats.exif import ORIENTATION, read_exif
from mnimage.formats.ifd import Directory, first_directory, read_directory
from mnimage.formats.png import swap_red_and_blue
from mnimage.formats.profiles import cmyk_to_srgb
from mnimage.formats.strict import DECODER_ERRORS, captured_stderr, captured_warnings, silenced
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBFILE, _COLUMNS, _ROWS, _BITS, _COMPRESSION, _COLOURS = 254, 256, 257, 258, 259, 262
_STRIPS, _SAMPLES, _STRIP_SIZES, _PLANES = 273, 277, 279, 284
_TILES, _TILE_SIZES, _CHILDREN, _EXTRA, _FORMAT = 324, 325, 330, 338, 339
_ICC, _DNG = 34675, 50706
_TAGS = frozenset(
    {_SUBFILE, _COLUMNS, _ROWS, _BITS, _COMPRESSION, _COLOURS, _STRIPS, _SAMPLES, _STRIP_SIZES}
    | {_PLANES, _TILES, _TILE_SIZES, _CHILDREN, _EXTRA, _FORMAT, _ICC, _DNG, ORIENTATION}
)
"""Tags of TIFF 6.0 and its extensions."""

_SENSOR = frozenset({32803, 34892})
"""Photometric values of raw sensor data: colour filter array, and linear raw (DNG)."""
_RAW_PACKING = frozenset({32767, 34713, 65000, 65535})
"""Compressions of camera makers' RAW files."""
_BY_TIFFFILE = frozenset({1, 8, 32773, 32946})
"""Compressions that tifffile decodes: none, deflate (new, old code), PackBits."""
_LZW = 5
_WHITE_IS_ZERO, _RGB, _LAB = 0, 2, frozenset({8, 9, 10})
_ASSOCIATED, _UNASSOCIATED = 1, 2
_DECIMAL = 3
"""Further values of TIFF 6.0: photometric, extra samples and sample format."""


def is_raw(content: bytes) -> bool:
    """Whether a file that begins like a TIFF contains raw sensor values."""
    page = _first_page(content)
    return (
        content[8:10] == b"CR"
        or _DNG in page.values
        or page.number(_COLOURS, 0) in _SENSOR
        or page.number(_COMPRESSION, 1) in _RAW_PACKING
        or page.number(_SUBFILE, 0) & 1 == 1
    )


def check_whole(content: bytes) -> None:
    """Refuse a TIFF-like file whose pixel blocks extend beyond its end.

    Raises
    ------
    PhotoUnreadable
        If the file is incomplete.
    """
    for page in _pages(content):
        starts = page.numbers(_STRIPS) or page.numbers(_TILES)
        sizes = page.numbers(_STRIP_SIZES) or page.numbers(_TILE_SIZES)
        ends = (start + size for start, size in zip(starts, sizes, strict=False))
        if max(ends, default=0) > len(content):
            raise damaged(message("formats.end_missing"))


def read_tiff(content: bytes) -> Decoded:
    """Return the first page of a TIFF, 16 bits if the file has them.

    Raises
    ------
    PhotoUnreadable
        If the file is incomplete, damaged, too large or too small, or not in 8- or 16-bit colours.
    """
    page = _first_page(content)
    check_size(page.number(_ROWS, 0), page.number(_COLUMNS, 0))
    check_whole(content)
    _check_kind(page)
    decoded = _decode(content, page)
    several = (message("formats.several_pages"),) if page.following else ()
    return replace(decoded, exif=read_exif(content), notes=(*decoded.notes, *several))


def _first_page(content: bytes) -> Directory:
    return read_directory(content, first_directory(content), _TAGS)


def _pages(content: bytes) -> Iterator[Directory]:
    """Yield the first page and its sub-directories, where RAW files store the sensor values."""
    page = _first_page(content)
    yield page
    for child in page.numbers(_CHILDREN)[:16]:
        yield read_directory(content, int(child), _TAGS)


def _bits(page: Directory) -> int:
    return page.number(_BITS, 1)


def _check_kind(page: Directory) -> None:
    if page.number(_FORMAT, 1) == _DECIMAL:
        raise PhotoUnreadable(message("formats.tiff_decimal"))
    if _bits(page) > 16:
        raise PhotoUnreadable(message("formats.tiff_bits", bits=_bits(page)))
    if page.number(_COLOURS, 1) in _LAB:
        raise PhotoUnreadable(message("formats.tiff_lab"))


def _decode(content: bytes, page: Directory) -> Decoded:
    import tifffile  # Loaded for the files that need it.

    simple = page.number(_COLOURS, 1) <= _RGB and _bits(page) in (8, 16)
    packing = page.number(_COMPRESSION, 1)
    try:
        if simple and packing in _BY_TIFFFILE:
            samples = _by_tifffile(content)
        elif _bits(page) == 16:
            samples = _by_opencv(content, page)
        else:
            return _by_pillow(content, page)
    except (*DECODER_ERRORS, tifffile.TiffFileError) as error:
        raise damaged(message("formats.part_undecodable")) from error
    return Decoded(_channels(samples, page), _bits(page), icc=_profile(page))


def _by_tifffile(content: bytes) -> Samples:
    import tifffile

    with silenced("tifffile"), tifffile.TiffFile(io.BytesIO(content)) as file:
        page = file.pages.first
        array, axes = page.asarray(), page.axes
    if axes == "SYX":
        array = np.ascontiguousarray(np.moveaxis(array, 0, -1))
    return as_samples(np.array(array, copy=not array.flags.writeable))


def _by_opencv(content: bytes, page: Directory) -> Samples:
    if page.number(_COMPRESSION, 1) != _LZW or page.number(_PLANES, 1) != 1:
        raise PhotoUnreadable(message("formats.tiff_compression"))
    with captured_stderr() as printed:
        array = cv2.imdecode(
            np.frombuffer(_without_orientation(content, page), np.uint8), cv2.IMREAD_UNCHANGED
        )
    if array is None or any("TIFF_Error" in line for line in printed):
        raise damaged(message("formats.part_undecodable"))
    return swap_red_and_blue(as_samples(np.asarray(array)))


def _by_pillow(content: bytes, page: Directory) -> Decoded:
    with captured_stderr() as printed, captured_warnings() as warned:
        decoded = _pillow_page(_without_orientation(content, page), page)
    if any("Warning" not in line for line in printed):
        raise damaged(message("formats.part_undecodable"))
    return replace(decoded, notes=(*decoded.notes, *decoder_warnings(warned)))


def _pillow_page(content: bytes, page: Directory) -> Decoded:
    with TiffImagePlugin.TiffImageFile(io.BytesIO(content)) as picture:
        picture.load()
        if picture.mode == "CMYK":
            samples, note = cmyk_to_srgb(picture, _profile(page))
            return Decoded(samples, 8, notes=(note,))
        keep = picture.mode in {"L", "LA", "RGB", "RGBA"}
        samples = as_samples(np.array(picture if keep else picture.convert("RGB")))
    return Decoded(samples, 8, icc=_profile(page))


def _profile(page: Directory) -> bytes:
    icc = page.values.get(_ICC, b"")
    return icc if isinstance(icc, bytes) else b""


def _without_orientation(content: bytes, page: Directory) -> bytes:
    """Return the file with orientation 1, so that no decoder rotates it."""
    offset = page.offsets.get(ORIENTATION)
    if offset is None:
        return content
    copy = bytearray(content)
    struct.pack_into("<H" if content[:2] == b"II" else ">H", copy, offset, 1)
    return bytes(copy)


def _channels(samples: Samples, page: Directory) -> Samples:
    """Return grey, grey and alpha, RGB, or RGB and alpha; white is the highest value."""
    colours = 3 if page.number(_COLOURS, 1) == _RGB else 1
    samples = samples[..., None] if samples.ndim == 2 else samples
    size = (page.number(_ROWS, 0), page.number(_COLUMNS, 0))
    if samples.shape[:2] != size or samples.shape[2] < colours:
        raise damaged(message("formats.header_mismatch"))
    kinds = page.numbers(_EXTRA)
    if page.number(_COLOURS, 1) == _WHITE_IS_ZERO:
        samples = as_samples(np.iinfo(samples.dtype).max - samples)
    if samples.shape[2] == colours:
        return as_samples(samples[..., 0] if colours == 1 else samples)
    if not kinds or kinds[0] not in (_ASSOCIATED, _UNASSOCIATED):
        plain = samples[..., 0] if colours == 1 else samples[..., :3]
        return as_samples(np.ascontiguousarray(plain))
    samples = as_samples(np.ascontiguousarray(samples[..., : colours + 1]))
    return _unmultiplied(samples) if kinds[0] == _ASSOCIATED else samples


def _unmultiplied(samples: Samples) -> Samples:
    """Undo associated alpha, by which the colours were multiplied when the file was made."""
    top = np.iinfo(samples.dtype).max
    alpha = np.maximum(samples[..., -1:], 1).astype(np.float32)
    whole = np.minimum(np.rint(samples[..., :-1] * (top / alpha)), top).astype(samples.dtype)
    return as_samples(np.concatenate([whole, samples[..., -1:]], axis=-1))
