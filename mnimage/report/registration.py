"""How well the photo after lies on the photo before: the error as a map, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.scorecard import Layer
from mnimage.kernels.geometry import block_share
from mnimage.report.words import unbroken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.face import Zones
    from mnimage.domain.pair import AnalyzedPhoto
    from mnimage.domain.photo import ImageScale

    Mask = NDArray[np.bool_]

RANGES = {"mm": 0.4, "px": 3.0}
"""Where the colours of every error map end, so that one colour is one error in all pairs."""

_STEPS = {"mm": 0.01, "px": 0.1}
"""How finely errors are given, unless they are smaller."""

TILE_PX = 12
"""Side of the patterns that mark skin that was left out."""

_INK, _WASH = (36, 36, 36, 235), (228, 228, 228, 165)


class LeftOut(StrEnum):
    """Why skin takes no part in the scores."""

    NOT_FOUND = "not_found"
    ABOVE_LIMIT = "above_limit"
    MOVED = "moved"

    @property
    def words(self) -> str:
        """The reason in plain words."""
        return {
            LeftOut.NOT_FOUND: "Not found in both photos",
            LeftOut.ABOVE_LIMIT: "Error above the limit",
            LeftOut.MOVED: "Moved by expression",
        }[self]


@dataclass(frozen=True, slots=True)
class ErrorMap:
    """The registration error over the skin of the photo before, and the skin left out of scores.

    `layer` holds the error in mm where the scale is known, else in pixels of the photo before; NaN
    where there is no skin or where it was left out. `limit` is in the same unit. `left_out` marks
    nodes of the same grid, `shares` is which part of the skin they are (0..1); no node is in two.
    """

    layer: Layer = field(repr=False)
    limit: float
    left_out: Mapping[LeftOut, Mask] = field(repr=False)
    shares: Mapping[LeftOut, float]

    @property
    def range(self) -> tuple[float, float]:
        """Errors at the two ends of the colours, the same in every pair."""
        return 0.0, RANGES[self.layer.unit]

    @property
    def scored(self) -> float:
        """Share of the skin that the scores rest on."""
        return 1.0 - sum(self.shares.values())


def error_map(alignment: Alignment, zones: Zones, scale: ImageScale | None) -> ErrorMap:
    """Return the error of an aligned pair over the skin of the photo before.

    Raises
    ------
    ValueError
        If the pair was refused: there is no error then.
    """
    if not alignment.aligned:
        raise ValueError("a refused pair has no error map")
    skin = block_share((zones.labels > 0) | zones.reference, alignment.step) > 0.5
    per_px, unit = (scale.mm_per_px, "mm") if scale else (1.0, "px")
    dropped = skin & _dropped(alignment, zones)
    scored = alignment.valid & skin & ~dropped
    error = np.where(scored, alignment.error_px * per_px, np.float32(np.nan))
    left_out = _left_out(alignment, skin & ~scored, dropped)
    whole = max(int(skin.sum()), 1)
    return ErrorMap(
        Layer("error", unit, np.asarray(error, dtype=np.float32), alignment.step),
        alignment.limit_px * per_px,
        left_out,
        {reason: float(mask.sum()) / whole for reason, mask in left_out.items()},
    )


def _dropped(alignment: Alignment, zones: Zones) -> Mask:
    """Return the nodes of zones that are not scored at all, because most of them has moved."""
    if not alignment.moved_zones:
        return np.zeros(alignment.valid.shape, dtype=np.bool_)
    dropped = np.array([False, *(name in alignment.moved_zones for name in zones.names)])
    return np.asarray(block_share(dropped[zones.labels], alignment.step) > 0.5)


def _left_out(alignment: Alignment, rest: Mask, dropped: Mask) -> dict[LeftOut, Mask]:
    """Return why each node of `rest` is left out; what nothing else explains was not found."""
    moved = rest & (alignment.moved | (dropped & alignment.valid))
    rows, columns = alignment.after_shape
    outside = (alignment.row < -0.5) | (alignment.row > rows - 0.5)
    outside |= (alignment.column < -0.5) | (alignment.column > columns - 0.5)
    above = rest & ~moved & ~outside & (alignment.error_px > alignment.limit_px)
    return {
        LeftOut.NOT_FOUND: rest & ~moved & ~above,
        LeftOut.ABOVE_LIMIT: above,
        LeftOut.MOVED: moved,
    }


def length_words(error_px: float, scale: ImageScale | None) -> str:
    """Return an error as "0.03 mm (0.2 px)", or as "0.2 px" where the scale is not known."""
    pixels = f"{_digits(error_px, _STEPS['px'])} px"
    if scale is None:
        return pixels
    return f"{_digits(error_px * scale.mm_per_px, _STEPS['mm'])} mm ({pixels})"


def _digits(value: float, step: float) -> str:
    """Return a value to `step`, or to two figures where that would leave fewer."""
    if not np.isfinite(value):
        return "\N{EN DASH}"
    digits = round(-np.log10(step))
    while digits < 4 and 0 < value < 10 ** (1 - digits):
        digits += 1
    return f"{value:.{digits}f}"


def registration_lines(alignment: Alignment, before: AnalyzedPhoto) -> tuple[str, str]:
    """Return the error of an aligned pair, and the skin left out of its scores, line by line."""
    errors, scale = error_map(alignment, before.zones, before.scale), before.scale
    return error_sentence(alignment, scale), left_out_sentence(errors)


def error_sentence(alignment: Alignment, scale: ImageScale | None) -> str:
    """Return the median and the 95th percentile of the error with its limit."""
    median, p95, limit = (
        length_words(error, scale)
        for error in (alignment.error_median_px, alignment.error_p95_px, alignment.limit_px)
    )
    return f"Registration error: median {median}, 95 % of the skin below {p95}, limit {limit}."


def left_out_sentence(errors: ErrorMap) -> str:
    """Return how much skin the scores rest on, and how much is left out for which reasons."""
    parts = [
        f"{share_words(share)} {reason.words[0].lower()}{reason.words[1:]}"
        for reason, share in errors.shares.items()
        if share > 0
    ]
    scored = f"Scored: {share_words(errors.scored)} of the skin"
    return f"{scored}. Left out: {', '.join(parts)}." if parts else f"{scored}, nothing left out."


def share_words(share: float) -> str:
    """Return a share in percent; a little is never called nothing."""
    return "under 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def key_words(errors: ErrorMap) -> tuple[tuple[LeftOut, str], ...]:
    """Return each reason with what its pattern means and how much of the skin it is."""
    unit = errors.layer.unit
    above = f"Error above {_digits(errors.limit, _STEPS[unit])} {unit}"
    names = {each: above if each is LeftOut.ABOVE_LIMIT else each.words for each in LeftOut}
    return tuple(
        (reason, unbroken(f"{names[reason]}: {share_words(share)}"))
        for reason, share in errors.shares.items()
    )


def node_words(
    alignment: Alignment, errors: ErrorMap, place: tuple[float, float], scale: ImageScale | None
) -> str:
    """Return the error at a place (row, column) of the photo before, or why it was left out."""
    row, column = (int((at + 0.5) // alignment.step) for at in place)
    rows, columns = alignment.error_px.shape
    if not (0 <= row < rows and 0 <= column < columns):
        return ""
    error = length_words(float(alignment.error_px[row, column]), scale)
    if np.isfinite(errors.layer.values[row, column]):
        return error
    reason = next((each for each, mask in errors.left_out.items() if mask[row, column]), None)
    if reason is None:
        return ""
    why = reason.words[0].lower() + reason.words[1:]
    return (
        f"left out: {error}, above the limit"
        if reason is LeftOut.ABOVE_LIMIT
        else (f"left out: {why}")
    )


@cache
def tile(reason: LeftOut) -> NDArray[np.uint8]:
    """Return the pattern of left-out skin as RGBA: lines, hatching or dots, distinct in print."""
    down, along = np.mgrid[:TILE_PX, :TILE_PX]
    dark = {
        LeftOut.NOT_FOUND: down % 6 < 1,
        LeftOut.ABOVE_LIMIT: (down + along) % 6 < 2,
        LeftOut.MOVED: np.hypot(down % 6 - 2.5, along % 6 - 2.5) < 1.4,
    }[reason]
    pattern = np.where(dark[..., None], _INK, _WASH).astype(np.uint8)
    pattern.setflags(write=False)
    return pattern
