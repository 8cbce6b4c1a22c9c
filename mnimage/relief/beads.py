"""Deep lines taken for rows of small scars: such beads are no scars.

Our own; how well scars and lines are distinguished: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
import scipy

from mnimage.relief.marks import lines_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.relief.lines import Lines

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Labels = NDArray[np.int32]

_COARSEST_MM = 0.08
"""Pitch above which lines are too thin to be found, as in `relief.marks`."""
_THROUGH = 0.6
"""Share of a piece's width that a line must run along it."""
_DEEPER = 1.6
"""A scar on a line is so many times as deep as the line."""


def lines_across(
    height_mm: Plane, usable: Mask, labels: Labels, mm_per_px: float, recipe: ReliefRecipe
) -> Lines | None:
    """Return the lines of the skin, narrow scars taken for skin; None where there are no such.

    Lines are looked for only where the scale is fine enough for them. Parameters as of
    `without_beads`; `usable` is what may be measured.
    """
    _, narrow = _narrow(labels, mm_per_px, recipe)
    if mm_per_px > _COARSEST_MM or not narrow.any():
        return None
    skin = usable & ((labels == 0) | narrow[labels])
    return lines_of(height_mm, skin, mm_per_px, recipe.line_weights)


def without_beads(
    height_mm: Plane, labels: Labels, lines: Lines | None, mm_per_px: float, recipe: ReliefRecipe
) -> Labels:
    """Return the scars, numbered anew, without narrow ones that a line runs through.

    Crossed by furrows, a deep line falls into pieces that look like narrow scars each by itself. A
    narrow scar that happens to lie on a line stays if it is much deeper than the line.

    Parameters
    ----------
    height_mm
        The relief without its form.
    labels
        The scars found, with their margins, 0 elsewhere.
    lines
        Those of `lines_across`.
    mm_per_px
        Scale.
    recipe
        Options.
    """
    if lines is None or len(lines.places) == 0:
        return labels
    size, narrow = _narrow(labels, mm_per_px, recipe)
    row, column = lines.places.T
    on_line = labels[row, column]
    usual = float(np.median(height_mm[row, column]))
    boxes = scipy.ndimage.find_objects(labels)
    beads = [
        number
        for number in np.unique(on_line[on_line > 0]).tolist()
        if narrow[number]
        and _along(row[on_line == number], column[on_line == number]) * mm_per_px
        > _THROUGH * 2 * (sqrt(size[number] / pi) - recipe.scar_margin_mm)
        and _bottom(height_mm, labels, boxes[number - 1], number) > _DEEPER * usual
    ]
    return _renumbered(labels, beads)


def _narrow(
    labels: Labels, mm_per_px: float, recipe: ReliefRecipe
) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
    """Return the area of each label in mm2, its margin too, and whether it is a narrow scar."""
    size = np.bincount(labels[labels > 0], minlength=1) * mm_per_px**2
    margin = sqrt(recipe.scar_narrow_mm2 / pi) + recipe.scar_margin_mm
    narrow = (size > 0) & (size < pi * margin**2)
    narrow[0] = False
    return size, narrow


def _along(row: NDArray[np.int32], column: NDArray[np.int32]) -> float:
    return float(np.hypot(np.ptp(row), np.ptp(column)))


def _bottom(height_mm: Plane, labels: Labels, box: tuple[slice, ...], number: int) -> float:
    return float(np.percentile(height_mm[box][labels[box] == number], 5))


def _renumbered(labels: Labels, dropped: list[int]) -> Labels:
    there = np.flatnonzero(labels)
    own = labels.ravel()[there]
    left = np.setdiff1d(np.flatnonzero(np.bincount(own, minlength=1)), dropped)
    numbers = np.zeros(int(own.max(initial=0)) + 1, dtype=np.int32)
    numbers[left] = np.arange(1, left.size + 1)
    found = np.zeros(labels.shape, dtype=np.int32)
    found.reshape(-1)[there] = numbers[own]
    return found
