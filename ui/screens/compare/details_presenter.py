"""What is entered for two sessions, gathered before it is used: profiles, repeat shots, needling.

Plain Python like a presenter: the compare screen's presenter hands this part of its work over.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.progress import no_tick
from mnimage.errors import ChartUnusable
from ui.screens.compare.files import problem_with_repeats, shots_inside, shown_repeats
from ui.screens.compare.sessions import Details, KnownProfile
from ui.screens.compare.side import Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.photo import Coded
    from mnimage.domain.progress import Tick
    from mnimage.errors import MnimageError
    from ui.jobs import Jobs
    from ui.screens.compare.files import Shot
    from ui.screens.compare.view import CompareView
    from ui.widgets.file_dialogs import FileDialogs


_BY_HAND = "by hand"

Corners = tuple[tuple[float, float], ...]
"""Four places as (row, column)."""


class ColourWork(Protocol):
    """The jobs on colour profiles; `mnimage.workflow` has them."""

    def known_profile(self, path: Path) -> ColorProfile:
        """Return the colour profile of a file, or of a photo of the chart."""

    def calibrate_file(
        self,
        path: Path,
        out: Path,
        *,
        corners: Corners | None = None,
        tick: Tick = no_tick,
    ) -> ColorProfile:
        """Make a colour profile from a photo of the chart and keep it."""

    def picture_of(self, path: Path) -> Coded:
        """Return a photo's pixels."""


class DetailsPresenter:
    """Keeps the draft of the entries while its dialog is open; `use` gets what was confirmed."""

    def __init__(
        self,
        view: CompareView,
        workflow: ColourWork,
        jobs: Jobs,
        ask: FileDialogs,
        use: Callable[[Details], None],
    ) -> None:
        self._view, self._workflow, self._jobs, self._ask = view, workflow, jobs, ask
        self._use = use
        self._draft = Details()
        self._open = False
        self._refused: Path | None = None
        self._files: Mapping[Side, Shot] = {}
        self._left_out: Mapping[Path, str] = {}
        view.repeats_wanted.connect(self.add_repeats)
        view.repeat_removed.connect(self.remove_repeat)
        view.profile_wanted.connect(self.choose)
        view.profile_removed.connect(self.remove)
        view.profile_make_pressed.connect(self.make)
        view.details_confirmed.connect(self.confirm)
        view.details_closed.connect(self.stop)
        view.corners_wanted.connect(self.ask_corners)
        view.corners_marked.connect(self.make_by_corners)

    def open(
        self, notes: Details, files: Mapping[Side, Shot], left_out: Mapping[Path, str]
    ) -> None:
        """Show what was entered for two files, to be changed; some repeats may be left out."""
        self._draft, self._open = notes, True
        self._files, self._left_out = dict(files), left_out
        self._show()

    def add_repeats(self, side: str) -> None:
        """Ask for more shots of one session."""
        session = Side(side)
        more = tuple(shots_inside(path) for path in self._ask.photos(f"Repeat shots {side}"))
        if not more:
            return
        kept = self._draft.repeats.get(session, ())
        elsewhere = (*self._files.values(), *self._draft.repeats.get(session.other, ()))
        if problem := problem_with_repeats(more, self._files.get(session), kept, elsewhere):
            self._view.show_profile_trouble(*problem)
            return
        self._draft = self._draft.with_repeats(session, (*kept, *more))
        self._show()

    def remove_repeat(self, side: str, place: int) -> None:
        """Take one repeat shot of a session away."""
        kept = self._draft.repeats.get(Side(side), ())
        left = (*kept[:place], *kept[place + 1 :])
        self._draft = self._draft.with_repeats(Side(side), left)
        self._show()

    def choose(self, side: str) -> None:
        """Ask for a colour profile, or for a photo of the chart, for one session."""
        path = self._ask.photo(f"Colour profile {side}, or a photo of the chart")
        if path:
            self.read(Side(side), path)

    def read(self, side: Side, path: Path) -> None:
        """Read a colour profile, or make one of a photo of the chart, for one session."""
        self._view.set_reading(True)
        self._refused = path
        work, done = partial(self._read, path), partial(self._take, side)
        self._jobs.start("colours", work, done=done, failed=self._fail)

    def remove(self, side: str) -> None:
        """Take the colour profile of one session away."""
        self._draft = self._draft.with_profile(Side(side), None)
        self._show()

    def make(self) -> None:
        """Make a colour profile from a photo of the chart and keep it as a file."""
        photo = self._ask.photo("Photo of the colour chart")
        if photo is None:
            return
        self._make_from(photo, None)

    def ask_corners(self) -> None:
        """Show the photo in which no chart was found, so that its corners can be marked."""
        photo = self._refused
        if photo is None:
            return
        self._view.set_reading(True)
        done = partial(self._show_corners, photo)
        self._jobs.start("colours", partial(self._picture, photo), done=done, failed=self._fail)

    def make_by_corners(self, corners: Corners) -> None:
        """Make a profile of the chart whose corners were marked."""
        if self._refused:
            self._make_from(self._refused, corners)

    def _make_from(self, photo: Path, corners: Corners | None) -> None:
        path = self._ask.save_colours("Save colour profile", f"{photo.stem} colours.json")
        if path is None:
            return
        self._view.set_reading(True)
        self._refused = photo
        work = partial(self._make, photo, path, corners)
        self._jobs.start("colours", work, done=self._report_made, failed=self._fail)

    def confirm(self, days: float | None) -> None:
        """Hand on what was entered."""
        self.stop()
        self._use(replace(self._draft, days=days))

    def stop(self) -> None:
        """Read no further; what was chosen meanwhile does not come up again."""
        self._open = False
        self._jobs.cancel("colours")
        self._view.set_reading(False)

    def _show(self) -> None:
        repeats = shown_repeats(self._draft, self._files, self._left_out)
        self._view.show_details(self._draft, repeats, tuple(self._files))

    def _read(self, path: Path, tick: Tick) -> KnownProfile:
        tick(0, 1)
        return KnownProfile(path, self._workflow.known_profile(path))

    def _make(self, photo: Path, path: Path, corners: Corners | None, tick: Tick) -> KnownProfile:
        made = self._workflow.calibrate_file(photo, path, corners=corners, tick=tick)
        return KnownProfile(path, made)

    def _picture(self, photo: Path, tick: Tick) -> Coded:
        tick(0, 1)
        return self._workflow.picture_of(photo)

    def _show_corners(self, photo: Path, picture: Coded) -> None:
        self._view.set_reading(False)
        self._view.show_corners(picture, photo.name)

    def _take(self, side: Side, known: KnownProfile) -> None:
        self._view.set_reading(False)
        self._draft = self._draft.with_profile(side, known)
        self._show()

    def _report_made(self, known: KnownProfile) -> None:
        self._view.set_reading(False)
        if self._open and not self._draft.profiles:
            self._take(Side.BEFORE, known)
        self._view.show_made(known)

    def _fail(self, error: MnimageError) -> None:
        self._view.set_reading(False)
        # Offered where the hint itself names this way out: the chart was not found in a photo.
        by_hand = isinstance(error, ChartUnusable) and _BY_HAND in error.hint
        self._view.show_profile_trouble(str(error), error.hint, by_hand=by_hand)
