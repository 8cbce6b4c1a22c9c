"""What was measured on one ordinary photo."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.color import FitError
    from mnimage.domain.photo import ImageScale
    from mnimage.words.message import Message


class Mode(StrEnum):
    """How the light was; numbers of different modes are never compared."""

    FLAT = "flat"
    RELIEF = "relief"


@dataclass(frozen=True, slots=True)
class Score:
    """One measured quantity.

    `uncertainty` is the standard error expected when the same skin is photographed again,
    in `unit`.
    """

    name: str
    value: float
    unit: str
    uncertainty: float
    mode: Mode = Mode.FLAT


@dataclass(frozen=True, slots=True)
class ZoneScores:
    """The scores of one zone; the area and its standard error are None without a scale."""

    area_mm2: float | None
    scores: Mapping[str, Score]
    area_uncertainty_mm2: float | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One measured quantity over the photo, on a grid of step x step pixel blocks.

    Node (i, j) is the mean over block (i, j) of the photo (see `Alignment`); NaN where nothing
    was measured.
    """

    name: str
    unit: str
    values: NDArray[np.float32] = field(repr=False)
    step: int


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """Every score of one photo by zone, with its maps and the recipe it was made with.

    `color` is how well the chart's colours are met where the photo is `calibrated`.
    """

    mode: Mode
    calibrated: bool
    scale: ImageScale | None
    recipe: str
    zones: Mapping[str, ZoneScores]
    not_measured: Mapping[str, Message]
    layers: Mapping[str, Layer]
    shape: tuple[int, int]
    color: FitError | None = None


@dataclass(frozen=True, slots=True)
class ScoreError:
    """Why the change of one score is not certain, as standard errors in its unit.

    `session`: one photo of the same skin taken again; `spatial`: the paired change over the
    patches of skin that happened to be measured (block bootstrap) and what unlike focus leaves;
    NaN where the zone is too small for an estimate.
    """

    session: float
    spatial: float


@dataclass(frozen=True, slots=True)
class PairScores:
    """Both photos scored on the same skin in the frame of the photo before, with the errors."""

    before: ScoreCard
    after: ScoreCard
    errors: Mapping[str, Mapping[str, ScoreError]]
