"""The fine step: from a rough placing to a smooth sub-pixel field with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from mnimage.kernels import flow
from mnimage.kernels.geometry import block_mean

if TYPE_CHECKING:
    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import RegisterRecipe

Picture: TypeAlias = NDArray[np.float32]


_MOST_HALVINGS = 2
"""How often the scale of bending is halved or doubled at most."""

_ROUNDS, _COARSE_ROUNDS = 30, 15
"""Rounds of the solver per step; what a coarse level leaves, the next one takes."""

_GIVEN_ROUNDS = 15
"""Rounds of the solver for the field's uncertainty, which need not be exact."""

_CLEARLY_BETTER = 0.97
"""Share of the misfit that a looser field must come down to: it lets more noise through."""


@dataclass(frozen=True, slots=True)
class Transform:
    """Where the nodes of the fixed picture lie in the moving one: `plane` of (place + `bent`).

    `plane` (2 x 3) takes (row, column, 1) of the fixed picture to the moving one; `bent` (2, rows,
    columns) is the displacement per node in px of the fixed picture. Keeping the two apart lets the
    smooth part be solved in the fixed frame, whatever the turn and scale between the pictures.
    """

    plane: NDArray[np.float64]
    bent: Picture

    def at_level(self, factor: int, nodes: tuple[int, int]) -> Transform:
        """Return the same placing for both pictures reduced by `factor`, on other nodes."""
        centre = np.full(2, (factor - 1) / 2)
        linear, shift = self.plane[:, :2], self.plane[:, 2]
        plane = np.column_stack([linear, (linear @ centre + shift - centre) / factor])
        return Transform(plane, _resize(self.bent, nodes) / np.float32(factor))

    def places(self, shape: tuple[int, int]) -> Picture:
        """Return the (row, column) in the moving picture of every pixel of a `shape` picture."""
        bent = _resize(self.bent, shape)
        rows, columns = shape
        row = np.arange(rows, dtype=np.float32)[:, None] * _spread(shape, self.bent, 0) + bent[0]
        column = np.arange(columns, dtype=np.float32)[None] * _spread(shape, self.bent, 1) + bent[1]
        offset_row = (_spread(shape, self.bent, 0) - 1) / 2
        offset_column = (_spread(shape, self.bent, 1) - 1) / 2
        return _through(self.plane, row + offset_row, column + offset_column)


@dataclass(frozen=True, slots=True)
class Matched:
    """The field at the nodes of the fixed picture.

    `places` (2, rows, columns) are (row, column) in the moving picture, `spread` their standard
    error in px of the fixed one were the field as smooth as it is taken to be; `stiffer` and
    `looser` how far the places would move were it held four times as firmly or as loosely;
    `agreement` is the local correlation of both pictures in their right place, `chance` the same a
    few pixels off, as unrelated skin would give; `seen` is the share of each block that both show,
    `shade` how much brighter (ln of coded brightness) the moving one is than the light explains.
    """

    places: Picture
    bent: Picture
    spread: Picture
    stiffer: Picture
    looser: Picture
    agreement: Picture
    chance: Picture
    seen: Picture
    shade: Picture


@dataclass(frozen=True, slots=True)
class _Hold:
    """Where the nodes were placed first, and how loosely they are held there, px of the level."""

    bent: Picture
    spread_px: float


@dataclass(frozen=True, slots=True)
class _Layer:
    fixed: Picture
    moving: Picture
    mask: Picture
    slope: tuple[Picture, Picture]
    hold: _Hold


def match_dense(
    pictures: tuple[Picture, Picture],
    mask: Picture,
    start: tuple[Transform, float],
    recipe: RegisterRecipe,
    tick: Tick,
) -> Matched:
    """Return where each node of the fixed picture lies in the moving one.

    Blocks pull after Lucas and Kanade (1981), how stiff the field is left-out patches show (Stone
    1974), see `kernels.flow`; the rest is our own
    (`docs/decisions/0003-own-dense-registration.md`). How well it does: `docs/registration.md`.

    Parameters
    ----------
    pictures
        Fixed and moving picture at about the same scale, brightness in counts of 0..255; the fixed
        one's shape is a multiple of `flow.BLOCK * 2**recipe.halvings`.
    mask
        0..1, what of the fixed picture is to be matched.
    start
        The rough placing, and how loosely the field is held to it (SD in px).
    recipe, tick
        Options; `tick` is called once per level.
    """
    levels = _levels(pictures[0].shape, recipe.halvings)
    transform = start[0]
    for done, level in enumerate(reversed(range(levels))):
        tick(done, levels)
        layer = _layer(pictures, mask, start, 2**level)
        steps = recipe.steps if level else recipe.final_steps
        transform, stiffness = _refine(layer, transform, level, steps, recipe)
    return _judge(layer, pictures, transform, stiffness)


def _levels(shape: tuple[int, ...], halvings: int) -> int:
    levels = 1
    while levels <= halvings and min(shape) / 2**levels >= 64:
        levels += 1
    return levels


def _layer(
    pictures: tuple[Picture, Picture], mask: Picture, start: tuple[Transform, float], factor: int
) -> _Layer:
    fixed, moving = (_normalized(shrink(picture, factor)) for picture in pictures)
    nodes = fixed.shape[0] // flow.BLOCK, fixed.shape[1] // flow.BLOCK
    first = start[0].at_level(factor, nodes).bent
    hold = _Hold(first, start[1] / factor)
    return _Layer(fixed, moving, shrink(mask, factor), flow.gradient(fixed), hold)


def _normalized(gray: Picture) -> Picture:
    # A light blur first: what is finer than 1.5 px is noise, grain or interpolation. What is
    # coarser than some 20 px moves with the light.
    soft = np.asarray(cv2.GaussianBlur(gray, (0, 0), 0.8), dtype=np.float32)
    return flow.normalize(soft, detail=4.0, window=8.0, floor=0.7)


def shrink(values: Picture, factor: int) -> Picture:
    """Return the means over factor x factor pixels, edge pixels repeated to fill the last ones."""
    return block_mean(values, factor)


def _refine(
    layer: _Layer, transform: Transform, level: int, steps: int, recipe: RegisterRecipe
) -> tuple[Transform, flow.Stiffness]:
    """Return a better placing after some steps at one level, and the stiffness it was found with.

    A fourth difference between nodes grows with the fourth power of their distance, and a pixel
    with it: what is `bending_px` at the finest level is `bending_px * factor**3` at one reduced by
    `factor`. It is given another `factor` there, to follow a smile, which the finer levels take
    back.
    """
    factor = 2**level
    scale = recipe.bending_px * factor**4
    here = transform.at_level(factor, _nodes(layer))
    stiffness = flow.yielding_stiffness(here.bent, scale)
    rounds = _ROUNDS if level == 0 else _COARSE_ROUNDS
    for _ in range(steps):
        here = _stepped(layer, here, stiffness, recipe, rounds)
    if level == 0:
        scale = _chosen_scale(_normals(layer, here), here, scale)
    stiffness = flow.yielding_stiffness(here.bent, scale)
    here = _stepped(layer, here, stiffness, recipe, rounds)
    return Transform(transform.plane, here.bent * np.float32(factor)), stiffness


def _chosen_scale(normals: flow.Normals, here: Transform, scale: float) -> float:
    """Return the scale of bending that predicts best what it has not seen.

    A still head, or a flat picture of one, bends far less than one that was turned: halved or
    doubled, at most twice, as long as that predicts better; looser only where clearly so.
    """

    def misfit(one: float) -> float:
        stiffness = flow.yielding_stiffness(here.bent, one)
        return flow.held_out_misfit(normals, (here.bent[0], here.bent[1]), stiffness)

    first = misfit(scale)
    for step, needed in ((2.0, _CLEARLY_BETTER), (0.5, 1.0)):
        chosen, best = scale, first
        for _ in range(_MOST_HALVINGS):
            found = misfit(chosen * step)
            if found >= needed * best:
                break
            chosen, best = chosen * step, found
        if chosen != scale:
            return chosen
    return scale


def _stepped(
    layer: _Layer,
    here: Transform,
    stiffness: flow.Stiffness,
    recipe: RegisterRecipe,
    rounds: int,
) -> Transform:
    field = here.bent[0], here.bent[1]
    change = np.stack(flow.solve_smooth(_normals(layer, here), field, stiffness, rounds=rounds))
    # A step beyond what the linear model can know would only jump elsewhere.
    longest = recipe.longest_step_px
    return Transform(here.plane, here.bent + np.clip(change, -longest, longest))


def _nodes(layer: _Layer) -> tuple[int, int]:
    return layer.fixed.shape[0] // flow.BLOCK, layer.fixed.shape[1] // flow.BLOCK


def _normals(layer: _Layer, transform: Transform) -> flow.Normals:
    moved, weight = _warp(layer, transform)
    return _held(flow.normal_equations(layer.fixed, moved, weight, layer.slope), layer, transform)


def _held(normals: flow.Normals, layer: _Layer, transform: Transform) -> flow.Normals:
    return flow.anchored(normals, transform.bent - layer.hold.bent, layer.hold.spread_px)


def _warp(layer: _Layer, transform: Transform) -> tuple[Picture, Picture]:
    rows, columns = layer.fixed.shape
    place = transform.places((rows, columns))
    moved = cv2.remap(
        layer.moving, place[1], place[0], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    height, width = layer.moving.shape
    inside = (place[0] >= 1) & (place[0] <= height - 2) & (place[1] >= 1) & (place[1] <= width - 2)
    return np.asarray(moved, dtype=np.float32), layer.mask * inside


def _judge(
    layer: _Layer,
    pictures: tuple[Picture, Picture],
    transform: Transform,
    stiffness: flow.Stiffness,
) -> Matched:
    moved, weight = _warp(layer, transform)
    normals = flow.normal_equations(layer.fixed, moved, weight, layer.slope)
    held = _held(normals, layer, transform)
    nodes = transform.bent.shape[1], transform.bent.shape[2]
    field = transform.bent[0], transform.bent[1]
    held_as = [stiffness.times(factor) for factor in (4.0, 0.25)]
    stiffer, looser = flow.solve_together([held] * 2, field, held_as, rounds=_GIVEN_ROUNDS)
    return Matched(
        places=transform.places(nodes),
        bent=transform.bent,
        spread=flow.spread_of(flow.draw_posterior(held, stiffness, draws=5, rounds=_GIVEN_ROUNDS)),
        stiffer=np.hypot(*stiffer),
        looser=np.hypot(*looser),
        agreement=flow.local_agreement(layer.fixed, moved, weight),
        chance=_chance(layer.fixed, moved, weight),
        seen=block_mean(weight, flow.BLOCK),
        shade=_shade(pictures, layer.mask, transform),
    )


_TREND = 10.0
"""Sigma in nodes over which the light itself may change from photo to photo."""


def _shade(pictures: tuple[Picture, Picture], mask: Picture, transform: Transform) -> Picture:
    """Return per node how much brighter the moving picture is than the light around it explains.

    As ln of coded brightness. The trend is a wide mean that what stands out takes no part in.
    """
    fixed, moving = pictures
    place = transform.places(fixed.shape)
    moved = cv2.remap(moving, place[1], place[0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    first, second = (
        block_mean(np.asarray(part, dtype=np.float32), flow.BLOCK) for part in (fixed, moved)
    )
    ratio = np.log((second + 4) / (first + 4))
    weight = block_mean(mask, flow.BLOCK)
    rest = ratio - np.float32(np.median(ratio[weight > 0.5]) if (weight > 0.5).any() else 0.0)
    for _ in range(3):
        share = weight / (1 + (rest / 0.1) ** 4)
        trend = cv2.GaussianBlur(ratio * share, (0, 0), _TREND)
        rest = ratio - trend / (cv2.GaussianBlur(share, (0, 0), _TREND) + 1e-6)
    return np.asarray(rest, dtype=np.float32)


def _chance(fixed: Picture, moved: Picture, weight: Picture) -> Picture:
    """Return the best local correlation a few pixels off the right place, in four directions."""
    shifted = [
        flow.local_agreement(fixed, np.roll(moved, shift, axis=(0, 1)), weight)
        for shift in ((9, 0), (-9, 0), (0, 9), (0, -9))
    ]
    return np.asarray(np.max(shifted, axis=0), dtype=np.float32)


def _resize(grids: Picture, shape: tuple[int, int]) -> Picture:
    """Return (2, rows, columns) grids brought to another number of nodes over the same picture."""
    if grids.shape[1:] == shape:
        return grids
    kind = cv2.INTER_CUBIC if shape[0] > grids.shape[1] else cv2.INTER_AREA
    return np.stack([cv2.resize(grid, shape[::-1], interpolation=kind) for grid in grids])


def _spread(shape: tuple[int, int], bent: Picture, axis: int) -> np.float32:
    """Return how many pixels one of `shape` stands for: 1 for a picture, BLOCK for its nodes."""
    return np.float32(bent.shape[axis + 1] * flow.BLOCK / shape[axis])


def _through(plane: NDArray[np.float64], row: Picture, column: Picture) -> Picture:
    (rr, rc, r0), (cr, cc, c0) = plane.astype(np.float32)
    return np.stack([rr * row + rc * column + r0, cr * row + cc * column + c0])
