"""Starts the library's screen: loads its jobs and gives them to its presenter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.library.local_settings import LocalSettings
from ui.screens.library.presenter import LibraryPresenter
from ui.screens.screen import RunningScreen

if TYPE_CHECKING:
    from ui.screens.library.presenter import ClinicWork
    from ui.screens.library.view import LibraryView
    from ui.screens.screen import Services


def load_work() -> ClinicWork:
    """Return the jobs of the library's screen."""
    # Imported only here, so that views and presenters cannot reach past their protocol.
    from mnimage.workflow import clinic

    return clinic


def start(view: LibraryView, work: ClinicWork, services: Services) -> RunningScreen:
    """Return the running screen; its library is locked at first."""
    settings = LocalSettings()
    presenter = LibraryPresenter(
        view, work, services.jobs, services.dialogs, settings, services.shell
    )
    return RunningScreen(
        presenter,
        shown_at_start=settings.library() is not None,
        lock=presenter.lock,
        close=presenter.close,
    )
