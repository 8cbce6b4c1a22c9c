"""The library's screen: the door, the patients, one patient; signals out, setters in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.screens.library.imports import ImportBar, ImportDialog
from ui.screens.library.patient import PatientPage
from ui.screens.library.patientform import ConsentForm, CourseForm, PatientForm
from ui.screens.library.patients import PatientsPage
from ui.screens.library.sessionform import SessionForm
from ui.screens.library.unlock_page import UnlockPage
from ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Sequence


class LibraryView(QWidget):
    """One page at a time, with the import's progress below."""

    files_dropped = Signal(list)
    """Paths that were dropped onto a patient's page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unlock_page, self.patients, self.patient = UnlockPage(), PatientsPage(), PatientPage()
        self.imports = ImportBar()
        self._stack = QStackedWidget()
        for page in (self.unlock_page, self.patients, self.patient):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.imports)
        self.toast = Toast(self)
        self.import_dialog = ImportDialog(self)
        self.patient_form, self.course_form = PatientForm(self), CourseForm(self)
        self.consent_form, self.session_form = ConsentForm(self), SessionForm(self)
        self._behind: QWidget = self.patients
        self.patient.files_dropped.connect(self._drop)
        self.show_unlock()

    def show_unlock(self) -> None:
        """Show the door; what was there waits behind it, its dialogs hidden."""
        if not self.at_unlock:
            self._behind = self.patient if self.at_patient else self.patients
        self.toast.hide()
        self.imports.hide()
        self._stack.setCurrentWidget(self.unlock_page)
        self.unlock_page.take_focus()

    def show_patients(self) -> None:
        """Show the list of patients."""
        self._show(self.patients)
        self.patients.take_focus()

    def show_patient(self) -> None:
        """Show one patient's page."""
        self._show(self.patient)
        self.patient.take_focus()

    def show_behind(self) -> None:
        """Show again what was there before the door."""
        self._show(self._behind)

    @property
    def at_unlock(self) -> bool:
        """Whether the door is shown."""
        return self._stack.currentWidget() is self.unlock_page

    @property
    def at_patient(self) -> bool:
        """Whether one patient's page is shown."""
        return self._stack.currentWidget() is self.patient

    def show_error(self, words: str, hint: str = "") -> None:
        """Say what went wrong and what to do."""
        self.toast.tell(words, hint, stays=True)

    def show_not_stored(
        self, title: str, words: str, lines: Sequence[tuple[str, str, str]], *, rest: bool
    ) -> None:
        """Show every file that an import did not store, and why."""
        self.import_dialog.show_summary(title, words, lines, rest=rest)

    def _show(self, page: QWidget) -> None:
        self.imports.show()
        self._stack.setCurrentWidget(page)

    def _drop(self, urls: Sequence[QUrl]) -> None:
        self.files_dropped.emit([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])
