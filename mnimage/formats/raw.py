"""Read camera RAW with LibRaw and fixed settings, 16 bits."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.errors import PhotoUnreadable
from mnimage.formats.decoded import Decoded, as_samples, check_size
from mnimage.formats.exif import Exif, read_exif
from mnimage.formats.strict import captured_stderr
from mnimage.words.message import message

if TYPE_CHECKING:
    from datetime import datetime

    import rawpy

_SRGB_CURVE = (2.4, 12.92)
"""LibRaw's power and toe slope of the sRGB curve; its default (2.222, 4.5) is that of BT.709."""

_TURNS = {3: 3, 5: 8, 6: 6}
"""EXIF orientation of each rotation that LibRaw reports."""


def read_raw(content: bytes, *, camera_white: bool = True) -> Decoded:
    """Return a RAW file, always developed in the same way: sRGB, 16 bits, no automatic brightness.

    Parameters
    ----------
    content
        The file's bytes.
    camera_white
        Whether the camera's white balance is used. Without it the maker's daylight balance is,
        so that frames of one set stay in proportion even if the camera balanced each anew.

    Raises
    ------
    PhotoUnreadable
        If LibRaw does not support the camera, or the file is incomplete or damaged.
    """
    import rawpy  # Loaded for the files that need it.

    with captured_stderr() as printed:
        try:
            decoded = _read(content, camera_white=camera_white)
        except rawpy.LibRawFileUnsupportedError as error:
            raise PhotoUnreadable(message("formats.raw_unknown")) from error
        except (rawpy.LibRawError, MemoryError) as error:
            raise PhotoUnreadable(message("formats.raw_damaged")) from error
    if any("end of file" in line or "data error" in line.lower() for line in printed):
        raise PhotoUnreadable(message("formats.raw_damaged"))
    return decoded


def _read(content: bytes, *, camera_white: bool) -> Decoded:
    import rawpy

    with rawpy.imread(io.BytesIO(content)) as raw:
        sizes = raw.sizes
        check_size(sizes.height, sizes.width)
        rgb = raw.postprocess(
            use_camera_wb=camera_white,
            no_auto_bright=True,
            # Otherwise LibRaw would scale each picture to its own brightest value.
            adjust_maximum_thr=0.0,
            output_bps=16,
            gamma=_SRGB_CURVE,
            output_color=rawpy.ColorSpace.sRGB,
        )
        facts = replace(facts_of(content, raw), orientation=_TURNS.get(sizes.flip, 1))
        bits = min(16, max(8, int(raw.white_level or 0).bit_length()))
    return Decoded(as_samples(np.asarray(rgb)), bits, facts, upright=True)


def facts_of(content: bytes, raw: rawpy.RawPy) -> Exif:
    """Return EXIF where the file has it in the usual place, LibRaw's findings in the gaps.

    `raw` is the same file, opened; nothing of it needs to be decoded.
    """
    exif, other = read_exif(content), getattr(raw, "other", None)
    if other is None:
        return exif
    return replace(
        exif,
        taken_at=exif.taken_at or _clock(other.timestamp),
        exposure_s=exif.exposure_s or _positive(other.shutter_speed),
        f_number=exif.f_number or _positive(other.aperture),
        iso=exif.iso or _positive(other.iso_speed),
        focal_mm=exif.focal_mm or _positive(other.focal_length),
    )


def _positive(number: float) -> float | None:
    """Return LibRaw's single-precision number without its noise digits; None for unknown."""
    return float(f"{number:.6g}") if 0 < number < 1e9 else None


def _clock(stamp: datetime | None) -> datetime | None:
    return stamp if stamp is not None and stamp.year > 1980 else None
