"""Skin photographed at an ordinary visit, with what a careful clinic still gets slightly wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnimage.phantom.light import Lamp
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.sensor import Sensor

if TYPE_CHECKING:
    from mnimage.domain.photo import Photo
    from mnimage.phantom.skin import Skin


@dataclass(frozen=True, slots=True)
class ShootingVariation:
    """How a clinic photographs: standard deviations from one visit to the next.

    `light_deg` is that of the lamp's angle, which is `away_deg` on average; `pose_deg` that of each
    turn of the skin, `stops` and `balance` those of exposure and of the red and blue gains (ln),
    `size` that of the distance.
    """

    light_deg: float = 6.0
    away_deg: float = 0.0
    pose_deg: float = 2.0
    exposure: float = 0.12
    balance: float = 0.05
    size: float = 0.02
    warp_mm: float = 0.1
    jpeg: int | None = 90


CAREFUL = ShootingVariation()


def visit(
    skin: Skin, random: np.random.Generator, *, first: bool, variation: ShootingVariation = CAREFUL
) -> Photo:
    """Return one photo of a skin; the first is taken straight on, a later one as it comes."""
    yaw, pitch, roll = random.normal(0, variation.pose_deg, 3).tolist()
    down, right = random.normal(0, 0.5, 2).tolist()
    pose = Pose(
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        scale=float(1 + random.normal(0, variation.size)),
        shift_mm=(down, right),
        warp_mm=variation.warp_mm,
        warp_seed=int(random.integers(1000)),
    )
    red, blue = np.exp(random.normal(0, variation.balance, 2)).tolist()
    sensor = Sensor(
        exposure=1.0 if first else float(np.exp(random.normal(0, variation.exposure))),
        balance=(1.0, 1.0, 1.0) if first else (red, 1.0, blue),
        blur_px=float(random.uniform(0.5, 1.1)),
        electrons=12000.0,
        jpeg=variation.jpeg,
    )
    tilt = np.tan(np.radians(random.normal((variation.away_deg, 0.0), variation.light_deg)))
    lamp = Lamp(float(tilt[0]), float(tilt[1]), 1.0, far=True)
    seed = int(random.integers(1 << 30))
    return shoot(skin, Shot(lamp=lamp, pose=Pose() if first else pose, sensor=sensor, seed=seed))
