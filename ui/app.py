"""The one place where everything long-lived is built, wired and put away."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from mnimage import __version__
from ui import theme
from ui.crash import CrashHandler, log_file
from ui.jobs import Jobs
from ui.main_window import MainWindow
from ui.resources import asset
from ui.screens.compare.presenter import ComparePresenter, Workflow
from ui.screens.library.local_settings import LocalSettings
from ui.screens.library.presenter import ClinicWork, LibraryPresenter
from ui.widgets.file_dialogs import FileDialogs
from ui.widgets.idle import IdleWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mnimage.domain.original import Original

_THEME = "theme"


def main(argv: Sequence[str]) -> int:
    """Build the app, run it, put everything away."""
    wishes = _parser().parse_args(list(argv[1:]))
    app = QApplication(list(argv[:1]))
    window, jobs, presenter = build(app, _library())
    handler = CrashHandler(log_file(), window)
    handler.install()
    clinic = open_clinic(app, window, jobs, presenter, _clinic())
    app.aboutToQuit.connect(jobs.close)
    app.aboutToQuit.connect(clinic.close)
    window.show()
    if wishes.photos:
        presenter.drop(wishes.photos)
    elif LocalSettings().library() is not None:
        window.show_library()
    if wishes.quit_after is not None:
        QTimer.singleShot(round(wishes.quit_after * 1000), window.close)
    return app.exec()


def build(app: QApplication, workflow: Workflow) -> tuple[MainWindow, Jobs, ComparePresenter]:
    """Return the window, the job runner and the screen's presenter, wired to each other."""
    app.setApplicationName("mnimage")
    app.setOrganizationName("mnimage")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    app.setWindowIcon(QIcon(str(asset("icons/app.svg"))))
    jobs = Jobs()
    window = MainWindow(__version__)
    presenter = ComparePresenter(window.compare, workflow, jobs, FileDialogs(window))
    choice = _stored_theme()
    theme.apply(app, choice)
    window.show_theme(choice)
    window.theme_chosen.connect(partial(_choose_theme, app))
    app.styleHints().colorSchemeChanged.connect(partial(_follow_system, app))
    return window, jobs, presenter


def open_clinic(
    app: QApplication,
    window: MainWindow,
    jobs: Jobs,
    compare: ComparePresenter,
    work: ClinicWork,
) -> LibraryPresenter:
    """Return the presenter of the clinic's library, wired to the window; it is locked at first."""
    settings = LocalSettings()
    house = _Shell(app, window, compare)
    presenter = LibraryPresenter(window.library, work, jobs, FileDialogs(window), settings, house)
    house.idle.left_alone.connect(presenter.lock)
    window.show_idle(settings.idle_minutes)
    window.lock_pressed.connect(presenter.lock)
    window.idle_chosen.connect(presenter.set_idle)
    window.patient_new_pressed.connect(partial(_there, window, presenter.new_patient))
    window.import_pressed.connect(partial(_there, window, presenter.import_photos))
    window.patients_pressed.connect(partial(_to_patients, window, presenter))
    return presenter


class _Shell:
    """What of the window the library's screen moves."""

    def __init__(self, app: QApplication, window: MainWindow, compare: ComparePresenter) -> None:
        self._window, self._compare = window, compare
        self.idle = IdleWatch(app, window)

    def compare(self, before: Original, after: Original) -> None:
        self._window.show_compare()
        self._compare.take_originals(before, after)

    def cover(self, *, covered: bool) -> None:
        self._window.cover(covered=covered)

    def clear(self) -> None:
        self._compare.forget_originals()
        self._window.forget_hidden()

    def watch(self, minutes: float | None) -> None:
        if minutes is None:
            self.idle.rest()
        else:
            self.idle.watch(minutes)

    def greet(self, words: str) -> None:
        self._window.show_user(words)


def _there(window: MainWindow, act: Callable[[], None]) -> None:
    window.show_library()
    act()


def _to_patients(window: MainWindow, presenter: LibraryPresenter) -> None:
    """Show the library; a second time, its list of patients."""
    if window.library.isVisible():
        presenter.show_patients()
    window.show_library()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mnimage app")
    parser.add_argument("photos", nargs="*", type=Path, help="photo before and photo after")
    parser.add_argument(
        "--quit-after", type=float, metavar="SECONDS", help="close by itself, to try a bundle"
    )
    return parser


def _library() -> Workflow:
    # Only here, so that nothing else of the window waits for it or can reach past it.
    from mnimage import workflow

    return workflow


def _clinic() -> ClinicWork:
    from mnimage.workflow import clinic

    return clinic


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
