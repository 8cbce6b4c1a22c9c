"""The lamps of a rig: where they stand, how bright they are, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.photo import ImageScale
    from mnimage.words.message import Message

RIG_VERSION = 1
"""Raised whenever a kept rig would mean something else."""


@dataclass(frozen=True, slots=True)
class RigLamp:
    """One lamp.

    `light` is the unit vector from the skin to the lamp, or the lamp's place in mm from the
    picture's centre (x right, y down, z to the camera). `error_deg` is the rms error of its
    direction, `error_mm` that of its place (None for far lamps); `left_out_deg` by how much the
    other places of the target, or parts of it, disagree when each is left out in turn (None where
    there was one place only). `power` is its brightness over the mean of all, with its relative
    error; None where the target does not show it.
    """

    light: tuple[float, float, float]
    error_deg: float
    error_mm: float | None = None
    left_out_deg: float | None = None
    power: float | None = None
    power_error: float | None = None


@dataclass(frozen=True, slots=True)
class LightRig:
    """The lamps of a rig in the order of their shots.

    `common_deg` is the part of the lamps' errors that all of them share (a ball's outline, a
    card's tilt), as rms angle. `method` is "chrome ball", "matte ball" or "card"; `scale` that of
    the level where the target lay; `made_at` when the rig was measured, ISO 8601.
    """

    lamps: tuple[RigLamp, ...]
    near: bool
    common_deg: float
    method: str
    made_at: str
    scale: ImageScale | None = None
    warnings: tuple[Message, ...] = ()
    version: int = RIG_VERSION

    @property
    def lights(self) -> NDArray[np.float64]:
        """Unit vectors or places in mm, (k, 3)."""
        return np.array([lamp.light for lamp in self.lamps], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class TargetShots:
    """Shots of a ball or a card at one place, one lamp each.

    `frames` (k, rows, columns) are linear light with the dark frame subtracted if `darkened`;
    `saturated` marks the end of the range. `mm_per_px` holds at the level of the skin, `camera_mm`
    is the camera's distance from it and `height_mm` how far above it the ball's middle or the
    card's face lies; None where not stated. `circle` is the ball's outline (row, column, radius in
    px) where it was given.
    """

    frames: NDArray[np.float32] = field(repr=False)
    saturated: NDArray[np.bool_] = field(repr=False)
    name: str
    mm_per_px: float | None = None
    camera_mm: float | None = None
    height_mm: float | None = None
    circle: tuple[float, float, float] | None = None
    darkened: bool = False
    notes: tuple[Message, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each frame."""
        return int(self.frames.shape[1]), int(self.frames.shape[2])
