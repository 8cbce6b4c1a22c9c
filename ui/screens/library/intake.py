"""Brings photos into the library for the screen: progress, stop, going on, what was not stored."""

from __future__ import annotations

import time
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.imported import ImportSummary, Status
from ui.screens.library.words import count_words, summary_words, time_left

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mnimage.domain.progress import Tick
    from mnimage.domain.record import Patient
    from mnimage.errors import MnimageError
    from mnimage.library.library import Library
    from ui.jobs import Jobs
    from ui.screens.library.view import LibraryView

_IMPORT, _VIEWS = "import", "views"
_NOT_STORED = ((Status.REFUSED, "refused"), (Status.KNOWN, "kept already"))


class ImportWork(Protocol):
    """The jobs of an import; `mnimage.workflow.clinic` has them."""

    def import_into(
        self,
        library: Library,
        paths: Sequence[Path],
        patient: Patient,
        tick: Tick,
        stop: Callable[[], bool],
    ) -> ImportSummary:
        """Store the photos at the places named as a patient's."""

    def propose_views(self, library: Library, photo_ids: Sequence[str], tick: Tick) -> int:
        """Set the view of photos by the face."""


class ImportPresenter:
    """One import at a time; `landed` is called when photos or their views have come in."""

    def __init__(
        self, view: LibraryView, work: ImportWork, jobs: Jobs, landed: Callable[[], None]
    ) -> None:
        self._view, self._work, self._jobs, self._landed = view, work, jobs, landed
        self._stop = Event()
        self._order: tuple[Library, Patient, tuple[Path, ...]] | None = None
        self._last: ImportSummary | None = None
        self._began = 0.0
        self._step = ""
        self.after: Callable[[], None] | None = None
        """Called once when the running import has ended, as a lock waits for it."""
        view.imports.stop_pressed.connect(self.stop)
        view.imports.details_pressed.connect(self.show_details)
        view.import_dialog.again_pressed.connect(self.go_on)
        jobs.progressed.connect(self.progress)

    @property
    def busy(self) -> bool:
        """Whether photos are coming in."""
        return bool(self._step)

    def begin(self, library: Library, patient: Patient, paths: Sequence[Path]) -> None:
        """Store photos as a patient's."""
        if self.busy:
            self._view.show_error(
                "An import is under way.", "Wait for its end, or stop it; then try again."
            )
            return
        self._order = library, patient, tuple(paths)
        self._stop = Event()
        self._step, self._began, self._last = _IMPORT, time.monotonic(), None
        self._view.imports.show_progress("Looking for photos…", 0, 0)
        work = partial(self._import, self._stop)
        self._jobs.start(_IMPORT, work, done=self._stored, failed=self._fail)

    def stop(self) -> None:
        """Stop after what is under way; what is stored stays."""
        self._view.imports.show_stopping()
        if self._step == _VIEWS:
            self._jobs.cancel(_VIEWS)
            self._end()
        else:
            self._stop.set()

    def go_on(self) -> None:
        """Import what a stopped import left."""
        if self._order is not None:
            self.begin(*self._order)

    def rest(self, words: str) -> None:
        """Show these words while nothing is imported."""
        if not self.busy:
            self._view.imports.show_rest(words)

    def forget(self) -> None:
        """Keep nothing of the last import, for another user comes."""
        self._order = self._last = None

    def finish(self) -> None:
        """Let whoever waits for the import's end go on, at the end of the program."""
        self._step = ""
        self._call_after()

    def show_details(self) -> None:
        """Show every file that was not stored, and why."""
        told = self._last
        if told is None:
            return
        lines = [
            (one.file, what, one.reason) for status, what in _NOT_STORED for one in told.of(status)
        ]
        words = "Everything else is stored."
        if told.stopped:
            words = "It was stopped. What is stored is safe; go on, and only the rest is read."
        title = _words_of(told)
        self._view.show_not_stored(title, words, lines, rest=told.stopped)

    def progress(self, lane: str, done: int, total: int) -> None:
        """Show how far it is."""
        if lane != self._step:
            return
        if lane == _VIEWS:
            self._view.imports.show_progress(
                f"Stored. Looking for the view of each photo: {done} of {total}", done, total
            )
            return
        left = time_left(done, total, time.monotonic() - self._began)
        words = f"Importing: {done} of {count_words(total, 'file')}"
        self._view.imports.show_progress(f"{words}, {left}" if left else words, done, total)

    def _import(self, stop: Event, tick: Tick) -> ImportSummary:
        if self._order is None:
            raise ValueError("nothing was ordered")
        library, patient, paths = self._order
        return self._work.import_into(library, paths, patient, tick, stop.is_set)

    def _stored(self, told: ImportSummary) -> None:
        self._last = told
        self._landed()
        if told.new_photos and not told.stopped and self._order is not None:
            self._step = _VIEWS
            work = partial(self._work.propose_views, self._order[0], told.new_photos)
            self._jobs.start(_VIEWS, work, done=self._viewed, failed=self._fail)
        else:
            self._end()

    def _viewed(self, _: int) -> None:
        self._end()

    def _end(self) -> None:
        self._step = ""
        told = self._last
        if told is not None:
            words = f"Stopped: {_words_of(told)}" if told.stopped else _words_of(told)
            left_out = any(told.of(status) for status, _ in _NOT_STORED)
            self._view.imports.show_rest(words, details=left_out or told.stopped)
            if told.of(Status.REFUSED) or told.stopped:
                self.show_details()
        self._landed()
        self._call_after()

    def _fail(self, error: MnimageError) -> None:
        self._step = ""
        self._view.imports.show_rest("")
        self._view.show_error(str(error), error.hint)
        self._landed()
        self._call_after()

    def _call_after(self) -> None:
        after, self.after = self.after, None
        if after is not None:
            after()


def _words_of(told: ImportSummary) -> str:
    return summary_words(*(len(told.of(status)) for status in Status))
