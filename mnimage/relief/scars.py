"""Scars: holes below the virtual healthy skin, found and measured.

What a scar is and how it is measured are our own; how well: `docs/relief.md`, `docs/validation.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import atan, degrees, hypot, pi, sqrt
from typing import TYPE_CHECKING

import cv2
import numpy as np
import scipy

from mnimage.domain.progress import no_tick
from mnimage.domain.relief import Scar
from mnimage.kernels.bands import bands_of, in_bands
from mnimage.kernels.filters import gaussian, weighted
from mnimage.kernels.geometry import block_mean
from mnimage.kernels.masks import enlarge_labels, grow, without_thin
from mnimage.kernels.statistics import robust_spread
from mnimage.relief.healthy import below_healthy, fit_form, form_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.photo import ImageScale
    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Labels = NDArray[np.int32]

_WIDTHS, _ROUNDS = (4.0, 2.0), 3
"""Factors on the width of the healthy surface's Gaussian in the first, stiff rounds; rounds at its
own width, at most."""
_LARGE_MM = 25.0
"""Shorter side from which the stiff rounds work at half the size."""
_TRIMS = 6
"""Rounds of the body's form and what lies below it, in turns."""
_GRID_MM = 0.1
"""Pitch of the grid on which scars are searched for."""
_CORE_SMOOTH_MM = 0.12
"""Blur of the depth before scars are cut out of it: microrelief would fray them."""
_LINE_MM = 0.2
"""Radius of the smallest disk that fits into a scar; thinner parts are lines or furrows."""
_LONGEST = 4.0
"""A piece is a line if it has more than so many times the area of its largest disk."""
_ICE_PICK_WIDTH_MM, _ICE_PICK_RATIO = 2.0, 0.25
"""Greatest width of an ice-pick (Jacob et al. 2001); its least depth over width is our own."""
_ROLLING_WIDTH_MM, _ROLLING_ANGLE_DEG = 3.0, 30.0
"""Least width and greatest wall angle of a rolling scar; both are our own (by Jacob et al. 2001
most are wider than 4 to 5 mm)."""
_LEVEL = 0.68
"""Mean depth over depth from which a floor is level. A box has 1, a bowl 0.53, a cone 0.43, depth
being the 95th percentile."""
_DEEP_MM = 0.5
"""Depth from which a boxcar scar is a deep one (Jacob et al. 2001)."""
_SHADOWED_SHARE = 0.25
"""Share of the bottom in shadow from which a depth is a lower bound."""
_LEAST_TURNED = 0.1
"""Least cosine that an area is divided by; measured skin has more (`body.STEEPEST_DEG`)."""
_IN_SHADOW = 0.14
"""Error of the volume below walls that some lamps do not reach: what 18 unchanged scars of 20 skins
differed by, a third and more of whose volume lies there."""
_HIDDEN, _HIDDEN_ERROR = 0.28, 0.3
"""Part of that volume which is not seen, and its error, shared by sessions that have one rig.

Such walls look less steep than they are, so that scars made 20 and 40 % shallower read too little
shallower: 224 pairs of scars of 14 skins. Under other rigs it is 0.3 (6 far lamps) to 0.66 (4)."""
_WALL = 0.6
"""Slope of a wall; a gentle place in shadow is in that of something else."""
_CUT, _CUT_PX = 0.1, 1.0
"""Share of an outline that may be cut; by how much the cut is not the same again."""
_BOTTOM = 0.7
"""Share of a scar's depth below which its bottom lies."""
_SKIRT = 0.2
"""Share of a scar's radius that is added to its margin."""
_OF_FINE = 0.5
"""Error of a whole scar for an unknown kernel of scatter, as a share of that of fine relief
(`docs/studies/2026-11-relief.md`)."""
_SMOOTHED, _FLOORLESS_MM, _SMOOTHEST_MM = 0.2, 1.0, 0.4
"""The deepest tenth is chosen after a blur by this share of the scar's width beyond the second
number, narrower pits having no floor, and by the third at most; chosen on 24 skins
(`docs/studies/2026-11-relief.md`)."""
_DEEPEST = 10.0
"""Percent of a scar's area that is its bottom; half of it lies below the 95th percentile."""


@dataclass(frozen=True, slots=True)
class DepressionMap:
    """Depths below the healthy skin (mm, positive in holes) and what is needed to measure them.

    `turned` is the cosine of the body's slant where depths are square to the skin: areas are larger
    than they look by its inverse. None where they are along the camera's axis.
    """

    depth_mm: Plane = field(repr=False)
    raw_mm: Plane = field(repr=False)
    usable: Mask = field(repr=False)
    shadowed: Mask = field(repr=False)
    scale: ImageScale
    scatter_share: float = 0.0
    gloss: float = 0.0
    turned: Plane | None = field(repr=False, default=None)

    def area_mm2(self, where: Mask, box: tuple[slice, ...] = ()) -> float:
        """Return the area of the skin in a mask over a box of the picture."""
        return float(self._shares(where, box).sum(dtype=np.float64)) * self.scale.mm_per_px**2

    def volume_mm3(self, depth: Plane, where: Mask, box: tuple[slice, ...]) -> float:
        """Return what depths over a box come to in a mask."""
        shares = self._shares(where, box)
        return float((depth[where] * shares).sum(dtype=np.float64)) * self.scale.mm_per_px**2

    def _shares(self, where: Mask, box: tuple[slice, ...]) -> Plane:
        """Return the area of each pixel of a mask over that of one that faces the camera."""
        if self.turned is None:
            return np.ones(int(where.sum()), dtype=np.float32)
        return np.asarray(1 / np.maximum(self.turned[box][where], _LEAST_TURNED), np.float32)


def find_scars(
    height_mm: Plane, usable: Mask, mm_per_px: float, recipe: ReliefRecipe, tick: Tick = no_tick
) -> Labels:
    """Return the scars found in a relief, numbered from 1 downwards the picture.

    Each label holds the scar and a margin around it. They are looked for on a grid of about 0.1 mm.
    `tick` is called between rounds, to stop.

    Surface and scars in turns, as robust filters weigh down what lies off them (ISO 16610-71).
    """
    step = max(round(_GRID_MM / mm_per_px), 1)
    weight = block_mean(usable.astype(np.float32), step)
    known = block_mean(weighted(height_mm, usable)[0], step)
    small = np.asarray(known / np.maximum(weight, 1e-3), dtype=np.float32)
    labels = _find(small, weight > 0.5, mm_per_px * step, recipe, tick)
    return enlarge_labels(labels, step, (height_mm.shape[0], height_mm.shape[1]))


def _find(
    height_mm: Plane, usable: Mask, mm_per_px: float, recipe: ReliefRecipe, tick: Tick
) -> Labels:
    """Return the scars, found in turns with the healthy skin, since each needs the other.

    The first surfaces are stiff, so that they do not sink into wide scars, and are looked at on a
    coarser grid: only wide scars matter to them.
    """
    scars = _first_guess(height_mm, usable, mm_per_px, recipe, tick)
    labels = np.zeros(scars.shape, dtype=np.int32)
    for number in range(_ROUNDS):
        tick(number, _ROUNDS)
        before, labels = scars, _below(height_mm, (usable, scars), mm_per_px, recipe)
        scars = labels > 0
        if np.array_equal(scars, before):
            break
    return labels


def _first_guess(
    height_mm: Plane, usable: Mask, mm_per_px: float, recipe: ReliefRecipe, tick: Tick
) -> Mask:
    shape = (height_mm.shape[0], height_mm.shape[1])
    step = 2 if min(shape) * mm_per_px > _LARGE_MM else 1
    weight = block_mean(usable.astype(np.float32), step)
    known = block_mean(weighted(height_mm, usable)[0], step)
    small = np.asarray(known / np.maximum(weight, 1e-3), dtype=np.float32)
    seen, pitch = weight > 0.5, mm_per_px * step
    scars = _dents(small, seen, form_order(small.shape, recipe.skin_sigma_mm / pitch))
    for width in _WIDTHS:
        tick(0, 1)
        stiff = replace(recipe, skin_sigma_mm=width * recipe.skin_sigma_mm)
        scars = _below(small, (seen, scars), pitch, stiff) > 0
    return enlarge_labels(scars.astype(np.uint8), step, shape).view(np.bool_)


def _below(
    height_mm: Plane, masks: tuple[Mask, Mask], mm_per_px: float, recipe: ReliefRecipe
) -> Labels:
    """Return what is a scar below the healthy skin, given what is usable and held for scars."""
    usable, scars = masks
    depth = depth_below(height_mm, usable & ~scars, mm_per_px, recipe)
    core = _deep_enough(depth, masks, mm_per_px, recipe)
    return _number(core, recipe.scar_margin_mm / mm_per_px)


def depth_below(height_mm: Plane, skin: Mask, mm_per_px: float, recipe: ReliefRecipe) -> Plane:
    """Return the depth below the healthy surface that `skin` defines, positive in holes."""
    if not skin.any():
        return np.zeros_like(height_mm)
    return below_healthy(height_mm, skin, recipe.skin_sigma_mm / mm_per_px)


def measure_scars(holes: DepressionMap, labels: Labels, recipe: ReliefRecipe) -> tuple[Scar, ...]:
    """Return one measurement per label, in order of the ids.

    Depth is the 95th percentile below the healthy skin, volume the sum of depths. Our own; how well
    they do: `docs/relief.md`.
    """
    answer = []
    for number, box in enumerate(scipy.ndimage.find_objects(labels), start=1):
        if box is not None:
            scar = _measure_one(holes, labels, number, box, recipe)
            answer.extend([scar] if scar is not None else [])
    return tuple(answer)


def kind_of(scar: Scar) -> str:
    """Return the kind of scar suggested by its shape (after Jacob et al. 2001).

    Narrow and deep without a level bottom is ice-pick; wide with gentle walls and no level bottom
    is rolling; boxcar else. How level the bottom is shows in the mean depth over the greatest.
    """
    across = 2 * sqrt(scar.area_mm2 / pi)
    level = scar.depth_mean_mm > _LEVEL * scar.depth_mm
    narrow = scar.width_mm <= _ICE_PICK_WIDTH_MM
    if narrow and not level and scar.depth_mm >= _ICE_PICK_RATIO * scar.width_mm:
        return "ice-pick"
    if across > _ROLLING_WIDTH_MM and not level and scar.wall_angle_deg < _ROLLING_ANGLE_DEG:
        return "rolling"
    return "boxcar deep" if scar.depth_mm >= _DEEP_MM else "boxcar"


def _dents(height_mm: Plane, usable: Mask, order: int) -> Mask:
    """Return what lies clearly below the body's form, the form fitted to the rest in turns."""
    dents = np.zeros(height_mm.shape, dtype=np.bool_)
    for _ in range(_TRIMS):
        below = fit_form(height_mm, usable & ~dents, order) - height_mm
        dents = usable & (below > 2 * robust_spread(below[usable & ~dents][::7]))
    return dents


def _deep_enough(
    depth: Plane, masks: tuple[Mask, Mask], mm_per_px: float, recipe: ReliefRecipe
) -> Mask:
    """Return pieces deeper than healthy relief, large and deep enough to be scars.

    `masks` are what is usable and what is held for scars so far.
    """
    usable, scars = masks
    smooth = gaussian(depth, _CORE_SMOOTH_MM / mm_per_px)
    spread = robust_spread(smooth[usable & ~scars][::7])
    deep = (smooth > max(recipe.scar_edge_mm, 3 * spread)) & usable
    pieces, boxes = _pieces(deep)
    core = np.zeros(deep.shape, dtype=np.bool_)
    for number, (box, area) in boxes.items():
        if area * mm_per_px**2 < recipe.scar_least_area_mm2:
            continue
        piece = _without_lines(np.pad(pieces[box] == number, 1), mm_per_px)
        if _is_scar(piece, depth[box], mm_per_px, recipe):
            core[box] |= piece
    return core


def _pieces(mask: Mask) -> tuple[Labels, dict[int, tuple[tuple[slice, slice], int]]]:
    """Return a mask's pieces numbered from 1, and box and pixels of each."""
    count, pieces, facts, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=4)
    boxes = {}
    for number, (left, top, wide, high, area) in enumerate(np.asarray(facts)[:count].tolist()):
        boxes[number] = (slice(top, top + high), slice(left, left + wide)), area
    del boxes[0]
    return np.asarray(pieces, dtype=np.int32), boxes


def _without_lines(piece: Mask, mm_per_px: float) -> Mask:
    """Return a piece (padded by a pixel) without its thin parts, and nothing if it is all line.

    Lines and furrows are deep but thin; opening takes them away, also where they touch a scar.
    """
    opened, widest = without_thin(piece, _LINE_MM / mm_per_px)
    long = opened.sum() > _LONGEST * pi * widest**2
    return np.zeros_like(opened[1:-1, 1:-1]) if long else opened[1:-1, 1:-1]


def _is_scar(piece: Mask, depth: Plane, mm_per_px: float, recipe: ReliefRecipe) -> bool:
    area_mm2 = float(piece.sum()) * mm_per_px**2
    if area_mm2 < recipe.scar_least_area_mm2:
        return False
    narrow = area_mm2 < recipe.scar_narrow_mm2
    least = recipe.scar_least_narrow_mm if narrow else recipe.scar_least_depth_mm
    return bool(np.percentile(depth[piece], 95) >= least)


def _number(core: Mask, margin_px: float) -> Labels:
    """Return the pieces of `core` numbered, each grown by its margin, never into each other.

    The margin grows with the piece: the walls of wide scars run out slowly, and skin taken for
    healthy there would draw the healthy surface down.
    """
    if not core.any():
        return np.zeros(core.shape, dtype=np.int32)
    pieces, boxes = _pieces(core)
    areas = np.array([0, *(area for _, area in boxes.values())])
    margins = (margin_px + _SKIRT * np.sqrt(areas / pi)).astype(np.float32)
    away, found = cv2.distanceTransformWithLabels(
        (~core).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.asarray(found)
    of_pixel = np.zeros(int(nearest.max()) + 1, dtype=np.int32)
    of_pixel[nearest[core]] = pieces[core]

    def number(span: slice) -> None:
        spread = of_pixel[nearest[span]]
        spread[np.asarray(away[span]) > margins[spread]] = 0
        pieces[span] = spread

    in_bands(number, bands_of(core.shape))
    return pieces


def _measure_one(
    holes: DepressionMap, labels: Labels, number: int, box: tuple[slice, ...], recipe: ReliefRecipe
) -> Scar | None:
    pitch = holes.scale.mm_per_px
    whole = labels[box] == number
    counted = whole & holes.usable[box]
    if counted.sum() < 0.5 * whole.sum():
        return None
    depth, raw = holes.depth_mm[box], holes.raw_mm[box]
    core = _core(depth, counted, recipe)
    if not core.any():
        core = counted
    deep = _depth(depth, core, pitch)
    area, seen = holes.area_mm2(core, box), holes.volume_mm3(depth, counted, box)
    steep = _steepness(depth, pitch)
    dark = counted & holes.shadowed[box]
    walls = holes.volume_mm3(depth, dark & (steep > _WALL), box)
    volume = seen + _HIDDEN * walls
    width = 2 * sqrt(holes.area_mm2(counted & (depth > deep / 2), box) / pi)
    row, column = _middle(depth, core)
    raw_deep, raw_volume = _depth(raw, core, pitch), holes.volume_mm3(raw, counted, box)
    scar = Scar(
        id=number,
        row=row + box[0].start,
        column=column + box[1].start,
        depth_mm=deep,
        depth_mean_mm=float(depth[core].mean()),
        area_mm2=area,
        volume_mm3=volume,
        width_mm=width,
        wall_angle_deg=degrees(atan(float(np.percentile(steep[core], 90)))),
        kind="",
        depth_uncertainty_mm=depth_error(deep, holes.scale, recipe),
        volume_uncertainty_mm3=volume_error(volume, area, holes.scale, recipe),
        area_uncertainty_mm2=2 * holes.scale.relative_error * area,
        width_uncertainty_mm=holes.scale.relative_error * width,
        lower_bound=_unseen(holes.shadowed[box][core], depth[core], deep),
        raw_depth_mm=raw_deep,
        raw_volume_mm3=raw_volume,
        depth_systematic_mm=_shared_error(deep, deep - raw_deep, holes, recipe),
        volume_systematic_mm3=hypot(
            _shared_error(volume, seen - raw_volume, holes, recipe), _HIDDEN_ERROR * walls
        ),
    )
    kind, at_dark = kind_of(scar), _IN_SHADOW * holes.volume_mm3(depth, dark, box)
    # Light hardly reaches the floor of a pit that is deep for its width: it is at least so deep.
    unseen = scar.lower_bound or kind == "ice-pick" or _floorless(scar)
    cut, share = _cut(holes, labels, number, box, recipe)
    at_cut = _CUT_PX * cut * pitch**2 * scar.depth_mean_mm
    return replace(
        scar,
        kind=kind,
        lower_bound=unseen or share > _CUT,
        volume_uncertainty_mm3=hypot(scar.volume_uncertainty_mm3, at_cut, at_dark),
    )


def _cut(
    holes: DepressionMap, labels: Labels, number: int, box: tuple[slice, ...], recipe: ReliefRecipe
) -> tuple[int, float]:
    """Return where a scar goes on under what hides the skin, or beyond the picture.

    In pixels along its outline, and as a share of it.
    """
    around = tuple(slice(max(side.start - 1, 0), side.stop + 1) for side in box)
    seen = np.pad(holes.usable[around], 1)
    scar = np.pad(labels[around] == number, 1) & seen
    core = scar & (np.pad(holes.depth_mm[around], 1) > recipe.scar_edge_mm)
    outline = grow(core, 1) & ~core
    cut = int((outline & ~seen).sum())
    return cut, cut / max(int(outline.sum()), 1)


def _floorless(scar: Scar) -> bool:
    """Say whether a pit comes to a point within the reach of light that spreads inside the skin.

    Such light (half as bright 0.6 mm across in blue, 0.9 mm in green) fills its bottom from around,
    however shallow it is: it looks wider and shallower, and so no longer deep for its width.
    """
    return scar.width_mm < _FLOORLESS_MM and scar.depth_mean_mm <= _LEVEL * scar.depth_mm


def _shared_error(
    amount: float, correction: float, holes: DepressionMap, recipe: ReliefRecipe
) -> float:
    """Return the standard error of an amount whose corrections for scatter and gloss are not sure.

    Share and reach each go into the correction; half of what fine relief errs by is what a whole
    scar was found to err by.
    """
    share = holes.scatter_share
    whole = _OF_FINE * recipe.scatter_error * share / (1 - share) * amount
    shine = recipe.gloss_error * holes.gloss * amount
    return hypot(sqrt(2) * recipe.scatter_error * correction, whole, shine)


def depth_error(depth_mm: float, scale: ImageScale, recipe: ReliefRecipe) -> float:
    """Return the standard error of a depth between sessions: lamps, scale, and a floor.

    Joined as squares (JCGM 100:2008); the recipe's parts are simulated. How they hold on unchanged
    skin: `docs/validation.md`.
    """
    relative = hypot(recipe.slope_error, scale.relative_error)
    return hypot(relative * depth_mm, recipe.depth_floor_mm)


def volume_error(
    volume_mm3: float, area_mm2: float, scale: ImageScale, recipe: ReliefRecipe
) -> float:
    """Return the standard error of a volume between sessions; the scale counts three times.

    Carried through to first order and joined as squares (JCGM 100:2008); the recipe's parts as for
    `depth_error`.
    """
    relative = hypot(recipe.volume_error, 3 * scale.relative_error)
    return hypot(relative * volume_mm3, recipe.depth_floor_mm * area_mm2)


def _depth(depth: Plane, core: Mask, pitch: float) -> float:
    """Return the 95th percentile of the depth in the core, as the median of its deepest tenth.

    Which tenth that is shows with fine texture evened out: the dents of a rough but level floor
    would else deepen it by 1.6 times their own height. The depths there are not smoothed, which
    would level the bottom of a bowl. Pits too narrow to have a floor are not smoothed at all.
    """
    across_mm = 2 * sqrt(float(core.sum()) / pi) * pitch
    sigma_mm = min(_SMOOTHED * max(across_mm - _FLOORLESS_MM, 0.0), _SMOOTHEST_MM)
    even = gaussian(depth, sigma_mm / pitch)[core]
    return float(np.median(depth[core][even >= np.percentile(even, 100 - _DEEPEST)]))


def _core(depth: Plane, counted: Mask, recipe: ReliefRecipe) -> Mask:
    return counted & (depth > recipe.scar_edge_mm)


def _unseen(shadowed: Mask, depth: Plane, deep: float) -> bool:
    """Say whether the bottom, not only a wall, lies in shadow."""
    return bool(shadowed[depth > _BOTTOM * deep].mean() > _SHADOWED_SHARE)


def _steepness(depth: Plane, pitch: float) -> Plane:
    if min(depth.shape) < 3:
        return np.zeros_like(depth)
    down, right = np.gradient(depth, pitch)
    return np.asarray(np.hypot(down, right), dtype=np.float32)


def _middle(depth: Plane, core: Mask) -> tuple[float, float]:
    row, column = np.nonzero(core)
    weight = np.maximum(depth[core], 1e-6)
    return float(np.average(row, weights=weight)), float(np.average(column, weights=weight))
