"""The table of screens; the window, its menus and the program read it.

A new screen is a folder beside this file and one row here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.actions import QT_TRANSLATE_NOOP, VIEW, WINDOW_COMMANDS, Command, Where
from ui.screens.compare import commands as compare_commands
from ui.screens.compare import start as compare_start
from ui.screens.compare.view import CompareView
from ui.screens.library import commands as library_commands
from ui.screens.library import start as library_start
from ui.screens.library.view import LibraryView
from ui.screens.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Mapping

SCREENS: tuple[Screen[Any, Any], ...] = (
    Screen(
        name="library",
        title=QT_TRANSLATE_NOOP("Command", "Patients"),
        key="F2",
        view=LibraryView,
        commands=library_commands.COMMANDS,
        menu=library_commands.menu_of,
        work=library_start.load_work,
        start=library_start.start,
    ),
    Screen(
        name="compare",
        title=QT_TRANSLATE_NOOP("Command", "Compare photos"),
        key="F3",
        view=CompareView,
        commands=compare_commands.COMMANDS,
        menu=compare_commands.menu_of,
        work=compare_start.load_work,
        start=compare_start.start,
    ),
)
"""Every screen, in the order of its tab."""

FIRST_SCREEN = "compare"
"""Shown at the start, unless another screen asks to be."""
UNLOCK_SCREEN = "library"
"""The only screen that is shown while the window is locked."""


def command_of(screen: Screen[Any, Any]) -> str:
    """Return the name of the command that shows a screen."""
    return f"screen.{screen.name}"


def commands_of(screens: tuple[Screen[Any, Any], ...] = SCREENS) -> Mapping[str, Command]:
    """Return every command by name: those that show a screen, each screen's, the window's."""
    shown = {
        command_of(one): Command((VIEW,), one.title, (one.key,), where=Where.ANYWHERE)
        for one in screens
    }
    own = {name: command for one in screens for name, command in one.commands.items()}
    return shown | own | dict(WINDOW_COMMANDS)
