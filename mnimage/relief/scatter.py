"""Taking back how light spreads inside the skin, which makes holes look shallower.

Part of the light leaves the skin some way from where it entered, so slopes are seen blurred
(Moore and Peers 2013). The blur's transfer function is H = (1 - m) + m exp(-s^2 k^2 / 2) with the
share m and the reach s of the channel.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.filters import gaussian
from mnimage.kernels.integrate import WORKERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ReliefRecipe

    Plane = NDArray[np.float32]


_HALVED_PX = 4.0
_BAND = 32


@dataclass(frozen=True, slots=True)
class Blur:
    """A share of the light spread by a Gaussian of sigma pixels, the rest staying in place."""

    share: float
    reach_px: float

    def of(self, light: Plane) -> Plane:
        """Return light after its way inside the skin."""
        wide = _wide(light, self.reach_px)
        return np.asarray(cv2.addWeighted(light, 1 - self.share, wide, self.share, 0.0), np.float32)


def _wide(light: Plane, sigma: float) -> Plane:
    """Return light blurred; where the blur is wide, at half the size, which it hardly feels."""
    if sigma < _HALVED_PX or min(light.shape) < _HALVED_PX * 8:
        return gaussian(light, sigma)
    size = (light.shape[1] // 2, light.shape[0] // 2)
    small = np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32)
    # Boxes of two pixels and the linear way back have a variance of 0.25 + 0.67 px^2 of their own.
    own = 0.25 + 2 / 3
    blurred = gaussian(small, float(np.sqrt(sigma**2 - own)) / 2)
    large = cv2.resize(blurred, light.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.float32)


def scatter_of(recipe: ReliefRecipe, channel: str) -> tuple[float, float]:
    """Return the share and the reach in mm for a channel; (0, 0) for one that is not listed."""
    for name, share, reach_mm in recipe.scatter:
        if name == channel:
            return share, reach_mm
    return 0.0, 0.0


def sharpen_slopes(slopes: tuple[Plane, Plane], blur: Blur, rounds: int) -> tuple[Plane, Plane]:
    """Return the slopes that, blurred as the skin blurs light, give the slopes seen.

    What is blurred is the light, so the unit normal, not the slope itself: on steep walls that
    differs. Found by Van Cittert's rounds, with steps as long as the blur allows.
    """
    x, y = slopes[0].copy(), slopes[1].copy()
    step = np.float32(2 / (2 - blur.share))
    lights = [np.empty_like(x) for _ in range(3)]
    tops = range(0, len(x), _BAND)
    bands = [slice(top, top + _BAND) for top in tops]

    def shine(span: slice) -> None:
        upright, *sides = (light[span] for light in lights)
        np.divide(1, np.sqrt(1 + x[span] * x[span] + y[span] * y[span]), out=upright)
        for slope, side in zip((x, y), sides, strict=True):
            np.multiply(slope[span], upright, out=side)

    def correct(span: slice) -> None:
        level, *sides = (light[span] for light in lights)
        for slope, seen, side in zip((x, y), slopes, sides, strict=True):
            slope[span] += step * (seen[span] - side / level)

    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in range(rounds):
            list(pool.map(shine, bands))
            # One after the other: three more planes of the picture's size would be too many.
            for number, light in enumerate(lights):
                lights[number] = blur.of(light)
            list(pool.map(correct, bands))
    return x, y
