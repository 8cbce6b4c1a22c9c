"""A ball in a picture: its outline to a fraction of a pixel, and the surface each pixel shows.

Circles are found with the Hough transform (OpenCV's, Yuen et al. 1990) and fitted to edges with
Tukey's biweight (Beaton and Tukey 1974); the rest is plain geometry. How accurately lamps are
measured with it: `docs/rig.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy import ndimage

from mnimage.errors import RigUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.rig import TargetShots

    Mask = NDArray[np.bool_]
    Plane = NDArray[np.float32]
    Values = NDArray[np.float64]

_SEARCH_PX = 320
"""Longer side of the reduced picture in which circles are searched."""
_RAYS = 360
"""Rays from the centre along which the edge is measured: one per degree."""
_MOST_EDGES = 0.12
"""Share of edge pixels beyond which the picture is noise, with votes for circles everywhere."""
_LEAST_RADIUS_PX = 30.0
"""Smallest radius that is accepted; the errors of an outline in px weigh more on a smaller ball."""
_LEAST_TRACKED = 0.45
"""Least share of the rays that must fit a circle for its edge to be followed further."""
_CORRELATED_RAYS = 4.0
"""Neighbouring rays that share one error of the edge (blur, shadow)."""
_EDGE_PX = 0.12
"""Error that the whole edge shares: where a blurred edge begins depends on its contrast."""
_CLEAR = 25.0
"""Least median slope of an edge over its standard error."""
_FAINT = 0.04
"""Least median slope of an edge over the strongest one."""
_SIZE_TOLERANCE = 0.1
"""Relative error of the entered scale within which a circle is searched."""
_LEAST_FITTED = 0.7
"""Least share of the rays that must fit the outermost circle."""
_LEAST_CONSISTENT, _MOST_SCATTER = 0.75, 0.3
"""Least share of an outline that is brighter on the same side, and largest scatter of its edge over
the range of the search: rendered balls have 0.97 or more and 0.14 or less, also chrome ones;
circles fitted to plain cloth have 0.5 to 0.72 and 0.33 or more."""
_MOST_OUTSIDE = {True: 0.25, False: 0.5}
"""Largest part of the radius that may lie outside the picture, by whether the ball is chrome: lamps
above the table show within 0.71 of its radius, while the shading of a matte one extends further."""
_HORIZON = 0.71
"""Where chrome seen from above reflects the horizon, over its radius."""
_CHROME_EDGE_PX = 0.35
"""`_EDGE_PX` for chrome, whose rim reflects what lies beside it and so differs little from it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A circle in px, with the standard errors of its centre (per axis) and of its radius."""

    row: float
    column: float
    radius: float
    middle_error: float
    radius_error: float


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball in front of the camera: centre and radius in mm, pixel pitch at the level z = 0.

    `camera_mm` is the camera's height above that level, infinite where it is not known.
    """

    middle: Values
    radius_mm: float
    pitch: float
    shape: tuple[int, int]
    camera_mm: float

    def surface(self, row: Values, column: Values) -> tuple[Values, Values, Values]:
        """Return position, unit normal and unit viewing direction (n, 3) at pixels on the ball."""
        start, direction = self._sight(row, column)
        gap = start - self.middle
        along = np.sum(gap * direction, axis=1)
        inside = along**2 - np.sum(gap**2, axis=1) + self.radius_mm**2
        position = start + (-along - np.sqrt(np.maximum(inside, 0)))[:, None] * direction
        normal = position - self.middle
        return position, normal / np.linalg.norm(normal, axis=1, keepdims=True), direction

    def _sight(self, row: Values, column: Values) -> tuple[Values, Values]:
        x = (column - (self.shape[1] - 1) / 2) * self.pitch
        y = (row - (self.shape[0] - 1) / 2) * self.pitch
        start = np.stack([x, y, np.zeros_like(x)], axis=1)
        if not np.isfinite(self.camera_mm):
            return start, np.broadcast_to([0.0, 0.0, -1.0], start.shape)
        direction = start - [0.0, 0.0, self.camera_mm]
        return start, direction / np.linalg.norm(direction, axis=1, keepdims=True)


def place_ball(outline: Outline, shots: TargetShots, diameter_mm: float) -> Ball:
    """Return the position of a ball of known size, from its outline.

    Without a given height it rests on the level of the skin.
    """
    radius = diameter_mm / 2
    height = radius if shots.height_mm is None else shots.height_mm
    camera = np.inf if shots.camera_mm is None else shots.camera_mm
    # The rim that a near camera sees lies in front of the centre: smaller, and further out.
    rim = 1 - (radius / (camera - height)) ** 2 if np.isfinite(camera) else 1.0
    pitch_at_rim = radius / outline.radius / np.sqrt(rim)
    rows, columns = shots.shape
    x = (outline.column - (columns - 1) / 2) * pitch_at_rim * rim
    y = (outline.row - (rows - 1) / 2) * pitch_at_rim * rim
    perspective = (camera - height) / camera if np.isfinite(camera) else 1.0
    return Ball(np.array([x, y, height]), radius, pitch_at_rim / perspective, shots.shape, camera)


def find_outline(shots: TargetShots, diameter_mm: float, *, chrome: bool = False) -> Outline:
    """Return the outline of a ball of known size.

    Raises
    ------
    RigUnusable
        If no ball is found, or the edge of the picture cuts it off.
    """
    picture = _log_mean(shots.frames)
    edge = _find_edge(picture, shots, diameter_mm, chrome=chrome)
    if edge is None or (shots.circle is None and not edge.clear):
        raise _no_ball(shots.name)
    row, column, radius = edge.circle
    if radius < _LEAST_RADIUS_PX:
        width, least = 2 * radius, 2 * _LEAST_RADIUS_PX
        raise RigUnusable(
            message("calibrate.ball_too_small", shots=shots.name, pixels=width, least=least)
        )
    share = edge.fitted * (1 - edge.outside)
    own = edge.residual / np.sqrt(max(share * _RAYS / _CORRELATED_RAYS / 2, 1))
    rim = _CHROME_EDGE_PX if chrome else _EDGE_PX
    found = Outline(row, column, radius, float(np.hypot(own, rim / 2)), float(np.hypot(own, rim)))
    if beyond_picture(found, shots.shape) > _MOST_OUTSIDE[chrome]:
        raise RigUnusable(message("calibrate.ball_cut_off", shots=shots.name))
    return found


def beyond_picture(outline: Outline, shape: tuple[int, int]) -> float:
    """Return how far an outline extends beyond its picture, over its radius (plain geometry)."""
    nearest = min(
        outline.row, outline.column, shape[0] - 1 - outline.row, shape[1] - 1 - outline.column
    )
    return max(1 - nearest / outline.radius, 0.0)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A circle fitted to an edge: rms residual in px, and `scatter` over the range of the search.

    `fitted` is the share of the rays inside the picture that it fits, `consistent` the share whose
    brightness changes the same way, `outside` the share of all rays that lie beyond the picture.
    """

    circle: tuple[float, float, float]
    residual: float
    scatter: float
    fitted: float
    consistent: float
    outside: float

    @property
    def clear(self) -> bool:
        """Whether this is an edge at all."""
        return self.consistent > _LEAST_CONSISTENT and self.scatter < _MOST_SCATTER


def _track_edge(
    picture: Plane, shots: TargetShots, start: tuple[float, float, float]
) -> _Edge | None:
    """Return the outline fitted ever closer to the edge, None where there is none."""
    # A logarithm shows faint edges, but shifts them towards the dark side.
    mean = shots.frames.mean(axis=0)
    edge = None
    for light, share in ((picture, 0.12), (mean, 0.06), (mean, 0.03)):
        edge = _refine(light, start, share)
        if edge.fitted < _LEAST_TRACKED:
            return None
        start = edge.circle
    return edge


def _find_edge(
    picture: Plane, shots: TargetShots, diameter_mm: float, *, chrome: bool
) -> _Edge | None:
    """Return the given outline, or one of the expected size, or the widest one."""
    if shots.circle is not None:
        return _track_edge(picture, shots, shots.circle)
    expected = None if shots.mm_per_px is None else _expected(shots, diameter_mm)
    edge = _track_edge(picture, shots, _circle(picture, shots.name, expected))
    if expected is not None and (edge is None or not edge.clear):
        # None of that size: one of another size shows that the size is wrong.
        edge = _track_edge(picture, shots, _circle(picture, shots.name, None))
    if edge is None or not chrome:
        return edge
    row, column, radius = edge.circle
    around = _track_edge(picture, shots, (row, column, radius / _HORIZON))
    return around if around is not None and around.clear else edge


def _log_mean(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of the frames on a scale where dark and bright edges count equally."""
    mean = np.maximum(frames, 0).mean(axis=0)
    faint = np.float32(max(float(np.quantile(mean, 0.3)), 1e-4))
    return np.asarray(np.log(np.minimum(mean, 30 * faint) + faint / 2), dtype=np.float32)


def _circle(picture: Plane, name: str, expected: float | None) -> tuple[float, float, float]:
    """Return the roundest outline in a reduced picture, by votes along its gradients.

    Of the circles around its centre it is the one with the expected radius, or the widest.
    """
    step = max(picture.shape) / _SEARCH_PX
    size = (round(picture.shape[1] / step), round(picture.shape[0] / step))
    small = cv2.GaussianBlur(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (0, 0), 2.0)
    low, high = np.quantile(small, [0.005, 0.995])
    grey = np.clip((small - low) / max(high - low, 1e-6) * 255, 0, 255).astype(np.uint8)
    best: tuple[float, tuple[float, float, float]] | None = None
    for sharp in (120, 60):
        if (cv2.Canny(grey, sharp / 2, sharp) > 0).mean() > _MOST_EDGES:
            break  # Only noise: votes for circles everywhere.
        found = cv2.HoughCircles(
            grey, cv2.HOUGH_GRADIENT, 1, 20, param1=sharp, param2=12,
            minRadius=12, maxRadius=min(size) // 2,
        )  # fmt: skip
        for x, y, radius in np.reshape(found if found is not None else [], (-1, 3))[:12].tolist():
            circle = ((y + 0.5) * step - 0.5, (x + 0.5) * step - 0.5, radius * step)
            score = _roundness(picture, circle)
            if best is None or score > best[0]:
                best = (score, circle)
    if best is None:
        raise _no_ball(name)
    if expected is not None:
        return _of_size(picture, best[1], expected)
    return _outermost(picture, best[1])


def _expected(shots: TargetShots, diameter_mm: float) -> float:
    """Return the radius in px that a ball should have at the entered scale."""
    height = diameter_mm / 2 if shots.height_mm is None else shots.height_mm
    magnification = shots.camera_mm / (shots.camera_mm - height) if shots.camera_mm else 1.0
    return diameter_mm / 2 / (shots.mm_per_px or 1.0) * magnification


def _of_size(
    picture: NDArray[np.float32], circle: tuple[float, float, float], radius: float
) -> tuple[float, float, float]:
    """Return the clearest circle of about the expected radius around the same centre."""
    row, column, _ = circle
    angle, radii, brightness = _profiles(picture, (row, column, radius), _SIZE_TOLERANCE)
    inside = _inside(picture, (row, column, radius), angle)
    if not inside.any():
        return row, column, radius
    slope = np.abs(np.median(np.gradient(brightness, radii, axis=1)[inside], axis=0))
    return row, column, float(radii[slope.argmax()])


def _outermost(
    picture: NDArray[np.float32], circle: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return the widest visible circle around the same centre: chrome has rings inside.

    At 0.71 of its radius a ball seen from above reflects the horizon.
    """
    row, column, radius = circle
    angle, radii, brightness = _profiles(picture, (row, column, 1.3 * radius), 0.4)
    inside = np.stack([_inside(picture, (row, column, each), angle) for each in radii], axis=1)
    count = inside.sum(axis=0)
    slope = np.where(inside, np.gradient(brightness, radii, axis=1), np.nan)[:, count > _RAYS / 4]
    if slope.shape[1] < 3:
        return circle
    radii, count = radii[count > _RAYS / 4], count[count > _RAYS / 4]
    middle = np.abs(np.nanmedian(slope, axis=0))
    noise = 1.4826 * np.nanmedian(np.abs(slope - np.nanmedian(slope, axis=0)), axis=0)
    clear = (middle > _CLEAR * noise / np.sqrt(count)) & (middle > _FAINT * middle.max())
    peak = clear[1:-1] & (middle[1:-1] >= middle[:-2]) & (middle[1:-1] >= middle[2:])
    for wide in radii[1:-1][peak][::-1].tolist():
        edge = _refine(picture, (row, column, wide), 0.06)
        if edge.fitted > _LEAST_FITTED:
            return edge.circle
    return circle


def _no_ball(name: str) -> RigUnusable:
    return RigUnusable(message("calibrate.ball_not_found", shots=name))


def _profiles(
    picture: NDArray[np.float32], circle: tuple[float, float, float], share: float
) -> tuple[Values, Values, Values]:
    """Return angles, radii and the brightness (angles, radii) along rays across a circle."""
    row, column, radius = circle
    angle = np.arange(_RAYS) * 2 * np.pi / _RAYS
    reach = max(share * radius, 4.0)
    radii = np.arange(radius - reach, radius + reach, 0.5)
    positions = [
        row + np.sin(angle)[:, None] * radii,
        column + np.cos(angle)[:, None] * radii,
    ]
    brightness = ndimage.map_coordinates(picture, positions, order=1, mode="nearest")
    return (
        angle,
        radii,
        np.asarray(ndimage.gaussian_filter1d(brightness, 2.0, axis=1), dtype=np.float64),
    )


def _roundness(picture: NDArray[np.float32], circle: tuple[float, float, float]) -> float:
    """Return how strong and how consistent the edge along a circle is."""
    _, radii, brightness = _profiles(picture, circle, 0.12)
    slope = np.gradient(brightness, radii, axis=1)
    strongest = np.take_along_axis(slope, np.abs(slope).argmax(axis=1)[:, None], axis=1)
    return float(abs(np.median(strongest)) * np.sqrt(circle[2]))


def _refine(picture: Plane, circle: tuple[float, float, float], share: float) -> _Edge:
    """Return the circle fitted to the edge around it."""
    angle, radii, brightness = _profiles(picture, circle, share)
    inside = _inside(picture, circle, angle)
    every = np.arange(_RAYS)
    slope = np.gradient(brightness, radii, axis=1)
    strongest = slope[every, np.abs(slope).argmax(axis=1)]
    sign = np.sign(np.median(strongest[inside])) if inside.any() else 1.0
    strength = np.maximum((sign or 1.0) * slope, 0)
    top = strength.argmax(axis=1).clip(1, len(radii) - 2)
    before, middle, after = (strength[every, top + side] for side in (-1, 0, 1))
    curvature = np.minimum(before - 2 * middle + after, -1e-9)
    edge = radii[top] + 0.25 * (before - after) / curvature
    usable = inside & (middle > 0.15 * np.median(middle[inside])) if inside.any() else inside
    found, residuals, limit = _fit_circle(
        edge * np.sin(angle), edge * np.cos(angle), usable, circle[2]
    )
    fitted = usable & (np.abs(residuals) < limit)
    residual = float(np.sqrt(np.mean(residuals[fitted] ** 2))) if fitted.any() else np.inf
    count = max(int(inside.sum()), 1)
    return _Edge(
        (circle[0] + float(found[0]), circle[1] + float(found[1]), float(found[2])),
        residual=residual,
        scatter=residual / (float(radii[-1] - radii[0]) / 2),
        fitted=float(fitted.sum()) / count,
        consistent=_consistent_share(picture, circle, found, sign),
        outside=1 - float(inside.mean()),
    )


def _inside(picture: Plane, circle: tuple[float, float, float], angle: Values) -> Mask:
    """Return which rays meet the circle inside the picture."""
    row, column = circle[0] + circle[2] * np.sin(angle), circle[1] + circle[2] * np.cos(angle)
    rows, columns = picture.shape
    return np.asarray((row > 1) & (row < rows - 2) & (column > 1) & (column < columns - 2))


def _fit_circle(y: Values, x: Values, usable: Mask, radius: float) -> tuple[Values, Values, float]:
    """Return the circle fitted to points (Tukey's biweight), residuals and their limit."""
    found = np.array([0.0, 0.0, radius])
    residuals, scale = np.zeros(len(y)), 0.0
    if usable.sum() < 3:
        return found, residuals, scale
    for _ in range(20):
        gap = np.hypot(y - found[0], x - found[1])
        residuals = gap - found[2]
        scale = 1.4826 * float(np.median(np.abs(residuals[usable]))) + 0.05
        good = usable * (1 - np.minimum(np.abs(residuals) / (4 * scale), 1) ** 2) ** 2
        slopes = np.stack([(found[0] - y) / gap, (found[1] - x) / gap, -np.ones(len(y))], axis=1)
        change = np.linalg.lstsq(slopes * good[:, None] ** 0.5, -residuals * good**0.5, rcond=None)[
            0
        ]
        found = found + change
    return found, residuals, max(3 * scale, 1.0)


def _consistent_share(
    picture: Plane, circle: tuple[float, float, float], offset: Values, sign: float
) -> float:
    """Return the share of a circle whose two sides differ as those of its edge do."""
    row, column, radius = circle[0] + offset[0], circle[1] + offset[1], max(float(offset[2]), 1.0)
    angle, radii, brightness = _profiles(picture, (row, column, radius), 0.06)
    inside = _inside(picture, (row, column, radius), angle)
    if not inside.any():
        return 0.0
    slope = sign * np.gradient(brightness, radii, axis=1)[inside]
    return float((slope[:, np.median(slope, axis=0).argmax()] > 0).mean())
