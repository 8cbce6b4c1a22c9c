"""Slow work off the screen thread."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from mnimage.errors import Cancelled, MnimageError
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from mnimage.domain.progress import Tick

T = TypeVar("T")

_WORKERS = 4
"""Enough that a search does not wait for a running import."""


class Jobs(QObject):
    """A small thread pool; of each lane only the newest job delivers its result and progress."""

    progressed = Signal(str, int, int)
    _landed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="job")
        self._stop: dict[str, Event] = {}
        # Always queued: otherwise a job that ends at once would deliver its result inside `start`,
        # before its own progress, and could no longer be cancelled.
        self._landed.connect(self._run_here, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        lane: str,
        work: Callable[[Tick], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[MnimageError], None],
    ) -> None:
        """Start `work`; any older job in this lane is cancelled.

        `done` or `failed` is called on the screen thread; neither is after `cancel` or `close`.
        """
        self.cancel(lane)
        stop = self._stop[lane] = Event()
        future = self._pool.submit(work, partial(self._tick, lane, stop))
        future.add_done_callback(
            lambda landed: self._landed.emit(partial(_land, landed, stop, done, failed))
        )

    def cancel(self, lane: str) -> None:
        """Ask the lane's job to stop at its next tick; it delivers nothing any more."""
        if stop := self._stop.pop(lane, None):
            stop.set()

    def close(self) -> None:
        """Stop every job and wait for the threads; nothing is delivered afterwards."""
        for lane in list(self._stop):
            self.cancel(lane)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _tick(self, lane: str, stop: Event, step: int, total: int) -> None:
        if stop.is_set():
            raise Cancelled(message("ui_window.job_cancelled"))
        self._landed.emit(partial(self._show, lane, stop, step, total))

    def _show(self, lane: str, stop: Event, step: int, total: int) -> None:
        # Checked again here: the job may have been cancelled in the meantime.
        if not stop.is_set():
            self.progressed.emit(lane, step, total)

    @Slot(object)
    def _run_here(self, landing: Callable[[], None]) -> None:
        landing()


def _land(
    future: Future[T],
    stop: Event,
    done: Callable[[T], None],
    failed: Callable[[MnimageError], None],
) -> None:
    if stop.is_set() or future.cancelled():
        return
    match future.exception():
        case None:
            done(future.result())
        case MnimageError() as error:
            failed(error)
        case bug:
            raise bug
