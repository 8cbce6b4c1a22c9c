"""The window: menus over the compare screen, and the one block that wires them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox

from ui import theme
from ui.actions import COMMANDS, build_actions
from ui.screens.compare.side import Side
from ui.screens.compare.view import CompareView
from ui.widgets.duo_canvas import CompareMode
from ui.widgets.maps import ERROR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QMenu, QWidget


_INNER_MENUS = ("Theme",)


class MainWindow(QMainWindow):
    """The compare screen with its menus."""

    theme_chosen = Signal(object)
    """A `theme.Choice`."""

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._version = version
        self.compare = CompareView()
        self.setCentralWidget(self.compare)
        self.setWindowTitle("mnimage")
        self.setMinimumSize(*theme.SMALLEST_WINDOW)
        self.resize(1440, 900)
        self.actions_by_name = build_actions(self, self._handlers())
        self._fill_menus()
        self.compare.canvas.layers_changed.connect(self._tick_layers)
        self._tick_layers()

    def show_theme(self, choice: theme.Choice) -> None:
        """Tick the theme in the menu."""
        self.actions_by_name[f"theme.{choice.value}"].setChecked(True)

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
        return handlers | layers | modes | themes

    def _fill_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for key, command in COMMANDS.items():
            if command.menu not in menus:
                menus[command.menu] = self._menu(command.menu, menus)
            menus[command.menu].addAction(self.actions_by_name[key])

    def _menu(self, name: str, menus: Mapping[str, QMenu]) -> QMenu:
        if name not in _INNER_MENUS:
            return self.menuBar().addMenu(name)
        menus["View"].addSeparator()
        return menus["View"].addMenu(name)

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
