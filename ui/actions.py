"""Everything a user can start from a menu or a key, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to start: its menu, its words, its keys; of a `group` one is on at a time."""

    menu: str
    text: str
    keys: tuple[str, ...] = ()
    group: str = ""
    checkable: bool = False


COMMANDS: Mapping[str, Command] = {
    "before.open": Command("File", "Open photo before…", ("Ctrl+O",)),
    "after.open": Command("File", "Open photo after…", ("Ctrl+Shift+O",)),
    "pair.swap": Command("File", "Swap before and after", ("X",)),
    "pair.compare": Command("File", "Compare", ("Ctrl+Return",)),
    "session.details": Command("File", "Session details…", ("Ctrl+D",)),
    "repeat.before": Command("File", "Add repeat shot before…"),
    "repeat.after": Command("File", "Add repeat shot after…"),
    "profile.make": Command("File", "Make colour profile from a chart photo…"),
    "rig.measure": Command("File", "Measure light rig from a ball or card…"),
    "work.cancel": Command("File", "Cancel", ("Escape",)),
    "report.write": Command("File", "Export report…", ("Ctrl+P", "Ctrl+E")),
    "app.quit": Command("File", "Quit", ("Ctrl+Q",)),
    "mode.side": Command("View", "Side by side", ("1",)),
    "mode.wipe": Command("View", "Wipe", ("2", "W")),
    "mode.blend": Command("View", "Blend", ("3", "B")),
    "mode.blink": Command("View", "Blink", ("4",)),
    "mode.difference": Command("View", "Difference", ("5", "D")),
    "relief.show": Command("View", "Relief under a lamp", ("R",), checkable=True),
    "relief.follow": Command("View", "Lamp follows the pointer", ("L",)),
    "relief.colour": Command("View", "Skin colour on the relief", ("C",)),
    "profile.show": Command("View", "Depth profile", ("P",), checkable=True),
    "control.show": Command("View", "Control patch", ("K",), checkable=True),
    "map.none": Command("Map", "No map", ("N",)),
    "map.next": Command("Map", "Next map", ("M",)),
    "map.redness": Command("Map", "Redness", ("Shift+R",)),
    "map.pigment": Command("Map", "Pigment", ("Shift+P",)),
    "map.texture": Command("Map", "Texture", ("Shift+T",)),
    "map.depth": Command("Map", "Depth", ("Shift+D",)),
    "map.error": Command("Map", "Registration error", ("E",), checkable=True),
    "map.left_out": Command("Map", "Left-out skin", ("O",), checkable=True),
    "map.zones": Command("Map", "Zone outlines", ("Z",), checkable=True),
    "map.stronger": Command("Map", "Stronger", ("]",)),
    "map.weaker": Command("Map", "Weaker", ("[",)),
    "zoom.in": Command("View", "Zoom in", ("+", "=", "Ctrl++")),
    "zoom.out": Command("View", "Zoom out", ("-", "Ctrl+-")),
    "zoom.fit": Command("View", "Fit to window", ("0",)),
    "zoom.actual": Command("View", "Actual pixels", ("9",)),
    "theme.system": Command("Theme", "Follow the system", (), "theme", checkable=True),
    "theme.light": Command("Theme", "Light", (), "theme", checkable=True),
    "theme.dark": Command("Theme", "Dark", (), "theme", checkable=True),
    "screen.library": Command("Library", "Patients", ("F2",)),
    "screen.compare": Command("Library", "Compare photos", ("F3",)),
    "patient.new": Command("Library", "New patient…", ("Ctrl+N",)),
    "photos.import": Command("Library", "Import photos…", ("Ctrl+I",)),
    "library.lock": Command("Library", "Lock", ("Ctrl+L",)),
    "idle.2": Command("Lock after", "2 minutes", (), "idle", checkable=True),
    "idle.5": Command("Lock after", "5 minutes", (), "idle", checkable=True),
    "idle.10": Command("Lock after", "10 minutes", (), "idle", checkable=True),
    "idle.20": Command("Lock after", "20 minutes", (), "idle", checkable=True),
    "app.about": Command("Help", "About mnimage"),
}


def build_actions(
    parent: QWidget, handlers: Mapping[str, Callable[[], None]]
) -> dict[str, QAction]:
    """Return one QAction per command; a command without a handler is an error."""
    groups: dict[str, QActionGroup] = {}
    actions = {}
    for key, command in COMMANDS.items():
        action = actions[key] = _action(parent, command, handlers[key])
        if command.group:
            group = groups.setdefault(command.group, QActionGroup(parent))
            group.addAction(action)
    return actions


def _action(parent: QWidget, command: Command, handler: Callable[[], None]) -> QAction:
    action = QAction(command.text, parent)
    action.setShortcuts([QKeySequence(key) for key in command.keys])
    action.setCheckable(command.checkable)
    # `triggered` brings a bool that no handler wants.
    action.triggered.connect(lambda _checked=False, run=handler: run())
    return action
