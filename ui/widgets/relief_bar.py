"""How the relief is lit: the lamp, its obedience to the pointer, height, and the skin's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QFrame

from ui import theme
from ui.widgets.bars import bar, slider, small
from ui.widgets.icons import IconButton
from ui.widgets.lighting import LARGEST_HEIGHT, LampPad

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.widgets.lighting import Lighting

_TENTHS = 10


class ReliefBar(QFrame):
    """Everything that changes how a relief looks, and nothing of what is measured."""

    def __init__(self, lighting: Lighting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lighting = lighting
        layout = bar(self, "foot")
        self._follow = IconButton("lamp", self.tr("Lamp follows the pointer (L)"))
        self._follow.setCheckable(True)
        self._follow.setChecked(lighting.follows)
        self._follow.setObjectName("follow")
        self._follow.toggled.connect(self._set_follows)
        self._height = slider(
            self.tr("Height, exaggerated for the eye"),
            "height",
            low=_TENTHS,
            high=round(LARGEST_HEIGHT * _TENTHS),
        )
        self._height.valueChanged.connect(self._set_height)
        self._given = small("")
        self._given.setMinimumWidth(32)
        self._colour = IconButton("photo", self.tr("Skin colour (C)"))
        self._colour.setToolTip(self.tr("The skin's own colour under the lamp, or plain grey (C)"))
        self._colour.setCheckable(True)
        self._colour.setObjectName("colour")
        self._colour.toggled.connect(lighting.set_coloured)
        layout.addWidget(LampPad(lighting))
        layout.addWidget(self._follow)
        layout.addWidget(self._colour)
        layout.addSpacing(theme.GRID)
        layout.addWidget(small(self.tr("Height")))
        layout.addWidget(self._height)
        layout.addWidget(self._given)
        layout.addStretch(1)
        self._hint = small(self.tr("View only; nothing measured changes"))
        layout.addWidget(self._hint)
        lighting.changed.connect(self._report)
        self._report()

    def toggle_follow(self) -> None:
        """Let the lamp follow the pointer, or stand still."""
        self._follow.toggle()

    def toggle_colour(self) -> None:
        """Show the skin's colour, or plain grey."""
        self._colour.toggle()

    def _set_follows(self, follows: bool) -> None:
        self._lighting.follows = follows

    def _set_height(self, value: int) -> None:
        self._lighting.set_height(value / _TENTHS)

    def _report(self) -> None:
        height = self._lighting.height
        self._given.setText(f"\N{MULTIPLICATION SIGN} {height:.1f}")
        with QSignalBlocker(self._height), QSignalBlocker(self._colour):
            self._height.setValue(round(height * _TENTHS))
            self._colour.setChecked(self._lighting.coloured)
