"""The jobs on the surfaces of a pair: both registered, cut along a line, kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.recipe import Recipe
from mnimage.formats.output import write_whole
from mnimage.relief.surfaces import cut_profile, lay_surfaces
from mnimage.report.profile import profile_csv, profile_png

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.domain.pair import Pair
    from mnimage.domain.surfaces import Profile, Surfaces

Place = tuple[float, float]


def surfaces_of(pair: Pair) -> Surfaces | None:
    """Return a pair's surfaces in the frame of the photo before.

    None where they were not recovered (ordinary photos) or could not be registered.
    """
    before, after, alignment = pair.before, pair.after, pair.comparison.alignment
    if before.relief is None or after.relief is None or not alignment.aligned:
        return None
    if before.scale is None or after.scale is None:
        return None
    cards, scales = (before.relief, after.relief), (before.scale, after.scale)
    return lay_surfaces(cards, scales, alignment, Recipe().relief)


def profile_along(surfaces: Surfaces, start: Place, end: Place) -> Profile:
    """Return the heights before and after along a line, as (row, column) in the photo before."""
    return cut_profile(surfaces, start, end)


def write_profile(profile: Profile, path: Path, *, tick: Tick = no_tick) -> None:
    """Write a profile: a table where the name ends in .csv, else a PNG."""
    tick(0, 1)
    as_table = path.suffix.lower() == ".csv"
    write_whole(path, profile_csv(profile) if as_table else profile_png(profile))
    tick(1, 1)
