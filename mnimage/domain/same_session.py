"""When photos are of one session, and how far apart times are of which one may lack a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SESSION_SPAN = timedelta(hours=6)
"""Photos farther apart than this are of two sessions.

Our own rule. A visit (photos, numbing, needling, photos again) is over within hours, so shots of
one visit stay together. A morning and an evening do not: needled skin stays red and swollen for
3 to 6 hours, so what is photographed later shows other skin than what was photographed before.
"""


def instant(moment: datetime) -> datetime:
    """Return a time in UTC, by which times with and without a zone can be sorted.

    A camera writes its own clock, mostly without a zone; such a time is read in this computer's
    zone. A time that UTC cannot hold (the first or last day of the calendar) keeps its clock.
    """
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError, OSError):
        return moment.replace(tzinfo=UTC)


def between(earlier: datetime, later: datetime) -> timedelta:
    """Return the time from one moment to another, negative where `later` comes first.

    Two clocks without a zone are subtracted as they are; where only one has a zone, see `instant`.
    """
    if (earlier.utcoffset() is None) == (later.utcoffset() is None):
        return later - earlier
    return instant(later) - instant(earlier)


def same_session(one: datetime, other: datetime) -> bool:
    """Return whether two photos taken at these times are of one session (see `SESSION_SPAN`)."""
    return abs(between(one, other)) <= SESSION_SPAN
