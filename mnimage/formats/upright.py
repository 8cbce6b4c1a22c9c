"""Convert decoded samples to upright RGB: grey, transparency and EXIF orientation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.formats.decoded import Samples, as_samples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

_BAND = 256
"""Rows that are blended at once, to save memory."""

_TURNS: Mapping[int, Callable[[Samples], object]] = {
    2: lambda samples: cv2.flip(samples, 1),
    3: lambda samples: cv2.rotate(samples, cv2.ROTATE_180),
    4: lambda samples: cv2.flip(samples, 0),
    5: cv2.transpose,
    6: lambda samples: cv2.rotate(samples, cv2.ROTATE_90_CLOCKWISE),
    7: lambda samples: cv2.flip(cv2.rotate(samples, cv2.ROTATE_90_CLOCKWISE), 0),
    8: lambda samples: cv2.rotate(samples, cv2.ROTATE_90_COUNTERCLOCKWISE),
}
"""The transformation that undoes each EXIF orientation (EXIF 2.32, tag 0x0112); 1 is upright."""


def turn_upright(samples: Samples, orientation: int) -> Samples:
    """Return samples as the photographer saw them, for an EXIF orientation of 1 to 8."""
    turn = _TURNS.get(orientation)
    return samples if turn is None else as_samples(np.asarray(turn(samples)))


def split_alpha(samples: Samples) -> tuple[Samples, Samples | None]:
    """Return grey or RGB, and the alpha channel where any of it is not opaque."""
    if samples.ndim == 2 or samples.shape[2] == 3:
        return samples, None
    alpha = np.ascontiguousarray(samples[..., -1])
    opaque = bool(alpha.min() == np.iinfo(samples.dtype).max)
    colours = samples[..., 0] if samples.shape[2] == 2 else samples[..., :3]
    return as_samples(np.ascontiguousarray(colours)), None if opaque else as_samples(alpha)


def to_rgb(samples: Samples) -> Samples:
    """Return three channels for grey samples; RGB as it is."""
    if samples.ndim == 3:
        return samples
    return as_samples(np.asarray(cv2.cvtColor(samples, cv2.COLOR_GRAY2RGB)))


def blend_with_white(rgb: Samples, alpha: Samples) -> Samples:
    """Return RGB blended with white where `alpha` is not opaque, in coded values as viewers do."""
    top = float(np.iinfo(rgb.dtype).max)
    blended = np.empty_like(rgb)
    for start in range(0, rgb.shape[0], _BAND):  # By bands, to save memory.
        band = slice(start, start + _BAND)
        share: NDArray[np.float32] = (alpha[band, :, None] / np.float32(top)).astype(np.float32)
        blended[band] = np.rint(rgb[band] * share + top * (1 - share))
    return blended
