"""Blocks that more than one page needs: pictures with scale bars, legends, marks and dates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.comparison import Verdict
from mnimage.domain.report import Bar, ColorBar, Mark, Picture, Swatch
from mnimage.report.frames import Frame, cut_aligned, cut_photo, frame_around, whole_frame
from mnimage.report.legend import bar_length, length_words, swatch, tick_values, tick_words
from mnimage.report.panels import error_legend
from mnimage.report.words import date_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.comparison import Change
    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.photo import ImageScale
    from mnimage.domain.report import Labels
    from mnimage.report.colortables import Table
    from mnimage.report.registration import ErrorMap

PHOTO_PX = 1600
MAP_PX = 760

_FACE_ROWS = 1.5
_FACE_COLUMNS = 1.4
_PORTRAIT = 0.8
_STOPS = 64
_SWATCH_PX = 8
"""How much larger than on a map patterns are drawn in a key, so that print keeps their edges."""


def face_frame(analyzed: AnalyzedPhoto) -> Frame:
    """Return the upright frame around a face, or the whole picture where there is none."""
    shape = analyzed.photo.shape
    if analyzed.face is None:
        return whole_frame(shape)
    places = analyzed.face.landmarks[:, :2]
    low, high = places.min(axis=0), places.max(axis=0)
    tall, wide = high - low
    rows = max(_FACE_ROWS * tall, _FACE_COLUMNS * wide / _PORTRAIT)
    # A little upward: hair and forehead need more room than the chin.
    center = (float(low[0] + high[0]) / 2 - 0.04 * tall, float(low[1] + high[1]) / 2)
    rows = min(rows, shape[0], shape[1] / _PORTRAIT)
    return frame_around(center, (rows, rows * _PORTRAIT), shape)


def scale_bar(scale: ImageScale | None, frame: Frame, widest: float = 0.34) -> Bar | None:
    """Return a scale bar for pictures of `frame`, at most `widest` of their width."""
    if scale is None:
        return None
    length, pixels = bar_length(scale.mm_per_px, frame.columns * widest)
    return Bar(length_words(length), pixels / frame.columns)


def session_words(analyzed: AnalyzedPhoto, label: str, otherwise: str) -> str:
    """Return what a session is called under its pictures: its label and its date."""
    return f"{label or otherwise}, {date_words(analyzed.photo.facts.taken_at)}"


def before_photo(pair: Pair, frame: Frame, longest_px: int) -> NDArray[np.uint8]:
    """Return the photo before inside `frame`."""
    return cut_photo(pair.before.photo.coded, frame, frame.size(longest_px))


def after_photo(pair: Pair, frame: Frame, longest_px: int) -> NDArray[np.uint8]:
    """Return the photo after, registered onto the photo before, inside `frame`."""
    if pair.aligned is None:
        raise ValueError("a refused pair has no aligned photo")
    return cut_aligned(pair.aligned, pair.seen, frame, frame.size(longest_px))


def photo_pair(pair: Pair, labels: Labels, frame: Frame) -> tuple[Picture, Picture]:
    """Return both photos in the same frame at the same size."""
    bar = scale_bar(pair.before.scale, frame)
    titles = (
        session_words(pair.before, labels.before, "Before"),
        session_words(pair.after, labels.after, "After"),
    )
    pixels = (before_photo(pair, frame, PHOTO_PX), after_photo(pair, frame, PHOTO_PX))
    alts = ("Photo before: ", "Photo after, in the same frame: ")
    before, after = (
        Picture(picture, alt + title, title=title, bar=bar)
        for picture, alt, title in zip(pixels, alts, titles, strict=True)
    )
    return before, after


def color_bar(
    title: str, unit: str, limits: tuple[float, float], table: Table, note: str = ""
) -> ColorBar:
    """Return the legend of a map."""
    low, high = limits
    # Ends of change maps are round already; a few words fit under a narrow bar.
    ticks = [low, 0.0, high] if low == -high else tick_values(low, high, 5)
    parts = [(value - low) / (high - low) if high > low else 0.0 for value in ticks]
    chosen = table[np.linspace(0, len(table) - 1, _STOPS).round().astype(int)]
    colors = tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in chosen.tolist())
    return ColorBar(title, unit, colors, tuple(zip(parts, tick_words(ticks), strict=True)), note)


def error_bar(errors: ErrorMap) -> ColorBar:
    """Return the legend of an error map: fixed range, limit, and what the patterns mean."""
    legend = error_legend(errors)
    bar = color_bar("Registration error", legend.unit, errors.range, legend.table)
    ticks = tuple((value / legend.high, words) for value, words in legend.few_ticks)
    limit = min(errors.limit / legend.high, 1.0) if legend.limit_words else None
    key = tuple(Swatch(_swatch_pixels(pattern), words) for pattern, words in legend.key)
    return replace(bar, ticks=ticks, limit=limit, key=key)


def _swatch_pixels(pattern: NDArray[np.uint8]) -> NDArray[np.uint8]:
    drawn = swatch(pattern, (pattern.shape[0], 2 * pattern.shape[1]))
    return drawn.repeat(_SWATCH_PX, axis=0).repeat(_SWATCH_PX, axis=1)


def mark(change: Change) -> Mark:
    """Return how a change is marked: the arrow goes the way the score went."""
    decided = change.verdict in (Verdict.BETTER, Verdict.WORSE)
    return Mark(change.verdict, int(np.sign(change.change)) if decided else 0)


def count(number: int, one: str, many: str = "") -> str:
    """Return "1 scar" or "3 scars"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
