"""What makes the relief of directional shots doubtful, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mnimage.domain.pair import Examined, Pair


def relief_doubts(examined: Examined) -> tuple[str, ...]:
    """Return what makes the heights of one session's directional shots doubtful."""
    return tuple(dict.fromkeys(examined.relief.warnings)) if examined.relief else ()


def pair_doubts(pair: Pair) -> tuple[tuple[str, str], ...]:
    """Return every doubt of both reliefs with whose it is; one that both share is said once."""
    before, after = relief_doubts(pair.before), relief_doubts(pair.after)
    both = [doubt for doubt in before if doubt in after]
    told = {
        "Both reliefs": both,
        "Relief before": [doubt for doubt in before if doubt not in both],
        "Relief after": [doubt for doubt in after if doubt not in both],
    }
    return tuple((title, doubt) for title, doubts in told.items() for doubt in doubts)
