"""The report of a course of sessions: its trend, its photos, and its last pair in full."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.domain.comparison import Verdict
from mnimage.domain.report import (
    Heading,
    Masthead,
    Notice,
    Page,
    Paper,
    Picture,
    Plot,
    Report,
    Strip,
    Table,
)
from mnimage.report.build import NO_LABELS, footer, is_refused, pair_pages
from mnimage.report.frames import cut_photo
from mnimage.report.history import history_tables
from mnimage.report.parts import (
    MAP_PX,
    after_photo,
    before_photo,
    count,
    face_frame,
    scale_bar,
)
from mnimage.report.patient import main_zone
from mnimage.report.record import change_cells
from mnimage.report.trend import Trend, trend_svg
from mnimage.report.words import (
    PLUS_MINUS,
    date_words,
    number,
    score_order,
    score_words,
    unit_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mnimage.domain.comparison import Change, ScarCourse
    from mnimage.domain.pair import Pair
    from mnimage.domain.report import Block, Cell, Labels

CHARTS = 4
"""Scores with a chart and a table of their own, in the order of the words' table."""

_LEGEND = (
    "Grey band: no detectable change against the first session (MDC95). Triangle: better (blue) or "
    "worse (orange), pointing the way the score went. Grey dot: within error. Hollow dot: not "
    "comparable, left out of the line. Bars: standard error. Short black ticks on the time axis: "
    "treatments."
)


def build_course_report(
    pairs: Sequence[Pair],
    *,
    program: str,
    made_at: datetime,
    words: Labels = NO_LABELS,
    treatments: Sequence[date] = (),
    scars: Sequence[ScarCourse] = (),
) -> Report:
    """Return the report of a course: trend and photos, scars, then the last pair's own pages.

    Parameters
    ----------
    pairs
        Each later session against the same first one, in the order of time.
    program, made_at, words
        As in `build_report`.
    treatments
        Days of treatment, marked on the time axis.
    scars
        Every scar over these sessions, for tables of their own.

    Raises
    ------
    ValueError
        If there is no pair.
    """
    if not pairs:
        raise ValueError("a course needs at least one pair")
    last = replace(words, before=words.before or "Session 1", after=f"Session {len(pairs) + 1}")
    ending = pairs[-1]
    return Report(
        title="Course of treatment",
        author=words.clinic or program,
        footer=footer(ending, words, program, made_at),
        made_at=made_at,
        paper=Paper.A4,
        pages=(
            *_course_pages(pairs, words, treatments),
            *_scar_pages(scars),
            *pair_pages(ending, last),
        ),
    )


def _course_pages(
    pairs: Sequence[Pair], words: Labels, treatments: Sequence[date]
) -> tuple[Page, ...]:
    blocks: tuple[Block, ...] = (
        _masthead(pairs, words),
        *_charts(pairs, treatments),
        Heading("Photos", "All in the frame of the first session."),
        _filmstrip(pairs),
    )
    tables = tuple(_table(trend, pairs) for trend in _trends(pairs))
    if not tables:
        return (Page(blocks),)
    return Page(blocks), Page(
        (Heading("Every session against the first", "All measured skin."), *tables)
    )


def _scar_pages(scars: Sequence[ScarCourse]) -> tuple[Page, ...]:
    tables = history_tables(scars)
    if not tables:
        return ()
    heading = Heading(
        "Every scar over the course", "Each keeps its number from session to session."
    )
    return (Page((heading, *tables)),)


def _masthead(pairs: Sequence[Pair], words: Labels) -> Masthead:
    first, last = _day(pairs[0], first=True), _day(pairs[-1])
    facts = (
        ("Patient", words.patient),
        ("Course", words.course),
        ("Photos by", words.operator),
        ("Sessions", str(len(pairs) + 1)),
        ("From", date_words(first)),
        ("To", date_words(last)),
    )
    title = "The course of your skin"
    return Masthead(title, words.clinic, tuple((name, fact) for name, fact in facts if fact))


def _day(pair: Pair, *, first: bool = False) -> date | None:
    taken_at = (pair.before if first else pair.after).photo.facts.taken_at
    return taken_at.date() if taken_at else None


def _trends(pairs: Sequence[Pair]) -> list[Trend]:
    """Return the first scores of all skin that any session could compare, in the table's order."""
    zones = [pair.comparison.zones.get(main_zone(pair.comparison.zones), {}) for pair in pairs]
    names = {
        name
        for changes in zones
        for name, change in changes.items()
        if change.verdict is not Verdict.NOT_COMPARABLE
    }
    chosen = sorted(names, key=score_order)[:CHARTS]
    return [Trend(name, tuple(changes.get(name) for changes in zones)) for name in chosen]


def _charts(pairs: Sequence[Pair], treatments: Sequence[date]) -> list[Block]:
    trends = _trends(pairs)
    if not trends:
        return [Notice("No score could be followed over this course", ())]
    start, days = _day(pairs[0], first=True), _days(pairs)
    ticks = [float((day - start).days) for day in treatments] if start else []
    inside = [tick for tick in ticks if 0 <= tick <= days[-1] * 1.1]
    followed = ", ".join(score_words(trend.score).name.lower() for trend in trends)
    sessions = count(len(pairs) + 1, "session")
    alt = f"Charts of {followed} over {sessions}; the tables hold the numbers."
    return [Plot(trend_svg(trends, days, inside), alt, _LEGEND)]


def _days(pairs: Sequence[Pair]) -> list[float]:
    """Return the sessions' days after the first; evenly apart where a date is not known."""
    start = _day(pairs[0], first=True)
    days = [_day(pair) for pair in pairs]
    known = [float((day - start).days) for day in days if day is not None and start is not None]
    if len(known) == len(pairs) and known[-1] > 0:
        return known
    return [float(i + 1) for i in range(len(pairs))]


def _filmstrip(pairs: Sequence[Pair]) -> Strip:
    frame, first = face_frame(pairs[0].before), pairs[0]
    bar = scale_bar(first.before.scale, frame)
    day = date_words(_day(first, first=True))
    pictures = [
        Picture(before_photo(first, frame, MAP_PX), f"Photo, {day}", "Session 1", day, bar),
        *(_later(pair, i + 2) for i, pair in enumerate(pairs)),
    ]
    return Strip(tuple(pictures), min(max(len(pictures), 3), 5))


def _later(pair: Pair, session: int) -> Picture:
    title, day = f"Session {session}", date_words(_day(pair))
    frame = face_frame(pair.before)
    if not is_refused(pair):
        pixels = after_photo(pair, frame, MAP_PX)
        return Picture(pixels, f"Photo, {day}", title, day, scale_bar(pair.before.scale, frame))
    # A refused photo is shown as it is, so cut to the same size, and said to be so.
    own = face_frame(pair.after)
    pixels = cut_photo(pair.after.photo.coded, own, frame.size(MAP_PX))
    return Picture(pixels, f"Photo, {day}, not aligned", title, f"{day}, own frame: not comparable")


def _table(trend: Trend, pairs: Sequence[Pair]) -> Table:
    heads = ("Value", "Change", "%", f"{PLUS_MINUS} SE", "MDC95", "Verdict")
    digits = score_words(trend.score).digits
    known = [change for change in trend.changes if change is not None]
    dash = "\N{EN DASH}"
    first = f"Session 1, {date_words(_day(pairs[0], first=True))}"
    rows = tuple(
        _row(f"Session {i + 2}, {date_words(_day(pair))}", change, digits)
        for i, (pair, change) in enumerate(zip(pairs, trend.changes, strict=True))
    )
    baseline: tuple[Cell, ...] = (
        first,
        number(known[0].before, digits),
        *(dash,) * 4,
        "first session",
    )
    name, unit = score_words(trend.score).name, unit_words(known[0].unit)
    return Table(name, unit, heads, (baseline, *rows))


def _row(session: str, change: Change | None, digits: int) -> tuple[Cell, ...]:
    if change is None:
        return (session, *("\N{EN DASH}",) * 5, "not measured")
    return (session, number(change.after, digits), *change_cells(change, digits))
