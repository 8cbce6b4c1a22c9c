"""The one place where everything long-lived is built, connected and closed."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from mnimage import __version__
from ui import theme
from ui.crash import CrashHandler, log_file
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.resources import asset
from ui.screens.screen import RunningScreen, Services
from ui.screens.table import SCREENS
from ui.widgets.file_dialogs import FileDialogs
from ui.widgets.idle import IdleWatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mnimage.domain.original import Original
    from mnimage.domain.progress import Tick

_THEME = "theme"


def main(argv: Sequence[str]) -> int:
    """Build the program, run it, close everything; return its exit status."""
    options = _parser().parse_args(list(argv[1:]))
    app = QApplication(list(argv[:1]))
    program = build(app)
    CrashHandler(log_file(), program.window).install()
    app.aboutToQuit.connect(program.close)
    program.window.show()
    program.begin(options.photos)
    program.preload()
    if options.quit_after is not None:
        QTimer.singleShot(round(options.quit_after * 1000), program.window.close)
    return app.exec()


@dataclass(frozen=True, slots=True)
class Program:
    """The window, the job runner, and every started screen by its name."""

    window: MainWindow
    jobs: Jobs
    screens: Mapping[str, RunningScreen]

    def begin(self, files: Sequence[Path]) -> None:
        """Open the files that were named, or show the screen that asks to be first."""
        for name, one in self.screens.items():
            if files and one.open_files is not None:
                self.window.show_screen(name)
                one.open_files(files)
                return
            if not files and one.shown_at_start:
                self.window.show_screen(name)
                return

    def preload(self) -> None:
        """Load what the screens' first jobs need, behind the window that is there already."""
        self.jobs.start("preload", self._load, done=_landed, failed=_landed)

    def _load(self, tick: Tick) -> None:
        for done, one in enumerate(self.screens.values()):
            tick(done, len(self.screens))
            one.preload()

    def close(self) -> None:
        """Stop every job, then close every screen."""
        self.jobs.close()
        for one in self.screens.values():
            one.close()


def _landed(_: object) -> None:
    """Do nothing more: what could not be loaded is said where it is needed."""


def build(app: QApplication, work: Mapping[str, Any] | None = None) -> Program:
    """Return the program, connected and not yet shown.

    Parameters
    ----------
    work
        Other jobs than a screen's own, by the name of the screen; for tests.
    """
    app.setApplicationName("mnimage")
    app.setOrganizationName("mnimage")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    app.setWindowIcon(QIcon(str(asset("icons/app.svg"))))
    jobs, window = Jobs(), MainWindow(__version__, SCREENS)
    shell = _Shell(app, window)
    services = Services(jobs, FileDialogs(window), shell)
    for one in SCREENS:
        its_work = work[one.name] if work and one.name in work else one.work()
        shell.screens[one.name] = one.start(window.views[one.name], its_work, services)
    _connect_theme(app, window)
    return Program(window, jobs, shell.screens)


class _Shell:
    """What a screen may do with the window around it and with the other screens."""

    def __init__(self, app: QApplication, window: MainWindow) -> None:
        self._window = window
        self.screens: dict[str, RunningScreen] = {}
        self._idle = IdleWatch(app, window)
        self._idle.left_alone.connect(self._lock)

    def compare(self, before: Original, after: Original) -> None:
        for name, one in self.screens.items():
            if one.compare is not None:
                self._window.show_screen(name)
                one.compare(before, after)

    def cover(self, *, covered: bool) -> None:
        self._window.cover(covered=covered)

    def forget(self) -> None:
        for one in self.screens.values():
            one.forget()
        self._window.forget_hidden()

    def lock_after(self, minutes: float | None) -> None:
        if minutes is None:
            self._idle.rest()
        else:
            self._idle.watch(minutes)

    def show_user(self, name: str) -> None:
        self._window.show_user(name)

    def _lock(self) -> None:
        for one in self.screens.values():
            one.lock()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mnimage app")
    parser.add_argument("photos", nargs="*", type=Path, help="photo before and photo after")
    parser.add_argument(
        "--quit-after", type=float, metavar="SECONDS", help="close by itself, to try a bundle"
    )
    return parser


def _connect_theme(app: QApplication, window: MainWindow) -> None:
    choice = _stored_theme()
    theme.apply(app, choice)
    window.show_theme(choice)
    window.theme_chosen.connect(partial(_choose_theme, app))
    app.styleHints().colorSchemeChanged.connect(partial(_follow_system, app))


def _stored_theme() -> theme.Choice:
    stored = QSettings().value(_THEME, theme.Choice.SYSTEM.value)
    known = [choice for choice in theme.Choice if choice.value == stored]
    return known[0] if known else theme.Choice.SYSTEM


def _choose_theme(app: QApplication, choice: theme.Choice) -> None:
    QSettings().setValue(_THEME, choice.value)
    theme.apply(app, choice)


def _follow_system(app: QApplication, _scheme: object) -> None:
    if _stored_theme() is theme.Choice.SYSTEM:
        theme.apply(app, theme.Choice.SYSTEM)
