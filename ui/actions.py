"""Commands: everything a user can start from a menu or a key, and the actions made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
        """Mark a text of a table for translation; Qt's own declaration has no types."""
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP

FILE = QT_TRANSLATE_NOOP("Command", "File")
VIEW = QT_TRANSLATE_NOOP("Command", "View")
HELP = QT_TRANSLATE_NOOP("Command", "Help")
THEME = QT_TRANSLATE_NOOP("Command", "Theme")


class Where(Enum):
    """Where a command can be started."""

    ON_ITS_SCREEN = "on its screen"
    ANYWHERE = "on every screen, while the window is unlocked"
    ALWAYS = "on every screen, locked or not"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to start; of a `group` one is on at a time.

    `menu` is the path of its menu, such as ("View", "Theme"). `text` and the menus are marked with
    `QT_TRANSLATE_NOOP` in the context "Command".
    """

    menu: tuple[str, ...]
    text: str
    keys: tuple[str, ...] = ()
    group: str = ""
    checkable: bool = False
    where: Where = Where.ON_ITS_SCREEN
    shows_screen: bool = False
    """Its screen is shown before it runs."""
    needs_library: bool = False
    """It can be started only while the clinic's library is open."""
    pinned: bool = False
    """It is also a button beside the screens, and its key works inside dialogs."""


WINDOW_COMMANDS: Mapping[str, Command] = {
    "theme.system": Command(
        (VIEW, THEME),
        QT_TRANSLATE_NOOP("Command", "Follow the system"),
        group="theme",
        checkable=True,
        where=Where.ALWAYS,
    ),
    "theme.light": Command(
        (VIEW, THEME),
        QT_TRANSLATE_NOOP("Command", "Light"),
        group="theme",
        checkable=True,
        where=Where.ALWAYS,
    ),
    "theme.dark": Command(
        (VIEW, THEME),
        QT_TRANSLATE_NOOP("Command", "Dark"),
        group="theme",
        checkable=True,
        where=Where.ALWAYS,
    ),
    "app.quit": Command(
        (FILE,), QT_TRANSLATE_NOOP("Command", "Quit"), ("Ctrl+Q",), where=Where.ALWAYS
    ),
    "app.about": Command(
        (HELP,), QT_TRANSLATE_NOOP("Command", "About mnimage"), where=Where.ALWAYS
    ),
}
"""The window's own commands; each screen brings its own (`commands.py` in its folder)."""


def build_actions(
    parent: QWidget,
    commands: Mapping[str, Command],
    handlers: Mapping[str, Callable[[], None]],
) -> dict[str, QAction]:
    """Return one QAction per command.

    Raises
    ------
    KeyError
        If a command has no handler.
    """
    groups: dict[str, QActionGroup] = {}
    actions = {}
    for key, command in commands.items():
        action = actions[key] = _action(parent, command, handlers[key])
        if command.group:
            group = groups.setdefault(command.group, QActionGroup(parent))
            group.addAction(action)
    return actions


def translated(text: str) -> str:
    """Return a text of a command or a menu in the user's language."""
    return QCoreApplication.translate("Command", text)


def _action(parent: QWidget, command: Command, handler: Callable[[], None]) -> QAction:
    action = QAction(translated(command.text), parent)
    action.setShortcuts([QKeySequence(key) for key in command.keys])
    action.setCheckable(command.checkable)
    # `triggered` passes a bool, which no handler takes.
    action.triggered.connect(lambda _checked=False, run=handler: run())
    return action
