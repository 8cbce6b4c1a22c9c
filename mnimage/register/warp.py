"""Resample the photo after in the frame of the photo before, and the field at every pixel.

Positions between nodes are bilinear; their error: `docs/registration.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.bands import in_bands
from mnimage.kernels.geometry import expand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.photo import Photo

_STRIP = 512
"""Rows resampled at a time, to limit memory."""

_SEAM = 8.0
"""Pixels by which the edge of the photo is repeated, so that reduced views have no dark seam."""


@dataclass(frozen=True, slots=True)
class FullField:
    """The alignment at every pixel of the photo before: position after, error, validity."""

    row: NDArray[np.float32] = field(repr=False)
    column: NDArray[np.float32] = field(repr=False)
    error_px: NDArray[np.float32] = field(repr=False)
    valid: NDArray[np.bool_] = field(repr=False)


def warp_photo(after: Photo, alignment: Alignment) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the photo after in the frame of the photo before, and where it has content.

    For display only: scores are measured in each photo's own pixels.

    Resampled by cubic convolution (Keys 1981).

    Returns
    -------
    picture, seen
        8-bit sRGB with the shape of the photo before; black where the photo after has no content.
    """
    coded = _eight_bit(after)
    picture = np.zeros((*alignment.shape, 3), dtype=np.uint8)
    seen = np.zeros(alignment.shape, dtype=np.bool_)

    def draw(rows: slice) -> None:
        row = expand(alignment.row, alignment.step, alignment.shape, rows)
        column = expand(alignment.column, alignment.step, alignment.shape, rows)
        cv2.remap(
            coded, column, row, cv2.INTER_CUBIC, dst=picture[rows], borderMode=cv2.BORDER_REPLICATE
        )
        seen[rows] = _all_inside(row, column, alignment.after_shape) or _inside(
            row, column, alignment.after_shape
        )
        if not seen[rows].all():
            near = _inside(row, column, alignment.after_shape, margin=_SEAM)
            picture[rows][~near] = 0

    strips = range(0, alignment.shape[0], _STRIP)
    in_bands(draw, [slice(top, min(top + _STRIP, alignment.shape[0])) for top in strips])
    return picture, seen


def full_field(alignment: Alignment) -> FullField:
    """Return the alignment at every pixel of the photo before."""
    grids = [
        expand(grid, alignment.step, alignment.shape)
        for grid in (alignment.row, alignment.column, alignment.error_px)
    ]
    trusted = np.repeat(np.repeat(alignment.valid, alignment.step, 0), alignment.step, 1)
    valid = trusted[: alignment.shape[0], : alignment.shape[1]]
    valid = valid & _inside(grids[0], grids[1], alignment.after_shape)
    return FullField(grids[0], grids[1], np.maximum(grids[2], 0), valid)


def _inside(
    row: NDArray[np.float32],
    column: NDArray[np.float32],
    shape: tuple[int, int],
    margin: float = 0.5,
) -> NDArray[np.bool_]:
    rows, columns = shape[0] - 1 + margin, shape[1] - 1 + margin
    return (row >= -margin) & (row <= rows) & (column >= -margin) & (column <= columns)


def _all_inside(
    row: NDArray[np.float32], column: NDArray[np.float32], shape: tuple[int, int]
) -> bool:
    """Return whether `_inside` is true everywhere, from the extremes alone."""
    ends = [cv2.minMaxLoc(part)[:2] for part in (row, column)]
    return all(
        low >= -0.5 and high <= size - 0.5 for (low, high), size in zip(ends, shape, strict=True)
    )


def _eight_bit(photo: Photo) -> NDArray[np.uint8]:
    if photo.coded.dtype == np.uint8:
        return np.asarray(photo.coded, dtype=np.uint8)
    return np.asarray(photo.coded >> 8, dtype=np.uint8)
