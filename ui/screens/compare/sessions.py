"""What was entered for two sessions: colour profiles, repeats, needling, control, scale."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mnimage.domain.session import PairInputs, PairNotes
from ui.screens.compare.side import Side

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.session import Patch


@dataclass(frozen=True, slots=True)
class KnownProfile:
    """A colour profile with the file it came from: a profile, or a photo of the chart."""

    path: Path
    profile: ColorProfile = field(repr=False)

    @property
    def words(self) -> str:
        """How well the profile fits its chart, each patch predicted from the others."""
        error = self.profile.error
        notes = f"Colour error {error.mean:.1f} ΔE on average, {error.skin:.1f} on skin tones"
        return "\n".join((notes + ".", *map(str, self.profile.warnings)))


@dataclass(frozen=True, slots=True)
class RepeatShown:
    """One repeat shot as it is shown: its name, and why it was left out where it was."""

    name: str
    left_out: str = ""


MOST_REPEATS = 2
"""Repeat shots that one session takes: more would cost minutes and show little more."""


@dataclass(frozen=True, slots=True)
class Details:
    """Everything that was entered; a profile alone serves both sessions.

    `repeats` are more shots of each session, `control` is untreated skin on the photo before,
    `mm_per_px` the scale of the photo before.
    """

    profiles: Mapping[Side, KnownProfile] = field(default_factory=dict)
    days: float | None = None
    repeats: Mapping[Side, tuple[Path, ...]] = field(default_factory=dict)
    control: Patch | None = None
    mm_per_px: float | None = None

    @property
    def inputs(self) -> PairInputs:
        """The same as the library takes it."""
        before, after = self.shots
        return PairInputs(
            mm_per_px=self.mm_per_px,
            profiles=self.paths,
            repeats_before=before,
            repeats_after=after,
            notes=PairNotes(self.control, self.days),
        )

    def measures_alike(self, other: Details) -> bool:
        """Say whether both ask for the same photos and profiles; notes may differ."""
        profiles = (self.profiles.get(side) is other.profiles.get(side) for side in Side)
        same = (self.shots, self.mm_per_px) == (other.shots, other.mm_per_px)
        return same and all(profiles)

    @property
    def shots(self) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        """The repeat shots before and after."""
        return self.repeats.get(Side.BEFORE, ()), self.repeats.get(Side.AFTER, ())

    def with_repeats(self, side: Side, paths: tuple[Path, ...]) -> Details:
        """Return the same with other repeat shots, or none, of one session."""
        others = {each: kept for each, kept in self.repeats.items() if each is not side}
        return replace(self, repeats={**others, side: paths} if paths else others)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files of the profiles, before and after; one for both; none."""
        return tuple(self.profiles[side].path for side in Side if side in self.profiles)

    def with_profile(self, side: Side, profile: KnownProfile | None) -> Details:
        """Return the same with another profile, or none, for one session."""
        others = {each: known for each, known in self.profiles.items() if each is not side}
        return replace(self, profiles=others if profile is None else {**others, side: profile})

    def swapped(self) -> Details:
        """Return the same for the sessions the other way round.

        The days are the later one's, and the control patch lies on the photo before.
        """
        turned = {side.other: known for side, known in self.profiles.items()}
        return Details(turned, repeats={side.other: kept for side, kept in self.repeats.items()})

    def without(self, side: Side) -> Details:
        """Return what still holds when one photo is replaced by that of another session."""
        after = side is Side.AFTER
        return replace(
            self.with_profile(side, None).with_repeats(side, ()),
            days=None if after else self.days,
            control=self.control if after else None,
            mm_per_px=self.mm_per_px if after else None,
        )
