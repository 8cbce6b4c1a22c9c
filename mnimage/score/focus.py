"""Bring two photos of the same skin to the same sharpness before they are measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.color import to_linear
from mnimage.kernels.geometry import grid_places, sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.photo import Photo

    Plane = NDArray[np.float32]

TILE = 128
"""Side in px of the pieces of skin whose spectra are compared."""
TILES = 48
"""Pieces compared at most."""
LEAST_TILES = 4
"""Pieces below which focus is not compared."""
RINGS = 64
"""Rings of frequency up to half a cycle per pixel, each averaged."""
LEAST_RINGS = 6
"""Rings below which nothing is fitted: a line has two unknowns and the noise is the third."""
LOWEST, HIGHEST = 0.03, 0.2
"""Cycles per pixel between which spectra are compared: slower waves are shading, faster ones mostly
noise."""
FLOORS = 24
"""Powers of noise that are tried."""
ABOVE_NOISE = 1.5
"""Rings of the spectrum weaker than this many times the noise are not used."""

LEAST_BLUR_PX = 0.9
"""A smaller difference is left alone: finer relief that healed looks the same in a spectrum, and to
blur it away in the other photo would hide, or turn round, a true change. It counts as
uncertainty."""

MOST_BLUR_PX = 4.0
"""Largest difference in focus that is equalised, and that counts."""


@dataclass(frozen=True, slots=True)
class Focus:
    """By how many pixels, each photo's own, it is to be blurred; one of the two is 0.

    `difference_px` is the sharpness of after against before as a Gaussian sigma in pixels of the
    photo before: positive when the photo after is softer.
    """

    blur_before_px: float
    blur_after_px: float
    difference_px: float

    @property
    def equalised(self) -> bool:
        """Whether one of the photos is blurred."""
        return max(self.blur_before_px, self.blur_after_px) > 0


def match_focus(
    photos: tuple[Photo, Photo],
    skin: NDArray[np.bool_],
    alignment: Alignment,
    larger: float,
) -> Focus:
    """Return the blur that makes the sharper photo as soft as the other.

    The same pieces of skin are cut out of both photos, each at its own pixels, and their mean power
    spectra compared: a Gaussian difference in sharpness of sigma s alters ln power by
    -4 pi^2 s^2 f^2, while a true change of contrast alters all frequencies f alike, and is left
    (fitted as a constant). Rings near the noise of either photo are not used. `larger` is the
    magnification, pixels of after per pixel of before.

    Our own, from the transfer function of a Gaussian. What unlike focus leaves in a change is part
    of its error: `docs/uncertainty.md`.
    """
    tiles = _tiles(skin, alignment)
    if len(tiles) < LEAST_TILES:
        return Focus(0.0, 0.0, 0.0)
    return _focus(_difference(photos, tiles, alignment, larger), larger)


def _focus(squared: float, larger: float) -> Focus:
    size = float(min(np.sqrt(abs(squared)), MOST_BLUR_PX))
    if size < LEAST_BLUR_PX:
        return Focus(0.0, 0.0, float(np.copysign(size, squared)))
    if squared > 0:
        return Focus(size, 0.0, size)
    return Focus(0.0, size * larger, -size)


def _tiles(skin: NDArray[np.bool_], alignment: Alignment) -> NDArray[np.intp]:
    """Return centres (row, column) in the photo before of pieces wholly within trusted skin."""
    row, column = grid_places(alignment.shape, alignment.step)
    reach = max(1, TILE // alignment.step)
    kernel = np.ones((reach, reach), np.uint8)
    inside = cv2.erode(
        alignment.valid.view(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    rows, columns = np.round(row).astype(np.intp), np.round(column).astype(np.intp)
    rows, columns = rows.clip(0, skin.shape[0] - 1), columns.clip(0, skin.shape[1] - 1)
    good = np.asarray(inside, dtype=np.bool_)
    for down in (-TILE // 2, 0, TILE // 2):
        for along in (-TILE // 2, 0, TILE // 2):
            r, c = rows + down, columns + along
            fits = (r >= 0) & (r < skin.shape[0]) & (c >= 0) & (c < skin.shape[1])
            good &= fits & skin[r.clip(0, skin.shape[0] - 1), c.clip(0, skin.shape[1] - 1)]
    places = np.stack([rows[good], columns[good]], axis=1)
    random = np.random.default_rng(5)
    return places[random.permutation(len(places))[:TILES]]


def _difference(
    photos: tuple[Photo, Photo],
    tiles: NDArray[np.intp],
    alignment: Alignment,
    larger: float,
) -> float:
    """Return s^2, in squared pixels of before, by which after is softer (negative: sharper)."""
    places = tiles.astype(np.float32)
    step = alignment.step
    node = [((places[:, axis] + 0.5) / step - 0.5)[:, None].astype(np.float32) for axis in (0, 1)]
    over = np.concatenate(
        [sample(plane, node[0], node[1]) for plane in (alignment.row, alignment.column)], axis=1
    )
    # The tile of after covers the same skin; both spectra are laid out per pixel of before.
    size = max(16, round(TILE * larger))
    first = _spectrum(photos[0], tiles, TILE, 1.0)
    second = _spectrum(photos[1], np.round(over).astype(np.intp), size, larger)
    return _softer(first, second, min(1.0, larger))


def _spectrum(
    photo: Photo, centres: NDArray[np.intp], size: int, larger: float
) -> NDArray[np.float64]:
    """Return mean power per ring of frequency, up to half a cycle per pixel of before."""
    tops = centres - size // 2
    fits = (tops >= 0).all(axis=1) & (tops + size <= np.array(photo.shape)).all(axis=1)
    tiles = [_log(photo.coded[r : r + size, c : c + size]) for r, c in tops[fits]]
    if not tiles:
        return np.full(RINGS, np.nan)
    window = np.outer(np.hanning(size), np.hanning(size))
    stack = np.stack(tiles) - np.mean(tiles, axis=(1, 2), keepdims=True)
    power = np.mean(np.abs(np.fft.rfft2(stack * window)) ** 2, axis=0) / np.sum(window**2)
    down, along = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    ring = (np.hypot(down, along) * larger * 2 * RINGS).astype(np.intp)
    inside = ring < RINGS
    counts = np.maximum(np.bincount(ring[inside], minlength=RINGS), 1)
    return np.bincount(ring[inside], power[inside], minlength=RINGS) / counts


def _log(coded: NDArray[np.uint8] | NDArray[np.uint16]) -> Plane:
    return np.asarray(np.log(np.maximum(to_linear(coded)[..., 1], 1e-4)), dtype=np.float32)


def _softer(first: NDArray[np.float64], second: NDArray[np.float64], reach: float) -> float:
    """Return the s^2 that turns the first spectrum into the second, 0 where there is none."""
    frequency = (np.arange(RINGS) + 0.5) / RINGS / 2
    known = np.isfinite(first) & np.isfinite(second)
    known &= (frequency > LOWEST) & (frequency < HIGHEST * reach)
    if known.sum() < LEAST_RINGS:
        return 0.0
    rings = np.stack([frequency[known] ** 2, first[known], second[known]])
    # JPEG takes away noise where it is alone, not where there is skin, so its floor is not seen:
    # the noise that makes the two spectra agree best is taken.
    lowest = np.log(min(np.nanmin(first), np.nanmin(second)))
    floors = np.exp(np.linspace(lowest, np.log(rings[1:].min() * 0.95), FLOORS))
    fits = [_fit(rings, floor) for floor in floors]
    misfit, squared = min(fits)
    return squared if np.isfinite(misfit) else 0.0


def _fit(rings: NDArray[np.float64], floor: float) -> tuple[float, float]:
    """Return the misfit per ring and s^2 for a given power of noise."""
    squared, one, two = rings[:, np.minimum(rings[1], rings[2]) > ABOVE_NOISE * floor]
    if squared.size < LEAST_RINGS:
        return float("inf"), 0.0
    change = np.log(two - floor) - np.log(one - floor)
    # Wider rings hold more waves; near the noise a logarithm is worth less.
    weight = squared**0.25 * (1 - floor / one) * (1 - floor / two)
    line = np.polyfit(squared, change, 1, w=weight)
    left = weight * (change - np.polyval(line, squared))
    misfit = float(np.sum(left**2) / np.sum(weight**2) * squared.size / (squared.size - 3))
    return misfit, float(-line[0] / (4 * np.pi**2))
