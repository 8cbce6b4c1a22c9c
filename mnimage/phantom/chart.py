"""Photos of a 24-patch chart, alone or beside skin, by cameras whose colour is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.phantom.camera import Rig, bend, smooth_reflectance, true_lab
from mnimage.phantom.render import Shot, picture, radiance
from mnimage.phantom.sensor import Sensor, code, expose
from mnimage.phantom.spectrum import WAVELENGTHS, skin_reflectance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.phantom.skin import Skin

    Light = NDArray[np.float32]

# fmt: off
CHART_LAB = (
    (37.54, 14.37, 14.92), (64.66, 19.27, 17.50), (49.32, -3.82, -22.54),
    (43.46, -12.74, 22.72), (54.94, 9.61, -24.79), (70.48, -32.26, -0.37),
    (62.73, 35.83, 56.50), (39.43, 10.75, -45.17), (50.57, 48.64, 16.67),
    (30.10, 22.54, -20.87), (71.77, -24.13, 58.19), (71.51, 18.24, 67.37),
    (28.37, 15.42, -49.80), (54.38, -39.72, 32.27), (42.43, 51.05, 28.62),
    (81.80, 2.67, 80.41), (50.63, 51.28, -14.12), (49.57, -29.71, -28.32),
    (95.19, -1.03, 2.93), (81.29, -0.57, 0.44), (66.89, -0.75, -0.06),
    (50.76, -0.13, 0.14), (35.63, -0.46, -0.48), (20.64, 0.07, -0.46),
)
# fmt: on
"""CIELAB (D50) of the patches this chart is painted with: the maker's of November 2014."""

_SKIN_PATCHES = (
    (65, 68, 64, 59, 55, 53, 52, 52, 54, 57, 61, 65, 70, 74, 76, 79,
     87, 100, 115, 129, 138, 146, 154, 163, 173, 188, 204, 222, 242, 261, 282),
    (182, 197, 201, 205, 212, 224, 240, 262, 282, 293, 301, 321, 322, 298, 292, 300,
     295, 305, 358, 435, 494, 530, 550, 564, 574, 590, 605, 624, 652, 682, 713),
)  # fmt: skip
"""Reflectance in thousandths of dark and light skin every 10 nm (Ohta 1997)."""

_FINE = 48
_PATCH = 0.86
_BORDER = 0.35
_BOARD = 0.045


@dataclass(frozen=True, slots=True)
class Laid:
    """How the chart lies in the picture.

    `middle` (row, column) in pixels, `pitch_px` from patch to patch, `turn_deg` in the picture,
    `tilt_deg` away from the camera about the chart's long side, seen from `far` chart widths;
    `falloff` is by how much (ln) the lamp is weaker at its right end; `covered` the part
    (left, top, right, bottom in patches) that a hand of colour `hand` lies on.
    """

    middle: tuple[float, float]
    pitch_px: float = 60.0
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    far: float = 8.0
    falloff: float = 0.0
    covered: tuple[float, float, float, float] | None = None
    hand: tuple[float, float, float] = (0.45, 0.27, 0.2)

    def corners(self) -> NDArray[np.float64]:
        """Return the true outer corners of the corner patches, (row, column) clockwise."""
        half = _PATCH / 2
        ends = np.array(
            [(-half, -half), (5 + half, -half), (5 + half, 3 + half), (-half, 3 + half)]
        )
        places = cv2.perspectiveTransform(ends[None], self.homography())[0]
        return np.asarray(places[:, ::-1], dtype=np.float64)

    def homography(self) -> NDArray[np.float64]:
        """Return what takes (column, row) counted in patches to (x, y) in pixels."""
        tilt, turn = np.radians(self.tilt_deg), np.radians(self.turn_deg)
        distance = self.far * 6
        spin = np.array(
            [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
        )
        lean = np.array([[1, 0, 0], [0, np.cos(tilt), 0], [0, np.sin(tilt) / distance, 1]])
        middle = np.array([[1, 0, -2.5], [0, 1, -1.5], [0, 0, 1]])
        row, column = self.middle
        place = np.array([[self.pitch_px, 0, column], [0, self.pitch_px, row], [0, 0, 1]])
        return np.asarray(place @ spin @ lean @ middle)


@cache
def chart_spectra() -> NDArray[np.float64]:
    """Return the reflectances of the patches, shape (24, 31).

    The two skin patches have the shape that was measured on a real chart, brought to their colour
    by the ratio of two smooth reflectances; all others are the smoothest of their colour.
    """
    spectra = np.array([smooth_reflectance(lab) for lab in CHART_LAB])
    for place, measured in enumerate(_SKIN_PATCHES):
        shape = np.array(measured) / 1000
        red, green, blue = true_lab(shape).tolist()
        spectra[place] *= shape / smooth_reflectance((red, green, blue))
    return spectra


def lay_chart(scene: Light, rig: Rig, laid: Laid) -> Light:
    """Return a picture of linear light (rows, columns, 3) with the chart drawn into it."""
    board = _board(rig, laid)
    shift = np.array([[1, 0, 0.5 - _BORDER - 0.5], [0, 1, 0.5 - _BORDER - 0.5], [0, 0, 1]])
    scale = np.diag([1 / _FINE, 1 / _FINE, 1.0])
    centre = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    to_patches = shift @ scale @ np.linalg.inv(np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]]))
    way = laid.homography() @ centre @ to_patches
    size = scene.shape[1::-1]
    fine = cv2.GaussianBlur(board, (0, 0), max(0.3, 0.4 * _FINE / laid.pitch_px))
    warped = cv2.warpPerspective(fine, way, size, flags=cv2.INTER_LINEAR)
    over = cv2.warpPerspective(np.ones(board.shape[:2], np.float32), way, size)[..., None]
    return np.asarray(warped * (over > 0.999) + scene * (over <= 0.999), dtype=np.float32)


def _board(rig: Rig, laid: Laid) -> Light:
    """Return the chart's light, `_FINE` samples to a patch, its frame about it."""
    width, height = (round((count + 2 * _BORDER) * _FINE) for count in (6, 4))
    across = (np.arange(width) + 0.5) / _FINE - _BORDER
    down = (np.arange(height) + 0.5) / _FINE - _BORDER
    inside = [np.abs(place % 1 - 0.5) < _PATCH / 2 for place in (across, down)]
    inside[0] &= (across > 0) & (across < 6)
    inside[1] &= (down > 0) & (down < 4)
    number = np.clip(down, 0, 3.99).astype(int)[:, None] * 6 + np.clip(across, 0, 5.99).astype(int)
    board = rig.light(np.full((1, WAVELENGTHS.size), _BOARD))
    light = np.where((inside[1][:, None] & inside[0])[..., None], patch_light(rig)[number], board)
    if laid.covered is not None:
        left, top, right, bottom = laid.covered
        hand = ((down > top) & (down < bottom))[:, None] & ((across > left) & (across < right))
        light = np.where(hand[..., None], np.array(laid.hand), light)
    # The lamp stands by the camera, so that a chart turned away is darker by the cosine.
    lamp = np.cos(np.radians(laid.tilt_deg)) * np.exp(-laid.falloff * (across / 6 - 0.5))
    lamp = lamp[None, :, None]
    return np.asarray(light * lamp, dtype=np.float32)


def patch_light(rig: Rig) -> NDArray[np.float64]:
    """Return the light of the patches as the rig's file holds it, linear, shape (24, 3)."""
    return rig.light(chart_spectra())


def skin_scene(skin: Skin, rig: Rig, shot: Shot) -> Light:
    """Return the linear light of skin as the rig's file holds it."""
    colours = skin.chromophores
    maps = (colours.melanin, colours.blood, colours.oxygen)
    flat = [np.asarray(one, dtype=np.float64).ravel() for one in maps]
    albedo = np.concatenate(
        [
            rig.light(skin_reflectance(*part))
            for part in zip(*(np.array_split(one, 16) for one in flat), strict=True)
        ]
    )
    albedo = albedo.reshape(*skin.shape, 3).astype(np.float32)
    return picture(skin, shot, radiance(skin, shot, albedo=albedo))


def wall(shape: tuple[int, int], rig: Rig, level: float = 0.25) -> Light:
    """Return a plain grey wall to lay a chart onto."""
    light = rig.light(np.full((1, WAVELENGTHS.size), level))
    return np.broadcast_to(light.astype(np.float32), (*shape, 3)).copy()


def take(scene: Light, rig: Rig, sensor: Sensor, *, seed: int = 0, camera: str = "") -> Photo:
    """Return the photo of a scene: exposure, noise, the camera's tones, coding."""
    linear = expose(scene, sensor, np.random.default_rng([seed, 11]))
    coded = code(bend(np.maximum(linear, 0), rig.camera.contrast), sensor)
    made = "JPEG" if sensor.jpeg is not None else "PNG"
    facts = CaptureFacts(made, 8 if coded.dtype == np.uint8 else 16, camera=camera or None)
    return Photo(coded, facts)
