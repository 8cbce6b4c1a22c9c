"""Light on the relief: lamps, cast shadows, light spread inside the skin, gloss.

All arrays lie on the skin's own samples. x is right, y down, z towards the camera.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, hypot, radians, sin
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCATTER_MM = ((0.5, 1.0), (0.4, 0.4), (0.3, 0.25))
"""Share of the light that spreads inside the skin and how far (sigma in mm), for R, G and B."""

# Half the angle the lamp fills, as a tangent: a lamp of 10 mm at 300 mm has soft shadow rims.
_PENUMBRA = 0.017
_BETWEEN = np.array([-5, 49, -245, 1225, 1225, -245, 49, -5], dtype=np.float32) / 2048


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp: where it truly stands (mm from the middle: x right, y down, z up), and its power.

    `far` treats it as light from that direction, the same all over the patch.
    """

    x: float
    y: float
    z: float
    power: float = 1.0
    far: bool = False

    @property
    def distance_mm(self) -> float:
        """Distance from the middle of the patch."""
        return float(np.linalg.norm([self.x, self.y, self.z]))

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector from the middle of the patch to the lamp."""
        distance = self.distance_mm
        return self.x / distance, self.y / distance, self.z / distance


def ring(
    count: int, *, slant_deg: float = 45.0, distance_mm: float = 300.0, far: bool = False
) -> tuple[Lamp, ...]:
    """Return `count` lamps evenly around the patch, `slant_deg` away from the camera's axis."""
    out, up = distance_mm * sin(radians(slant_deg)), distance_mm * cos(radians(slant_deg))
    turns = [2 * np.pi * index / count for index in range(count)]
    return tuple(Lamp(out * cos(turn), out * sin(turn), up, far=far) for turn in turns)


@dataclass(frozen=True, slots=True)
class Terrain:
    """What light needs of a surface: height, slopes per mm, and the places of its samples in mm."""

    height_mm: NDArray[np.float32]
    slope_right: NDArray[np.float32]
    slope_down: NDArray[np.float32]
    facing: NDArray[np.float32]
    right_mm: NDArray[np.float32]
    down_mm: NDArray[np.float32]
    mm_per_px: float


def survey(height_mm: NDArray[np.float32], mm_per_px: float) -> Terrain:
    """Return the terrain of sampled heights; each slope is the mean over its pixel."""
    pixel = np.zeros(9, dtype=np.float32)
    # The mean slope over a pixel is the rise from one edge to the other; edges by eight samples.
    pixel[1:] += _BETWEEN
    pixel[:-1] -= _BETWEEN
    one = np.ones(1, dtype=np.float32)
    right = cv2.sepFilter2D(height_mm, cv2.CV_32F, pixel / mm_per_px, one)
    down = cv2.sepFilter2D(height_mm, cv2.CV_32F, one, pixel / mm_per_px)
    rows, columns = height_mm.shape
    return Terrain(
        height_mm=height_mm,
        slope_right=np.asarray(right, dtype=np.float32),
        slope_down=np.asarray(down, dtype=np.float32),
        facing=np.asarray(1 / np.sqrt(1 + right**2 + down**2), dtype=np.float32),
        right_mm=((np.arange(columns) - (columns - 1) / 2) * mm_per_px).astype(np.float32)[None],
        down_mm=((np.arange(rows) - (rows - 1) / 2) * mm_per_px).astype(np.float32)[:, None],
        mm_per_px=mm_per_px,
    )


def irradiance(terrain: Terrain, lamp: Lamp, *, shadows: bool = True) -> NDArray[np.float32]:
    """Return the light that falls on each sample; 1 is a level face lit straight on."""
    x, y, z, distance = _toward(terrain, lamp)
    cosine = z - x * terrain.slope_right - y * terrain.slope_down
    light = np.maximum(cosine, 0) * terrain.facing / distance
    if not lamp.far:
        light *= (lamp.distance_mm / distance) ** 2
    if shadows:
        light *= _lit(terrain, lamp, z / np.hypot(x, y).clip(1e-3))
    return np.asarray(light * np.float32(lamp.power), dtype=np.float32)


def _toward(
    terrain: Terrain, lamp: Lamp
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return the vector to the lamp at each sample and its length (1 for far lamps)."""
    if lamp.far:
        one = np.ones((1, 1), dtype=np.float32)
        x, y, z = (one * np.float32(part) for part in lamp.direction)
        return x, y, z, one
    x = np.float32(lamp.x) - terrain.right_mm
    y = np.float32(lamp.y) - terrain.down_mm
    z = np.float32(lamp.z) - terrain.height_mm
    return x, y, z, np.sqrt(x * x + y * y + z * z)


def _lit(terrain: Terrain, lamp: Lamp, rise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share of the lamp seen, by marching towards it over the relief."""
    flat = hypot(lamp.x, lamp.y)
    if flat < 1e-3:
        return np.ones((1, 1), dtype=np.float32)
    relief = terrain.height_mm - cv2.blur(terrain.height_mm, (_odd(terrain), _odd(terrain)))
    reach = float(np.quantile(relief[::3, ::3], 0.999) - relief.min()) * flat / max(lamp.z, 1e-3)
    highest = np.full(terrain.height_mm.shape, -np.inf, dtype=np.float32)
    for step in range(1, min(ceil(reach / terrain.mm_per_px), 120) + 1):
        shift = np.array([[1, 0, step * lamp.x / flat], [0, 1, step * lamp.y / flat]])
        ahead = cv2.warpAffine(
            terrain.height_mm,
            shift,
            terrain.height_mm.shape[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        slope = (ahead - terrain.height_mm) * np.float32(1 / (step * terrain.mm_per_px))
        np.maximum(highest, slope, out=highest)
    lit = np.clip(0.5 - (highest - rise) / (2 * _PENUMBRA), 0, 1)
    return np.asarray(lit, dtype=np.float32)


def _odd(terrain: Terrain) -> int:
    return 2 * int(3 / terrain.mm_per_px) + 1


def diffuse(terrain: Terrain, *, relief_share: float = 0.5) -> NDArray[np.float32]:
    """Return soft frontal light: a large lamp a little above, with less of it deep in holes."""
    y, z = -0.35, 0.937
    cosine = np.maximum(z - y * terrain.slope_down, 0) * terrain.facing
    share = np.float32(relief_share)
    return np.asarray((1 - share + share / z * cosine) * _openness(terrain), dtype=np.float32)


def _openness(terrain: Terrain) -> NDArray[np.float32]:
    """Return the share of the sky seen, from how far a sample lies below its surroundings."""
    hidden = np.zeros_like(terrain.height_mm)
    for sigma_mm in (0.15, 0.6):
        below = _blur(terrain.height_mm, sigma_mm / terrain.mm_per_px) - terrain.height_mm
        hidden += np.maximum(below, 0) / np.float32(2 * sigma_mm)
    return np.asarray(1 / (1 + hidden), dtype=np.float32)


def gloss(terrain: Terrain, lamp: Lamp, *, sharpness: float) -> NDArray[np.float32]:
    """Return the mirror-like light towards the camera (Blinn's lobe); 1 at its brightest."""
    x, y, z, distance = _toward(terrain, lamp)
    half_z = z / distance + 1
    half = np.sqrt((x * x + y * y) / distance**2 + half_z**2)
    cosine = half_z - (x * terrain.slope_right + y * terrain.slope_down) / distance
    lobe = np.maximum(cosine * terrain.facing / half, 0) ** np.float32(sharpness)
    return np.asarray(lobe * np.float32(lamp.power), dtype=np.float32)


def spread(light: NDArray[np.float32], channel: int, mm_per_px: float) -> NDArray[np.float32]:
    """Return light after its way inside the skin, for channel 0 (R), 1 (G) or 2 (B)."""
    share, sigma_mm = SCATTER_MM[channel]
    return light + np.float32(share) * (_blur(light, sigma_mm / mm_per_px) - light)


def _blur(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return np.asarray(
        cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), dtype=np.float32
    )
