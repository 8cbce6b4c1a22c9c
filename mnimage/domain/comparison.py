"""What changed between two sessions, and whether it is more than noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mnimage.domain.scorecard import Mode, ScoreCard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.relief import Scar


class Verdict(StrEnum):
    """What may be said of a change."""

    BETTER = "better"
    WORSE = "worse"
    WITHIN_ERROR = "within error"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Change:
    """One score before and after.

    `uncertainty` is the standard error of the change; `mdc95` the smallest change that repeated
    photos of unchanged skin would exceed only once in twenty; both in `unit`. `change_percent` is
    None where the score before is not a positive amount. `reason` says why when not comparable.
    """

    before: float
    after: float
    unit: str
    uncertainty: float
    mdc95: float
    verdict: Verdict
    mode: Mode = Mode.FLAT
    reason: str = ""

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def change_percent(self) -> float | None:
        """Change in percent of the value before, or None where that has no meaning."""
        return 100.0 * self.change / self.before if self.before > 0 else None


class ScarState(StrEnum):
    """What became of a scar, beyond the doubt of measuring it twice."""

    FILLED = "filled"
    UNCHANGED = "unchanged"
    DEEPER = "deeper"
    NEW = "new"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class ScarChange:
    """One scar followed over two sessions; `after` is None where it could not be measured again.

    `fresh` marks one that was found after only; `before` is then what was at its place.
    """

    id: int
    before: Scar
    after: Scar | None
    depth: Change | None
    volume: Change | None
    verdict: Verdict
    fresh: bool = False

    @property
    def state(self) -> ScarState:
        """The verdict in words of a scar; a change within error is "unchanged"."""
        if self.verdict is Verdict.WORSE:
            return ScarState.NEW if self.fresh else ScarState.DEEPER
        states = {Verdict.BETTER: ScarState.FILLED, Verdict.WITHIN_ERROR: ScarState.UNCHANGED}
        return states.get(self.verdict, ScarState.NOT_MEASURED)


@dataclass(frozen=True, slots=True)
class ScarCourse:
    """One scar over all sessions of a series, each against the first one.

    `changes` has one entry per later session, None where the scar was not seen or not yet there.
    """

    id: int
    changes: tuple[ScarChange | None, ...]


@dataclass(frozen=True, slots=True)
class Comparability:
    """How alike the two photos were taken: grade A (alike) to F (not comparable), and why."""

    grade: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole answer for one pair, everything in the frame of the photo before.

    `zones_left_out` gives per zone that was not scored in this pair the reason.
    """

    comparability: Comparability
    alignment: Alignment
    before: ScoreCard | None
    after: ScoreCard | None
    zones: Mapping[str, Mapping[str, Change]]
    scars: tuple[ScarChange, ...]
    not_measured: Mapping[str, str]
    recipe: str
    zones_left_out: Mapping[str, str] = field(default_factory=dict)
