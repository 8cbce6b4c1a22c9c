"""Values that the library's pages and forms show, and those that a form returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnimage.words.message import NOTHING, message

if TYPE_CHECKING:
    from mnimage.domain.record import AdverseEvent, Rating, Session
    from mnimage.words.message import Message


@dataclass(frozen=True, slots=True)
class Chosen:
    """The two photos that would be compared, by identifier."""

    before: str = ""
    after: str = ""

    def mark(self, photo_id: str) -> Message:
        """Return the label on a photo; nothing on one that is not chosen."""
        if photo_id and photo_id == self.before:
            return message("ui_library.before")
        return message("ui_library.after") if photo_id and photo_id == self.after else NOTHING


@dataclass(frozen=True, slots=True)
class Heading:
    """Who a patient is."""

    code: str
    name: str
    facts: str
    medical: str
    """Allergies and medication; empty where none are recorded."""
    consents: tuple[tuple[str, str], ...] = ()
    """Each purpose, and whether the patient consents to it."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course of treatment in the list: its identifier, what it is, how far it has come."""

    id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session to be shown; `session` may be new. `courses` are words and identifiers."""

    session: Session
    new: bool
    courses: tuple[tuple[str, str | None], ...]
    since_last: str = ""
    ratings: tuple[Rating, ...] = ()
    events: tuple[AdverseEvent, ...] = ()
    may_treat: bool = True
    may_record: bool = True


@dataclass(frozen=True, slots=True)
class SessionEntered:
    """A session as entered, and what is to be added to it."""

    session: Session
    ratings: tuple[Rating, ...] = ()
    events: tuple[AdverseEvent, ...] = ()
