"""One chart per score over a course: time, uncertainty, treatments, and what is only noise."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.comparison import Verdict
from mnimage.report.words import number, score_words, unit_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from mnimage.domain.comparison import Change

WIDTH_IN, ROW_IN = 6.85, 2.35
INK, QUIET, HAIR, BAND = "#1b1d1f", "#5c6166", "#d4d7da", "#eceef0"
_TONES = {
    Verdict.BETTER: "#1a5fa8",
    Verdict.WORSE: "#b04a00",
    Verdict.WITHIN_ERROR: QUIET,
    Verdict.NOT_COMPARABLE: QUIET,
}
_STYLE = {
    "svg.fonttype": "path",
    "svg.hashsalt": "mnimage",
    "font.family": "DejaVu Sans",
    "font.size": 7.0,
    "axes.unicode_minus": True,
}


@dataclass(frozen=True, slots=True)
class Trend:
    """One score over a course: each session's change against the baseline, None where missing."""

    score: str
    changes: tuple[Change | None, ...]


def trend_svg(
    trends: Sequence[Trend], days: Sequence[float], treatments: Sequence[float] = ()
) -> str:
    """Return the charts as SVG, two side by side, all letters as outlines.

    Parameters
    ----------
    trends
        One chart each.
    days
        When the sessions after the baseline took place, in days after it; one for each change.
    treatments
        When treatments took place, in days after the baseline.
    """
    import matplotlib as mpl  # slow to import, and needed only for a course
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    columns = min(len(trends), 2)
    rows = -(-len(trends) // columns)
    room = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06, wspace=0.06)
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type] # keys are right, their type too narrow
        figure = Figure(figsize=(WIDTH_IN, ROW_IN * rows), layout=room)
        boxes = figure.subplots(rows, columns, squeeze=False).ravel()
        for box, trend in zip(boxes, trends, strict=False):
            _draw(box, trend, np.asarray(days, dtype=float), treatments)
        for box in boxes[len(trends) :]:
            box.set_axis_off()
        text = StringIO()
        figure.savefig(
            text, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return text.getvalue()


def _draw(box: Axes, trend: Trend, days: NDArray[np.float64], treatments: Sequence[float]) -> None:
    known = [(day, c) for day, c in zip(days.tolist(), trend.changes, strict=True) if c is not None]
    first = next((c for _, c in known if np.isfinite(c.before)), None)
    if first is None:
        box.set_axis_off()
        return
    _draw_band(box, first, [c for _, c in known], days)
    _draw_way(box, first, known)
    for day, change in known:
        _draw_point(box, day, change)
    box.plot(0, first.before, "o", color=INK, markersize=4.5, zorder=4)
    _dress(box, trend, first, days)
    for day in treatments:
        box.axvline(day, 0.0, 0.06, color=INK, linewidth=1.1, zorder=2)


def _draw_band(box: Axes, first: Change, changes: list[Change], days: NDArray[np.float64]) -> None:
    """Draw the band of no detectable change around the baseline."""
    reach = max((c.mdc95 for c in changes if np.isfinite(c.mdc95)), default=0.0)
    low, high = first.before - reach, first.before + reach
    box.axhspan(low, high, color=BAND, linewidth=0, zorder=0)
    box.axhline(first.before, color=HAIR, linewidth=0.7, zorder=1)
    box.set_xlim(-0.05 * days.max(), 1.16 * days.max())


def _draw_way(box: Axes, first: Change, known: list[tuple[float, Change]]) -> None:
    sound = [(d, c.after) for d, c in known if c.verdict is not Verdict.NOT_COMPARABLE]
    places, values = zip((0.0, first.before), *sound, strict=True)
    box.plot(places, values, color=INK, linewidth=0.9, zorder=2)


def _draw_point(box: Axes, day: float, change: Change) -> None:
    if not np.isfinite(change.after):
        return
    tone, hollow = _TONES[change.verdict], change.verdict is Verdict.NOT_COMPARABLE
    decided = change.verdict in (Verdict.BETTER, Verdict.WORSE)
    shape = ("^" if change.change > 0 else "v") if decided else "o"
    error = change.uncertainty if np.isfinite(change.uncertainty) else 0.0
    box.errorbar(
        day, change.after, error, fmt=shape, color=tone, markersize=5.5 if decided else 4.5,
        markerfacecolor="white" if hollow else tone, elinewidth=0.8, capsize=2, zorder=3,
    )  # fmt: skip


def _dress(box: Axes, trend: Trend, first: Change, days: NDArray[np.float64]) -> None:
    words = score_words(trend.score)
    box.set_title(words.name, loc="left", fontsize=8, fontweight="bold", color=INK, pad=6)
    box.set_title(unit_words(first.unit), loc="right", fontsize=7, color=QUIET, pad=6)
    box.spines[["top", "right", "left"]].set_visible(False)
    box.spines["bottom"].set_color(HAIR)
    box.tick_params(colors=QUIET, length=0, labelsize=6.5)
    box.grid(axis="y", color=HAIR, linewidth=0.3)
    box.set_axisbelow(True)
    box.margins(y=0.16)
    box.set_xticks([0.0, *days], ["0", *(f"{day:.0f}" for day in days)])
    box.locator_params(axis="y", nbins=5)
    box.set_xlabel("days after the first session", fontsize=6.5, color=QUIET)
    last = trend.changes[-1]
    if last is not None and np.isfinite(last.after):
        box.annotate(
            number(last.after, words.digits), (days[-1], last.after), (6, 0),
            textcoords="offset points", va="center", fontsize=7.5, color=_TONES[last.verdict],
        )  # fmt: skip
