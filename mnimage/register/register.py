"""Register the photo after to the photo before."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.progress import Tick, no_tick
from mnimage.kernels import flow
from mnimage.kernels.geometry import block_share, grid_shape
from mnimage.register.coarse import (
    ControlPoints,
    apply_affine,
    fit_affine,
    points_from_faces,
    points_from_features,
    smooth_transform,
)
from mnimage.register.dense import Matched, Picture, Transform, match_dense
from mnimage.register.judge import Trust, judge_match
from mnimage.words.message import NOTHING, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.face import Face
    from mnimage.domain.photo import Coded, Photo
    from mnimage.domain.recipe import RegisterRecipe
    from mnimage.words.message import Message


@dataclass(frozen=True, slots=True)
class _Frame:
    """The working window: rows and columns of the photo before from `top`, `left` on.

    One node stands for step x step pixels of the photo and for BLOCK x BLOCK working pixels.
    """

    top: int
    left: int
    nodes: tuple[int, int]
    step: int

    @property
    def zoom(self) -> float:
        """Working pixels per pixel of the photo before."""
        return flow.BLOCK / self.step


def register_pair(
    before: Photo,
    after: Photo,
    faces: tuple[Face | None, Face | None],
    skin: NDArray[np.bool_],
    recipe: RegisterRecipe,
    *,
    tick: Tick = no_tick,
) -> Alignment:
    """Return where each pixel of `before` lies in `after`, with the error expected there.

    Landmarks (or SIFT features, where a face is missing) give the initial transform; a dense smooth
    field refines it from coarse to fine on the detail of the skin (`kernels.flow`). A pair that
    does not show the same skin is refused, with the reason.

    The parts name their sources; the accuracy of the whole: `docs/registration.md`.

    Parameters
    ----------
    before, after
        Any sizes.
    faces
        The faces found in them, or None.
    skin
        Skin of the photo before to be registered; has the photo's shape.
    recipe, tick
        Options; progress.
    """
    started = time.perf_counter()
    refusal = _early_refusal(faces, skin, recipe)
    if refusal:
        return _refused(before, after, refusal, started)
    points = _points(before, after, faces, skin)
    if points is None:
        return _refused(before, after, message("register.no_common_skin"), started)
    frame = _frame(skin, points, recipe)
    work = _prepare(before, after, points, frame, skin)
    start = work.start, recipe.anchor_errors * points.error_px * frame.zoom
    matched = match_dense(work.pictures, work.mask, start, recipe, tick)
    trust = judge_match(matched, _skin_nodes(skin, frame), recipe)
    if trust.refusal:
        return _refused(before, after, trust.refusal, started)
    found = _alignment((before.shape, after.shape), frame, matched, trust, work.shrunk)
    limit_px = recipe.max_error_px / frame.zoom
    return replace(found, limit_px=limit_px, seconds=time.perf_counter() - started)


def _early_refusal(
    faces: tuple[Face | None, Face | None], skin: NDArray[np.bool_], recipe: RegisterRecipe
) -> Message:
    """Return why no registration need be tried, or `NOTHING`."""
    if not skin.any():
        return message("register.no_skin")
    first, second = faces
    if first is None or second is None:
        return NOTHING
    turn = abs(first.pose.yaw_deg - second.pose.yaw_deg)
    if turn > recipe.max_turn_deg:
        return message("register.other_view", degrees=turn)
    return NOTHING


def _points(
    before: Photo,
    after: Photo,
    faces: tuple[Face | None, Face | None],
    skin: NDArray[np.bool_],
) -> ControlPoints | None:
    if faces[0] is not None and faces[1] is not None:
        return points_from_faces(faces[0], faces[1])
    mask = skin.astype(np.uint8) * np.uint8(255)
    return points_from_features(_gray8(before), _gray8(after), mask)


def _gray8(photo: Photo) -> NDArray[np.uint8]:
    coded = photo.coded if photo.coded.dtype == np.uint8 else (photo.coded >> 8).astype(np.uint8)
    return np.asarray(coded[..., 1])


def _frame(skin: NDArray[np.bool_], points: ControlPoints, recipe: RegisterRecipe) -> _Frame:
    """Return the window around the skin with some margin, in whole nodes of the coarsest level.

    Where the photo after is the coarser one, the working picture is as coarse: pixels interpolated
    by enlarging it would add only noise.
    """
    rows, columns = np.flatnonzero(skin.any(axis=1)), np.flatnonzero(skin.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
    longest = max(bottom - top, right - left) + 1
    fitting = -(-flow.BLOCK * longest // recipe.working_px)
    step = max(flow.BLOCK, fitting, round(flow.BLOCK / max(_magnified(points), 0.1)))
    margin = 4
    top, left = max(0, top // step - margin), max(0, left // step - margin)
    whole = 2**recipe.halvings
    nodes = [
        -(-(min(end // step + 1 + margin, -(-size // step)) - start) // whole) * whole
        for end, size, start in (
            (bottom, skin.shape[0], top),
            (right, skin.shape[1], left),
        )
    ]
    return _Frame(top * step, left * step, (nodes[0], nodes[1]), step)


@dataclass(frozen=True, slots=True)
class _Work:
    """Both pictures at working size; `shrunk` is the reduction of the photo after, per axis."""

    pictures: tuple[Picture, Picture]
    mask: Picture
    start: Transform
    shrunk: NDArray[np.float64]


def _prepare(
    before: Photo, after: Photo, points: ControlPoints, frame: _Frame, skin: NDArray[np.bool_]
) -> _Work:
    moving = _reduced(after, frame.zoom / max(_magnified(points), 1e-3))
    # The actual reduction: whole pixels differ slightly from the requested factor.
    shrunk = np.array(moving.shape) / after.shape
    fixed, mask = _window(before, frame), _mask(skin, frame)
    return _Work((fixed, moving), mask, _start(points, frame, shrunk), shrunk)


def _magnified(points: ControlPoints) -> float:
    """Return the width of a pixel of the photo before in pixels of the photo after."""
    return float(np.sqrt(abs(np.linalg.det(fit_affine(points.before, points.after)[:, :2]))))


def _start(points: ControlPoints, frame: _Frame, shrunk: NDArray[np.float64]) -> Transform:
    """Return the transform given by the control points, in working pixels."""
    row, column = _node_places(frame)
    positions = np.column_stack([row.ravel(), column.ravel()]).astype(np.float64)
    coarse = positions.reshape(*frame.nodes, 2)[::4, ::4].reshape(-1, 2)
    target = (smooth_transform(points, coarse) + 0.5) * shrunk - 0.5
    work = _to_work(coarse, frame)
    affine = fit_affine(work, target)
    rest = target - apply_affine(affine, work)
    linear = np.linalg.inv(affine[:, :2])
    displacement = (rest @ linear.T).reshape(-(-frame.nodes[0] // 4), -(-frame.nodes[1] // 4), 2)
    # The coarse nodes are every fourth one; interpolate between them.
    full = np.stack([_from_every_fourth(displacement[..., axis], frame.nodes) for axis in range(2)])
    return Transform(affine, full)


def _from_every_fourth(values: NDArray[np.float64], nodes: tuple[int, int]) -> NDArray[np.float32]:
    row = np.minimum(np.arange(nodes[0]) / 4, values.shape[0] - 1).astype(np.float32)
    column = np.minimum(np.arange(nodes[1]) / 4, values.shape[1] - 1).astype(np.float32)
    grid_column, grid_row = np.meshgrid(column, row)
    return np.asarray(
        cv2.remap(values.astype(np.float32), grid_column, grid_row, cv2.INTER_LINEAR),
        dtype=np.float32,
    )


def _node_places(frame: _Frame) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    row = frame.top + (np.arange(frame.nodes[0], dtype=np.float32) + 0.5) * frame.step - 0.5
    column = frame.left + (np.arange(frame.nodes[1], dtype=np.float32) + 0.5) * frame.step - 0.5
    grids = np.meshgrid(row, column, indexing="ij")
    return grids[0], grids[1]


def _to_work(positions: NDArray[np.float64], frame: _Frame) -> NDArray[np.float64]:
    return (positions - (frame.top, frame.left) + 0.5) * frame.zoom - 0.5


def _window(photo: Photo, frame: _Frame) -> NDArray[np.float32]:
    """Return the brightness of the frame's window at working size."""
    height, width = frame.nodes[0] * frame.step, frame.nodes[1] * frame.step
    part = photo.coded[frame.top : frame.top + height, frame.left : frame.left + width]
    down, right = height - part.shape[0], width - part.shape[1]
    if down or right:
        part = cv2.copyMakeBorder(part, 0, down, 0, right, cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    return _brightness(_resized(part, (frame.nodes[0] * flow.BLOCK, frame.nodes[1] * flow.BLOCK)))


def _reduced(photo: Photo, factor: float) -> NDArray[np.float32]:
    # A reduction by a few percent would only blur unevenly.
    factor = 1.0 if factor > 0.8 else factor
    rows, columns = (max(1, round(size * factor)) for size in photo.shape)
    return _brightness(_resized(photo.coded, (rows, columns)))


def _resized(coded: Coded, shape: tuple[int, int]) -> Coded:
    if coded.shape[:2] == shape:
        return coded
    small: Coded = np.asarray(cv2.resize(coded, shape[::-1], interpolation=cv2.INTER_AREA))  # type: ignore[assignment]
    return small


def _brightness(coded: Coded) -> NDArray[np.float32]:
    """Return brightness in counts of 0..255: mostly green, in which skin shows most detail.

    Light scatters less far under the skin in blue than in red, so blue is sharper, but noisier.
    """
    unit = 1.0 if coded.dtype == np.uint8 else 1 / 257
    red, green, blue = (cv2.extractChannel(coded, channel) for channel in range(3))
    mixed = cv2.addWeighted(red, 0.15 * unit, green, 0.6 * unit, 0.0, dtype=cv2.CV_32F)
    return np.asarray(cv2.scaleAdd(blue.astype(np.float32), 0.25 * unit, mixed), dtype=np.float32)


def _mask(skin: NDArray[np.bool_], frame: _Frame) -> NDArray[np.float32]:
    """Return 1 on skin and on what it encloses (eyes, brows, lips), at working size."""
    small = _skin_nodes(skin, frame)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    padded = np.pad((small > 0.25).astype(np.uint8), 13)
    closed = np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel))[13:-13, 13:-13]
    shape = (frame.nodes[1] * flow.BLOCK, frame.nodes[0] * flow.BLOCK)
    return np.asarray(
        cv2.resize(closed.astype(np.float32), shape, interpolation=cv2.INTER_LINEAR),
        dtype=np.float32,
    )


def _skin_nodes(skin: NDArray[np.bool_], frame: _Frame) -> NDArray[np.float32]:
    """Return the share of skin in each node's block."""
    height, width = frame.nodes[0] * frame.step, frame.nodes[1] * frame.step
    part = skin[frame.top : frame.top + height, frame.left : frame.left + width]
    whole = np.zeros((height, width), dtype=np.bool_)
    whole[: part.shape[0], : part.shape[1]] = part
    return block_share(whole, frame.step)


def _alignment(
    shapes: tuple[tuple[int, int], tuple[int, int]],
    frame: _Frame,
    matched: Matched,
    trust: Trust,
    shrunk: NDArray[np.float64],
) -> Alignment:
    """Return the match as an alignment over the whole photo before."""
    nodes = grid_shape(shapes[0], frame.step)
    factor = shrunk.astype(np.float32)[:, None, None]
    positions = (matched.positions + np.float32(0.5)) / factor - np.float32(0.5)
    row, column = (_on_whole_grid(part, frame, nodes, edge=True) for part in positions)
    error = _on_whole_grid(trust.error_px / np.float32(frame.zoom), frame, nodes, edge=True)
    valid = _on_whole_grid(trust.valid.astype(np.float32), frame, nodes, edge=False) > 0.5
    return Alignment(
        status=Status.ALIGNED,
        reason=NOTHING,
        shape=shapes[0],
        after_shape=shapes[1],
        step=frame.step,
        row=row,
        column=column,
        error_px=error,
        valid=valid,
        covered=trust.covered,
    )


def _on_whole_grid(
    part: NDArray[np.float32], frame: _Frame, nodes: tuple[int, int], *, edge: bool
) -> NDArray[np.float32]:
    """Return the window's nodes in the grid of the whole photo, with `edge` extrapolated."""
    top, left = frame.top // frame.step, frame.left // frame.step
    part = part[: nodes[0] - top, : nodes[1] - left]
    around = (
        (top, nodes[0] - top - part.shape[0]),
        (left, nodes[1] - left - part.shape[1]),
    )
    if not edge:
        return np.pad(part, around)
    return np.pad(part, around, mode="reflect", reflect_type="odd")


def _refused(before: Photo, after: Photo, reason: Message, started: float) -> Alignment:
    empty = np.zeros((0, 0), dtype=np.float32)
    return Alignment(
        status=Status.NOT_COMPARABLE,
        reason=reason,
        shape=before.shape,
        after_shape=after.shape,
        step=1,
        row=empty,
        column=empty,
        error_px=empty,
        valid=np.zeros((0, 0), dtype=np.bool_),
        seconds=time.perf_counter() - started,
    )
