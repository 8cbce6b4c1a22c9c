"""Lines of a relief: grooves that go on for longer than the furrows and stand out among them.

Whether a place lies on a line is decided from all that is measured along the path of its groove
(`mnimage.relief.line_paths`) by a small network that was shown drawn skin (`benchmarks.lines`);
likely places are joined to lines (`mnimage.relief.line_join`). How well it does:
`docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.recipe import LINE_WEIGHTS
from mnimage.relief.classifier import line_classifier
from mnimage.relief.line_join import course, drawn, joined, lengths_mm, mean_depth_mm
from mnimage.relief.line_paths import find_crests, find_grooves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lines:
    """Points (n, 2) on the centres of lines, their whole length and mean depth in mm."""

    places: NDArray[np.int32] = field(repr=False)
    length_mm: float
    depth_mm: float

    def within(self, mask: Mask) -> Lines:
        """Return what of the lines lies within a mask."""
        inside = mask[self.places[:, 0], self.places[:, 1]]
        share = float(inside.mean()) if len(inside) else 0.0
        depth = self.depth_mm if inside.any() else float("nan")
        return Lines(self.places[inside], share * self.length_mm, depth)


def find_lines(flat: Plane, skin: Mask, mm_per_px: float, weights: str = LINE_WEIGHTS) -> Lines:
    """Return the lines of a relief that is level on the whole.

    Parameters
    ----------
    flat
        Height in mm, shape (rows, columns), up is positive; 0 where there is no skin.
    skin
        Where lines are looked for.
    mm_per_px
        Scale.
    weights
        SHA-256 of the classifier's weights.

    Notes
    -----
    Our own, after Ng et al. (2014) and Canny (1986); how well it does:
    `docs/studies/2026-11-relief.md`.
    """
    nothing = Lines(np.zeros((0, 2), np.int32), 0.0, float("nan"))
    grooves = find_grooves(flat, skin, mm_per_px)
    if grooves is None:
        return nothing
    crests = find_crests(grooves)
    likely = line_classifier(weights).likelihood(crests.measures)
    kept = joined(crests, likely, grooves)
    if len(kept) == 0:
        return nothing
    crests = crests.only(kept)
    middle, angle = course(crests, grooves, likely[kept])
    canvas = drawn(middle, angle, grooves.step, (flat.shape[0], flat.shape[1]))
    places = np.argwhere(canvas & skin).astype(np.int32)
    length = float(lengths_mm(crests, grooves.grid).sum())
    return Lines(places, length, mean_depth_mm(flat, middle, angle, mm_per_px))
