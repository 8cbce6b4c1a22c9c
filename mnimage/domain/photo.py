"""A photo as it came from the camera, upright, and what the camera said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import hypot
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mnimage.domain.view import View

if TYPE_CHECKING:
    from datetime import datetime

    from mnimage.domain.color import ColorProfile
    from mnimage.words.message import Message

__all__ = ["SCALE_ENTERED", "CaptureFacts", "Coded", "ImageScale", "Photo", "Pixels", "View"]

Coded: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""sRGB-coded RGB, shape (rows, columns, 3), full range of its integer type."""

Pixels: TypeAlias = NDArray[np.float32]
"""Linear-light RGB, float32, shape (rows, columns, 3), 1.0 is the sensor's white."""


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """What is known of how a photo was taken; never where (GPS is not read).

    `orientation` is the EXIF value found in the file; it has been applied already.
    `jpeg_quality` is the quality, 0..100, at which the IJG's encoder would have written the file;
    None where it is no JPEG. `notes` say what had to be done to read the file.
    """

    format: str
    bits: int
    orientation: int = 1
    taken_at: datetime | None = None
    camera: str | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: float | None = None
    focal_mm: float | None = None
    focal_35mm_mm: float | None = None
    jpeg_quality: int | None = None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo, upright, in sRGB; never altered, only followed by another.

    The pixels stay in the integers they were read in: a 24-megapixel photo takes 72 MB this way
    and 288 MB as linear floats, so each stage turns the part it needs into linear light
    (`kernels.color.to_linear`). See docs/decisions/0002. `profile` is what a chart shows of the
    camera's colour, None where none was taken; the pixels stay as they are.

    Raises
    ------
    TypeError
        If the pixels are not 8- or 16-bit RGB.
    """

    coded: Coded = field(repr=False)
    facts: CaptureFacts
    sha256: str = ""
    profile: ColorProfile | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.coded.dtype not in (np.uint8, np.uint16) or self.coded.ndim != 3:
            raise TypeError(f"not 8- or 16-bit RGB: {self.coded.dtype} {self.coded.shape}")
        if self.coded.shape[2] != 3:
            raise TypeError(f"not three channels: {self.coded.shape}")
        self.coded.setflags(write=False)

    @property
    def rows(self) -> int:
        """Height in pixels."""
        return int(self.coded.shape[0])

    @property
    def columns(self) -> int:
        """Width in pixels."""
        return int(self.coded.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns


SCALE_ENTERED = "formats.scale_entered"
"""Code of the note on a scale that was entered, and that nothing in the shots measures."""


@dataclass(frozen=True, slots=True)
class ImageScale:
    """Millimetres per pixel on the skin, where it comes from, and its relative standard error.

    `source` is one of "marker" (printed, in the photo), "user" (entered), "rig" (measured with the
    rig), "face" (from the distance of the eyes) or "alignment" (transferred from the photo before).
    `relative_error` is that between sessions; `shared_error` comes on top of it in every amount,
    but not in a change: all sessions that use the same entry for the scale share it.
    """

    mm_per_px: float
    source: str
    relative_error: float
    shared_error: float = 0.0

    def __post_init__(self) -> None:
        if not (self.mm_per_px > 0 and np.isfinite(self.mm_per_px)):
            raise ValueError(f"scale must be positive: {self.mm_per_px}")

    @property
    def error(self) -> float:
        """Relative standard error of a length measured by it: of sessions, and what they share."""
        return hypot(self.relative_error, self.shared_error)
