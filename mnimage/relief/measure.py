"""Texture and scars of a relief, in one card."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from math import hypot, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.domain.relief import ReliefCard
from mnimage.errors import ShotsUnusable
from mnimage.kernels.bands import only_to_stop
from mnimage.relief.beads import lines_across, without_beads
from mnimage.relief.body import STEEPEST_DEG, body_form, form_again, is_body, whole_ones
from mnimage.relief.crossed import with_line_uncertainty
from mnimage.relief.gaps import wide_gaps
from mnimage.relief.healthy import form_order, remove_form
from mnimage.relief.marks import find_marks
from mnimage.relief.scars import DepressionMap, depth_below, find_scars, measure_scars
from mnimage.relief.texture import band_sq_um, measure_texture
from mnimage.relief.window import depth_shifts, only, with_uncertainty
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.photo import ImageScale
    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Relief, Scar
    from mnimage.relief.body import Body
    from mnimage.relief.lines import Lines
    from mnimage.relief.window import Shifts
    from mnimage.words.message import Message

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Labels = NDArray[np.int32]

_LEAST_USABLE = 0.05
"""Share of the picture that must be measurable, or nothing is measured."""
_WELL_TRUSTED = 0.8
"""Share of the picture below which a warning says that much was left out."""
_OWN_GLOSS = 0.5
"""Part of the error of specular reflection that differs from session to session; the sessions of
one skin share most of it. The half is a judgement, no study measures it."""
_WORKERS = 2
"""Threads: pores and lines beside texture, while the calling one measures scars."""
_RAGGED_MM = 1.0
"""What is not trusted so near to a wide gap belongs to it: the rim of hair is ragged."""


def measure_relief(
    relief: Relief,
    recipe: ReliefRecipe,
    *,
    scars: Labels | None = None,
    mask: Mask | None = None,
    tick: Tick = no_tick,
) -> ReliefCard:
    """Return texture, scars and depths of a relief.

    Texture is Sq of ISO 25178-2 (`relief.texture`); the healthy skin (`relief.healthy`) and what a
    scar is (`relief.scars`) are our own. How well they do: `docs/relief.md`, `docs/validation.md`.
    Errors are added in quadrature (JCGM 100:2008).

    Parameters
    ----------
    relief
        The recovered height.
    recipe
        Options.
    scars
        Masks to measure (the id of a scar at its pixels, 0 elsewhere), carried over from another
        session; without them scars are looked for.
    mask
        Skin to measure; all that is trusted by default.
    tick
        Called between parts and bands of rows, also from other threads, to stop.

    Raises
    ------
    ShotsUnusable
        If hardly anything is left to measure.
    Cancelled
        If `tick` says so.
    """
    recipe, tick = _widened(recipe, relief), only_to_stop(tick)
    pitch = relief.scale.mm_per_px
    usable = relief.trusted if mask is None else relief.trusted & mask
    ground = _ground(relief, usable, recipe)
    flat, usable = ground.flat_mm, ground.usable
    if usable.mean() < _LEAST_USABLE:
        raise ShotsUnusable(message("relief.no_skin"))
    if scars is None:
        labels, lines, shifts = _look_for(relief, ground, recipe, tick)
    else:
        labels, lines = scars.astype(np.int32, copy=False), None
        shifts = _shifts(relief, ground, labels, recipe)
    skin = usable & (labels == 0)
    tick(1, 1)
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="measure") as pool:
        marked = pool.submit(find_marks, flat, skin, pitch, tick, lines, recipe)
        even = remove_form(flat, skin)
        textured = pool.submit(measure_texture, even, skin, pitch, recipe, tick)
        holes = _holes(relief, ground, skin, recipe)
        found = measure_scars(holes, labels, recipe)
        if shifts is not None:
            found = with_uncertainty(found, shifts)
        tick(1, 1)
        texture, marks = textured.result(), marked.result()
    if marks is not None:
        found = with_line_uncertainty(found, labels, marks.line_px, holes.depth_mm, pitch)
    tick(1, 1)
    area = holes.area_mm2(usable)
    index = 1000 * sum(scar.volume_mm3 for scar in found) / area
    return ReliefCard(
        texture_sq_um=texture.sq_um,
        texture_uncertainty_um=hypot(
            texture.uncertainty_um, relief.scale.relative_error * texture.sq_um
        ),
        scar_depth_index_um=index,
        scar_depth_index_uncertainty_um=_index_error(found, area, relief.scale, recipe),
        scars=found,
        depth_mm=_defined(holes.depth_mm, usable, pitch),
        scar_labels=labels,
        band_um=texture.local_um,
        area_mm2=area,
        area_uncertainty_mm2=2 * relief.scale.relative_error * area,
        trusted=float(usable.mean()),
        recipe="",
        warnings=(*relief.warnings, *_warnings(relief, usable, found)),
        texture_octaves_um=texture.octaves_um,
        texture_systematic_um=texture.sq_um
        * hypot(_shared_error(relief.scatter_share, recipe), recipe.gloss_error * relief.gloss),
        texture_direction=texture.direction,
        marks=marks,
    )


def with_texture_of(
    card: ReliefCard, relief: Relief, skin: Mask, recipe: ReliefRecipe
) -> ReliefCard:
    """Return the card with Sq of `skin` only, so that two sessions measure the same skin.

    The error keeps its share; map, octaves and direction stay those of the whole.

    Sq as by `band_sq_um` (ISO 25178-2).
    """
    pitch = relief.scale.mm_per_px
    ground = _ground(relief, skin, recipe)
    flat = remove_form(ground.flat_mm, ground.usable)
    sq_um = band_sq_um(flat, ground.usable, pitch, recipe)
    share = sq_um / card.texture_sq_um if card.texture_sq_um > 0 else 1.0
    return replace(
        card,
        texture_sq_um=sq_um,
        texture_uncertainty_um=share * card.texture_uncertainty_um,
        texture_systematic_um=share * card.texture_systematic_um,
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """The relief without the form of the body, square to the skin, and where it can be measured.

    `body` is that form, where it is no polynomial over the picture.
    """

    flat_mm: Plane = field(repr=False)
    usable: Mask = field(repr=False)
    body: Body | None = None


def _ground(relief: Relief, usable: Mask, recipe: ReliefRecipe) -> _Ground:
    pitch = relief.scale.mm_per_px
    if is_body(usable.shape, pitch):
        body = body_form(relief.height_mm, usable, pitch)
        return _Ground(body.below(relief.height_mm), usable & body.known, body)
    order = form_order(usable.shape, recipe.skin_sigma_mm / pitch)
    return _Ground(remove_form(relief.height_mm, usable, order), usable)


def _defined(depth_mm: Plane, usable: Mask, pitch: float) -> Plane:
    """Return the depth, NaN over hair, eyes, paper or nothing: all that is wide and no skin."""
    gap = wide_gaps(usable, pitch, _RAGGED_MM)
    if gap is not None:
        depth_mm[gap] = np.nan
    return depth_mm


def _look_for(
    relief: Relief, ground: _Ground, recipe: ReliefRecipe, tick: Tick
) -> tuple[Labels, Lines | None, Shifts | None]:
    """Return the scars, the lines if they had to be known for them, and of a body the shifts."""
    flat, usable, pitch = ground.flat_mm, ground.usable, relief.scale.mm_per_px
    found = find_scars(flat, usable, pitch, recipe, tick)
    lines = lines_across(flat, usable, found, pitch, recipe)
    labels = without_beads(flat, found, lines, pitch, recipe)
    if ground.body is not None:
        labels = whole_ones(labels, usable)
    shifts = _shifts(relief, ground, labels, recipe)
    if shifts is None:
        return labels, lines, None
    return only(labels, shifts.steady), lines, shifts.only(shifts.steady)


def _shifts(relief: Relief, ground: _Ground, labels: Labels, recipe: ReliefRecipe) -> Shifts | None:
    """Return how scars' depths hang on the window of the body's form, None where there is none."""
    if ground.body is None:
        return None
    places, pitch = (labels, ground.usable), relief.scale.mm_per_px
    return depth_shifts(relief.height_mm, ground.body, places, pitch, recipe)


def _shared_error(share: float, recipe: ReliefRecipe) -> float:
    """Return the relative error of fine relief when the share of light that spreads is not sure.

    Relief finer than the spread is seen at 1 - share of its height.
    """
    return recipe.scatter_error * share / (1 - share)


def _widened(recipe: ReliefRecipe, relief: Relief) -> ReliefRecipe:
    """Return the recipe with the uncertainty of these shots where it exceeds what is expected.

    What the gloss is wrong by, the sessions of one skin share for the most part.
    """
    own = hypot(relief.slope_error, _OWN_GLOSS * recipe.gloss_error * relief.gloss)
    return replace(
        recipe,
        slope_error=max(recipe.slope_error, own),
        volume_error=max(recipe.volume_error, own),
    )


def _holes(relief: Relief, ground: _Ground, skin: Mask, recipe: ReliefRecipe) -> DepressionMap:
    pitch, flat, body = relief.scale.mm_per_px, ground.flat_mm, ground.body
    depth = depth_below(flat, skin, pitch, recipe)
    raw = depth
    if relief.raw_mm is not None:
        uneven = relief.raw_mm
        if body is not None:
            uneven = form_again(body, uneven, skin, pitch).below(uneven)
        raw = depth_below(uneven, skin, pitch, recipe)
    none = np.zeros(skin.shape, dtype=np.bool_)
    shadowed = none if relief.shadowed is None else relief.shadowed
    turned = None if body is None else body.turned
    return DepressionMap(
        depth,
        raw,
        ground.usable,
        shadowed,
        relief.scale,
        relief.scatter_share,
        relief.gloss,
        turned=turned,
    )


def _warnings(relief: Relief, usable: Mask, scars: tuple[Scar, ...]) -> tuple[Message, ...]:
    """Return what makes the numbers questionable."""
    found = []
    if is_body(usable.shape, relief.scale.mm_per_px):
        found.append(message("relief.whole_body", degrees=STEEPEST_DEG))
    elif relief.trusted.mean() < _WELL_TRUSTED:
        found.append(message("relief.much_left_out"))
    side = sqrt(float(usable.sum())) * relief.scale.mm_per_px
    wide = [scar for scar in scars if _across(scar) > side / 4]
    return (*found, *(message("relief.scar_too_wide", scar=scar.id) for scar in wide))


def _across(scar: Scar) -> float:
    return 2 * sqrt(scar.area_mm2 / pi)


def _index_error(
    scars: tuple[Scar, ...], area_mm2: float, scale: ImageScale, recipe: ReliefRecipe
) -> float:
    """Return the standard error of the index; lamps and scale err for all scars alike."""
    volume = sum(scar.volume_mm3 for scar in scars)
    relative = hypot(recipe.volume_error, scale.relative_error)
    floor = recipe.depth_floor_mm * sum(scar.area_mm2 for scar in scars) / max(len(scars), 1) ** 0.5
    return 1000 * hypot(relative * volume, floor) / area_mm2
