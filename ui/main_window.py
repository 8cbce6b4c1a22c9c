"""The window: one page per row of the table of screens, with their menus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

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
from ui.actions import FILE, HELP, VIEW, Where, build_actions, translated
from ui.screens.table import (
    FIRST_SCREEN,
    SCREENS,
    UNLOCK_SCREEN,
    command_of,
    commands_of,
)
from ui.widgets.eliding import ElidingLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QAction, QCloseEvent
    from PySide6.QtWidgets import QMenu

    from ui.actions import Command
    from ui.screens.screen import Screen

_WIDEST_USER = 200
"""Pixels: a longer name of a user is shortened, so that it leaves room for the menus."""


class MainWindow(QMainWindow):
    """The screens with their menus; `views` has the view of each screen by its name."""

    theme_chosen = Signal(object)
    """A `theme.Choice`."""

    def __init__(
        self,
        version: str,
        screens: tuple[Screen[Any, Any], ...] = SCREENS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._version, self._screens = version, screens
        self.views = {one.name: one.view() for one in screens}
        self._stack = QStackedWidget()
        for view in self.views.values():
            self._stack.addWidget(view)
        self.setCentralWidget(self._stack)
        self._covered, self._library_open = False, False
        self._hidden: list[QDialog] = []
        self._behind = FIRST_SCREEN
        self.setWindowTitle("mnimage")
        self.setMinimumSize(*theme.SMALLEST_WINDOW)
        self.resize(1440, 900)
        self.show_screen(FIRST_SCREEN)
        self._commands = commands_of(screens)
        self._owners = {name: one.name for one in screens for name in one.commands}
        self._menus = {one.name: one.menu(self.views[one.name]) for one in screens}
        self.actions_by_name = build_actions(self, self._commands, self._handlers())
        self._fill_menu_bar()
        self._make_corner()
        self._let_pinned_through_dialogs()
        self._stack.currentChanged.connect(self._enable_actions)
        self._enable_actions()
        for menu in self._menus.values():
            if menu.ticks_changed is not None:
                menu.ticks_changed.connect(self._tick_actions)
        self._tick_actions()

    @property
    def shown(self) -> str:
        """The name of the screen that is shown."""
        widget = self._stack.currentWidget()
        return next(name for name, view in self.views.items() if view is widget)

    def show_screen(self, name: str) -> None:
        """Show a screen."""
        self._stack.setCurrentWidget(self.views[name])

    def show_theme(self, choice: theme.Choice) -> None:
        """Tick the theme in the menu."""
        self.actions_by_name[f"theme.{choice.value}"].setChecked(True)

    def show_user(self, name: str) -> None:
        """Show who has the library open; nobody where it is empty."""
        self._user.show_text(name)
        self._fit_corner()
        self._library_open = bool(name)
        self._enable_actions()

    def cover(self, *, covered: bool) -> None:
        """Show the unlock screen alone, or what was shown before it.

        Dialogs are hidden meanwhile and keep what was entered; menus and shortcuts do nothing.
        """
        if covered and not self._covered:
            self._behind = self.shown
            self._hidden = [one for one in self.findChildren(QDialog) if one.isVisible()]
            for dialog in self._hidden:
                dialog.hide()
            self.show_screen(UNLOCK_SCREEN)
        elif self._covered and not covered:
            self.show_screen(self._behind)
            for dialog in self._hidden:
                dialog.show()
            self._hidden = []
        self._covered = covered
        self._enable_actions()

    def forget_hidden(self) -> None:
        """Close the dialogs of the previous user and return to the library's screen."""
        hidden, self._hidden = self._hidden, []
        for dialog in hidden:
            dialog.reject()
        self._behind = UNLOCK_SCREEN

    def about(self) -> None:
        """Show what this program is, and which version."""
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("About mnimage"))
        box.setText(f"mnimage {self._version}")
        box.setInformativeText(
            self.tr(
                "Standardized photos of the face at every session, registered onto each other; "
                "what changed is measured, with its uncertainty.\n\n"
                "For documentation, not for diagnosis. Licensed under the Apache License 2.0."
            )
        )
        box.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the program with its window."""
        super().closeEvent(event)
        QApplication.quit()

    # Commands

    def _handlers(self) -> Mapping[str, Callable[[], None]]:
        handlers: dict[str, Callable[[], None]] = {
            "app.quit": self._quit,
            "app.about": self.about,
            **{
                f"theme.{choice.value}": partial(self.theme_chosen.emit, choice)
                for choice in theme.Choice
            },
            **{command_of(one): partial(self._choose, one.name) for one in self._screens},
        }
        for one in self._screens:
            for name, handler in self._menus[one.name].handlers.items():
                shows = self._commands[name].shows_screen
                handlers[name] = partial(self._run_shown, one.name, handler) if shows else handler
        return handlers

    def _choose(self, name: str) -> None:
        """Show a screen, or the first page of the one that is shown."""
        if self.shown == name:
            self._menus[name].home()
        self.show_screen(name)

    def _run_shown(self, name: str, handler: Callable[[], None]) -> None:
        self.show_screen(name)
        handler()

    def _fill_menu_bar(self) -> None:
        """Make the menus: File and View first, Help last, those of the screens between them."""
        tops = [command.menu[0] for command in self._commands.values()]
        between = [top for top in dict.fromkeys(tops) if top not in (FILE, VIEW, HELP)]
        menus: dict[tuple[str, ...], QMenu] = {}
        for top in (FILE, VIEW, *between, HELP):
            menus[top,] = self.menuBar().addMenu(translated(top))
        last: dict[tuple[str, ...], str] = {}
        for name, command in self._commands.items():
            menu = _menu_at(command.menu, menus)
            # A line between the commands of two screens, and above those of the window.
            group = self._owners.get(name, name.partition(".")[0])
            if last.setdefault(command.menu, group) != group:
                menu.addSeparator()
            last[command.menu] = group
            menu.addAction(self.actions_by_name[name])

    def _let_pinned_through_dialogs(self) -> None:
        """Have the keys of pinned commands work in dialogs, which keep the others away."""
        for dialog in self.findChildren(QDialog):
            for name, command in self._commands.items():
                if command.pinned:
                    dialog.addAction(self.actions_by_name[name])

    def _make_corner(self) -> None:
        """Put the user, the screens and the pinned commands beside the menus."""
        self._corner = QWidget(self.menuBar())
        layout = QHBoxLayout(self._corner)
        layout.setContentsMargins(0, 0, theme.GRID, 0)
        layout.setSpacing(2)
        self._user = ElidingLabel("small")
        self._user.setMaximumWidth(_WIDEST_USER)
        layout.addWidget(self._user)
        self._tabs: dict[str, QToolButton] = {}
        pinned = [name for name, command in self._commands.items() if command.pinned]
        for name in (*(command_of(one) for one in self._screens), *pinned):
            button = _tab(self._commands[name], self.actions_by_name[name])
            layout.addWidget(button)
            self._tabs[name] = button
        self.menuBar().setCornerWidget(self._corner, Qt.Corner.TopRightCorner)

    def _fit_corner(self) -> None:
        """Give the corner the width of its texts; a menu bar measures only when it is resized."""
        bar = self.menuBar()
        self._corner.setMinimumWidth(self._corner.sizeHint().width())
        QApplication.sendEvent(bar, QResizeEvent(bar.size(), bar.size()))

    def _enable_actions(self) -> None:
        """Enable the commands of the screen that is shown; only a few while it is locked."""
        for name, command in self._commands.items():
            self.actions_by_name[name].setEnabled(self._is_enabled(name, command))
        for name, button in self._tabs.items():
            button.setEnabled(self.actions_by_name[name].isEnabled())
        for one in self._screens:
            tab = self._tabs[command_of(one)]
            tab.setProperty("here", "yes" if one.name == self.shown else "no")
            tab.style().unpolish(tab)
            tab.style().polish(tab)

    def _is_enabled(self, name: str, command: Command) -> bool:
        if command.where is Where.ALWAYS:
            return True
        if self._covered or (command.needs_library and not self._library_open):
            return False
        return command.where is Where.ANYWHERE or self._owners[name] == self.shown

    def _tick_actions(self) -> None:
        for menu in self._menus.values():
            for name, ticked in menu.ticks().items():
                self.actions_by_name[name].setChecked(ticked)

    def _quit(self) -> None:
        self.close()


def _menu_at(path: tuple[str, ...], menus: dict[tuple[str, ...], QMenu]) -> QMenu:
    """Return the menu at a path, made where it is missing."""
    if path not in menus:
        outer = _menu_at(path[:-1], menus)
        outer.addSeparator()
        menus[path] = outer.addMenu(translated(path[-1]))
    return menus[path]


def _tab(command: Command, action: QAction) -> QToolButton:
    text = translated(command.text)
    button = QToolButton()
    button.setProperty("kind", "tab")
    button.clicked.connect(action.trigger)
    button.setText(text)
    button.setToolTip(f"{text} ({command.keys[0]})" if command.keys else text)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
