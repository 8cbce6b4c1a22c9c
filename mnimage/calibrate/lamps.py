"""Directions and places of lamps from a chrome or a matte ball.

Chrome: the highlight's normal halves the angle between the camera and the lamp (law of
reflection). Matte: brightness is some function of the angle between normal and lamp (Lambert: its
cosine), so the direction is the axis about which the shading is symmetric; what function it is
then tells whether the light is linear and the room was dark. Near lamps: the point nearest to the
rays from several places of the ball, weighted by their errors.

To intersect rays is the classical way to a near lamp (Ackermann, Fuhrmann and Goesele 2013 compare
it with theirs); the axis of symmetry is our own. How well both do: `docs/rig.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from scipy import ndimage

from mnimage.calibrate.ball import Outline, beyond_picture, find_outline, place_ball
from mnimage.calibrate.fired import check_fired
from mnimage.domain.photo import ImageScale
from mnimage.domain.rig import LightRig, RigLamp
from mnimage.errors import RigUnusable
from mnimage.words.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mnimage.calibrate.ball import Ball
    from mnimage.domain.rig import TargetShots

    Plane = NDArray[np.float32]
    Values = NDArray[np.float64]

_WITHIN = 0.93
"""Share of the radius within which a ball is looked at: its rim is blurred or mirrors all."""
_BLOB = 0.65
_RIVAL, _APART = 0.25, 0.15
"""Light over the lamp's, and way from it over the radius, of another lamp's mirror image.

A ball shows equal lamps equally large wherever they stand (a mirrored sphere keeps areas); parts
of one lamp lie within 17 degrees.
"""
_PEAK_PX = 0.25
_MOST_UNLIKE = 0.04
_LEAST_PEAK = 4.0
_LIT = 0.12
_LEAST_DARK = 0.05
_SHADE = -0.15
_MOST_ROOM = 0.04
_MOST_BEND = 0.16
_MOST_MOVED_DEG = 1.5
_MOST_LEFT, _MOST_WORSE = 0.025, 2.2
"""What one lamp's shading may leave of a shot, over its brightest place and over the usual shot:
rendered balls leave 0.007 to 0.013, in no shot 1.4 times the usual; two lamps 57 degrees apart or
more mostly 0.03 to 0.17, but 0.022 in one pair of 26; nearer ones are seldom told."""
_ANGLE_FLOOR_DEG = 0.08
_MATTE_FLOOR_DEG = 0.2
_CUT = 0.02
"""Part of its radius by which a ball reaches out of the picture that is told of."""
_BALL_SIZE_ERROR = 0.003
"""Relative error of the ball's diameter as told: a caliper's tenth of a millimetre."""
_USUAL_CAMERA_MM = 500.0


@dataclass(frozen=True, slots=True)
class _Ray:
    """A lamp seen from one place: where from, unit direction, own and shared error in radians."""

    start: Values
    way: Values
    own: float
    shared: float
    power: float | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """One place of a ball: outline, ball, and the surface of the pixels well inside it."""

    shots: TargetShots
    outline: Outline
    ball: Ball
    row: Values = field(repr=False)
    column: Values = field(repr=False)

    def values(self, frame: NDArray[Any]) -> Values:
        """Return a frame's light at those pixels."""
        return frame[self.row.astype(np.intp), self.column.astype(np.intp)].astype(np.float64)


def rig_of_ball(
    places: Sequence[TargetShots], diameter_mm: float, *, chrome: bool, near: bool, made_at: str
) -> LightRig:
    """Return the lamps that a ball shows at one or several places.

    Parameters
    ----------
    places
        Shots of the ball, lamps in the same order at each place.
    diameter_mm
        Of the ball.
    chrome
        Else it is matte.
    near
        Whether the lamps' places are wanted rather than their directions; needs the ball at two
        places or more.
    made_at
        When, for the record.

    Raises
    ------
    RigUnusable
        If there is no ball, a lamp did not fire or does not show on it, the light is not linear,
        the room was not dark, or the places contradict each other.
    """
    _check_places(places, near)
    for shots in places:
        check_fired(shots)
    looks = [_look(shots, diameter_mm, chrome=chrome) for shots in places]
    follow = _reflected if chrome else _shaded
    rays = [follow(look) for look in looks]
    by_lamp = [list(each) for each in zip(*rays, strict=True)]
    join = _near_lamp if near else _far_lamp
    lamps = [join(each, number) for number, each in enumerate(by_lamp, 1)]
    shared = [ray.shared for each in by_lamp for ray in each]
    return LightRig(
        lamps=tuple(_powered(lamps, by_lamp)),
        near=near,
        common_deg=float(np.degrees(np.sqrt(np.mean(np.square(shared))) / len(looks) ** 0.5)),
        method="chrome ball" if chrome else "matte ball",
        made_at=made_at,
        scale=_scale(looks),
        warnings=tuple(dict.fromkeys([*_warnings(places, near), *_completed(looks)])),
    )


def _completed(looks: Sequence[_Look]) -> list[Message]:
    return [
        message("calibrate.ball_completed", shots=look.shots.name)
        for look in looks
        if beyond_picture(look.outline, look.shots.shape) > _CUT
    ]


def _check_places(places: Sequence[TargetShots], near: bool) -> None:
    counts = {len(shots.frames) for shots in places}
    if len(counts) != 1:
        raise RigUnusable(message("calibrate.shot_counts"))
    if near and len(places) < 2:
        raise RigUnusable(message("calibrate.one_position"))


def _warnings(places: Sequence[TargetShots], near: bool) -> list[Message]:
    notes = [note for shots in places for note in shots.notes]
    if any(not shots.darkened for shots in places):
        notes.append(message("calibrate.no_dark"))
    if any(shots.camera_mm is None for shots in places):
        notes.append(message("calibrate.camera_distance"))
    if near and len(places) < 4:
        notes.append(message("calibrate.few_positions"))
    return notes


def _look(shots: TargetShots, diameter_mm: float, *, chrome: bool) -> _Look:
    outline = find_outline(shots, diameter_mm, chrome=chrome)
    rows, columns = shots.shape
    row, column = np.mgrid[:rows, :columns].reshape(2, -1).astype(np.float64)
    away = np.hypot(row - outline.row, column - outline.column)
    on = away < _WITHIN * outline.radius
    ball = place_ball(outline, shots, diameter_mm)
    listed = shots.mm_per_px
    if listed is not None and abs(ball.pitch / listed - 1) > _MOST_UNLIKE:
        raise RigUnusable(
            message(
                "calibrate.ball_scale", shots=shots.name, measured=float(ball.pitch), listed=listed
            )
        )
    return _Look(shots, outline, ball, row[on], column[on])


def _reflected(look: _Look) -> list[_Ray]:
    """Return where each lamp lies, from its highlight on chrome."""
    frames = look.shots.frames
    rays = []
    for number, frame in enumerate(frames):
        others = np.delete(frames, number, axis=0)
        # What stands still in all shots is the room's reflection, not the lamp's.
        still = np.median(others, axis=0) if len(others) > 1 else np.zeros_like(frame)
        row, column = _highlight(look, np.maximum(frame - still, 0), number + 1)

        def direct(outline: Outline, row: float = row, column: float = column) -> Values:
            ball = place_ball(outline, look.shots, 2 * look.ball.radius_mm)
            _, normal, way = ball.surface(np.array([row]), np.array([column]))
            return np.asarray(way[0] - 2 * (way[0] @ normal[0]) * normal[0])

        place = look.ball.surface(np.array([row]), np.array([column]))[0][0]
        own = 2 * _PEAK_PX / look.outline.radius
        rays.append(_ray(look, place, direct, own))
    return rays


def _ray(look: _Look, place: Values, direct: Callable[[Outline], Values], own: float) -> _Ray:
    """Return a ray with the errors that the outline and the camera's distance bring in."""
    outline, way = look.outline, direct(look.outline)
    moved = [
        (Outline(outline.row + outline.middle_error, outline.column, outline.radius, 0, 0)),
        (Outline(outline.row, outline.column + outline.middle_error, outline.radius, 0, 0)),
        (Outline(outline.row, outline.column, outline.radius + outline.radius_error, 0, 0)),
    ]
    shared = float(sum(np.sum((direct(each) - way) ** 2) for each in moved))
    if not np.isfinite(look.ball.camera_mm):
        # A camera taken as far away sees the ball from the side by so much.
        shared += float(np.hypot(*look.ball.middle[:2]) / _USUAL_CAMERA_MM) ** 2
    floor = np.radians(_ANGLE_FLOOR_DEG)
    return _Ray(place, way, float(np.hypot(own, floor)), float(np.sqrt(shared)))


def _highlight(look: _Look, light: Plane, number: int) -> tuple[float, float]:
    """Return row and column of the brightest blob on the ball, to a fraction of a pixel."""
    soft = cv2.GaussianBlur(light, (0, 0), 1.0)
    values = look.values(soft)
    top = int(values.argmax())
    if look.values(light).max() < _LEAST_PEAK * max(float(np.quantile(values, 0.9)), 1e-4):
        raise RigUnusable(message("calibrate.no_highlight", lamp=number, shots=look.shots.name))
    bright = np.zeros(light.shape, np.uint8)
    inside = (look.row.astype(np.intp), look.column.astype(np.intp))
    bright[inside] = values > _BLOB * values[top]
    _, labels = cv2.connectedComponents(bright)
    blob = labels == labels[inside[0][top], inside[1][top]]
    row, column = np.nonzero(blob)
    weight = soft[row, column].astype(np.float64)
    found = float(np.average(row, weights=weight)), float(np.average(column, weights=weight))
    _check_alone(look, light, found, number)
    return found


def _check_alone(look: _Look, light: Plane, own: tuple[float, float], number: int) -> None:
    """Refuse a ball that mirrors another light as strong as the lamp at a place (row, column)."""
    seen = np.zeros(light.shape, np.float32)
    inside = (look.row.astype(np.intp), look.column.astype(np.intp))
    seen[inside] = light[inside]
    reach = _APART * look.outline.radius
    close = np.hypot(look.row - own[0], look.column - own[1]) < reach
    peak = float(look.values(light)[close].max())
    _, found = cv2.connectedComponents((seen > _BLOB * peak).astype(np.uint8))
    labels = np.asarray(found, dtype=np.intp)
    every = np.arange(1, int(labels.max()) + 1)
    power = np.asarray(ndimage.sum_labels(seen, labels, every), dtype=np.float64)
    middles = np.array(ndimage.center_of_mass(seen, labels, every), dtype=np.float64)
    near = np.hypot(*(middles - own).T) < reach
    if (power[~near] > _RIVAL * power[near].sum()).any():
        raise RigUnusable(message("calibrate.two_highlights", shot=number, shots=look.shots.name))


def _shaded(look: _Look) -> list[_Ray]:
    """Return where each lamp lies, from the shading of a matte ball."""
    _, normal, _ = look.ball.surface(look.row, look.column)
    frames = [
        (look.values(frame), ~look.values(ends).astype(bool))
        for frame, ends in zip(look.shots.frames, look.shots.saturated, strict=True)
    ]
    first = [_axis(normal, *seen, number, look.shots.name) for number, seen in enumerate(frames, 1)]
    sides = [
        _checked(normal @ way, *seen, curve)
        for seen, (way, curve) in zip(frames, first, strict=True)
    ]
    _judge(np.array(sides), look.shots)
    _check_single(normal, frames, first, look.shots.name)
    around = _thrown_back(normal, frames, first)
    rays = []
    for (values, usable), (way, _), back in zip(frames, first, around, strict=True):
        rest = values - back
        true, curve = _turned(normal, rest, usable, way)
        own = _sectors(normal, rest, usable, true)
        rays.append(_matte_ray(look, rest, usable, true, own, float(curve.sum())))
    return rays


def _matte_ray(
    look: _Look, values: Values, usable: NDArray[np.bool_], way: Values, own: float, power: float
) -> _Ray:
    def direct(outline: Outline) -> Values:
        ball = place_ball(outline, look.shots, 2 * look.ball.radius_mm)
        normal = ball.surface(look.row, look.column)[1]
        return _turned(normal, values, usable, way)[0]

    ray = _ray(look, look.ball.middle, direct, float(np.hypot(own, np.radians(_MATTE_FLOOR_DEG))))
    return _Ray(ray.start, ray.way, ray.own, ray.shared, power)


def _axis(
    normal: Values, values: Values, usable: NDArray[np.bool_], number: int, name: str
) -> tuple[Values, Values]:
    """Return the axis of the shading and the curve's factors (constant, cosine, its square)."""
    bright = usable & (values > 0.3 * np.quantile(values, 0.98))
    way = np.asarray(np.linalg.lstsq(normal[bright], values[bright], rcond=None)[0], np.float64)
    length = float(np.linalg.norm(way))
    if bright.sum() < 200 or length <= 0 or not np.isfinite(length):
        raise RigUnusable(message("calibrate.ball_unlit", lamp=number, shots=name))
    return _turned(normal, values, usable, way / length)


def _turned(
    normal: Values, values: Values, usable: NDArray[np.bool_], way: Values
) -> tuple[Values, Values]:
    """Return axis and curve by least squares over the lit side (Gauss-Newton)."""
    curve = np.array([0.0, 1.0, 0.0])
    for _ in range(12):
        cosine = normal @ way
        lit = usable & (cosine > _LIT)
        side = np.linalg.svd(way[None])[2][1:]
        sideways = normal[lit] @ side.T
        slope = curve[1] + 2 * curve[2] * cosine[lit]
        columns = np.c_[_powers(cosine[lit]), slope[:, None] * sideways]
        found = np.linalg.lstsq(columns, values[lit], rcond=None)[0]
        curve = found[:3]
        turned = way + found[3:] @ side
        turned /= np.linalg.norm(turned)
        done = np.abs(turned - way).max() < 1e-7
        way = turned
        if done:
            break
    return way, curve


def _check_single(
    normal: Values,
    frames: Sequence[tuple[Values, NDArray[np.bool_]]],
    first: Sequence[tuple[Values, Values]],
    name: str,
) -> None:
    """Refuse a shot whose shading fits one lamp far worse than the others do: it had two."""
    left = []
    for (values, usable), (way, curve) in zip(frames, first, strict=True):
        cosine = np.maximum(normal @ way, 0)
        gap = values - np.where(cosine > 0, _powers(cosine) @ curve, 0)
        left.append(float(np.sqrt(np.mean(gap[usable] ** 2)) / max(float(curve.sum()), 1e-9)))
    worst = int(np.argmax(left))
    if left[worst] > max(_MOST_LEFT, _MOST_WORSE * float(np.median(left))):
        raise RigUnusable(message("calibrate.two_lamps", shot=worst + 1, shots=name))


def _thrown_back(
    normal: Values,
    frames: Sequence[tuple[Values, NDArray[np.bool_]]],
    first: Sequence[tuple[Values, Values]],
) -> list[Values]:
    """Return the light from the room and from the table below, as the ball's dark side shows it.

    Where a steep lamp leaves too small a dark side, what the other lamps show stands in.
    """
    columns = np.stack([np.ones(len(normal)), 1 - normal[:, 2]], axis=1)
    found, units = [], []
    for (values, usable), (way, curve) in zip(frames, first, strict=True):
        dark = usable & (normal @ way < _SHADE)
        unit = max(float(curve.sum() * way[2]), 1e-9)
        units.append(unit)
        if dark.sum() >= _LEAST_DARK * len(normal):
            found.append(np.linalg.lstsq(columns[dark], values[dark], rcond=None)[0] / unit)
    if not found:
        return [np.zeros(len(normal))] * len(frames)
    usual = np.median(found, axis=0)
    return [columns @ usual * unit for unit in units]


def _powers(cosine: Values) -> Values:
    return np.stack([np.ones_like(cosine), cosine, cosine**2], axis=1)


def _sectors(normal: Values, values: Values, usable: NDArray[np.bool_], way: Values) -> float:
    """Return the error of the axis in radians: each eighth of the ball left out in turn."""
    angle = np.arctan2(normal[:, 1], normal[:, 0])
    part = np.floor((angle + np.pi) / (2 * np.pi) * 8).astype(int) % 8
    ways = np.array([_turned(normal, values, usable & (part != n), way)[0] for n in range(8)])
    return float(np.sqrt(7 / 8 * np.sum((ways - ways.mean(axis=0)) ** 2)))


def _checked(
    cosine: Values, values: Values, usable: NDArray[np.bool_], curve: Values
) -> tuple[float, float]:
    """Return the light on the dark side, and the bend of the curve, over the brightest place."""
    peak = max(float(curve.sum()), 1e-9)
    dark = usable & (cosine < _SHADE)
    room = float(np.median(values[dark])) / peak if dark.sum() > 50 else float(curve[0]) / peak
    return room, float(curve[2]) / peak


def _judge(linear: Values, shots: TargetShots) -> None:
    room, bend = np.median(linear, axis=0)
    # A near lamp bends the curve upwards by three radii over its distance: up to 0.2.
    if bend < -_MOST_BEND or bend > 2.5 * _MOST_BEND:
        raise RigUnusable(message("calibrate.ball_not_linear", shots=shots.name))
    if room > _MOST_ROOM:
        raise RigUnusable(message("calibrate.ball_room_light", shots=shots.name, share=float(room)))


def _far_lamp(rays: Sequence[_Ray], number: int) -> RigLamp:
    ways = np.array([ray.way for ray in rays])
    mean = ways.mean(axis=0)
    mean /= np.linalg.norm(mean)
    own = float(np.sqrt(np.mean([ray.own**2 + ray.shared**2 for ray in rays]) / len(rays)))
    left = None
    if len(rays) > 1:
        apart = np.degrees(np.sqrt(np.sum((ways - mean) ** 2, axis=1)))
        left = float(np.sqrt(np.mean(apart**2)) * len(rays) / (len(rays) - 1))
        spread = float(np.radians(left)) / np.sqrt(len(rays))
        own = max(own, spread)
    return RigLamp(_triple(mean), float(np.degrees(own)), None, left)


def _near_lamp(rays: Sequence[_Ray], number: int) -> RigLamp:
    place, spread = _crossing(rays)
    apart = np.array([_off(ray, place) for ray in rays])
    expected = np.array([np.hypot(ray.own, ray.shared) for ray in rays])
    chi2 = float(np.sum((apart / expected) ** 2) / max(2 * len(rays) - 3, 1) * 2)
    worst = int((apart / expected).argmax())
    if np.degrees(apart[worst]) > _MOST_MOVED_DEG and apart[worst] > 3 * expected[worst]:
        degrees = float(np.degrees(apart[worst]))
        raise RigUnusable(
            message("calibrate.lamp_moved", lamp=number, position=worst + 1, degrees=degrees)
        )
    spread = spread * max(chi2, 1.0)
    size = _BALL_SIZE_ERROR * float(np.linalg.norm(place))
    error = float(np.sqrt(np.trace(spread) + size**2))
    distance = float(np.linalg.norm(place))
    across = np.eye(3) - np.outer(place, place) / distance**2
    turn = float(np.sqrt(np.trace(across @ spread @ across))) / distance
    return RigLamp(_triple(place), float(np.degrees(turn)), error, _left_out(rays))


def _crossing(rays: Sequence[_Ray]) -> tuple[Values, Values]:
    """Return the point nearest to all rays by their errors, and its covariance."""
    place = rays[0].start + 300 * rays[0].way
    total = np.eye(3)
    for _ in range(6):
        total, pull = np.zeros((3, 3)), np.zeros(3)
        for ray in rays:
            away = float(np.linalg.norm(place - ray.start))
            sigma2 = (ray.own**2 + ray.shared**2) / 2 * away**2
            across = (np.eye(3) - np.outer(ray.way, ray.way)) / max(sigma2, 1e-12)
            total += across
            pull += across @ ray.start
        place = np.asarray(np.linalg.solve(total, pull), dtype=np.float64)
    return place, np.asarray(np.linalg.inv(total), dtype=np.float64)


def _off(ray: _Ray, place: Values) -> float:
    """Return the angle between a ray and the way to a place, in radians."""
    toward = place - ray.start
    return float(np.arccos(np.clip(toward @ ray.way / np.linalg.norm(toward), -1, 1)))


def _left_out(rays: Sequence[_Ray]) -> float | None:
    if len(rays) < 3:
        return None
    apart = [_off(ray, _crossing([other for other in rays if other is not ray])[0]) for ray in rays]
    return float(np.degrees(np.sqrt(np.mean(np.square(apart)))))


def _triple(values: Values) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def _powered(lamps: list[RigLamp], by_lamp: list[list[_Ray]]) -> list[RigLamp]:
    """Return the lamps with their power at the middle over the mean, where it was seen."""
    if any(ray.power is None for each in by_lamp for ray in each):
        return lamps
    powers = np.array([[ray.power or 0.0 for ray in each] for each in by_lamp])
    for index, lamp in enumerate(lamps):
        if lamp.error_mm is not None:
            place = np.array(lamp.light)
            away = [float(np.linalg.norm(place - ray.start)) for ray in by_lamp[index]]
            powers[index] *= np.square(away) / float(place @ place)
    relative = powers / powers.mean(axis=0)
    error = (
        relative.std(axis=1, ddof=1) / np.sqrt(relative.shape[1]) if relative.shape[1] > 1 else 0
    )
    errors = np.hypot(np.broadcast_to(error, len(lamps)), 0.01)
    return [
        RigLamp(
            lamp.light, lamp.error_deg, lamp.error_mm, lamp.left_out_deg, float(power), float(sd)
        )
        for lamp, power, sd in zip(lamps, relative.mean(axis=1), errors, strict=True)
    ]


def _scale(looks: Sequence[_Look]) -> ImageScale:
    pitches = np.array([look.ball.pitch for look in looks])
    errors = [look.outline.radius_error / look.outline.radius for look in looks]
    own = float(max(np.mean(errors), pitches.std() / pitches.mean()))
    far = any(not np.isfinite(look.ball.camera_mm) for look in looks)
    height = looks[0].ball.middle[2] / _USUAL_CAMERA_MM if far else 0.0
    return ImageScale(
        float(pitches.mean()), "rig", float(np.sqrt(own**2 + _BALL_SIZE_ERROR**2 + height**2))
    )
