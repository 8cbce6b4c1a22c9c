"""What a screen is: its row in the table, what the program gives to it and may ask of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from PySide6.QtCore import SignalInstance

    from mnimage.domain.original import Original
    from ui.actions import Command
    from ui.jobs import Jobs
    from ui.widgets.file_dialogs import FileDialogs

V = TypeVar("V", bound=QWidget)
W = TypeVar("W")


class Shell(Protocol):
    """What a screen may do with the window around it."""

    def compare(self, before: Original, after: Original) -> None:
        """Compare two photos of the clinic's library on the screen that compares."""

    def cover(self, *, covered: bool) -> None:
        """Hide every screen but the one that unlocks, or show again what was hidden."""

    def forget(self) -> None:
        """Have every screen and the window drop what belongs to the previous user."""

    def lock_after(self, minutes: float | None) -> None:
        """Have the window lock after so many minutes without input; None for never."""

    def show_user(self, name: str) -> None:
        """Show who is logged in; empty for nobody."""


@dataclass(frozen=True, slots=True)
class Services:
    """What every presenter is given."""

    jobs: Jobs
    dialogs: FileDialogs
    shell: Shell


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class RunningScreen:
    """A started screen; the program asks for nothing else. What a screen cannot do is None."""

    presenter: Any
    open_files: Callable[[Sequence[Path]], None] | None = None
    """Open the files named on the command line."""
    compare: Callable[[Original, Original], None] | None = None
    """Compare two photos of the library."""
    shown_at_start: bool = False
    """Whether it is to be shown first, unless files are opened."""
    preload: Callable[[], None] = _nothing
    """Loads what its first job needs; called off the screen thread, once the window is there."""
    lock: Callable[[], None] = _nothing
    """Called when nobody has used the computer for a while."""
    forget: Callable[[], None] = _nothing
    """Called when another user logs in."""
    close: Callable[[], None] = _nothing
    """Called at the end of the program."""


@dataclass(frozen=True, slots=True)
class ScreenMenu:
    """What the commands of a screen do: a handler for each, and which of them are ticked."""

    handlers: Mapping[str, Callable[[], None]]
    ticks: Callable[[], Mapping[str, bool]] = field(default=dict)
    ticks_changed: SignalInstance | None = None
    home: Callable[[], None] = _nothing
    """Called when the screen is chosen while it is shown already."""


@dataclass(frozen=True, slots=True)
class Screen(Generic[V, W]):
    """One row of the table of screens (`ui/screens/table.py`).

    Parameters
    ----------
    name
        What the code calls it; its command is "screen.<name>".
    title
        What the user calls it, marked with `QT_TRANSLATE_NOOP` in the context "Command".
    key
        The shortcut that shows it.
    view
        Makes its view.
    commands, menu
        Its menu entries, and what they do to its view.
    work
        Loads the jobs that it starts; called once, after the window is made.
    start
        Makes its presenter.
    """

    name: str
    title: str
    key: str
    view: Callable[[], V]
    commands: Mapping[str, Command]
    menu: Callable[[V], ScreenMenu]
    work: Callable[[], W]
    start: Callable[[V, W, Services], RunningScreen]
