"""Taking back small motion between directional shots."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Shots


def align_shots(shots: Shots, recipe: ReliefRecipe) -> tuple[Shots, tuple[str, ...]]:
    """Return the shots as they are, and what there is to say of their motion."""
    return shots, ()
