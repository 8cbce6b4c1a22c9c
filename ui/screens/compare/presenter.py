"""What the compare screen does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.progress import no_tick
from ui.screens.compare.side import Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from mnimage.domain.pair import Pair
    from mnimage.domain.progress import Tick
    from mnimage.domain.surfaces import Profile, Surfaces
    from mnimage.errors import MnimageError
    from mnimage.workflow import Known
    from ui.jobs import Jobs
    from ui.screens.compare.view import CompareView
    from ui.widgets.ask import Ask

SHOTS = "SHOTS.json"

Place = tuple[float, float]
"""Row and column in the photo before."""


class Workflow(Protocol):
    """The jobs of the library that this screen starts; `mnimage.workflow` is one."""

    def compare_files(
        self, before: Path, after: Path, *, known: Known = ..., tick: Tick = no_tick
    ) -> Pair:
        """Return two files laid onto each other and compared."""

    def taken_at(self, path: Path) -> datetime | None:
        """Return when a photo was taken."""

    def write_report(self, pair: Pair, path: Path, *, tick: Tick = no_tick) -> None:
        """Write a pair's report."""

    def surfaces_of(self, pair: Pair) -> Surfaces | None:
        """Return the surfaces of directional shots, laid onto each other."""

    def profile_along(self, surfaces: Surfaces, start: Place, end: Place) -> Profile:
        """Return the heights before and after along a line."""

    def write_profile(self, profile: Profile, path: Path, *, tick: Tick = no_tick) -> None:
        """Write a profile as a table or a picture, by the file's name."""


class ComparePresenter:
    """Takes two files, has them compared, shows the answer and writes the report."""

    def __init__(self, view: CompareView, workflow: Workflow, jobs: Jobs, ask: Ask) -> None:
        self._view, self._workflow, self._jobs, self._ask = view, workflow, jobs, ask
        self._files: dict[Side, Path] = {}
        self._shown: tuple[dict[Side, Path], Pair] | None = None
        self._surfaces: Surfaces | None = None
        self._profile: Profile | None = None
        self._busy = False
        view.photo_wanted.connect(self.choose)
        view.files_dropped.connect(self.drop)
        view.swap_pressed.connect(self.swap)
        view.compare_pressed.connect(self.compare)
        view.cancel_pressed.connect(self.cancel)
        view.report_pressed.connect(self.report)
        view.line_drawn.connect(self.draw_profile)
        view.profile_export_pressed.connect(self.export_profile)
        jobs.progressed.connect(self.progress)

    def choose(self, side: str) -> None:
        """Ask for one of the two photos."""
        path = self._ask.photo(f"Photo {side}")
        if path:
            self._take(Side(side), path)

    def drop(self, paths: Sequence[Path], side: str = "") -> None:
        """Take one or two files that were dropped, on one of the sides or anywhere."""
        files = [_shots_inside(path) for path in paths]
        if problem := _problem(files):
            self._view.show_error(*problem)
        elif len(files) == 1:
            self._take(Side(side) if side else self._free_side(), files[0])
        else:
            self._order(files[0], files[1])

    def swap(self) -> None:
        """Let the two photos change places."""
        if self._files:
            self._files = {side.other: path for side, path in self._files.items()}
            self._settle()

    def compare(self) -> None:
        """Compare the two photos, if both are there."""
        if len(self._files) < len(Side):
            self._view.show_error(
                "Two photos are needed.", "Open a photo before and a photo after."
            )
            return
        self._settle()

    def cancel(self) -> None:
        """Stop what is being done; nothing of it stays."""
        if self._busy:
            self._jobs.cancel("compare")
            self._go_back()
        else:
            self._jobs.cancel("order")
            self._jobs.cancel("report")
            self._view.set_report_busy(False)

    def report(self) -> None:
        """Ask for a place and write the report there."""
        if self._busy or self._shown is None:
            self._view.show_error("There is nothing to report yet.", "Compare two photos first.")
            return
        files, pair = self._shown
        name = f"{_label(files[Side.BEFORE])} - {_label(files[Side.AFTER])}.pdf"
        path = self._ask.save_as("Export report", name)
        if path is None:
            return
        self._view.set_report_busy(True)
        self._jobs.start(
            "report",
            partial(self._write, pair, path),
            done=self._tell_report,
            failed=self._fail_report,
        )

    def draw_profile(self, line: tuple[Place, Place] | None) -> None:
        """Show the heights along a line; a few thousand samples, so at once."""
        surfaces = self._surfaces
        self._profile = self._workflow.profile_along(surfaces, *line) if surfaces and line else None
        self._view.show_profile(self._profile)

    def export_profile(self) -> None:
        """Ask for a place and keep the profile there."""
        if self._profile is None or self._shown is None:
            self._view.show_error("There is no profile yet.", "Draw a line across the skin first.")
            return
        files = self._shown[0]
        name = f"{_label(files[Side.BEFORE])} - {_label(files[Side.AFTER])} profile.csv"
        path = self._ask.save_profile("Export depth profile", name)
        if path is None:
            return
        work = partial(self._keep_profile, self._profile, path)
        self._jobs.start("profile", work, done=self._view.show_saved, failed=self._tell)

    def progress(self, lane: str, done: int, total: int) -> None:
        """Show how far a job has come."""
        if lane == "compare" and self._busy:
            self._view.show_progress(done, total)

    # Taking files

    def _free_side(self) -> Side:
        return next((side for side in Side if side not in self._files), Side.AFTER)

    def _take(self, side: Side, path: Path) -> None:
        if problem := _problem([path]):
            self._view.show_error(*problem)
        elif _same(path, self._files.get(side.other)):
            self._view.show_error(*_SAME)
        else:
            self._files = {**self._files, side: path}
            self._settle()

    def _order(self, first: Path, second: Path) -> None:
        self._jobs.start(
            "order",
            partial(self._oldest_first, first, second),
            done=self._take_both,
            failed=self._fail,
        )

    def _oldest_first(self, first: Path, second: Path, tick: Tick) -> tuple[Path, Path]:
        tick(0, 1)
        times = [self._workflow.taken_at(path) for path in (first, second)]
        if times[0] is None or times[1] is None:
            return first, second
        # Cameras know the time of day but seldom the zone, so zones are left out.
        swapped = times[0].replace(tzinfo=None) > times[1].replace(tzinfo=None)
        return (second, first) if swapped else (first, second)

    def _take_both(self, files: tuple[Path, Path]) -> None:
        self._files = dict(zip(Side, files, strict=True))
        self._settle()

    # Comparing

    def _settle(self) -> None:
        """Show which files are chosen, and start once there are two."""
        self._view.clear_error()
        self._show_files()
        if len(self._files) < len(Side):
            return
        self._busy = True
        self._view.show_busy()
        work = partial(self._compare, self._files[Side.BEFORE], self._files[Side.AFTER])
        self._jobs.start("compare", work, done=self._show, failed=self._fail)

    def _compare(self, before: Path, after: Path, tick: Tick) -> tuple[Pair, Surfaces | None]:
        pair = self._workflow.compare_files(before, after, tick=tick)
        return pair, self._workflow.surfaces_of(pair)

    def _show(self, answer: tuple[Pair, Surfaces | None]) -> None:
        pair, surfaces = answer
        before, after = (each.photo.sha256 for each in (pair.before, pair.after))
        if before and before == after:
            # A copy under another name: a comparison would say, truly and in vain, "no change".
            self._go_back()
            self._view.show_error(*_SAME)
            return
        self._busy = False
        self._shown = dict(self._files), pair
        self._surfaces, self._profile = surfaces, None
        self._view.show_pair(pair, surfaces)

    def _fail(self, error: MnimageError) -> None:
        self._go_back()
        self._view.show_error(str(error), error.hint)

    def _go_back(self) -> None:
        """Return to what was on the screen before the job."""
        self._busy = False
        if self._shown:
            self._files = dict(self._shown[0])
            self._show_files()
            self._view.show_result()
        else:
            self._view.show_empty()

    def _show_files(self) -> None:
        names: Mapping[str, str] = {side: _name(path) for side, path in self._files.items()}
        self._view.show_files(names)

    # The report

    def _write(self, pair: Pair, path: Path, tick: Tick) -> Path:
        self._workflow.write_report(pair, path, tick=tick)
        return path

    def _tell_report(self, path: Path) -> None:
        self._view.set_report_busy(False)
        self._view.show_saved(path)

    def _keep_profile(self, profile: Profile, path: Path, tick: Tick) -> Path:
        self._workflow.write_profile(profile, path, tick=tick)
        return path

    def _tell(self, error: MnimageError) -> None:
        self._view.show_error(str(error), error.hint)

    def _fail_report(self, error: MnimageError) -> None:
        self._view.set_report_busy(False)
        self._view.show_error(str(error), error.hint)


_SAME = ("Both are the same photo.", "Choose photos of two different sessions.")


def _problem(files: Sequence[Path]) -> tuple[str, str] | None:
    """Return why dropped files cannot be taken, and what to do instead."""
    if not files:
        return "Only files on this computer can be opened.", "Save the photo first, then drop it."
    if len(files) > len(Side):
        return (
            f"{len(files)} files were dropped, but two photos are compared.",
            "Drop the photo before and the photo after.",
        )
    if any(path.is_dir() for path in files):
        return (
            "This is a folder, not a photo.",
            f"Drop a photo from it, or a folder of directional shots with its {SHOTS}.",
        )
    if len(files) == len(Side) and _same(*files):
        return _SAME
    return None


def _shots_inside(path: Path) -> Path:
    """Return the list of directional shots where a folder holds one."""
    return path / SHOTS if (path / SHOTS).is_file() else path


def _same(path: Path, other: Path | None) -> bool:
    return other is not None and path.resolve() == other.resolve()


def _label(path: Path) -> str:
    """Return what a file is called in the name of another: lists of shots by their folder."""
    return path.parent.name if path.name == SHOTS else path.stem


def _name(path: Path) -> str:
    """Return a file's name for labels; lists of shots are all called alike, so with the folder."""
    return f"{path.parent.name}/{path.name}" if path.name == SHOTS else path.name
