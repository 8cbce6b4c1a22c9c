"""The record of one session: visit, screening, treatment, scales, and what came after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QTabWidget, QWidget

from mnimage.domain.record import Session, VisitKind
from ui.screens.library.fields import (
    Choice,
    DateLine,
    Form,
    Line,
    Notes,
    NumberLine,
    Wrong,
    label,
    rows,
)
from ui.screens.library.screening import ScreeningPart
from ui.screens.library.sessionparts import EventPart, ScalePart, TreatmentPart
from ui.screens.library.shown import SessionWritten
from ui.screens.library.words import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mnimage.domain.record import Screened
    from ui.screens.library.shown import SessionShown

_WIDE = 720
_TALL = 560
_NOON = time(12)
_NOT_KNOWN = "Not known"
"""How the library tells of a question that was not asked."""


class SessionForm(Form):
    """One session; `confirmed` carries a `SessionWritten`."""

    screening_changed = Signal(object, object)
    """The answers as `Screened`s, and the day."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "Keep", parent, wide=_WIDE)
        self.setMinimumHeight(_TALL)
        self._session: Session | None = None
        self._warnings: tuple[str, ...] = ()
        self._shown_day = ""
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.screening, self.treatment = ScreeningPart(), TreatmentPart()
        self.scales, self.after = ScalePart(), EventPart()
        for part, words in (
            (self._visit(), self.tr("Visit")),
            (self.screening, self.tr("Screening")),
            (self.treatment, self.tr("Treatment")),
            (self.scales, self.tr("Scales")),
            (self.after, self.tr("Afterwards")),
        ):
            self.tabs.addTab(part, words)
        self.body.addWidget(self.tabs)
        self.screening.changed.connect(self._ask_warnings)
        self.kind.currentIndexChanged.connect(self._show_warnings)
        self.day.editingFinished.connect(self._ask_warnings)

    def begin_with(self, shown: SessionShown) -> None:
        """Open for a session."""
        session = self._session = shown.session
        self.setWindowTitle(self.tr("New session") if shown.new else self.tr("Session"))
        local = session.held_at.astimezone()
        self._shown_day = local.date().isoformat()
        self.day.show_day(local.date())
        self.kind.choose(session.kind)
        self.course.refill(shown.courses)
        self.course.choose(session.series_id)
        self.number.show_number(session.number)
        self.since.setText(shown.since_last)
        self._rows.setRowVisible(self.since, bool(shown.since_last))
        self.operator.setText(session.operator)
        self.notes.setPlainText(session.notes)
        self.override.setText(session.override)
        self.screening.fill(session.screening)
        self.treatment.fill(session.treatment)
        self.scales.fill(session.patient_id, session.id, shown.ratings)
        self.after.fill(session.patient_id, session.id, shown.events)
        for part in (self.scales, self.after):
            part.setEnabled(shown.may_treat)
        self._keep.setVisible(shown.may_record)
        self.tabs.setCurrentIndex(0)
        self.begin()
        self._ask_warnings()

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show what speaks against needling on that day."""
        self._warnings = tuple(warnings)
        self._show_warnings()

    def written(self) -> SessionWritten:
        """Return the session as written."""
        session = self._session
        if session is None:
            raise ValueError("no session is open")
        treated = self.kind.value is VisitKind.TREATMENT
        if treated and self._warnings and not self.override.words:
            self.tabs.setCurrentWidget(self.screening)
            raise Wrong("Answer every question, or say why the skin is needled all the same.")
        changed = replace(
            session,
            held_at=self._held_at(session),
            kind=self.kind.value,
            series_id=self.course.value,
            number=self.number.whole,
            operator=self.operator.words,
            screening=self.screening.answers(),
            override=self.override.words if treated and self._warnings else "",
            treatment=self.treatment.written() if treated else session.treatment,
            notes=self.notes.words,
        )
        return SessionWritten(changed, self.scales.added(), self.after.added())

    def _held_at(self, session: Session) -> datetime:
        """Return the moment: the one that was known, if the day was left as it is."""
        day = self.day.day
        if day is None:
            raise Wrong("Day: when was the session?")
        if day.isoformat() == self._shown_day:
            return session.held_at
        if day > datetime.now(UTC).astimezone().date():
            raise Wrong("Day: this day is still to come.")
        return datetime.combine(day, _NOON).astimezone()

    def _visit(self) -> QWidget:
        self.day = DateLine(self.tr("Day"))
        self.kind = Choice(self.tr("Kind"), ((one.value.capitalize(), one) for one in VisitKind))
        self.course: Choice[str | None] = Choice(self.tr("Course of treatment"), ())
        self.number = NumberLine(self.tr("Number in the course"))
        self.since = QLabel()
        self.since.setProperty("kind", "soft")
        self.operator = Line(self.tr("Operator"))
        self.notes = Notes(self.tr("Notes"), 112)
        self.override = self.screening.override
        page = QWidget()
        made = self._rows = rows()
        page.setLayout(made)
        for words, field in (
            (self.tr("Day"), self.day),
            ("", self.since),
            (self.tr("Kind"), self.kind),
            (self.tr("Course of treatment"), self.course),
            (self.tr("Number in the course"), self.number),
            (self.tr("Operator"), self.operator),
            (self.tr("Notes"), self.notes),
        ):
            made.addRow(words, field)
        self.warned = label("", "trouble")
        self.warned.setObjectName("visit-warning")
        made.addRow("", self.warned)
        return page

    def _ask_warnings(self) -> None:
        day: date | None = None
        try:
            day = self.day.day
        except Wrong:
            return
        if day is not None:
            answers: tuple[Screened, ...] = self.screening.answers()
            self.screening_changed.emit(answers, day)

    def _show_warnings(self) -> None:
        needled = self.kind.value is VisitKind.TREATMENT
        shown = list(self._warnings) if needled else []
        told = [one for one in shown if not one.startswith(_NOT_KNOWN)]
        if len(told) < len(shown):
            told.append(f"{count_words(len(shown) - len(told), 'question')} not asked yet.")
        self.screening.show_warnings(told)
        self.warned.setText("\n".join(told))
        self.tabs.setTabText(1, self.tr("Screening") + (" (!)" if shown else ""))
        self.tabs.setTabEnabled(2, needled)
