"""Shading of a surface under a distant lamp: diffuse light and a little gloss.

Lambert's cosine law for the diffuse part, the half-way vector between lamp and viewer for the gloss
(Blinn 1977). The viewer looks straight down; x is to the right, y down, z to the camera.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.color import encode_srgb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cv2.typing import MatLike
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Lamp = tuple[float, float, float]

LOWEST = 0.2
"""z of the lowest lamp: about 12 degrees above the horizon."""

_GROUND = 0.2122
"""Linear light of level skin under every lamp: the middle grey of sRGB, on which a map that is
blended by `overlay` keeps its own colours."""

_AMBIENT = 0.12
"""Share of that light that does not depend on the direction of the lamp."""

_DOUBLINGS = 5
"""The gloss is the cosine to the power of 2 to this: 32, the gloss of moist skin."""


def lamp_at(right: float, down: float) -> Lamp:
    """Return the unit vector to a lamp on the dome over a disc of radius 1, none below `LOWEST`.

    At the centre of the disc the lamp is overhead, towards its rim it is lower.
    """
    away = float(np.hypot(right, down))
    farthest = float(np.sqrt(1 - LOWEST**2))
    if away > farthest:
        right, down, away = right * farthest / away, down * farthest / away, farthest
    return right, down, float(np.sqrt(1 - away**2))


def slopes_of(height_mm: Plane, mm_per_px: float) -> Plane:
    """Return the slopes of a height map (rows, columns, 2) as (right, down); 0 where unknown."""
    down, right = np.gradient(height_mm, np.float32(mm_per_px))
    slopes = np.stack([right, down], axis=-1)
    np.nan_to_num(slopes, copy=False, nan=0.0)
    return np.asarray(slopes, dtype=np.float32)


def normals_of(slopes: Plane, exaggeration: float = 1.0) -> Plane:
    """Return the unit normals (3, rows, columns) of a surface whose heights are exaggerated."""
    steeper = np.float32(-exaggeration)
    normals = np.empty((3, *slopes.shape[:2]), dtype=np.float32)
    for axis in (0, 1):
        np.multiply(slopes[..., axis], steeper, out=normals[axis])
    np.multiply(normals[0], normals[0], out=normals[2])
    normals[2] += normals[1] * normals[1] + np.float32(1)
    np.divide(np.float32(1), np.sqrt(normals[2]), out=normals[2])
    normals[:2] *= normals[2]
    return normals


def shade(
    normals: Plane, lamp: Lamp, *, gloss: float = 0.15, albedo: Plane | None = None
) -> NDArray[np.uint8]:
    """Return the lit surface as 8-bit sRGB grey (rows, columns), or RGB where there is an albedo.

    Parameters
    ----------
    normals
        Unit normals (3, rows, columns), as by `normals_of`.
    lamp
        Unit vector from the surface to the lamp.
    gloss
        Linear light of the specular highlight, on the scale of level skin.
    albedo
        Linear colour of the skin (3, rows, columns), about 1 on the mean; grey without it.
    """
    half = np.array([lamp[0], lamp[1], lamp[2] + 1])
    half /= np.linalg.norm(half)
    # The exposure follows the lamp, so that level skin keeps its grey however low the lamp is.
    gain = _GROUND * (1 - _AMBIENT) / max(lamp[2], LOWEST)
    matte = _along(normals, [gain * part for part in lamp])
    matte = np.maximum(matte, np.float32(0)) + np.float32(_GROUND * _AMBIENT)
    shine = np.maximum(_along(normals, half.tolist()), np.float32(0))
    for _ in range(_DOUBLINGS):
        np.multiply(shine, shine, out=shine)
    level = _GROUND / (_GROUND + gloss * float(half[2]) ** (2**_DOUBLINGS))
    if albedo is None:
        return _coded(cv2.addWeighted(matte, level, shine, gloss * level, 0.0))
    parts = [cv2.multiply(matte, part, scale=level) for part in albedo]
    lit = cv2.merge([_coded(cv2.scaleAdd(shine, gloss * level, part)) for part in parts])
    return np.asarray(lit, dtype=np.uint8)


def _along(normals: Plane, direction: Sequence[float]) -> Plane:
    """Return the scalar product of every normal with a direction, plane by plane for speed."""
    x, y, z = direction
    flat = cv2.addWeighted(normals[0], x, normals[1], y, 0.0)
    return np.asarray(cv2.scaleAdd(normals[2], z, flat), dtype=np.float32)


def _coded(light: MatLike) -> NDArray[np.uint8]:
    """Return 8-bit sRGB of linear light, through its square root in 256 steps."""
    eight = cv2.convertScaleAbs(cv2.sqrt(light), alpha=255.0)
    return np.asarray(cv2.LUT(eight, _root_to_srgb()), dtype=np.uint8)


@cache
def _root_to_srgb() -> NDArray[np.uint8]:
    linear = np.linspace(0, 1, 256) ** 2
    return np.asarray(np.rint(encode_srgb(linear) * 255), dtype=np.uint8)
