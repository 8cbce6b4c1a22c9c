"""What is skin, by its content: colour and brightness like the patient's own, and no hair.

Colour is taken as log ratios of linear light, log(R/G) and log(G/B): a change of light level
leaves them alone, and blood and melanin move them along known ways (Tsumura et al. 1999). What is
normal is learnt from the photo itself, so every skin type is its own measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.color import to_linear
from mnimage.kernels.masks import grow, robust, shining, smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.kernels.filters import Plane
    from mnimage.kernels.masks import Mask

# Least spreads taken for granted (log units): shading over a face, flush and pigment.
FLOOR = (0.30, 0.09, 0.10)
FAR = 3.4
"""Distance from the patient's typical skin, in spreads, beyond which it is something else."""

ROUGH = 4.0
"""Fine contrast over that of the patient's typical skin, beyond which it is hair."""

STUBBLE = (1.6, 0.22)
"""Where darker than usual, fine contrast over this counts as one spread for each such log step."""

DARKEST = (1e-3, 1e-3, 4e-3)
"""Linear light of each channel below which its ratios to others are noise: dark skin in warm light
reflects hardly any blue, and is skin all the same."""

CLIPPED = 0.955
"""Linear light of any channel from which the sensor no longer distinguishes colours."""


@dataclass(frozen=True, slots=True)
class SkinFeatures:
    """A small picture in the terms that identify skin, each plane of shape (rows, columns).

    `light` is log luminance, `red` log(R/G), `yellow` log(G/B), `fine` the local fine contrast;
    `clipped` marks lost pixels. `mm` is the size of a pixel on the skin.
    """

    light: Plane
    red: Plane
    yellow: Plane
    fine: Plane
    clipped: Mask
    mm: float


def skin_features(small: NDArray[np.integer], mm: float) -> SkinFeatures:
    """Return the terms of a small sRGB-coded picture whose pixels are `mm` wide."""
    linear = to_linear(small)  # type: ignore[arg-type]
    floored = np.log(np.maximum(linear, DARKEST))
    red, green, blue = floored[..., 0], floored[..., 1], floored[..., 2]
    light = np.asarray(0.3 * red + 0.6 * green + 0.1 * blue, dtype=np.float32)
    return SkinFeatures(
        light=light,
        red=red - green,
        yellow=green - blue,
        fine=_fine_contrast(light, mm),
        clipped=np.asarray(linear.max(axis=-1) >= CLIPPED, dtype=np.bool_),
        mm=mm,
    )


def like_skin(look: SkinFeatures, sample: Mask, *, plane: bool = True) -> Mask:
    """Return where the picture is like its own `sample` of skin.

    Parameters
    ----------
    look
        The picture.
    sample
        Pixels most of which are skin.
    plane
        Take a slope of brightness across the sample for shading.
    """
    light = look.light - _slope(look.light, sample) if plane else look.light
    sigma = 0.8 / look.mm
    near = np.zeros(light.shape, dtype=np.float32)
    for values, floor in zip((light, look.red, look.yellow), FLOOR, strict=True):
        soft = _blurred(values, sigma)
        middle, spread = robust(soft[sample])
        near += ((soft - middle) / max(spread, floor)) ** 2
    rough = look.fine / max(robust(look.fine[sample])[0], 0.02)
    near += _stubble(_blurred(light, 2.5 / look.mm), rough, sample) ** 2
    return smooth((near < FAR**2) & (rough < ROUGH), 1.0 / look.mm)


def clipping_mask(look: SkinFeatures, skin: Mask) -> Mask:
    """Return pixels of the skin that glare or clipping has spoiled."""
    glare = shining(look.light, look.red, skin, 4.0 / look.mm)
    return grow(look.clipped | glare, 0.3 / look.mm)


def _stubble(light: Plane, rough: Plane, sample: Mask) -> Plane:
    """Return how much a place looks like a beard, in spreads: dark and rough at once."""
    middle, _ = robust(light[sample])
    dark = np.clip((middle - light) / 0.3, 0, 1)
    above = np.log(np.maximum(rough, 1e-3) / STUBBLE[0]) / STUBBLE[1]
    return np.asarray(np.maximum(above, 0) * dark, dtype=np.float32)


def _slope(light: Plane, sample: Mask) -> Plane:
    """Return the brightness of a slanted plane laid through the sample, zero in its middle."""
    place = np.argwhere(sample)
    if len(place) < 50:
        return np.zeros_like(light)
    middle, size = place.mean(axis=0), place.std(axis=0) + 1e-6
    terms = np.column_stack([(place - middle) / size, np.ones(len(place))])
    values = light[sample].astype(np.float64)
    weight: NDArray[np.float64] = np.ones(len(values))
    fit: NDArray[np.float64] = np.zeros(3)
    for _ in range(3):
        fit = np.asarray(np.linalg.lstsq(terms * weight[:, None], values * weight, rcond=None)[0])
        away = np.abs(values - terms @ fit)
        weight = np.asarray(1 / np.maximum(1, away / (2 * np.median(away) + 1e-6)))
    rows = (np.arange(light.shape[0]) - middle[0]) / size[0] * fit[0]
    columns = (np.arange(light.shape[1]) - middle[1]) / size[1] * fit[1]
    return np.asarray(rows[:, None] + columns[None, :], dtype=np.float32)


def _fine_contrast(light: Plane, mm: float) -> Plane:
    """Return the standard deviation of brightness finer than 1 mm, over about 2.5 mm."""
    # Bounded, so that one sharp edge of cloth does not reach as far as a head of hair.
    detail = np.clip(light - _blurred(light, max(1.0 / mm, 0.8)), -0.4, 0.4)
    return np.asarray(np.sqrt(_blurred(detail**2, max(2.5 / mm, 1.5))), dtype=np.float32)


def _blurred(values: Plane, sigma: float) -> Plane:
    if sigma < 0.3:
        return values
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), dtype=np.float32)
