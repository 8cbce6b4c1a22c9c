"""Starts the compare screen: loads its jobs and gives them to its presenter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.compare.presenter import ComparePresenter
from ui.screens.screen import RunningScreen

if TYPE_CHECKING:
    from ui.screens.compare.presenter import Workflow
    from ui.screens.compare.view import CompareView
    from ui.screens.screen import Services


def load_work() -> Workflow:
    """Return the jobs of the compare screen."""
    # Imported only here, so that views and presenters cannot reach past their protocol.
    from mnimage import workflow

    return workflow


def _preload() -> None:
    """Load the libraries of a comparison, while the user still chooses photos."""
    from mnimage.workflow.read import load_libraries

    load_libraries()


def start(view: CompareView, work: Workflow, services: Services) -> RunningScreen:
    """Return the running screen."""
    presenter = ComparePresenter(view, work, services.jobs, services.dialogs)
    return RunningScreen(
        presenter,
        open_files=presenter.drop,
        compare=presenter.take_originals,
        forget=presenter.forget_originals,
        preload=_preload,
    )
