"""Grids, fields and warps. Row before column; pixel centres at whole numbers.

A grid of step s has node (i, j) at the centre of the s x s block of pixels (i, j), that is at pixel
((i + 0.5) * s - 0.5, (j + 0.5) * s - 0.5). With s = 1 a grid is the picture itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def grid_shape(shape: tuple[int, int], step: int) -> tuple[int, int]:
    """Return the rows and columns of the grid of `step` that covers a picture of `shape`."""
    return -(-shape[0] // step), -(-shape[1] // step)


def grid_places(
    shape: tuple[int, int], step: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the pixel rows and pixel columns of all nodes, each of the grid's shape."""
    rows, columns = grid_shape(shape, step)
    row = (np.arange(rows, dtype=np.float32) + 0.5) * step - 0.5
    column = (np.arange(columns, dtype=np.float32) + 0.5) * step - 0.5
    grids = np.meshgrid(row, column, indexing="ij")
    return grids[0], grids[1]


def expand(
    grid: NDArray[np.float32], step: int, shape: tuple[int, int], rows: slice | None = None
) -> NDArray[np.float32]:
    """Return a grid's values at every pixel, bilinear between nodes, linear beyond the last ones.

    Parameters
    ----------
    grid
        Values at the nodes, shape (rows, columns).
    step
        Pixels between nodes.
    shape
        Rows and columns of the picture.
    rows
        Only these rows of the picture, to spare memory; all by default.
    """
    start, stop, _ = (rows or slice(None)).indices(shape[0])
    if step == 1:
        return grid[start:stop]
    # Linear beyond the border, so that a pure shift remains a pure shift up to the edge.
    kind = {"mode": "reflect", "reflect_type": "odd"} if min(grid.shape) > 1 else {"mode": "edge"}
    padded = np.pad(grid, 1, **kind)  # type: ignore[call-overload]
    first, last = start // step, -(-stop // step)
    part = np.ascontiguousarray(padded[first : last + 2])
    size = (part.shape[1] * step, part.shape[0] * step)
    large = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    top = start - first * step + step
    return large[top : top + stop - start, step : step + shape[1]]


def bilinear_lattice(
    grid: NDArray[np.float32], rows: NDArray[np.float32], columns: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return `grid` at every crossing of `rows` and `columns` (in nodes), separably."""
    top = np.clip(np.floor(rows).astype(np.intp), 0, grid.shape[0] - 2)
    left = np.clip(np.floor(columns).astype(np.intp), 0, grid.shape[1] - 2)
    down = (rows - top).astype(np.float32)[:, None]
    right = (columns - left).astype(np.float32)[None, :]
    across = _between(np.take(grid, left, axis=1), np.take(grid, left + 1, axis=1), right)
    return _between(np.take(across, top, axis=0), np.take(across, top + 1, axis=0), down)


def _between(
    one: NDArray[np.float32], other: NDArray[np.float32], share: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return one + (other - one) x share; `other` is overwritten."""
    other -= one
    other *= share
    other += one
    return other


def block_mean(values: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Return the mean over each step x step block (edge blocks repeat the last pixels)."""
    if step == 1:
        return values
    rows, columns = grid_shape((values.shape[0], values.shape[1]), step)
    down, right = rows * step - values.shape[0], columns * step - values.shape[1]
    if down or right:
        values = cv2.copyMakeBorder(values, 0, down, 0, right, cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    small = cv2.resize(values, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)


def block_share(mask: NDArray[np.bool_], step: int) -> NDArray[np.float32]:
    """Return the share of each step x step block that is marked, to 1/255."""
    rows, columns = grid_shape((mask.shape[0], mask.shape[1]), step)
    down, right = rows * step - mask.shape[0], columns * step - mask.shape[1]
    counts = mask.view(np.uint8) * np.uint8(255)
    if down or right:
        counts = cv2.copyMakeBorder(counts, 0, down, 0, right, cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    small = cv2.resize(counts, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32) / np.float32(255)


def sample(
    values: NDArray[np.float32],
    row: NDArray[np.float32],
    column: NDArray[np.float32],
    *,
    outside: float = float("nan"),
) -> NDArray[np.float32]:
    """Return `values` at (row, column), bilinear; `outside` where there is no picture."""
    sampled = cv2.remap(
        values, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=outside
    )
    return np.asarray(sampled, dtype=np.float32)


def invert(
    row: NDArray[np.float32],
    column: NDArray[np.float32],
    step: int,
    after_shape: tuple[int, int],
    *,
    rounds: int = 12,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the inverse field: where the nodes of the other picture lie in this one.

    Fixed-point iteration on the smooth part; exact to about 0.01 px where the field is smooth.

    After Chen et al. (2008).

    Parameters
    ----------
    row, column
        Positions in the other picture, per node of a grid of `step`.
    step
        Pixels between nodes, in both pictures.
    after_shape
        Rows and columns of the other picture.
    rounds
        Iterations.

    Returns
    -------
    row, column
        Positions in this picture per node of the other's grid; meaningless where they lie outside
        this picture.
    """
    here_row, here_column = grid_places((row.shape[0] * step, row.shape[1] * step), step)
    there = np.column_stack([row.ravel(), column.ravel(), np.ones(row.size, np.float32)])
    here = np.column_stack([here_row.ravel(), here_column.ravel()])
    back = np.linalg.lstsq(there.astype(np.float64), here.astype(np.float64), rcond=None)[0]
    target_row, target_column = grid_places(after_shape, step)
    linear = back.astype(np.float32)
    position = [
        linear[0, axis] * target_row + linear[1, axis] * target_column + linear[2, axis]
        for axis in range(2)
    ]
    for _ in range(rounds):
        at_row, at_column = ((part + np.float32(0.5)) / step - np.float32(0.5) for part in position)
        miss_row = target_row - _clamped(row, at_row, at_column)
        miss_column = target_column - _clamped(column, at_row, at_column)
        for axis in range(2):
            position[axis] += linear[0, axis] * miss_row + linear[1, axis] * miss_column
    return position[0], position[1]


def _clamped(
    values: NDArray[np.float32], row: NDArray[np.float32], column: NDArray[np.float32]
) -> NDArray[np.float32]:
    sampled = cv2.remap(values, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, dtype=np.float32)
