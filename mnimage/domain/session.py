"""What is given with a pair: scale, profiles, repeat shots, control patch, days since needling."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mnimage.words.message import NOTHING, Message

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.domain.relief import ReliefCard
    from mnimage.domain.scorecard import PairScores


class Side(StrEnum):
    """One of the two sessions of a pair."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of untreated skin in pixels of the photo before; its first pixel is the corner.

    Raises
    ------
    ValueError
        If it begins outside any photo or holds no pixel.
    """

    row: int
    column: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if min(self.row, self.column) < 0 or min(self.height, self.width) < 1:
            raise ValueError(f"no rectangle: {self}")


@dataclass(frozen=True, slots=True)
class PairNotes:
    """What only the clinic knows of a pair.

    `days_since_needling` is from the last needling to the photo after.
    """

    control: Patch | None = None
    days_since_needling: float | None = None


NO_NOTES = PairNotes()


@dataclass(frozen=True, slots=True)
class PairInputs:
    """Everything that a user gives with a pair beside the two photos: the one packing of it.

    `mm_per_px` is the scale of the photo before; one profile serves both photos, two serve before
    and after: a file that `mnimage calibrate` made, or a photo of the chart. Repeats are more shots
    of each session, of the kind of its first one.
    """

    mm_per_px: float | None = None
    profiles: tuple[Path, ...] = ()
    repeats_before: tuple[Path, ...] = ()
    repeats_after: tuple[Path, ...] = ()
    notes: PairNotes = NO_NOTES

    @property
    def profile_before(self) -> Path | None:
        """The profile of the photo before."""
        return self.profiles[0] if self.profiles else None

    @property
    def profile_after(self) -> Path | None:
        """The profile of the photo after."""
        return self.profiles[-1] if self.profiles else None


NO_INPUTS = PairInputs()


@dataclass(frozen=True, slots=True)
class Replicate:
    """One repeat shot of a session, registered onto the photo before and measured on the same skin.

    `scores` holds the photo before and the repeat; `relief` likewise the two cards of directional
    shots. A repeat that says nothing has the reason in `left_out`.
    """

    name: str
    side: Side
    left_out: Message = NOTHING
    scores: PairScores | None = field(default=None, repr=False)
    relief: tuple[ReliefCard, ReliefCard] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Sessions:
    """All that is known of the two sessions beyond their first shots."""

    notes: PairNotes = field(default_factory=PairNotes)
    replicates: tuple[Replicate, ...] = ()

    def used(self, side: Side) -> tuple[Replicate, ...]:
        """Return the repeats of one session that could be measured."""
        return tuple(one for one in self.replicates if one.side is side and not one.left_out)


ALONE = Sessions()
