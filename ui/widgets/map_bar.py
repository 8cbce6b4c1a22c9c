"""Which map lies over both pictures, how strongly, and what its colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy

from mnimage.report.words import layer_words
from ui.widgets.bars import bar, slider
from ui.widgets.icons import IconButton
from ui.widgets.legend import LegendBar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mnimage.report.legend import Legend

_FULL = 100
_STRONG = 70
_NUDGE = 10
_CHOICE_WIDTH = 264


class MapBar(QFrame):
    """A list of maps, their strength, the legend, and what else can be drawn over photos."""

    map_chosen = Signal(str)
    strength_changed = Signal(float)
    left_out_toggled = Signal(bool)
    zones_toggled = Signal(bool)
    error_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = bar(self, "foot")
        self._choice = QComboBox()
        self._choice.setAccessibleName(self.tr("Map"))
        self._choice.setToolTip(self.tr("Map drawn over both photos (M for the next one)"))
        self._choice.setObjectName("maps")
        self._choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._choice.setFixedWidth(_CHOICE_WIDTH)
        self._choice.addItem(self.tr("No map"), "")
        self._choice.currentIndexChanged.connect(self._choose)
        self._strength = slider(self.tr("Strength of the map ([ and ])"), "strength", width=64)
        self._strength.setValue(_STRONG)
        self._strength.valueChanged.connect(self._set_strength)
        self._legend = LegendBar()
        self._left_out = self._toggle(
            "hatch",
            self.tr("Left-out skin (O)"),
            self.tr("Patterns over skin that takes no part in the scores (O)"),
        )
        self._left_out.setObjectName("left-out")
        self._left_out.setChecked(True)
        self._left_out.toggled.connect(self.left_out_toggled)
        self._error = self._toggle(
            "error",
            self.tr("Registration error (E)"),
            self.tr("How well the photos lie on each other, and which skin is left out (E)"),
        )
        self._error.setObjectName("error")
        self._error.clicked.connect(self.error_pressed)
        self._zones = self._toggle("zones", self.tr("Zone outlines (Z)"))
        self._zones.setObjectName("zones")
        self._zones.toggled.connect(self.zones_toggled)
        layout.addWidget(self._choice)
        layout.addWidget(self._strength)
        layout.addWidget(self._legend, 1)
        for button in (self._left_out, self._error, self._zones):
            layout.addWidget(button)

    # What is shown

    def fill(self, names: tuple[str, ...]) -> str:
        """Offer these maps and return the one that is chosen now: the old one if it is there."""
        kept = self.chosen
        with QSignalBlocker(self._choice):
            self._choice.clear()
            self._choice.addItem(self.tr("No map"), "")
            for name in names:
                self._choice.addItem(layer_words(name), name)
            self._choice.setCurrentIndex(max(self._choice.findData(kept), 0))
        return self.chosen

    def show_legend(self, legend: Legend | None, *, error: bool) -> None:
        """Show what the colours mean; `error` says that they are those of the registration."""
        self._legend.show_legend(legend)
        self._strength.setEnabled(legend is not None)
        self._left_out.setEnabled(legend is not None)
        with QSignalBlocker(self._error):
            self._error.setChecked(error)

    def set_alignable(self, alignable: bool) -> None:
        """Offer maps, or none of them for a pair that could not be registered."""
        for widget in (self._choice, self._error):
            widget.setEnabled(alignable)

    @property
    def chosen(self) -> str:
        """The map that is chosen; empty for none."""
        return self._choice.currentData() or ""

    @property
    def offers(self) -> bool:
        """Whether a map can be chosen."""
        return self._choice.isEnabled()

    @property
    def zones_shown(self) -> bool:
        """Whether the borders of zones are wanted."""
        return self._zones.isChecked()

    @property
    def left_out_shown(self) -> bool:
        """Whether left-out skin is to be patterned."""
        return self._left_out.isChecked()

    # What keys do

    def choose(self, name: str) -> None:
        """Choose a map; an empty or unknown name takes it off."""
        self._choice.setCurrentIndex(max(self._choice.findData(name), 0))

    def choose_next(self) -> None:
        """Go to the next map, after the last one to none."""
        self._choice.setCurrentIndex((self._choice.currentIndex() + 1) % self._choice.count())

    def nudge(self, way: int) -> None:
        """Make the map stronger or weaker by a step."""
        self._strength.setValue(self._strength.value() + way * _NUDGE)

    def toggle_zones(self) -> None:
        """Show or hide the borders of zones."""
        self._zones.toggle()

    def toggle_left_out(self) -> None:
        """Show or hide the patterns over left-out skin."""
        self._left_out.toggle()

    def _choose(self, place: int) -> None:
        self.map_chosen.emit(self._choice.itemData(place) or "")

    def _set_strength(self, value: int) -> None:
        self.strength_changed.emit(value / _FULL)

    def _toggle(self, drawing: str, name: str, tip: str = "") -> IconButton:
        button = IconButton(drawing, name)
        button.setToolTip(tip or name)
        button.setCheckable(True)
        return button
