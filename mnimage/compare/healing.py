"""Skin that is still healing: what swelling may mimic gets no verdict.

Our own rule, on the cautious side: `docs/uncertainty.md`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.domain.comparison import Caution, Verdict
from mnimage.domain.metrics import names_of
from mnimage.words.message import message

if TYPE_CHECKING:
    from mnimage.domain.comparison import Change, ScarChange
    from mnimage.domain.recipe import CompareRecipe
    from mnimage.domain.session import PairNotes
    from mnimage.words.message import Message

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
    """Return a change without its verdict where swelling may cause it; its values stay."""
    if name not in SWOLLEN or not is_healing(notes, recipe):
        return change
    return replace(change, verdict=Verdict.NOT_COMPARABLE, reason=_swelling(notes, recipe))


def note_redness(name: str, change: Change, notes: PairNotes, recipe: CompareRecipe) -> Change:
    """Return a change of redness, noting that needling itself is part of it."""
    if name not in REDDENED or not is_healing(notes, recipe):
        return change
    if change.verdict is Verdict.NOT_COMPARABLE:
        return change
    note = message("compare.needling_reddens", days=notes.days_since_needling)
    both = message("compare.both", first=change.reason, second=note)
    return replace(change, reason=both if change.reason else note)


def scars_without_swelling(
    scars: tuple[ScarChange, ...], notes: PairNotes, recipe: CompareRecipe
) -> tuple[ScarChange, ...]:
    """Return scars without verdicts while the skin is swollen."""
    if not is_healing(notes, recipe):
        return scars
    return tuple(
        replace(
            scar,
            depth=_without_swelling(scar.depth, notes, recipe),
            volume=_without_swelling(scar.volume, notes, recipe),
            verdict=Verdict.NOT_COMPARABLE,
        )
        for scar in scars
    )


def _without_swelling(
    change: Change | None, notes: PairNotes, recipe: CompareRecipe
) -> Change | None:
    if change is None:
        return None
    return without_swollen("scar_depth_mm", change, notes, recipe)


def _swelling(notes: PairNotes, recipe: CompareRecipe) -> Message:
    return message("compare.swelling", days=notes.days_since_needling, healing=recipe.healing_days)


def healing_cautions(notes: PairNotes, recipe: CompareRecipe) -> list[Caution]:
    """Return what to bear in mind with skin that is still healing."""
    if not is_healing(notes, recipe):
        return []
    words = message("compare.healing", swelling=_swelling(notes, recipe))
    return [Caution(HEALING, words)]
