"""What the camera wrote about a photo (EXIF 2.32). GPS, names and serial numbers are not read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime

from mnimage.formats.ifd import Directory, first_directory, read_directory

ORIENTATION = 0x0112
_MAKE, _MODEL, _EXIF = 0x010F, 0x0110, 0x8769
_EXPOSURE, _F_NUMBER, _ISO, _ISO_SPEED = 0x829A, 0x829D, 0x8827, 0x8833
_TAKEN, _DIGITIZED, _OFFSET = 0x9003, 0x9004, 0x9011
_FOCAL, _FOCAL_35MM = 0x920A, 0xA405
_TAGS = frozenset(
    {ORIENTATION, _MAKE, _MODEL, _EXIF, _EXPOSURE, _F_NUMBER, _ISO, _ISO_SPEED}
    | {_TAKEN, _DIGITIZED, _OFFSET, _FOCAL, _FOCAL_35MM}
)
_CLOCK = re.compile(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_ZONE = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
_LONGEST_NAME = 80
"""Characters of the camera's name that are kept."""


@dataclass(frozen=True, slots=True)
class Exif:
    """The few facts that are read; None where the camera did not write them.

    `taken_at` is the camera's own clock. It carries a zone only where the camera wrote one
    (OffsetTimeOriginal) and is naive local time otherwise: to assume a zone would be to invent
    it. `isoformat()` writes either; `domain.same_session` orders and subtracts either.
    """

    orientation: int = 1
    taken_at: datetime | None = None
    camera: str | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: float | None = None
    focal_mm: float | None = None
    focal_35mm_mm: float | None = None


def read_exif(block: bytes) -> Exif:
    """Return the facts in an EXIF block, or in a whole file of the TIFF family.

    Never fails: an invalid or missing value is None, and an invalid orientation is 1.
    """
    block = block.removeprefix(b"Exif\0\0")
    main = read_directory(block, first_directory(block), _TAGS)
    detail = read_directory(block, main.number(_EXIF, 0), _TAGS)
    # TIFF/EP and DNG keep the exposure in the first directory, EXIF in its own.
    both = Directory({**main.values, **detail.values})
    orientation = main.number(ORIENTATION, 1)
    return Exif(
        orientation=orientation if 1 <= orientation <= 8 else 1,
        taken_at=_taken_at(both),
        camera=_camera(main),
        exposure_s=_positive(both, _EXPOSURE),
        f_number=_positive(both, _F_NUMBER),
        iso=_positive(both, _ISO) or _positive(both, _ISO_SPEED),
        focal_mm=_positive(both, _FOCAL),
        focal_35mm_mm=_positive(both, _FOCAL_35MM),
    )


def _positive(tags: Directory, tag: int) -> float | None:
    found = tags.numbers(tag)
    return float(found[0]) if found and math.isfinite(found[0]) and found[0] > 0 else None


def _camera(tags: Directory) -> str | None:
    make, model = _clean(tags.text(_MAKE)), _clean(tags.text(_MODEL))
    if model.lower().startswith(make.lower()):
        make = ""
    return f"{make} {model}".strip()[:_LONGEST_NAME] or None


def _clean(text: str) -> str:
    return " ".join("".join(sign for sign in text if sign.isprintable()).split())


def _taken_at(tags: Directory) -> datetime | None:
    found = _CLOCK.match(tags.text(_TAKEN) or tags.text(_DIGITIZED))
    if not found:
        return None
    year, month, day, hour, minute, second = found.groups()
    zone = tags.text(_OFFSET)
    zone = zone if _ZONE.fullmatch(zone) else ""
    try:
        return datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}")
    except ValueError:
        return None
