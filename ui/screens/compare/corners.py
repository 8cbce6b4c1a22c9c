"""The four corners of a colour chart, marked by hand where it is not found by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.widgets.canvas import Picture
from ui.widgets.corner_canvas import CORNERS, CornerCanvas
from ui.widgets.overlays import Label
from ui.widgets.qimage import make_pyramid

if TYPE_CHECKING:
    from mnimage.domain.photo import Coded

_SIZE = (820, 640)


class CornersDialog(QDialog):
    """The photo of the chart, and four clicks on it."""

    marked = Signal(object)
    """Four corners as (row, column), in order around the chart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Corners of the colour chart"))
        self.resize(*_SIZE)
        words = QLabel(
            self.tr(
                "Click the outer corners of the four corner patches, one after the other around "
                "the chart. The wheel zooms; a corner can be dragged."
            )
        )
        words.setWordWrap(True)
        self.canvas = CornerCanvas(self.tr("Photo of the colour chart"))
        self.canvas.corners_changed.connect(self._count)
        self._again = QPushButton(self.tr("Begin again"))
        self._again.setAutoDefault(False)
        self._again.clicked.connect(self.canvas.clear)
        self._use = QPushButton(self.tr("Use these corners"))
        self._use.setProperty("kind", "main")
        self._use.setObjectName("use-corners")
        self._use.clicked.connect(self._confirm)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self._again)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(words)
        layout.addWidget(self.canvas, 1)
        layout.addLayout(row)
        self._count(0)

    def show_photo(self, coded: Coded, name: str) -> None:
        """Begin with a photo."""
        pyramid = make_pyramid(coded)
        self.canvas.viewport.set_picture(pyramid.width, pyramid.height)
        self.canvas.show_picture(Picture(pyramid), Label(name))
        self.canvas.clear()
        self.open()

    def _count(self, number: int) -> None:
        self._use.setEnabled(number == CORNERS)
        self._again.setEnabled(number > 0)

    def _confirm(self) -> None:
        self.accept()
        self.marked.emit(self.canvas.corners)
