"""The camera over the skin: where each pixel looks, and where each place of the skin is seen.

Places are (row, column) in mm on the skin, from its middle, before any expression moves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mnimage.phantom.skin import Skin

Plane: TypeAlias = NDArray[np.float32]

_STEPS = 30
_CLOSE_MM = 5e-5
_WAVES = 4


@dataclass(frozen=True, slots=True)
class Pose:
    """How the skin is held before the camera.

    The skin turns by `yaw_deg` (about the axis that points down), `pitch_deg` (about the one that
    points right) and `roll_deg` (in the picture), then moves by `shift_mm` (down, right). Positive
    yaw moves the nose of a face to the right of the picture, positive pitch upwards; positive roll
    is clockwise. `scale` is how much larger the skin is seen, `distance_mm` that of the camera
    (infinite: no perspective), `warp_mm` the RMS of a smooth movement within the skin, as from
    expression, in waves of about `warp_length_mm`.
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

    down_mm: Plane
    right_mm: Plane
    height_mm: Plane

    def parts(self) -> tuple[Plane, Plane, Plane]:
        """Return down, right and height."""
        return self.down_mm, self.right_mm, self.height_mm


def picture_mm(shape: tuple[int, int], mm_per_px: float) -> tuple[Plane, Plane]:
    """Return the rows (n, 1) and columns (1, n) of a picture in mm from its middle."""
    down = (np.arange(shape[0]) - (shape[0] - 1) / 2) * mm_per_px
    right = (np.arange(shape[1]) - (shape[1] - 1) / 2) * mm_per_px
    return down.astype(np.float32)[:, None], right.astype(np.float32)[None]


def look_up(skin: Skin, pose: Pose, shape: tuple[int, int], mm_per_px: float) -> Places:
    """Return the place of the skin that each pixel's centre sees, right to 0.0001 pixel."""
    down, right = picture_mm(shape, mm_per_px)
    down = (down - np.float32(pose.shift_mm[0])) / np.float32(pose.scale)
    right = (right - np.float32(pose.shift_mm[1])) / np.float32(pose.scale)
    total = skin.height_mm
    # A coarse answer first, so that the fine one needs few rounds.
    few = (max(2, shape[0] // 8), max(2, shape[1] // 8))
    some_down = np.linspace(down[0, 0], down[-1, 0], few[0], dtype=np.float32)[:, None]
    some_right = np.linspace(right[0, 0], right[0, -1], few[1], dtype=np.float32)[None]
    coarse = _meet(skin, total, pose, _Rays(pose, some_down, some_right), None)
    guess = Places(*(_enlarged(part, shape) for part in coarse.parts()))
    return _meet(skin, total, pose, _Rays(pose, down, right), guess)


class _Rays:
    """The camera's rays on the skin's axes: a point `start` and a direction `along` for each."""

    def __init__(self, pose: Pose, down: Plane, right: Plane) -> None:
        # A ray is (right, down, 0) + t (-right / D, -down / D, 1), turned back onto the skin.
        turn, nearness = pose.turn.astype(np.float32), np.float32(1 / pose.distance_mm)
        self.start = [turn[0, axis] * right + turn[1, axis] * down for axis in range(3)]
        self.along = [turn[2, axis] - nearness * self.start[axis] for axis in range(3)]

    def at_height(self, height: Plane) -> tuple[Plane, Plane]:
        """Return the places (down, right) where the rays are this high over the skin."""
        way = (height - self.start[2]) / self.along[2]
        return self.start[1] + way * self.along[1], self.start[0] + way * self.along[0]


def _meet(skin: Skin, total: Plane, pose: Pose, rays: _Rays, guess: Places | None) -> Places:
    """Return where rays meet the surface, by going back and forth until nothing moves."""
    guess = guess or Places(rays.start[1], rays.start[0], np.zeros_like(rays.start[0]))
    y, x, height = guess.parts()
    for _ in range(_STEPS):
        seen_y, seen_x = rays.at_height(height)
        moved_y, moved_x = _warp(pose, y, x)
        last_y, last_x = y, x
        y, x = seen_y - moved_y, seen_x - moved_x
        height = _height(skin, total, y, x)
        if max(np.abs(y - last_y).max(), np.abs(x - last_x).max()) < _CLOSE_MM:
            break
    return Places(y, x, height)


def _enlarged(values: Plane, shape: tuple[int, int]) -> Plane:
    rows = np.linspace(0, values.shape[0] - 1, shape[0], dtype=np.float32)
    columns = np.linspace(0, values.shape[1] - 1, shape[1], dtype=np.float32)
    across, down = np.meshgrid(columns, rows)
    return np.asarray(cv2.remap(values, across, down, cv2.INTER_LINEAR), dtype=np.float32)


def project(
    places: Places, pose: Pose, shape: tuple[int, int], mm_per_px: float
) -> tuple[Plane, Plane]:
    """Return the pixel row and column at which places of the skin are seen."""
    moved_y, moved_x = _warp(pose, places.down_mm, places.right_mm)
    x, y, z = places.right_mm + moved_x, places.down_mm + moved_y, places.height_mm
    turn, nearness = pose.turn.astype(np.float32), np.float32(1 / pose.distance_mm)
    away = 1 - nearness * (turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z)
    right = (turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * z) / away * pose.scale
    down = (turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * z) / away * pose.scale
    row = (down + pose.shift_mm[0]) / mm_per_px + (shape[0] - 1) / 2
    column = (right + pose.shift_mm[1]) / mm_per_px + (shape[1] - 1) / 2
    return row, column


def skin_px(skin: Skin, places: Places) -> tuple[Plane, Plane]:
    """Return places in samples of the skin."""
    row = places.down_mm / skin.mm_per_px + (skin.shape[0] - 1) / 2
    column = places.right_mm / skin.mm_per_px + (skin.shape[1] - 1) / 2
    return row, column


def _height(skin: Skin, total: Plane, y: Plane, x: Plane) -> Plane:
    row, column = skin_px(skin, Places(y, x, y))
    sampled = cv2.remap(total, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, dtype=np.float32)


def _warp(pose: Pose, y: Plane, x: Plane) -> tuple[Plane, Plane]:
    """Return the movement (down, right) in mm within the skin: a few long waves."""
    down, right = np.zeros_like(y), np.zeros_like(x)
    if pose.warp_mm == 0:
        return down, right
    rng = np.random.default_rng(pose.warp_seed)
    size = pose.warp_mm * np.sqrt(2 / _WAVES)
    for _ in range(_WAVES):
        heading, aim, phase = rng.uniform(0, 2 * np.pi, 3)
        turns = 2 * np.pi / (pose.warp_length_mm * rng.uniform(0.8, 1.6))
        across, along = np.float32(turns * np.cos(heading)), np.float32(turns * np.sin(heading))
        wave = np.sin(x * across + y * along + np.float32(phase))
        down += wave * np.float32(size * np.sin(aim))
        right += wave * np.float32(size * np.cos(aim))
    return down, right
