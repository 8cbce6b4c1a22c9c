"""The named zones of a face's skin, and the patient's own reference skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.face import WHOLE, ZONES, Zones
from mnimage.face.facing import facing_map
from mnimage.face.regions import BROWS, EYES, LIPS, NOSTRILS, OUTLINES, OVAL, REFERENCE
from mnimage.face.scale import EYES_MM
from mnimage.face.skin import clipping_mask, like_skin, skin_features
from mnimage.kernels.masks import (
    close_holes,
    drop_islands,
    enlarge_labels,
    fill_polygons,
    grow,
    label_polygons,
    robust,
    shrink,
    smooth,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mnimage.domain.face import Face
    from mnimage.domain.photo import Photo
    from mnimage.face.skin import SkinFeatures
    from mnimage.kernels.masks import Mask

GRID_MM = 0.4
"""Pixel size on the skin of the reduced picture that is segmented."""

BEYOND_MM = 10.0
"""How far bare skin is followed beyond the oval of the mesh."""

LESION_MM = 15.0
"""Spots unlike skin, but no wider than this and not joined to hair or background, count as skin."""

EYE_MARGIN_MM, LIP_MARGIN_MM, BROW_MARGIN_MM, NOSTRIL_MARGIN_MM = 2.5, 2.0, 1.5, 1.0
"""Margins around the features that are not skin."""

EDGE_MM = 1.5
"""Distance kept from hair, background and the outline of the face."""

SPECK_MM2 = 6.0
"""Pieces of skin between hair or glare smaller than this are not measured."""

MIN_FACING = 0.3
"""Cosine between skin and camera: skin inclined by more than about 72 degrees is not measured."""

MIN_ZONE_FACING = 0.45
MIN_ZONE_SHARE = 0.25
"""A zone is dropped if its mean cosine is below the first, or if less than the second is left."""

MIN_REFERENCE_MM2 = 300.0
"""Least reference skin: less is a shaded strip under a fringe; faces show over 1000 mm2."""

HAIRY = 0.12
"""Fine contrast (log units) that hair exceeds and very little skin does."""

CLOSE_UP_SIDE = 480
"""Least long side, in pixels, of the reduced picture of a close-up."""

CLOSE_UP_MM = 80.0
"""Assumed long side of a close-up on the skin, where no scale is known."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A reduced part of the photo: its first row and column, the step and the pixels."""

    row: int
    column: int
    step: int
    pixels: NDArray[np.integer]

    @property
    def shape(self) -> tuple[int, int]:
        return int(self.pixels.shape[0]), int(self.pixels.shape[1])

    def to_window(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n, >= 2) of the photo as (row, column) in the window."""
        corner = np.array([self.row, self.column])
        return np.asarray((points[:, :2] - corner + 0.5) / self.step - 0.5)

    def in_photo(self, labels: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.uint8]:
        """Return the window's labels over the whole photo."""
        whole = np.zeros(shape, dtype=np.uint8)
        rest = shape[0] - self.row, shape[1] - self.column
        size = self.shape[0] * self.step, self.shape[1] * self.step
        size = min(size[0], rest[0]), min(size[1], rest[1])
        target = whole[self.row : self.row + size[0], self.column : self.column + size[1]]
        target[...] = enlarge_labels(labels, self.step, size)
        return whole


def skin_zones(photo: Photo, face: Face | None) -> Zones:
    """Return the skin of each zone.

    With a face: the zones of `ZONES` that face the camera, without eyes, brows, lips, nostrils,
    hair, beard, background and glare. Without one (a close-up, or a profile in which no face is
    found): one zone, `whole`, with all skin by content.

    Parameters
    ----------
    photo
        The photo.
    face
        Its face, or None.
    """
    return _whole_skin(photo) if face is None else _face_zones(photo, face)


def bare_skin(photo: Photo, face: Face) -> Mask:
    """Return all skin of a face, including temples and jaw line, whatever its pose.

    Without eyes, brows, lips, nostrils, hair, beard, background and glare.
    """
    mm = EYES_MM / face.eye_distance_px
    window = _face_window(photo, face, max(1, round(GRID_MM / mm)))
    planes = skin_features(window.pixels, mm * window.step)
    points = window.to_window(face.landmarks)
    features = _features(points, window.shape, planes.mm)
    skin = _face_skin(planes, points, features, beyond_mm=BEYOND_MM)
    return window.in_photo(skin.view(np.uint8), photo.shape).view(np.bool_)


def _face_zones(photo: Photo, face: Face) -> Zones:
    mm = EYES_MM / face.eye_distance_px
    window = _face_window(photo, face, max(1, round(GRID_MM / mm)))
    planes = skin_features(window.pixels, mm * window.step)
    points = window.to_window(face.landmarks)
    facing = facing_map(window.shape, points, face, MIN_FACING)
    features = _features(points, window.shape, planes.mm)
    skin = _face_skin(planes, points, features) & facing.seen
    labels = _labels(points, features, skin, facing.cosine)
    reference = (labels > 0) & _inside(points, window.shape, REFERENCE)
    if reference.sum() * planes.mm**2 < MIN_REFERENCE_MM2:
        reference = labels > 0
    return Zones(
        names=ZONES,
        labels=window.in_photo(labels, photo.shape),
        reference=window.in_photo(reference.view(np.uint8), photo.shape).view(np.bool_),
    )


def _face_window(photo: Photo, face: Face, step: int) -> _Window:
    margin = 0.15 * face.eye_distance_px
    low = np.maximum(face.landmarks[:, :2].min(axis=0) - margin, 0).astype(int)
    high = np.minimum(face.landmarks[:, :2].max(axis=0) + margin, np.array(photo.shape)).astype(int)
    return _reduced(photo, (int(low[0]), int(low[1])), (int(high[0]), int(high[1])), step)


def _reduced(photo: Photo, low: tuple[int, int], high: tuple[int, int], step: int) -> _Window:
    part = photo.coded[low[0] : high[0], low[1] : high[1]]
    size = max(1, part.shape[1] // step), max(1, part.shape[0] // step)
    part = part[: size[1] * step, : size[0] * step]
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA) if step > 1 else part
    return _Window(low[0], low[1], step, np.ascontiguousarray(small))


def _features(points: NDArray[np.float64], shape: tuple[int, int], mm: float) -> Mask:
    """Return eyes, brows, lips and nostrils, each with its margin."""
    parts = (
        (EYES, EYE_MARGIN_MM),
        (BROWS, BROW_MARGIN_MM),
        ((LIPS,), LIP_MARGIN_MM),
        (NOSTRILS, NOSTRIL_MARGIN_MM),
    )
    found = np.zeros(shape, dtype=np.bool_)
    for outlines, margin in parts:
        found |= grow(_inside(points, shape, outlines), margin / mm)
    return found


def _inside(
    points: NDArray[np.float64], shape: tuple[int, int], outlines: Iterable[tuple[int, ...]]
) -> Mask:
    return fill_polygons(shape, (points[list(one)] for one in outlines))


def _face_skin(
    planes: SkinFeatures, points: NDArray[np.float64], features: Mask, beyond_mm: float = 0.0
) -> Mask:
    """Return the skin of the face by content, with lesions, to `beyond_mm` outside its oval."""
    shape = planes.light.shape[0], planes.light.shape[1]
    oval = _inside(points, shape, (OVAL,))
    sample = shrink(oval, 8.0 / planes.mm) & ~features & ~planes.clipped
    alike = like_skin(planes, sample) | features
    within = grow(oval, beyond_mm / planes.mm)
    skin = _with_lesions(alike, ~within, planes.mm) & within
    bare = skin & ~features
    return drop_islands(bare & ~clipping_mask(planes, bare), SPECK_MM2 / planes.mm**2)


def _with_lesions(alike: Mask, outside: Mask, mm: float) -> Mask:
    """Return skin with its small unlike spots, at a distance from hair and background."""
    largest = _lesion_px(mm)
    unlike = ~close_holes(alike, largest, walls=outside)
    unlike = drop_islands(unlike, 4.0 / mm**2)
    return ~grow(unlike | outside, EDGE_MM / mm)


def _lesion_px(mm: float) -> float:
    # The test blurs, which makes a spot up to 2.5 mm wider on each side.
    return float(np.pi / 4 * ((LESION_MM + 5) / mm) ** 2)


def _labels(
    points: NDArray[np.float64], features: Mask, skin: Mask, cosine: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return the labels of the zones that face the camera."""
    shape = skin.shape[0], skin.shape[1]
    drawn = label_polygons(shape, [points[list(OUTLINES[name])] for name in ZONES])
    drawn[features] = 0
    labels = np.where(skin, drawn, np.uint8(0))
    for number in range(1, len(ZONES) + 1):
        zone = drawn == number
        facing = float(cosine[zone].mean()) if zone.any() else 0.0
        left = float((labels == number).sum()) / max(1, int(zone.sum()))
        if facing < MIN_ZONE_FACING or left < MIN_ZONE_SHARE:
            labels[labels == number] = 0
    return np.asarray(labels, dtype=np.uint8)


def _whole_skin(photo: Photo) -> Zones:
    step = max(1, max(photo.shape) // CLOSE_UP_SIDE)
    window = _reduced(photo, (0, 0), photo.shape, step)
    planes = skin_features(window.pixels, CLOSE_UP_MM / max(window.shape))
    skin = _close_up_skin(planes)
    skin &= ~clipping_mask(planes, skin)
    labels = window.in_photo(skin.view(np.uint8), photo.shape)
    return Zones(names=(WHOLE,), labels=labels, reference=labels > 0)


def _close_up_skin(planes: SkinFeatures) -> Mask:
    """Return all skin of a picture in which no face was found."""
    sample = _possible_skin(planes)
    if sample.mean() < 0.02:
        return np.zeros_like(sample)
    alike = sample
    for _ in range(3):
        alike = like_skin(planes, sample, plane=False) & _in_locus(planes)
        if alike.mean() < 0.02:
            return np.zeros_like(sample)
        sample = alike & _centre(alike.shape) if (alike & _centre(alike.shape)).any() else alike
    whole = ~_with_edges(~close_holes(alike, _lesion_px(planes.mm)), planes.mm)
    return drop_islands(smooth(whole, 1.0 / planes.mm), 0.02 * whole.size)


def _with_edges(unlike: Mask, mm: float) -> Mask:
    return grow(drop_islands(unlike, 4.0 / mm**2), EDGE_MM / mm)


def _possible_skin(planes: SkinFeatures) -> Mask:
    """Return likely skin as a sample: in the locus, in the middle, of the most common colour."""
    possible = _in_locus(planes) & ~planes.clipped
    if (smooth_skin := possible & (planes.fine < HAIRY)).mean() > 0.05:
        possible = smooth_skin
    middle = possible & _centre(possible.shape)
    sample = middle if middle.sum() > 0.15 * _centre(possible.shape).sum() else possible
    for values in (planes.red, planes.yellow, planes.light):
        centre, spread = robust(values[sample])
        sample = sample & (np.abs(values - centre) <= 2.5 * max(spread, 0.1))
    return sample


def _in_locus(planes: SkinFeatures) -> Mask:
    """Return possible skin of any type in any usual light: redder than grey, not black."""
    red = (planes.red > 0.12) & (planes.red < 1.8)
    # Dark skin in warm light has almost no blue, but is then clearly red; wood is less red.
    yellow = (planes.yellow > -0.25) & (planes.yellow < np.where(planes.red > 0.7, 2.5, 1.6))
    return np.asarray(red & yellow & (planes.light > np.log(0.008)), dtype=np.bool_)


def _centre(shape: tuple[int, ...]) -> Mask:
    """Return the middle ellipse of a picture, of six tenths of each side."""
    rows = (np.arange(shape[0]) + 0.5) / shape[0] - 0.5
    columns = (np.arange(shape[1]) + 0.5) / shape[1] - 0.5
    return np.asarray(rows[:, None] ** 2 + columns[None, :] ** 2 <= 0.3**2, dtype=np.bool_)
