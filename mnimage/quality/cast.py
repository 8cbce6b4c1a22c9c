"""Whether the skin's colour is natural, and unchanged since the earlier photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.quality import Check
from mnimage.quality.finding import at_most, judge
from mnimage.words.message import message

if TYPE_CHECKING:
    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

RED, YELLOW, MAGENTA = (0.20, 0.90), (-0.02, 0.75), (-0.08, 0.45)
"""Limits of the medians of log(R/G), log(G/B) and their difference, all skin types, balanced light.

The 24 studio portraits span 0.31..0.64, 0.12..0.45 and 0.06..0.36; widened by 0.1 to 0.2 for
darker and ruddier skin than theirs.
"""


def check_cast(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the skin's colour is from all natural skin, in percent of a channel.

    Our own limits, measured on 24 studio portraits (`RED`, `YELLOW`, `MAGENTA`).
    """
    if shot.empty:
        return None
    red, yellow = (float(np.median(plane[shot.skin])) for plane in (shot.red, shot.yellow))
    medians = ((red, RED), (yellow, YELLOW), (red - yellow, MAGENTA))
    outside = max(max(low - value, value - high, 0.0) for value, (low, high) in medians)
    limit = at_most(recipe.max_cast_percent, "%", 8 * recipe.max_cast_percent)
    return judge(Check.COLOR_CAST, _percent(outside), limit, message("quality.color_cast"))


def check_same_white(shot: Shot, before: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the change of white balance, measured on the patient's own reference skin.

    The change of the channels' ratios (von Kries 1902); the limit is our own.
    """
    if before is None or shot.empty or before.empty:
        return None
    change = float(np.abs(shot.reference_chroma - before.reference_chroma).max())
    limit = at_most(recipe.max_white_percent, "%")
    advice = message("quality.same_white")
    return judge(Check.SAME_WHITE, _percent(change), limit, advice, "pair")


def _percent(logs: float) -> float:
    return 100 * (float(np.exp(logs)) - 1)
