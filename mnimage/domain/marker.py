"""Printed markers of known size: their numbers, and how they appear in a photo."""

from __future__ import annotations

from dataclasses import dataclass

SIDES_MM = (8, 10, 15, 20, 30)
"""Sides of the printed markers in mm: the black square from edge to edge."""

COPIES = 10
"""Markers of one size with different numbers, so that several can be used in one photo."""


def number_of(side_mm: int, copy: int) -> int:
    """Return the number of a marker: ten times its side in mm, plus its copy.

    Raises
    ------
    ValueError
        If no such marker is printed.
    """
    if side_mm not in SIDES_MM or not 0 <= copy < COPIES:
        raise ValueError(f"no such marker: {side_mm} mm, copy {copy}")
    return COPIES * side_mm + copy


def side_of(number: int) -> int | None:
    """Return the side in mm that a marker's number encodes, None if it is not one of ours."""
    side = number // COPIES
    return side if side in SIDES_MM else None


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker found in a photo.

    `mm_per_px` holds for a surface at the marker's distance that faces the camera, whatever the
    marker's own tilt; `relative_error` is its standard error. `corners` are its four corners as
    (row, column), `blur_px` the sigma of its edges. `issue` is why it cannot be used, as the failed
    check ("marker tilt", ...), the measured value and the limit; None where it is usable.
    """

    number: int
    side_mm: float
    side_px: float
    corners: tuple[tuple[float, float], ...]
    tilt_deg: float
    blur_px: float
    mm_per_px: float
    relative_error: float
    issue: tuple[str, float, float] | None = None
