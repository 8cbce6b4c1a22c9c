"""Skin segmentation by content: colour and brightness like the patient's own, and no hair.

Colour is measured as log ratios of linear light, log(R/G) and log(G/B): they do not depend on the
light level, and blood and melanin change them in known directions (Tsumura et al. 1999). What is
normal is estimated from the photo itself, so every skin type is its own reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.color import to_linear
from mnimage.kernels.masks import glare_mask, grow, robust, smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.kernels.filters import Plane
    from mnimage.kernels.masks import Mask

FLOOR = (0.30, 0.09, 0.10)
"""Least spreads assumed (log units): shading over a face, flush and pigment."""

FAR = 3.4
"""Distance from the patient's typical skin, in spreads, beyond which it is something else."""

ROUGH = 4.0
"""Fine contrast over that of the patient's typical skin, beyond which it is hair."""

STUBBLE = (1.6, 0.22)
"""Where skin is darker than usual: fine contrast above the first, in log steps of the second."""

DARKEST = (1e-3, 1e-3, 4e-3)
"""Linear light of each channel below which its ratios to others are noise.

Dark skin in warm light reflects very little blue."""

CLIPPED = 0.955
"""Linear light of any channel from which it counts as clipped: 250 of 255 in 8-bit sRGB."""


@dataclass(frozen=True, slots=True)
class SkinFeatures:
    """The features that identify skin in a small picture, planes of shape (rows, columns).

    `light` is log luminance, `red` log(R/G), `yellow` log(G/B), `fine` the local fine contrast;
    `clipped` marks clipped pixels. `mm` is the size of a pixel on the skin.
    """

    light: Plane
    red: Plane
    yellow: Plane
    fine: Plane
    clipped: Mask
    mm: float


def skin_features(small: NDArray[np.integer], mm: float) -> SkinFeatures:
    """Return the features of a small sRGB-coded picture whose pixels are `mm` wide."""
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


def like_skin(features: SkinFeatures, sample: Mask, *, plane: bool = True) -> Mask:
    """Return where the picture is like its own `sample` of skin.

    Parameters
    ----------
    features
        Of the picture.
    sample
        Pixels most of which are skin.
    plane
        Treat a gradient of brightness across the sample as shading, and subtract it.
    """
    light = features.light - _slope(features.light, sample) if plane else features.light
    sigma = 0.8 / features.mm
    near = np.zeros(light.shape, dtype=np.float32)
    for values, floor in zip((light, features.red, features.yellow), FLOOR, strict=True):
        soft = _blurred(values, sigma)
        middle, spread = robust(soft[sample])
        near += ((soft - middle) / max(spread, floor)) ** 2
    rough = features.fine / max(robust(features.fine[sample])[0], 0.02)
    near += _stubble(_blurred(light, 2.5 / features.mm), rough, sample) ** 2
    return smooth((near < FAR**2) & (rough < ROUGH), 1.0 / features.mm)


def clipping_mask(features: SkinFeatures, skin: Mask) -> Mask:
    """Return pixels of the skin that are unusable because of glare or clipping."""
    glare = glare_mask(features.light, features.red, skin, 4.0 / features.mm)
    return grow(features.clipped | glare, 0.3 / features.mm)


def _stubble(light: Plane, rough: Plane, sample: Mask) -> Plane:
    """Return how much each pixel resembles a beard, in spreads: dark and rough at once."""
    middle, _ = robust(light[sample])
    dark = np.clip((middle - light) / 0.3, 0, 1)
    above = np.log(np.maximum(rough, 1e-3) / STUBBLE[0]) / STUBBLE[1]
    return np.asarray(np.maximum(above, 0) * dark, dtype=np.float32)


def _slope(light: Plane, sample: Mask) -> Plane:
    """Return the brightness of a plane fitted robustly to the sample, zero in its middle."""
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
    # Clipped, so that one sharp edge of cloth does not count as much as hair.
    detail = np.clip(light - _blurred(light, max(1.0 / mm, 0.8)), -0.4, 0.4)
    return np.asarray(np.sqrt(_blurred(detail**2, max(2.5 / mm, 1.5))), dtype=np.float32)


def _blurred(values: Plane, sigma: float) -> Plane:
    if sigma < 0.3:
        return values
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), dtype=np.float32)
