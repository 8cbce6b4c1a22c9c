"""The fine step: from an initial transform to a smooth sub-pixel field with its standard error."""

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
"""How often the bending scale is halved or doubled at most."""

_ROUNDS, _COARSE_ROUNDS = 30, 15
"""Solver iterations per step; a finer level corrects what a coarser one leaves."""

_ERROR_ROUNDS = 15
"""Solver iterations for the standard error of the field, which need not be exact."""

_CLEARLY_BETTER = 0.97
"""Share of the misfit that a looser field must reach, because it passes more noise."""


@dataclass(frozen=True, slots=True)
class Transform:
    """From the fixed picture to the moving one: `affine` of (position + `displacement`).

    `affine` (2 x 3) maps (row, column, 1) of the fixed picture to the moving one; `displacement`
    (2, rows, columns) is given per node in px of the fixed picture. Keeping the two apart lets the
    smooth part be solved in the fixed frame, whatever the rotation and scale between the pictures.
    """

    affine: NDArray[np.float64]
    displacement: Picture

    def at_level(self, factor: int, nodes: tuple[int, int]) -> Transform:
        """Return the same transform for both pictures reduced by `factor`, on other nodes."""
        centre = np.full(2, (factor - 1) / 2)
        linear, shift = self.affine[:, :2], self.affine[:, 2]
        affine = np.column_stack([linear, (linear @ centre + shift - centre) / factor])
        return Transform(affine, _resize(self.displacement, nodes) / np.float32(factor))

    def positions(self, shape: tuple[int, int]) -> Picture:
        """Return the (row, column) in the moving picture of every pixel of a `shape` picture."""
        displacement = _resize(self.displacement, shape)
        rows, columns = shape
        row = np.arange(rows, dtype=np.float32)[:, None] * _pixels_per(shape, self.displacement, 0)
        row = row + displacement[0]
        column = np.arange(columns, dtype=np.float32)[None] * _pixels_per(
            shape, self.displacement, 1
        )
        column = column + displacement[1]
        offset_row = (_pixels_per(shape, self.displacement, 0) - 1) / 2
        offset_column = (_pixels_per(shape, self.displacement, 1) - 1) / 2
        return _apply(self.affine, row + offset_row, column + offset_column)


@dataclass(frozen=True, slots=True)
class Matched:
    """The field at the nodes of the fixed picture.

    `positions` (2, rows, columns) are (row, column) in the moving picture, `spread` their standard
    error in px of the fixed one if the field is as smooth as assumed; `stiffer` and `looser` are
    how far they would move with four times or a quarter of the stiffness; `agreement` is the local
    correlation of both pictures where they match, `chance` the same a few pixels away, as unrelated
    skin would give; `seen` is the share of each block visible in both, `shade` how much brighter
    (ln of coded brightness) the moving one is than the light explains.
    """

    positions: Picture
    displacement: Picture
    spread: Picture
    stiffer: Picture
    looser: Picture
    agreement: Picture
    chance: Picture
    seen: Picture
    shade: Picture


@dataclass(frozen=True, slots=True)
class _Prior:
    """The initial displacement of the nodes and its standard deviation, in px of the level."""

    displacement: Picture
    spread_px: float


@dataclass(frozen=True, slots=True)
class _Layer:
    fixed: Picture
    moving: Picture
    mask: Picture
    slope: tuple[Picture, Picture]
    prior: _Prior


def match_dense(
    pictures: tuple[Picture, Picture],
    mask: Picture,
    start: tuple[Transform, float],
    recipe: RegisterRecipe,
    tick: Tick,
) -> Matched:
    """Return where each node of the fixed picture lies in the moving one.

    Blocks are matched as by Lucas and Kanade (1981) and the stiffness of the field is chosen by
    cross-validation (Stone 1974), see `kernels.flow`; the rest is our own
    (`docs/decisions/0003-own-dense-registration.md`). Accuracy: `docs/registration.md`.

    Parameters
    ----------
    pictures
        Fixed and moving picture at about the same scale, brightness in counts of 0..255; the fixed
        one's shape is a multiple of `flow.BLOCK * 2**recipe.halvings`.
    mask
        0..1, what of the fixed picture is to be matched.
    start
        The initial transform, and its standard deviation in px.
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
    return _result(layer, pictures, transform, stiffness)


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
    first = start[0].at_level(factor, nodes).displacement
    prior = _Prior(first, start[1] / factor)
    return _Layer(fixed, moving, shrink(mask, factor), flow.gradient(fixed), prior)


def _normalized(gray: Picture) -> Picture:
    # A light blur first: detail finer than 1.5 px is noise, grain or interpolation. Structure
    # coarser than about 20 px changes with the light.
    soft = np.asarray(cv2.GaussianBlur(gray, (0, 0), 0.8), dtype=np.float32)
    return flow.normalize(soft, detail=4.0, window=8.0, floor=0.7)


def shrink(values: Picture, factor: int) -> Picture:
    """Return the means over factor x factor pixels, edge pixels repeated to fill the last ones."""
    return block_mean(values, factor)


def _refine(
    layer: _Layer, transform: Transform, level: int, steps: int, recipe: RegisterRecipe
) -> tuple[Transform, flow.Stiffness]:
    """Return the transform refined by some steps at one level, and the stiffness used.

    A fourth difference between nodes grows with the fourth power of their distance, and the pixel
    grows too: `bending_px` at the finest level is `bending_px * factor**3` at one reduced by
    `factor`. Another `factor` lets coarse levels follow a smile; finer levels correct the excess.
    """
    factor = 2**level
    scale = recipe.bending_px * factor**4
    current = transform.at_level(factor, _nodes(layer))
    stiffness = flow.adaptive_stiffness(current.displacement, scale)
    rounds = _ROUNDS if level == 0 else _COARSE_ROUNDS
    for _ in range(steps):
        current = _stepped(layer, current, stiffness, recipe, rounds)
    if level == 0:
        scale = _chosen_scale(_normals(layer, current), current, scale)
    stiffness = flow.adaptive_stiffness(current.displacement, scale)
    current = _stepped(layer, current, stiffness, recipe, rounds)
    return Transform(transform.affine, current.displacement * np.float32(factor)), stiffness


def _chosen_scale(normals: flow.Normals, current: Transform, scale: float) -> float:
    """Return the bending scale that predicts patches left out best.

    A still head, or a flat picture of one, bends far less than one that was turned: the scale is
    halved or doubled, at most twice, as long as that predicts better; looser only if clearly so.
    """

    def misfit(one: float) -> float:
        stiffness = flow.adaptive_stiffness(current.displacement, one)
        return flow.held_out_misfit(
            normals, (current.displacement[0], current.displacement[1]), stiffness
        )

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
    current: Transform,
    stiffness: flow.Stiffness,
    recipe: RegisterRecipe,
    rounds: int,
) -> Transform:
    field = current.displacement[0], current.displacement[1]
    change = np.stack(flow.solve_smooth(_normals(layer, current), field, stiffness, rounds=rounds))
    # A step beyond the range of the linear model would only jump to a wrong match.
    longest = recipe.longest_step_px
    return Transform(current.affine, current.displacement + np.clip(change, -longest, longest))


def _nodes(layer: _Layer) -> tuple[int, int]:
    return layer.fixed.shape[0] // flow.BLOCK, layer.fixed.shape[1] // flow.BLOCK


def _normals(layer: _Layer, transform: Transform) -> flow.Normals:
    moved, weight = _warp(layer, transform)
    return _with_prior(
        flow.normal_equations(layer.fixed, moved, weight, layer.slope), layer, transform
    )


def _with_prior(normals: flow.Normals, layer: _Layer, transform: Transform) -> flow.Normals:
    return flow.with_prior(
        normals, transform.displacement - layer.prior.displacement, layer.prior.spread_px
    )


def _warp(layer: _Layer, transform: Transform) -> tuple[Picture, Picture]:
    rows, columns = layer.fixed.shape
    position = transform.positions((rows, columns))
    moved = cv2.remap(
        layer.moving, position[1], position[0], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    height, width = layer.moving.shape
    inside = (
        (position[0] >= 1)
        & (position[0] <= height - 2)
        & (position[1] >= 1)
        & (position[1] <= width - 2)
    )
    return np.asarray(moved, dtype=np.float32), layer.mask * inside


def _result(
    layer: _Layer,
    pictures: tuple[Picture, Picture],
    transform: Transform,
    stiffness: flow.Stiffness,
) -> Matched:
    moved, weight = _warp(layer, transform)
    normals = flow.normal_equations(layer.fixed, moved, weight, layer.slope)
    system = _with_prior(normals, layer, transform)
    nodes = transform.displacement.shape[1], transform.displacement.shape[2]
    field = transform.displacement[0], transform.displacement[1]
    stiffnesses = [stiffness.times(factor) for factor in (4.0, 0.25)]
    stiffer, looser = flow.solve_together([system] * 2, field, stiffnesses, rounds=_ERROR_ROUNDS)
    return Matched(
        positions=transform.positions(nodes),
        displacement=transform.displacement,
        spread=flow.spread_of(
            flow.draw_posterior(system, stiffness, draws=5, rounds=_ERROR_ROUNDS)
        ),
        stiffer=np.hypot(*stiffer),
        looser=np.hypot(*looser),
        agreement=flow.local_agreement(layer.fixed, moved, weight),
        chance=_chance(layer.fixed, moved, weight),
        seen=block_mean(weight, flow.BLOCK),
        shade=_shade(pictures, layer.mask, transform),
    )


_TREND = 10.0
"""Sigma in nodes over which the light itself may differ between the photos."""


def _shade(pictures: tuple[Picture, Picture], mask: Picture, transform: Transform) -> Picture:
    """Return per node how much brighter the moving picture is than the light around it explains.

    As ln of coded brightness. The trend is a wide mean from which outliers are excluded.
    """
    fixed, moving = pictures
    position = transform.positions(fixed.shape)
    moved = cv2.remap(
        moving, position[1], position[0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
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
    """Return the best local correlation a few pixels from the match, in four directions."""
    shifted = [
        flow.local_agreement(fixed, np.roll(moved, shift, axis=(0, 1)), weight)
        for shift in ((9, 0), (-9, 0), (0, 9), (0, -9))
    ]
    return np.asarray(np.max(shifted, axis=0), dtype=np.float32)


def _resize(grids: Picture, shape: tuple[int, int]) -> Picture:
    """Return (2, rows, columns) grids resampled to other nodes of the same picture."""
    if grids.shape[1:] == shape:
        return grids
    kind = cv2.INTER_CUBIC if shape[0] > grids.shape[1] else cv2.INTER_AREA
    return np.stack([cv2.resize(grid, shape[::-1], interpolation=kind) for grid in grids])


def _pixels_per(shape: tuple[int, int], displacement: Picture, axis: int) -> np.float32:
    """Return how many pixels one of `shape` covers: 1 for a picture, BLOCK for its nodes."""
    return np.float32(displacement.shape[axis + 1] * flow.BLOCK / shape[axis])


def _apply(affine: NDArray[np.float64], row: Picture, column: Picture) -> Picture:
    (rr, rc, r0), (cr, cc, c0) = affine.astype(np.float32)
    return np.stack([rr * row + rc * column + r0, cr * row + cc * column + c0])
