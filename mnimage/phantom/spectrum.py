"""The colour of skin from its melanin, blood and oxygen: spectra, camera and table.

Two layers after Jacques and Alotaibi and Smith (BioFaceMaps, 2017): an epidermis of 60 um that
absorbs, over a dermis of 2 mm by Kubelka and Munk. Haemoglobin: S. Prahl, OMLC, after W. B. Gratzer
and N. Kollias. Colour matching functions: the fits of Wyman, Sloan and Shirley (2013).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WAVELENGTHS = np.arange(400.0, 701.0, 10.0)
"""31 bands in nm."""

# fmt: off
_HBO2 = np.array([
    266232, 466840, 480360, 246072, 102580, 62816, 44480, 33209, 26629, 23684, 20933,
    20035, 24202, 39957, 53236, 43016, 32613, 44496, 50104, 14401, 3200, 1506,
    942, 610, 442, 368, 320, 294, 278, 276, 290,
], dtype=np.float64)
# fmt: on
# fmt: off
_HB = np.array([
    223296, 303956, 407560, 528600, 413280, 103292, 23389, 16156, 14550, 16684, 20862,
    25774, 31590, 39036, 46592, 53412, 53788, 45072, 37020, 28324, 14677, 9444,
    6510, 5149, 4345, 3750, 3227, 2795, 2408, 2052, 1794,
], dtype=np.float64)
# fmt: on
_BLOOD_PER_CM = np.log(10) * 150 / 64500
"""From molar extinction to the absorption of whole blood, 150 g/l of 64,500 g/mol, in 1/cm."""

_EPIDERMIS_CM = 0.006
_DERMIS_CM = 0.2
MELANIN_RANGE = (0.003, 0.7)
"""What can be rendered: the share of the epidermis that is melanin."""

_BLOOD_RANGE = (0.002, 0.3)
_OXYGEN_RANGE = (0.4, 1.0)
_NODES = (128, 96, 7)
_XYZ_TO_SRGB = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)
_SRGB_WHITE = np.array([0.9505, 1.0, 1.089])


def skin_reflectance(
    melanin: NDArray[np.float64], blood: NDArray[np.float64], oxygen: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the diffuse reflectance in the 31 bands, shape (..., 31).

    Parameters
    ----------
    melanin
        Volume share of melanosomes in the epidermis, 0.013-0.43.
    blood
        Volume share of blood in the dermis, 0.01-0.12.
    oxygen
        Oxygen saturation of that blood, 0.6-0.9.
    """
    base = 0.244 + 85.3 * np.exp(-(WAVELENGTHS - 154) / 66.2)
    pigment = melanin[..., None] * 6.6e11 * WAVELENGTHS**-3.33
    through = np.exp(-(pigment + (1 - melanin[..., None]) * base) * _EPIDERMIS_CM)
    mixed = oxygen[..., None] * _HBO2 + (1 - oxygen[..., None]) * _HB
    absorbed = blood[..., None] * mixed * _BLOOD_PER_CM + (1 - blood[..., None]) * base
    return np.asarray(through**2 * _dermis(absorbed))


def _dermis(absorbed: NDArray[np.float64]) -> NDArray[np.float64]:
    scattered = 14.74 * WAVELENGTHS**-0.22 + 2.2e11 * WAVELENGTHS**-4
    depth = np.sqrt(absorbed * (absorbed + 2 * scattered)) * _DERMIS_CM
    beta = np.sqrt(absorbed / (absorbed + 2 * scattered))
    fall = np.exp(-2 * depth)
    share = (1 - beta**2) * (1 - fall) / ((1 + beta) ** 2 - (1 - beta) ** 2 * fall)
    return np.asarray(share)


def camera_rgb(reflectance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return white-balanced linear sRGB-like RGB of spectra (..., 31); white is (1, 1, 1)."""
    return np.asarray(_balanced(reflectance) @ _matrix().T)


def _balanced(reflectance: NDArray[np.float64]) -> NDArray[np.float64]:
    seen = _camera()
    return np.asarray(reflectance @ (seen / seen.sum(axis=1, keepdims=True)).T)


def _camera() -> NDArray[np.float64]:
    """Return light times sensitivity, (3, 31): a Planck radiator of 6000 K, three bells."""
    metres = WAVELENGTHS * 1e-9
    light = metres**-5 / (np.exp(0.0143878 / (metres * 6000)) - 1)
    peak, width = np.array([600.0, 538.0, 462.0]), np.array([32.0, 38.0, 28.0])
    bells = np.exp(-0.5 * ((WAVELENGTHS - peak[:, None]) / width[:, None]) ** 2)
    return np.asarray(bells * light / light.max())


@cache
def _matrix() -> NDArray[np.float64]:
    """Return the 3x3 from camera RGB to linear sRGB fitted on skin; its rows sum to 1."""
    grid = np.meshgrid(np.geomspace(0.013, 0.43, 9), np.geomspace(0.01, 0.12, 9), [0.7])
    spectra = skin_reflectance(grid[0], grid[1], grid[2]).reshape(-1, 31)
    seen, wanted = _balanced(spectra), srgb_of(spectra)
    weight = 1 / seen[:, 1:2]
    differences = (seen[:, :2] - seen[:, 2:]) * weight
    solved = np.linalg.lstsq(differences, (wanted - seen[:, 2:]) * weight, rcond=None)[0].T
    return np.concatenate([solved, 1 - solved.sum(axis=1, keepdims=True)], axis=1)


def srgb_of(reflectance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the linear sRGB of spectra (..., 31) under even light; white is (1, 1, 1)."""
    matching = matching_functions()
    xyz = reflectance @ (matching / matching.sum(axis=1, keepdims=True)).T
    white = _XYZ_TO_SRGB @ _SRGB_WHITE
    return np.asarray((xyz * _SRGB_WHITE) @ _XYZ_TO_SRGB.T / white)


def matching_functions() -> NDArray[np.float64]:
    """Return the colour matching functions of CIE 1931 in the 31 bands, shape (3, 31)."""

    def bell(peak: float, below: float, above: float) -> NDArray[np.float64]:
        width = np.where(peak > WAVELENGTHS, below, above)
        return np.asarray(np.exp(-0.5 * ((WAVELENGTHS - peak) / width) ** 2))

    red = 1.056 * bell(599.8, 37.9, 31.0) + 0.362 * bell(442.0, 16.0, 26.7)
    red -= 0.065 * bell(501.1, 20.4, 26.2)
    green = 0.821 * bell(568.8, 46.9, 40.5) + 0.286 * bell(530.9, 16.3, 31.1)
    blue = 1.217 * bell(437.0, 11.8, 36.0) + 0.681 * bell(459.0, 26.0, 13.8)
    return np.stack([red, green, blue])


def skin_rgb(
    melanin: NDArray[np.float32], blood: NDArray[np.float32], oxygen: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the linear RGB albedo (rows, columns, 3) of maps (rows, columns), from a table."""
    table = _table()
    across = _node(np.log(melanin), np.log(MELANIN_RANGE), _NODES[0])
    down = _node(np.log(blood), np.log(_BLOOD_RANGE), _NODES[1])
    level = _node(oxygen, np.asarray(_OXYGEN_RANGE), _NODES[2])
    below = np.minimum(np.floor(level), _NODES[2] - 2)
    # The levels of oxygen lie below each other, so that one bilinear look-up serves both others.
    lower = cv2.remap(table, across, down + below * _NODES[1], cv2.INTER_LINEAR)
    upper = cv2.remap(table, across, down + (below + 1) * _NODES[1], cv2.INTER_LINEAR)
    share = (level - below)[..., None]
    return np.asarray(lower + (upper - lower) * share, dtype=np.float32)


def _node(
    values: NDArray[np.float32], ends: NDArray[np.float64], count: int
) -> NDArray[np.float32]:
    place = (values - np.float32(ends[0])) * np.float32((count - 1) / (ends[1] - ends[0]))
    return np.asarray(np.clip(place, 0, count - 1), dtype=np.float32)


@cache
def _table() -> NDArray[np.float32]:
    oxygen, blood, melanin = np.meshgrid(
        np.linspace(*_OXYGEN_RANGE, _NODES[2]),
        np.geomspace(*_BLOOD_RANGE, _NODES[1]),
        np.geomspace(*MELANIN_RANGE, _NODES[0]),
        indexing="ij",
    )
    rgb = camera_rgb(skin_reflectance(melanin, blood, oxygen))
    # Very saturated skin has no positive blue in sRGB; a camera's file never goes below black.
    table = np.maximum(rgb, 0.002).reshape(-1, _NODES[0], 3)
    return np.asarray(table, dtype=np.float32)
