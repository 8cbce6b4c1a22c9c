"""Whether a hole in a face is the skin's or the form's: what other windows make of it.

The form of a face is fitted within a Gaussian window (`relief.body`). Below a scar it is carried on
from the skin around, and hardly hangs on how wide that window is; where the face itself bends, a
narrower window follows it further, and the hole fills or turns into a hill.

Our own; which windows, and what heads drawn with scars come to with it:
`docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.filters import weighted
from mnimage.kernels.geometry import block_mean
from mnimage.relief.body import WINDOW_MM, Body, form_again
from mnimage.relief.scars import depth_below

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Scar

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Labels = NDArray[np.int32]
    Values = NDArray[np.float64]

_WINDOWS_MM = (0.7 * WINDOW_MM, WINDOW_MM)
"""The form's own window once more, as it was fitted before the scars were known, and a narrower:
wider ones cut the face itself short."""
_GRID_MM, _SHOWN = 0.25, 0.5
"""Pitch on which windows are compared, fine enough for a mean over a scar; share of a node that
must be measurable."""
_MOST = 0.25
"""Share of a scar's depth that may hang on the window. Of a drawn head with twelve scars it was at
most 0.1 for scars, 0.3 to 1.6 for bends of the face taken for scars (0.18 for one fold)."""


@dataclass(frozen=True, slots=True)
class Shifts:
    """Mean depth of each scar by its id, and by how much other windows move it; in mm, 0 for id 0.

    Both have shape (ids + 1,).
    """

    depth_mm: Values = field(repr=False)
    moved_mm: Values = field(repr=False)

    @property
    def steady(self) -> Mask:
        """Say of which ids the depth is the skin's."""
        return np.asarray(self.moved_mm <= _MOST * np.maximum(self.depth_mm, 0), dtype=np.bool_)

    def only(self, kept: Mask) -> Shifts:
        """Return those of the ids kept, numbered anew as by `only`."""
        kept = np.concatenate([[True], kept[1:]])
        return Shifts(self.depth_mm[kept], self.moved_mm[kept])


def depth_shifts(
    height_mm: Plane, body: Body, places: tuple[Labels, Mask], pitch: float, recipe: ReliefRecipe
) -> Shifts:
    """Return how the depths of scars depend on the window that the form is fitted in.

    Local regression (Cleveland and Devlin 1988) once more in other windows; the rest is our own.

    Parameters
    ----------
    height_mm
        The relief.
    body
        Its form.
    places
        The scars' masks, and what can be measured.
    pitch
        Scale in mm per pixel.
    recipe
        Options of the healthy skin.
    """
    height_mm, body, labels, usable, pitch = _coarser(height_mm, body, places, pitch)
    inside = np.flatnonzero((labels > 0) & usable)
    own = labels.ravel()[inside]
    count = int(places[0].max(initial=0)) + 1
    pixels = np.maximum(np.bincount(own, minlength=count), 1)
    if inside.size == 0:
        return Shifts(np.zeros(count), np.zeros(count))
    skin = usable & (labels == 0)

    def mean_of(form: Body) -> Values:
        depth = depth_below(form.below(height_mm), skin, pitch, recipe).ravel()[inside]
        return np.asarray(np.bincount(own, weights=depth, minlength=count) / pixels)

    depth = mean_of(body)
    others = [
        mean_of(form_again(body, height_mm, skin, pitch, window_mm)) for window_mm in _WINDOWS_MM
    ]
    return Shifts(depth, np.max([np.abs(other - depth) for other in others], axis=0))


def _coarser(
    height_mm: Plane, body: Body, places: tuple[Labels, Mask], pitch: float
) -> tuple[Plane, Body, Labels, Mask, float]:
    """Return the same on a grid fine enough for means over scars."""
    step = max(round(_GRID_MM / pitch), 1)
    labels, usable = places
    if step == 1:
        return height_mm, body, labels, usable, pitch
    weight = block_mean(usable.astype(np.float32), step)
    small = block_mean(weighted(height_mm, usable)[0], step) / np.maximum(weight, 1e-3)
    middles = np.ix_(
        *(
            np.minimum(np.arange(count) * step + step // 2, size - 1)
            for count, size in zip(small.shape, labels.shape, strict=True)
        )
    )
    form = Body(body.form_mm[middles], body.turned[middles], body.known[middles])
    shown = np.asarray(weight > _SHOWN, dtype=np.bool_)
    return np.asarray(small, np.float32), form, labels[middles], shown, step * pitch


def only(labels: Labels, kept: Mask) -> Labels:
    """Return the scars whose ids are kept, numbered anew; shape (ids + 1,), 0 is none."""
    kept = kept.copy()
    kept[0] = False
    return np.asarray((np.cumsum(kept) * kept).astype(np.int32)[labels])


def with_uncertainty(scars: tuple[Scar, ...], shifts: Shifts) -> tuple[Scar, ...]:
    """Return the scars with the uncertainty that other windows show.

    All sessions share it. Joined as squares (JCGM 100:2008).
    """
    widened = []
    for scar in scars:
        moved = float(shifts.moved_mm[scar.id])
        depth = hypot(scar.depth_systematic_mm, moved)
        volume = hypot(scar.volume_systematic_mm3, moved * scar.area_mm2)
        widened.append(replace(scar, depth_systematic_mm=depth, volume_systematic_mm3=volume))
    return tuple(widened)
