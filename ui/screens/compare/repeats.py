"""The repeat shots of one session as a list, with what was left out and why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from ui.screens.compare.sessions import MOST_REPEATS
from ui.widgets.findings import breakable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.screens.compare.sessions import RepeatShown

_TITLE_WIDTH, _REMOVE_WIDTH, _LINE, _AIR = 52, 80, 22, 8


class RepeatList(QWidget):
    """Every repeat shot with a button to remove it, and one to add more."""

    wanted = Signal()
    removed = Signal(int)

    def __init__(self, side: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self.labels: tuple[QLabel, ...] = ()
        self._remove: tuple[QPushButton, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, _TITLE_WIDTH)
        self._grid.setColumnMinimumWidth(3, _REMOVE_WIDTH)
        heading = _words(title, "heading")
        self._add = QPushButton(self.tr("Add…"))
        self._add.setObjectName(f"add-repeat-{side}")
        self._add.setAccessibleName(self.tr("Add repeat shot {0}").format(side))
        self._add.setAutoDefault(False)
        self._add.clicked.connect(self.wanted)
        self._grid.addWidget(heading, 0, 0)
        self._grid.addWidget(self._add, 0, 2)
        self.show_shots(())

    def fit_words(self) -> None:
        """Give every word its room."""
        self._grid.invalidate()
        self._grid.activate()
        for label in self.labels:
            label.setMinimumHeight(max(label.heightForWidth(label.width()), _LINE))
        self._grid.invalidate()
        self._grid.activate()
        self.setMinimumHeight(self._grid.minimumSize().height() + _AIR)

    def show_shots(self, shots: Sequence[RepeatShown], *, open_for_more: bool = True) -> None:
        """Show these shots; more can be added while there is room for one."""
        for widget in (*self.labels, *self._remove):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.labels = tuple(_words(self._given(shot), "") for shot in shots) or (
            _words(self.tr("One shot only"), "soft"),
        )
        for row, label in enumerate(self.labels):
            label.setObjectName(f"repeat-{self._side}-{row}")
            self._grid.addWidget(label, row, 1)
            label.show()  # at once: the layout gives no room to what is not yet shown
        self._remove = tuple(self._remove_button(row, shot) for row, shot in enumerate(shots))
        for row, button in enumerate(self._remove):
            self._grid.addWidget(button, row, 3)
            button.show()
            # New widgets would come last of the whole dialog.
            QWidget.setTabOrder((self._add, *self._remove)[row], button)
        full = len(shots) >= MOST_REPEATS
        self._add.setEnabled(open_for_more and not full)
        why = self.tr("A session takes {0} shots.").format(1 + MOST_REPEATS) if full else ""
        first = "" if open_for_more else self.tr("Open the first photo of the session first.")
        self._add.setToolTip(why or first or self.tr("One more photo taken in the same session"))

    def _given(self, shot: RepeatShown) -> str:
        left_out = self.tr("Left out: {0}").format(shot.left_out) if shot.left_out else ""
        return "\n".join(filter(None, (breakable(shot.name), left_out)))

    def _remove_button(self, row: int, shot: RepeatShown) -> QPushButton:
        button = QPushButton(self.tr("Remove"))
        button.setObjectName(f"remove-repeat-{self._side}-{row}")
        button.setAccessibleName(self.tr("Remove the repeat shot {0}").format(shot.name))
        button.setToolTip(button.accessibleName())
        button.setAutoDefault(False)
        button.clicked.connect(partial(self.removed.emit, row))
        return button


def _words(words: str, kind: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
