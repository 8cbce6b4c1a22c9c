"""What the user tells of the two sessions: colour profiles and days since needling."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ui.screens.compare.side import Side

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mnimage.domain.color import ColorProfile


@dataclass(frozen=True, slots=True)
class KnownProfile:
    """A colour profile with the file it came from: a profile, or a photo of the chart."""

    path: Path
    profile: ColorProfile = field(repr=False)

    @property
    def words(self) -> str:
        """How well the profile fits its chart, each patch predicted from the others."""
        error = self.profile.error
        told = f"Colour error {error.mean:.1f} ΔE on average, {error.skin:.1f} on skin tones"
        return "\n".join((told + ".", *self.profile.warnings))


@dataclass(frozen=True, slots=True)
class Details:
    """All that was told; a profile alone serves both sessions."""

    profiles: Mapping[Side, KnownProfile] = field(default_factory=dict)
    days: float | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files of the profiles, before and after; one for both; none."""
        return tuple(self.profiles[side].path for side in Side if side in self.profiles)

    def with_profile(self, side: Side, profile: KnownProfile | None) -> Details:
        """Return the same with another profile, or none, for one session."""
        others = {each: known for each, known in self.profiles.items() if each is not side}
        return replace(self, profiles=others if profile is None else {**others, side: profile})

    def swapped(self) -> Details:
        """Return the same for the sessions the other way round; the days are the later one's."""
        turned = {side.other: known for side, known in self.profiles.items()}
        return Details(turned, None)

    def without(self, side: Side) -> Details:
        """Return what still holds when one photo is replaced by that of another session."""
        return replace(
            self.with_profile(side, None), days=None if side is Side.AFTER else self.days
        )
