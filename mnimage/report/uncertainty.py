"""Where the uncertainty of a report's numbers comes from, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

from mnimage.domain.comparison import Source
from mnimage.domain.face import CONTROL
from mnimage.domain.report import Picture
from mnimage.domain.session import Side
from mnimage.report.parts import MAP_PX, before_photo, face_frame, scale_bar
from mnimage.report.words import figures, score_words

if TYPE_CHECKING:
    from mnimage.domain.comparison import Change, Comparison
    from mnimage.domain.pair import Pair

_OUTLINE = 0.008
"""Width of the patch's outline over the picture's longest side."""

_VALIDATED = (
    "Standard error of one session as validated for this mode and class of device: unchanged skin "
    "photographed again, the larger of what rendered skin and portraits of 12 people showed."
)


def uncertainty_facts(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """Return the sources of the numbers' uncertainty as names and values."""
    facts = [
        ("Standard error", _VALIDATED + _own(comparison)),
        ("Shots of each session", shots_words(comparison) or "1 before, 1 after"),
        *(
            (f"Repeat left out, {one.side.value}", f"{one.name}: {one.left_out}")
            for one in comparison.replicates
            if one.left_out
        ),
        ("Skin that was measured", "Adds to the error: paired block bootstrap, blocks of 5 mm."),
        ("Comparisons", _family(comparison)),
        ("Control patch", _control(comparison)),
        ("Since the last needling", needling_words(comparison) or "not stated"),
    ]
    return tuple((name, words) for name, words in facts if words)


def control_picture(pair: Pair) -> Picture | None:
    """Return the photo before with the control patch outlined; None where there is none."""
    patch = pair.comparison.notes.control
    if patch is None:
        return None
    frame = face_frame(pair.before)
    pixels = before_photo(pair, frame, MAP_PX).copy()
    scale = pixels.shape[0] / frame.rows
    top, left = (patch.row - frame.top) * scale, (patch.column - frame.left) * scale
    ends = (
        (round(left), round(top)),
        (
            round(left + patch.width * scale),
            round(top + patch.height * scale),
        ),
    )
    # Light on dark, so that it is seen on skin of every tone.
    wide = max(2, round(max(pixels.shape) * _OUTLINE))
    for color, width in (((0, 0, 0), wide), ((255, 255, 255), wide // 2)):
        cv2.rectangle(pixels, *ends, color, width, cv2.LINE_AA)
    bar = scale_bar(pair.before.scale, frame)
    alt = "Photo before with the untreated control patch outlined"
    return Picture(pixels, alt, "Control patch", bar=bar)


def shots_words(comparison: Comparison) -> str:
    """Return "3 before, 2 after"; empty where there were no repeats."""
    counts = [comparison.repeats(side) + 1 for side in Side]
    return f"{counts[0]} before, {counts[1]} after" if max(counts) > 1 else ""


def needling_words(comparison: Comparison) -> str:
    """Return how long before the photo after the skin was needled; empty where not stated."""
    days = comparison.notes.days_since_needling
    if days is None:
        return ""
    return f"{figures(days)} {'day' if days == 1 else 'days'}"


def _changes(comparison: Comparison) -> list[tuple[str, Change]]:
    return [pair for zone in comparison.zones.values() for pair in zone.items()]


def _own(comparison: Comparison) -> str:
    names = dict.fromkeys(
        score_words(name).name.lower()
        for name, change in _changes(comparison)
        if change.source is Source.REPEATS
    )
    if not names:
        return ""
    return f" Raised by this patient's own repeat shots in some zones: {', '.join(names)}."


def _family(comparison: Comparison) -> str:
    treated = [
        change
        for zone, changes in comparison.zones.items()
        for change in changes.values()
        if zone != CONTROL and change.mdc95_family > 0
    ]
    if not treated:
        return ""
    times = sorted(change.mdc95_family / change.weighed[2] for change in treated)
    first = (
        f", and {times[0]:.1f} times for what the treatment is for (redness, texture, scars over "
        "all measured skin)"
        if times[-1] - times[0] > 0.05
        else ""
    )
    return (
        f"{treated[0].family} changes were looked at together. Whatever the others do, one beyond "
        f"{times[-1]:.1f} times its MDC95 gets a verdict{first}."
    )


def _control(comparison: Comparison) -> str:
    patch = comparison.notes.control
    if patch is None:
        return ""
    place = (
        f"Row {patch.row}, column {patch.column}, {patch.height} by {patch.width} pixels of the "
        "photo before. "
    )
    if CONTROL not in comparison.zones:
        return place + "It could not be measured in both photos."
    return place + "Its change is taken off that of treated skin, its error added."
