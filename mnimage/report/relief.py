"""Warnings about the relief of directional shots, for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mnimage.domain.pair import AnalyzedPhoto, Pair


def relief_warnings(analyzed: AnalyzedPhoto) -> tuple[str, ...]:
    """Return what makes the heights of one session's directional shots questionable."""
    return tuple(dict.fromkeys(map(str, analyzed.relief.warnings))) if analyzed.relief else ()


def pair_warnings(pair: Pair) -> tuple[tuple[str, str], ...]:
    """Return every warning of both reliefs with whose it is; a shared one is given once."""
    before, after = relief_warnings(pair.before), relief_warnings(pair.after)
    both = [one for one in before if one in after]
    by_relief = {
        "Both reliefs": both,
        "Relief before": [one for one in before if one not in both],
        "Relief after": [one for one in after if one not in both],
    }
    return tuple((title, one) for title, warnings in by_relief.items() for one in warnings)
