"""Has the lamps of a rig measured; plain Python like a presenter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.progress import no_tick

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mnimage.domain.progress import Tick
    from mnimage.domain.rig import LightRig
    from mnimage.errors import MnimageError
    from ui.jobs import Jobs
    from ui.screens.compare.rig import RigRequest
    from ui.screens.compare.view import CompareView
    from ui.widgets.file_dialogs import FileDialogs


class RigWork(Protocol):
    """The job on a rig; `mnimage.workflow` has it."""

    def measure_rig(
        self,
        manifests: Sequence[Path],
        out: Path,
        *,
        ball: str | None,
        diameter_mm: float,
        near: bool,
        tick: Tick = no_tick,
    ) -> LightRig:
        """Measure the lamps and keep the rig in a file."""


class RigPresenter:
    """Keeps the chosen lists of shots while the dialog is open."""

    def __init__(self, view: CompareView, workflow: RigWork, jobs: Jobs, ask: FileDialogs) -> None:
        self._view, self._workflow, self._jobs, self._ask = view, workflow, jobs, ask
        self._sheets: tuple[Path, ...] = ()
        view.rig_pressed.connect(self.open)
        view.rig_manifests_wanted.connect(self.choose)
        view.rig_measure_pressed.connect(self.measure)
        view.rig_closed.connect(self.stop)

    def open(self) -> None:
        """Begin anew."""
        self._sheets = ()
        self._view.show_rig_dialog(())

    def choose(self) -> None:
        """Ask for the lists of shots, one for each place of the target."""
        chosen = self._ask.manifests("Shots of the ball or card")
        if chosen:
            self._sheets = chosen
            self._view.show_rig_dialog(_names(chosen))

    def measure(self, wish: RigRequest) -> None:
        """Ask for the rig's file and measure the lamps."""
        path = self._ask.save_rig("Save light rig", "RIG.json")
        if path is None or not self._sheets:
            return
        self._view.set_rig_busy(True)
        work = partial(self._measure, self._sheets, path, wish)
        self._jobs.start("rig", work, done=partial(self._report, path), failed=self._fail)

    def stop(self) -> None:
        """Measure no further."""
        self._jobs.cancel("rig")
        self._view.set_rig_busy(False)

    def _measure(
        self, manifests: tuple[Path, ...], path: Path, wish: RigRequest, tick: Tick
    ) -> LightRig:
        return self._workflow.measure_rig(
            manifests,
            path,
            ball=wish.ball,
            diameter_mm=wish.diameter_mm,
            near=wish.near,
            tick=tick,
        )

    def _report(self, path: Path, rig: LightRig) -> None:
        self._view.set_rig_busy(False)
        self._view.show_rig(rig_words(rig, path.name))

    def _fail(self, error: MnimageError) -> None:
        self._view.set_rig_busy(False)
        self._view.show_rig_trouble(str(error), error.hint)


def rig_words(rig: LightRig, name: str) -> str:
    """Return how many lamps were found, how surely, and what to do with the file."""
    worst = max(lamp.error_deg for lamp in rig.lamps)
    places = [lamp.error_mm for lamp in rig.lamps if lamp.error_mm is not None]
    notes = f"Lamps found: {len(rig.lamps)}, each direction to {worst:.2g}° or better"
    notes += f", each place to {max(places):.2g} mm." if places else "."
    use = f'Saved as {name}. Write "rig": "{name}" into the SHOTS.json of every session.'
    return "\n".join((notes, *map(str, rig.warnings), use))


def _names(manifests: Sequence[Path]) -> tuple[str, ...]:
    return tuple(f"{path.parent.name}/{path.name}" for path in manifests)
