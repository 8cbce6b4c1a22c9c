"""What a chart shows about a camera's colour in one session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from mnimage.words.message import Message

Tone = tuple[float, float, float]
"""Coefficients of the curve that puts light back in proportion (`kernels.color.straighten`)."""

STRAIGHT: Tone = (1.0, 0.0, 0.0)

PROFILE_VERSION = 1


@dataclass(frozen=True, slots=True)
class FitError:
    """How well a chart's colours are met.

    `mean`, `p95`, `worst` are CIEDE2000 over the 24 patches, each predicted from the other 23;
    `skin` the mean of the two skin patches; `lab` the same patches' standard error along one axis
    of CIELAB. `linearity` is the slope of ln light over ln reflectance of the six greys, per
    channel, as the file had it: 1 is linear. `tone` is the relative standard error of that slope
    as it is used, `grey` that of one grey patch (ln). `falloff` is by how much the light changes
    across the chart (ln), `tilt_deg` how far the chart is turned away, as its patches look.
    """

    mean: float
    p95: float
    worst: float
    skin: float
    lab: float
    linearity: tuple[float, float, float]
    tone: float
    grey: float
    falloff: float
    tilt_deg: float


@dataclass(frozen=True, slots=True)
class ColorProfile:
    """How one camera under one light turns into true colour; made once, used for a session.

    First `tone` puts the light in proportion, `flat` (where there is one: the lamp's light over
    the picture, a coarse grid (rows, columns, 3) stretched over a photo of the same shape) is
    divided out, and `gains` per channel make a white of reflectance 1 into (1, 1, 1). Then two
    paths part and never meet. `redness`, 3 x 3, keeps white and takes channels to linear Rec. 2020
    with the least error of their *logarithms*, which is what the hemoglobin index is made of.
    `matrix`, (3 or 6 terms, 3), takes light, and at `degree` 2 the roots of its products, to linear
    sRGB with the least colour difference: for CIELAB and the eye, never for redness.

    `camera`, `exposure_s`, `f_number`, `iso` and `shape` are those of the photo of the chart,
    `photo` its fingerprint, and `corners` where the chart lies in it as (row, column), clockwise
    from the dark skin patch.
    """

    tone: Tone
    gains: tuple[float, float, float]
    redness: NDArray[np.float64] = field(repr=False)
    matrix: NDArray[np.float64] = field(repr=False)
    error: FitError
    shape: tuple[int, int]
    corners: NDArray[np.float64] = field(repr=False)
    camera: str | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: float | None = None
    taken_at: datetime | None = None
    photo: str = ""
    flat: NDArray[np.float32] | None = field(default=None, repr=False)
    warnings: tuple[Message, ...] = ()
    version: int = PROFILE_VERSION

    def __post_init__(self) -> None:
        if self.matrix.shape not in ((3, 3), (6, 3)) or self.corners.shape != (4, 2):
            raise ValueError(f"not a profile: {self.matrix.shape}, {self.corners.shape}")
        if self.redness.shape != (3, 3):
            raise ValueError(f"not a profile: {self.redness.shape}")
        if not (np.isfinite(self.matrix).all() and all(gain > 0 for gain in self.gains)):
            raise ValueError("not a profile: numbers that mean nothing")

    @property
    def degree(self) -> int:
        """1 for a plain matrix, 2 for one with roots of products."""
        return 1 if self.matrix.shape[0] == 3 else 2
