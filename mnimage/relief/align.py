"""Taking back the motion of the skin between directional shots.

Light differs in each shot, so shots are not laid onto each other but each onto what the fit of all
of them predicts for its own lamp. The motion that leaves the smallest residual follows from one
linear least-squares problem for all shots at once, with the surface eliminated from it (variable
projection, Golub and Pereyra 1973), from coarse to fine. A motion that the shots cannot tell from
relief stays 0.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.kernels.color import to_coded8, to_linear
from mnimage.kernels.geometry import block_mean, expand, grid_places
from mnimage.kernels.surface import lamp_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Shots

    Plane = NDArray[np.float32]
    Values = NDArray[np.float64]

_BAND, _WORKERS = 64, 2
_NONE = np.zeros(0, dtype=np.float32)
_LEAST_PX = 0.05
_MOST_PX = 10.0
_WORKING_PX = 1300
_COARSEST_PX = 60
_TILE = 32
_GRID = 16
_EDGE = 4
_SOFT_PX = 1.0
"""Blur of the coarse levels, which lets the shots find each other from further away."""
_MOST_ROUNDS = 12
_DEGREE = 5
_EXPECTED_PX = (2.0, 0.7, 0.4, 0.3, 0.2, 0.15)
"""Motion to be reckoned with, per degree of its polynomial: shift, turn and stretch, bending."""
_OUTLIER = 3.0
_STEADY = "The skin moved by up to {:.1f} pixels between the shots; this was taken back."
_RESTLESS = "The skin moved by more than {:.0f} pixels between the shots: the relief may be wrong."


@dataclass(frozen=True, slots=True)
class _Care:
    """How carefully the finest level is to be gone about.

    `soft_px` is its blur, `still_px` the change that ends the rounds, `correlated` by how much
    the noise counts for more than its pixels' number says.
    """

    soft_px: float
    still_px: float
    correlated: float
    drawing: int


_MANY = _Care(0.0, 0.02, 50.0, cv2.INTER_CUBIC)
# Four shots leave one residual for all. Noise drawn between pixels is softened and so fits better:
# that would be felt here (0.4 px), unless it is soft to begin with and drawn with long kernels.
_FOUR = _Care(1.3, 0.005, 200.0, cv2.INTER_LANCZOS4)


@dataclass(frozen=True, slots=True)
class Motion:
    """How far each shot lies down and to the right of the mean of all, in px of the shots.

    `parts` (k, 2, terms) are the factors of products of Legendre polynomials over the picture.
    """

    parts: Values = field(repr=False)
    shape: tuple[int, int]

    @property
    def largest_px(self) -> float:
        """Way of the shot that is furthest off, rms over the picture."""
        down, right = grid_places(self.shape, max(1, max(self.shape) // 24))
        ways = self.at(down.ravel().astype(np.float64), right.ravel().astype(np.float64))
        return float(np.sqrt((ways**2).sum(axis=1).mean(axis=1).max()))

    def at(self, row: Values, column: Values) -> Values:
        """Return the motion (k, 2, n) of each shot at n places."""
        return np.asarray(self.parts @ _terms(self.shape, row, column).T)

    def field(self, shot: int, span: slice | None = None) -> tuple[Plane, Plane]:
        """Return where pixels of the mean frame lie in a shot: their rows, their columns.

        All pixels, or those of the rows `span`.
        """
        span = span or slice(0, self.shape[0])
        row, column = np.arange(span.start, span.stop), np.arange(self.shape[1])
        down, right = _powers(self.shape[0], row), _powers(self.shape[1], column)
        # By OpenCV: many threads ask for small products, and the threads of BLAS would wait busily.
        ways = [
            cv2.gemm(down @ self._factors(part), right, 1.0, _NONE, 0.0, flags=cv2.GEMM_2_T)
            for part in self.parts[shot]
        ]
        return (
            np.asarray(ways[0] + row[:, None].astype(np.float32), dtype=np.float32),
            np.asarray(ways[1] + column.astype(np.float32), dtype=np.float32),
        )

    def _factors(self, part: Values) -> Plane:
        """Return the factors of one way by the degrees down and right."""
        factors = np.zeros((_DEGREE + 1, _DEGREE + 1), dtype=np.float32)
        factors[tuple(np.array(_degrees()).T)] = part
        return factors


@dataclass(frozen=True, slots=True)
class Steady:
    """Shots whose frames are freed of motion, that motion (None: none), and what to say of it.

    The colours of the shots stay behind: `picture` draws their mean.
    """

    shots: Shots
    motion: Motion | None = None
    notes: tuple[str, ...] = ()


def align_shots(shots: Shots, recipe: ReliefRecipe, tick: Tick = no_tick) -> Steady:
    """Return the shots with the motion of their frames taken back; `tick` only stops."""
    if not recipe.align_frames or len(shots.frames) < 4:
        return Steady(shots)
    motion = find_motion(shots, tick)
    largest = motion.largest_px
    if largest > _MOST_PX:
        return Steady(shots, notes=(_RESTLESS.format(_MOST_PX),))
    if largest < _LEAST_PX:
        return Steady(shots)
    notes = (_STEADY.format(largest),) if largest >= 0.5 else ()
    return Steady(_moved(shots, motion), motion, notes)


def steady_picture(colors: NDArray[np.uint8], motion: Motion) -> NDArray[np.uint8]:
    """Return the mean in linear light of the shots' 8-bit pictures, freed of motion, coded again.

    Parameters
    ----------
    colors
        The shots as taken, (k, rows, columns, 3).
    motion
        How they are moved.
    """
    picture = np.empty(colors.shape[1:], dtype=np.uint8)

    def draw(span: slice) -> None:
        total = np.zeros(picture[span].shape, dtype=np.float32)
        for number in range(len(colors)):
            total += to_linear(drawn_colors(colors[number], motion.field(number, span)))
        picture[span] = to_coded8(total / np.float32(len(colors)))

    tops = range(0, len(picture), _BAND)
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(draw, [slice(top, min(top + _BAND, len(picture))) for top in tops]))
    return picture


def drawn_colors(picture: NDArray[np.uint8], places: tuple[Plane, Plane]) -> NDArray[np.uint8]:
    """Return an 8-bit picture drawn at places (rows, columns).

    Coded values, as an eye sees them: cubic drawing overshoots less in them.
    """
    row, column = places
    drawn = cv2.remap(picture, column, row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, dtype=np.uint8)


def find_motion(shots: Shots, tick: Tick = no_tick) -> Motion:
    """Return how each shot is moved, turned and bent against the mean of all.

    The shots must be four or more: three leave no residual that could tell motion from relief.
    """
    motion = Motion(np.zeros((len(shots.frames), 2, len(_degrees()))), shots.shape)
    factors, care = _factors(shots.shape), _FOUR if len(shots.frames) == 4 else _MANY
    for level, factor in enumerate(factors):
        last = level == len(factors) - 1
        scene = _scene(shots, factor, care.soft_px if last else max(_SOFT_PX, care.soft_px))
        degree = _DEGREE if last or factor <= 2 * factors[-1] else min(level, 1)
        for _ in range(_MOST_ROUNDS):
            tick(0, 1)
            before, motion = motion, _better(scene, motion, degree, care)
            if np.abs(motion.parts - before.parts).max() < care.still_px * factor:
                break
    return motion


@dataclass(frozen=True, slots=True)
class _Scene:
    """Evened frames (k, rows, columns) at one level, with the residual makers of its tiles."""

    frames: Plane
    factor: int
    makers: Plane


def _scene(shots: Shots, factor: int, soft: float) -> _Scene:
    frames = np.stack([block_mean(frame, factor) for frame in shots.frames])
    wide = _wide(frames)
    level = frames / wide
    if soft:
        level = np.stack([cv2.GaussianBlur(frame, (0, 0), soft) for frame in level])
    return _Scene(level, factor, _makers(shots, wide, factor))


def _factors(shape: tuple[int, int]) -> list[int]:
    """Return by how much the shots are reduced, from coarse to fine."""
    finest = -(-max(shape) // _WORKING_PX)
    factors = [finest]
    while min(shape) // (2 * factors[-1]) >= _COARSEST_PX and len(factors) < 4:
        factors.append(2 * factors[-1])
    return factors[::-1]


def _degrees() -> list[tuple[int, int]]:
    """Return the degrees down and right of each term, the lower ones first."""
    pairs = [(down, full - down) for full in range(_DEGREE + 1) for down in range(full + 1)]
    return [(down, right) for down, right in pairs]


def _terms(shape: tuple[int, int], row: Plane | Values, column: Plane | Values) -> Values:
    """Return the value of each term at n places, shape (n, terms)."""
    down, right = (
        _legendre(size, np.asarray(place, dtype=np.float64))
        for place, size in zip((row, column), shape, strict=True)
    )
    return np.stack([down[:, i] * right[:, j] for i, j in _degrees()], axis=1)


def _legendre(size: int, places: Values) -> Values:
    return np.asarray(np.polynomial.legendre.legvander(2 * (places + 0.5) / size - 1, _DEGREE))


def _powers(size: int, places: NDArray[np.intp]) -> Plane:
    return _legendre(size, places.astype(np.float64)).astype(np.float32)


def _tiles(shape: tuple[int, ...]) -> tuple[int, int]:
    return (shape[-2] - 2 * _EDGE) // _TILE, (shape[-1] - 2 * _EDGE) // _TILE


def _tile_places(shape: tuple[int, ...], factor: int) -> tuple[Values, Values]:
    """Return row and column of each tile's middle in px of the shots."""
    row, column = (
        np.asarray(((np.arange(count) + 0.5) * _TILE + _EDGE) * factor - 0.5)
        for count in _tiles(shape)
    )
    grids = np.meshgrid(row, column, indexing="ij")
    return grids[0].ravel(), grids[1].ravel()


def _makers(shots: Shots, wide: Plane, factor: int) -> Plane:
    """Return the residual makers I - A A+ of the lamps seen from each tile, (tiles, k, k).

    They turn values into what no surface explains. Frames are taken over their wide mean, so each
    lamp counts by what it gives on the form of the body there, which the wide means tell.
    """
    row, column = _tile_places(wide.shape, factor)
    lamps: Values = np.broadcast_to(shots.lights[None], (row.size, *shots.lights.shape))
    if shots.near:
        pitch = shots.scale.mm_per_px
        y = ((row - (shots.shape[0] - 1) / 2) * pitch).astype(np.float32)
        x = ((column - (shots.shape[1] - 1) / 2) * pitch).astype(np.float32)
        rows = lamp_rows(shots.lights, x, y, np.zeros_like(x))
        lamps = rows.transpose(2, 0, 1).astype(np.float64)
    mean = _cut(wide).mean(axis=2, dtype=np.float64)[..., None]
    given = lamps @ (np.linalg.pinv(lamps) @ mean)
    matrix = lamps / np.maximum(given, 0.05 * given.max(axis=1, keepdims=True))
    makers = np.eye(lamps.shape[1]) - matrix @ np.linalg.pinv(matrix)
    return np.asarray(makers, dtype=np.float32)


def _better(scene: _Scene, motion: Motion, degree: int, care: _Care) -> Motion:
    """Return the motion of terms up to a degree that makes the residual smallest."""
    moved = _cut(_drawn(scene, motion, care.drawing))
    residual = scene.makers @ moved
    limit = _OUTLIER * 1.4826 * float(np.median(np.abs(residual[:, :, ::17])))
    keep = (np.abs(residual).max(axis=1) < limit).astype(np.float32)[:, None]
    fitted = _whole(moved - residual, scene.frames.shape)
    slopes = np.concatenate([_cut_inner(part) for part in _slopes(fitted)], axis=1)
    weighted = slopes * keep
    gram = (weighted @ slopes.transpose(0, 2, 1)) * np.tile(scene.makers, (1, 2, 2))
    pull = -(weighted * np.tile(residual, (1, 2, 1))).sum(axis=2)
    count = len(motion.parts)
    noise = float((residual**2 * keep).sum() / max(keep.sum(), 1)) / max(count - 3, 1)
    normal = gram.astype(np.float64), pull.astype(np.float64)
    return _solved(scene, motion, degree, normal, care.correlated * noise)


def _solved(
    scene: _Scene, motion: Motion, degree: int, normal: tuple[Values, Values], noise: float
) -> Motion:
    gram, pull = normal
    degrees = np.array([down + right for down, right in _degrees()])
    used = degrees <= degree
    many, count = int(used.sum()), len(motion.parts)
    terms = _terms(motion.shape, *_tile_places(scene.frames.shape, scene.factor))[:, used]
    products = (terms[:, :, None] * terms[:, None]).reshape(len(terms), -1)
    wide = (products.T @ gram.reshape(len(gram), -1)).reshape(many, many, 2 * count, 2 * count)
    whole = wide.transpose(2, 0, 3, 1).reshape(2 * count * many, -1)
    right = (pull.T @ terms).ravel()
    expected = np.array(_EXPECTED_PX)[degrees[used]] / scene.factor
    prior = np.tile(noise / expected**2, 2 * count)
    now = motion.parts.transpose(1, 0, 2)[..., used].ravel() / scene.factor
    found = np.linalg.solve(whole + np.diag(prior), right - prior * now)
    parts = motion.parts.copy()
    change = found.reshape(2, count, many).transpose(1, 0, 2) * scene.factor
    parts[..., used] += change
    # All shots together may not drift: the surface would drift with them.
    return replace(motion, parts=parts - parts.mean(axis=0))


def _drawn(scene: _Scene, motion: Motion, kind: int) -> Plane:
    """Return the frames of a level with the motion taken back."""
    shape = (scene.frames.shape[1], scene.frames.shape[2])
    down, right = grid_places(shape, _GRID)
    places = [(part.astype(np.float64) + 0.5) * scene.factor - 0.5 for part in (down, right)]
    ways = motion.at(places[0].ravel(), places[1].ravel()) / scene.factor
    drawn = []
    for frame, way in zip(scene.frames, ways, strict=True):
        row, column = (
            expand((place + part.reshape(place.shape)).astype(np.float32), _GRID, shape)
            for place, part in zip((down, right), way, strict=True)
        )
        drawn.append(_sampled(frame, row, column, kind))
    return np.stack(drawn)


def _sampled(frame: Plane, row: Plane, column: Plane, kind: int = cv2.INTER_CUBIC) -> Plane:
    moved = cv2.remap(frame, column, row, kind, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.float32)


def _cut(frames: Plane) -> Plane:
    """Return the frames in tiles, (tiles, k, pixels), without a seam at the edge."""
    rows, columns = _tiles(frames.shape)
    inner = frames[:, _EDGE : _EDGE + rows * _TILE, _EDGE : _EDGE + columns * _TILE]
    return _cut_inner(inner)


def _cut_inner(frames: Plane) -> Plane:
    count, rows, columns = len(frames), frames.shape[1] // _TILE, frames.shape[2] // _TILE
    split = frames.reshape(count, rows, _TILE, columns, _TILE).transpose(1, 3, 0, 2, 4)
    return np.ascontiguousarray(split.reshape(rows * columns, count, _TILE * _TILE))


def _whole(tiles: Plane, shape: tuple[int, ...]) -> Plane:
    """Return tiles put together again: the frames without their seam."""
    rows, columns = _tiles(shape)
    split = tiles.reshape(rows, columns, shape[0], _TILE, _TILE).transpose(2, 0, 3, 1, 4)
    return np.ascontiguousarray(split.reshape(shape[0], rows * _TILE, columns * _TILE))


def _wide(frames: Plane) -> Plane:
    """Return the wide means of the frames: the form of the body, vignetting and falloff."""
    step = min(32, max(4, min(frames.shape[1:]) // 12))
    size = (frames.shape[2], frames.shape[1])
    wide = [
        cv2.resize(cv2.GaussianBlur(block_mean(frame, step), (0, 0), 1.5), size) for frame in frames
    ]
    return np.maximum(np.stack(wide).astype(np.float32), np.float32(1e-6))


def _slopes(frames: Plane) -> tuple[Plane, Plane]:
    """Return the slopes down and to the right, each of the frames' shape."""
    down, right = np.empty_like(frames), np.empty_like(frames)
    kernel, one = np.array([-0.5, 0.0, 0.5], np.float32), np.ones(1, np.float32)
    for frame, to_down, to_right in zip(frames, down, right, strict=True):
        cv2.sepFilter2D(frame, cv2.CV_32F, one, kernel, dst=to_down)
        cv2.sepFilter2D(frame, cv2.CV_32F, kernel, one, dst=to_right)
    return down, right


def _moved(shots: Shots, motion: Motion) -> Shots:
    frames = np.empty_like(shots.frames)
    saturated = None if shots.saturated is None else np.empty_like(shots.saturated)

    def move(index: int) -> None:
        row, column = motion.field(index)
        frames[index] = _sampled(shots.frames[index], row, column)
        if saturated is not None and shots.saturated is not None:
            saturated[index] = _touched(shots.saturated[index], row, column)

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(move, range(len(frames))))
    return replace(shots, frames=frames, saturated=saturated, colors=None)


def _touched(marked: NDArray[np.bool_], row: Plane, column: Plane) -> NDArray[np.bool_]:
    """Return where any marked pixel plays into the resampled one."""
    if not marked.any():
        return marked
    grown = cv2.dilate(marked.view(np.uint8), np.ones((4, 4), np.uint8), anchor=(1, 1))
    moved = cv2.remap(grown, column, row, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.dilate(np.asarray(moved), np.ones((3, 3), np.uint8)) > 0)
