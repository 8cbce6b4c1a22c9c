"""Every scar over a whole course: as a document, as a list, and as tables of the report."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any, Protocol

from mnimage.domain.comparison import ScarState, Verdict
from mnimage.domain.report import Table
from mnimage.report.answers import comparison_answer, scar_answer
from mnimage.report.words import number, percent, unit_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.domain.comparison import Change, ScarChange, ScarCourse
    from mnimage.domain.pair import Pair
    from mnimage.domain.report import Cell

SHOWN = 5
"""Sessions side by side in a table of the report: the first, and the last ones."""

COLUMNS = (
    "id",
    "type",
    "row",
    "col",
    "session",
    "state",
    "verdict",
    "depth_mm",
    "depth_uncertainty_mm",
    "depth_change_percent",
    "volume_mm3",
    "volume_uncertainty_mm3",
    "volume_change_percent",
    "area_mm2",
    "lower_bound",
)

_FIRST = "first"
_DASH = "\N{EN DASH}"
_NOTE = (
    "All against session 1, at the same places. Filled, deeper or new is what changed by more than "
    "the error of measuring twice; all else is unchanged. \N{GREATER-THAN OR EQUAL TO} is a lower "
    "bound."
)


class _CellOf(Protocol):
    def __call__(self, one: ScarChange | None, *, first: bool = False) -> str: ...


def history_answer(pairs: Sequence[Pair], scars: Sequence[ScarCourse]) -> dict[str, Any]:
    """Return the answer of `follow`.

    Parameters
    ----------
    pairs
        Each later session against the first.
    scars
        Every scar over these sessions.
    """
    return {
        "first": pairs[0].before.name,
        "sessions": [
            {
                "session": place,
                "file": pair.after.name,
                "status": "aligned" if pair.comparison.alignment.aligned else "not comparable",
                "reason": str(pair.comparison.alignment.reason),
                **comparison_answer(pair.comparison, pair.before),
            }
            for place, pair in enumerate(pairs, 2)
        ],
        "scars": [_course_answer(course) for course in scars],
    }


def _course_answer(course: ScarCourse) -> dict[str, Any]:
    known = _known(course)
    return {
        "id": course.id,
        "type": _kind(course),
        "row": known.before.row,
        "col": known.before.column,
        "state": _state(_last(course)),
        "sessions": [
            {"session": 1, "state": _FIRST, **scar_answer(known.before), "id": course.id},
            *(_session_answer(place, one) for place, one in enumerate(course.changes, 2)),
        ],
    }


def _session_answer(place: int, one: ScarChange | None) -> dict[str, Any]:
    after = scar_answer(one.after) if one is not None and one.after is not None else {}
    return {
        **after,
        "session": place,
        "state": _state(one),
        "verdict": (one.verdict if one is not None else Verdict.NOT_COMPARABLE).value,
        "depth_change_percent": _change(one.depth if one else None),
        "volume_change_percent": _change(one.volume if one else None),
    }


def history_csv(scars: Sequence[ScarCourse]) -> bytes:
    """Return one line per scar and session, UTF-8 with a heading; what is not known stays empty."""
    text = StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n", extrasaction="ignore")
    table.writeheader()
    for course in scars:
        whole = _course_answer(course)
        for session in whole["sessions"]:
            own = {**session, **{name: whole[name] for name in ("id", "type", "row", "col")}}
            table.writerow({name: _plain(own.get(name)) for name in COLUMNS})
    return text.getvalue().encode()


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def history_tables(scars: Sequence[ScarCourse]) -> tuple[Table, ...]:
    """Return the depth and the volume of every scar at each session; no table without scars."""
    if not scars:
        return ()
    depths = _table("Depth of each scar", "mm", scars, _depth_cell)
    volumes = _table("Volume of each scar", "mm3", scars, _volume_cell)
    return depths, replace(volumes, note=_NOTE)


def _table(title: str, unit: str, scars: Sequence[ScarCourse], cell: _CellOf) -> Table:
    count = len(scars[0].changes)
    shown = range(max(count - SHOWN + 1, 0), count)
    heads = ("Session 1", *(f"Session {place + 2}" for place in shown), "Change", "State")
    rows = tuple(_row(course, shown, cell) for course in scars)
    return Table(title, unit_words(unit), heads, rows)


def _row(course: ScarCourse, shown: range, cell: _CellOf) -> tuple[Cell, ...]:
    known, last = _known(course), _last(course)
    change = None
    if last is not None:
        change = last.depth if cell is _depth_cell else last.volume
    return (
        f"{course.id} \N{MIDDLE DOT} {_kind(course)}" if _kind(course) else str(course.id),
        cell(known, first=True),
        *(cell(course.changes[place]) for place in shown),
        percent(_change(change)),
        _state(last),
    )


def _depth_cell(one: ScarChange | None, *, first: bool = False) -> str:
    scar = None if one is None else one.before if first else one.after
    if scar is None:
        return _DASH
    bound = "\N{GREATER-THAN OR EQUAL TO}\N{NO-BREAK SPACE}" if scar.lower_bound else ""
    return bound + number(scar.depth_mm, 2)


def _volume_cell(one: ScarChange | None, *, first: bool = False) -> str:
    scar = None if one is None else one.before if first else one.after
    return _DASH if scar is None else number(scar.volume_mm3, 2)


def _known(course: ScarCourse) -> ScarChange:
    """Return a session that shows the scar; there is one, or it would have no course."""
    return next(one for one in course.changes if one is not None)


def _last(course: ScarCourse) -> ScarChange | None:
    return course.changes[-1]


def _kind(course: ScarCourse) -> str:
    """Return the kind of scar: of a new one, what it is now."""
    known = _known(course)
    return known.after.kind if known.fresh and known.after is not None else known.before.kind


def _state(one: ScarChange | None) -> str:
    return (ScarState.NOT_MEASURED if one is None else one.state).value


def _change(change: Change | None) -> float | None:
    if change is None or change.verdict is Verdict.NOT_COMPARABLE:
        return None
    return change.change_percent
