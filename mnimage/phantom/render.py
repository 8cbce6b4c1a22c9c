"""Photos of phantom skin, and where each pixel of one lies in another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import starmap
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mnimage.domain.photo import CaptureFacts, ImageScale, Photo
from mnimage.phantom.light import Lamp, Terrain, diffuse, gloss, irradiance, spread, survey
from mnimage.phantom.pose import Places, Pose, look_up, project, skin_px
from mnimage.phantom.sensor import Sensor, code, expose, stepped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mnimage.phantom.skin import Skin

_Samples: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32]]

_GLOSS_SHARPNESS = 30.0


@dataclass(frozen=True, slots=True)
class Shot:
    """How one photo is taken. Without `lamp` the light is soft and frontal.

    The picture has `shape` (the whole skin by default) and `binning` samples of the skin to a
    pixel's side: at 2 each pixel gathers four places, as a real one gathers all light on it. Lamps
    stand with the camera, so turning the skin turns it under them. `ambient` is soft stray light,
    as a share of full light; `gloss` the strength of mirror-like light on top.
    """

    lamp: Lamp | None = None
    pose: Pose = field(default_factory=Pose)
    sensor: Sensor = field(default_factory=Sensor)
    shape: tuple[int, int] | None = None
    binning: int = 1
    ambient: float = 0.0
    gloss: float = 0.0
    scatter: bool = True
    shadows: bool = True
    seed: int = 0


def shoot(skin: Skin, shot: Shot) -> Photo:
    """Return a photo of the skin, sRGB-coded; the same arguments give the same pixels."""
    linear = shoot_linear(skin, shot)
    coded = code(linear, shot.sensor)
    made = "JPEG" if shot.sensor.jpeg is not None else "PNG"
    return Photo(coded, CaptureFacts(format=made, bits=8 if coded.dtype == np.uint8 else 16))


def shoot_linear(skin: Skin, shot: Shot) -> NDArray[np.float32]:
    """Return what the sensor reads of the skin: linear RGB (rows, columns, 3), noise included."""
    light = picture(skin, shot, radiance(skin, shot))
    return expose(light, shot.sensor, np.random.default_rng([shot.seed, 7]))


def radiance(
    skin: Skin,
    shot: Shot,
    terrain: Terrain | None = None,
    albedo: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return the light that leaves each sample of the skin towards the camera, linear RGB.

    `terrain` and `albedo` are the skin's own; several shots of one skin can share them.
    """
    terrain = survey(skin.height_mm, skin.mm_per_px) if terrain is None else terrain
    albedo = skin.chromophores.albedo() if albedo is None else albedo
    lamp = None if shot.lamp is None else _lamp_on_skin(shot.lamp, shot.pose)
    light = irradiance(terrain, lamp, shadows=shot.shadows) if lamp else diffuse(terrain)
    if shot.ambient > 0:
        light = light + np.float32(shot.ambient) * diffuse(terrain, relief_share=0.0)
    planes = (spread(light, part, skin.mm_per_px) if shot.scatter else light for part in range(3))
    leaving = np.stack([plane * albedo[..., part] for part, plane in enumerate(planes)], axis=-1)
    if shot.gloss > 0 and lamp is not None:
        shine = gloss(terrain, lamp, sharpness=_GLOSS_SHARPNESS)
        leaving += np.float32(shot.gloss) * shine[..., None]
    return leaving


def _lamp_on_skin(lamp: Lamp, pose: Pose) -> Lamp:
    """Return where a lamp that stands with the camera is, seen from the skin."""
    shift = np.array([pose.shift_mm[1], pose.shift_mm[0], 0.0]) / pose.scale
    place = np.array([lamp.x, lamp.y, lamp.z]) - (0 if lamp.far else shift)
    x, y, z = (pose.turn.T @ place).tolist()
    return replace(lamp, x=x, y=y, z=z)


def shape_of(skin: Skin, shot: Shot) -> tuple[int, int]:
    """Return the rows and columns of a shot's picture."""
    if shot.shape is not None:
        return shot.shape
    return skin.shape[0] // shot.binning, skin.shape[1] // shot.binning


def scale_of(skin: Skin, shot: Shot) -> ImageScale:
    """Return the true scale of a shot's picture."""
    return ImageScale(skin.mm_per_px * shot.binning / shot.pose.scale, "rig", 0.001)


def picture(skin: Skin, shot: Shot, light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the lens of a shot makes of light on the skin's samples, (rows, columns, n)."""
    return _gathered(skin, shot, light, _samples(skin, shot))


def _samples(skin: Skin, shot: Shot) -> _Samples | None:
    """Return the samples (row, column) that a shot's fine pixels see; None if as they lie."""
    rows, columns = shape_of(skin, shot)
    fine = (rows * shot.binning, columns * shot.binning)
    margin = (skin.shape[0] - fine[0], skin.shape[1] - fine[1])
    if shot.pose.still() and min(margin) >= 0 and margin[0] % 2 == margin[1] % 2 == 0:
        return None
    return skin_px(skin, look_up(skin, shot.pose, fine, skin.mm_per_px))


def _gathered(
    skin: Skin, shot: Shot, light: NDArray[np.float32], samples: _Samples | None
) -> NDArray[np.float32]:
    rows, columns = shape_of(skin, shot)
    if samples is None:
        top = (skin.shape[0] - rows * shot.binning) // 2
        left = (skin.shape[1] - columns * shot.binning) // 2
        seen = light[top : top + rows * shot.binning, left : left + columns * shot.binning]
    else:
        seen = _resampled(light, samples)
    if shot.binning > 1:
        gathered = cv2.resize(seen, (columns, rows), interpolation=cv2.INTER_AREA)
        seen = np.asarray(gathered, dtype=np.float32).reshape(rows, columns, -1)
    return np.ascontiguousarray(seen, dtype=np.float32)


def _resampled(light: NDArray[np.float32], samples: _Samples) -> NDArray[np.float32]:
    # Cubic splines at the very places: OpenCV's cubic look-up rounds places to 1/32 of a pixel.
    planes = [
        ndimage.map_coordinates(
            light[..., part], samples, order=3, mode="mirror", output=np.float32
        )
        for part in range(light.shape[2])
    ]
    return np.stack(planes, axis=-1)


def true_places(skin: Skin, shot: Shot) -> Places:
    """Return the place of the skin, and its height, that each pixel's centre sees."""
    return look_up(skin, shot.pose, shape_of(skin, shot), skin.mm_per_px * shot.binning)


def true_field(
    skin: Skin, before: Shot, after: Shot, skin_after: Skin | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Return where each pixel of `before` lies in `after`.

    `skin_after` is the same skin at a later session; its healed holes are less deep, which moves
    them a little when seen aslant.

    Returns
    -------
    row, column, seen
        Of before's shape; pixel centres at whole numbers. `seen` is true where both pictures show
        the place, on the patch itself and not turned away from either camera.
    """
    later = skin_after or skin
    mm_per_px = later.mm_per_px * after.binning
    shape = shape_of(later, after)
    places = true_places(skin, before)
    seen = _on_skin(skin, places) & _facing(skin, before.pose, places)
    height = true_height(later, places)
    row, column = project(
        Places(places.down_mm, places.right_mm, height), after.pose, shape, mm_per_px
    )
    inside = (row >= 0) & (row <= shape[0] - 1) & (column >= 0) & (column <= shape[1] - 1)
    seen = seen & inside & _facing(later, after.pose, places)
    return row.astype(np.float32), column.astype(np.float32), seen


def true_height(skin: Skin, places: Places) -> NDArray[np.float32]:
    """Return the skin's whole height in mm at places, as the camera's rays meet it."""
    row, column = skin_px(skin, places)
    sampled = cv2.remap(
        skin.height_mm, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(sampled, dtype=np.float32)


def _on_skin(skin: Skin, places: Places) -> NDArray[np.bool_]:
    row, column = skin_px(skin, places)
    rows, columns = skin.shape
    inside = (row >= 0) & (row <= rows - 1) & (column >= 0) & (column <= columns - 1)
    return np.asarray(inside)


def _facing(skin: Skin, pose: Pose, places: Places) -> NDArray[np.bool_]:
    """Say where the form of the body is not turned more than 80 degrees from the camera."""
    slope_down, slope_right = np.gradient(skin.base_mm, skin.mm_per_px)
    turn = pose.turn[2]
    toward = turn[2] - turn[0] * slope_right - turn[1] * slope_down
    toward /= np.sqrt(1 + slope_down**2 + slope_right**2)
    row, column = skin_px(skin, places)
    sampled = cv2.remap(toward, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled > 0.17)


def shoot_lamps(
    skin: Skin, lamps: Sequence[Lamp], shot: Shot | None = None
) -> Iterator[NDArray[np.float32]]:
    """Yield one linear RGB frame (rows, columns, 3) for each lamp, noise included, in 0..1.

    An exposure of 0 in the shot's sensor stands for one that brings the brightest channel of the
    brightest frame to 0.85.
    """
    shot = shot or Shot()
    terrain, albedo = survey(skin.height_mm, skin.mm_per_px), skin.chromophores.albedo()
    shots = [replace(shot, lamp=lamp, seed=shot.seed * 1000 + i) for i, lamp in enumerate(lamps)]
    take = partial(radiance, skin, terrain=terrain, albedo=albedo)
    samples = _samples(skin, shot)
    pictures = [_gathered(skin, one, take(one), samples) for one in shots]
    sensor = _metered(shot.sensor, pictures)

    def read(one: Shot, seen: NDArray[np.float32]) -> NDArray[np.float32]:
        linear = expose(seen, sensor, np.random.default_rng([one.seed, 7]))
        return stepped(linear, sensor.bits)

    yield from starmap(read, zip(shots, pictures, strict=True))


def _metered(sensor: Sensor, pictures: Sequence[NDArray[np.float32]]) -> Sensor:
    if sensor.exposure > 0:
        return sensor
    brightest = max(float(np.quantile(one[::5, ::5], 0.995)) for one in pictures)
    return replace(sensor, exposure=0.85 / brightest)
