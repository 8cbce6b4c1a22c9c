"""Choice of the colour channel for relief: blue, or green where blue is too noisy.

Blue light scatters least in skin, but dark skin reflects little of it.
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
_BETTER_BY = 1.3
"""Least ratio of the signal in green to that in blue for green to be used."""
_NOISE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32) / 6
"""Immerkaer's mask: it cancels gradients, and keeps the standard deviation of noise."""


def choose_channel(light: NDArray[np.float32]) -> tuple[str, Message]:
    """Return the channel to measure in, and a note on the choice, `NOTHING` for blue.

    Parameters
    ----------
    light
        Linear light of one shot, dark frame subtracted, shape (rows, columns, 3).
    """
    green, blue = (_signal(light[..., part]) for part in (1, 2))
    # Fine texture looks like noise, but equally in both colours.
    if blue >= LEAST_SIGNAL or green < _BETTER_BY * blue:
        return "blue", NOTHING
    return "green", message("formats.blue_faint", signal=blue)


def _signal(light: NDArray[np.float32]) -> float:
    """Return the mean light over its noise, by a mask that cancels gradients (Immerkaer 1996)."""
    residual = np.asarray(cv2.filter2D(np.ascontiguousarray(light), cv2.CV_32F, _NOISE))
    inner = np.abs(residual[1:-1, 1:-1])
    # The median, since edges of scars and hairs are not noise.
    noise = 1.4826 * float(np.median(inner)) if inner.size else 0.0
    return max(float(light.mean(dtype=np.float64)), 0.0) / max(noise, 1e-9)
