"""Imports photos into the library: progress, stopping, continuing, and what was not stored."""

from __future__ import annotations

import time
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.imported import ImportSummary, Status
from mnimage.words.message import message
from ui.screens.library.words import files_words, summary_words, time_left

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mnimage.domain.progress import Tick
    from mnimage.domain.record import Patient
    from mnimage.errors import MnimageError
    from mnimage.library.library import Library
    from mnimage.words.message import Message
    from ui.jobs import Jobs
    from ui.screens.library.view import LibraryView

_IMPORT, _VIEWS = "import", "views"


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
        """Store the photos at the given paths as a patient's."""

    def propose_views(self, library: Library, photo_ids: Sequence[str], tick: Tick) -> int:
        """Set the view of photos by the face."""


class ImportPresenter:
    """One import at a time; `landed` is called when photos or their views have been stored."""

    def __init__(
        self, view: LibraryView, work: ImportWork, jobs: Jobs, landed: Callable[[], None]
    ) -> None:
        self._view, self._work, self._jobs, self._landed = view, work, jobs, landed
        self._stop = Event()
        self._order: tuple[Library, Patient, tuple[Path, ...]] | None = None
        self._last: ImportSummary | None = None
        self._started = 0.0
        self._step = ""
        self.after: Callable[[], None] | None = None
        """Called once when the running import has ended; a lock waits for it."""
        view.imports.stop_pressed.connect(self.stop)
        view.imports.details_pressed.connect(self.show_details)
        view.import_dialog.continue_pressed.connect(self.resume)
        jobs.progressed.connect(self.show_progress)

    @property
    def busy(self) -> bool:
        """Whether an import is running."""
        return bool(self._step)

    def begin(self, library: Library, patient: Patient, paths: Sequence[Path]) -> None:
        """Store photos as a patient's."""
        if self.busy:
            running = message("ui_library.import_running")
            self._view.show_error(running, running.hint)
            return
        self._order = library, patient, tuple(paths)
        self._stop = Event()
        self._step, self._started, self._last = _IMPORT, time.monotonic(), None
        self._view.imports.show_progress(message("ui_library.searching_photos"), 0, 0)
        work = partial(self._import, self._stop)
        self._jobs.start(_IMPORT, work, done=self._stored, failed=self._fail)

    def stop(self) -> None:
        """Stop after the current file; what is stored stays."""
        self._view.imports.show_stopping()
        if self._step == _VIEWS:
            self._jobs.cancel(_VIEWS)
            self._end()
        else:
            self._stop.set()

    def resume(self) -> None:
        """Import what a stopped import left."""
        if self._order is not None:
            self.begin(*self._order)

    def show_idle(self, words: Message) -> None:
        """Show this sentence while nothing is imported."""
        if not self.busy:
            self._view.imports.show_idle(words)

    def forget(self) -> None:
        """Drop the last import, because another user logs in."""
        self._order = self._last = None

    def finish(self) -> None:
        """Release whoever waits for the end of the import, at the end of the program."""
        self._step = ""
        self._call_after()

    def show_details(self) -> None:
        """Show every file that was not stored, and why."""
        if (last := self._last) is None:
            return
        refused = str(message("ui_library.file_refused"))
        known = str(message("ui_library.file_known"))
        lines = [(one.file, refused, str(one.reason)) for one in last.of(Status.REFUSED)]
        lines += [(one.file, known, str(one.reason)) for one in last.of(Status.KNOWN)]
        words = message("ui_library.rest_is_stored")
        if last.stopped:
            words = message("ui_library.import_can_continue")
        self._view.show_not_stored(_summary(last), words, lines, rest=last.stopped)

    def show_progress(self, lane: str, done: int, total: int) -> None:
        """Show how far it is."""
        if lane != self._step:
            return
        if lane == _VIEWS:
            words = message("ui_library.identifying_views", done=done, total=total)
        else:
            words = self._import_words(done, total)
        self._view.imports.show_progress(words, done, total)

    def _import_words(self, done: int, total: int) -> Message:
        files = files_words(total)
        left = time_left(done, total, time.monotonic() - self._started)
        if left:
            return message("ui_library.importing_with_time", done=done, files=files, time=left)
        return message("ui_library.importing", done=done, files=files)

    def _import(self, stop: Event, tick: Tick) -> ImportSummary:
        if self._order is None:
            raise ValueError("no import was started")
        library, patient, paths = self._order
        return self._work.import_into(library, paths, patient, tick, stop.is_set)

    def _stored(self, summary: ImportSummary) -> None:
        self._last = summary
        self._landed()
        if summary.new_photos and not summary.stopped and self._order is not None:
            self._step = _VIEWS
            work = partial(self._work.propose_views, self._order[0], summary.new_photos)
            self._jobs.start(_VIEWS, work, done=self._viewed, failed=self._fail)
        else:
            self._end()

    def _viewed(self, _: int) -> None:
        self._end()

    def _end(self) -> None:
        self._step = ""
        if (last := self._last) is not None:
            words = _summary(last)
            if last.stopped:
                words = message("ui_library.import_stopped", done=words)
            incomplete = bool(last.of(Status.REFUSED) or last.of(Status.KNOWN) or last.stopped)
            self._view.imports.show_idle(words, details=incomplete)
            if last.of(Status.REFUSED) or last.stopped:
                self.show_details()
        self._landed()
        self._call_after()

    def _fail(self, error: MnimageError) -> None:
        self._step = ""
        self._view.imports.show_idle("")
        self._view.show_error(str(error), error.hint)
        self._landed()
        self._call_after()

    def _call_after(self) -> None:
        after, self.after = self.after, None
        if after is not None:
            after()


def _summary(done: ImportSummary) -> Message:
    return summary_words(*(len(done.of(status)) for status in Status))
