"""From a compared pair to the pages of its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.report import Labels, Paper, Report
from mnimage.report.patient import patient_page
from mnimage.report.record import record_pages
from mnimage.report.refused import refused_page

if TYPE_CHECKING:
    from datetime import datetime

    from mnimage.domain.pair import Pair
    from mnimage.domain.report import Page

NO_LABELS = Labels()


def build_report(
    pair: Pair,
    *,
    program: str,
    made_at: datetime,
    words: Labels = NO_LABELS,
    paper: Paper = Paper.A4,
) -> Report:
    """Return the report of one pair: the patient's page, then the record's.

    A pair that could not be compared gets one page that says so, without numbers.

    Parameters
    ----------
    pair
        The main job's answer.
    program
        Name and version of the program, for the footer.
    made_at
        When the report is made, for the footer and the file.
    words
        What the clinic wants printed.
    paper
        Size of paper.
    """
    pages = pair_pages(pair, words)
    return Report(
        title="Skin before and after",
        author=words.clinic or program,
        footer=footer(pair, words, program, made_at),
        made_at=made_at,
        paper=paper,
        pages=pages,
    )


def pair_pages(pair: Pair, words: Labels) -> tuple[Page, ...]:
    """Return a pair's own pages."""
    if is_refused(pair):
        return (refused_page(pair, words),)
    return (patient_page(pair, words), *record_pages(pair, words))


def is_refused(pair: Pair) -> bool:
    """Return whether the two photos could not be registered."""
    return pair.aligned is None or not pair.comparison.alignment.aligned


def footer(pair: Pair, words: Labels, program: str, made_at: datetime) -> tuple[str, ...]:
    """Return what stands at the foot of each page."""
    parts = (
        _short(words.clinic),
        _short(words.patient),
        f"{program}, recipe {pair.comparison.recipe}",
        f"made {made_at:%Y-%m-%d %H:%M}",
    )
    return tuple(part for part in parts if part)


def _short(words: str, most: int = 48) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
