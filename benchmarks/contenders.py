"""The public methods that registration is measured against, each at the setting that suits skin.

All get the same window around the skin at the same working size, the same mixture of colours, and
(those that need a start) the same homography. Sizes in px of that working picture.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates
from skimage.registration import optical_flow_ilk, optical_flow_tvl1

if TYPE_CHECKING:
    from mnimage.domain.face import Face
    from mnimage.domain.pair import AnalyzedPhoto

Gray: TypeAlias = NDArray[np.uint8]
Plane: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.float32]
"""Where each pixel of the fixed picture lies in the moving one: (2, rows, columns)."""

Flow: TypeAlias = Callable[[Gray, Gray, Gray], Places]
"""From fixed, moving and mask to the shift of each pixel of the fixed picture."""

_MARGIN = 32
_LEAST = 15


class NoTransform(Exception):
    """The photos could not be registered even roughly."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The window around the skin of one photo, reduced: brightness, and 255 where skin is.

    `corner` is its first pixel in the photo; what the skin encloses counts as skin.
    """

    gray: Gray = field(repr=False)
    mask: Gray = field(repr=False)
    corner: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Both photos as every contender gets them, reduced by `zoom`.

    `marks` are the landmarks of both faces in (x, y), where both photos show one.
    """

    fixed: Cut
    moving: Cut
    zoom: float
    marks: tuple[NDArray[np.float64], NDArray[np.float64]] | None = field(repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the fixed picture."""
        return self.fixed.gray.shape[0], self.fixed.gray.shape[1]

    def in_photos(self, places: Places, pixels: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return where `pixels` (row, column; shape (2, n)) of the photo before lie after."""
        work = (pixels - np.array(self.fixed.corner)[:, None] + 0.5) * self.zoom - 0.5
        there = np.stack([map_coordinates(part, work, order=1, mode="nearest") for part in places])
        full = (there + 0.5) / self.zoom - 0.5 + np.array(self.moving.corner)[:, None]
        return np.asarray(full, dtype=np.float32)


def make_window(before: AnalyzedPhoto, after: AnalyzedPhoto, working_px: int) -> Window:
    """Return the pair cut to its skin, the longer side of which is at most `working_px`."""
    parts = _part(skin_of(before)), _part(skin_of(after))
    longest = max(part.stop - part.start - 2 * _MARGIN for part in parts[0])
    zoom = min(1.0, working_px / longest)
    fixed, moving = (
        _cut(analyzed, part, zoom) for analyzed, part in zip((before, after), parts, strict=True)
    )
    marks = None
    if before.face is not None and after.face is not None:
        marks = _marks(before.face, fixed, zoom), _marks(after.face, moving, zoom)
    return Window(fixed, moving, zoom, marks)


def skin_of(analyzed: AnalyzedPhoto) -> NDArray[np.bool_]:
    """Return the skin that is registered."""
    return np.asarray((analyzed.zones.labels > 0) | analyzed.zones.reference)


def _part(skin: NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(skin.any(axis=1)), np.flatnonzero(skin.any(axis=0))
    if not rows.size:
        raise NoTransform
    return (
        slice(max(0, int(rows[0]) - _MARGIN), int(rows[-1]) + 1 + _MARGIN),
        slice(max(0, int(columns[0]) - _MARGIN), int(columns[-1]) + 1 + _MARGIN),
    )


def _cut(analyzed: AnalyzedPhoto, part: tuple[slice, slice], zoom: float) -> Cut:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (103, 103))
    whole = skin_of(analyzed)[part].astype(np.uint8) * np.uint8(255)
    filled = np.asarray(cv2.morphologyEx(whole, cv2.MORPH_CLOSE, kernel), dtype=np.uint8)
    gray = _gray(analyzed.photo.coded[part])
    return Cut(_reduced(gray, zoom), _reduced(filled, zoom), (part[0].start, part[1].start))


def _gray(coded: NDArray[Any]) -> Gray:
    """Return mostly green, in which skin shows most detail."""
    eight = coded if coded.dtype == np.uint8 else (coded >> 8).astype(np.uint8)
    mixed = cv2.addWeighted(cv2.extractChannel(eight, 0), 0.25, eight[..., 1].copy(), 0.75, 0.0)
    return np.asarray(mixed, dtype=np.uint8)


def _reduced(gray: Gray, zoom: float) -> Gray:
    if zoom == 1.0:
        return gray
    small = cv2.resize(gray, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def _marks(face: Face, cut: Cut, zoom: float) -> NDArray[np.float64]:
    work = (face.landmarks[:, :2] - cut.corner + 0.5) * zoom - 0.5
    return np.asarray(work[:, ::-1], dtype=np.float64)


def equalised(gray: Gray, contrast: float = 3.0) -> Gray:
    """Return the picture with its contrast made locally equal (CLAHE)."""
    return np.asarray(cv2.createCLAHE(contrast, (8, 8)).apply(gray), dtype=np.uint8)


def normalised(gray: Gray, detail: float = 8.0) -> NDArray[np.float32]:
    """Return detail finer than `detail` px at unit contrast, 0..1, so that light drops out."""
    bright = np.asarray(cv2.GaussianBlur(gray.astype(np.float32), (0, 0), 0.8))
    high = bright - cv2.GaussianBlur(bright, (0, 0), detail)
    power = np.asarray(cv2.GaussianBlur(high * high, (0, 0), 2 * detail))
    return np.asarray(np.clip(high / np.sqrt(power + 0.5), -3, 3) / 6 + 0.5, dtype=np.float32)


def sift(window: Window, *, equal: bool) -> Plane:
    """Return the homography from fixed to moving, in (x, y): SIFT, ratio test, MAGSAC.

    Raises
    ------
    NoTransform
        If too few features agree.
    """
    finder = cv2.SIFT.create(nfeatures=6000, contrastThreshold=0.01)
    first, second = (
        finder.detectAndCompute(equalised(cut.gray) if equal else cut.gray, cut.mask)
        for cut in (window.fixed, window.moving)
    )
    if min(len(first[0]), len(second[0])) < _LEAST:
        raise NoTransform
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(first[1], second[1], k=2)
    clear = [best for best, other in pairs if best.distance < 0.8 * other.distance]
    source = np.array([first[0][match.queryIdx].pt for match in clear])
    target = np.array([second[0][match.trainIdx].pt for match in clear])
    return _agreed(source, target)


def _agreed(source: NDArray[Any], target: NDArray[Any]) -> Plane:
    """Return the homography that most points agree on.

    The limit is wide: a head that turns leaves no one plane, and a narrow one takes to a part.
    """
    if len(source) < _LEAST:
        raise NoTransform
    plane, agree = cv2.findHomography(
        source, target, cv2.USAC_MAGSAC, 24.0, maxIters=10000, confidence=0.9999
    )
    if plane is None or int(agree.sum()) < _LEAST:
        raise NoTransform
    return np.asarray(plane, dtype=np.float64)


def started(window: Window) -> Plane:
    """Return the homography that the finer methods start from.

    As the picture is, where that does; else with contrast equalised; else from the landmarks.

    Raises
    ------
    NoTransform
        If none of them gives one.
    """
    for equal in (False, True):
        with contextlib.suppress(NoTransform):
            return sift(window, equal=equal)
    if window.marks is None:
        raise NoTransform
    return _agreed(*window.marks)


def laid_out(plane: Plane, shape: tuple[int, ...]) -> Places:
    """Return the places that a homography gives to each pixel."""
    return through(plane, np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32))


def through(plane: Plane, places: Places) -> Places:
    """Return places (row, column) taken through a homography in (x, y)."""
    points = np.stack([places[1].ravel(), places[0].ravel()], axis=1)[:, None]
    moved = cv2.perspectiveTransform(points, plane)[:, 0]
    return np.stack([moved[:, 1], moved[:, 0]]).reshape(places.shape).astype(np.float32)


def homography(window: Window, *, equal: bool) -> Places:
    """Return the homography of SIFT features (Lowe 2004; MAGSAC, Barath 2019)."""
    return laid_out(sift(window, equal=equal), window.shape)


def ecc(window: Window, *, motion: int) -> Places:
    """Return the best enhanced correlation (Evangelidis 2008)."""
    start = started(window)
    flat = motion == cv2.MOTION_AFFINE
    matrix = np.ascontiguousarray(_flattened(start, window) if flat else start, dtype=np.float32)
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 100, 1e-6)
    pictures = normalised(window.fixed.gray), normalised(window.moving.gray)
    everywhere = np.full_like(window.moving.gray, 255)
    try:
        found = cv2.findTransformECCWithMask(
            *pictures, window.fixed.mask, everywhere, matrix.copy(), motion, stop, 5
        )[1]
    except cv2.error as problem:
        if problem.code != cv2.Error.StsNoConv:
            raise
        # It has not converged: where it started from is the best it can say.
        found = matrix
    plane = np.vstack([found, [0, 0, 1]]) if flat else found
    return laid_out(np.asarray(plane, dtype=np.float64), window.shape)


def _flattened(plane: Plane, window: Window) -> Plane:
    """Return the affine map nearest to a homography on the skin, in (x, y)."""
    source = 16 * np.stack(np.nonzero(window.fixed.mask[::16, ::16])).astype(np.float32)
    target = through(plane, source)
    known = np.column_stack([source[1], source[0], np.ones(source.shape[1])])
    solved = np.linalg.lstsq(known, target[::-1].T.astype(np.float64), rcond=None)[0]
    return np.asarray(solved.T, dtype=np.float64)


def refined(window: Window, *, method: Flow) -> Places:
    """Return the homography, refined by a dense method on the photo that it has registered."""
    plane = started(window)
    moved = cv2.warpPerspective(
        window.moving.gray,
        plane,
        window.shape[::-1],
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    shift = method(window.fixed.gray, np.asarray(moved, dtype=np.uint8), window.fixed.mask)
    return through(plane, np.mgrid[0 : shift.shape[1], 0 : shift.shape[2]] + shift)


def dis(fixed: Gray, moving: Gray, mask: Gray, *, normal: bool) -> Places:
    """Return dense inverse search (Kroeger 2016) to the finest level, stiffer than as it comes."""
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    finder.setFinestScale(0)
    finder.setPatchSize(16)
    finder.setPatchStride(4)
    finder.setVariationalRefinementIterations(10)
    finder.setVariationalRefinementAlpha(200.0)
    pictures = [
        np.asarray(255 * normalised(each)).astype(np.uint8) if normal else each
        for each in (fixed, moving)
    ]
    shift = finder.calc(*pictures, None)  # type: ignore[call-overload]
    return _rows_first(shift)


def _rows_first(shift: NDArray[Any]) -> Places:
    """Return shifts (rows, columns, 2) in (x, y) as (2, rows, columns) in (row, column)."""
    return np.asarray(np.moveaxis(shift[..., ::-1], -1, 0), dtype=np.float32)


def ilk(fixed: Gray, moving: Gray, mask: Gray) -> Places:
    """Return iterative Lucas and Kanade (Le Besnerais 2005) as scikit-image has it."""
    found = optical_flow_ilk(  # type: ignore[no-untyped-call]
        normalised(fixed), normalised(moving), radius=20, gaussian=True
    )
    return np.asarray(found, dtype=np.float32)


def tvl1(fixed: Gray, moving: Gray, mask: Gray) -> Places:
    """Return the flow of least total variation (Zach 2007) as scikit-image has it."""
    found = optical_flow_tvl1(  # type: ignore[no-untyped-call]
        normalised(fixed), normalised(moving), attachment=10
    )
    return np.asarray(found, dtype=np.float32)


def bspline(fixed: Gray, moving: Gray, mask: Gray) -> Places:
    """Return free-form deformation (Rueckert 1999) as SimpleITK has it: correlation, LBFGS.

    The grid is made twice as fine with each level. Coarse detail is kept, which the first level
    needs.
    """
    sitk = importlib.import_module("SimpleITK")
    first, second = (sitk.GetImageFromArray(normalised(each, 16.0)) for each in (fixed, moving))
    work = sitk.ImageRegistrationMethod()
    work.SetMetricAsCorrelation()
    work.SetMetricFixedMask(sitk.GetImageFromArray((mask > 0).astype(np.uint8)))
    work.SetMetricSamplingStrategy(work.REGULAR)
    work.SetMetricSamplingPercentage(0.1)
    work.SetInterpolator(sitk.sitkLinear)
    # Its own limit on the slope ends the search before it has begun.
    work.SetOptimizerAsLBFGS2(
        solutionAccuracy=1e-8,
        numberOfIterations=40,
        deltaConvergenceDistance=10,
        deltaConvergenceTolerance=1e-4,
    )
    start = sitk.BSplineTransformInitializer(first, [5, 5], 3)
    work.SetInitialTransformAsBSpline(start, inPlace=True, scaleFactors=[1, 2, 4])
    work.SetShrinkFactorsPerLevel([8, 4, 1])
    work.SetSmoothingSigmasPerLevel([4, 2, 0])
    found = work.Execute(first, second)
    shift = sitk.TransformToDisplacementField(found, sitk.sitkVectorFloat32, first.GetSize())
    return _rows_first(sitk.GetArrayFromImage(shift))


@dataclass(frozen=True, slots=True)
class Contender:
    """One public method; `package` is what it needs, `dense` whether it bends the photo freely."""

    title: str
    match: Callable[[Window], Places]
    package: str
    dense: bool = True

    @property
    def installed(self) -> bool:
        """Whether it can run here."""
        return importlib.util.find_spec(self.package) is not None

    def load(self) -> None:
        """Import what it needs, which is no part of its time and memory."""
        importlib.import_module(self.package)


CONTENDERS: Mapping[str, Contender] = {
    "sift": Contender("SIFT + homography", partial(homography, equal=False), "cv2", dense=False),
    "sift-clahe": Contender(
        "SIFT + homography, CLAHE", partial(homography, equal=True), "cv2", dense=False
    ),
    "ecc-affine": Contender(
        "ECC affine", partial(ecc, motion=cv2.MOTION_AFFINE), "cv2", dense=False
    ),
    "ecc-homography": Contender(
        "ECC homography", partial(ecc, motion=cv2.MOTION_HOMOGRAPHY), "cv2", dense=False
    ),
    "dis-direct": Contender(
        "SIFT + DIS flow, light as it is",
        partial(refined, method=partial(dis, normal=False)),
        "cv2",
    ),
    "dis": Contender("SIFT + DIS flow", partial(refined, method=partial(dis, normal=True)), "cv2"),
    "ilk": Contender("SIFT + optical_flow_ilk", partial(refined, method=ilk), "skimage"),
    "tvl1": Contender("SIFT + optical_flow_tvl1", partial(refined, method=tvl1), "skimage"),
    "bspline": Contender(
        "SIFT + SimpleITK B-spline", partial(refined, method=bspline), "SimpleITK"
    ),
}
"""By the name to be given to `--only`; all that are dense start from the SIFT homography."""
