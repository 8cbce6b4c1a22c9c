"""The progress of an import, and what became of each file that was not stored."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.screens.library.fields import label
from ui.widgets.eliding import ElidingLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.words.message import Message

_WIDE, _TALL = 800, 480
"""Size of the dialog in pixels when it opens."""
_MOST_FITTED = 300
"""So many rows are made as tall as their texts; fitting more takes noticeably long."""


class ImportBar(QFrame):
    """The bar at the bottom of the library: the last result, or the progress of the import."""

    stop_pressed = Signal()
    details_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "foot")
        self._words = ElidingLabel("small")
        self._bar = QProgressBar()
        self._bar.setAccessibleName(self.tr("Progress of the import"))
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(200)
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.setObjectName("stop-import")
        self._stop.clicked.connect(self.stop_pressed)
        self._more = QPushButton(self.tr("Show files not stored…"))
        self._more.setObjectName("import-details")
        self._more.clicked.connect(self.details_pressed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 16, 6)
        layout.setSpacing(12)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._bar)
        layout.addWidget(self._more)
        layout.addWidget(self._stop)
        # The height with a button, so that nothing moves when one appears.
        self.setFixedHeight(self._stop.sizeHint().height() + 14)
        self.show_idle("")

    def show_idle(self, words: Message | str, *, details: bool = False) -> None:
        """Show a sentence while nothing is imported, such as the result of the last import."""
        self._words.show_text(str(words))
        self._bar.hide()
        self._stop.hide()
        self._more.setVisible(details)

    def show_progress(self, words: Message | str, done: int, total: int) -> None:
        """Show how far it is; a total of 0 where that is not known."""
        self._words.show_text(str(words))
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.show()
        self._stop.show()
        self._stop.setEnabled(True)
        self._more.hide()

    def show_stopping(self) -> None:
        """Show that it stops after the current file."""
        self._stop.setEnabled(False)

    @property
    def words(self) -> str:
        """The text that is shown."""
        return self._words.text()


class ImportDialog(QDialog):
    """Every file that was not stored, and why."""

    continue_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import"))
        self.resize(_WIDE, _TALL)
        self._title = label("", "title")
        self._words = label("", "soft")
        self._table = self._made_table()
        self._continue = QPushButton(self.tr("Continue import"))
        self._continue.setProperty("kind", "main")
        self._continue.clicked.connect(self._resume)
        self._close = QPushButton(self.tr("Close"))
        self._close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._close)
        row.addWidget(self._continue)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        for widget in (self._title, self._words, self._table):
            layout.addWidget(widget)
        layout.setStretch(2, 1)
        layout.addLayout(row)

    def _made_table(self) -> QTableWidget:
        table = QTableWidget(0, 3)
        table.setObjectName("not-stored")
        table.setAccessibleName(self.tr("Files that were not stored"))
        table.setHorizontalHeaderLabels([self.tr("File"), self.tr("Result"), self.tr("Reason")])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.resizeSection(0, 240)
        header.resizeSection(1, 112)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        return table

    def show_summary(
        self, title: Message, words: Message, lines: Sequence[tuple[str, str, str]], *, rest: bool
    ) -> None:
        """Show file, result and reason of each line; `rest` where the import was stopped."""
        self._title.setText(str(title))
        self._words.setText(str(words))
        self._continue.setVisible(rest)
        self._table.setRowCount(len(lines))
        for row, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                if column == 0:
                    item.setText(PurePath(cell).name)
                self._table.setItem(row, column, item)
        if len(lines) <= _MOST_FITTED:
            self._table.resizeRowsToContents()
        self.open()
        (self._continue if rest else self._close).setFocus()

    def _resume(self) -> None:
        self.accept()
        self.continue_pressed.emit()
