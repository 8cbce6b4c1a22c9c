"""Scar by scar: the same place before and after, with depth and volume."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mnimage.domain.comparison import Verdict
from mnimage.domain.report import Mark, Picture, ScarCard, Scars
from mnimage.report.frames import cut_aligned, cut_photo, frame_around
from mnimage.report.panels import map_part, map_table, shared_limits
from mnimage.report.parts import color_bar, mark
from mnimage.report.words import PLUS_MINUS, number, plain, unit_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.comparison import Change, ScarChange
    from mnimage.domain.pair import Pair
    from mnimage.report.frames import Frame

CROP_PX = 240
_SMALLEST_MM = 4.0
_ARROW = "\N{RIGHTWARDS ARROW}"


def scars_block(pair: Pair) -> Scars | None:
    """Return all scars as cards, or None where none were followed."""
    if not pair.comparison.scars or pair.aligned is None:
        return None
    cards = tuple(_card(pair, scar) for scar in pair.comparison.scars)
    depth = pair.layers.get("depth")
    if depth is None:
        return Scars(cards)
    limits = shared_limits(*depth)
    legend = color_bar("Depth below healthy skin", depth[0].unit, limits, map_table("depth"))
    return Scars(cards, legend)


def _card(pair: Pair, scar: ScarChange) -> ScarCard:
    frame = _frame(pair, scar)
    photos = _photos(pair, frame)
    maps = _depths(pair, frame, photos)
    pictures = tuple(
        Picture(pixels, f"Scar {scar.id}, {what}", title=what)
        for pixels, what in zip(
            (*photos, *maps), ("before", "after", "depth before", "depth after"), strict=False
        )
    )
    title = f"Scar {scar.id}"
    if scar.before.kind:
        title += f" \N{MIDDLE DOT} {scar.before.kind}"
    if pair.before.scale is not None:
        title += f" \N{MIDDLE DOT} {frame.columns * pair.before.scale.mm_per_px:.0f} mm wide"
    return ScarCard(title, pictures, _lines(scar), _mark(scar))


def _frame(pair: Pair, scar: ScarChange) -> Frame:
    scale = pair.before.scale
    side = max(2.5 * scar.before.width_mm, _SMALLEST_MM) / scale.mm_per_px if scale else CROP_PX
    return frame_around(
        (scar.before.row, scar.before.column), (side, side), pair.before.photo.shape
    )


def _photos(pair: Pair, frame: Frame) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    size = frame.size(CROP_PX, enlarge=True)
    if pair.aligned is None:
        raise ValueError("a refused pair has no aligned photo")
    before = cut_photo(pair.before.photo.coded, frame, size)
    return before, cut_aligned(pair.aligned, pair.seen, frame, size)


def _depths(
    pair: Pair, frame: Frame, photos: tuple[NDArray[np.uint8], NDArray[np.uint8]]
) -> tuple[NDArray[np.uint8], ...]:
    layers = pair.layers.get("depth")
    if layers is None:
        return ()
    limits, table = shared_limits(*layers), map_table("depth")
    return tuple(
        map_part(layer, photo, frame, limits, table)
        for layer, photo in zip(layers, photos, strict=True)
    )


def _lines(scar: ScarChange) -> tuple[str, ...]:
    if scar.after is None:
        at_least = "at least " if scar.before.lower_bound else ""
        depth = f"Depth before {at_least}{number(scar.before.depth_mm, 2)} mm"
        return (depth, "Could not be measured again")
    return tuple(
        f"{name} {_change_words(change, digits)}"
        for name, change, digits in (("Depth", scar.depth, 2), ("Volume", scar.volume, 2))
        if change is not None
    )


def _change_words(change: Change, digits: int) -> str:
    # Without a verdict the numbers are shown all the same, as long as they were measured.
    if change.verdict is Verdict.NOT_COMPARABLE and not math.isfinite(change.change):
        return plain(str(change.reason) or "not comparable").lower()
    before, after = number(change.before, digits), number(change.after, digits)
    uncertainty = f"{PLUS_MINUS} {number(change.uncertainty, digits)}"
    values = f"{before} {_ARROW} {after} {unit_words(change.unit)}"
    changed = f"({number(change.change, digits, signed=True)} {uncertainty})"
    # Numbers stay with their units when a line is broken.
    return " ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in (values, changed))


def _mark(scar: ScarChange) -> Mark:
    change = scar.depth or scar.volume
    way = mark(change).way if change is not None else 0
    return Mark(scar.verdict, way)
