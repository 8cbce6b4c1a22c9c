"""Bring what was measured on the photo after to the places of the photo before.

Our own (`docs/decisions/0004-carry-maps-not-pixels.md`); how still unchanged skin stays over two
sessions: `docs/studies/2026-11-validation.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.geometry import bilinear_lattice, block_share, grid_places, grid_shape, sample
from mnimage.score.maps import Maps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment

    Plane = NDArray[np.float32]


def places_after(alignment: Alignment, step: int) -> tuple[Plane, Plane]:
    """Return where the nodes of the grid of `step` lie in the photo after, in its pixels."""
    return _at_nodes(alignment.row, alignment, step), _at_nodes(alignment.column, alignment, step)


def trusted(alignment: Alignment, step: int) -> NDArray[np.bool_]:
    """Return which nodes of the grid of `step` the alignment vouches for."""
    return _at_nodes(alignment.valid.astype(np.float32), alignment, step) > 0.99


def magnification(alignment: Alignment) -> Plane:
    """Return pixels of the photo after per pixel of the photo before, per node of the alignment.

    The root of the field's area ratio (its Jacobian's determinant), smoothed over a few nodes.
    """
    row, column = alignment.row, alignment.column
    if min(row.shape) < 2:
        return np.ones_like(row)
    row_down, row_along = np.gradient(row, alignment.step)
    column_down, column_along = np.gradient(column, alignment.step)
    area = np.abs(row_down * column_along - row_along * column_down)
    return np.asarray(np.sqrt(cv2.GaussianBlur(area, (0, 0), 2.0)), dtype=np.float32)


def typical_magnification(alignment: Alignment) -> float:
    """Return the median magnification over trusted skin, 1 where nothing is trusted."""
    known = magnification(alignment)[alignment.valid]
    known = known[np.isfinite(known) & (known > 0)]
    return float(np.median(known)) if known.size else 1.0


def skin_after(alignment: Alignment, skin: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the trusted skin of the photo before as a mask over the photo after.

    Trusted blocks that are mostly skin are set down where they lie, gaps between them closed.
    """
    nodes = alignment.valid & (_share(skin, alignment) > 0.5)
    size = max(1, round(alignment.step * typical_magnification(alignment)))
    rows, columns = grid_shape(alignment.after_shape, size)
    down = np.round((alignment.row[nodes] + 0.5) / size - 0.5).astype(np.intp)
    along = np.round((alignment.column[nodes] + 0.5) / size - 0.5).astype(np.intp)
    inside = (down >= 0) & (down < rows) & (along >= 0) & (along < columns)
    coarse = np.zeros((rows, columns), np.uint8)
    coarse[down[inside], along[inside]] = 1
    coarse = np.asarray(cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    whole = cv2.resize(coarse, (columns * size, rows * size), interpolation=cv2.INTER_NEAREST)
    cut = whole[: alignment.after_shape[0], : alignment.after_shape[1]]
    return np.ascontiguousarray(cut, dtype=np.bool_)


def carry(maps: Maps, alignment: Alignment, step: int) -> Maps:
    """Return the maps of the photo after at the nodes of the photo before's grid of `step`.

    Means are sampled linearly. Densities per cm2 were counted with the typical magnification;
    where the skin is locally larger or smaller in the photo after, they are corrected.
    """
    row, column = places_after(alignment, step)
    node_row = np.asarray((row + 0.5) / maps.step - 0.5, dtype=np.float32)
    node_column = np.asarray((column + 0.5) / maps.step - 0.5, dtype=np.float32)
    local = _at_nodes(magnification(alignment), alignment, step) / typical_magnification(alignment)

    def at(values: Plane) -> Plane:
        return sample(values, node_row, node_column, outside=0.0)

    seen = at(maps.seen.astype(np.float32)) > 0.999
    linear = np.stack([at(np.ascontiguousarray(maps.linear[..., c])) for c in range(3)], axis=-1)
    return Maps(
        step=step,
        linear=np.where(seen[..., None], linear, np.float32(0)),
        seen=seen & trusted(alignment, step),
        energy=np.where(seen, at(maps.energy), np.float32(0)),
        pores=np.where(seen, at(maps.pores) * local**2, np.float32(0)),
        lines=np.where(seen, at(maps.lines) * local, np.float32(0)),
        pore_edge=np.where(seen, at(maps.pore_edge) * local**2, np.float32(0)),
    )


def _at_nodes(grid: Plane, alignment: Alignment, step: int) -> Plane:
    """Return a grid of the alignment at the nodes of another grid over the photo before."""
    if step == alignment.step:
        return grid
    if min(grid.shape) < 2:
        return np.full(grid_shape(alignment.shape, step), grid.flat[0], np.float32)
    row, column = grid_places(alignment.shape, step)
    # Beyond the last node linear, as `geometry.expand` does.
    padded = np.pad(grid, 1, mode="reflect", reflect_type="odd")
    down = np.asarray((row[:, 0] + 0.5) / alignment.step + 0.5, dtype=np.float32)
    along = np.asarray((column[0] + 0.5) / alignment.step + 0.5, dtype=np.float32)
    return bilinear_lattice(padded, down, along)


def _share(mask: NDArray[np.bool_], alignment: Alignment) -> Plane:
    """Return which share of each block of the alignment the mask is."""
    return block_share(mask, alignment.step)
