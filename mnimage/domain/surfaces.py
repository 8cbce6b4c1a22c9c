"""Two registered reliefs of one place, and a line across both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.scorecard import Layer

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Surface:
    """The height of one session's skin, in the frame of the photo before.

    `height_mm` (rows, columns) is above the virtual healthy skin, up is positive, NaN where it is
    not trusted or the session shows nothing. `measured` is where it is trusted. `bound` marks scars
    whose true depth is at least the one found. `relative_error` is the standard error of a height
    over the height itself, `floor_mm` the least standard error.
    """

    height_mm: Plane = field(repr=False)
    measured: Mask = field(repr=False)
    bound: Mask = field(repr=False)
    relative_error: float
    floor_mm: float


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Before and after in the frame of the photo before.

    `alignment` is the registration that was used; `texture` the local texture (Sq in um) of both.
    """

    before: Surface
    after: Surface
    mm_per_px: float
    alignment: Alignment = field(repr=False)
    texture: tuple[Layer, Layer] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Deepest:
    """The deepest place of a profile: depth below healthy skin, standard error, and where.

    `at_least` says that the true depth may be more: light hardly reaches the floor there.
    """

    depth_um: float
    error_um: float
    along_mm: float
    at_least: bool


@dataclass(frozen=True, slots=True)
class ProfileTrace:
    """One session along a line: height in um, NaN where not measured, and its standard error."""

    height_um: Plane = field(repr=False)
    error_um: Plane = field(repr=False)
    bound: Mask = field(repr=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """The heights before and after along one line on the same skin.

    `along_mm` (n,) runs from `start` to `end`, both (row, column) in the photo before, as are
    `row` and `column` (n,). Heights are above healthy skin, so depths are negative.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    along_mm: Plane = field(repr=False)
    row: Plane = field(repr=False)
    column: Plane = field(repr=False)
    before: ProfileTrace
    after: ProfileTrace

    def deepest(self, trace: ProfileTrace) -> Deepest | None:
        """Return the deepest place of one session; None where nothing was measured."""
        if not np.isfinite(trace.height_um).any():
            return None
        place = int(np.nanargmin(trace.height_um))
        return Deepest(
            depth_um=float(-trace.height_um[place]),
            error_um=float(trace.error_um[place]),
            along_mm=float(self.along_mm[place]),
            at_least=bool(trace.bound[place]),
        )

    @property
    def change_um(self) -> tuple[float, float]:
        """Greatest depth after less that before, and its standard error; NaN where unknown."""
        first, later = self.deepest(self.before), self.deepest(self.after)
        if first is None or later is None:
            return float("nan"), float("nan")
        error = float(np.hypot(first.error_um, later.error_um))
        return later.depth_um - first.depth_um, error
