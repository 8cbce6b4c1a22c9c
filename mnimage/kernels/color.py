"""Colour: coded sRGB, linear light, CIELAB and optical density.

Sources: IEC 61966-2-1 (sRGB), CIE 15 (CIELAB, D65 white as in sRGB).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Weights of linear sRGB in the luminance Y (ITU-R BT.709)."""

_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
    dtype=np.float32,
)
_WHITE = _XYZ.sum(axis=1)
_REC2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]],
    dtype=np.float32,
)


def decode_srgb(coded: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return linear light for sRGB values coded 0..1."""
    low = coded / 12.92
    high = ((np.maximum(coded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(coded <= 0.04045, low, high), dtype=np.float32)


def encode_srgb(linear: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return sRGB-coded values 0..1 for linear light, clipped to that range."""
    light = np.clip(linear, 0.0, 1.0)
    low = light * 12.92
    high = 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(light <= 0.0031308, low, high), dtype=np.float32)


def to_linear(coded: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.float32]:
    """Return linear light 0..1 for 8- or 16-bit sRGB-coded pixels of any shape."""
    if coded.dtype == np.uint8:
        return np.asarray(cv2.LUT(coded, _table(256)), dtype=np.float32)
    return np.asarray(np.take(_table(65536), coded), dtype=np.float32)


def to_coded8(linear: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return 8-bit sRGB-coded pixels for linear light."""
    table = _coding_table()
    index = np.clip(linear * (table.size - 1) + 0.5, 0, table.size - 1).astype(np.uint16)
    return np.asarray(np.take(table, index), dtype=np.uint8)


def luminance(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the luminance Y of linear RGB, shape (rows, columns)."""
    return np.asarray(cv2.transform(linear, LUMINANCE[None]), dtype=np.float32)


def to_lab(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return CIELAB (L*, a*, b*; D65) of linear sRGB, shape (..., 3)."""
    relative = (linear @ (_XYZ / _WHITE[:, None]).T).astype(np.float32)
    cube = np.cbrt(np.maximum(relative, 0))
    low = relative * np.float32(841 / 108) + np.float32(4 / 29)
    f = np.where(relative > (6 / 29) ** 3, cube, low)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def to_rec2020(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return linear Rec. 2020 RGB of linear sRGB: the wide primaries keep skin positive."""
    return np.asarray(cv2.transform(linear, _REC2020), dtype=np.float32)


@cache
def _table(size: int) -> NDArray[np.float32]:
    return decode_srgb(np.arange(size, dtype=np.float64) / (size - 1))


@cache
def _coding_table() -> NDArray[np.uint8]:
    levels = np.arange(65536, dtype=np.float64) / 65535
    return np.round(encode_srgb(levels) * 255).astype(np.uint8)
