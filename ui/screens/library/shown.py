"""What the library's pages and forms are given to show, and what a form gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mnimage.domain.record import AdverseEvent, Rating, Session


@dataclass(frozen=True, slots=True)
class Chosen:
    """The two photos that would be compared, by identifier."""

    before: str = ""
    after: str = ""

    def mark(self, photo_id: str) -> str:
        """Return the word on a photo."""
        return {self.before: "Before", self.after: "After"}.get(photo_id, "") if photo_id else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """Who a patient is, in words."""

    code: str
    name: str
    facts: str
    consents: tuple[tuple[str, str], ...] = ()
    """Purposes, each with whether the patient agrees to it."""


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
class SessionWritten:
    """A session as written, and what is to be added beside it."""

    session: Session
    ratings: tuple[Rating, ...] = ()
    events: tuple[AdverseEvent, ...] = ()
