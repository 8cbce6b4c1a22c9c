"""Shots at one size, seen in tiles in each of which the lamps are alike.

Our own; how well shots are registered with them: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.geometry import bilinear_lattice, block_mean, expand
from mnimage.kernels.surface import lamp_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.relief import Shots
    from mnimage.relief.motion import Motion

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Values = NDArray[np.float64]

_LIT, _SHADED = 0.15, 0.6
"""A lamp lights a tile where it gives so much of the brightest one's light there, and so much of
what it would by the others: the rest is shadow, of which fine detail says nothing. Skin turned
until the light grazes it is as dark; at 0.25 close-ups under lamps at 80 degrees lose their best
shots, at 0.1 four lamps at 60 degrees are misled by the half lit cheek beside the nose."""
_FAINT, _BRIGHT_PERCENT, _STEEPEST_DEG, _LEAST_TILES = 0.1, 90.0, 65.0, 6
"""Tiles darker than bright skin by so much (as in `relief.solve`: hair, nothing behind the face) or
turned away so far that nothing is measured say nothing, unless few others are left."""
_TILE, _EDGE = 32, 4
"""Side of a tile in px of its level, and the margin that the filters reach into."""
_SIDE = _TILE + 2 * _EDGE
"""Side of a tile with its margins."""
_SOME_TILES, _MOST_TILES = 150, 480
"""Tiles at most, on coarse levels and on the finest."""
_WORKERS = 2
"""Threads that draw shots."""
_SOFT_PX = 1.0
"""Blur of the coarse levels, which lets the shots find each other from further away."""
_LOW, _LOW_PX = 4, 1.0
"""What is taken from each level: its means over such blocks, with this blur. Gloss and light spread
inside the skin lie there, and little that shows motion."""


def pyramid(shots: Shots, factors: list[int]) -> list[tuple[int, Plane]]:
    """Return each factor with the frames (k, rows, columns) reduced by it, from coarse to fine."""
    frames = np.stack([block_mean(frame, factors[-1]) for frame in shots.frames])
    levels = [(factors[-1], frames)]
    for factor in factors[-2::-1]:
        frames = np.stack([block_mean(frame, 2) for frame in frames])
        levels.append((factor, frames))
    return levels[::-1]


@dataclass(frozen=True, slots=True)
class Scene:
    """Frames at one level, the fine detail only, and what is needed of the lamps in its n tiles.

    `down`, `right` (n,) are the middles of the tiles in px of the level, `wide` (n, k) how bright
    each shot is there. Over that, a lamp lights the skin by `lamps` (n, k, 3), and `fit` (n, 3, k)
    is its inverse; `level` (n, 3) is the surface on which all shots are 1.
    """

    frames: Plane
    factor: int
    down: Values
    right: Values
    wide: Plane
    lit: Mask
    lamps: Plane
    fit: Plane
    level: Plane

    @property
    def count(self) -> int:
        """Number of shots."""
        return len(self.frames)

    @property
    def free(self) -> NDArray[np.intp]:
        """How many shots of a tile are lit beyond the three that any surface explains, (n,)."""
        return np.asarray(np.maximum(self.lit.sum(axis=1) - 3, 0), dtype=np.intp)

    @property
    def makers(self) -> Plane:
        """Residual makers I - A A+ (n, k, k): they leave of values what no surface explains."""
        own = np.eye(self.count, dtype=np.float32) * self.lit[:, None]
        return np.asarray(own - self.lamps @ self.fit)

    def only(self, tiles: Mask | slice) -> Scene:
        """Return the scene with some of its tiles only."""
        arrays = ("down", "right", "wide", "lit", "lamps", "fit", "level")
        return replace(self, **{name: getattr(self, name)[tiles] for name in arrays})

    def places(self) -> tuple[Values, Values]:
        """Return the middles of the tiles in px of the shots."""
        down, right = ((part + 0.5) * self.factor - 0.5 for part in (self.down, self.right))
        return np.asarray(down), np.asarray(right)


def make_scene(shots: Shots, frames: Plane, factor: int, *, soft: bool) -> Scene:
    """Return the scene of frames reduced by a factor; coarse levels are softened and thinner."""
    shape = frames.shape[1], frames.shape[2]
    row, column = _middles(shape, _SOME_TILES if soft else _MOST_TILES)
    wide = np.stack([_wide(frame, row, column) for frame in frames], axis=1)
    fine = [_fine(frame, _SOFT_PX if soft else 0.0) for frame in frames]
    down, right = (part.ravel() for part in np.meshgrid(row, column, indexing="ij"))
    lamps = _lamps(shots, (down + 0.5) * factor - 0.5, (right + 0.5) * factor - 0.5)
    lit = _lit(lamps, wide)
    lamps = lamps * lit[..., None]
    level = np.linalg.pinv(lamps) @ wide[..., None].astype(np.float64)
    # Each lamp counts by what it gives on the form of the body there, which the wide means show.
    given = lamps @ level
    lamps = lamps / np.maximum(given, 0.05 * given.max(axis=1, keepdims=True))
    scene = Scene(
        frames=np.stack(fine),
        factor=factor,
        down=down,
        right=right,
        wide=wide,
        lit=lit,
        lamps=np.asarray(lamps, dtype=np.float32),
        fit=np.asarray(np.linalg.pinv(lamps), dtype=np.float32),
        level=np.asarray(level[..., 0], dtype=np.float32),
    )
    lit = _well_lit(scene)
    return scene if lit.all() else scene.only(lit)


def _lit(lamps: Values, wide: Plane) -> Mask:
    """Return which lamps light each of n tiles, (n, k): not those that something stands before."""
    lit = wide > _LIT * wide.max(axis=1, keepdims=True)
    for _ in range(2):
        seen = lamps * lit[..., None]
        given = (lamps @ (np.linalg.pinv(seen) @ wide[..., None].astype(np.float64)))[..., 0]
        lit &= wide > _SHADED * given
    return np.asarray(lit, dtype=np.bool_)


def _well_lit(scene: Scene) -> Mask:
    """Say which tiles show skin that three lamps or more light, (n,)."""
    bright = scene.wide.mean(axis=1)
    lit = (scene.lit.sum(axis=1) >= 3) & (bright > _FAINT * np.percentile(bright, _BRIGHT_PERCENT))
    upright = scene.level[:, 2] / np.maximum(np.linalg.norm(scene.level, axis=1), 1e-9)
    lit &= upright > np.cos(np.radians(_STEEPEST_DEG))
    return np.asarray(lit if lit.sum() >= _LEAST_TILES else np.ones_like(lit), dtype=np.bool_)


def _middles(shape: tuple[int, int], number: int) -> tuple[Values, Values]:
    """Return the rows and the columns on which at most so many tiles lie, spread evenly."""
    most = [max((size - 2 * _EDGE) // _TILE, 1) for size in shape]
    thin = min(1.0, float(np.sqrt(number / (most[0] * most[1]))))
    spread = []
    for size, fitting in zip(shape, most, strict=True):
        count = max(int(fitting * thin), 1)
        tops = np.floor((np.arange(count) + 0.5) * (size - 2 * _EDGE) / count - _TILE / 2) + _EDGE
        spread.append(tops + (_TILE - 1) / 2)
    return spread[0], spread[1]


def _wide(frame: Plane, row: Values, column: Values) -> Plane:
    """Return the wide means of a frame in its tiles: form of the body, vignetting and falloff."""
    step = min(32, max(4, min(frame.shape) // 12))
    grid = np.asarray(cv2.GaussianBlur(block_mean(frame, step), (0, 0), 1.5), dtype=np.float32)
    nodes = [((part + 0.5) / step - 0.5).astype(np.float32) for part in (row, column)]
    return np.maximum(bilinear_lattice(grid, *nodes), np.float32(1e-6)).ravel()


def _fine(frame: Plane, soft: float) -> Plane:
    low = np.asarray(cv2.GaussianBlur(block_mean(frame, _LOW), (0, 0), _LOW_PX), dtype=np.float32)
    fine = frame - expand(low, _LOW, (frame.shape[0], frame.shape[1]))
    return np.asarray(cv2.GaussianBlur(fine, (0, 0), soft), np.float32) if soft else fine


def _lamps(shots: Shots, row: Values, column: Values) -> Values:
    """Return how the lamps light level skin at n places in px of the shots, (n, k, 3)."""
    if not shots.near:
        return np.repeat(shots.lights[None], row.size, axis=0)
    pitch = shots.scale.mm_per_px
    y = ((row - (shots.shape[0] - 1) / 2) * pitch).astype(np.float32)
    x = ((column - (shots.shape[1] - 1) / 2) * pitch).astype(np.float32)
    rows = lamp_rows(shots.lights, x, y, np.zeros_like(x))
    return rows.transpose(2, 0, 1).astype(np.float64)


def seen_in_tiles(scene: Scene, motion: Motion) -> Plane:
    """Return what the shots show in the tiles with their edges, over their wide means."""
    drawn = _drawn(scene, motion)
    tall = drawn.reshape(scene.count, _SIDE, -1, _SIDE).transpose(2, 0, 1, 3)
    return np.asarray(tall.reshape(len(tall), scene.count, -1) / scene.wide[..., None])


def _drawn(scene: Scene, motion: Motion) -> Plane:
    """Return the tiles with their edges, side by side, motion taken back: (k, side, n * side)."""
    places = scene.places()
    step = _TILE / 2 * scene.factor
    middle, lower, higher, left, right = (
        motion.at(places[0] + down * step, places[1] + along * step) / scene.factor
        for down, along in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
    )
    # Over one tile the motion is a shift, a turn and a stretch.
    tilts = [(part / _TILE).astype(np.float32) for part in (higher - lower, right - left)]
    across = (np.arange(_SIDE) - (_SIDE - 1) / 2).astype(np.float32)
    drawn = np.empty((scene.count, _SIDE, len(scene.down) * _SIDE), dtype=np.float32)

    def draw(shot: int) -> None:
        at = []
        for axis, place in enumerate((scene.down, scene.right)):
            start = (place + middle[shot, axis]).astype(np.float32)
            down, along = (tilt[shot, axis].copy() for tilt in tilts)
            (down, along)[axis][...] += 1
            line = (start[:, None] + along[:, None] * across)[None]
            whole = line + across[:, None, None] * down[:, None]
            at.append(whole.reshape(_SIDE, -1))
        cv2.remap(
            scene.frames[shot],
            at[1],
            at[0],
            cv2.INTER_CUBIC,
            dst=drawn[shot],
            borderMode=cv2.BORDER_REPLICATE,
        )

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(draw, range(scene.count)))
    return drawn


def side_by_side(tiles: Plane) -> Plane:
    """Return tiles with their edges (n, images, pixels) side by side: (images, side, n * side)."""
    split = tiles.reshape(len(tiles), -1, _SIDE, _SIDE).transpose(1, 2, 0, 3)
    return np.ascontiguousarray(split).reshape(len(split), _SIDE, -1)


def in_tiles(mosaic: Plane) -> Plane:
    """Return the tiles of a mosaic (images, side, n * side) without edges: (n, images, pixels)."""
    split = mosaic.reshape(len(mosaic), _SIDE, -1, _SIDE)[:, _EDGE:-_EDGE, :, _EDGE:-_EDGE]
    tall = split.transpose(2, 0, 1, 3)
    return np.ascontiguousarray(tall).reshape(len(tall), len(mosaic), -1)


def inner(tiles: Plane) -> Plane:
    """Return tiles (n, images, pixels) without their edges."""
    count, images, _ = tiles.shape
    split = tiles.reshape(count, images, _SIDE, _SIDE)[:, :, _EDGE:-_EDGE, _EDGE:-_EDGE]
    return np.ascontiguousarray(split).reshape(count, images, -1)
