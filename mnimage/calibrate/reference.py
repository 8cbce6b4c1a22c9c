"""The colours of the 24-patch chart as its maker specifies them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.color import LUMINANCE, lab_d50_to_linear

if TYPE_CHECKING:
    from numpy.typing import NDArray

# fmt: off
LAB_D50 = np.array([
    (37.54, 14.37, 14.92), (64.66, 19.27, 17.50), (49.32, -3.82, -22.54),
    (43.46, -12.74, 22.72), (54.94, 9.61, -24.79), (70.48, -32.26, -0.37),
    (62.73, 35.83, 56.50), (39.43, 10.75, -45.17), (50.57, 48.64, 16.67),
    (30.10, 22.54, -20.87), (71.77, -24.13, 58.19), (71.51, 18.24, 67.37),
    (28.37, 15.42, -49.80), (54.38, -39.72, 32.27), (42.43, 51.05, 28.62),
    (81.80, 2.67, 80.41), (50.63, 51.28, -14.12), (49.57, -29.71, -28.32),
    (95.19, -1.03, 2.93), (81.29, -0.57, 0.44), (66.89, -0.75, -0.06),
    (50.76, -0.13, 0.14), (35.63, -0.46, -0.48), (20.64, 0.07, -0.46),
])
# fmt: on
"""CIELAB under D50 of the ColorChecker Classic as made since November 2014 (X-Rite), row by row
from dark skin to black."""

ROWS, COLUMNS = 4, 6
"""Rows and columns of patches."""
SKIN = (0, 1)
"""The patches that resemble skin."""

GREYS = slice(18, 24)
"""The six greys, white first."""

NAMES = (
    "dark skin", "light skin", "blue sky", "foliage", "blue flower", "bluish green",
    "orange", "purplish blue", "moderate red", "purple", "yellow green", "orange yellow",
    "blue", "green", "red", "yellow", "magenta", "cyan",
    "white", "light grey", "grey 6.5", "middle grey", "dark grey", "black",
)  # fmt: skip

PATCH_CENTERS = np.array(
    [(column, row) for row in range(ROWS) for column in range(COLUMNS)], np.float64
)
"""The centre of each patch, (column, row) counted in patches."""

CORNERS = np.array([(-0.45, -0.45), (5.45, -0.45), (5.45, 3.45), (-0.45, 3.45)])
"""The outer corners of the four corner patches, clockwise from dark skin, in the same units."""


@cache
def true_light() -> NDArray[np.float64]:
    """Return the linear sRGB of the patches, shape (24, 3).

    From X-Rite's CIELAB (2014), the white adapted by Bradford's matrix (ICC.1:2022).
    """
    return lab_d50_to_linear(LAB_D50)


@cache
def true_luminance() -> NDArray[np.float64]:
    """Return the luminance factor Y of the patches, shape (24,).

    Weights of the primaries as of IEC 61966-2-1.
    """
    return np.asarray(true_light() @ LUMINANCE.astype(np.float64))
