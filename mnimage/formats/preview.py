"""A small picture of a photo, quickly: what is shown until the photo itself is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.formats import jpeg
from mnimage.formats.decoded import as_samples
from mnimage.formats.exif import read_exif
from mnimage.formats.files import DecodeOptions, decode_photo
from mnimage.formats.kinds import HEAD_BYTES, kind_of
from mnimage.formats.profiles import to_srgb
from mnimage.formats.strict import captured_stderr
from mnimage.formats.upright import turn_upright

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.formats.decoded import Samples

PREVIEW_PX = 640
"""Least longer side of a preview of a larger photo: about what half a window shows."""

_REDUCED = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)
"""Reductions by which a JPEG can be decoded from the lowest frequencies of its blocks alone."""


def read_preview(content: bytes, name: str) -> NDArray[np.uint8]:
    """Return the photo in a file's bytes, reduced: 8-bit RGB, upright, sRGB.

    A JPEG is decoded at reduced size, which takes half the time; of other kinds the whole photo is
    decoded first. The picture is for the eye only.

    Raises
    ------
    PhotoUnreadable
        If the bytes are not a photo that can be read.
    """
    kind = kind_of(content[:HEAD_BYTES])
    small = _reduced_jpeg(content) if kind == "JPEG" else None
    if small is None:
        small = _reduced(decode_photo(content, kind, name, DecodeOptions()).coded)
    return np.asarray(small if small.dtype == np.uint8 else small >> 8, dtype=np.uint8)


def _reduced_jpeg(content: bytes) -> Samples | None:
    """Return a large JPEG in colour reduced; None where another way has to be taken."""
    header = jpeg.read_header(content)
    longest = max(header.rows, header.columns)
    flag = next((flag for factor, flag in _REDUCED if longest / factor >= PREVIEW_PX), None)
    if flag is None or header.channels != 3:
        return None
    with captured_stderr():  # What is damaged is said when the photo itself is decoded.
        found = cv2.imdecode(np.frombuffer(content, np.uint8), flag | cv2.IMREAD_IGNORE_ORIENTATION)
    if found is None:
        return None
    samples = as_samples(np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2RGB)))
    icc = b"".join(part for _, part in sorted(header.icc.items()))
    samples = to_srgb(samples, icc)[0] if icc else samples
    return turn_upright(samples, read_exif(header.exif).orientation)


def _reduced(coded: Samples) -> Samples:
    factor = max(coded.shape[:2]) / PREVIEW_PX
    if factor <= 1:
        return coded
    size = (max(1, round(coded.shape[1] / factor)), max(1, round(coded.shape[0] / factor)))
    return as_samples(np.asarray(cv2.resize(coded, size, interpolation=cv2.INTER_AREA)))
