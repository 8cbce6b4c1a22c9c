"""The camera over the skin: where each pixel looks, and where each place of the skin is seen.

Places are (row, column) in mm on the skin, from its middle, before any expression moves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.phantom.skin import Skin

_STEPS = 10
_WAVES = 4


@dataclass(frozen=True, slots=True)
class Pose:
    """How the skin is held before the camera.

    The skin turns by `yaw_deg` (about the axis that points down), `pitch_deg` (about the one that
    points right) and `roll_deg` (in the picture), then moves by `shift_mm` (down, right); `scale`
    is how much larger it is seen. `distance_mm` is that of the camera (infinite: no perspective).
    `warp_mm` is the RMS of a smooth movement within the skin, as from expression.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    scale: float = 1.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    distance_mm: float = float("inf")
    warp_mm: float = 0.0
    warp_length_mm: float = 30.0
    warp_seed: int = 0

    @property
    def turn(self) -> NDArray[np.float64]:
        """The 3x3 rotation from the skin's axes (x right, y down, z up) to the camera's."""
        yaw, pitch, roll = np.radians([self.yaw_deg, self.pitch_deg, self.roll_deg])
        about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
        about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        about_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
        return np.array(about_z) @ np.array(about_x) @ np.array(about_y)

    def still(self) -> bool:
        """Say whether the picture shows the skin's samples as they lie."""
        moves = (self.yaw_deg, self.pitch_deg, self.roll_deg, self.scale - 1, self.warp_mm)
        return not any((*moves, *self.shift_mm)) and not np.isfinite(self.distance_mm)


@dataclass(frozen=True, slots=True)
class Places:
    """Places of the skin in mm from its middle, and the height there."""

    down_mm: NDArray[np.float64]
    right_mm: NDArray[np.float64]
    height_mm: NDArray[np.float64]


def picture_mm(
    shape: tuple[int, int], mm_per_px: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows (n, 1) and columns (1, n) of a picture in mm from its middle."""
    down = (np.arange(shape[0], dtype=np.float64) - (shape[0] - 1) / 2) * mm_per_px
    right = (np.arange(shape[1], dtype=np.float64) - (shape[1] - 1) / 2) * mm_per_px
    return down[:, None], right[None]


def look_up(skin: Skin, pose: Pose, shape: tuple[int, int], mm_per_px: float) -> Places:
    """Return the place of the skin that each pixel's centre sees."""
    down, right = picture_mm(shape, mm_per_px)
    down = (down - pose.shift_mm[0]) / pose.scale + 0 * right
    right = (right - pose.shift_mm[1]) / pose.scale + 0 * down
    nearness = 1 / pose.distance_mm
    turn = pose.turn
    # A ray is (right, down, 0) + t (-right / D, -down / D, 1); turned back onto the skin's axes.
    start = [turn[0, axis] * right + turn[1, axis] * down for axis in range(3)]
    along = [turn[2, axis] - nearness * start[axis] for axis in range(3)]
    total = skin.height_mm
    x, y = start[0], start[1]
    height = _height(skin, total, y, x)
    for _ in range(_STEPS):
        way = (height - start[2]) / along[2]
        seen_x, seen_y = start[0] + way * along[0], start[1] + way * along[1]
        moved_y, moved_x = _warp(pose, y, x)
        y, x = seen_y - moved_y, seen_x - moved_x
        height = _height(skin, total, y, x)
    return Places(y, x, height)


def project(
    places: Places, pose: Pose, shape: tuple[int, int], mm_per_px: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the pixel row and column at which places of the skin are seen."""
    moved_y, moved_x = _warp(pose, places.down_mm, places.right_mm)
    x, y, z = places.right_mm + moved_x, places.down_mm + moved_y, places.height_mm
    turn = pose.turn
    away = 1 - (turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z) / pose.distance_mm
    right = (turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * z) / away * pose.scale
    down = (turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * z) / away * pose.scale
    row = (down + pose.shift_mm[0]) / mm_per_px + (shape[0] - 1) / 2
    column = (right + pose.shift_mm[1]) / mm_per_px + (shape[1] - 1) / 2
    return row, column


def skin_px(skin: Skin, places: Places) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places in samples of the skin."""
    row = places.down_mm / skin.mm_per_px + (skin.shape[0] - 1) / 2
    column = places.right_mm / skin.mm_per_px + (skin.shape[1] - 1) / 2
    return row, column


def _height(
    skin: Skin, total: NDArray[np.float32], y: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    row, column = skin_px(skin, Places(y, x, y))
    sampled = cv2.remap(
        total,
        column.astype(np.float32),
        row.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(sampled, dtype=np.float64)


def _warp(
    pose: Pose, y: NDArray[np.float64], x: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the movement (down, right) in mm within the skin: a few long waves."""
    if pose.warp_mm == 0:
        return np.zeros_like(y), np.zeros_like(x)
    rng = np.random.default_rng(pose.warp_seed)
    down, right = np.zeros_like(y), np.zeros_like(x)
    size = pose.warp_mm / np.sqrt(_WAVES)
    for _ in range(_WAVES):
        heading, aim, phase = rng.uniform(0, 2 * np.pi, 3)
        length = pose.warp_length_mm * rng.uniform(0.8, 1.6)
        along = (x * np.cos(heading) + y * np.sin(heading)) * 2 * np.pi / length
        wave = size * np.sqrt(2) * np.sin(along + phase)
        down += wave * np.sin(aim)
        right += wave * np.cos(aim)
    return down, right
