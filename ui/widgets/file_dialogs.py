"""Questions to the user that need a dialog of the system; passed in, so that tests ask nobody."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PHOTOS = (
    "Photos and directional shots (*.jpg *.jpeg *.png *.tif *.tiff *.heic *.heif *.dng *.cr2 "
    "*.cr3 *.nef *.arw *.raf *.orf *.rw2 *.json);;All files (*)"
)


SHEETS = "Lists of shots (*.json);;All files (*)"
TABLE, PICTURE = "Table (*.csv)", "Picture (*.png)"


class FileDialogs:
    """Asks for files; starts in the folder of the last answer."""

    def __init__(self, window: QWidget | None = None) -> None:
        self._window = window
        self._folder = ""

    def photo(self, title: str) -> Path | None:
        """Return the photo, or the SHOTS.json, the user picks; None when they change their mind."""
        name, _ = QFileDialog.getOpenFileName(self._window, title, self._folder, PHOTOS)
        return self._keep(name)

    def photos(self, title: str) -> tuple[Path, ...]:
        """Return the photos, or SHOTS.json, the user picks; none when they change their mind."""
        names, _ = QFileDialog.getOpenFileNames(self._window, title, self._folder, PHOTOS)
        return tuple(path for name in names if (path := self._keep(name)))

    def manifests(self, title: str) -> tuple[Path, ...]:
        """Return the lists of shots the user picks; none when they change their mind."""
        names, _ = QFileDialog.getOpenFileNames(self._window, title, self._folder, SHEETS)
        return tuple(path for name in names if (path := self._keep(name)))

    def folder(self, title: str) -> Path | None:
        """Return the folder the user picks; None when they change their mind."""
        name = QFileDialog.getExistingDirectory(self._window, title, self._folder)
        return self._keep(name)

    def save_text(self, title: str, suggested: str) -> Path | None:
        """Return where the user wants words kept; None for nowhere."""
        return self._save(title, suggested, "Text (*.txt)", "txt")

    def print_words(self, title: str, words: str) -> bool:
        """Print words on the printer the user picks; say whether they did."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        dialog = QPrintDialog(printer, self._window)
        dialog.setWindowTitle(title)
        printed = bool(dialog.exec())
        dialog.deleteLater()
        if printed:
            document = QTextDocument(words)
            document.print_(printer)
        return printed

    def save_as(self, title: str, suggested: str) -> Path | None:
        """Return where the user wants a PDF written; None when they change their mind."""
        return self._save(title, suggested, "PDF (*.pdf)", "pdf")

    def save_profile(self, title: str, suggested: str) -> Path | None:
        """Return where the user wants a depth profile, as .csv or .png; None for nowhere."""
        return self._save(title, suggested, f"{TABLE};;{PICTURE}", "csv")

    def save_colours(self, title: str, suggested: str) -> Path | None:
        """Return where the user wants a colour profile; None for nowhere."""
        return self._save(title, suggested, "Colour profile (*.json)", "json")

    def save_rig(self, title: str, suggested: str) -> Path | None:
        """Return where the user wants a light rig; None for nowhere."""
        return self._save(title, suggested, "Light rig (*.json)", "json")

    def _save(self, title: str, suggested: str, kinds: str, ending: str) -> Path | None:
        dialog = QFileDialog(self._window, title, self._folder, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # Given by the dialog itself, so that it asks before a file is written over.
        dialog.setDefaultSuffix(ending)
        dialog.filterSelected.connect(partial(_follow_kind, dialog))
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


def _follow_kind(dialog: QFileDialog, kind: str) -> None:
    """Give the file the ending of the kind that was chosen."""
    ending = kind.rpartition("*.")[2].rstrip(")")
    dialog.setDefaultSuffix(ending)
    for name in dialog.selectedFiles()[:1]:
        dialog.selectFile(Path(name).with_suffix(f".{ending}").name)
