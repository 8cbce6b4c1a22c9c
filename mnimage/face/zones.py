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
BEYOND_MM = 10.0
LESION_MM = 15.0
"""What is unlike skin, but no wider than this and not joined to hair or background, stays in."""

EYE_MARGIN_MM, LIP_MARGIN_MM, BROW_MARGIN_MM, NOSTRIL_MARGIN_MM = 2.5, 2.0, 1.5, 1.0
EDGE_MM = 1.5
"""Kept off hair, background and the face's outline."""

SPECK_MM2 = 6.0
"""Skin left between hair or glare in pieces smaller than this is not worth measuring."""

MIN_FACING = 0.3
"""Cosine between skin and camera: skin seen at more than about 72 degrees is not measured."""

MIN_ZONE_FACING = 0.45
MIN_ZONE_SHARE = 0.25
"""A zone is dropped where it faces away on the whole, or where less than this of it is left."""

MIN_REFERENCE_MM2 = 300.0
"""Least reference skin: less is a strip under a fringe, in its shadow; faces show over 1000 mm2."""
HAIRY = 0.12
"""Fine contrast (log units) that hair has and hardly any skin."""

CLOSE_UP_SIDE = 480
CLOSE_UP_MM = 80.0
"""What a close-up shows along its long side, where no scale is known."""


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

    def places(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n, >= 2) of the photo as (row, column) in the window."""
        corner = np.array([self.row, self.column])
        return np.asarray((points[:, :2] - corner + 0.5) / self.step - 0.5)

    def in_photo(self, labels: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.uint8]:
        """Return the window's labels over the whole photo."""
        whole = np.zeros(shape, dtype=np.uint8)
        rest = shape[0] - self.row, shape[1] - self.column
        size = self.shape[0] * self.step, self.shape[1] * self.step
        size = min(size[0], rest[0]), min(size[1], rest[1])
        place = whole[self.row : self.row + size[0], self.column : self.column + size[1]]
        place[...] = enlarge_labels(labels, self.step, size)
        return whole


def skin_zones(photo: Photo, face: Face | None) -> Zones:
    """Return where each zone's skin lies.

    With a face: the zones of `ZONES` that are well seen, without eyes, brows, lips, nostrils,
    hair, beard, background and glare. Without one (a close-up, a profile the face finder cannot
    see): one zone, `whole`, with all skin by content.

    Parameters
    ----------
    photo
        The photo.
    face
        Its face, or None.
    """
    return _whole_skin(photo) if face is None else _face_zones(photo, face)


def bare_skin(photo: Photo, face: Face) -> Mask:
    """Return all skin of a face, temples and the rim of the jaw too, whichever way it is turned.

    Without eyes, brows, lips, nostrils, hair, beard, background and glare.
    """
    mm = EYES_MM / face.eye_distance_px
    window = _face_window(photo, face, max(1, round(GRID_MM / mm)))
    look = skin_features(window.pixels, mm * window.step)
    points = window.places(face.landmarks)
    features = _features(points, window.shape, look.mm)
    skin = _face_skin(look, points, features, beyond_mm=BEYOND_MM)
    return window.in_photo(skin.view(np.uint8), photo.shape).view(np.bool_)


def _face_zones(photo: Photo, face: Face) -> Zones:
    mm = EYES_MM / face.eye_distance_px
    window = _face_window(photo, face, max(1, round(GRID_MM / mm)))
    look = skin_features(window.pixels, mm * window.step)
    points = window.places(face.landmarks)
    facing = facing_map(window.shape, points, face, MIN_FACING)
    features = _features(points, window.shape, look.mm)
    skin = _face_skin(look, points, features) & facing.seen
    labels = _labels(points, features, skin, facing.cosine)
    reference = (labels > 0) & _inside(points, window.shape, REFERENCE)
    if reference.sum() * look.mm**2 < MIN_REFERENCE_MM2:
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
    look: SkinFeatures, points: NDArray[np.float64], features: Mask, beyond_mm: float = 0.0
) -> Mask:
    """Return the face's skin by content, lesions included, to so far beyond its oval."""
    shape = look.light.shape[0], look.light.shape[1]
    oval = _inside(points, shape, (OVAL,))
    sample = shrink(oval, 8.0 / look.mm) & ~features & ~look.clipped
    alike = like_skin(look, sample) | features
    within = grow(oval, beyond_mm / look.mm)
    kept = _with_lesions(alike, ~within, look.mm) & within
    bare = kept & ~features
    return drop_islands(bare & ~clipping_mask(look, bare), SPECK_MM2 / look.mm**2)


def _with_lesions(alike: Mask, outside: Mask, mm: float) -> Mask:
    """Return skin with its small unlike spots, kept off hair and background."""
    largest = _lesion_px(mm)
    unlike = ~close_holes(alike, largest, walls=outside)
    unlike = drop_islands(unlike, 4.0 / mm**2)
    return ~grow(unlike | outside, EDGE_MM / mm)


def _lesion_px(mm: float) -> float:
    # The test blurs, which makes a spot look up to 2.5 mm wider on each side.
    return float(np.pi / 4 * ((LESION_MM + 5) / mm) ** 2)


def _labels(
    points: NDArray[np.float64], features: Mask, skin: Mask, cosine: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return the labels of the zones that are well seen."""
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
    look = skin_features(window.pixels, CLOSE_UP_MM / max(window.shape))
    skin = _close_up_skin(look)
    skin &= ~clipping_mask(look, skin)
    labels = window.in_photo(skin.view(np.uint8), photo.shape)
    return Zones(names=(WHOLE,), labels=labels, reference=labels > 0)


def _close_up_skin(look: SkinFeatures) -> Mask:
    """Return all skin of a picture in which no face shows where to look."""
    sample = _possible_skin(look)
    if sample.mean() < 0.02:
        return np.zeros_like(sample)
    alike = sample
    for _ in range(3):
        alike = like_skin(look, sample, plane=False) & _in_locus(look)
        if alike.mean() < 0.02:
            return np.zeros_like(sample)
        sample = alike & _centre(alike.shape) if (alike & _centre(alike.shape)).any() else alike
    whole = ~_with_edges(~close_holes(alike, _lesion_px(look.mm)), look.mm)
    return drop_islands(smooth(whole, 1.0 / look.mm), 0.02 * whole.size)


def _with_edges(unlike: Mask, mm: float) -> Mask:
    return grow(drop_islands(unlike, 4.0 / mm**2), EDGE_MM / mm)


def _possible_skin(look: SkinFeatures) -> Mask:
    """Return the likely skin to learn from: in the locus, in the middle, of the commonest kind."""
    possible = _in_locus(look) & ~look.clipped
    if (smooth_skin := possible & (look.fine < HAIRY)).mean() > 0.05:
        possible = smooth_skin
    middle = possible & _centre(possible.shape)
    sample = middle if middle.sum() > 0.15 * _centre(possible.shape).sum() else possible
    for values in (look.red, look.yellow, look.light):
        centre, spread = robust(values[sample])
        sample = sample & (np.abs(values - centre) <= 2.5 * max(spread, 0.1))
    return sample


def _in_locus(look: SkinFeatures) -> Mask:
    """Return what may be skin of any type under any usual light: redder than grey, not black."""
    red = (look.red > 0.12) & (look.red < 1.8)
    # Dark skin in warm light is nearly without blue, but then clearly red too; wood is less red.
    yellow = (look.yellow > -0.25) & (look.yellow < np.where(look.red > 0.7, 2.5, 1.6))
    return np.asarray(red & yellow & (look.light > np.log(0.008)), dtype=np.bool_)


def _centre(shape: tuple[int, ...]) -> Mask:
    """Return the middle ellipse of a picture, of six tenths of each side."""
    rows = (np.arange(shape[0]) + 0.5) / shape[0] - 0.5
    columns = (np.arange(shape[1]) + 0.5) / shape[1] - 0.5
    return np.asarray(rows[:, None] ** 2 + columns[None, :] ** 2 <= 0.3**2, dtype=np.bool_)
