"""The 468 points of a face mesh, averaged over several jittered passes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.photo import Coded
    from mnimage.face.detect import Detection

SIDE = 192
"""Side of the network's input in pixels."""

MARGIN = 1.5
"""Side of the square given to the network, over the longer side of the face."""

RIGHT_CORNER, LEFT_CORNER = 33, 263
"""Mesh points at the outer corners of the patient's right and left eye."""


@dataclass(frozen=True, slots=True)
class Square:
    """A turned square in the photo: centre, side and turn (radians, clockwise)."""

    row: float
    column: float
    side: float
    turn: float


@dataclass(frozen=True, slots=True)
class Mesh:
    """Points (468, 3) as (row, column, depth) in pixels of the photo.

    `presence` is the lowest probability of a face over the passes; `spread_px` is the mean distance
    of the points of one pass from the average.
    """

    points: NDArray[np.float64]
    presence: float
    spread_px: float


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of the photo, reduced to the resolution of the network, and its place in the photo."""

    pixels: NDArray[np.uint8]
    row: float
    column: float
    factor: float

    def upright(self, square: Square) -> NDArray[np.uint8]:
        """Return the square as the network's input, shape (192, 192, 3)."""
        matrix = _to_photo(square)
        # From (row, column) in the photo to OpenCV's (x, y) in the patch, pixel centres whole.
        matrix = (matrix - np.array([[0, 0, self.row], [0, 0, self.column]])) * self.factor
        matrix[:, 2] += 0.5 * self.factor - 0.5
        crop = cv2.warpAffine(
            self.pixels,
            matrix[::-1][:, [1, 0, 2]],
            (SIDE, SIDE),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(crop, dtype=np.uint8)


def square_of(found: Detection) -> Square:
    """Return the square for the first pass of the network."""
    right, left = found.eyes
    turn = math.atan2(left[0] - right[0], left[1] - right[1])
    row, column = found.centre
    return Square(float(row), float(column), found.size * MARGIN, turn)


def square_around(points: NDArray[np.float64]) -> Square:
    """Return the square that fits a mesh already found."""
    step = points[LEFT_CORNER, :2] - points[RIGHT_CORNER, :2]
    turn = math.atan2(step[0], step[1])
    upright = points[:, :2] @ _turned(turn).T
    low, high = upright.min(axis=0), upright.max(axis=0)
    row, column = (low + high) / 2 @ _turned(turn)
    return Square(float(row), float(column), float((high - low).max()) * MARGIN, turn)


def cut_patch(coded: Coded, square: Square) -> Patch:
    """Return the photo around `square`, reduced by area so that nothing aliases."""
    half = square.side * 0.9
    top, left = max(0, int(square.row - half)), max(0, int(square.column - half))
    part = coded[top : int(square.row + half) + 1, left : int(square.column + half) + 1]
    if part.size == 0:
        raise ValueError("the square lies outside the photo")
    factor = min(1.0, 1.5 * SIDE / square.side)
    if factor < 1:
        size = max(1, round(part.shape[1] * factor)), max(1, round(part.shape[0] * factor))
        factor = size[0] / part.shape[1]
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return Patch(to_eight_bits(np.asarray(part)), top, left, factor)


def to_eight_bits(coded: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return 8-bit codes of 8- or 16-bit ones."""
    if coded.dtype == np.uint8:
        return np.asarray(coded, dtype=np.uint8)
    return np.asarray((coded.astype(np.uint32) + 128) // 257, dtype=np.uint8)


def fit_mesh(patch: Patch, square: Square, net: cv2.dnn.Net, *, passes: int) -> Mesh:
    """Return the mesh averaged over `passes` jittered passes (shift, rotation, scale).

    One pass scatters by 0.8 % of the eye distance; the mean of eight by 0.2 %.
    """
    squares = [_jittered(square, *jitter) for jitter in _jitters(passes)]
    crops = np.stack([patch.upright(one) for one in squares])
    net.setInput(np.ascontiguousarray(crops.transpose(0, 3, 1, 2), dtype=np.float32) / 255)
    raw, logits = net.forward(["conv2d_21", "conv2d_31"])
    raw = np.asarray(raw, dtype=np.float64).reshape(passes, 468, 3)
    each = np.stack([_in_photo(*pair) for pair in zip(raw, squares, strict=True)])
    mean = each.mean(axis=0)
    spread = np.linalg.norm(each[..., :2] - mean[:, :2], axis=-1).mean()
    presence = 1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64).min()))
    return Mesh(points=mean, presence=float(presence), spread_px=float(spread))


def _jittered(square: Square, row: float, column: float, scale: float, turn: float) -> Square:
    return Square(
        square.row + row * square.side,
        square.column + column * square.side,
        square.side * scale,
        square.turn + turn,
    )


@cache
def _jitters(passes: int) -> tuple[tuple[float, float, float, float], ...]:
    """Return even, repeatable jitters with zero mean: shifts of 3 %, scales 6 %, turns 6 deg."""
    if passes == 1:
        return ((0.0, 0.0, 1.0, 0.0),)
    # A rank-1 lattice in four dimensions: even at any length, without a random generator.
    steps = np.outer(np.arange(passes) + 0.5, (1, 0.8191725, 0.6710436, 0.5497005))
    even = np.modf(steps / np.array((passes, 1, 1, 1)))[0] * 2 - 1
    even -= even.mean(axis=0)
    row, column, scale, turn = (even * (0.03, 0.03, 0.06, math.radians(6))).T
    return tuple(zip(row, column, 1 + scale, turn, strict=True))


def _in_photo(raw: NDArray[np.float64], square: Square) -> NDArray[np.float64]:
    """Return the network's (x, y, z) as (row, column, depth) in the photo."""
    matrix = _to_photo(square)
    points = raw[:, [1, 0]] @ matrix[:, :2].T + matrix[:, 2]
    return np.column_stack([points, raw[:, 2] * square.side / SIDE])


def _to_photo(square: Square) -> NDArray[np.float64]:
    """Return the 2 x 3 matrix from (row, column) in the crop to (row, column) in the photo."""
    turned = _turned(square.turn).T * (square.side / SIDE)
    centre = np.array([square.row, square.column]) - turned @ np.full(2, SIDE / 2)
    return np.column_stack([turned, centre])


def _turned(turn: float) -> NDArray[np.float64]:
    """Return the matrix that rotates (row, column) so that a line at `turn` becomes level."""
    c, s = math.cos(turn), math.sin(turn)
    return np.array([[c, -s], [s, c]])
