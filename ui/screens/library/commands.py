"""The commands of the library's screen, and what they do to its view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ui.actions import QT_TRANSLATE_NOOP, Command, Where
from ui.screens.library.local_settings import IDLE_MINUTES
from ui.screens.screen import ScreenMenu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.screens.library.view import LibraryView

LIBRARY = QT_TRANSLATE_NOOP("Command", "Library")
LOCK_AFTER = QT_TRANSLATE_NOOP("Command", "Lock after")

_IDLE_TEXTS = {
    2: QT_TRANSLATE_NOOP("Command", "2 minutes"),
    5: QT_TRANSLATE_NOOP("Command", "5 minutes"),
    10: QT_TRANSLATE_NOOP("Command", "10 minutes"),
    20: QT_TRANSLATE_NOOP("Command", "20 minutes"),
}

COMMANDS: Mapping[str, Command] = {
    "patient.new": Command(
        (LIBRARY,),
        QT_TRANSLATE_NOOP("Command", "New patient…"),
        ("Ctrl+N",),
        where=Where.ANYWHERE,
        shows_screen=True,
        needs_library=True,
    ),
    "photos.import": Command(
        (LIBRARY,),
        QT_TRANSLATE_NOOP("Command", "Import photos…"),
        ("Ctrl+I",),
        where=Where.ANYWHERE,
        shows_screen=True,
        needs_library=True,
    ),
    "library.lock": Command(
        (LIBRARY,),
        QT_TRANSLATE_NOOP("Command", "Lock"),
        ("Ctrl+L",),
        where=Where.ANYWHERE,
        needs_library=True,
        pinned=True,
    ),
    **{
        f"idle.{minutes}": Command(
            (LIBRARY, LOCK_AFTER),
            _IDLE_TEXTS[minutes],
            group="idle",
            checkable=True,
            where=Where.ANYWHERE,
        )
        for minutes in IDLE_MINUTES
    },
}


def menu_of(view: LibraryView) -> ScreenMenu:
    """Return what the commands do to the view."""
    idle = {f"idle.{minutes}": partial(view.idle_chosen.emit, minutes) for minutes in IDLE_MINUTES}
    return ScreenMenu(
        {
            "patient.new": view.patient_new_pressed.emit,
            "photos.import": view.import_pressed.emit,
            "library.lock": view.lock_pressed.emit,
            **idle,
        },
        partial(_ticks, view),
        view.idle_changed,
        home=view.home_pressed.emit,
    )


def _ticks(view: LibraryView) -> Mapping[str, bool]:
    return {f"idle.{minutes}": minutes == view.idle_minutes for minutes in IDLE_MINUTES}
