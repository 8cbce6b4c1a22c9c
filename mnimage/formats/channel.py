"""Which colour of the light relief is taken from: blue, or green where blue drowns in noise.

Blue light spreads least inside the skin, but dark skin sends back little of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.words.message import NOTHING, Message, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHANNELS = ("red", "green", "blue")
LEAST_SIGNAL = 50.0
"""Signal to noise ratio of one pixel that blue light must reach."""
_BETTER = 1.3
_NOISE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32) / 6


def choose_channel(light: NDArray[np.float32]) -> tuple[str, Message]:
    """Return the channel to measure in, and what to say of the choice (nothing for blue).

    Parameters
    ----------
    light
        Linear light of one shot, dark frame subtracted, shape (rows, columns, 3).
    """
    green, blue = (_signal(light[..., part]) for part in (1, 2))
    # Fine texture looks like noise, but like the same noise in both colours.
    if blue >= LEAST_SIGNAL or green < _BETTER * blue:
        return "blue", NOTHING
    return "green", message("formats.blue_faint", signal=blue)


def _signal(light: NDArray[np.float32]) -> float:
    """Return the mean light over its noise, by a mask that slopes do not move (Immerkaer 1996)."""
    left = np.asarray(cv2.filter2D(np.ascontiguousarray(light), cv2.CV_32F, _NOISE))
    inner = np.abs(left[1:-1, 1:-1])
    # The median, since the rims of scars and hairs are no noise.
    noise = 1.4826 * float(np.median(inner)) if inner.size else 0.0
    return max(float(light.mean(dtype=np.float64)), 0.0) / max(noise, 1e-9)
