"""Which photos belong to one session, by their times; pure, no library is touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mnimage.domain.same_session import SESSION_SPAN, instant

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = timedelta(hours=24)
"""No session lasts longer, however close together its photos are."""
_FIRST_YEAR = 1995
"""No photo file with a capture time is older; an earlier clock was never set."""


@dataclass(slots=True)
class SessionSpan:
    """One session: its identifier, and the times of its first and last photo."""

    session_id: str
    first: datetime
    last: datetime

    def takes(self, moment: datetime) -> bool:
        """Say whether a photo of this time belongs to it."""
        first, last = min(self.first, moment), max(self.last, moment)
        near = self.first - SESSION_SPAN <= moment <= self.last + SESSION_SPAN
        return near and last - first <= LONGEST

    def widen(self, moment: datetime) -> None:
        """Take a photo's time in."""
        self.first, self.last = min(self.first, moment), max(self.last, moment)


class SessionSpans:
    """The sessions of one patient, known or just begun."""

    def __init__(self, known: Iterable[SessionSpan] = ()) -> None:
        self._all = list(known)
        self._of_folder: dict[tuple[str, ...], SessionSpan] = {}

    def at(self, moment: datetime, folders: tuple[str, ...]) -> SessionSpan | None:
        """Return the session of a photo of this time, None where it begins a new one."""
        fitting = [span for span in self._all if span.takes(moment)]
        nearest = min(fitting, key=lambda one: _distance(one, moment), default=None)
        if nearest is not None:
            nearest.widen(moment)
            self._of_folder[folders] = nearest
        return nearest

    def of_folder(self, folders: tuple[str, ...]) -> SessionSpan | None:
        """Return the session of the photo before in the same folder, for one without a time."""
        return self._of_folder.get(folders)

    def begin(self, session_id: str, moment: datetime, folders: tuple[str, ...]) -> SessionSpan:
        """Begin a new session."""
        span = SessionSpan(session_id, moment, moment)
        self._all.append(span)
        self._of_folder[folders] = span
        return span

    def seen(self, session_id: str, folders: tuple[str, ...]) -> None:
        """Note that a photo of a folder is kept in a session already."""
        for span in self._all:
            if span.session_id == session_id:
                self._of_folder[folders] = span


def true_time(taken_at: datetime | None, now: datetime) -> datetime | None:
    """Return a camera's time in UTC, None where its clock was never set or runs ahead.

    A camera that names no zone is taken to run on this computer's (`same_session.instant`).
    """
    if taken_at is None or taken_at.year < _FIRST_YEAR:
        return None
    moment = instant(taken_at)
    return moment if moment <= now + timedelta(days=1) else None


def _distance(span: SessionSpan, moment: datetime) -> timedelta:
    if span.first <= moment <= span.last:
        return timedelta()
    return min(abs(span.first - moment), abs(span.last - moment))
