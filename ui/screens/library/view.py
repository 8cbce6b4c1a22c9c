"""The library's screen: unlock page, patients, one patient; signals out, setters in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.screens.library.imports import ImportBar, ImportDialog
from ui.screens.library.patient_forms import ConsentForm, CourseForm, PatientForm
from ui.screens.library.patient_page import PatientPage
from ui.screens.library.patients_page import PatientsPage
from ui.screens.library.session_form import SessionForm
from ui.screens.library.unlock_page import UnlockPage
from ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.words.message import Message


class LibraryView(QWidget):
    """One page at a time, with the import's progress below."""

    files_dropped = Signal(list)
    """Paths that were dropped onto a patient's page."""
    home_pressed = Signal()
    patient_new_pressed = Signal()
    import_pressed = Signal()
    lock_pressed = Signal()
    idle_chosen = Signal(int)
    """After how many minutes without input to lock."""
    idle_changed = Signal()

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
        self.idle_minutes = 0
        """After how many minutes without input the window locks."""
        self.patient.files_dropped.connect(self._drop)
        self.show_unlock()

    def show_unlock(self) -> None:
        """Show the unlock page; what was shown before waits behind it."""
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
        """Show what was shown before the unlock page."""
        self._show(self._behind)

    @property
    def at_unlock(self) -> bool:
        """Whether the unlock page is shown."""
        return self._stack.currentWidget() is self.unlock_page

    @property
    def at_patient(self) -> bool:
        """Whether one patient's page is shown."""
        return self._stack.currentWidget() is self.patient

    def show_error(self, words: Message | str, hint: Message | str = "") -> None:
        """Show what went wrong and what to do."""
        self.toast.show_message(str(words), str(hint), stays=True)

    def show_idle_minutes(self, minutes: int) -> None:
        """Show after how many minutes without input the window locks."""
        self.idle_minutes = minutes
        self.idle_changed.emit()

    def show_not_stored(
        self, title: Message, words: Message, lines: Sequence[tuple[str, str, str]], *, rest: bool
    ) -> None:
        """Show every file that an import did not store, and why."""
        self.import_dialog.show_summary(title, words, lines, rest=rest)

    def _show(self, page: QWidget) -> None:
        self.imports.show()
        self._stack.setCurrentWidget(page)

    def _drop(self, urls: Sequence[QUrl]) -> None:
        self.files_dropped.emit([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])
