"""The screening before a treatment: its questions, and what the answers warn of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mnimage.domain.record import Answer, Contraindication, Screened
from ui.screens.library.fields import Choice, DateLine, InvalidEntry, Line, label
from ui.screens.library.record_values import value_name, value_title

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANSWERS = (Answer.UNKNOWN, Answer.NO, Answer.YES)


class ScreeningPart(QWidget):
    """One line for each question; `override` is the reason for treating in spite of a warning."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answers: dict[Contraindication, Choice[Answer]] = {}
        self._until: dict[Contraindication, DateLine] = {}
        self._notes: dict[Contraindication, str] = {}
        self.override = Line(self.tr("Reason for treating anyway"))
        self.override.setObjectName("override")
        self._why = QLabel(self.tr("Reason for treating anyway"))
        self._warnings = label("", "trouble")
        self._warnings.setObjectName("warnings")
        self.all_no = QPushButton(self.tr("Answer all others with no"))
        self.all_no.setObjectName("all-no")
        self.all_no.setAutoDefault(False)
        self.all_no.clicked.connect(self._answer_no)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.all_no, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._questions(), 3)
        layout.addWidget(_scrolled(self._warnings), 1)
        layout.addWidget(self._why)
        layout.addWidget(self.override)

    def fill(self, screening: Sequence[Screened]) -> None:
        """Show the answers of a session."""
        answers = {one.asked: one for one in screening}
        self._notes = {one.asked: one.note for one in screening}
        for asked, choice in self._answers.items():
            answer = answers.get(asked)
            choice.blockSignals(True)
            choice.choose(answer.answer if answer else Answer.UNKNOWN)
            choice.blockSignals(False)
            self._until[asked].show_day(answer.until if answer else None)
            self._until[asked].setVisible(choice.value is Answer.YES)

    def answers(self) -> tuple[Screened, ...]:
        """Return the answers; raises `InvalidEntry` where a date is none."""
        return tuple(
            Screened(
                asked=asked,
                answer=choice.value,
                until=self._until[asked].day if choice.value is Answer.YES else None,
                note=self._notes.get(asked, ""),
            )
            for asked, choice in self._answers.items()
            if choice.value is not Answer.UNKNOWN
        )

    def answer(self, asked: Contraindication, answer: Answer) -> None:
        """Answer one question."""
        self._answers[asked].choose(answer)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show what speaks against the treatment, and what was not asked."""
        self._warnings.setText("\n".join(warnings))
        for widget in (self.override, self._why):
            widget.setEnabled(bool(warnings))

    def _questions(self) -> QScrollArea:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for row, asked in enumerate(Contraindication):
            title = value_title(asked)
            choice = Choice(title, ((str(value_name(one)), one) for one in _ANSWERS))
            choice.setObjectName(f"asked-{asked.name.lower()}")
            until = DateLine(self.tr("Ended on"))
            until.setPlaceholderText(self.tr("Ended on"))
            until.setMaximumWidth(130)
            keeps = until.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)
            until.setSizePolicy(keeps)
            until.hide()
            choice.currentIndexChanged.connect(self._answers_changed)
            until.editingFinished.connect(self._date_changed)
            grid.addWidget(QLabel(title), row, 0)
            grid.addWidget(until, row, 1)
            grid.addWidget(choice, row, 2)
            self._answers[asked], self._until[asked] = choice, until
        inside = QWidget()
        inside.setLayout(grid)
        return _scrolled(inside)

    def _answer_no(self) -> None:
        for choice in self._answers.values():
            if choice.value is Answer.UNKNOWN:
                choice.blockSignals(True)
                choice.choose(Answer.NO)
                choice.blockSignals(False)
        self.changed.emit()

    def _answers_changed(self) -> None:
        for asked, choice in self._answers.items():
            self._until[asked].setVisible(choice.value is Answer.YES)
        self._date_changed()

    def _date_changed(self) -> None:
        try:
            self.answers()
        except InvalidEntry:
            return
        self.changed.emit()


def _scrolled(inside: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area
