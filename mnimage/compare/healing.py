"""Skin that is still healing: what swelling fakes gets no verdict.

Our own rule, on the cautious side: `docs/uncertainty.md`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.domain.comparison import Caution, Verdict
from mnimage.domain.metrics import names_of

if TYPE_CHECKING:
    from mnimage.domain.comparison import Change, ScarChange
    from mnimage.domain.recipe import CompareRecipe
    from mnimage.domain.session import PairNotes

HEALING = "healing window"

SWOLLEN = frozenset(names_of(lambda metric: metric.swells))
"""Scores of the skin's surface: swelling fills furrows, pores and scars (science of change, 5)."""

REDDENED = frozenset(names_of(lambda metric: metric.reddens))
"""Scores that needling itself raises for days; true all the same."""


def is_healing(notes: PairNotes, recipe: CompareRecipe) -> bool:
    """Return whether the photo after was taken before the skin had its days to heal."""
    days = notes.days_since_needling
    return days is not None and days < recipe.healing_days


def without_swollen(name: str, change: Change, notes: PairNotes, recipe: CompareRecipe) -> Change:
    """Return a change without its verdict where swelling would speak; its values stay."""
    if name not in SWOLLEN or not is_healing(notes, recipe):
        return change
    return replace(change, verdict=Verdict.NOT_COMPARABLE, reason=_swelling(notes, recipe))


def note_redness(name: str, change: Change, notes: PairNotes, recipe: CompareRecipe) -> Change:
    """Return a change of redness with a word on the needling that is part of it."""
    if name not in REDDENED or not is_healing(notes, recipe):
        return change
    if change.verdict is Verdict.NOT_COMPARABLE:
        return change
    note = f"Needling itself reddens skin: day {notes.days_since_needling:g}."
    return replace(change, reason=f"{change.reason} {note}".strip())


def scars_without_swelling(
    scars: tuple[ScarChange, ...], notes: PairNotes, recipe: CompareRecipe
) -> tuple[ScarChange, ...]:
    """Return scars without verdicts while the skin is swollen."""
    if not is_healing(notes, recipe):
        return scars
    return tuple(
        replace(
            scar,
            depth=_rested(scar.depth, notes, recipe),
            volume=_rested(scar.volume, notes, recipe),
            verdict=Verdict.NOT_COMPARABLE,
        )
        for scar in scars
    )


def _rested(change: Change | None, notes: PairNotes, recipe: CompareRecipe) -> Change | None:
    if change is None:
        return None
    return without_swollen("scar_depth_mm", change, notes, recipe)


def _swelling(notes: PairNotes, recipe: CompareRecipe) -> str:
    return (
        f"Day {notes.days_since_needling:g} after needling: until {recipe.healing_days:g} days "
        "have passed, swelling makes skin look smoother and scars shallower."
    )


def healing_cautions(notes: PairNotes, recipe: CompareRecipe) -> list[Caution]:
    """Return the word on healing skin for the whole answer."""
    if not is_healing(notes, recipe):
        return []
    words = (
        f"{_swelling(notes, recipe)} Texture, pores, lines and scars get no verdict; redness is "
        "that of needling too."
    )
    return [Caution(HEALING, words)]
