"""What makes the relief of directional shots doubtful, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mnimage.domain.pair import AnalyzedPhoto, Pair


def relief_warnings(analyzed: AnalyzedPhoto) -> tuple[str, ...]:
    """Return what makes the heights of one session's directional shots doubtful."""
    return tuple(dict.fromkeys(analyzed.relief.warnings)) if analyzed.relief else ()


def pair_warnings(pair: Pair) -> tuple[tuple[str, str], ...]:
    """Return every doubt of both reliefs with whose it is; one that both share is said once."""
    before, after = relief_warnings(pair.before), relief_warnings(pair.after)
    both = [doubt for doubt in before if doubt in after]
    notes = {
        "Both reliefs": both,
        "Relief before": [doubt for doubt in before if doubt not in both],
        "Relief after": [doubt for doubt in after if doubt not in both],
    }
    return tuple((title, doubt) for title, doubts in notes.items() for doubt in doubts)
