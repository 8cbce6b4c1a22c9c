"""What only the clinic knows of two sessions: colour charts, repeat shots, days since needling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.screens.compare.repeats import RepeatList
from ui.screens.compare.side import Side
from ui.widgets.findings import breakable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ui.screens.compare.sessions import RepeatShown

_WIDE = 640
_LINE = 22
_UNTOLD = -1.0
_MOST_DAYS = 3650.0
_NAMES = {Side.BEFORE: "Before", Side.AFTER: "After"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One colour profile as it is shown: its file's name, and how well it fits."""

    name: str
    words: str


class DetailsDialog(QDialog):
    """Colour profiles of both sessions and the days since needling, before they are used."""

    profile_wanted = Signal(str)
    profile_removed = Signal(str)
    make_wanted = Signal()
    repeats_wanted = Signal(str)
    repeat_removed = Signal(str, int)
    corners_wanted = Signal()
    confirmed = Signal(object)
    """The days since the last needling, or None where that is not stated."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Session details"))
        self.setFixedWidth(_WIDE)
        self._named: dict[str, QLabel] = {}
        self._remove: dict[str, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        for widget in self._color_part():
            layout.addWidget(widget)
        for part in (self._repeat_part(), self._needling_part()):
            layout.addSpacing(12)
            for widget in part:
                layout.addWidget(widget)
        layout.addSpacing(8)
        self._trouble, self._hint = _words("", "trouble"), _words("", "soft")
        self._trouble.setObjectName("details-trouble")
        for label in (self._trouble, self._hint):
            label.setMinimumHeight(_LINE)
            layout.addWidget(label)
        self._by_hand = QPushButton(self.tr("Mark the chart's corners by hand…"))
        self._by_hand.setObjectName("by-hand")
        self._by_hand.setAutoDefault(False)
        self._by_hand.clicked.connect(self.corners_wanted)
        layout.addWidget(self._by_hand)
        layout.addLayout(self._buttons())
        self.show_profiles({})

    # What is shown

    def show_profiles(self, profiles: Mapping[str, Shown]) -> None:
        """Show which profile each session has; one alone serves both."""
        alone = next(iter(profiles.values())) if len(profiles) == 1 else None
        for side, label in self._named.items():
            shown = profiles.get(side)
            self._remove[side].setEnabled(shown is not None)
            if shown:
                label.setText(f"{breakable(shown.name)}\n{shown.words}")
            elif alone:
                label.setText(self.tr("The same as the other one"))
            else:
                label.setText(self.tr("None: redness and pigment are not calibrated"))
        self.show_trouble("", "")
        self._fit_words()

    def _fit_words(self) -> None:
        """Give every word its room, and the dialog what they need together."""
        if layout := self.layout():
            layout.activate()
        for shots in self._repeats.values():
            shots.fit_words()
        for label in (*self._named.values(), self._hint):
            label.setMinimumHeight(max(label.heightForWidth(label.width()), _LINE))
        self.adjustSize()

    def show_repeats(
        self, repeats: Mapping[Side, tuple[RepeatShown, ...]], filled: Collection[Side]
    ) -> None:
        """Show the repeat shots of each session; only one that is `filled` can have more."""
        for side, shots in self._repeats.items():
            shots.show_shots(repeats.get(side, ()), open_for_more=side in filled)
        self._fit_words()

    def show_days(self, days: float | None) -> None:
        """Show the days since needling."""
        self._days.setValue(_UNTOLD if days is None else days)

    def show_trouble(self, words: str, hint: str, *, by_hand: bool = False) -> None:
        """Say what went wrong with a profile; offer to mark the chart's corners by hand."""
        self._by_hand.setVisible(by_hand)
        self._trouble.setText(breakable(words))
        self._hint.setText(hint)
        self._fit_words()

    def set_reading(self, reading: bool) -> None:
        """Show that a profile is being read or made."""
        for button in self._choose:
            button.setDisabled(reading)
        self._use.setDisabled(reading)
        if reading:
            self.show_trouble("", self.tr("Reading the colour chart…"))
        elif not self._trouble.text():
            self.show_trouble("", "")

    # Building

    def _color_part(self) -> list[QWidget]:
        words = _words(
            self.tr(
                "A profile made of a photo of the colour chart, taken in the same session with the "
                "same camera, settings and light, makes redness and pigment comparable. "
                "One profile serves both photos; choose a second one where each session had a "
                "chart of its own."
            ),
            "soft",
        )
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        self._choose = []
        for row, side in enumerate(Side):
            self._add_row(grid, row, side)
        make = QPushButton(self.tr("Make a profile from a photo of the chart…"))
        make.setObjectName("make-profile")
        make.clicked.connect(self.make_wanted)
        make.setAutoDefault(False)
        self._choose.append(make)
        return [_words(self.tr("Colour"), "heading"), words, rows, make]

    def _add_row(self, grid: QGridLayout, row: int, side: Side) -> None:
        label = _words("", "")
        label.setObjectName(f"profile-{side}")
        choose = QPushButton(self.tr("Choose…"))
        choose.setObjectName(f"choose-profile-{side}")
        choose.setAccessibleName(self.tr("Choose the colour profile {0}").format(side))
        choose.setToolTip(self.tr("A profile (JSON), or a photo of the chart itself"))
        choose.clicked.connect(partial(self.profile_wanted.emit, side.value))
        remove = QPushButton(self.tr("Remove"))
        remove.setObjectName(f"remove-profile-{side}")
        remove.setAccessibleName(self.tr("Remove the colour profile {0}").format(side))
        remove.clicked.connect(partial(self.profile_removed.emit, side.value))
        for button in (choose, remove):
            button.setAutoDefault(False)
        self._named[side] = label
        self._remove[side] = remove
        self._choose.append(choose)
        grid.addWidget(_words(_NAMES[side], "heading"), row, 0)
        for column, widget in enumerate((label, choose, remove), start=1):
            grid.addWidget(widget, row, column)

    def _repeat_part(self) -> list[QWidget]:
        words = _words(
            self.tr(
                "Two or three shots of a session make its values more certain and show this "
                "patient's own "
                "error. Let the patient sit up and down between them."
            ),
            "soft",
        )
        self._repeats = {side: RepeatList(side, self.tr(_NAMES[side])) for side in Side}
        for side, shots in self._repeats.items():
            shots.wanted.connect(partial(self.repeats_wanted.emit, side.value))
            shots.removed.connect(partial(self.repeat_removed.emit, side.value))
        return [_words(self.tr("Repeat shots"), "heading"), words, *self._repeats.values()]

    def _needling_part(self) -> list[QWidget]:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        self._days = QDoubleSpinBox()
        self._days.setObjectName("days")
        self._days.setDecimals(0)
        self._days.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self._days.setRange(_UNTOLD, _MOST_DAYS)
        self._days.setValue(_UNTOLD)
        self._days.setSpecialValueText(self.tr("not stated"))
        self._days.setMinimumWidth(112)
        self._days.setAccessibleName(self.tr("Days since the last needling"))
        label = QLabel(self.tr("Days from the last needling to the photo after"))
        label.setBuddy(self._days)
        layout.addWidget(label)
        layout.addWidget(self._days)
        layout.addStretch(1)
        words = _words(
            self.tr(
                "Skin that is still healing is swollen: texture and depth get no verdict then."
            ),
            "soft",
        )
        return [_words(self.tr("Needling"), "heading"), row, words]

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        self._use = QPushButton(self.tr("Use for this pair"))
        self._use.setProperty("kind", "main")
        self._use.setObjectName("use-details")
        self._use.setDefault(True)
        self._use.clicked.connect(self._confirm)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._use)
        return row

    def _confirm(self) -> None:
        days = self._days.value()
        self.confirmed.emit(None if days < 0 else days)
        self.accept()


def _words(words: str, kind: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
