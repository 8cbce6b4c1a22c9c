"""How the lamps light each place of the picture, kept on a coarse grid since it changes slowly.

Far lamps light all places alike (Woodham 1980); near ones by direction and inverse square (Iwahori,
Sugie and Ishii 1990).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.geometry import bilinear_lattice
from mnimage.kernels.surface import Lamps, far_lamps, inverse_gram, near_lamps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.relief import Shots

    Plane = NDArray[np.float32]

STEP = 16
"""Pixels between the nodes at which near lamps are computed; between them light is linear."""


@dataclass(frozen=True, slots=True)
class LightField:
    """Lamps and the inverse of their Gram matrix (6, ...).

    Either one for all pixels, or at the nodes of a grid that reaches one node beyond the picture
    all round.
    """

    lamps: Lamps = field(repr=False)
    inverse: Plane = field(repr=False)
    columns: int

    @property
    def far(self) -> bool:
        """Whether the light is the same everywhere."""
        return self.lamps.place is None

    def lamps_at(self, span: slice) -> Lamps:
        """Return the lamps for rows `span` of the picture, their n places one after the other."""
        return lamps_at(self.lamps, span, self.columns)

    def inverse_at(self, span: slice) -> Plane:
        """Return the inverse for rows `span` of the picture: (6, 1) or (6, n)."""
        return planes_at(self.inverse, span, self.columns)


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
        far = far_lamps(shots.lights)
        return LightField(far, inverse_gram(far), shots.shape[1])
    x, y = _places(shots)
    z = np.zeros_like(x) if form_mm is None else _form_at(form_mm, form_step, shots.shape)
    place = np.stack([x, y, z]).astype(np.float64)
    lamps = near_lamps(shots.lights, place.reshape(3, -1))
    inverse = inverse_gram(lamps).reshape(6, *x.shape)
    return LightField(lamps.shaped(x.shape), inverse, shots.shape[1])


def lamps_at(lamps: Lamps, span: slice, columns: int) -> Lamps:
    """Return lamps given at the nodes of a grid at the pixels of rows `span`."""
    if lamps.place is None:
        return lamps
    gains, place = (planes_at(part, span, columns) for part in (lamps.gains, lamps.place))
    return Lamps(lamps.ways, gains, place)


def planes_at(planes: Plane, span: slice, columns: int) -> Plane:
    """Return planes given at the nodes of a grid at the pixels of rows `span`, (planes, n).

    Planes of one number each are the same everywhere and stay so.
    """
    if planes.ndim == 2:
        return planes
    place = ((np.arange(span.start, span.stop) + 0.5) / STEP + 0.5).astype(np.float32)
    top = place.astype(np.intp)
    above, below = planes[:, top], planes[:, top + 1]
    rows = above + (place - top).astype(np.float32)[:, None] * (below - above)
    # All rows of all planes as one picture that is made wide.
    size = (rows.shape[2] * STEP, rows.shape[0] * rows.shape[1])
    wide = np.asarray(cv2.resize(rows.reshape(size[1], -1), size), dtype=np.float32)
    return wide[:, STEP : STEP + columns].reshape(len(planes), -1)


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
