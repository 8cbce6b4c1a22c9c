"""What every reader hands on: the pixels as they stand in the file, and what must be done yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mnimage.errors import PhotoUnreadable
from mnimage.formats.exif import Exif

if TYPE_CHECKING:
    from typing import Any

Samples: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""Pixels in full range: grey (rows, columns), or with 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha)
channels."""

MAX_PIXELS = 120_000_000
"""The largest picture that is read; a 16-bit one of that size takes 720 MB."""

MIN_SIDE = 64
"""Below this many pixels along one side a picture shows no skin that could be measured."""

AGAIN = "Copy the file again from the camera or from a backup."


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file.

    `orientation` is the EXIF value found; `upright` says that the pixels are turned already.
    `icc` is the embedded colour profile, empty where the pixels are in sRGB as they stand.
    `quality` is how finely a JPEG was quantized, 0..100.
    """

    samples: Samples = field(repr=False)
    bits: int
    exif: Exif = field(default_factory=Exif)
    upright: bool = False
    icc: bytes = field(default=b"", repr=False)
    notes: tuple[str, ...] = ()
    quality: int | None = None


def check_size(rows: int, columns: int) -> None:
    """Refuse a size that cannot be worked with, before anything is decoded.

    Raises
    ------
    PhotoUnreadable
        If the picture has no pixels, is too small or too large.
    """
    if rows <= 0 or columns <= 0:
        raise damaged("its header gives no picture size")
    if rows * columns > MAX_PIXELS:
        megapixels = rows * columns / 1e6
        raise PhotoUnreadable(
            f"The picture has {megapixels:.0f} megapixels; "
            f"at most {MAX_PIXELS / 1e6:.0f} can be read.",
            hint="Choose a lower resolution in the camera, such as 12 to 50 megapixels.",
        )
    if min(rows, columns) < MIN_SIDE:
        raise PhotoUnreadable(
            f"The picture is only {columns} x {rows} pixels; "
            f"a photo needs at least {MIN_SIDE} along each side.",
            hint="Use the camera's original file, not a thumbnail.",
        )


def damaged(what: str) -> PhotoUnreadable:
    """Return the error for a file that begins like a photo but is broken; `what` says where."""
    return PhotoUnreadable(f"The photo is damaged: {what}.", hint=AGAIN)


def as_samples(array: NDArray[Any]) -> Samples:
    """Return an array of a decoder as samples; anything but 8 or 16 bits is refused."""
    if array.dtype == np.uint8:
        return np.asarray(array, dtype=np.uint8)
    if array.dtype == np.uint16:
        return np.asarray(array, dtype=np.uint16)
    raise PhotoUnreadable(
        f"The picture holds {array.dtype} numbers, not 8- or 16-bit colours.",
        hint="Save it again as an 8- or 16-bit TIFF or PNG.",
    )
