"""Reports of unexpected errors: a log file without data of a patient, and a plain dialog."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from types import TracebackType

    from PySide6.QtWidgets import QWidget

log = logging.getLogger("mnimage.crash")


def log_file() -> Path:
    """Return the path of the crash log."""
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "crashes.log"


def describe(error: BaseException) -> str:
    """Return the type of an exception and where it was raised.

    Its message is left out: it may contain a path, and so a patient's name. Of the traceback only
    file, line and function are given, never values.
    """
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([type(error).__name__, *lines])


class CrashHandler(QObject):
    """Handles uncaught exceptions of any thread: logs them and shows a dialog."""

    _crashed = Signal(str)

    def __init__(self, path: Path, window: QWidget | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._path = path
        self._dialog: QMessageBox | None = None
        self._crashed.connect(self._show)

    def install(self) -> None:
        """Become the interpreter's handler of uncaught exceptions."""
        sys.excepthook = self.handle

    def handle(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log one exception and show it; Ctrl+C ends the program as usual."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        text = describe(error)
        self._write(text)
        self._crashed.emit(text)

    def _write(self, text: str) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(text + "\n\n")
        except OSError:
            log.error("the crash log cannot be written")  # noqa: TRY400  the trace may hold a path

    @Slot(str)
    def _show(self, text: str) -> None:
        if self._dialog and self._dialog.isVisible():
            return  # one dialog is enough when errors follow each other
        self._dialog = QMessageBox(
            QMessageBox.Icon.Critical,
            "mnimage",
            self.tr("mnimage has run into an unexpected error. Your photos are not affected."),
            QMessageBox.StandardButton.Ok,
            self._window,
        )
        self._dialog.setInformativeText(
            self.tr(
                "You can continue. If the window looks wrong, close and restart the program.\n"
                "The error was logged in {file}, without names or photos."
            ).format(file=self._path.name)
        )
        self._dialog.setDetailedText(text)
        self._dialog.open()
