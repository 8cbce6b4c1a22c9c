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
    InvalidEntry,
    Line,
    Notes,
    NumberLine,
    label,
    rows,
)
from ui.screens.library.record_values import capitalized, value_name, value_title
from ui.screens.library.words import consent_words

if TYPE_CHECKING:
    from collections.abc import Sequence


class PatientForm(Form):
    """One patient; `confirmed` carries the `Patient` as entered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._patient: Patient | None = None
        self.code = Line(self.tr("Code"), self.tr("the clinic's own code or number"), longest=64)
        self.name = Line(self.tr("Name"))
        self.birth = DateLine(self.tr("Date of birth"))
        self.sex = Choice(self.tr("Sex"), ((str(value_name(one)), one) for one in reversed(Sex)))
        self.skin: Choice[SkinType | None] = Choice(
            self.tr("Fitzpatrick skin type"),
            [(self.tr("not recorded"), None), *((one.name, one) for one in SkinType)],
        )
        self.medication = Line(self.tr("Medication"))
        self.allergies = Line(self.tr("Allergies"))
        self.notes = Notes(self.tr("Notes"))
        made = rows()
        for words, field in (
            (self.tr("Code"), self.code),
            (self.tr("Name"), self.name),
            (self.tr("Date of birth"), self.birth),
            (self.tr("Sex"), self.sex),
            (self.tr("Fitzpatrick skin type"), self.skin),
            (self.tr("Medication"), self.medication),
            (self.tr("Allergies"), self.allergies),
            (self.tr("Notes"), self.notes),
        ):
            made.addRow(words, field)
        self.body.addLayout(made)

    def begin_with(self, patient: Patient | None) -> None:
        """Open the form for a patient, or for a new one."""
        self._patient = patient
        shown = patient or Patient(code="-")
        self.setWindowTitle(self.tr("Patient") if patient else self.tr("New patient"))
        self.save.setText(self.tr("Save") if patient else self.tr("Add patient"))
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

    def entered(self) -> Patient:
        """Return the patient as entered."""
        born = self.birth.day
        if born is not None and born > datetime.now(UTC).astimezone().date():
            raise InvalidEntry(self.tr("Date of birth: this date is in the future."))
        if not self.code.entered:
            raise InvalidEntry(self.tr("Code: every patient needs one; a number will do."))
        return replace(
            self._patient or Patient(code=self.code.entered),
            code=self.code.entered,
            name=self.name.entered,
            birth_date=born,
            sex=self.sex.value,
            skin_type=self.skin.value,
            medication=self.medication.entered,
            allergies=self.allergies.entered,
            notes=self.notes.entered,
        )


class CourseForm(Form):
    """One course of treatment; `confirmed` carries the `Series` as entered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Course of treatment"))
        self._series: Series | None = None
        self._patient_id = ""
        self.indication = Choice(
            self.tr("Indication"), ((str(value_name(one)), one) for one in Indication)
        )
        self.site = Choice(self.tr("Region"), ((str(value_name(one)), one) for one in Site))
        self.side: Choice[Laterality | None] = Choice(
            self.tr("Side"),
            [
                (self.tr("not recorded"), None),
                *((str(value_name(one)), one) for one in Laterality),
            ],
        )
        self.sessions = NumberLine(self.tr("Planned sessions"))
        self.interval = NumberLine(self.tr("Days between sessions"))
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
            (self.tr("Days between sessions"), self.interval),
            (self.tr("Days between maintenance sessions"), self.maintenance),
            (self.tr("Device"), self.device),
            (self.tr("Started on"), self.started),
            (self.tr("Ended on"), self.ended),
            (self.tr("Notes"), self.notes),
        ):
            made.addRow(words, field)
        self.body.addLayout(made)

    def begin_with(self, patient_id: str, series: Series | None) -> None:
        """Open the form for a course, or for a new one."""
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

    def entered(self) -> Series:
        """Return the course as entered."""
        plan = Plan(
            sessions=self.sessions.whole,
            interval_days=self.interval.whole,
            device=self.device.entered,
            maintenance_days=self.maintenance.whole,
        )
        started, ended = self.started.day, self.ended.day
        if started and ended and ended < started:
            raise InvalidEntry(self.tr("Ended on: a course cannot end before it starts."))
        return replace(
            self._series or Series(patient_id=self._patient_id, indication=self.indication.value),
            indication=self.indication.value,
            site=self.site.value,
            laterality=self.side.value,
            plan=plan,
            started_on=started,
            ended_on=ended,
            notes=self.notes.entered,
        )


class ConsentForm(Form):
    """What a patient consents to, purpose by purpose; each button saves at once."""

    given = Signal(object)
    """A `Purpose`, given today."""
    withdrawn = Signal(object)
    """A `Purpose`, withdrawn today."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, wide=600)
        self.setWindowTitle(self.tr("Consents"))
        self.save.hide()
        self.leave.setText(self.tr("Close"))
        self._states: dict[Purpose, QLabel] = {}
        self._give: dict[Purpose, QPushButton] = {}
        self._withdraw: dict[Purpose, QPushButton] = {}
        self.body.addWidget(
            label(
                self.tr(
                    "Each purpose needs its own consent, which can be withdrawn on its own. "
                    "Refusing one does not affect the treatment. Without a valid consent, no photo "
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
        """Show which consents are valid today."""
        for purpose in Purpose:
            words = str(consent_words(consents, purpose, today))
            valid = any(
                one.purpose is purpose and not one.photo_ids and one.holds("", today)
                for one in consents
            )
            self._states[purpose].setText(capitalized(words))
            self._give[purpose].setEnabled(not valid)
            self._withdraw[purpose].setEnabled(valid)
        self.show_trouble("")

    def _add_row(self, grid: QGridLayout, row: int, purpose: Purpose) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(self._explained(purpose), "heading"))
        state = label("", "soft")
        words.addWidget(state)
        give, withdraw = (
            QPushButton(self.tr("Given today")),
            QPushButton(self.tr("Withdrawn today")),
        )
        name = value_title(purpose)
        give.setAccessibleName(self.tr("{0}: given today").format(name))
        withdraw.setAccessibleName(self.tr("{0}: withdrawn today").format(name))
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
        self._states[purpose], self._give[purpose] = state, give
        self._withdraw[purpose] = withdraw

    def _explained(self, purpose: Purpose) -> str:
        return {
            Purpose.RECORD: self.tr("Photos for the medical record"),
            Purpose.TEACHING: self.tr("Teaching of other professionals"),
            Purpose.PUBLICATION: self.tr("Publication in journals and talks"),
            Purpose.MARKETING: self.tr("Marketing: the clinic's website and advertisements"),
        }[purpose]
