"""What is asked before the skin is needled, and what the answers warn of."""

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
from ui.screens.library.fields import Choice, DateLine, Line, Wrong, label

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = ((Answer.UNKNOWN, "not asked"), (Answer.NO, "no"), (Answer.YES, "yes"))


class ScreeningPart(QWidget):
    """One line for each question; `override` is why the skin is needled all the same."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: dict[Contraindication, Choice[Answer]] = {}
        self._until: dict[Contraindication, DateLine] = {}
        self._notes: dict[Contraindication, str] = {}
        self.override = Line(self.tr("Why the skin is needled all the same"))
        self.override.setObjectName("override")
        self._why = QLabel(self.tr("Why the skin is needled all the same"))
        self._warnings = label("", "trouble")
        self._warnings.setObjectName("warnings")
        self.all_no = QPushButton(self.tr("All the others: no"))
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
        for asked, choice in self._told.items():
            answer = answers.get(asked)
            choice.blockSignals(True)
            choice.choose(answer.answer if answer else Answer.UNKNOWN)
            choice.blockSignals(False)
            self._until[asked].show_day(answer.until if answer else None)
            self._until[asked].setVisible(choice.value is Answer.YES)

    def answers(self) -> tuple[Screened, ...]:
        """Return what was said; raises `Wrong` where a day is none."""
        return tuple(
            Screened(
                asked=asked,
                answer=choice.value,
                until=self._until[asked].day if choice.value is Answer.YES else None,
                note=self._notes.get(asked, ""),
            )
            for asked, choice in self._told.items()
            if choice.value is not Answer.UNKNOWN
        )

    def answer(self, asked: Contraindication, told: Answer) -> None:
        """Answer one question."""
        self._told[asked].choose(told)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show what speaks against needling."""
        self._warnings.setText("\n".join(warnings))
        for widget in (self.override, self._why):
            widget.setEnabled(bool(warnings))

    def _questions(self) -> QScrollArea:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for row, asked in enumerate(Contraindication):
            choice = Choice(asked.value, ((words, told) for told, words in _WORDS))
            choice.setObjectName(f"asked-{asked.name.lower()}")
            until = DateLine(self.tr("ended on"))
            until.setPlaceholderText(self.tr("ended on"))
            until.setMaximumWidth(130)
            keeps = until.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)
            until.setSizePolicy(keeps)
            until.hide()
            choice.currentIndexChanged.connect(self._notes_changed)
            until.editingFinished.connect(self._day_changed)
            grid.addWidget(QLabel(asked.value.capitalize()), row, 0)
            grid.addWidget(until, row, 1)
            grid.addWidget(choice, row, 2)
            self._told[asked], self._until[asked] = choice, until
        inside = QWidget()
        inside.setLayout(grid)
        return _scrolled(inside)

    def _answer_no(self) -> None:
        for choice in self._told.values():
            if choice.value is Answer.UNKNOWN:
                choice.blockSignals(True)
                choice.choose(Answer.NO)
                choice.blockSignals(False)
        self.changed.emit()

    def _notes_changed(self) -> None:
        for asked, choice in self._told.items():
            self._until[asked].setVisible(choice.value is Answer.YES)
        self._day_changed()

    def _day_changed(self) -> None:
        try:
            self.answers()
        except Wrong:
            return
        self.changed.emit()


def _scrolled(inside: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area
