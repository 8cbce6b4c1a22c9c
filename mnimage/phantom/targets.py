"""Things of known form that a camera is calibrated with: balls, a white card, printed markers.

Rendered by following rays through a pinhole (or, at an infinite distance, parallel ones), several
to each pixel. x is right, y down, z to the camera, in mm from the place on the table (z = 0) that
the picture's middle shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from mnimage.phantom.light import Lamp

    Values = NDArray[np.float64]

_BAND = 64


@dataclass(frozen=True, slots=True)
class Stage:
    """The camera and the room.

    `mm_per_px` holds on the table; `camera_mm` is the camera's height above it. `room` is light
    from all sides as a share of a lamp's own on the level table, `samples` the rays along each
    side of a pixel. `vignetting` is the loss of light in the corners.
    """

    shape: tuple[int, int]
    mm_per_px: float
    camera_mm: float = float("inf")
    room: float = 0.0
    vignetting: float = 0.0
    samples: int = 3
    lamp_radius_mm: float = 6.0


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball: its middle and radius in mm, chrome or matte, and what the table reflects."""

    middle: tuple[float, float, float]
    radius_mm: float
    chrome: bool = False
    albedo: float = 0.8
    table: float = 0.04
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A flat white card at a height, tilted by angles about the x and the y axis."""

    height_mm: float = 0.0
    tilt_deg: tuple[float, float] = (0.0, 0.0)
    albedo: float = 0.85
    mottle: float = 0.0
    seed: int = 0

    @property
    def normal(self) -> Values:
        """The card's unit normal."""
        down, right = np.tan(np.radians(self.tilt_deg))
        upright = np.array([right, down, 1.0])
        return np.asarray(upright / np.linalg.norm(upright))


@dataclass(frozen=True, slots=True)
class Print:
    """A printed marker: number, side, middle, turns as in `pose.Pose`, and how far ink spread."""

    number: int
    side_mm: float
    middle: tuple[float, float, float] = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    spread_mm: float = 0.0
    white: float = 0.8
    black: float = 0.05


def ball_light(ball: Ball, lamp: Lamp, stage: Stage) -> NDArray[np.float32]:
    """Return the light of a ball on a table under one lamp, grey (rows, columns)."""
    return _gathered(stage, lambda start, way: _ball_rays(ball, lamp, stage, start, way))


def card_light(card: Card, lamp: Lamp, stage: Stage) -> NDArray[np.float32]:
    """Return the light of a white card under one lamp, grey (rows, columns)."""
    seen = _gathered(stage, lambda start, way: _card_rays(card, lamp, stage, start, way))
    if not card.mottle:
        return seen
    spots = np.random.default_rng(card.seed).normal(1, card.mottle, stage.shape)
    return np.asarray(seen * cv2.GaussianBlur(spots, (0, 0), 1.0), dtype=np.float32)


def print_light(marker: Print, scene: NDArray[np.float32], stage: Stage) -> NDArray[np.float32]:
    """Return a scene, linear RGB of the stage's shape, with a printed marker in it."""
    shown = _gathered(stage, lambda start, way: _print_rays(marker, start, way)[0])
    share = _gathered(stage, lambda start, way: _print_rays(marker, start, way)[1])
    return np.asarray(scene * (1 - share[..., None]) + shown[..., None], dtype=np.float32)


def pitch_at(stage: Stage, height_mm: float) -> float:
    """Return mm per pixel on a level surface at a height above the table."""
    nearer = 1 - height_mm / stage.camera_mm if np.isfinite(stage.camera_mm) else 1.0
    return stage.mm_per_px * nearer


def _gathered(stage: Stage, follow: Callable[[Values, Values], Values]) -> NDArray[np.float32]:
    picture = np.empty(stage.shape, dtype=np.float32)
    for span, start, way in _rays(stage):
        light = follow(start, way)
        rows = span.stop - span.start
        parts = light.reshape(rows, stage.samples, stage.shape[1], stage.samples)
        picture[span] = parts.mean(axis=(1, 3))
    return picture * _fading(stage)


def _fading(stage: Stage) -> NDArray[np.float32]:
    rows, columns = stage.shape
    down = np.linspace(-1, 1, rows)[:, None] * rows
    right = np.linspace(-1, 1, columns)[None] * columns
    corner = (down**2 + right**2) / (rows**2 + columns**2)
    return np.asarray(1 - stage.vignetting * corner, dtype=np.float32)


def _rays(stage: Stage) -> Iterator[tuple[slice, Values, Values]]:
    """Yield bands of rows with a place on each ray, and its unit way from the camera, (n, 3)."""
    rows, columns = stage.shape
    inside = (np.arange(stage.samples) + 0.5) / stage.samples - 0.5
    right = (np.arange(columns)[:, None] + inside).ravel() - (columns - 1) / 2
    for top in range(0, rows, _BAND):
        span = slice(top, min(top + _BAND, rows))
        down = (np.arange(span.start, span.stop)[:, None] + inside).ravel() - (rows - 1) / 2
        y, x = np.meshgrid(down * stage.mm_per_px, right * stage.mm_per_px, indexing="ij")
        place = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
        if np.isfinite(stage.camera_mm):
            way = place - np.array([0.0, 0.0, stage.camera_mm])
            way /= np.linalg.norm(way, axis=1, keepdims=True)
        else:
            way = np.broadcast_to([0.0, 0.0, -1.0], place.shape)
        yield span, place, way


def _ball_rays(ball: Ball, lamp: Lamp, stage: Stage, start: Values, way: Values) -> Values:
    light = _table(ball, lamp, stage, start)
    near = _met(ball, start, way)
    hit = np.isfinite(near)
    place = start[hit] + near[hit, None] * way[hit]
    normal = (place - np.array(ball.middle)) / ball.radius_mm
    if ball.chrome:
        light[hit] = _mirrored(ball, lamp, stage, place, normal, way[hit])
    else:
        light[hit] = ball.albedo * (_lit(place, normal, lamp) + _around(ball, lamp, stage, normal))
    return light


def _met(ball: Ball, start: Values, way: Values) -> Values:
    """Return how far along each ray the ball is met, infinite where it is not."""
    gap = start - np.array(ball.middle)
    along = np.sum(gap * way, axis=1)
    inside = along**2 - np.sum(gap**2, axis=1) + ball.radius_mm**2
    return np.where(inside > 0, -along - np.sqrt(np.maximum(inside, 0)), np.inf)


def _toward(place: Values, lamp: Lamp) -> tuple[Values, Values]:
    """Return unit ways to the lamp, and by how much nearer it is than from the middle, squared."""
    if lamp.far:
        return np.broadcast_to(np.array(lamp.direction), place.shape), np.ones(len(place))
    gap = np.array([lamp.x, lamp.y, lamp.z]) - place
    distance = np.linalg.norm(gap, axis=1)
    return gap / distance[:, None], (lamp.distance_mm / distance) ** 2


def _lit(place: Values, normal: Values, lamp: Lamp) -> Values:
    way, nearer = _toward(place, lamp)
    cosine = np.sum(normal * way, axis=1)
    return np.asarray(lamp.power * np.maximum(cosine, 0) * nearer)


def _around(ball: Ball, lamp: Lamp, stage: Stage, normal: Values) -> Values:
    """Return the room's light, and what the table throws back from below."""
    below = ball.table * lamp.power * lamp.direction[2] * (1 - normal[:, 2]) / 2
    return np.asarray(stage.room + below)


def _table(ball: Ball, lamp: Lamp, stage: Stage, place: Values) -> Values:
    flat = place * [1, 1, 0]
    up = np.broadcast_to([0.0, 0.0, 1.0], flat.shape)
    way, _ = _toward(flat, lamp)
    shadow = np.isfinite(_met(ball, flat, way)) & (
        np.sum((np.array(ball.middle) - flat) * way, axis=1) > 0
    )
    grain = 1 + 0.2 * np.sin(7.1 * flat[:, 0]) * np.sin(5.3 * flat[:, 1])
    lit = np.where(shadow, 0.0, _lit(flat, up, lamp))
    return np.asarray(ball.table * grain * (lit + stage.room))


def _mirrored(
    ball: Ball, lamp: Lamp, stage: Stage, place: Values, normal: Values, way: Values
) -> Values:
    """Return what chrome reflects: the lamp's disc, the table, and the room."""
    bounced = way - 2 * np.sum(way * normal, axis=1, keepdims=True) * normal
    light = np.full(len(place), stage.room)
    falls = bounced[:, 2] < -1e-3
    reach = -place[falls, 2] / bounced[falls, 2]
    light[falls] = _table(ball, lamp, stage, place[falls] + reach[:, None] * bounced[falls])
    toward, _ = _toward(place, lamp)
    half = stage.lamp_radius_mm / lamp.distance_mm
    light[np.sum(bounced * toward, axis=1) > np.cos(half)] += 60.0 * lamp.power
    return np.asarray(0.65 * light)


def _card_rays(card: Card, lamp: Lamp, stage: Stage, start: Values, way: Values) -> Values:
    normal = card.normal
    gap = np.array([0.0, 0.0, card.height_mm]) - start
    place = start + (gap @ normal / (way @ normal))[:, None] * way
    lit = _lit(place, np.broadcast_to(normal, place.shape), lamp)
    return np.asarray(card.albedo * (lit + stage.room))


def _print_rays(marker: Print, start: Values, way: Values) -> tuple[Values, Values]:
    """Return the light of the paper along each ray, and where there is paper."""
    turn = _turned(marker)
    gap = np.array(marker.middle) - start
    place = start + (gap @ turn[:, 2] / (way @ turn[:, 2]))[:, None] * way
    u, v = ((place - np.array(marker.middle)) @ turn[:, :2]).T * 8 / marker.side_mm
    paper = (np.abs(u) < 5.5) & (np.abs(v) < 5.5)
    reach = marker.spread_mm * 8 / marker.side_mm
    inked = np.zeros(len(u), dtype=np.bool_)
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    cells = np.asarray(cv2.aruco.generateImageMarker(family, marker.number, 8)) == 0
    for right in (-reach, 0.0, reach):
        for down in (-reach, 0.0, reach):
            column = np.floor(u + right + 4).astype(np.intp)
            row = np.floor(v + down + 4).astype(np.intp)
            on = (column >= 0) & (column < 8) & (row >= 0) & (row < 8)
            inked[on] |= cells[row[on], column[on]]
    return np.where(paper, np.where(inked, marker.black, marker.white), 0.0), paper.astype(float)


def _turned(marker: Print) -> Values:
    yaw, pitch, roll = np.radians([marker.yaw_deg, marker.pitch_deg, marker.roll_deg])
    about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return np.array(about_z) @ np.array(about_x) @ np.array(about_y)


def stack_lamps(target: Ball | Card, lamps: Sequence[Lamp], stage: Stage) -> NDArray[np.float32]:
    """Return one frame per lamp, (k, rows, columns)."""
    if isinstance(target, Ball):
        return np.stack([ball_light(target, lamp, stage) for lamp in lamps])
    return np.stack([card_light(target, lamp, stage) for lamp in lamps])
