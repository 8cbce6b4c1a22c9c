"""Result of every reader: the pixels as stored in the file, and what remains to be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mnimage.errors import PhotoUnreadable
from mnimage.formats.exif import Exif
from mnimage.words.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

Samples: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""Pixels in full range: grey (rows, columns), or with 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha)
channels."""

MAX_PIXELS = 120_000_000
"""The largest picture that is read; a 16-bit one of that size takes 720 MB."""

MIN_SIDE = 64
"""With fewer pixels along one side a picture shows too little skin to be measured."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file.

    `exif.orientation` is the value found; `upright` says that the pixels are rotated already.
    `icc` is the embedded colour profile, empty where the pixels are in sRGB already.
    `quality` is how finely a JPEG was quantized, 0..100.
    """

    samples: Samples = field(repr=False)
    bits: int
    exif: Exif = field(default_factory=Exif)
    upright: bool = False
    icc: bytes = field(default=b"", repr=False)
    notes: tuple[Message, ...] = ()
    quality: int | None = None


def check_size(rows: int, columns: int) -> None:
    """Refuse an unsupported size before anything is decoded.

    Raises
    ------
    PhotoUnreadable
        If the picture has no pixels, is too small or too large.
    """
    if rows <= 0 or columns <= 0:
        raise damaged(message("formats.no_picture_size"))
    if rows * columns > MAX_PIXELS:
        megapixels, limit = rows * columns / 1e6, MAX_PIXELS / 1e6
        raise PhotoUnreadable(
            message("formats.picture_too_large", megapixels=megapixels, limit=limit)
        )
    if min(rows, columns) < MIN_SIDE:
        raise PhotoUnreadable(
            message("formats.picture_too_small", columns=columns, rows=rows, least=MIN_SIDE)
        )


def damaged(what: Message) -> PhotoUnreadable:
    """Return the error for a damaged photo; `what` completes "The photo is damaged: ..."."""
    return PhotoUnreadable(message("formats.damaged", what=what))


def as_samples(array: NDArray[Any]) -> Samples:
    """Return a decoder's array as samples.

    Raises
    ------
    PhotoUnreadable
        If it has neither 8 nor 16 bits.
    """
    if array.dtype == np.uint8:
        return np.asarray(array, dtype=np.uint8)
    if array.dtype == np.uint16:
        return np.asarray(array, dtype=np.uint16)
    raise PhotoUnreadable(message("formats.sample_type", type=str(array.dtype)))


def decoder_warnings(lines: Iterable[str]) -> tuple[Message, ...]:
    """Return the warnings of a decoder as notes."""
    return tuple(message("formats.decoder_warning", text=line) for line in lines)
