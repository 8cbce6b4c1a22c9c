"""Where and how finely one photo is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.color import STRAIGHT, Tone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ScoreRecipe

NOMINAL_MM_PER_PX = 0.06
"""What a pixel is taken for where no scale is known: a usual close-up. Bands are then chosen in
pixels, and the values hold within one pair only."""

MIDDLE_MM = 0.1
"""Texture and lines are measured on blocks of about this size; pores on the pixels themselves."""

FINEST_PX = 6.0
"""Waves shorter than this many pixels follow focus more than skin."""

SLACK = 1.1
"""By how much the pixels of a photo after may be coarser than a score needs: no head is held at the
same distance to a hair, and a score must not come and go with it."""

STRIP_ROWS = 384
"""Rows of a strip, which bound the memory for a photo of any size."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The part of a photo that is measured, and the sizes of its blocks.

    `top`, `left` are multiples of `step`, the pixels between nodes of the layers; `middle`, which
    divides `step`, is the block in which texture and lines are measured. `mm` is the pitch in mm
    per pixel, `known` whether it is measured. The photo is first blurred by `blur_px`.
    `finest_mm` is the shortest wavelength that counts as texture; `tone` the camera's tone curve
    that is undone.
    """

    shape: tuple[int, int]
    top: int
    left: int
    bottom: int
    right: int
    step: int
    middle: int
    mm: float
    known: bool
    blur_px: float = 0.0
    finest_mm: float = 0.0
    tone: Tone = STRAIGHT

    @property
    def cell_mm(self) -> float:
        """Edge of one cell of the layers."""
        return self.step * self.mm

    @property
    def middle_mm(self) -> float:
        """Edge of one middle block."""
        return self.middle * self.mm

    def strips(self) -> list[tuple[int, int]]:
        """Return the first and last-but-one row of each strip, whole cells high."""
        height = max(1, STRIP_ROWS // self.step) * self.step
        return [
            (row, min(row + height, self.bottom)) for row in range(self.top, self.bottom, height)
        ]


def make_plan(
    skin: NDArray[np.bool_], mm_per_px: float | None, recipe: ScoreRecipe, *, blur_px: float = 0.0
) -> Plan:
    """Return the plan for a photo whose skin is `skin`; `mm_per_px` None where not known.

    The sizes are our own; what is measured with them: `docs/studies/2026-11-validation.md`.
    """
    mm = NOMINAL_MM_PER_PX if mm_per_px is None else mm_per_px
    middle = max(1, round(MIDDLE_MM / mm))
    step = middle * max(1, round(recipe.grid_mm / (mm * middle)))
    left, top, width, height = cv2.boundingRect(skin.view(np.uint8))
    rows, columns = skin.shape
    return Plan(
        shape=(rows, columns),
        top=top // step * step,
        left=left // step * step,
        bottom=min(-(-(top + height) // step) * step, rows),
        right=min(-(-(left + width) // step) * step, columns),
        step=step,
        middle=middle,
        finest_mm=max(recipe.texture_low_mm, FINEST_PX * mm),
        mm=mm,
        known=mm_per_px is not None,
        blur_px=blur_px,
    )
