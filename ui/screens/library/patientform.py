"""Forms for a patient, a course of treatment and the consents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mnimage.domain.record import (
    Consent,
    Indication,
    Laterality,
    Patient,
    Plan,
    Purpose,
    Series,
    Sex,
    Site,
    SkinType,
)
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
from ui.screens.library.words import consent_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_PURPOSES = {
    Purpose.RECORD: "Photos for the record of treatment",
    Purpose.TEACHING: "Teaching, inside the profession",
    Purpose.PUBLICATION: "Publication in journals and talks",
    Purpose.MARKETING: "Marketing: the clinic's pages and adverts",
}


class PatientForm(Form):
    """One patient; `confirmed` carries the `Patient` as written."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "Keep", parent)
        self._patient: Patient | None = None
        self.code = Line(self.tr("Code"), self.tr("what the clinic writes on paper"), longest=64)
        self.name = Line(self.tr("Name"))
        self.birth = DateLine(self.tr("Born on"))
        self.sex = Choice(self.tr("Sex"), ((one.value, one) for one in reversed(Sex)))
        self.skin: Choice[SkinType | None] = Choice(
            self.tr("Fitzpatrick skin type"),
            [("not told", None), *((f"type {one.name}", one) for one in SkinType)],
        )
        self.medication = Line(self.tr("Medication"))
        self.allergies = Line(self.tr("Allergies"))
        self.notes = Notes(self.tr("Notes"))
        made = rows()
        for words, field in (
            (self.tr("Code"), self.code),
            (self.tr("Name"), self.name),
            (self.tr("Born on"), self.birth),
            (self.tr("Sex"), self.sex),
            (self.tr("Fitzpatrick type"), self.skin),
            (self.tr("Medication"), self.medication),
            (self.tr("Allergies"), self.allergies),
            (self.tr("Notes"), self.notes),
        ):
            made.addRow(words, field)
        self.body.addLayout(made)

    def begin_with(self, patient: Patient | None) -> None:
        """Open for a patient, or for a new one."""
        self._patient = patient
        shown = patient or Patient(code="-")
        self.setWindowTitle(self.tr("Patient") if patient else self.tr("New patient"))
        self._keep.setText(self.tr("Keep") if patient else self.tr("Make the patient"))
        self.code.setText(patient.code if patient else "")
        self.name.setText(shown.name)
        self.birth.show_day(shown.birth_date)
        self.sex.choose(shown.sex)
        self.skin.choose(shown.skin_type)
        self.medication.setText(shown.medication)
        self.allergies.setText(shown.allergies)
        self.notes.setPlainText(shown.notes)
        self.begin()
        self.code.setFocus()

    def written(self) -> Patient:
        """Return the patient as written."""
        born = self.birth.day
        if born is not None and born > datetime.now(UTC).astimezone().date():
            raise Wrong("Born on: this day is still to come.")
        if not self.code.words:
            raise Wrong("Code: every patient needs one; a number will do.")
        return replace(
            self._patient or Patient(code=self.code.words),
            code=self.code.words,
            name=self.name.words,
            birth_date=born,
            sex=self.sex.value,
            skin_type=self.skin.value,
            medication=self.medication.words,
            allergies=self.allergies.words,
            notes=self.notes.words,
        )


class CourseForm(Form):
    """One course of treatment; `confirmed` carries the `Series` as written."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "Keep", parent)
        self.setWindowTitle(self.tr("Course of treatment"))
        self._keep.setText(self.tr("Keep"))
        self._series: Series | None = None
        self._patient_id = ""
        self.indication = Choice(
            self.tr("Indication"), ((one.value.capitalize(), one) for one in Indication)
        )
        self.site = Choice(self.tr("Region"), ((one.value, one) for one in Site))
        self.side: Choice[Laterality | None] = Choice(
            self.tr("Side"), [("not told", None), *((one.value, one) for one in Laterality)]
        )
        self.sessions = NumberLine(self.tr("Planned sessions"))
        self.interval = NumberLine(self.tr("Days between them"))
        self.maintenance = NumberLine(self.tr("Days between maintenance sessions"))
        self.device = Line(self.tr("Device"))
        self.started = DateLine(self.tr("Started on"))
        self.ended = DateLine(self.tr("Ended on"))
        self.notes = Notes(self.tr("Notes"))
        made = rows()
        for words, field in (
            (self.tr("Indication"), self.indication),
            (self.tr("Region"), self.site),
            (self.tr("Side"), self.side),
            (self.tr("Planned sessions"), self.sessions),
            (self.tr("Days between"), self.interval),
            (self.tr("Maintenance, days"), self.maintenance),
            (self.tr("Device"), self.device),
            (self.tr("Started on"), self.started),
            (self.tr("Ended on"), self.ended),
            (self.tr("Notes"), self.notes),
        ):
            made.addRow(words, field)
        self.body.addLayout(made)

    def begin_with(self, patient_id: str, series: Series | None) -> None:
        """Open for a course, or for a new one."""
        self._series, self._patient_id = series, patient_id
        shown = series or Series(patient_id=patient_id, indication=Indication.ACNE_SCARS)
        self.setWindowTitle(self.tr("Course of treatment"))
        self.indication.choose(shown.indication)
        self.site.choose(shown.site)
        self.side.choose(shown.laterality)
        self.sessions.show_number(shown.plan.sessions)
        self.interval.show_number(shown.plan.interval_days)
        self.maintenance.show_number(shown.plan.maintenance_days)
        self.device.setText(shown.plan.device)
        self.started.show_day(shown.started_on)
        self.ended.show_day(shown.ended_on)
        self.notes.setPlainText(shown.notes)
        self.begin()

    def written(self) -> Series:
        """Return the course as written."""
        plan = Plan(
            sessions=self.sessions.whole,
            interval_days=self.interval.whole,
            device=self.device.words,
            maintenance_days=self.maintenance.whole,
        )
        started, ended = self.started.day, self.ended.day
        if started and ended and ended < started:
            raise Wrong("Ended on: a course does not end before it starts.")
        return replace(
            self._series or Series(patient_id=self._patient_id, indication=self.indication.value),
            indication=self.indication.value,
            site=self.site.value,
            laterality=self.side.value,
            plan=plan,
            started_on=started,
            ended_on=ended,
            notes=self.notes.words,
        )


class ConsentForm(Form):
    """What a patient agrees to, purpose by purpose; each is kept as it is pressed."""

    given = Signal(object)
    """A `Purpose`, given today."""
    withdrawn = Signal(object)
    """A `Purpose`, withdrawn today."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "Keep", parent, wide=600)
        self.setWindowTitle(self.tr("Consents"))
        self._keep.hide()
        self._told: dict[Purpose, QLabel] = {}
        self._give: dict[Purpose, QPushButton] = {}
        self._withdraw: dict[Purpose, QPushButton] = {}
        self.body.addWidget(
            label(
                self.tr(
                    "Each purpose is asked, given and withdrawn by itself, and refusing one "
                    "changes nothing about the treatment. Without a consent that holds, no photo "
                    "leaves the library for that purpose."
                ),
                "soft",
            )
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        for row, purpose in enumerate(Purpose):
            self._add_row(grid, row, purpose)
        self.body.addSpacing(8)
        self.body.addLayout(grid)

    def show_consents(self, consents: Sequence[Consent], today: date) -> None:
        """Show what holds today."""
        for purpose in Purpose:
            words = consent_words(consents, purpose, today)
            holds = any(
                one.purpose is purpose and not one.photo_ids and one.holds("", today)
                for one in consents
            )
            self._told[purpose].setText(words[:1].upper() + words[1:])
            self._give[purpose].setEnabled(not holds)
            self._withdraw[purpose].setEnabled(holds)
        self.show_trouble("")

    def _add_row(self, grid: QGridLayout, row: int, purpose: Purpose) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(self.tr(_PURPOSES[purpose]), "heading"))
        told = label("", "soft")
        words.addWidget(told)
        give, withdraw = QPushButton(self.tr("Given today")), QPushButton(self.tr("Withdrawn"))
        give.setAccessibleName(self.tr("{0}: given today").format(purpose))
        withdraw.setAccessibleName(self.tr("{0}: withdrawn today").format(purpose))
        give.setObjectName(f"give-{purpose}")
        withdraw.setObjectName(f"withdraw-{purpose}")
        for button in (give, withdraw):
            button.setAutoDefault(False)
        give.clicked.connect(lambda: self.given.emit(purpose))
        withdraw.clicked.connect(lambda: self.withdrawn.emit(purpose))
        buttons = QHBoxLayout()
        buttons.addWidget(give)
        buttons.addWidget(withdraw)
        grid.addLayout(words, row, 0)
        grid.addLayout(buttons, row, 1)
        self._told[purpose], self._give[purpose] = told, give
        self._withdraw[purpose] = withdraw
