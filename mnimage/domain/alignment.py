"""How the photo after is registered to the photo before."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.words.message import Message


class Status(StrEnum):
    """Whether the two photos could be registered."""

    ALIGNED = "aligned"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where each pixel of the photo before lies in the photo after, with its standard error.

    The field is smooth, so it is stored on a grid: node (i, j) stands at pixel
    ((i + 0.5) * step - 0.5, (j + 0.5) * step - 0.5) of the photo before, that is the centre of the
    step x step block of pixels (i, j). `kernels.geometry.expand` brings it to full size.

    `row`, `column` are positions in the photo after, in its own pixels; `error_px` is the standard
    error expected there in pixels of the photo before. `valid` is where the skin is visible in both
    photos, its position is trusted and it may be compared. `moved` is skin that was registered but
    that the expression shifted, folded or stretched: it is never `valid`, so whatever measures over
    `valid` leaves it out. `covered` is the share of the skin that was registered, moved or not.
    `moved_share` is the part of the registered skin that moved, `moved_zones` are the zones of
    which more than half moved, which are not scored. `perspective` is by how much more a part one
    eye distance farther away is magnified in the photo after, 0 unless it differs clearly: above 0
    where the camera stood farther away.
    `limit_px` is the expected error, in pixels of the photo before, above which skin is left out.
    A refused pair (`status` not aligned) has empty grids and a `reason`; an aligned one has
    `NOTHING` for a reason and may carry `warnings`.
    """

    status: Status
    reason: Message
    shape: tuple[int, int]
    after_shape: tuple[int, int]
    step: int
    row: NDArray[np.float32] = field(repr=False)
    column: NDArray[np.float32] = field(repr=False)
    error_px: NDArray[np.float32] = field(repr=False)
    valid: NDArray[np.bool_] = field(repr=False)
    covered: float = 0.0
    seconds: float = 0.0
    warnings: tuple[Message, ...] = ()
    moved: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), np.bool_), repr=False)
    moved_share: float = 0.0
    moved_zones: tuple[str, ...] = ()
    perspective: float = 0.0
    limit_px: float = float("nan")

    def __post_init__(self) -> None:
        if not self.moved.size:
            object.__setattr__(self, "moved", np.zeros(self.valid.shape, dtype=np.bool_))
        if self.moved.shape != self.valid.shape:
            raise ValueError(f"shapes differ: {self.moved.shape} and {self.valid.shape}")
        if (self.moved & self.valid).any():
            raise ValueError("moved skin cannot be valid")

    @property
    def aligned(self) -> bool:
        """Whether the pair may be compared at all."""
        return self.status is Status.ALIGNED

    @property
    def error_median_px(self) -> float:
        """Median expected error over trusted skin, in pixels; NaN when nothing is trusted."""
        return self._percentile(50.0)

    @property
    def error_p95_px(self) -> float:
        """95th percentile of the expected error over trusted skin, in pixels."""
        return self._percentile(95.0)

    def _percentile(self, percent: float) -> float:
        trusted = self.error_px[self.valid] if self.aligned else self.error_px[:0]
        return float(np.percentile(trusted, percent)) if trusted.size else float("nan")
