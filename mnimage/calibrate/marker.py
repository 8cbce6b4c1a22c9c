"""Printed markers in a photo, and the scale they give.

OpenCV finds a marker and reads its number; its corners, which are slightly inside the true ones,
only start the fit: a model of the whole marker in perspective, with blur, spread ink and uneven
light, is fitted to the pixels by least squares (Gauss-Newton). Spread ink moves outer and inner
edges in opposite directions, so that it is not mistaken for size.

Markers are AprilTags (Olson 2011), found by OpenCV's ArUco (Garrido-Jurado et al. 2014); the fit is
our own, its accuracy: `docs/rig.md`.
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
"""Relative error of a printed sheet whose ruler was checked: 0.2 of 100 mm, as an eye can read."""

LEAST_SIDE_PX = 40.0
"""Smallest side of a marker in px that is measured."""
MOST_TILT_DEG = 35.0
"""Largest tilt of a marker that is used."""
MOST_BLUR = 0.4
"""Largest sigma of the edges in cells; beyond it a cell merges with its neighbours."""
MOST_MISFIT = 0.12
"""Largest rms residual, as a share of black to white: a bent or covered marker has more."""

_MOST_PIXELS = 30_000
"""Pixels of a marker that are fitted at most."""
_ROUNDS = 15
"""Steps of the fit at most."""
_REACH = 4.75
"""Half the side of the square that is fitted, in cells: the marker (4) and part of its margin."""
_CORRELATED = 4.0
"""Noise of neighbouring pixels is correlated (demosaicing, JPEG): this many count as one."""
_LEVEL_STRETCH = 0.004
"""Foreshortening up to which a marker counts as level: noise and the printer cause so much."""
_START_BLUR = 0.12
"""Sigma of the edges in cells from which the fit is started."""
_BLUR_PX, _BLUR_CELLS = 0.8, 0.07
"""Sigma of the blur before the fit, in px and in cells; the larger one is used."""
_LEAST_BLUR = 0.02
"""Least sigma of the edges in cells; the model has no sharper ones."""
_CORNERS = np.array([[-4, -4], [4, -4], [4, 4], [-4, 4]], dtype=np.float64)
_NEAREST_CAMERA_MM = 250.0
"""Least distance of the camera that is assumed."""
_USUAL_FOCAL = 1.2
"""Focal length over the longer side of the picture if the file does not give it."""
_DIAGONAL_35MM = 43.27
"""Diagonal of a 36 x 24 mm frame in mm."""


def find_markers(photo: Photo) -> tuple[Marker, ...]:
    """Return every printed marker in a photo, those that must not be used with their issue."""
    grey = cv2.cvtColor(_eight_bits(photo), cv2.COLOR_RGB2GRAY)
    options = cv2.aruco.DetectorParameters()
    options.errorCorrectionRate = 0.2  # The texture of hair must not be read as a number.
    corners, numbers, _ = cv2.aruco.ArucoDetector(dictionary(), options).detectMarkers(grey)
    # OpenCV returns None if there is no number at all.
    read = [] if len(corners) == 0 else np.asarray(numbers).ravel().astype(int).tolist()
    found = []
    for corner, number in zip(corners, read, strict=True):
        side_mm = side_of(number)
        if side_mm is not None:
            found.append(_measure(photo, corner.reshape(4, 2).astype(np.float64), number, side_mm))
    return tuple(sorted(found, key=lambda each: each.number))


def marker_scale(photo: Photo, markers: Sequence[Marker], depth_mm: float) -> ImageScale | None:
    """Return the scale from all markers in a photo, None where none may be used.

    Markers are weighted by their errors, which are combined as squares (JCGM 100:2008).

    Parameters
    ----------
    photo
        The photo, for its focal length.
    markers
        As found.
    depth_mm
        How much closer to the camera or further away the skin is than the markers (standard
        deviation): what is closer appears larger.

    The skin beside a tilted marker may be tilted equally, or not: half of the foreshortening enters
    the error.
    """
    usable = [each for each in markers if each.issue is None]
    if not usable:
        return None
    errors = np.array([each.relative_error for each in usable])
    pitch = np.array([each.mm_per_px for each in usable])
    weights = errors**-2 / (errors**-2).sum()
    mean = float(weights @ pitch)
    # They share the printer and the depth of the skin; where they differ by more, that counts too.
    own = float(max(errors.min(), np.sqrt(weights @ (pitch / mean - 1) ** 2)))
    depth_error = depth_mm / max(_focal_px(photo) * mean, _NEAREST_CAMERA_MM)
    tilts = np.radians([each.tilt_deg for each in usable])
    tilted = float(weights @ (1 - np.cos(tilts))) / 2
    return ImageScale(mean, "marker", float(np.sqrt(own**2 + depth_error**2 + tilted**2)))


def _focal_px(photo: Photo) -> float:
    if photo.facts.focal_35mm_mm:
        return photo.facts.focal_35mm_mm / _DIAGONAL_35MM * hypot(*photo.shape)
    return _USUAL_FOCAL * max(photo.shape)


def _eight_bits(photo: Photo) -> NDArray[np.uint8]:
    coded = photo.coded
    return np.asarray(coded if coded.dtype == np.uint8 else coded >> 8, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Patch:
    """Pixels on a marker: positions (x, y) relative to `middle`, in units of `size` px, and light.

    Every `step`th pixel, after a blur of `blur_px`.
    """

    number: int
    middle: Values
    size: float
    positions: Values
    light: Values
    blur_px: float
    step: int


@dataclass(frozen=True, slots=True)
class _Fit:
    """The 8 free entries of the homography from positions to cells, appearance, and covariance.

    `appearance` is blur and spread of the ink (in cells), black, white, and the gradient of white.
    """

    homography: Values
    appearance: Values
    covariance: Values
    misfit: float


def _measure(photo: Photo, corners: Values, number: int, side_mm: float) -> Marker:
    side_px = float(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).mean())
    if side_px < LEAST_SIDE_PX:
        issue = ("marker size", side_px, LEAST_SIDE_PX)
        pitch = side_mm / side_px
        return Marker(number, side_mm, side_px, _row_columns(corners), 0.0, 0.0, pitch, 1.0, issue)
    patch = _patch(photo, corners, side_px, number)
    fit = _fit(patch, _initial_fit(patch, corners))
    cell_mm = side_mm / CELLS
    least, most = _pitches(fit.homography) * cell_mm / patch.size
    # Noise and the printer stretch slightly in one direction, which is not a tilt: use the mean.
    stretch = float(most / least - 1)
    level = float(np.clip(2 - stretch / _LEVEL_STRETCH, 0, 1))
    pitch = float(least * (1 + level * stretch / 2))
    tilt = float(np.degrees(np.arccos(np.clip(least / most, 0, 1))))
    error = float(np.hypot(_pitch_error(fit), PRINT_ERROR))
    return Marker(
        number=number,
        side_mm=side_mm,
        side_px=side_mm / pitch,
        corners=_row_columns(_corners(fit.homography) * patch.size + patch.middle),
        tilt_deg=tilt,
        blur_px=float(
            np.sqrt(max((fit.appearance[0] * cell_mm / least) ** 2 - patch.blur_px**2, 0))
        ),
        mm_per_px=pitch,
        relative_error=error,
        issue=_issue(fit, tilt),
    )


def _row_columns(corners: Values) -> tuple[tuple[float, float], ...]:
    return tuple((float(y), float(x)) for x, y in corners)


def _issue(fit: _Fit, tilt_deg: float) -> tuple[str, float, float] | None:
    limits = (
        ("marker tilt", tilt_deg, MOST_TILT_DEG),
        ("marker blur", 100 * float(fit.appearance[0]), 100 * MOST_BLUR),
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
    # With edges sharper than a pixel the fit would converge only from nearby.
    blur_px = max(_BLUR_PX, _BLUR_CELLS * margin, 0.7 * step)
    light = np.asarray(cv2.GaussianBlur(whole, (0, 0), blur_px))[::step, ::step]
    x, y = np.arange(low[0], high[0], step), np.arange(low[1], high[1], step)
    positions = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float64)
    middle = corners.mean(axis=0)
    brightness = light.ravel().astype(np.float64)
    return _Patch(
        number, middle, side_px, (positions - middle) / side_px, brightness, blur_px, step
    )


def _initial_fit(patch: _Patch, corners: Values) -> _Fit:
    scaled = (corners - patch.middle) / patch.size
    homography = cv2.getPerspectiveTransform(scaled.astype(np.float32), _CORNERS.astype(np.float32))
    dark, bright = np.percentile(patch.light, [10, 90])
    appearance = np.array([_START_BLUR, 0.0, dark, max(bright - dark, 1e-3), 0.0, 0.0])
    return _Fit((homography / homography[2, 2]).ravel()[:8], appearance, np.zeros((14, 14)), np.inf)


def _fit(patch: _Patch, fit: _Fit) -> _Fit:
    size = fit.appearance[3]
    prior = np.diag(np.r_[np.zeros(8), 1 / 0.5**2, 1 / 0.1**2, np.zeros(4)]) * (0.01 * size) ** 2
    for _ in range(_ROUNDS):
        residual, slopes = _residuals(patch, fit)
        gradient = slopes.T @ residual - prior @ np.r_[np.zeros(9), fit.appearance[1], np.zeros(4)]
        change = np.linalg.lstsq(slopes.T @ slopes + prior, gradient, rcond=None)[0]
        appearance = fit.appearance + change[8:]
        appearance[0] = float(np.clip(appearance[0], _LEAST_BLUR, 2.0))
        fit = _Fit(fit.homography + change[:8], appearance, fit.covariance, fit.misfit)
        if np.abs(change[:9]).max() < 1e-5:
            break
    residual, slopes = _residuals(patch, fit)
    noise = float(residual @ residual) / max(len(residual) - 14, 1)
    correlated = max(_CORRELATED, 4 * np.pi * (patch.blur_px / patch.step) ** 2)
    covariance = correlated * noise * np.linalg.pinv(slopes.T @ slopes + prior)
    return _Fit(
        fit.homography,
        fit.appearance,
        covariance,
        float(np.sqrt(noise) / max(abs(fit.appearance[3]), 1e-6)),
    )


def _residuals(patch: _Patch, fit: _Fit) -> tuple[Values, Values]:
    """Return the residuals at the pixels on the marker, and the Jacobian (n, 14)."""
    u, v, depth = _cells(fit.homography, patch.positions)
    on = (np.abs(u) < _REACH) & (np.abs(v) < _REACH) & (depth > 0)
    u, v, depth, positions, light = u[on], v[on], depth[on], patch.positions[on], patch.light[on]
    blur, ink, black, white, right, down = fit.appearance
    cover, by_u, by_v = tag_cover(patch.number, u, v, blur)
    wider = tag_cover(patch.number, u, v, blur * 1.02)[0]
    # Spread ink moves each edge towards white, to first order.
    edge = np.hypot(by_u, by_v)
    cover_seen = cover - ink * edge
    shade = white + right * u + down * v
    by_u_light, by_v_light = shade * by_u + right * cover_seen, shade * by_v + down * cover_seen
    x, y = positions.T
    one = np.ones_like(x)
    by_depth = -(u * by_u_light + v * by_v_light)
    homography = [
        by_u_light * x,
        by_u_light * y,
        by_u_light,
        by_v_light * x,
        by_v_light * y,
        by_v_light,
        by_depth * x,
        by_depth * y,
    ]
    appearance = [
        shade * (wider - cover) / (0.02 * blur),
        -shade * edge,
        one,
        cover_seen,
        cover_seen * u,
        cover_seen * v,
    ]
    slopes = np.stack([each / depth for each in homography] + appearance, axis=1)
    return light - black - shade * cover_seen, slopes


def _cells(homography: Values, positions: Values) -> tuple[Values, Values, Values]:
    """Return positions in cells of the marker, and the divisor of the homography."""
    projected = np.r_[homography, 1.0].reshape(3, 3) @ np.c_[positions, np.ones(len(positions))].T
    return projected[0] / projected[2], projected[1] / projected[2], projected[2]


def _corners(homography: Values) -> Values:
    back = np.linalg.inv(np.r_[homography, 1.0].reshape(3, 3)) @ np.c_[_CORNERS, np.ones(4)].T
    return np.asarray((back[:2] / back[2]).T)


def _pitches(homography: Values) -> Values:
    """Return cells per unit at the centre of the marker, along and across the axis of its tilt."""
    matrix = np.r_[homography, 1.0].reshape(3, 3)
    middle = np.linalg.inv(matrix) @ [0.0, 0.0, 1.0]
    divisor = float(matrix[2] @ (middle / middle[2]))
    return np.asarray(np.linalg.svd(matrix[:2, :2] / divisor, compute_uv=False)[::-1])


def _pitch_error(fit: _Fit) -> float:
    """Return the larger relative standard error of both pitches, from the noise of the fit."""
    start = _pitches(fit.homography)
    small = 1e-5 * np.maximum(np.abs(fit.homography), 0.1)
    slopes = [
        (_pitches(fit.homography + np.eye(8)[i] * small[i]) - start).T / small[i] for i in range(8)
    ]
    both = np.array(slopes).T @ fit.covariance[:8, :8] @ np.array(slopes)
    return float(np.sqrt(max(both[0, 0], both[1, 1], 0.0)) / start[0])
