"""Square markers of the family AprilTag 36h11: their cells, and the appearance of a blurred one.

Positions on a marker are (u, v) in cells to the right and down from its centre; the black square
reaches from -4 to 4, surrounded by one cell of white.

The family is that of Olson (2011); `tag_cover` is our own, its accuracy: `docs/rig.md`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

CELLS = 8
"""Cells across the black square."""

_EDGES = np.arange(-4, 5, dtype=np.float64)
"""Edges of the cells."""


@cache
def tag_cells(number: int) -> NDArray[np.bool_]:
    """Return which of the 8 x 8 cells of a marker are white.

    Raises
    ------
    ValueError
        If the family has no such number.
    """
    family = dictionary()
    if not 0 <= number < len(family.bytesList):
        raise ValueError(f"no such marker: {number}")
    return np.asarray(cv2.aruco.generateImageMarker(family, number, CELLS)) > 0


@cache
def dictionary() -> cv2.aruco.Dictionary:
    """Return the family of markers."""
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)


def tag_cover(number: int, u: Values, v: Values, blur: float) -> tuple[Values, Values, Values]:
    """Return the share of white at n points under a Gaussian blur, and its derivatives.

    Parameters
    ----------
    number
        Of the marker.
    u, v
        Points, shape (n,).
    blur
        Sigma in cells.

    Returns
    -------
    cover, along_u, along_v
        Shape (n,); exact, since a Gaussian is separable.
    """
    ink = (~tag_cells(number)).astype(np.float64)
    across, across_slope = _boxes(u, blur)
    down, down_slope = _boxes(v, blur)
    rows = down @ ink
    cover = 1 - np.sum(rows * across, axis=1)
    along_u = -np.sum(rows * across_slope, axis=1)
    along_v = -np.sum((down_slope @ ink) * across, axis=1)
    return cover, along_u, along_v


def _boxes(place: Values, blur: float) -> tuple[Values, Values]:
    """Return the weight of each cell at each point, (n, 8), and its derivative."""
    from scipy.special import ndtr  # Slow to import, and needed only where a marker was found.

    gap = (place[:, None] - _EDGES) / blur
    reached = ndtr(gap)
    bell = np.exp(-0.5 * gap**2) / (blur * np.sqrt(2 * np.pi))
    return reached[:, :-1] - reached[:, 1:], bell[:, :-1] - bell[:, 1:]
