"""How the lamps light each place of the picture, kept on a coarse grid since it changes slowly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.geometry import bilinear_lattice
from mnimage.kernels.surface import inverse_rows, lamp_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.relief import Shots

    Plane = NDArray[np.float32]

STEP = 32


@dataclass(frozen=True, slots=True)
class LightField:
    """Lamp rows (k, 3, ...) and their inverse (3, k, ...).

    Either one for all pixels, or at every column of the rows of nodes, one row of nodes beyond the
    picture at either end. A span asked for must lie between two rows of nodes, as spans of a power
    of two up to half a step do that start at its multiples.
    """

    rows: Plane = field(repr=False)
    inverse: Plane = field(repr=False)
    shape: tuple[int, int]

    @property
    def far(self) -> bool:
        """Whether the light is the same everywhere."""
        return self.rows.shape[2:] == (1,)

    def rows_at(self, span: slice) -> Plane:
        """Return the lamp rows for rows `span` of the picture: (k, 3, 1) or (k, 3, n)."""
        return self.rows if self.far else _blend(self.rows, span, self.shape[1])

    def inverse_at(self, span: slice) -> Plane:
        """Return the inverse for rows `span` of the picture: (3, k, 1) or (3, k, n)."""
        return self.inverse if self.far else _blend(self.inverse, span, self.shape[1])


def light_field(shots: Shots, form_mm: Plane | None = None, form_step: int = 1) -> LightField:
    """Return how the lamps of `shots` light the picture.

    Parameters
    ----------
    shots
        Directions, or positions where the lamps are near.
    form_mm
        Height of the body on a grid of `form_step`; level skin by default.
    """
    if not shots.near:
        rows = shots.lights.astype(np.float32)[:, :, None]
        return LightField(rows, inverse_rows(rows), shots.shape)
    x, y = _places(shots)
    z = np.zeros_like(x) if form_mm is None else _form_at(form_mm, form_step, shots.shape)
    rows = lamp_rows(shots.lights, x, y, z)
    wide, inverse = (_along(grid, shots.shape[1]) for grid in (rows, inverse_rows(rows)))
    return LightField(wide, inverse, shots.shape)


def _places(shots: Shots) -> tuple[Plane, Plane]:
    row, column = (_padded_axis(size) for size in shots.shape)
    pitch = np.float32(shots.scale.mm_per_px)
    y = (row - (shots.shape[0] - 1) / 2) * pitch
    x = (column - (shots.shape[1] - 1) / 2) * pitch
    wide_y, wide_x = np.meshgrid(y, x, indexing="ij")
    return wide_x.astype(np.float32), wide_y.astype(np.float32)


def _padded_axis(size: int) -> Plane:
    # One node beyond each border, so that every pixel lies between two nodes.
    nodes = np.arange(-1, -(-size // STEP) + 1, dtype=np.float32)
    return (nodes + 0.5) * STEP - 0.5


def _form_at(form_mm: Plane, step: int, shape: tuple[int, int]) -> Plane:
    row, column = (_padded_axis(size) for size in shape)
    nodes = [
        np.clip((place + 0.5) / step - 0.5, 0, size - 1).astype(np.float32)
        for place, size in zip((row, column), form_mm.shape, strict=True)
    ]
    return bilinear_lattice(form_mm, nodes[0], nodes[1])


def _blend(grid: Plane, span: slice, columns: int) -> Plane:
    """Return every plane of a grid at the pixels of a few rows, flattened."""
    place = ((np.arange(span.start, span.stop) + 0.5) / STEP + 0.5).astype(np.float32)
    top = int(place[0])
    down = (place - top)[:, None]
    above, below = grid[:, :, top, None], grid[:, :, top + 1, None]
    wide = above + down * (below - above)
    return np.asarray(wide.reshape(*grid.shape[:2], len(place) * columns), dtype=np.float32)


def _along(grid: Plane, columns: int) -> Plane:
    """Return every row of a padded grid at each pixel's column."""
    place = (np.arange(columns) + 0.5) / STEP + 0.5
    left = np.floor(place).astype(np.intp)
    right = (place - left).astype(np.float32)
    return np.asarray(grid[..., left] * (1 - right) + grid[..., left + 1] * right, np.float32)
