"""What happens with a bug: a log file without anything of a patient, and a plain dialog."""

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
    """Return where crashes are written down."""
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "crashes.log"


def describe(error: BaseException) -> str:
    """Return kind and place of a bug.

    Its message is left out: it may hold a path, and so a patient's name. Of the places only file,
    line and function are given, never the values there.
    """
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([type(error).__name__, *places])


class CrashHandler(QObject):
    """Takes what no one caught, from any thread: writes it down and says so on the screen."""

    _crashed = Signal(str)

    def __init__(self, path: Path, window: QWidget | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._path = path
        self._dialog: QMessageBox | None = None
        self._crashed.connect(self._tell)

    def install(self) -> None:
        """Take the interpreter's place for what no one caught."""
        sys.excepthook = self.handle

    def handle(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Write one bug down and tell of it; Ctrl+C ends the program as ever."""
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
    def _tell(self, text: str) -> None:
        if self._dialog and self._dialog.isVisible():
            return  # one dialog is enough when one bug follows another
        self._dialog = QMessageBox(
            QMessageBox.Icon.Critical,
            "mnimage",
            "Something went wrong inside mnimage. Your photos are untouched.",
            QMessageBox.StandardButton.Ok,
            self._window,
        )
        self._dialog.setInformativeText(
            "You can go on, but if the screen looks wrong, close the program and start it again.\n"
            f"What happened was written to {self._path.name}, without names or photos."
        )
        self._dialog.setDetailedText(text)
        self._dialog.open()
