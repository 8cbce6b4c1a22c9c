"""How both pictures are compared, as photos or as reliefs, and how large they are shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout

from ui.widgets.bars import bar, slider, small
from ui.widgets.duo_canvas import CompareMode
from ui.widgets.icons import IconButton

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

MODES = {
    CompareMode.SIDE: ("Side by side", "1"),
    CompareMode.WIPE: ("Wipe", "2 or W"),
    CompareMode.BLEND: ("Blend", "3 or B"),
    CompareMode.BLINK: ("Blink", "4"),
    CompareMode.DIFFERENCE: ("Difference", "5 or D"),
}

_FULL = 100
_ONLY_SHOTS = "Needs two sets of directional shots that lie on each other."
_ONLY_PHOTOS = "Needs two ordinary photos that lie on each other."


class ModeBar(QFrame):
    """Buttons for modes, relief, depth profile and zoom, and a slider from before to after."""

    mode_chosen = Signal(object)
    """A `CompareMode`."""
    mix_changed = Signal(float)
    relief_toggled = Signal(bool)
    profile_toggled = Signal(bool)
    control_toggled = Signal(bool)
    fit_pressed = Signal()
    actual_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = bar(self, "bar")
        self._add_modes(layout)
        self._mix = slider(self.tr("From before to after"), "mix", width=48)
        self._mix.valueChanged.connect(self._slide)
        for widget in (small(self.tr("Before")), self._mix, small(self.tr("After"))):
            layout.addWidget(widget)
        layout.addStretch(1)
        self._relief = self._part_button("relief", self.tr("Relief under a lamp (R)"))
        self._relief.toggled.connect(self.relief_toggled)
        self._profile = self._part_button("profile", self.tr("Depth profile (P)"))
        self._profile.toggled.connect(self.profile_toggled)
        self._control = self._part_button("patch", self.tr("Control patch on untreated skin (K)"))
        self._control.toggled.connect(self.control_toggled)
        for button in (self._relief, self._profile, self._control):
            layout.addWidget(button)
        layout.addStretch(1)
        self._add_zoom(layout)

    # What is shown

    def show_mode(self, mode: CompareMode, mix: float) -> None:
        """Show how the two are compared now, and how they are mixed where that has a meaning."""
        self._modes[mode].setChecked(True)
        self._mix.setEnabled(mode in (CompareMode.WIPE, CompareMode.BLEND))
        self.show_mix(mix)

    def show_mix(self, mix: float) -> None:
        """Show how far the mixture is from before (0) to after (1)."""
        with QSignalBlocker(self._mix):
            self._mix.setValue(round(mix * _FULL))

    def show_zoom(self, scale: float) -> None:
        """Show device pixels per picture pixel."""
        percent = scale * _FULL
        self._zoom.setText(f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")

    def set_alignable(self, alignable: bool) -> None:
        """Offer all modes, or only the one for a pair that was not registered."""
        for mode, button in self._modes.items():
            button.setEnabled(alignable or mode is CompareMode.SIDE)

    def set_relievable(self, relievable: bool) -> None:
        """Offer relief and profile where surfaces were recovered; say why not elsewhere."""
        for button in (self._relief, self._profile):
            _offer(button, "" if relievable else self.tr(_ONLY_SHOTS))

    def set_controllable(self, controllable: bool) -> None:
        """Offer a control patch where ordinary photos lie on each other; say why not elsewhere."""
        _offer(self._control, "" if controllable else self.tr(_ONLY_PHOTOS))

    @property
    def relief_shown(self) -> bool:
        """Whether reliefs are wanted in place of the photos."""
        return self._relief.isChecked()

    @property
    def profile_shown(self) -> bool:
        """Whether a depth profile is wanted."""
        return self._profile.isChecked()

    @property
    def control_shown(self) -> bool:
        """Whether the control patch is being drawn."""
        return self._control.isChecked()

    @property
    def holds_focus(self) -> bool:
        """Whether the keys work on one of the modes."""
        return any(button.hasFocus() for button in self._modes.values())

    # What keys do

    def toggle_relief(self) -> None:
        """Show reliefs, or photos again, where there are reliefs."""
        if self._relief.isEnabled():
            self._relief.toggle()

    def toggle_profile(self) -> None:
        """Begin or end with a depth profile, where there are reliefs."""
        if self._profile.isEnabled():
            self._profile.toggle()

    def toggle_control(self) -> None:
        """Begin or end with the control patch, where there can be one."""
        if self._control.isEnabled():
            self._control.toggle()

    # Building

    def _add_modes(self, layout: QHBoxLayout) -> None:
        group = QButtonGroup(self)
        self._modes = {}
        for mode, (words, keys) in MODES.items():
            button = IconButton(mode.value, words)
            button.setToolTip(f"{words} ({keys})")
            button.setObjectName(f"mode-{mode.value}")
            button.setCheckable(True)
            button.clicked.connect(partial(self.mode_chosen.emit, mode))
            group.addButton(button)
            layout.addWidget(button)
            self._modes[mode] = button

    def _part_button(self, drawing: str, words: str) -> IconButton:
        """Return a button for what only some pairs have."""
        button = IconButton(drawing, words)
        button.setCheckable(True)
        button.setEnabled(False)
        button.setObjectName(drawing)
        return button

    def _add_zoom(self, layout: QHBoxLayout) -> None:
        self._zoom = small("")
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._zoom.setMinimumWidth(48)
        layout.addWidget(self._zoom)
        for drawing, words, pressed in (
            ("fit", self.tr("Fit to window (0)"), self.fit_pressed),
            ("actual", self.tr("Actual pixels (9)"), self.actual_pressed),
        ):
            button = IconButton(drawing, words)
            button.clicked.connect(pressed)
            layout.addWidget(button)

    def _slide(self, value: int) -> None:
        self.mix_changed.emit(value / _FULL)


def _offer(button: IconButton, why_not: str) -> None:
    """Enable a button, or put it out and say why on its tip."""
    if why_not:
        button.setChecked(False)
    button.setDisabled(bool(why_not))
    button.setToolTip("\n".join(filter(None, (button.accessibleName(), why_not))))
