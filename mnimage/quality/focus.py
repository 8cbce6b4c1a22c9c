"""Whether the skin is sharp."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.quality import Check
from mnimage.kernels.masks import shrink
from mnimage.quality.finding import at_least, judge
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

SIGMAS = (0.7, 1.4, 2.8, 5.6)
"""Sigmas that separate the bands compared, in pixels of `BAND_MM`."""

BAND_MM = 0.3
"""Pixel size to which the bands refer; finer photos are judged by the same detail."""

MEDIAN_OF_SQUARE = 0.455
"""Median over mean of the square of a normal variable."""


def check_focus(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the skin's fine detail in percent of its coarse detail.

    Both are median contrasts of the skin itself, in bands an octave wide and two octaves apart;
    blur removes the fine one first, and the ratio does not depend on how smooth the skin is. On 28
    portraits at 0.3 mm a pixel it is 66 to 113 % (46 % on a small, noisy one), 37 to 74 % after a
    blur of 0.7 px, 21 to 34 % after 1.5 px and 11 to 15 % after 3 px: the limits lie between.

    Our own, measured on 28 portraits; `docs/studies/2026-11-registration.md` has the blurred pairs.
    """
    if shot.empty:
        return None
    limit = at_least(recipe.min_sharpness, "%", recipe.grave_sharpness)
    return judge(Check.FOCUS, 100 * _sharpness(shot), limit, message("quality.focus"))


def _sharpness(shot: Shot) -> float:
    return sharpness(shot.grey, shot.labels > 0, max(1.0, round(BAND_MM / shot.mm, 1)))


def sharpness(grey: NDArray[np.float32], skin: NDArray[np.bool_], scale: float = 1.0) -> float:
    """Return the skin's fine over its coarse detail, with noise subtracted.

    `scale` widens the bands for pixels finer than `BAND_MM`.

    Noise is measured where the skin is smoothest: there the finest band is almost all noise.

    Our own: see `check_focus`. Medians resist outliers (Hampel 1974).
    """
    inner = shrink(skin, 4.0)
    inner = inner if inner.sum() > 500 else skin
    blurred = [_blurred(grey, sigma) for sigma in scale * np.array(SIGMAS)]
    finest, fine = grey - blurred[0], blurred[0] - blurred[1]
    coarse = blurred[2] - blurred[3]
    noise = float(np.percentile(_blurred(finest**2, 3.0)[inner], 10))
    power = float(np.median(fine[inner] ** 2)) - noise_share(scale) * noise * MEDIAN_OF_SQUARE
    return float(np.sqrt(max(power, 0) / max(float(np.median(coarse[inner] ** 2)), 1e-9)))


def _blurred(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), dtype=np.float32)


@cache
def noise_share(scale: float) -> float:
    """Return the power of white noise in the fine band over that in the finest.

    The sums of squares of both filters (Parseval's theorem; Oppenheim and Schafer 1975).
    """
    side = int(40 * scale)
    impulse = np.zeros((2 * side + 1, 2 * side + 1), dtype=np.float32)
    impulse[side, side] = 1
    first, second = _blurred(impulse, SIGMAS[0] * scale), _blurred(impulse, SIGMAS[1] * scale)
    return float(((first - second) ** 2).sum() / ((impulse - first) ** 2).sum())
