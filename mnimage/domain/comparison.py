"""What changed between two sessions, and whether it is more than noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mnimage.domain.scorecard import Mode, ScoreCard
from mnimage.domain.session import NO_NOTES, Side
from mnimage.words.message import NOTHING, Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.relief import Scar
    from mnimage.domain.session import PairNotes, Replicate


class Verdict(StrEnum):
    """What may be said of a change."""

    BETTER = "better"
    WORSE = "worse"
    WITHIN_ERROR = "within error"
    NOT_COMPARABLE = "not comparable"


class Source(StrEnum):
    """Where the standard error of one session comes from.

    `VALIDATED`: the study of this mode and class of device; `REPEATS`: this patient's own repeat
    shots, which scatter more than the study's.
    """

    VALIDATED = "validated"
    REPEATS = "own repeats"


@dataclass(frozen=True, slots=True)
class Controlled:
    """A change beyond that of the untreated control patch, in the score's unit.

    `expected` is how the score would have changed if treated skin had done what the control did;
    `difference` the rest of the change, `uncertainty` and `mdc95` those of the difference.
    """

    expected: float
    difference: float
    uncertainty: float
    mdc95: float


@dataclass(frozen=True, slots=True)
class Change:
    """One score before and after.

    `before`, `after` are means over the shots of each session. `uncertainty` is the standard error
    of the change; `mdc95` the smallest change that repeated photos of unchanged skin would exceed
    only once in twenty; both in `unit`. `reason` says why there is no verdict, or what to bear in
    mind with it. `session` is the standard error of one session's value and `source` where it comes
    from; `spatial` that of the paired change over the patches of skin that were measured. `family`
    is among how many changes the verdict was given; `mdc95_family` the change that gets a verdict
    among them, whatever the others do. Where there is a control patch, the verdict is that of
    `controlled`.
    """

    before: float
    after: float
    unit: str
    uncertainty: float
    mdc95: float
    verdict: Verdict
    mode: Mode = Mode.FLAT
    reason: Message = NOTHING
    session: float = float("nan")
    source: Source = Source.VALIDATED
    controlled: Controlled | None = None
    family: int = 1
    mdc95_family: float = float("nan")
    spatial: float = float("nan")

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def change_percent(self) -> float | None:
        """Change in percent of the value before, or None where that has no meaning."""
        return 100.0 * self.change / self.before if self.before > 0 else None

    @property
    def weighed(self) -> tuple[float, float, float]:
        """What the verdict is about: the change or that beyond the control, its error and MDC95."""
        if self.controlled is None:
            return self.change, self.uncertainty, self.mdc95
        return self.controlled.difference, self.controlled.uncertainty, self.controlled.mdc95

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of what the verdict is about: it leaves out 0 where that exceeds MDC95."""
        middle, _, reach = self.weighed
        return middle - reach, middle + reach


class ScarState(StrEnum):
    """What became of a scar, beyond the uncertainty of measuring it twice."""

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
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to bear in mind with the whole answer: its name, one message, and where it holds.

    It never is a diagnosis.
    """

    name: str
    words: Message
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole answer for one pair, everything in the frame of the photo before.

    `zones_left_out` gives per zone that was not scored in this pair the reason. `notes` is what the
    clinic said of the pair, `replicates` the repeat shots that were used or left out.
    """

    comparability: Comparability
    alignment: Alignment
    before: ScoreCard | None
    after: ScoreCard | None
    zones: Mapping[str, Mapping[str, Change]]
    scars: tuple[ScarChange, ...]
    not_measured: Mapping[str, Message]
    recipe: str
    zones_left_out: Mapping[str, Message] = field(default_factory=dict)
    notes: PairNotes = NO_NOTES
    replicates: tuple[Replicate, ...] = field(default=(), repr=False)
    cautions: tuple[Caution, ...] = ()

    def repeats(self, side: Side) -> int:
        """Return how many repeat shots of one session were used."""
        return sum(one.side is side and not one.left_out for one in self.replicates)
