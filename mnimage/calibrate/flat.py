"""Evenness of the light over the picture, from a photo of an even card.

It shows the shading that ISO 17957 measures, which is then divided out; `docs/colour.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.calibrate.chart import project
from mnimage.calibrate.reference import PATCH_CENTERS
from mnimage.errors import ChartUnusable
from mnimage.kernels.color import straighten, to_linear
from mnimage.kernels.filters import gaussian
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.calibrate.chart import Chart
    from mnimage.domain.color import Tone
    from mnimage.domain.photo import Photo

    Matrix = NDArray[np.float64]

GRID = 32
"""Nodes along the longer side: light is smooth."""

BRIGHTEST, DARKEST = 0.95, 0.02
"""Linear light beyond which the card is overexposed or too dark."""
_ENOUGH_PX = 1500
"""Longer side in pixels that is enough to read the card."""
MOST_ROUGHNESS = 0.05
"""Relative roughness (light over its own blur) beyond which the card is not even."""


def card_light(card: Photo, chart: Photo) -> Matrix:
    """Return the linear light of an even card on a coarse grid (rows, columns, 3).

    Raises
    ------
    ChartUnusable
        If its size differs from that of the photo of the chart, it is clipped, or not even.
    """
    if card.shape != chart.shape:
        raise ChartUnusable(message("calibrate.card_size"))
    rows, columns = (max(2, round(GRID * side / max(card.shape))) for side in card.shape)
    size = (columns * 8, rows * 8)
    step = max(1, max(card.shape) // _ENOUGH_PX)
    light = to_linear(card.coded[::step, ::step])
    small = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
    linear = np.asarray(small, dtype=np.float32)
    smooth = gaussian(linear, 4.0)
    middle = float(np.median(linear))
    if middle < DARKEST or float(np.quantile(linear, 0.99)) > BRIGHTEST:
        raise ChartUnusable(message("calibrate.card_exposure"))
    roughness = float(np.quantile(np.abs(linear / np.maximum(smooth, 1e-4) - 1), 0.95))
    if roughness > MOST_ROUGHNESS:
        raise ChartUnusable(message("calibrate.card_uneven"))
    return cv2.resize(smooth, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float64)


def at_patches(card: Matrix, chart: Chart, shape: tuple[int, int]) -> Matrix:
    """Return the card's light at the chart's patches, shape (24, 3)."""
    rows, columns = card.shape[:2]
    x, y = project(chart.homography, PATCH_CENTERS).T
    across = ((x + 0.5) * columns / shape[1] - 0.5).astype(np.float32)
    down = ((y + 0.5) * rows / shape[0] - 0.5).astype(np.float32)
    sampled = cv2.remap(
        card.astype(np.float32), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(sampled, dtype=np.float64).reshape(-1, 3)


def relative_light(card: Matrix, tone: Tone) -> NDArray[np.float32]:
    """Return the linearized light over the picture; the scale is that of the fit's gains."""
    return straighten(card, tone).astype(np.float32)
