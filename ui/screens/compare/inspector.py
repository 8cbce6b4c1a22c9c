"""The numbers beside the pictures: how comparable, what changed, which scars, which checks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from mnimage.report.patient import caution_words
from mnimage.report.refused import refused_advice
from mnimage.report.registration import registration_lines
from mnimage.report.relief import pair_warnings
from mnimage.report.uncertainty import needling_words, shots_words
from mnimage.report.words import unbroken
from ui import theme
from ui.widgets.findings import FindingList, failed
from ui.widgets.scores import ScarTable, ScoreTable

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mnimage.domain.comparison import Comparison
    from mnimage.domain.pair import Pair
    from mnimage.domain.relief import Scar

_GRADES = {
    "A": "Taken alike",
    "B": "Comparable, small differences",
    "C": "Comparable with care",
    "D": "Hardly comparable",
    "F": "Not comparable",
}


_REASONS_SHOWN, _FEWER = 4, 2
_LOW = 760
"""Under this height fewer reasons are shown, so that the scores keep their room."""


class Inspector(QFrame):
    """Grade, scores, scars and checks of a pair."""

    map_chosen = Signal(str)
    scar_chosen = Signal(object)
    """A `Scar` of the photo before that the user wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setFixedWidth(theme.INSPECTOR_WIDTH)
        self._scars_before: dict[str, Scar] = {}
        self._given: tuple[str, ...] = ()
        self._grade, self._words = GradeBadge(), _label("heading")
        self._reasons, self._facts = _label("soft"), _label("small")
        self._reasons.setObjectName("reasons")
        self._facts.setObjectName("facts")
        self._scores, self._scars, self._findings = ScoreTable(), ScarTable(), FindingList()
        self._no_scores = _label("soft")
        self._no_scores.setContentsMargins(16, 16, 16, 16)
        self._no_scores.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setObjectName("tabs")
        self._scores.chosen.connect(self._choose_score)
        self._scars.chosen.connect(self._choose_scar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        layout.addWidget(self._tabs, 1)

    def show_pair(self, pair: Pair) -> None:
        """Show everything measured on a pair."""
        comparison = pair.comparison
        grade = comparison.comparability
        self._grade.show_grade(grade.grade)
        self._words.setText(_GRADES.get(grade.grade, ""))
        reasons = reasons_of(pair)
        self._given = (*warnings_of(pair), *reasons)
        self._show_reasons()
        notes = (
            _alignment_words(pair),
            "" if pair.before.relief else color_words(comparison),
            entered_words(comparison),
        )
        self._facts.setText("\n".join(filter(None, notes)))
        self._scores.show_zones(comparison.zones, is_calibrated(comparison))
        self._scars.show_scars(comparison.scars)
        self._scars_before = {str(scar.id): scar.before for scar in comparison.scars}
        self._findings.show_pair(pair, reasons)
        why = self.tr("Nothing was compared, and no number is given.")
        self._no_scores.setText("\n\n".join((why, refused_advice(pair))))
        self._fill_tabs(pair)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many reasons as there is room for."""
        super().resizeEvent(event)
        self._show_reasons()

    def _show_reasons(self) -> None:
        """Show a few reasons, so that the scores keep their place; all are in the last tab."""
        shown = list(self._given[: _FEWER if self.height() < _LOW else _REASONS_SHOWN])
        if left := len(self._given) - len(shown):
            shown.append(self.tr("And {0} more, under Photo checks.").format(left))
        self._reasons.setText("\n".join(shown))
        self._reasons.setVisible(bool(shown))

    def _fill_tabs(self, pair: Pair) -> None:
        self._tabs.clear()
        first = self._scores if pair.comparison.zones else self._no_scores
        self._tabs.addTab(first, self.tr("Scores"))
        if pair.comparison.scars:
            self._tabs.addTab(self._scars, f"{self.tr('Scars')} ({len(pair.comparison.scars)})")
        number = failed(pair)
        checks = self.tr("Photo checks")
        self._tabs.addTab(self._findings, f"{checks} ({number})" if number else checks)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(16, 16, 16, 12)
        head.setSpacing(16)
        head.addWidget(self._grade, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._words, self._reasons, self._facts):
            words.addWidget(label)
        words.addStretch(1)
        head.addLayout(words, 1)
        return head

    def _choose_score(self, key: tuple[str, str]) -> None:
        self.map_chosen.emit(key[1])

    def _choose_scar(self, key: tuple[str]) -> None:
        if scar := self._scars_before.get(key[0]):
            self.scar_chosen.emit(scar)


class GradeBadge(QWidget):
    """How comparable a pair is, as one large letter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grade = ""
        self.setFixedSize(64, 64)
        self.setAccessibleName(self.tr("Comparability"))

    def show_grade(self, grade: str) -> None:
        """Show A to F."""
        self._grade = grade
        words = self.tr("Comparability {0}").format(grade)
        self.setAccessibleName(words)
        self.setToolTip(self.tr("{0}, where A is taken alike and F not comparable").format(words))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the letter; full, thin or dashed frame as the grade falls."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours_of(self.palette())
        good, refused = self._grade in ("A", "B"), self._grade == "F"
        style = Qt.PenStyle.DashLine if refused else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(colours.text if good else colours.soft), 2, style))
        painter.setBrush(QColor(colours.raised))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
        painter.setPen(QColor(colours.text))
        painter.setFont(theme.sized(self.font(), theme.LARGE_PT, bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._grade)


def reasons_of(pair: Pair) -> tuple[str, ...]:
    """Return every reason for a pair's grade once, what the registration warns of first."""
    alignment = pair.comparison.alignment
    messages = (alignment.reason,) if not alignment.aligned else alignment.warnings
    said = map(str, messages)
    cautions = (caution_words(caution) for caution in pair.comparison.cautions)
    left_out = (
        f"Repeat shot {one.side.value} left out, {one.name}: {one.left_out}"
        for one in pair.comparison.replicates
        if one.left_out
    )
    notes = (*said, *cautions, *left_out, *pair.comparison.comparability.reasons)
    return tuple(dict.fromkeys(str(reason).rstrip(".") + "." for reason in notes if reason))


def warnings_of(pair: Pair) -> tuple[str, ...]:
    """Return what makes the reliefs questionable, what holds for both of them said once."""
    return tuple(f"{whose}: {warning}" for whose, warning in pair_warnings(pair))


def entered_words(comparison: Comparison) -> str:
    """Return what the clinic entered on the pair: repeat shots, needling, a control patch."""
    shots, days = shots_words(comparison), needling_words(comparison)
    notes = (
        f"Shots: {shots}." if shots else "",
        f"Since needling: {days}." if days else "",
        "Verdicts are those beyond the control patch." if comparison.notes.control else "",
    )
    return " ".join(filter(None, notes))


def is_calibrated(comparison: Comparison) -> bool | None:
    """Say whether colours were calibrated by a chart; None where none were measured."""
    if comparison.before is None or comparison.after is None:
        return None
    return comparison.before.calibrated and comparison.after.calibrated


def color_words(comparison: Comparison) -> str:
    """Return how well both photos' colours are known."""
    calibrated = is_calibrated(comparison)
    if calibrated is None:
        return ""
    if not calibrated:
        return "Colour: not calibrated; a photo of a colour chart makes redness more certain."
    cards = (comparison.before, comparison.after)
    errors = [f"{card.color.mean:.1f}" for card in cards if card and card.color]
    return f"Colour: calibrated, error {' and '.join(errors)} ΔE." if errors else ""


def _alignment_words(pair: Pair) -> str:
    alignment = pair.comparison.alignment
    if not alignment.aligned or math.isnan(alignment.error_median_px):
        return ""
    return unbroken("\n".join(registration_lines(alignment, pair.before)))


def _label(kind: str) -> QLabel:
    label = QLabel()
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
