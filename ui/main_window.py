"""The window: menus over the screens, and the one block that wires them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from ui import theme
from ui.actions import COMMANDS, build_actions
from ui.screens.compare.side import Side
from ui.screens.compare.view import CompareView
from ui.screens.library.local_settings import IDLE_MINUTES
from ui.screens.library.view import LibraryView
from ui.widgets.duo_canvas import CompareMode
from ui.widgets.eliding import ElidingLabel
from ui.widgets.maps import ERROR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QMenu


_INNER_MENUS = {"Theme": "View", "Lock after": "Library"}
_WIDEST_USER = 200
_ALWAYS = frozenset({"app.quit", "app.about"})
"""Commands that a locked window still takes, beside the themes."""
_OF_LIBRARY = frozenset({"patient.new", "photos.import", "library.lock"})


class MainWindow(QMainWindow):
    """The screens with their menus."""

    theme_chosen = Signal(object)
    """A `theme.Choice`."""
    patients_pressed = Signal()
    patient_new_pressed = Signal()
    import_pressed = Signal()
    lock_pressed = Signal()
    idle_chosen = Signal(int)
    """Minutes."""

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._version = version
        self.compare, self.library = CompareView(), LibraryView()
        self._screens = QStackedWidget()
        for screen in (self.compare, self.library):
            self._screens.addWidget(screen)
        self.setCentralWidget(self._screens)
        self._covered, self._open = False, False
        self._hidden: list[QDialog] = []
        self._behind: QWidget = self.compare
        self.setWindowTitle("mnimage")
        self.setMinimumSize(*theme.SMALLEST_WINDOW)
        self.resize(1440, 900)
        self.actions_by_name = build_actions(self, self._handlers())
        self._fill_menus()
        self._make_corner()
        for dialog in self.findChildren(QDialog):
            # A dialog keeps the window's keys to itself; this one goes through.
            dialog.addAction(self.actions_by_name["library.lock"])
        self._screens.currentChanged.connect(self._suit_actions)
        self._suit_actions()
        self.compare.canvas.layers_changed.connect(self._tick_layers)
        self._tick_layers()

    def show_theme(self, choice: theme.Choice) -> None:
        """Tick the theme in the menu."""
        self.actions_by_name[f"theme.{choice.value}"].setChecked(True)

    def show_compare(self) -> None:
        """Show the compare screen."""
        self._screens.setCurrentWidget(self.compare)

    def show_library(self) -> None:
        """Show the library's screen."""
        self._screens.setCurrentWidget(self.library)

    def show_idle(self, minutes: int) -> None:
        """Tick after how long the window locks itself."""
        self.actions_by_name[f"idle.{minutes}"].setChecked(True)

    def show_user(self, words: str) -> None:
        """Show who has the library open; nobody where it is empty."""
        self._user.tell(words)
        self._fit_corner()
        self._open = bool(words)
        self._suit_actions()

    def cover(self, *, covered: bool) -> None:
        """Show the library's door alone, or again what was there before.

        Dialogs are hidden meanwhile, with what was written in them; menus and keys do nothing.
        """
        if covered and not self._covered:
            self._behind = self._screens.currentWidget() or self.compare
            self._hidden = [one for one in self.findChildren(QDialog) if one.isVisible()]
            for dialog in self._hidden:
                dialog.hide()
            self._screens.setCurrentWidget(self.library)
        elif self._covered and not covered:
            self._screens.setCurrentWidget(self._behind)
            for dialog in self._hidden:
                dialog.show()
            self._hidden = []
        self._covered = covered
        self._suit_actions()

    def forget_hidden(self) -> None:
        """Close what waits behind the door, for another user comes."""
        hidden, self._hidden = self._hidden, []
        for dialog in hidden:
            dialog.reject()
        self._behind = self.library

    def about(self) -> None:
        """Say what this program is, and which version."""
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("About mnimage"))
        box.setText(f"mnimage {self._version}")
        box.setInformativeText(
            self.tr(
                "Photographs faces the same way at every session, lays the photos onto each other "
                "and measures what changed, with every doubt shown.\n\n"
                "For documentation, not for diagnosis. Free under the Apache licence 2.0."
            )
        )
        box.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the program with its window."""
        super().closeEvent(event)
        QApplication.quit()

    def _handlers(self) -> dict[str, Callable[[], None]]:
        view, canvas = self.compare, self.compare.canvas
        handlers: dict[str, Callable[[], None]] = {
            "before.open": partial(view.photo_wanted.emit, Side.BEFORE.value),
            "after.open": partial(view.photo_wanted.emit, Side.AFTER.value),
            "pair.swap": view.swap_pressed.emit,
            "pair.compare": view.compare_pressed.emit,
            "session.details": view.details_pressed.emit,
            "repeat.before": partial(view.repeat_wanted.emit, Side.BEFORE.value),
            "repeat.after": partial(view.repeat_wanted.emit, Side.AFTER.value),
            "profile.make": view.profile_make_pressed.emit,
            "rig.measure": view.rig_pressed.emit,
            "work.cancel": view.cancel_pressed.emit,
            "report.write": view.report_pressed.emit,
            "app.quit": self._quit,
            "relief.show": canvas.toggle_relief,
            "relief.follow": canvas.toggle_follow,
            "relief.colour": canvas.toggle_colour,
            "profile.show": canvas.toggle_profile,
            "control.show": canvas.toggle_control,
            "map.none": partial(canvas.show_map, ""),
            "map.next": canvas.next_map,
            "map.left_out": canvas.toggle_left_out,
            "map.stronger": partial(canvas.nudge_strength, 1),
            "map.weaker": partial(canvas.nudge_strength, -1),
            "map.error": canvas.toggle_error,
            "map.zones": canvas.toggle_zones,
            "zoom.in": canvas.zoom_in,
            "zoom.out": canvas.zoom_out,
            "zoom.fit": canvas.fit,
            "zoom.actual": canvas.actual,
            "app.about": self.about,
            "screen.library": self.patients_pressed.emit,
            "screen.compare": self.show_compare,
            "patient.new": self.patient_new_pressed.emit,
            "photos.import": self.import_pressed.emit,
            "library.lock": self.lock_pressed.emit,
        }
        idle = {
            f"idle.{minutes}": partial(self.idle_chosen.emit, minutes) for minutes in IDLE_MINUTES
        }
        layers = {
            f"map.{start}": partial(canvas.toggle_layer, start)
            for start in ("redness", "pigment", "texture", "depth")
        }
        modes = {f"mode.{mode.value}": partial(canvas.set_mode, mode) for mode in CompareMode}
        themes = {
            f"theme.{choice.value}": partial(self.theme_chosen.emit, choice)
            for choice in theme.Choice
        }
        return handlers | layers | modes | themes | idle

    def _fill_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for key, command in COMMANDS.items():
            if command.menu not in menus:
                menus[command.menu] = self._menu(command.menu, menus)
            menus[command.menu].addAction(self.actions_by_name[key])

    def _menu(self, name: str, menus: Mapping[str, QMenu]) -> QMenu:
        if name not in _INNER_MENUS:
            return self.menuBar().addMenu(name)
        outer = menus[_INNER_MENUS[name]]
        outer.addSeparator()
        return outer.addMenu(name)

    def _make_corner(self) -> None:
        """Lay the two screens and the lock beside the menus, where they take no room."""
        corner = QWidget(self.menuBar())
        layout = QHBoxLayout(corner)
        layout.setContentsMargins(0, 0, theme.GRID, 0)
        layout.setSpacing(2)
        self._corner = corner
        self._user = ElidingLabel("small")
        self._user.setMaximumWidth(_WIDEST_USER)
        layout.addWidget(self._user)
        self._tabs = {}
        for name, words in (
            ("screen.library", self.tr("Patients")),
            ("screen.compare", self.tr("Compare")),
            ("library.lock", self.tr("Lock")),
        ):
            button = QToolButton()
            button.setProperty("kind", "tab")
            button.clicked.connect(self.actions_by_name[name].trigger)
            button.setText(words)
            button.setToolTip(f"{words} ({COMMANDS[name].keys[0]})")
            button.setAccessibleName(words)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            layout.addWidget(button)
            self._tabs[name] = button
        self.menuBar().setCornerWidget(corner, Qt.Corner.TopRightCorner)

    def _fit_corner(self) -> None:
        """Give the corner the room its words need; a menu bar looks only when it is resized."""
        bar = self.menuBar()
        self._corner.setMinimumWidth(self._corner.sizeHint().width())
        QApplication.sendEvent(bar, QResizeEvent(bar.size(), bar.size()))

    def _suit_actions(self) -> None:
        """Let a command act only where its screen is shown, and none while the door is shut."""
        compare = self._screens.currentWidget() is self.compare
        for name, command in COMMANDS.items():
            always = name in _ALWAYS or command.menu == "Theme"
            elsewhere = command.menu in ("Library", "Lock after", "Help")
            fits = always or compare or elsewhere
            fits = fits and (name not in _OF_LIBRARY or self._open)
            self.actions_by_name[name].setEnabled(fits and (always or not self._covered))
        for name, button in self._tabs.items():
            button.setEnabled(self.actions_by_name[name].isEnabled())
        for name, shown in (("screen.library", not compare), ("screen.compare", compare)):
            self._tabs[name].setProperty("here", "yes" if shown else "no")
            self._tabs[name].style().unpolish(self._tabs[name])
            self._tabs[name].style().polish(self._tabs[name])

    def _tick_layers(self) -> None:
        canvas = self.compare.canvas
        self.actions_by_name["map.error"].setChecked(canvas.map_name == ERROR)
        self.actions_by_name["map.zones"].setChecked(canvas.zones_shown)
        self.actions_by_name["map.left_out"].setChecked(canvas.left_out_shown)
        self.actions_by_name["relief.show"].setChecked(canvas.relief_shown)
        self.actions_by_name["profile.show"].setChecked(canvas.profile_shown)
        self.actions_by_name["control.show"].setChecked(canvas.control_shown)

    def _quit(self) -> None:
        self.close()
