"""The same crop at the same size, before and after: photos and maps cut alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.geometry import bilinear_lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.photo import Coded
    from mnimage.domain.scorecard import Layer

UNSEEN = 214
"""Neutral grey of places that the photo after does not show."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of a picture: rows `top` to `bottom`, columns `left` to `right`, ends left out."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def rows(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def columns(self) -> int:
        """Width in pixels."""
        return self.right - self.left

    def size(self, longest_px: int, *, enlarge: bool = False) -> tuple[int, int]:
        """Return rows and columns that fit into `longest_px`; larger than it is only if asked."""
        factor = longest_px / max(self.rows, self.columns)
        factor = factor if enlarge else min(factor, 1.0)
        return max(round(self.rows * factor), 1), max(round(self.columns * factor), 1)


def whole_frame(shape: tuple[int, int]) -> Frame:
    """Return the frame of a whole picture."""
    return Frame(0, shape[0], 0, shape[1])


def frame_around(
    center: tuple[float, float], size: tuple[float, float], shape: tuple[int, int]
) -> Frame:
    """Return a frame of about `size` around `center`, moved so that it lies in the picture."""
    rows, columns = (max(min(round(s), full), 1) for s, full in zip(size, shape, strict=True))
    top = min(max(round(center[0] - rows / 2), 0), shape[0] - rows)
    left = min(max(round(center[1] - columns / 2), 0), shape[1] - columns)
    return Frame(top, top + rows, left, left + columns)


def cut_photo(coded: Coded, frame: Frame, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the part of a photo inside `frame` as 8-bit RGB of `size` (rows, columns)."""
    part = coded[frame.top : frame.bottom, frame.left : frame.right]
    resized = np.asarray(_resized(part, size))
    if resized.dtype == np.uint16:
        resized = ((resized.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return np.ascontiguousarray(resized, dtype=np.uint8)


def cut_aligned(
    aligned: NDArray[np.uint8], seen: NDArray[np.bool_] | None, frame: Frame, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return the photo after inside `frame`, neutral grey where it shows nothing."""
    picture = cut_photo(aligned, frame, size)
    if seen is None:
        return picture
    part = seen[frame.top : frame.bottom, frame.left : frame.right].astype(np.uint8)
    shown = cv2.resize(part, (size[1], size[0]), interpolation=cv2.INTER_NEAREST)
    picture[np.asarray(shown) == 0] = UNSEEN
    return picture


def cut_layer(layer: Layer, frame: Frame, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return a map's values inside `frame` at `size`, NaN where nothing was measured.

    Bilinear between measured nodes; a place is measured when most of the weight around it is.
    """
    row = _places(frame.top, frame.rows, size[0], layer.step)
    column = _places(frame.left, frame.columns, size[1], layer.step)
    grid = np.pad(layer.values, 1, mode="edge")
    known = np.isfinite(grid)
    weight = bilinear_lattice(known.astype(np.float32), row + 1, column + 1)
    total = bilinear_lattice(np.where(known, grid, np.float32(0)), row + 1, column + 1)
    measured = weight >= 0.5
    values = np.full(size, np.nan, dtype=np.float32)
    np.divide(total, weight, out=values, where=measured)
    return values


def cut_mask(
    mask: NDArray[np.bool_], step: int, frame: Frame, size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Return a mask of step x step blocks inside `frame` at `size`."""
    row = np.rint(_places(frame.top, frame.rows, size[0], step)).astype(np.intp)
    column = np.rint(_places(frame.left, frame.columns, size[1], step)).astype(np.intp)
    row, column = row.clip(0, mask.shape[0] - 1), column.clip(0, mask.shape[1] - 1)
    return mask[row[:, None], column[None, :]]


def _places(start: int, length: int, size: int, step: int) -> NDArray[np.float32]:
    """Return where the pixels of a resized part lie, in nodes of a grid of `step`."""
    pixel = start + (np.arange(size, dtype=np.float64) + 0.5) * length / size - 0.5
    return ((pixel + 0.5) / step - 0.5).astype(np.float32)


def _resized(part: Coded, size: tuple[int, int]) -> Coded:
    if part.shape[:2] == size:
        return part.copy()
    way = cv2.INTER_AREA if part.shape[0] >= size[0] else cv2.INTER_CUBIC
    return cv2.resize(part, (size[1], size[0]), interpolation=way)  # type: ignore[return-value]
