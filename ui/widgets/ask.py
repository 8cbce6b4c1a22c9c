"""Questions to the user that need a dialog of the system; passed in, so that tests ask nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PHOTOS = (
    "Photos and directional shots (*.jpg *.jpeg *.png *.tif *.tiff *.heic *.heif *.dng *.cr2 "
    "*.cr3 *.nef *.arw *.raf *.orf *.rw2 *.json);;All files (*)"
)


class Ask:
    """Asks for files; starts in the folder of the last answer."""

    def __init__(self, window: QWidget | None = None) -> None:
        self._window = window
        self._folder = ""

    def photo(self, title: str) -> Path | None:
        """Return the photo, or the SHOTS.json, the user picks; None when they change their mind."""
        name, _ = QFileDialog.getOpenFileName(self._window, title, self._folder, PHOTOS)
        return self._keep(name)

    def save_as(self, title: str, suggested: str) -> Path | None:
        """Return where the user wants a PDF written; None when they change their mind."""
        dialog = QFileDialog(self._window, title, self._folder, "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # Given by the dialog itself, so that it asks before a file is written over.
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(suggested)
        names = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return self._keep(names[0]) if names else None

    def _keep(self, name: str) -> Path | None:
        if not name:
            return None
        path = Path(name)
        self._folder = str(path.parent)
        return path
