"""Giving fine relief back the height that lens and pixels took from it.

A pixel sees the mean slope over itself (a sinc), and the lens blurs a little more (about a
Gaussian), so that the finest octave of texture is seen at half its height. Amplitudes are divided
by what is left of them as far as noise allows (Wiener 1949). Scatter inside the skin is not meant
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.integrate import frequencies

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_NOISE = np.float32(0.04)
"""Power of the noise over that of the finest relief."""


def restore_fine(cosines: Plane, lens_px: float) -> Plane:
    """Return the cosine amplitudes of a height as they were before lens and pixels, in place.

    A filter of Wiener's (1949); Sq with it: `docs/studies/2026-11-relief.md`.

    Parameters
    ----------
    cosines
        Amplitudes as `to_cosines` gives them, shape (rows, columns).
    lens_px
        Standard deviation of the lens' blur in pixels.
    """
    along, down = (transfer(axis, lens_px) for axis in frequencies(_shape(cosines)))
    # Row by row, so that no second plane of the picture's size is needed.
    for number, left in enumerate(down[:, 0]):
        both = along[0] * left
        cosines[number] *= both * (1 + _NOISE) / (both**2 + _NOISE)
    return cosines


def transfer(frequency: Plane, lens_px: float) -> Plane:
    """Return what a lens (sigma in px) and pixels leave of waves along one axis (rad per px)."""
    pixel = np.sinc(frequency / (2 * np.pi))
    lens = np.exp(-((lens_px * frequency) ** 2) / 2)
    return np.asarray(pixel * lens, dtype=np.float32)


def _shape(values: Plane) -> tuple[int, int]:
    return int(values.shape[0]), int(values.shape[1])
