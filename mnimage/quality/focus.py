"""Whether the skin is sharp."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.masks import shrink
from mnimage.quality.finding import at_least, judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

SIGMAS = (0.7, 1.4, 2.8, 5.6)
"""Borders of the bands compared, in pixels of the reduced picture."""


def check_focus(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the skin's fine detail in percent of its coarse detail.

    Both are typical contrasts of the skin itself, in bands an octave wide and two octaves apart;
    blur takes the fine one first, and the ratio does not depend on how smooth the skin is.
    """
    if shot.empty:
        return None
    limit = at_least(recipe.min_sharpness, "%", recipe.grave_sharpness)
    advice = "Focus on the skin, hold the camera still, and use more light or a tripod."
    return judge("focus", 100 * sharpness(shot.grey, shot.labels > 0), limit, advice)


def sharpness(grey: NDArray[np.float32], skin: NDArray[np.bool_]) -> float:
    """Return fine over coarse detail of the skin, noise taken off.

    Noise is read where the skin is smoothest: there, almost all of the finest band is noise.
    """
    inner = shrink(skin, 4.0)
    inner = inner if inner.sum() > 500 else skin
    blurred = [_blurred(grey, sigma) for sigma in SIGMAS]
    finest, fine = grey - blurred[0], blurred[0] - blurred[1]
    coarse = blurred[2] - blurred[3]
    noise = float(np.percentile(_blurred(finest**2, 3.0)[inner], 10))
    power = float(np.median(fine[inner] ** 2)) - NOISE_SHARE * noise * MEDIAN_OF_SQUARE
    return float(np.sqrt(max(power, 0) / max(float(np.median(coarse[inner] ** 2)), 1e-9)))


MEDIAN_OF_SQUARE = 0.455
"""Median over mean of the square of a normal variable."""


def _blurred(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), dtype=np.float32)


def _noise_share() -> float:
    """Return the power of white noise in the fine band over that in the finest."""
    impulse = np.zeros((65, 65), dtype=np.float32)
    impulse[32, 32] = 1
    first, second = _blurred(impulse, SIGMAS[0]), _blurred(impulse, SIGMAS[1])
    return float(((first - second) ** 2).sum() / ((impulse - first) ** 2).sum())


NOISE_SHARE = _noise_share()
