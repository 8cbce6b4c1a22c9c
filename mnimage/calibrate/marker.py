"""Printed markers in a photo, and the scale they give.

OpenCV finds a marker and reads its number; its corners, which are a little inside the true ones,
only start the fit: a whole marker, seen in perspective, blurred, with ink that has spread on the
paper and light that falls off over it, is laid onto the pixels by least squares (Gauss-Newton).
The spread of the ink moves outer and inner edges opposite ways, so that it does not pass for size.

Markers are AprilTags (Olson 2011), found by OpenCV's ArUco (Garrido-Jurado et al. 2014); the fit is
our own, how well it does: `docs/rig.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.marker import Marker, side_of
from mnimage.domain.photo import ImageScale
from mnimage.kernels.color import to_linear
from mnimage.kernels.tag import CELLS, dictionary, tag_cover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.domain.photo import Photo

    Values = NDArray[np.float64]

PRINT_ERROR = 0.002
"""Relative error of a sheet whose ruler was checked: 0.2 of 100 mm, what an eye tells."""

LEAST_SIDE_PX = 40.0
MOST_TILT_DEG = 35.0
MOST_BLUR = 0.4
"""Sigma of the edges in cells; beyond it a cell runs into its neighbours."""
MOST_MISFIT = 0.12
"""Rms of what the fit leaves, as a share of black to white: a bent or covered marker has more."""

_MOST_PIXELS = 30_000
_ROUNDS = 15
_REACH = 4.75
_CORRELATED = 4.0
"""Noise of neighbouring pixels hangs together (demosaicing, JPEG): so much fewer really count."""
_STRETCHED = 0.004
_START_BLUR = 0.12
_SOFT_PX, _SOFT_CELLS = 0.8, 0.07
_LEAST_BLUR = 0.02
_CORNERS = np.array([[-4, -4], [4, -4], [4, 4], [-4, 4]], dtype=np.float64)
_NEAREST_CAMERA_MM = 250.0
_USUAL_FOCAL = 1.2
"""Focal length in long sides of the picture where the file does not tell it."""
_DIAGONAL_35MM = 43.27


def find_markers(photo: Photo) -> tuple[Marker, ...]:
    """Return every printed marker in a photo, those that must not be used with their flaw."""
    grey = cv2.cvtColor(_eight_bits(photo), cv2.COLOR_RGB2GRAY)
    options = cv2.aruco.DetectorParameters()
    options.errorCorrectionRate = 0.2  # Texture of hair must not be read as a number.
    corners, numbers, _ = cv2.aruco.ArucoDetector(dictionary(), options).detectMarkers(grey)
    # OpenCV gives None for no number at all.
    read = [] if len(corners) == 0 else np.asarray(numbers).ravel().astype(int).tolist()
    found = []
    for corner, number in zip(corners, read, strict=True):
        side_mm = side_of(number)
        if side_mm is not None:
            found.append(_measured(photo, corner.reshape(4, 2).astype(np.float64), number, side_mm))
    return tuple(sorted(found, key=lambda each: each.number))


def marker_scale(photo: Photo, markers: Sequence[Marker], depth_mm: float) -> ImageScale | None:
    """Return the scale that the markers in a photo give together, None where none may be used.

    Weights are those of the errors, which are joined as squares (JCGM 100:2008).

    Parameters
    ----------
    photo
        The photo, for its focal length.
    markers
        As found.
    depth_mm
        How far the skin lies nearer or farther than the markers (standard deviation): what is
        nearer to the camera is seen larger.

    The skin beside a tilted marker may be tilted alike, or not: half of the foreshortening enters
    the error.
    """
    usable = [each for each in markers if each.issue is None]
    if not usable:
        return None
    errors = np.array([each.relative_error for each in usable])
    pitch = np.array([each.mm_per_px for each in usable])
    weights = errors**-2 / (errors**-2).sum()
    mean = float(weights @ pitch)
    # They share the printer and the skin's depth; where they differ by more, that counts too.
    own = float(max(errors.min(), np.sqrt(weights @ (pitch / mean - 1) ** 2)))
    away = depth_mm / max(_focal_px(photo) * mean, _NEAREST_CAMERA_MM)
    tilts = np.radians([each.tilt_deg for each in usable])
    tilted = float(weights @ (1 - np.cos(tilts))) / 2
    return ImageScale(mean, "marker", float(np.sqrt(own**2 + away**2 + tilted**2)))


def _focal_px(photo: Photo) -> float:
    if photo.facts.focal_35mm_mm:
        return photo.facts.focal_35mm_mm / _DIAGONAL_35MM * hypot(*photo.shape)
    return _USUAL_FOCAL * max(photo.shape)


def _eight_bits(photo: Photo) -> NDArray[np.uint8]:
    coded = photo.coded
    return coded.astype(np.uint8) if coded.dtype == np.uint8 else (coded >> 8).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class _Patch:
    """Pixels on a marker: their places (x, y) less `middle`, in `size` px, and their light.

    Every `step`th pixel, after a blur of `soft_px`.
    """

    number: int
    middle: Values
    size: float
    places: Values
    light: Values
    soft_px: float
    step: int


@dataclass(frozen=True, slots=True)
class _Fit:
    """The 8 free entries of the map from places to cells, the look, and their covariance.

    `look` is blur, spread of the ink (both in cells), black, white, and white's slopes.
    """

    way: Values
    look: Values
    spread: Values
    misfit: float


def _measured(photo: Photo, corners: Values, number: int, side_mm: float) -> Marker:
    side_px = float(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).mean())
    if side_px < LEAST_SIDE_PX:
        issue = ("marker size", side_px, LEAST_SIDE_PX)
        pitch = side_mm / side_px
        return Marker(number, side_mm, side_px, _places(corners), 0.0, 0.0, pitch, 1.0, issue)
    patch = _patch(photo, corners, side_px, number)
    fit = _fitted(patch, _started(patch, corners))
    cell_mm = side_mm / CELLS
    least, most = _pitches(fit.way) * cell_mm / patch.size
    # Noise and the printer stretch one way by a little, which is no tilt yet: the mean then.
    stretch = float(most / least - 1)
    level = float(np.clip(2 - stretch / _STRETCHED, 0, 1))
    pitch = float(least * (1 + level * stretch / 2))
    tilt = float(np.degrees(np.arccos(np.clip(least / most, 0, 1))))
    error = float(np.hypot(_pitch_error(fit), PRINT_ERROR))
    return Marker(
        number=number,
        side_mm=side_mm,
        side_px=side_mm / pitch,
        corners=_places(_corners(fit.way) * patch.size + patch.middle),
        tilt_deg=tilt,
        blur_px=float(np.sqrt(max((fit.look[0] * cell_mm / least) ** 2 - patch.soft_px**2, 0))),
        mm_per_px=pitch,
        relative_error=error,
        issue=_issue(fit, tilt),
    )


def _places(corners: Values) -> tuple[tuple[float, float], ...]:
    return tuple((float(y), float(x)) for x, y in corners)


def _issue(fit: _Fit, tilt_deg: float) -> tuple[str, float, float] | None:
    limits = (
        ("marker tilt", tilt_deg, MOST_TILT_DEG),
        ("marker blur", 100 * float(fit.look[0]), 100 * MOST_BLUR),
        ("marker fit", 100 * fit.misfit, 100 * MOST_MISFIT),
    )
    return next((limit for limit in limits if not limit[1] <= limit[2]), None)


def _patch(photo: Photo, corners: Values, side_px: float, number: int) -> _Patch:
    """Return the green light of the marker's pixels and of half a cell around it."""
    margin = side_px / CELLS
    low = np.maximum(np.floor(corners.min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0) + margin) + 1, photo.shape[::-1]).astype(int)
    step = max(1, int(np.ceil(np.sqrt(np.prod(high - low) / _MOST_PIXELS))))
    whole = to_linear(photo.coded[low[1] : high[1], low[0] : high[0]])[..., 1]
    # Edges sharper than a pixel would let the fit see the true place only from close by.
    soft = max(_SOFT_PX, _SOFT_CELLS * margin, 0.7 * step)
    light = np.asarray(cv2.GaussianBlur(whole, (0, 0), soft))[::step, ::step]
    x, y = np.arange(low[0], high[0], step), np.arange(low[1], high[1], step)
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float64)
    middle = corners.mean(axis=0)
    seen = light.ravel().astype(np.float64)
    return _Patch(number, middle, side_px, (places - middle) / side_px, seen, soft, step)


def _started(patch: _Patch, corners: Values) -> _Fit:
    seen = (corners - patch.middle) / patch.size
    way = cv2.getPerspectiveTransform(seen.astype(np.float32), _CORNERS.astype(np.float32))
    dark, bright = np.percentile(patch.light, [10, 90])
    look = np.array([_START_BLUR, 0.0, dark, max(bright - dark, 1e-3), 0.0, 0.0])
    return _Fit((way / way[2, 2]).ravel()[:8], look, np.zeros((14, 14)), np.inf)


def _fitted(patch: _Patch, fit: _Fit) -> _Fit:
    size = fit.look[3]
    prior = np.diag(np.r_[np.zeros(8), 1 / 0.5**2, 1 / 0.1**2, np.zeros(4)]) * (0.01 * size) ** 2
    for _ in range(_ROUNDS):
        gap, slopes = _compared(patch, fit)
        pull = slopes.T @ gap - prior @ np.r_[np.zeros(9), fit.look[1], np.zeros(4)]
        change = np.linalg.lstsq(slopes.T @ slopes + prior, pull, rcond=None)[0]
        look = fit.look + change[8:]
        look[0] = float(np.clip(look[0], _LEAST_BLUR, 2.0))
        fit = _Fit(fit.way + change[:8], look, fit.spread, fit.misfit)
        if np.abs(change[:9]).max() < 1e-5:
            break
    gap, slopes = _compared(patch, fit)
    noise = float(gap @ gap) / max(len(gap) - 14, 1)
    alike = max(_CORRELATED, 4 * np.pi * (patch.soft_px / patch.step) ** 2)
    spread = alike * noise * np.linalg.pinv(slopes.T @ slopes + prior)
    return _Fit(fit.way, fit.look, spread, float(np.sqrt(noise) / max(abs(fit.look[3]), 1e-6)))


def _compared(patch: _Patch, fit: _Fit) -> tuple[Values, Values]:
    """Return what the fit leaves at the pixels on the marker, and its slopes (n, 14)."""
    u, v, depth = _cells(fit.way, patch.places)
    on = (np.abs(u) < _REACH) & (np.abs(v) < _REACH) & (depth > 0)
    u, v, depth, places, light = u[on], v[on], depth[on], patch.places[on], patch.light[on]
    blur, ink, black, white, right, down = fit.look
    cover, by_u, by_v = tag_cover(patch.number, u, v, blur)
    wider = tag_cover(patch.number, u, v, blur * 1.02)[0]
    # Ink that has spread moves each edge towards the white, to first order.
    edge = np.hypot(by_u, by_v)
    seen = cover - ink * edge
    shade = white + right * u + down * v
    of_u, of_v = shade * by_u + right * seen, shade * by_v + down * seen
    x, y = places.T
    one = np.ones_like(x)
    near = -(u * of_u + v * of_v)
    way = [of_u * x, of_u * y, of_u, of_v * x, of_v * y, of_v, near * x, near * y]
    look = [
        shade * (wider - cover) / (0.02 * blur),
        -shade * edge,
        one,
        seen,
        seen * u,
        seen * v,
    ]
    slopes = np.stack([each / depth for each in way] + look, axis=1)
    return light - black - shade * seen, slopes


def _cells(way: Values, places: Values) -> tuple[Values, Values, Values]:
    """Return places in cells of the marker, and the homography's divisor."""
    turned = np.r_[way, 1.0].reshape(3, 3) @ np.c_[places, np.ones(len(places))].T
    return turned[0] / turned[2], turned[1] / turned[2], turned[2]


def _corners(way: Values) -> Values:
    back = np.linalg.inv(np.r_[way, 1.0].reshape(3, 3)) @ np.c_[_CORNERS, np.ones(4)].T
    return np.asarray((back[:2] / back[2]).T)


def _pitches(way: Values) -> Values:
    """Return cells per unit at the marker's middle along and across the axis it is tilted about."""
    turn = np.r_[way, 1.0].reshape(3, 3)
    middle = np.linalg.inv(turn) @ [0.0, 0.0, 1.0]
    divisor = float(turn[2] @ (middle / middle[2]))
    return np.asarray(np.linalg.svd(turn[:2, :2] / divisor, compute_uv=False)[::-1])


def _pitch_error(fit: _Fit) -> float:
    """Return the relative standard error of the mean of both pitches, from the fit's own noise.

    Their mean is smooth where they are equal; the smaller one, which is used, is so to its noise.
    """
    start = _pitches(fit.way)
    small = 1e-5 * np.maximum(np.abs(fit.way), 0.1)
    slopes = [(_pitches(fit.way + np.eye(8)[i] * small[i]) - start).T / small[i] for i in range(8)]
    both = np.array(slopes).T @ fit.spread[:8, :8] @ np.array(slopes)
    return float(np.sqrt(max(both[0, 0], both[1, 1], 0.0)) / start[0])
