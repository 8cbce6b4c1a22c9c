"""Measure two photos of the same skin so that their difference means something."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.photo import ImageScale
from mnimage.domain.progress import no_tick
from mnimage.domain.scorecard import PairScores, ScoreError
from mnimage.errors import NotComparable
from mnimage.score.focus import match_focus
from mnimage.score.maps import measure_maps
from mnimage.score.plan import make_plan
from mnimage.score.reference import find_reference
from mnimage.score.resample import carry, skin_after, trusted, typical_magnification
from mnimage.score.score import make_card, require_skin, skin_of
from mnimage.score.scorers import SCORERS, read_skin
from mnimage.score.zones import change_errors, session_error, zone_cells, zone_means
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.color import ColorProfile
    from mnimage.domain.face import Zones
    from mnimage.domain.photo import Photo
    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ScoreRecipe
    from mnimage.domain.scorecard import ScoreCard
    from mnimage.score.focus import Focus
    from mnimage.score.maps import Maps
    from mnimage.score.plan import Plan
    from mnimage.score.scorers import Skin
    from mnimage.score.zones import Cells


def score_pair(
    photos: tuple[Photo, Photo],
    zones: Zones,
    alignment: Alignment,
    scales: tuple[ImageScale | None, ImageScale | None],
    recipe: ScoreRecipe,
    tick: Tick = no_tick,
) -> PairScores:
    """Return the scores of before and after over the same skin, and the error of their change.

    Each photo is measured on its own pixels; the maps of the photo after are then read at the
    places of the photo before. The scale of the photo after is that of the photo before over the
    magnification of the alignment, so that bands in mm are the same on the skin. Reference skin and
    limits are those of the photo before. Skin moved by expression is left out, and so are the zones
    of which the larger part has moved.

    Each score names its own source (`score.scorers`). How they are held against each other is our
    own (`docs/decisions/0004-carry-maps-not-pixels.md`), measured in
    `docs/studies/2026-11-validation.md`.

    Parameters
    ----------
    photos
        Before and after; calibrated only where both have a colour profile.
    zones
        Skin of the photo before.
    alignment
        Must be aligned.
    scales
        Of before and after; the latter serves only where the former is not known.
    recipe
        Options.
    tick
        Progress.

    Raises
    ------
    NotComparable
        If the pair is not aligned, or no skin is trusted in both.
    """
    if not alignment.aligned:
        raise NotComparable(message("score.not_aligned"))
    photos = _alike(photos)
    profiles = photos[0].profile, photos[1].profile
    scale, zones = _scale(scales, alignment), _unmoved(zones, alignment)
    plans, focus, skins = _prepare(photos, zones, alignment, scale, recipe)
    # Side by side: while one photo's maps are put together, the other's strips use the core.
    with ThreadPoolExecutor(1, thread_name_prefix="maps") as pool:
        later = pool.submit(measure_maps, photos[1], skins[1], plans[1], recipe)
        own = measure_maps(photos[0], skins[0], plans[0], recipe, tick)
        other = later.result()
    before, after = _shared(own, carry(other, alignment, plans[0].step), alignment)
    cells = zone_cells(zones, plans[0].step, before.seen)
    before, after = before.part(cells.window), after.part(cells.window)
    reference = find_reference(before, cells.reference, plans[0].cell_mm, recipe, profiles[0])
    grid = (plans[0].step, plans[0].cell_mm)

    def read(maps: Maps, profile: ColorProfile | None) -> tuple[Skin, ScoreCard]:
        skin = read_skin(maps, reference, plans[0].cell_mm, recipe, profile)
        color = profile.error if profile else None
        return skin, make_card(skin, cells, (scale, color), grid, recipe, plans[1].mm)

    with ThreadPoolExecutor(1, thread_name_prefix="read") as pool:
        second = pool.submit(read, after, profiles[1])
        (skin, card), (other_skin, other_card) = read(before, profiles[0]), second.result()
    errors = _errors((skin, other_skin), cells, (card, other_card), (plans[0], focus), recipe)
    return PairScores(card, other_card, errors)


def _alike(photos: tuple[Photo, Photo]) -> tuple[Photo, Photo]:
    """Return both photos with their colour profiles, or neither where one has none."""
    if all(photo.profile is not None for photo in photos):
        return photos
    return replace(photos[0], profile=None), replace(photos[1], profile=None)


def _unmoved(zones: Zones, alignment: Alignment) -> Zones:
    """Return the zones without those that the expression has moved for the larger part."""
    if not alignment.moved_zones:
        return zones
    kept = np.arange(len(zones.names) + 1, dtype=np.uint8)
    kept[[zones.names.index(name) + 1 for name in alignment.moved_zones]] = 0
    return replace(zones, labels=kept[zones.labels])


def _scale(
    scales: tuple[ImageScale | None, ImageScale | None], alignment: Alignment
) -> ImageScale | None:
    """Return the scale of the photo before, carried over from the photo after if need be."""
    before, after = scales
    if before is not None or after is None:
        return before
    pitch = after.mm_per_px * typical_magnification(alignment)
    return ImageScale(pitch, "alignment", after.relative_error)


def _prepare(
    photos: tuple[Photo, Photo],
    zones: Zones,
    alignment: Alignment,
    scale: ImageScale | None,
    recipe: ScoreRecipe,
) -> tuple[tuple[Plan, Plan], Focus, tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Return how each photo is measured: pitch, blur to the same focus, and its skin."""
    skin = skin_of(zones)
    skins = (skin, skin_after(alignment, skin))
    require_skin(skins[1])
    larger = typical_magnification(alignment)
    pitch = scale.mm_per_px if scale else None
    before = make_plan(skins[0], pitch, recipe)
    after = make_plan(skins[1], before.mm / larger, recipe)
    after = replace(after, known=before.known)
    focus = match_focus(photos, skin, alignment, larger)
    # One band for both, else the finer photo would show more of the same skin.
    finest = max(before.finest_mm, after.finest_mm)
    before = replace(before, blur_px=focus.blur_before_px, finest_mm=finest)
    after = replace(after, blur_px=focus.blur_after_px, finest_mm=finest)
    return (before, after), focus, skins


def _shared(before: Maps, after: Maps, alignment: Alignment) -> tuple[Maps, Maps]:
    """Return both maps over the cells that are seen and trusted in both."""
    both = before.seen & after.seen & trusted(alignment, before.step)
    require_skin(both)
    return replace(before, seen=both), replace(after, seen=both)


def _errors(
    pair: tuple[Skin, Skin],
    cells: Cells,
    cards: tuple[ScoreCard, ScoreCard],
    options: tuple[Plan, Focus],
    recipe: ScoreRecipe,
) -> Mapping[str, Mapping[str, ScoreError]]:
    plan, focus = options
    width = recipe.block_mm / plan.cell_mm if plan.known else None
    zones = cells.each(pair[0].seen)
    left = _left_by_focus(focus, recipe)

    def of_zone(zone: str) -> Mapping[str, ScoreError]:
        inside = zones[zone]
        names = list(cards[0].zones[zone].scores)
        found = change_errors(pair, inside, names, width, recipe)
        means = {name: [zone_means(name, skin, inside) for skin in pair] for name in names}
        colors = [card.color for card in cards]
        return {
            name: ScoreError(
                session=_rms(
                    session_error(name, own, recipe, color)
                    for own, color in zip(_of_each(name, means[name]), colors, strict=True)
                ),
                spatial=float(np.hypot(error, left.get(name, 0.0) * _felt(name, means[name]))),
            )
            for name, error in found.items()
        }

    with ThreadPoolExecutor(2, thread_name_prefix="errors") as pool:
        zoned = cards[0].zones
        return dict(zip(zoned, pool.map(of_zone, zoned), strict=True))


_OWN_ERROR = frozenset({"pores", "ita_deg"})
"""Scores whose error is estimated from each photo, since it depends on more than their value."""


def _of_each(name: str, means: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Return what the error of each session is made of: skin that did not change is as before."""
    return means if name in _OWN_ERROR else [means[0], means[0]]


def _rms(errors: Iterable[float]) -> float:
    return float(np.sqrt(np.mean(np.square(list(errors)))))


def _felt(name: str, means: list[NDArray[np.float64]]) -> float:
    """Return what unlike focus is felt by: the score before, or the pores about the limit."""
    if name == "pores":
        return float(np.mean([own[1] for own in means]))
    return float(SCORERS[name].value(means[0]))


def _left_by_focus(focus: Focus, recipe: ScoreRecipe) -> Mapping[str, float]:
    """Return per score the error, relative to its value, that unlike focus leaves in a change."""
    if focus.equalised:
        return {name: part * abs(focus.difference_px) for name, part in recipe.focus_left}
    return {name: part * focus.difference_px**2 for name, part in recipe.focus_kept}
