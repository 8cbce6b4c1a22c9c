"""What the compare screen does."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.original import Original
from mnimage.domain.progress import no_tick
from mnimage.errors import PatchUnusable
from ui.screens.compare.details_presenter import ColourWork, DetailsPresenter
from ui.screens.compare.files import (
    SAME,
    distinct_names,
    is_json,
    may_be_profile,
    pair_label,
    problem_with,
    problem_with_repeats,
    same_file,
    sessions_of,
    shots_inside,
    shown_repeats,
)
from ui.screens.compare.patch_presenter import PatchPresenter, PatchWork
from ui.screens.compare.rig_presenter import RigPresenter, RigWork
from ui.screens.compare.sessions import Details
from ui.screens.compare.side import Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.pair import Pair
    from mnimage.domain.progress import Tick
    from mnimage.domain.session import PairNotes, Patch
    from mnimage.domain.surfaces import Profile, Surfaces
    from mnimage.errors import MnimageError
    from mnimage.workflow import PairInputs
    from ui.jobs import Jobs
    from ui.screens.compare.files import Shot
    from ui.screens.compare.view import CompareView
    from ui.widgets.file_dialogs import FileDialogs

Place = tuple[float, float]
"""Row and column in the photo before."""


class Workflow(ColourWork, RigWork, PatchWork, Protocol):
    """The jobs of the library that this screen starts; `mnimage.workflow` is one."""

    def compare_files(
        self, before: Shot, after: Shot, *, inputs: PairInputs = ..., tick: Tick = no_tick
    ) -> Pair:
        """Return two photos registered and compared."""

    def compare_again(self, pair: Pair, notes: PairNotes, *, tick: Tick = no_tick) -> Pair | None:
        """Return a pair with other notes of the clinic; None where its shots are needed again."""

    def preview_of(self, shot: Shot) -> NDArray[np.uint8]:
        """Return a photo reduced, quickly."""

    def taken_at(self, path: Path) -> datetime | None:
        """Return when a photo was taken."""

    def write_report(self, pair: Pair, path: Path, *, tick: Tick = no_tick) -> None:
        """Write a pair's report."""

    def is_profile(self, path: Path) -> bool:
        """Say whether a file is a colour profile."""

    def surfaces_of(self, pair: Pair) -> Surfaces | None:
        """Return the surfaces of directional shots, registered."""

    def profile_along(self, surfaces: Surfaces, start: Place, end: Place) -> Profile:
        """Return the heights before and after along a line."""

    def write_profile(self, profile: Profile, path: Path, *, tick: Tick = no_tick) -> None:
        """Write a profile as a table or a picture, by the file's name."""


class ComparePresenter:
    """Takes two files, has them compared, shows the answer and writes the report."""

    def __init__(self, view: CompareView, workflow: Workflow, jobs: Jobs, ask: FileDialogs) -> None:
        self._view, self._workflow, self._jobs, self._ask = view, workflow, jobs, ask
        self._files: dict[Side, Shot] = {}
        self._shown: tuple[dict[Side, Shot], Pair, Details] | None = None
        self._surfaces: Surfaces | None = None
        self._profile: Profile | None = None
        self._details = Details()
        self._left_out: Mapping[Path, str] = {}
        self._rig = RigPresenter(view, workflow, jobs, ask)
        self._presenter = DetailsPresenter(view, workflow, jobs, ask, self.use_details)
        self._patch = PatchPresenter(view, workflow, self.use_control)
        self._busy = False
        view.photo_wanted.connect(self.choose)
        view.files_dropped.connect(self.drop)
        view.repeats_dropped.connect(self.add_repeats)
        view.repeat_wanted.connect(self.choose_repeats)
        view.swap_pressed.connect(self.swap)
        view.compare_pressed.connect(self.compare)
        view.cancel_pressed.connect(self.cancel)
        view.report_pressed.connect(self.report)
        view.details_pressed.connect(self.open_details)
        view.line_drawn.connect(self.draw_profile)
        view.profile_export_pressed.connect(self.export_profile)
        jobs.progressed.connect(self.progress)

    def choose(self, side: str) -> None:
        """Ask for one of the two photos."""
        path = self._ask.photo(f"Photo {side}")
        if path:
            self._take(Side(side), path)

    def drop(self, paths: Sequence[Path], side: str = "") -> None:
        """Take files that were dropped, on one of the sides or anywhere.

        One is a photo of a pair; several are two sessions, or all the shots of one.
        """
        files = [shots_inside(path) for path in paths]
        if problem := problem_with(files):
            self._view.show_error(*problem)
        elif len(files) == 1 and may_be_profile(files[0]):
            self._sort_out(Side(side) if side else None, files[0])
        elif len(files) == 1:
            self._take(Side(side) if side else self._free_side(), files[0])
        else:
            # Two on one of two empty sides are more likely a pair than one session alone.
            alone = len(files) == len(Side) and not self._files
            self._order(files, None if alone or not side else Side(side))

    def take_originals(self, before: Original, after: Original) -> None:
        """Compare two photos of the clinic's library."""
        self._files = {Side.BEFORE: before, Side.AFTER: after}
        self._details = Details()
        self._settle()

    def forget_originals(self) -> None:
        """Let go of photos of the library and of all that was made of them."""
        shown = self._shown[0] if self._shown else {}
        if any(isinstance(shot, Original) for shot in (*self._files.values(), *shown.values())):
            self._jobs.cancel("preview")
            self._jobs.cancel("compare")
            self._files, self._details, self._shown = {}, Details(), None
            self._surfaces = self._profile = None
            self._show_files()
            self._go_back()

    def add_repeats(self, paths: Sequence[Path], side: str) -> None:
        """Take files that were dropped as more shots of one session."""
        session, more = Side(side), tuple(shots_inside(path) for path in paths)
        kept = self._details.repeats.get(session, ())
        elsewhere = (*self._files.values(), *self._details.repeats.get(session.other, ()))
        if problem := problem_with_repeats(more, self._files.get(session), kept, elsewhere):
            self._view.show_error(*problem)
            return
        self._details = self._details.with_repeats(session, (*kept, *more))
        self._settle()

    def choose_repeats(self, side: str) -> None:
        """Ask for more shots of one session."""
        if paths := self._ask.photos(f"Repeat shots {side}"):
            self.add_repeats(paths, side)

    def swap(self) -> None:
        """Let the two photos change places."""
        if self._files:
            self._files = {side.other: path for side, path in self._files.items()}
            self._details = self._details.swapped()
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
            self._jobs.cancel("preview")
            self._jobs.cancel("compare")
            self._go_back()
        else:
            self._jobs.cancel("order")
            self._jobs.cancel("report")
            self._view.set_report_busy(False)
            self._presenter.stop()

    def report(self) -> None:
        """Ask for a place and write the report there."""
        if self._busy or self._shown is None:
            self._view.show_error("There is nothing to report yet.", "Compare two photos first.")
            return
        files, pair, _ = self._shown
        name = f"{pair_label(files)}.pdf"
        path = self._ask.save_as("Export report", name)
        if path is None:
            return
        self._view.set_report_busy(True)
        self._jobs.start(
            "report",
            partial(self._write, files, pair, path),
            done=self._report_saved,
            failed=self._fail_report,
        )

    # Session details

    def open_details(self) -> None:
        """Show what was entered for the two sessions, to be changed."""
        self._presenter.open(self._details, self._files, self._left_out)

    def use_control(self, patch: Patch | None) -> None:
        """Compare again with this untreated skin as control, or with none."""
        self.use_details(replace(self._details, control=patch))

    def use_details(self, notes: Details) -> None:
        """Compare again with what was entered."""
        if notes == self._details:
            return
        if notes.profiles and self._of_shots():
            self._view.show_error(*_NOT_FOR_SHOTS)
            return
        self._details = notes
        self._show_notes()
        if len(self._files) == len(Side):
            self._settle(self._measured_already())

    def _measured_already(self) -> Pair | None:
        """Return the answer on the screen if it is for the photos and profiles chosen now."""
        if self._shown is None:
            return None
        files, pair, details = self._shown
        return pair if files == self._files and details.measures_alike(self._details) else None

    def _sort_out(self, side: Side | None, path: Path) -> None:
        """Take a dropped file that may be a profile for what it is."""
        self._jobs.start(
            "order",
            partial(self._is_profile, path),
            done=partial(self._take_sorted, side, path),
            failed=self._report,
        )

    def _is_profile(self, path: Path, tick: Tick) -> bool:
        tick(0, 1)
        return self._workflow.is_profile(path)

    def _take_sorted(self, side: Side | None, path: Path, is_profile: bool) -> None:
        if not is_profile:
            self._take(side or self._free_side(), path)
            return
        self.open_details()
        self._presenter.read(side or Side.BEFORE, path)

    # The depth profile

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
        name = f"{pair_label(files)} profile.csv"
        path = self._ask.save_profile("Export depth profile", name)
        if path is None:
            return
        work = partial(self._keep_profile, self._profile, path)
        self._jobs.start("profile", work, done=self._view.show_saved, failed=self._report)

    def progress(self, lane: str, done: int, total: int) -> None:
        """Show how far a job has come."""
        if lane == "compare" and self._busy:
            self._view.show_progress(done, total)

    # Taking files

    def _free_side(self) -> Side:
        return next((side for side in Side if side not in self._files), Side.AFTER)

    def _take(self, side: Side, path: Path) -> None:
        if problem := problem_with([path]):
            self._view.show_error(*problem)
        elif same_file(path, self._files.get(side.other)):
            self._view.show_error(*SAME)
        else:
            self._files = {**self._files, side: path}
            self._details = self._details.without(side)
            self._settle()

    def _order(self, files: Sequence[Path], side: Side | None) -> None:
        self._jobs.start(
            "order",
            partial(self._sort_sessions, files, side),
            done=self._take_sessions,
            failed=self._fail,
        )

    def _sort_sessions(
        self, files: Sequence[Path], side: Side | None, tick: Tick
    ) -> Mapping[Side, tuple[Path, ...]]:
        tick(0, 1)
        return sessions_of(files, [self._workflow.taken_at(path) for path in files], side)

    def _take_sessions(self, sessions: Mapping[Side, tuple[Path, ...]]) -> None:
        if any(
            same_file(shot, self._files.get(side.other))
            for side, shots in sessions.items()
            for shot in shots
            if side.other not in sessions
        ):
            self._view.show_error(*SAME)
            return
        for side, (first, *more) in sessions.items():
            self._files = {**self._files, side: first}
            self._details = self._details.without(side).with_repeats(side, tuple(more))
        self._settle()

    # Comparing

    def _settle(self, kept: Pair | None = None) -> None:
        """Show which files are chosen, and start once there are two.

        Of `kept`, an answer for the same photos, all is used that other notes leave as it is.
        """
        self._view.clear_error()
        self._show_files()
        self._show_notes()
        if len(self._files) < len(Side):
            return
        self._busy = True
        self._view.show_busy()
        compare = partial(self._start, dict(self._files), self._details, kept)
        self._jobs.cancel("preview")
        self._jobs.cancel("compare")
        if kept is not None or self._of_shots():
            compare()
            return
        # Before the comparison, which needs both cores: a tenth of a second later is not noticed.
        self._jobs.start(
            "preview",
            partial(self._preview, dict(self._files)),
            done=partial(self._show_preview, compare),
            failed=lambda _: compare(),
        )

    def _start(self, files: Mapping[Side, Shot], details: Details, kept: Pair | None) -> None:
        work = partial(self._compare, files, details, kept)
        self._jobs.start("compare", work, done=self._show, failed=self._fail)

    def _show_preview(
        self, compare: Callable[[], None], pictures: Mapping[Side, NDArray[np.uint8]]
    ) -> None:
        self._view.show_preview(pictures)
        compare()

    def _preview(self, files: Mapping[Side, Shot], tick: Tick) -> Mapping[Side, NDArray[np.uint8]]:
        pictures = {}
        for done, side in enumerate(Side):
            tick(done, len(Side))
            pictures[side] = self._workflow.preview_of(files[side])
        return pictures

    def _compare(
        self, files: Mapping[Side, Shot], details: Details, kept: Pair | None, tick: Tick
    ) -> tuple[Pair, Surfaces | None]:
        inputs = details.inputs
        before, after = (files[side] for side in Side)
        pair = self._workflow.compare_again(kept, inputs.notes, tick=tick) if kept else None
        if pair is None:
            pair = self._workflow.compare_files(before, after, inputs=inputs, tick=tick)
        return _distinguished(pair, before, after), self._workflow.surfaces_of(pair)

    def _show(self, answer: tuple[Pair, Surfaces | None]) -> None:
        pair, surfaces = answer
        before, after = (each.photo.sha256 for each in (pair.before, pair.after))
        if before and before == after:
            # A copy under another name: a comparison would say, truly and in vain, "no change".
            self._go_back()
            self._view.show_error(*SAME)
            return
        self._busy = False
        self._shown = dict(self._files), pair, self._details
        repeats = (path for paths in self._details.shots for path in paths)
        replicates = pair.comparison.replicates
        self._left_out = {
            path: str(one.left_out) for path, one in zip(repeats, replicates, strict=False)
        }
        self._show_files()
        self._surfaces, self._profile = surfaces, None
        self._view.show_pair(pair, surfaces)
        self._patch.show(pair, self._details.control)

    def _fail(self, error: MnimageError) -> None:
        self._go_back()
        if isinstance(error, PatchUnusable) and self._shown:
            self._view.show_patch_trouble(str(error), error.hint)
        else:
            self._view.show_error(str(error), error.hint)

    def _go_back(self) -> None:
        """Return to what was on the screen before the job."""
        self._busy = False
        if self._shown:
            self._files, self._details = dict(self._shown[0]), self._shown[2]
            self._show_files()
            self._show_notes()
            self._view.show_result()
            self._view.show_control(self._details.control)
        else:
            self._view.show_empty()

    def _show_notes(self) -> None:
        self._view.show_notes(self._details, of_shots=self._of_shots())

    def _of_shots(self) -> bool:
        return any(is_json(path) for path in self._files.values())

    def _show_files(self) -> None:
        names = distinct_names(list(self._files.values()))
        self._view.show_files(dict(zip(self._files, names, strict=True)))
        self._view.show_repeats(shown_repeats(self._details, self._files, self._left_out))

    # The report

    def _write(self, files: Mapping[Side, Shot], pair: Pair, path: Path, tick: Tick) -> Path:
        for shot in files.values():
            if isinstance(shot, Original):
                shot.leave(path.name)
        self._workflow.write_report(pair, path, tick=tick)
        return path

    def _report_saved(self, path: Path) -> None:
        self._view.set_report_busy(False)
        self._view.show_saved(path)

    def _keep_profile(self, profile: Profile, path: Path, tick: Tick) -> Path:
        self._workflow.write_profile(profile, path, tick=tick)
        return path

    def _report(self, error: MnimageError) -> None:
        self._view.show_error(str(error), error.hint)

    def _fail_report(self, error: MnimageError) -> None:
        self._view.set_report_busy(False)
        self._view.show_error(str(error), error.hint)


_NOT_FOR_SHOTS = (
    "A colour profile serves ordinary photos, not directional shots.",
    "Remove it under session details, or compare ordinary photos.",
)


def _distinguished(pair: Pair, before: Shot, after: Shot) -> Pair:
    """Return the pair with names that differ, where the files' own names do not."""
    if pair.before.name != pair.after.name:
        return pair
    first, later = distinct_names((before, after))
    return replace(
        pair, before=replace(pair.before, name=first), after=replace(pair.after, name=later)
    )
