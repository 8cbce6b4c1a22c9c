"""Skin photographed under a ring of lamps with everything that goes a little wrong, truth known.

Each session has lamps that stand up to 3 mm from where they are believed to be and differ in power
by up to 2 %, skin that moves by up to 2 px between its shots, stray light, gloss left by the
polarisers (one part in thirty of bare skin's 0.15), cast shadows, light spread inside the skin by a
kernel of its own, noise, and 12 bit.
The skin has samples twice as fine as the picture, so that the picture is no copy of the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.photo import ImageScale
from mnimage.domain.relief import Shots
from mnimage.kernels.color import to_coded8
from mnimage.phantom.light import SCATTER_MM, gloss, irradiance, ring, survey
from mnimage.phantom.sensor import Sensor, expose, stepped
from mnimage.phantom.skin import SkinAppearance, make_skin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.phantom.light import Lamp, Terrain
    from mnimage.phantom.skin import Skin

    Plane = NDArray[np.float32]

TONES = ("I", "II", "III", "IV", "V", "VI")
CHANNELS = ("red", "green", "blue")
PITCH = 0.05
FINER = 2
SHARPNESS = 30.0
LEAST_SIGNAL = 50.0


@dataclass(frozen=True, slots=True)
class Fault:
    """How much goes wrong.

    `lamp_mm` and `power` are the largest errors of a lamp's place and power, `motion_px` the
    largest shift of one shot, `turn_deg` its turn; `kernel` are the factors of the share and the
    reach of the light spread inside the skin against those that are assumed, `tails` makes the
    kernel a sum of a narrow and a wide one of the same mean reach.
    """

    lamp_mm: float = 3.0
    power: float = 0.02
    motion_px: float = 2.0
    turn_deg: float = 0.05
    ambient: float = 0.005
    gloss: float = 0.005
    kernel: tuple[float, float] = (1.0, 1.0)
    tails: bool = False
    electrons: float = 12000.0
    blur_px: float = 0.6


@dataclass(frozen=True, slots=True)
class Rig:
    """Lamps as they are believed to stand, and the channel that is measured.

    Without `channel` it is blue where a pixel gathers enough of it for a signal to noise ratio of
    50, else green.
    """

    count: int = 8
    slant_deg: float = 45.0
    distance_mm: float = 300.0
    channel: int | None = None

    def lamps(self) -> tuple[Lamp, ...]:
        """Return the lamps."""
        return ring(self.count, slant_deg=self.slant_deg, distance_mm=self.distance_mm)


def scarred_skin(seed: int, side_mm: float = 36.0, look: SkinAppearance | None = None) -> Skin:
    """Return skin of the seed's tone with scars of every kind, lines, pores and furrows.

    Another `look` in its place keeps what the seed draws, where it has as many of it.
    """
    look = look or _look(seed)
    return make_skin(seed=seed, size_mm=(side_mm, side_mm), mm_per_px=PITCH / FINER, look=look)


def _look(seed: int) -> SkinAppearance:
    random = np.random.default_rng([seed, 3])
    return SkinAppearance(
        tone=TONES[seed % len(TONES)],
        microrelief_um=float(random.uniform(4, 14)),
        furrow_um=float(random.uniform(20, 80)),
        furrow_cell_mm=float(random.uniform(0.7, 1.2)),
        pores_per_cm2=float(random.uniform(30, 90)),
        lines=int(random.integers(2, 6)),
        scars=(3, 3, 2),
        curvature_mm=float(random.uniform(40, 120)),
        margin_mm=2.0,
    )


@dataclass(frozen=True, slots=True)
class Session:
    """One session's shots, and how far down and to the right of the picture's middle the skin lay.

    `moved_px` is that of the mean of all shots, in pixels.
    """

    shots: Shots
    moved_px: tuple[float, float]

    def place_px(self, row_mm: float, column_mm: float) -> tuple[float, float]:
        """Return where a place of the skin (mm from its middle) lies in the picture."""
        rows, columns = self.shots.shape
        return (
            row_mm / PITCH + (rows - 1) / 2 + self.moved_px[0],
            column_mm / PITCH + (columns - 1) / 2 + self.moved_px[1],
        )


def shoot_session(skin: Skin, seed: int, fault: Fault, rig: Rig | None = None) -> Session:
    """Return the directional shots of one session; the seed draws what goes wrong."""
    rig = rig or Rig()
    random = np.random.default_rng([seed, 11])
    away = random.uniform(-15.0, 15.0, 2)
    mishaps = [_mishap(lamp, fault, random) for lamp in rig.lamps()]
    terrain, albedo = survey(skin.height_mm, skin.mm_per_px), skin.chromophores.albedo()
    seen = []
    for lamp, moved, turn in mishaps:
        leaving = _leaving(_light(terrain, lamp, fault), albedo, skin.mm_per_px, fault)
        seen.append(_gathered(leaving, away + moved, turn))
    brightest = max(float(np.quantile(one[::5, ::5], 0.995)) for one in seen)
    sensor = Sensor(0.85 / brightest, blur_px=fault.blur_px, electrons=fault.electrons, bits=12)
    frames = [stepped(expose(one, sensor, random), 12) for one in seen]
    channel = _channel(frames, fault) if rig.channel is None else rig.channel
    shots = Shots(
        frames=np.stack([frame[..., channel] for frame in frames]),
        lights=np.array([(lamp.x, lamp.y, lamp.z) for lamp in rig.lamps()]),
        near=True,
        scale=ImageScale(PITCH, "rig", 0.001),
        picture=to_coded8(np.mean(frames, axis=0)),
        channel=CHANNELS[channel],
        bits=12,
        colors=np.stack([to_coded8(np.maximum(frame, 0)) for frame in frames]),
    )
    mean = away + np.mean([moved for _, moved, _ in mishaps], axis=0)
    return Session(shots, (float(mean[0]), float(mean[1])))


def _channel(frames: list[Plane], fault: Fault) -> int:
    electrons = float(np.mean([frame[::5, ::5, 2].mean() for frame in frames])) * fault.electrons
    return 2 if electrons >= LEAST_SIGNAL**2 else 1


def _mishap(
    lamp: Lamp, fault: Fault, random: np.random.Generator
) -> tuple[Lamp, NDArray[np.float64], float]:
    """Return the lamp as it truly is, the shot's shift in px and its turn in degrees."""
    true = _misplaced(lamp, fault, random)
    moved = random.uniform(-fault.motion_px, fault.motion_px, 2)
    return true, moved, float(random.uniform(-fault.turn_deg, fault.turn_deg))


def _misplaced(lamp: Lamp, fault: Fault, random: np.random.Generator) -> Lamp:
    x, y, z = np.array([lamp.x, lamp.y, lamp.z]) + random.uniform(-fault.lamp_mm, fault.lamp_mm, 3)
    power = 1 + random.uniform(-fault.power, fault.power)
    return replace(lamp, x=float(x), y=float(y), z=float(z), power=float(power))


def _light(terrain: Terrain, lamp: Lamp, fault: Fault) -> tuple[Plane, Plane]:
    """Return what reaches each sample, and what it mirrors."""
    light = irradiance(terrain, lamp) + np.float32(fault.ambient)
    shine = gloss(terrain, lamp, sharpness=SHARPNESS) * np.float32(fault.gloss)
    return light, shine


def _leaving(
    light: tuple[Plane, Plane], albedo: Plane, mm_per_px: float, fault: Fault
) -> NDArray[np.float32]:
    planes = []
    for part, (share, reach_mm) in enumerate(SCATTER_MM):
        reach = reach_mm * fault.kernel[1] / mm_per_px
        wide = (
            0.5 * (_blurred(light[0], 0.6 * reach) + _blurred(light[0], 1.4 * reach))
            if fault.tails
            else _blurred(light[0], reach)
        )
        spread = light[0] + np.float32(share * fault.kernel[0]) * (wide - light[0])
        planes.append(spread * albedo[..., part] + light[1])
    return np.stack(planes, axis=-1).astype(np.float32)


def _blurred(values: Plane, sigma: float) -> Plane:
    """Return a Gaussian blur at full size, edges mirrored; nothing that measures is used here."""
    spread = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return np.asarray(spread, dtype=np.float32)


def _gathered(light: Plane, moved_px: NDArray[np.float64], turn_deg: float) -> Plane:
    """Return the picture of light moved by pixels of the picture and turned about its middle."""
    rows, columns = light.shape[:2]
    middle = (columns / 2 - 0.5, rows / 2 - 0.5)
    way = np.asarray(cv2.getRotationMatrix2D(middle, turn_deg, 1.0), dtype=np.float64)
    way[:, 2] += moved_px[::-1] * FINER
    moved = cv2.warpAffine(
        light, way, (columns, rows), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT
    )
    size = (columns // FINER, rows // FINER)
    return np.asarray(cv2.resize(moved, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
