"""A verdict as word, shape and colour, the same wherever it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor

from mnimage.domain.comparison import Source, Verdict
from mnimage.report.words import unit_words
from ui.widgets import icons

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from mnimage.domain.comparison import Change
    from ui import theme


_LEAST = "the least that can be distinguished from a repeated photo (MDC95)"


@dataclass(frozen=True, slots=True)
class Sign:
    """How a verdict looks: its word, its drawing, and the name of its colour in the theme."""

    word: str
    drawing: str
    colour: str


def sign_of(verdict: Verdict, change: float = float("nan")) -> Sign:
    """Return how a verdict looks; the arrow points as the score went."""
    arrow = "up" if change > 0 else "down"
    return {
        Verdict.BETTER: Sign("better", arrow, "better"),
        Verdict.WORSE: Sign("worse", arrow, "worse"),
        Verdict.WITHIN_ERROR: Sign("within error", "wave", "within"),
        Verdict.NOT_COMPARABLE: Sign("not comparable", "hatch", "refused"),
    }[verdict]


def explain(change: Change) -> str:
    """Return why a verdict was given, and what is to be borne in mind with it."""
    if change.verdict is Verdict.NOT_COMPARABLE:
        lines = [str(change.reason) or "These two values must not be compared."]
        if isfinite(change.change):
            lines.append("The values are shown as they were measured.")
        return " ".join(lines)
    lines = [_against_error(change), _family(change) or "", str(change.reason)]
    if change.source is Source.REPEATS:
        lines.append("The error is that of this patient's own repeat shots.")
    return " ".join(filter(None, lines))


def _family(change: Change) -> str:
    """Return what a change needs to be called first among all that are looked at."""
    if change.family <= 1 or not isfinite(change.mdc95_family):
        return ""
    needed = _amount(change, change.mdc95_family)
    return f"The first of {change.family} changes weighed together needs {needed} to be called."


def _amount(change: Change, value: float) -> str:
    return f"{value:.2g} {unit_words(change.unit)}".strip()


def _against_error(change: Change) -> str:
    amount, _, least = change.weighed
    beyond = " beyond the untreated control patch" if change.controlled else ""
    known = _amount(change, least)
    if change.verdict is not Verdict.WITHIN_ERROR:
        return f"The change{beyond} is larger than {known}, {_LEAST}."
    if abs(amount) <= least:
        return f"The change{beyond} is smaller than {known}, {_LEAST}."
    return (
        f"The change{beyond} is larger than {known}, but {change.family} changes are weighed "
        "together, and by chance alone one of them may be."
    )


def draw_sign(painter: QPainter, sign: Sign, place: QRectF, colours: theme.Colours) -> None:
    """Draw shape and word into `place`."""
    colour = QColor(getattr(colours, sign.colour))
    side = 16.0
    shape = QRectF(place.left(), place.center().y() - side / 2, side, side)
    icons.draw(painter, sign.drawing, colour, shape)
    painter.setPen(colour)
    words = place.adjusted(side + 5, 0, 0, 0)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(words, int(flags) | int(Qt.TextFlag.TextWordWrap), sign.word)
