"""Directions and positions of lamps from a chrome or a matte ball.

Chrome: the normal at the highlight bisects the angle between the camera and the lamp (law of
reflection). Matte: brightness is some function of the angle between normal and lamp (Lambert: its
cosine), so the direction is the axis about which the shading is symmetric; the function then shows
whether the light is linear and the room was dark. Near lamps: the point nearest to the rays from
several positions of the ball, weighted by their errors.

Intersecting rays is the classical method for near lamps (Ackermann, Fuhrmann and Goesele 2013
compare it with theirs); the axis of symmetry is our own. Accuracy of both: `docs/rig.md`.
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

_USED_RADIUS = 0.93
"""Share of the radius within which a ball is evaluated: its rim is blurred or reflects all."""
_BLOB = 0.65
"""Share of the peak above which pixels belong to a highlight."""
_RIVAL, _APART = 0.25, 0.15
"""Light of a second lamp's reflection over the lamp's, and its distance from it over the radius.

A ball shows equal lamps at equal size wherever they are (reflection in a sphere preserves areas);
parts of one lamp lie within 17 degrees.
"""
_PEAK_PX = 0.25
"""Standard error of the position of a highlight."""
_MOST_SCALE_DIFFERENCE = 0.04
"""Largest relative difference between the scale of the ball and the listed one."""
_LEAST_PEAK = 4.0
"""Least brightness of a highlight over the 0.9 quantile of the ball."""
_LIT_COSINE = 0.12
"""Cosine of the angle to the lamp above which a matte ball is lit."""
_LEAST_DARK = 0.05
"""Least share of the ball that must be dark to measure room light in a shot."""
_SHADE_COSINE = -0.15
"""Cosine of the angle to the lamp below which a matte ball is dark."""
_MOST_ROOM = 0.04
"""Largest light on the dark side over the brightest area."""
_MOST_CURVATURE = 0.16
"""Largest negative curvature of brightness over the cosine of a linear frame, over the peak."""
_MOST_MOVED_DEG = 1.5
"""Angle by which a lamp may be off, seen from one position of the ball."""
_MOST_RESIDUAL, _MOST_TIMES_MEDIAN = 0.025, 2.2
"""Largest residual of the shading of one lamp, over the brightest area and over the median shot:
rendered balls have 0.007 to 0.013, never 1.4 times the median; two lamps 57 degrees apart or more
mostly have 0.03 to 0.17, but 0.022 in one pair of 26; closer ones are seldom noticed."""
_ANGLE_FLOOR_DEG = 0.08
"""Standard error that is added in quadrature to every direction."""
_MATTE_FLOOR_DEG = 0.2
"""The same for directions from shading, in addition."""
_NOTED_OUTSIDE = 0.02
"""Part of the radius outside the picture beyond which a warning is given."""
_BALL_SIZE_ERROR = 0.003
"""Relative error of the entered diameter of the ball: a caliper's tenth of a millimetre."""
_USUAL_CAMERA_MM = 500.0
"""Distance of the camera that is assumed for errors if none is given."""


@dataclass(frozen=True, slots=True)
class _Ray:
    """A lamp seen from one position: start, unit direction, own and shared error in radians."""

    start: Values
    direction: Values
    own: float
    shared: float
    power: float | None = None


@dataclass(frozen=True, slots=True)
class _View:
    """One position of a ball: shots, outline, ball, and the pixels well inside it."""

    shots: TargetShots
    outline: Outline
    ball: Ball
    row: Values = field(repr=False)
    column: Values = field(repr=False)

    def values(self, frame: NDArray[Any]) -> Values:
        """Return a frame's light at those pixels."""
        return frame[self.row.astype(np.intp), self.column.astype(np.intp)].astype(np.float64)


def rig_of_ball(
    positions: Sequence[TargetShots], diameter_mm: float, *, chrome: bool, near: bool, made_at: str
) -> LightRig:
    """Return the lamps that a ball shows at one or several positions.

    Parameters
    ----------
    positions
        Shots of the ball, lamps in the same order at each position.
    diameter_mm
        Diameter of the ball in mm.
    chrome
        Whether the ball is chrome; otherwise it is matte.
    near
        Whether to measure positions of the lamps rather than directions; needs the ball at two
        positions or more.
    made_at
        Date of the measurement, for the record.

    Raises
    ------
    RigUnusable
        If there is no ball, a lamp did not fire or does not show on it, the light is not linear,
        the room was not dark, or the positions contradict each other.
    """
    _check_positions(positions, near)
    for shots in positions:
        check_fired(shots)
    views = [_view(shots, diameter_mm, chrome=chrome) for shots in positions]
    measure = _from_highlights if chrome else _from_shading
    rays = [measure(view) for view in views]
    by_lamp = [list(each) for each in zip(*rays, strict=True)]
    join = _near_lamp if near else _far_lamp
    lamps = [join(each, number) for number, each in enumerate(by_lamp, 1)]
    shared = [ray.shared for each in by_lamp for ray in each]
    return LightRig(
        lamps=tuple(_with_powers(lamps, by_lamp)),
        near=near,
        common_deg=float(np.degrees(np.sqrt(np.mean(np.square(shared))) / len(views) ** 0.5)),
        method="chrome ball" if chrome else "matte ball",
        made_at=made_at,
        scale=_scale(views),
        warnings=tuple(dict.fromkeys([*_warnings(positions, near), *_completed(views)])),
    )


def _completed(views: Sequence[_View]) -> list[Message]:
    return [
        message("calibrate.ball_completed", shots=view.shots.name)
        for view in views
        if beyond_picture(view.outline, view.shots.shape) > _NOTED_OUTSIDE
    ]


def _check_positions(positions: Sequence[TargetShots], near: bool) -> None:
    counts = {len(shots.frames) for shots in positions}
    if len(counts) != 1:
        raise RigUnusable(message("calibrate.shot_counts"))
    if near and len(positions) < 2:
        raise RigUnusable(message("calibrate.one_position"))


def _warnings(positions: Sequence[TargetShots], near: bool) -> list[Message]:
    notes = [note for shots in positions for note in shots.notes]
    if any(not shots.darkened for shots in positions):
        notes.append(message("calibrate.no_dark"))
    if any(shots.camera_mm is None for shots in positions):
        notes.append(message("calibrate.camera_distance"))
    if near and len(positions) < 4:
        notes.append(message("calibrate.few_positions"))
    return notes


def _view(shots: TargetShots, diameter_mm: float, *, chrome: bool) -> _View:
    outline = find_outline(shots, diameter_mm, chrome=chrome)
    rows, columns = shots.shape
    row, column = np.mgrid[:rows, :columns].reshape(2, -1).astype(np.float64)
    distance = np.hypot(row - outline.row, column - outline.column)
    inside = distance < _USED_RADIUS * outline.radius
    ball = place_ball(outline, shots, diameter_mm)
    listed = shots.mm_per_px
    if listed is not None and abs(ball.pitch / listed - 1) > _MOST_SCALE_DIFFERENCE:
        raise RigUnusable(
            message(
                "calibrate.ball_scale", shots=shots.name, measured=float(ball.pitch), listed=listed
            )
        )
    return _View(shots, outline, ball, row[inside], column[inside])


def _from_highlights(view: _View) -> list[_Ray]:
    """Return the ray to each lamp, from its highlight on chrome."""
    frames = view.shots.frames
    rays = []
    for number, frame in enumerate(frames):
        others = np.delete(frames, number, axis=0)
        # What is the same in all shots is a reflection of the room, not of the lamp.
        static = np.median(others, axis=0) if len(others) > 1 else np.zeros_like(frame)
        row, column = _highlight(view, np.maximum(frame - static, 0), number + 1)

        def direct(outline: Outline, row: float = row, column: float = column) -> Values:
            ball = place_ball(outline, view.shots, 2 * view.ball.radius_mm)
            _, normal, direction = ball.surface(np.array([row]), np.array([column]))
            return np.asarray(direction[0] - 2 * (direction[0] @ normal[0]) * normal[0])

        position = view.ball.surface(np.array([row]), np.array([column]))[0][0]
        own = 2 * _PEAK_PX / view.outline.radius
        rays.append(_ray(view, position, direct, own))
    return rays


def _ray(view: _View, position: Values, direct: Callable[[Outline], Values], own: float) -> _Ray:
    """Return a ray with its errors, including those of the outline and the camera's distance."""
    outline, direction = view.outline, direct(view.outline)
    shifted = [
        (Outline(outline.row + outline.middle_error, outline.column, outline.radius, 0, 0)),
        (Outline(outline.row, outline.column + outline.middle_error, outline.radius, 0, 0)),
        (Outline(outline.row, outline.column, outline.radius + outline.radius_error, 0, 0)),
    ]
    shared = float(sum(np.sum((direct(each) - direction) ** 2) for each in shifted))
    if not np.isfinite(view.ball.camera_mm):
        # A camera assumed to be far away sees the ball from the side by this angle.
        shared += float(np.hypot(*view.ball.middle[:2]) / _USUAL_CAMERA_MM) ** 2
    floor = np.radians(_ANGLE_FLOOR_DEG)
    return _Ray(position, direction, float(np.hypot(own, floor)), float(np.sqrt(shared)))


def _highlight(view: _View, light: Plane, number: int) -> tuple[float, float]:
    """Return row and column of the brightest highlight on the ball, to a fraction of a pixel."""
    soft = cv2.GaussianBlur(light, (0, 0), 1.0)
    values = view.values(soft)
    top = int(values.argmax())
    if view.values(light).max() < _LEAST_PEAK * max(float(np.quantile(values, 0.9)), 1e-4):
        raise RigUnusable(message("calibrate.no_highlight", lamp=number, shots=view.shots.name))
    bright = np.zeros(light.shape, np.uint8)
    inside = (view.row.astype(np.intp), view.column.astype(np.intp))
    bright[inside] = values > _BLOB * values[top]
    _, labels = cv2.connectedComponents(bright)
    blob = labels == labels[inside[0][top], inside[1][top]]
    row, column = np.nonzero(blob)
    weight = soft[row, column].astype(np.float64)
    found = float(np.average(row, weights=weight)), float(np.average(column, weights=weight))
    _check_no_rival(view, light, found, number)
    return found


def _check_no_rival(view: _View, light: Plane, own: tuple[float, float], number: int) -> None:
    """Refuse a ball that reflects another light about as strong as the lamp at (row, column)."""
    seen = np.zeros(light.shape, np.float32)
    inside = (view.row.astype(np.intp), view.column.astype(np.intp))
    seen[inside] = light[inside]
    reach = _APART * view.outline.radius
    near_own = np.hypot(view.row - own[0], view.column - own[1]) < reach
    peak = float(view.values(light)[near_own].max())
    _, found = cv2.connectedComponents((seen > _BLOB * peak).astype(np.uint8))
    labels = np.asarray(found, dtype=np.intp)
    every = np.arange(1, int(labels.max()) + 1)
    power = np.asarray(ndimage.sum_labels(seen, labels, every), dtype=np.float64)
    middles = np.array(ndimage.center_of_mass(seen, labels, every), dtype=np.float64)
    near = np.hypot(*(middles - own).T) < reach
    if (power[~near] > _RIVAL * power[near].sum()).any():
        raise RigUnusable(message("calibrate.two_highlights", shot=number, shots=view.shots.name))


def _from_shading(view: _View) -> list[_Ray]:
    """Return the ray to each lamp, from the shading of a matte ball."""
    _, normal, _ = view.ball.surface(view.row, view.column)
    frames = [
        (view.values(frame), ~view.values(ends).astype(bool))
        for frame, ends in zip(view.shots.frames, view.shots.saturated, strict=True)
    ]
    first = [_axis(normal, *seen, number, view.shots.name) for number, seen in enumerate(frames, 1)]
    sides = [
        _linearity(normal @ direction, *seen, curve)
        for seen, (direction, curve) in zip(frames, first, strict=True)
    ]
    _check_linear(np.array(sides), view.shots)
    _check_single(normal, frames, first, view.shots.name)
    ambients = _ambient(normal, frames, first)
    rays = []
    for (values, usable), (direction, _), ambient in zip(frames, first, ambients, strict=True):
        direct_light = values - ambient
        axis, curve = _fit_axis(normal, direct_light, usable, direction)
        own = _axis_error(normal, direct_light, usable, axis)
        rays.append(_matte_ray(view, direct_light, usable, axis, own, float(curve.sum())))
    return rays


def _matte_ray(
    view: _View,
    values: Values,
    usable: NDArray[np.bool_],
    direction: Values,
    own: float,
    power: float,
) -> _Ray:
    def direct(outline: Outline) -> Values:
        ball = place_ball(outline, view.shots, 2 * view.ball.radius_mm)
        normal = ball.surface(view.row, view.column)[1]
        return _fit_axis(normal, values, usable, direction)[0]

    ray = _ray(view, view.ball.middle, direct, float(np.hypot(own, np.radians(_MATTE_FLOOR_DEG))))
    return _Ray(ray.start, ray.direction, ray.own, ray.shared, power)


def _axis(
    normal: Values, values: Values, usable: NDArray[np.bool_], number: int, name: str
) -> tuple[Values, Values]:
    """Return the axis of the shading and the curve's coefficients (1, cosine, cosine squared)."""
    bright = usable & (values > 0.3 * np.quantile(values, 0.98))
    direction = np.asarray(
        np.linalg.lstsq(normal[bright], values[bright], rcond=None)[0], np.float64
    )
    length = float(np.linalg.norm(direction))
    if bright.sum() < 200 or length <= 0 or not np.isfinite(length):
        raise RigUnusable(message("calibrate.ball_unlit", lamp=number, shots=name))
    return _fit_axis(normal, values, usable, direction / length)


def _fit_axis(
    normal: Values, values: Values, usable: NDArray[np.bool_], direction: Values
) -> tuple[Values, Values]:
    """Return axis and curve by least squares over the lit side (Gauss-Newton)."""
    curve = np.array([0.0, 1.0, 0.0])
    for _ in range(12):
        cosine = normal @ direction
        lit = usable & (cosine > _LIT_COSINE)
        side = np.linalg.svd(direction[None])[2][1:]
        sideways = normal[lit] @ side.T
        slope = curve[1] + 2 * curve[2] * cosine[lit]
        columns = np.c_[_cosine_powers(cosine[lit]), slope[:, None] * sideways]
        found = np.linalg.lstsq(columns, values[lit], rcond=None)[0]
        curve = found[:3]
        refined = direction + found[3:] @ side
        refined /= np.linalg.norm(refined)
        done = np.abs(refined - direction).max() < 1e-7
        direction = refined
        if done:
            break
    return direction, curve


def _check_single(
    normal: Values,
    frames: Sequence[tuple[Values, NDArray[np.bool_]]],
    first: Sequence[tuple[Values, Values]],
    name: str,
) -> None:
    """Refuse a shot whose shading fits one lamp much worse than the others do: it had two."""
    residuals = []
    for (values, usable), (direction, curve) in zip(frames, first, strict=True):
        cosine = np.maximum(normal @ direction, 0)
        gap = values - np.where(cosine > 0, _cosine_powers(cosine) @ curve, 0)
        residuals.append(float(np.sqrt(np.mean(gap[usable] ** 2)) / max(float(curve.sum()), 1e-9)))
    worst = int(np.argmax(residuals))
    if residuals[worst] > max(_MOST_RESIDUAL, _MOST_TIMES_MEDIAN * float(np.median(residuals))):
        raise RigUnusable(message("calibrate.two_lamps", shot=worst + 1, shots=name))


def _ambient(
    normal: Values,
    frames: Sequence[tuple[Values, NDArray[np.bool_]]],
    first: Sequence[tuple[Values, Values]],
) -> list[Values]:
    """Return the light from the room and the table below, measured on the ball's dark side.

    Where a high lamp leaves too small a dark side, the median of the other lamps is used.
    """
    columns = np.stack([np.ones(len(normal)), 1 - normal[:, 2]], axis=1)
    found, units = [], []
    for (values, usable), (direction, curve) in zip(frames, first, strict=True):
        dark = usable & (normal @ direction < _SHADE_COSINE)
        unit = max(float(curve.sum() * direction[2]), 1e-9)
        units.append(unit)
        if dark.sum() >= _LEAST_DARK * len(normal):
            found.append(np.linalg.lstsq(columns[dark], values[dark], rcond=None)[0] / unit)
    if not found:
        return [np.zeros(len(normal))] * len(frames)
    usual = np.median(found, axis=0)
    return [columns @ usual * unit for unit in units]


def _cosine_powers(cosine: Values) -> Values:
    return np.stack([np.ones_like(cosine), cosine, cosine**2], axis=1)


def _axis_error(
    normal: Values, values: Values, usable: NDArray[np.bool_], direction: Values
) -> float:
    """Return the error of the axis in radians, by leaving out each eighth of the ball in turn."""
    angle = np.arctan2(normal[:, 1], normal[:, 0])
    part = np.floor((angle + np.pi) / (2 * np.pi) * 8).astype(int) % 8
    directions = np.array(
        [_fit_axis(normal, values, usable & (part != n), direction)[0] for n in range(8)]
    )
    return float(np.sqrt(7 / 8 * np.sum((directions - directions.mean(axis=0)) ** 2)))


def _linearity(
    cosine: Values, values: Values, usable: NDArray[np.bool_], curve: Values
) -> tuple[float, float]:
    """Return the light on the dark side and the curvature, over the brightest area."""
    peak = max(float(curve.sum()), 1e-9)
    dark = usable & (cosine < _SHADE_COSINE)
    room = float(np.median(values[dark])) / peak if dark.sum() > 50 else float(curve[0]) / peak
    return room, float(curve[2]) / peak


def _check_linear(linear: Values, shots: TargetShots) -> None:
    room, curvature = np.median(linear, axis=0)
    # A near lamp adds positive curvature, three radii over its distance: up to 0.2.
    if curvature < -_MOST_CURVATURE or curvature > 2.5 * _MOST_CURVATURE:
        raise RigUnusable(message("calibrate.ball_not_linear", shots=shots.name))
    if room > _MOST_ROOM:
        raise RigUnusable(message("calibrate.ball_room_light", shots=shots.name, share=float(room)))


def _far_lamp(rays: Sequence[_Ray], number: int) -> RigLamp:
    directions = np.array([ray.direction for ray in rays])
    mean = directions.mean(axis=0)
    mean /= np.linalg.norm(mean)
    own = float(np.sqrt(np.mean([ray.own**2 + ray.shared**2 for ray in rays]) / len(rays)))
    left_out = None
    if len(rays) > 1:
        deviations = np.degrees(np.sqrt(np.sum((directions - mean) ** 2, axis=1)))
        left_out = float(np.sqrt(np.mean(deviations**2)) * len(rays) / (len(rays) - 1))
        spread = float(np.radians(left_out)) / np.sqrt(len(rays))
        own = max(own, spread)
    return RigLamp(_triple(mean), float(np.degrees(own)), None, left_out)


def _near_lamp(rays: Sequence[_Ray], number: int) -> RigLamp:
    position, spread = _intersection(rays)
    deviations = np.array([_angle_to(ray, position) for ray in rays])
    expected = np.array([np.hypot(ray.own, ray.shared) for ray in rays])
    chi2 = float(np.sum((deviations / expected) ** 2) / max(2 * len(rays) - 3, 1) * 2)
    worst = int((deviations / expected).argmax())
    if np.degrees(deviations[worst]) > _MOST_MOVED_DEG and deviations[worst] > 3 * expected[worst]:
        degrees = float(np.degrees(deviations[worst]))
        raise RigUnusable(
            message("calibrate.lamp_moved", lamp=number, position=worst + 1, degrees=degrees)
        )
    spread = spread * max(chi2, 1.0)
    size = _BALL_SIZE_ERROR * float(np.linalg.norm(position))
    error = float(np.sqrt(np.trace(spread) + size**2))
    distance = float(np.linalg.norm(position))
    across = np.eye(3) - np.outer(position, position) / distance**2
    turn = float(np.sqrt(np.trace(across @ spread @ across))) / distance
    return RigLamp(_triple(position), float(np.degrees(turn)), error, _left_out(rays))


def _intersection(rays: Sequence[_Ray]) -> tuple[Values, Values]:
    """Return the point nearest to all rays, weighted by their errors, and its covariance."""
    position = rays[0].start + 300 * rays[0].direction
    total = np.eye(3)
    for _ in range(6):
        total, pull = np.zeros((3, 3)), np.zeros(3)
        for ray in rays:
            distance = float(np.linalg.norm(position - ray.start))
            sigma2 = (ray.own**2 + ray.shared**2) / 2 * distance**2
            across = (np.eye(3) - np.outer(ray.direction, ray.direction)) / max(sigma2, 1e-12)
            total += across
            pull += across @ ray.start
        position = np.asarray(np.linalg.solve(total, pull), dtype=np.float64)
    return position, np.asarray(np.linalg.inv(total), dtype=np.float64)


def _angle_to(ray: _Ray, position: Values) -> float:
    """Return the angle between a ray and the direction to a position, in radians."""
    toward = position - ray.start
    return float(np.arccos(np.clip(toward @ ray.direction / np.linalg.norm(toward), -1, 1)))


def _left_out(rays: Sequence[_Ray]) -> float | None:
    if len(rays) < 3:
        return None
    deviations = [
        _angle_to(ray, _intersection([other for other in rays if other is not ray])[0])
        for ray in rays
    ]
    return float(np.degrees(np.sqrt(np.mean(np.square(deviations)))))


def _triple(values: Values) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def _with_powers(lamps: list[RigLamp], by_lamp: list[list[_Ray]]) -> list[RigLamp]:
    """Return the lamps with their relative power at the centre, where it was measured."""
    if any(ray.power is None for each in by_lamp for ray in each):
        return lamps
    powers = np.array([[ray.power or 0.0 for ray in each] for each in by_lamp])
    for index, lamp in enumerate(lamps):
        if lamp.error_mm is not None:
            position = np.array(lamp.light)
            distance = [float(np.linalg.norm(position - ray.start)) for ray in by_lamp[index]]
            powers[index] *= np.square(distance) / float(position @ position)
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


def _scale(views: Sequence[_View]) -> ImageScale:
    pitches = np.array([view.ball.pitch for view in views])
    errors = [view.outline.radius_error / view.outline.radius for view in views]
    own = float(max(np.mean(errors), pitches.std() / pitches.mean()))
    far = any(not np.isfinite(view.ball.camera_mm) for view in views)
    height = views[0].ball.middle[2] / _USUAL_CAMERA_MM if far else 0.0
    return ImageScale(
        float(pitches.mean()), "rig", float(np.sqrt(own**2 + _BALL_SIZE_ERROR**2 + height**2))
    )
