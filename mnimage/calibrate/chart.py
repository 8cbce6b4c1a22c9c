"""Find the chart in a photo and read its patches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.calibrate.reference import COLUMNS, CORNERS, PATCH_CENTERS, ROWS, true_luminance
from mnimage.errors import ChartUnusable
from mnimage.kernels.color import to_linear
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.domain.photo import Coded, Photo

    Matrix = NDArray[np.float64]

FIT_PX = (1000, 2200)
"""Longest sides at which the chart is searched: small charts need the larger picture, noise and
JPEG artefacts are weaker in the smaller one."""

CERTAIN_COST, LARGEST_COST = 0.01, 0.05
"""OpenCV's own measure of fit: below the first no other size is tried, beyond the second it is not
the chart (its colours would be wrong; the fit of the colours is checked anyway)."""

PATCH_SHARE = 0.44
"""Side of the square that is read in each patch, over the distance between patches."""

LEAST_PITCH_PX = 16.0
"""Least distance between patches in pixels at which they can be read."""
READ_PX = 48
"""Samples per distance between patches that are read at most."""

BRIGHTEST, DARKEST = 0.985, 0.012
"""Coded values, 0..1, beyond which a channel is clipped or too dark."""

END_SHARE = 0.02
"""Share of a patch that may be clipped or too dark."""

UNEVEN, UNEVEN_FLOOR = 0.2, 0.01
"""A sample is uneven if it differs this much from the median of its patch (share, and light)."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in a photo: its position, and the light of its 24 patches.

    `homography` maps positions on the chart, (column, row) counted in patches, to (x, y) in pixels.
    `light` is linear RGB (24, 3), `uneven` the share of each patch that differs from its median,
    and `bright` and `dark` the shares where a channel is clipped or too dark.
    """

    homography: Matrix = field(repr=False)
    light: Matrix = field(repr=False)
    uneven: Matrix = field(repr=False)
    bright: Matrix = field(repr=False)
    dark: Matrix = field(repr=False)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Patches in which no channel is clipped or too dark."""
        return np.maximum(self.bright, self.dark) < END_SHARE

    @property
    def corners(self) -> Matrix:
        """The outer corners as (row, column), clockwise from the dark skin patch."""
        return project(self.homography, CORNERS)[:, ::-1]

    @property
    def pitch_px(self) -> float:
        """The distance of neighbouring patches, along the shorter direction."""
        return float(min(_steps(self.homography)))

    @property
    def tilt_deg(self) -> float:
        """How far the chart is turned away from the camera, by the foreshortening of its patches.

        Holds for square patches seen from far away; the direction of the tilt is not known.
        """
        along, down = _edges(self.homography)
        stretch = np.linalg.svd(np.stack([along, down], axis=1), compute_uv=False)
        return float(np.degrees(np.arccos(min(1.0, stretch[1] / stretch[0]))))

    @property
    def convergence(self) -> float:
        """Ratio of the nearest side to the opposite one, as they appear."""
        corners = self.corners
        sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
        ratios = sides[:2] / sides[2:]
        return float(np.max(np.maximum(ratios, 1 / ratios)))


def find_chart(photo: Photo) -> Chart:
    """Return the 24-patch chart in a photo.

    The search is OpenCV's (`cv2.mcc`); accuracy of reading: `docs/colour.md`.

    Raises
    ------
    ChartUnusable
        If none is found, or it is too small.
    """
    best: tuple[float, Matrix] | None = None
    for longest in FIT_PX:
        found = _detect(photo.coded, longest)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
        if best is not None and best[0] < CERTAIN_COST:
            break
    if best is None or best[0] > LARGEST_COST:
        raise ChartUnusable(message("calibrate.no_chart"))
    return _large_enough(_read(photo.coded, best[1]))


def chart_at(photo: Photo, corners: Sequence[tuple[float, float]]) -> Chart:
    """Return the chart with four given corners, in order around it.

    Positions by the homography of the corners (Hartley and Zisserman 2004).

    Parameters
    ----------
    photo
        The photo.
    corners
        The outer corners of the four corner patches as (row, column), in either direction from
        any of them; the orientation is identified by the brightness of the patches.

    Raises
    ------
    ChartUnusable
        If they do not span a chart.
    """
    given = np.array(corners, dtype=np.float64)
    if given.shape != (4, 2) or not _convex(given):
        raise ChartUnusable(message("calibrate.corners_invalid"))
    directions = [given[:, ::-1], given[::-1, ::-1]]
    orders = [np.roll(order, turn, axis=0) for order in directions for turn in range(4)]
    charts = [
        _read(photo.coded, _homography(CORNERS, order)) for order in orders if _clockwise(order)
    ]
    return _large_enough(max(charts, key=_likeness))


def _detect(coded: Coded, longest: int) -> tuple[float, Matrix] | None:
    """Return OpenCV's cost and the homography of the best chart at one size of the picture."""
    larger = max(1.0, max(coded.shape[:2]) / longest)
    size = (round(coded.shape[1] / larger), round(coded.shape[0] / larger))
    small = cv2.resize(coded, size, interpolation=cv2.INTER_AREA)
    picture = small if coded.dtype == np.uint8 else cv2.convertScaleAbs(small, alpha=1 / 257)
    detector = cv2.mcc.CCheckerDetector.create()
    # Without a chart type the detector crashes the whole program (OpenCV 5.0.0).
    detector.setColorChartType(cv2.mcc.MCC24)
    if not detector.process(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), 1):
        return None
    found = detector.getBestColorChecker()
    patches = np.array(found.getColorCharts(), dtype=np.float64).reshape(-1, 4, 2).mean(axis=1)
    if patches.shape != PATCH_CENTERS.shape or not np.isfinite(patches).all():
        return None
    return float(found.getCost()), _homography(PATCH_CENTERS, (patches + 0.5) * larger - 0.5)


def _read(coded: Coded, homography: Matrix) -> Chart:
    """Return the light of the patches: the median over the centre of each."""
    _check_inside(coded, homography)
    samples = _samples(coded, homography, max(3, min(READ_PX, round(min(_steps(homography))))))
    top = np.iinfo(coded.dtype).max
    linear = to_linear(samples).astype(np.float64)
    light = np.median(linear, axis=1)
    gap = np.abs(linear - light[:, None]) > UNEVEN * light[:, None] + UNEVEN_FLOOR
    return Chart(
        homography=homography,
        light=np.maximum(light, 1e-6),
        uneven=gap.any(axis=2).mean(axis=1),
        bright=(samples >= BRIGHTEST * top).any(axis=2).mean(axis=1),
        dark=(samples <= DARKEST * top).any(axis=2).mean(axis=1),
    )


def _large_enough(chart: Chart) -> Chart:
    if chart.pitch_px < LEAST_PITCH_PX:
        raise ChartUnusable(message("calibrate.chart_too_small"))
    return chart


def _check_inside(coded: Coded, homography: Matrix) -> None:
    corners = project(homography, CORNERS)
    if corners.min() < -1 or (corners > np.array(coded.shape[1::-1])).any():
        raise ChartUnusable(message("calibrate.chart_cut_off"))


def _samples(coded: Coded, homography: Matrix, pitch: int) -> Coded:
    """Return samples in the centre of each patch, shape (24, n, 3)."""
    count = max(3, round(pitch * PATCH_SHARE))
    offsets = ((np.arange(count) + 0.5) / count - 0.5) * PATCH_SHARE
    square = np.stack(np.meshgrid(offsets, offsets), axis=-1).reshape(1, -1, 2)
    positions = project(homography, (PATCH_CENTERS[:, None] + square).reshape(-1, 2))
    limits = np.array(coded.shape[1::-1]) - 1
    x, y = np.clip(np.rint(positions), 0, limits).astype(np.intp).T
    samples: Coded = coded[y, x].reshape(ROWS * COLUMNS, -1, 3)
    return samples


def _likeness(chart: Chart) -> float:
    """Return the correlation of the patches' brightness with that of the chart."""
    light = np.log(chart.light.mean(axis=1))
    return float(np.corrcoef(light, np.log(true_luminance()))[0, 1])


def _homography(chart: Matrix, picture: Matrix) -> Matrix:
    found, _ = cv2.findHomography(chart, picture)
    if found is None:
        raise ChartUnusable(message("calibrate.corners_invalid"))
    return np.asarray(found, dtype=np.float64)


def project(homography: Matrix, positions: Matrix) -> Matrix:
    """Return positions on the chart, (column, row) in patches, as (x, y) in pixels.

    By a homography (Hartley and Zisserman 2004).
    """
    return np.asarray(cv2.perspectiveTransform(positions[None], homography)[0], dtype=np.float64)


def _edges(homography: Matrix) -> tuple[Matrix, Matrix]:
    """Return one step along a row and one down a column at the centre, in pixels."""
    middle = np.array([(2.0, 1.5), (3.0, 1.5), (2.5, 1.0), (2.5, 2.0)])
    left, right, top, bottom = project(homography, middle)
    return right - left, bottom - top


def _steps(homography: Matrix) -> tuple[float, float]:
    along, down = _edges(homography)
    return float(np.linalg.norm(along)), float(np.linalg.norm(down))


def _convex(corners: Matrix) -> bool:
    contour = corners.astype(np.float32)
    return bool(cv2.isContourConvex(contour) and cv2.contourArea(contour) > 100)


def _clockwise(order: Matrix) -> bool:
    area = cv2.contourArea(order.astype(np.float32), oriented=True)
    return bool(area * cv2.contourArea(CORNERS.astype(np.float32), oriented=True) > 0)
