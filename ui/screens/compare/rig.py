"""Where the lamps of a rig stand, measured from shots of a ball or a white card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.widgets.findings import breakable

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDE = 600
_DIAMETER_MM = (1.0, 200.0, 20.0)
"""Least, greatest and usual diameter of a ball."""


@dataclass(frozen=True, slots=True)
class RigRequest:
    """What the shots show: a "chrome" or "matte" ball, or None for a card."""

    ball: str | None
    diameter_mm: float
    near: bool


class RigDialog(QDialog):
    """Which shots, of what; then the lamps with their errors."""

    manifests_wanted = Signal()
    measure_pressed = Signal(object)
    """A `RigRequest`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Measure light rig"))
        self.setFixedWidth(_WIDE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(
            _words(
                self.tr(
                    "Photograph a ball, or a flat white card, where the skin will be: one shot per "
                    "lamp in their usual order, listed in a SHOTS.json for each place of the "
                    "target. The rig's file is then named in the SHOTS.json of every session."
                ),
                "soft",
            )
        )
        layout.addLayout(self._form())
        self._answer, self._trouble, self._hint = (
            _words("", kind) for kind in ("", "trouble", "soft")
        )
        self._answer.setObjectName("rig-answer")
        self._trouble.setObjectName("rig-trouble")
        for label in (self._answer, self._trouble, self._hint):
            layout.addWidget(label)
        layout.addLayout(self._buttons())
        self.show_overlays(())

    # What is shown

    def show_overlays(self, names: Sequence[str]) -> None:
        """Show which lists of shots are taken."""
        self._sheets.setText("\n".join(map(breakable, names)) or self.tr("None chosen"))
        self._measure.setEnabled(bool(names))
        self.show_answer("")

    def show_answer(self, words: str) -> None:
        """Show what was measured."""
        self._answer.setText(words)
        self.show_trouble("", "")

    def show_trouble(self, words: str, hint: str) -> None:
        """Say what went wrong."""
        if words:
            self._answer.setText("")
        self._trouble.setText(breakable(words))
        self._hint.setText(hint)
        self.adjustSize()

    def set_busy(self, busy: bool) -> None:
        """Show that the lamps are being measured."""
        self._measure.setDisabled(busy)
        self._measure.setText(self.tr("Measuring…") if busy else self.tr("Measure…"))

    # Building

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        self._kind = self._kinds()
        least, greatest, usual = _DIAMETER_MM
        self._diameter = QDoubleSpinBox()
        self._diameter.setRange(least, greatest)
        self._diameter.setValue(usual)
        self._diameter.setDecimals(2)
        self._diameter.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self._diameter.setSuffix(" mm")
        self._diameter.setAccessibleName(self.tr("Diameter of the ball"))
        self._near = QComboBox()
        self._near.addItem(self.tr("Far: their directions are enough"), False)
        self._near.addItem(self.tr("Near: their places in mm"), True)
        self._near.setAccessibleName(self.tr("How far the lamps are"))
        self._near.setToolTip(self.tr("Near lamps need shots of the ball at several places"))
        self._sheets = _words("", "")
        self._sheets.setObjectName("rig-sheets")
        choose = QPushButton(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the lists of shots"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self.manifests_wanted)
        row = QHBoxLayout()
        row.addWidget(self._sheets, 1)
        row.addWidget(choose, 0, Qt.AlignmentFlag.AlignTop)
        form.addRow(self.tr("Shots of"), self._kind)
        form.addRow(self.tr("Diameter"), self._diameter)
        form.addRow(self.tr("Lamps"), self._near)
        form.addRow(self.tr("SHOTS.json"), row)
        return form

    def _kinds(self) -> QComboBox:
        kinds = QComboBox()
        kinds.setObjectName("rig-kind")
        for words, kind in (
            (self.tr("Chrome ball"), "chrome"),
            (self.tr("Matte ball"), "matte"),
            (self.tr("Flat white card"), ""),
        ):
            kinds.addItem(words, kind)
        kinds.setAccessibleName(self.tr("What the shots show"))
        kinds.currentIndexChanged.connect(self._follow_kind)
        return kinds

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        self._measure = QPushButton(self.tr("Measure…"))
        self._measure.setProperty("kind", "main")
        self._measure.setObjectName("measure-rig")
        self._measure.clicked.connect(self._press)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._measure)
        return row

    def _follow_kind(self) -> None:
        of_ball = bool(self._kind.currentData())
        self._diameter.setEnabled(of_ball)
        self._near.setEnabled(of_ball)

    def _press(self) -> None:
        ball = self._kind.currentData() or None
        near = bool(self._near.currentData()) and ball is not None
        self.measure_pressed.emit(RigRequest(ball, self._diameter.value(), near))


def _words(words: str, kind: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
