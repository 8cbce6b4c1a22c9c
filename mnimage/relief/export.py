"""A relief as a file others can read."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import tifffile

if TYPE_CHECKING:
    from mnimage.domain.relief import Relief


def height_tiff(relief: Relief) -> bytes:
    """Return the height as a TIFF: one float32 plane in mm, up is positive, with its resolution."""
    per_cm = 10 / relief.scale.mm_per_px
    buffer = BytesIO()
    tifffile.imwrite(
        buffer,
        relief.height_mm,
        photometric="minisblack",
        resolution=(per_cm, per_cm),
        resolutionunit="CENTIMETER",
        compression="zlib",
        description="height in mm, up is positive",
        metadata=None,
    )
    return buffer.getvalue()
