"""The record of one session: visit, screening, treatment, ratings and adverse events."""

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
    InvalidEntry,
    Line,
    Notes,
    NumberLine,
    label,
    rows,
)
from ui.screens.library.record_values import value_name
from ui.screens.library.screening import ScreeningPart
from ui.screens.library.session_parts import EventPart, RatingPart, TreatmentPart
from ui.screens.library.shown import SessionEntered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mnimage.domain.record import Screened
    from ui.screens.library.shown import SessionShown

_WIDE = 720
_TALL = 560
"""Least size of the form in pixels; it still fits the smallest window."""
_NOON = time(12)
"""The time of a session whose date alone was entered."""


class SessionForm(Form):
    """One session; `confirmed` carries a `SessionEntered`."""

    screening_changed = Signal(object, object)
    """The answers as `Screened`s, and the date."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, wide=_WIDE)
        self.setMinimumHeight(_TALL)
        self._session: Session | None = None
        self._warnings: tuple[str, ...] = ()
        self._shown_date = ""
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.screening, self.treatment = ScreeningPart(), TreatmentPart()
        self.ratings, self.events = RatingPart(), EventPart()
        for part, words in (
            (self._visit(), self.tr("Visit")),
            (self.screening, self.tr("Screening")),
            (self.treatment, self.tr("Treatment")),
            (self.ratings, self.tr("Ratings")),
            (self.events, self.tr("Adverse events")),
        ):
            self.tabs.addTab(part, words)
        self.body.addWidget(self.tabs)
        self.screening.changed.connect(self._ask_warnings)
        self.kind.currentIndexChanged.connect(self._show_warnings)
        self.day.editingFinished.connect(self._ask_warnings)

    def begin_with(self, shown: SessionShown) -> None:
        """Open the form for a session."""
        session = self._session = shown.session
        self.setWindowTitle(self.tr("New session") if shown.new else self.tr("Session"))
        local = session.held_at.astimezone()
        self._shown_date = local.date().isoformat()
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
        self.ratings.fill(session.patient_id, session.id, shown.ratings)
        self.events.fill(session.patient_id, session.id, shown.events)
        for part in (self.ratings, self.events):
            part.setEnabled(shown.may_treat)
        self.save.setVisible(shown.may_record)
        self.tabs.setCurrentIndex(0)
        self.begin()
        self._ask_warnings()

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show what speaks against the treatment on that day, and what was not asked."""
        self._warnings = tuple(warnings)
        self._show_warnings()

    def entered(self) -> SessionEntered:
        """Return the session as entered."""
        session = self._session
        if session is None:
            raise ValueError("no session is open")
        treated = self.kind.value is VisitKind.TREATMENT
        if treated and self._warnings and not self.override.entered:
            self.tabs.setCurrentWidget(self.screening)
            raise InvalidEntry(
                self.tr("Answer every question, or enter the reason for treating anyway.")
            )
        changed = replace(
            session,
            held_at=self._held_at(session),
            kind=self.kind.value,
            series_id=self.course.value,
            number=self.number.whole,
            operator=self.operator.entered,
            screening=self.screening.answers(),
            override=self.override.entered if treated and self._warnings else "",
            treatment=self.treatment.entered() if treated else session.treatment,
            notes=self.notes.entered,
        )
        return SessionEntered(changed, self.ratings.added(), self.events.added())

    def _held_at(self, session: Session) -> datetime:
        """Return when it was; the time of day stays where the date was not changed."""
        day = self.day.day
        if day is None:
            raise InvalidEntry(self.tr("Date: enter the date of the session."))
        if day.isoformat() == self._shown_date:
            return session.held_at
        if day > datetime.now(UTC).astimezone().date():
            raise InvalidEntry(self.tr("Date: this date is in the future."))
        return datetime.combine(day, _NOON).astimezone()

    def _visit(self) -> QWidget:
        self.day = DateLine(self.tr("Date"))
        self.kind = Choice(
            self.tr("Type of visit"), ((str(value_name(one)), one) for one in VisitKind)
        )
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
            (self.tr("Date"), self.day),
            ("", self.since),
            (self.tr("Type of visit"), self.kind),
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
        except InvalidEntry:
            return
        if day is not None:
            answers: tuple[Screened, ...] = self.screening.answers()
            self.screening_changed.emit(answers, day)

    def _show_warnings(self) -> None:
        treated = self.kind.value is VisitKind.TREATMENT
        shown = self._warnings if treated else ()
        self.screening.show_warnings(shown)
        self.warned.setText("\n".join(shown))
        self.tabs.setTabText(1, self.tr("Screening (!)") if shown else self.tr("Screening"))
        self.tabs.setTabEnabled(2, treated)
