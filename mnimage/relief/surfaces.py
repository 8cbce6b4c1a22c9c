"""Two registered reliefs, and the profile along a line on both.

Our own, by the field whose errors stand in `docs/registration.md`.
"""

from __future__ import annotations

from math import hypot, sqrt
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.scorecard import Layer
from mnimage.domain.surfaces import Profile, ProfileTrace, Surface, Surfaces
from mnimage.kernels.geometry import block_mean, expand, sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.photo import ImageScale
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import ReliefCard

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_MAP_MM = 0.12
"""Pitch of the texture's map."""
_PER_PIXEL = 1.0
"""Samples of a profile per pixel of the photo before."""
_MOST_SAMPLES = 4000
"""Samples of a profile at most."""
_HALF = 0.5
"""Share of what is interpolated that must be measured."""


def lay_surfaces(
    cards: tuple[ReliefCard, ReliefCard],
    scales: tuple[ImageScale, ImageScale],
    alignment: Alignment,
    recipe: ReliefRecipe,
) -> Surfaces:
    """Return the surfaces before and after in the frame of the photo before.

    Parameters
    ----------
    cards, scales
        Of the photo before and the photo after.
    alignment
        How the photo after lies on the photo before.
    recipe
        The errors expected of a height, where the scars of a card do not show more.

    Raises
    ------
    ValueError
        If the two are not aligned.
    """
    if not alignment.aligned:
        raise ValueError("surfaces of a pair that is not aligned")
    row = expand(alignment.row, alignment.step, alignment.shape)
    column = expand(alignment.column, alignment.step, alignment.shape)
    first = _own_surface(cards[0], scales[0], recipe)
    own = _own_surface(cards[1], scales[1], recipe)
    later = Surface(
        height_mm=sample(own.height_mm, row, column),
        measured=_carried(own.measured, row, column),
        bound=_carried(own.bound, row, column),
        relative_error=own.relative_error,
        floor_mm=own.floor_mm,
    )
    pitch = scales[0].mm_per_px
    texture = cards[0].band_um, sample(cards[1].band_um, row, column)
    step = max(1, round(_MAP_MM / pitch))
    layers = [Layer("texture", "um", block_mean(values, step), step) for values in texture]
    return Surfaces(first, later, pitch, alignment, (layers[0], layers[1]))


def cut_profile(
    surfaces: Surfaces, start: tuple[float, float], end: tuple[float, float]
) -> Profile:
    """Return the heights before and after along a line, each with its standard error.

    The error after holds the registration's too: where the surface is steep, a place that is not
    sure makes a height that is not sure (the slope along x and y times the expected error).

    Errors are carried through to first order and joined as squares (JCGM 100:2008).

    Parameters
    ----------
    surfaces
        Both sessions in one frame.
    start, end
        Ends of the line as (row, column) in the photo before.
    """
    away_px = hypot(end[0] - start[0], end[1] - start[1])
    count = int(min(max(round(away_px * _PER_PIXEL) + 1, 2), _MOST_SAMPLES))
    part = np.linspace(0, 1, count)
    row = (start[0] + (end[0] - start[0]) * part).astype(np.float32)
    column = (start[1] + (end[1] - start[1]) * part).astype(np.float32)
    misplaced = _misplaced_mm(surfaces, row, column)
    return Profile(
        start=start,
        end=end,
        along_mm=(part * away_px * surfaces.mm_per_px).astype(np.float32),
        row=row,
        column=column,
        before=_trace(surfaces.before, (row, column), None, surfaces.mm_per_px),
        after=_trace(surfaces.after, (row, column), misplaced, surfaces.mm_per_px),
    )


def _own_surface(card: ReliefCard, scale: ImageScale, recipe: ReliefRecipe) -> Surface:
    labels = card.scar_labels
    # Texture is measured on all healthy skin that is trusted, and only there.
    measured = np.isfinite(card.band_um) | (labels > 0)
    bound = np.isin(labels, [scar.id for scar in card.scars if scar.lower_bound])
    return Surface(
        height_mm=np.where(measured, -card.depth_mm, np.float32(np.nan)),
        measured=measured,
        bound=bound & (labels > 0),
        relative_error=_relative_error(card, scale, recipe),
        floor_mm=recipe.depth_floor_mm,
    )


def _relative_error(card: ReliefCard, scale: ImageScale, recipe: ReliefRecipe) -> float:
    """Return the relative error of heights: the recipe's, or that of these lamps where larger.

    A scar's depth includes the uncertainty of the lamps of its session.
    """
    of_scars = [
        sqrt(max(scar.depth_uncertainty_mm**2 - recipe.depth_floor_mm**2, 0.0)) / scar.depth_mm
        for scar in card.scars
        if scar.depth_mm > 0
    ]
    return max(hypot(recipe.slope_error, scale.relative_error), *of_scars)


def _carried(mask: Mask, row: Plane, column: Plane) -> Mask:
    share = sample(mask.astype(np.float32), row, column, outside=0.0)
    return np.asarray(share > _HALF, dtype=np.bool_)


def _misplaced_mm(surfaces: Surfaces, row: Plane, column: Plane) -> Plane:
    """Return the registration's standard error along each axis at places of the photo before."""
    alignment = surfaces.alignment
    there = [np.clip((place + 0.5) / alignment.step - 0.5, 0, None) for place in (row, column)]
    error = _at(alignment.error_px, there[0].astype(np.float32), there[1].astype(np.float32))
    known = np.nan_to_num(error, nan=alignment.limit_px if alignment.limit_px > 0 else 0.0)
    return np.asarray(known * np.float32(surfaces.mm_per_px), dtype=np.float32)


def _trace(
    surface: Surface, place: tuple[Plane, Plane], misplaced_mm: Plane | None, pitch: float
) -> ProfileTrace:
    height = _at(surface.height_mm, *place)
    measured = _at(surface.measured.astype(np.float32), *place) > _HALF
    height = np.where(measured, height, np.float32(np.nan))
    error = np.hypot(surface.relative_error * height, surface.floor_mm)
    if misplaced_mm is not None:
        error = np.hypot(error, misplaced_mm * _steepness(surface.height_mm, place, pitch))
    bound = _at(surface.bound.astype(np.float32), *place) > _HALF
    return ProfileTrace(
        (1000 * height).astype(np.float32), (1000 * error).astype(np.float32), bound
    )


def _steepness(height_mm: Plane, place: tuple[Plane, Plane], pitch: float) -> Plane:
    """Return how steep the surface is at places, over two pixels each way."""
    row, column = place
    one = np.float32(1)
    down = _at(height_mm, row + one, column) - _at(height_mm, row - one, column)
    right = _at(height_mm, row, column + one) - _at(height_mm, row, column - one)
    steep = np.hypot(down, right) / np.float32(2 * pitch)
    return np.asarray(np.nan_to_num(steep), dtype=np.float32)


def _at(values: Plane, row: Plane, column: Plane) -> Plane:
    return sample(values, row[:, None], column[:, None])[:, 0]
