"""The input of the checks: the skin of one photo, reduced once for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.color import LUMINANCE, to_linear
from mnimage.kernels.masks import grow, shrink

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.face import Face, Zones
    from mnimage.domain.photo import Photo

PIXEL_MM = 0.25
"""Pixel size of the reduced picture on the skin, where the photo is that fine."""

EYES_MM = 90.0
CLOSE_UP_MM = 80.0
"""Assumed eye distance of a face, and long side of a picture without a face."""

GAP_MM = 4.0
"""Gaps in the zones up to twice this wide are glare or clipped pixels, and count as skin here."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The photo of the earlier session that this one is to be compared with."""

    photo: Photo
    face: Face | None
    zones: Zones


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo with its skin cropped and reduced.

    `grey` is coded 0..255, `linear` (rows, columns, 3) linear light, `labels`, `reference` and
    `skin` lie on the same reduced grid, `skin` with the gaps that glare has left closed;
    `light`, `red`, `yellow` are the logs of luminance, R/G and G/B; `mm` the size of a pixel and
    `covered` the share of the photo that was cut out.
    """

    photo: Photo
    face: Face | None
    mm: float
    grey: NDArray[np.float32] = field(repr=False)
    linear: NDArray[np.float32] = field(repr=False)
    labels: NDArray[np.uint8] = field(repr=False)
    reference: NDArray[np.bool_] = field(repr=False)
    skin: NDArray[np.bool_] = field(repr=False)
    light: NDArray[np.float32] = field(repr=False)
    red: NDArray[np.float32] = field(repr=False)
    yellow: NDArray[np.float32] = field(repr=False)
    names: tuple[str, ...]
    covered: float

    @property
    def empty(self) -> bool:
        """Whether there is too little skin to check."""
        return int(self.skin.sum()) < 200

    def zone(self, *names: str) -> NDArray[np.bool_]:
        """Return where any of the named zones lies."""
        return np.isin(self.labels, [self.names.index(name) + 1 for name in names])

    @property
    def reference_chroma(self) -> NDArray[np.float64]:
        """Median log(R/G) and log(G/B) of the reference skin."""
        where = self.reference if self.reference.any() else self.skin
        return np.array([np.median(self.red[where]), np.median(self.yellow[where])])


def take_shot(photo: Photo, face: Face | None, zones: Zones) -> Shot:
    """Return the photo's skin, ready for the checks.

    Light and luminance are those of IEC 61966-2-1 (sRGB).
    """
    mm = EYES_MM / face.eye_distance_px if face else CLOSE_UP_MM / max(photo.shape)
    step = max(1, int(PIXEL_MM / mm))
    rows, columns = _bounds(zones.labels, step)
    small = _reduced(photo.coded[rows, columns], step)
    linear = to_linear(small)  # type: ignore[arg-type]
    logs = np.log(np.maximum(linear, 1e-3))
    labels = _thinned(zones.labels[rows, columns], step, small.shape)
    return Shot(
        photo=photo,
        face=face,
        mm=mm * step,
        grey=_grey(small),
        linear=linear,
        labels=labels,
        reference=_thinned(zones.reference[rows, columns], step, small.shape).astype(np.bool_),
        skin=_closed(labels > 0, GAP_MM / (mm * step)),
        light=np.log(np.maximum(linear @ LUMINANCE, 1e-3)),
        red=logs[..., 0] - logs[..., 1],
        yellow=logs[..., 1] - logs[..., 2],
        names=zones.names,
        covered=small.shape[0] * small.shape[1] * step**2 / (photo.rows * photo.columns),
    )


def _bounds(labels: NDArray[np.uint8], step: int) -> tuple[slice, slice]:
    coarse = labels[::8, ::8] > 0
    if not coarse.any():
        return slice(0, labels.shape[0]), slice(0, labels.shape[1])
    down, across = np.asarray(coarse.any(axis=1)), np.asarray(coarse.any(axis=0))
    return _span(down, step, labels.shape[0]), _span(across, step, labels.shape[1])


def _span(seen: NDArray[np.bool_], step: int, size: int) -> slice:
    where = np.flatnonzero(seen)
    margin = 8 + 2 * step
    return slice(max(0, int(where[0]) * 8 - margin), min(size, int(where[-1]) * 8 + 8 + margin))


def _reduced(coded: NDArray[np.integer], step: int) -> NDArray[np.integer]:
    if step == 1:
        return np.ascontiguousarray(coded)
    size = max(1, coded.shape[1] // step), max(1, coded.shape[0] // step)
    whole = coded[: size[1] * step, : size[0] * step]
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small)


def _thinned(
    labels: NDArray[np.uint8] | NDArray[np.bool_], step: int, shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    thin = labels[step // 2 :: step, step // 2 :: step][: shape[0], : shape[1]]
    return np.ascontiguousarray(thin, dtype=np.uint8)


def _grey(small: NDArray[np.integer]) -> NDArray[np.float32]:
    scaled = small.astype(np.float32) * np.float32(255 / np.iinfo(small.dtype).max)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2GRAY), dtype=np.float32)


def _closed(skin: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    if not skin.any():
        return skin
    edge = int(radius) + 2  # room to grow, or the border would count as skin
    wide = shrink(grow(np.pad(skin, edge), radius), radius)
    return wide[edge:-edge, edge:-edge]
