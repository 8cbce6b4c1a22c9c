"""Fields that every record has, and checks that several records share."""

from __future__ import annotations

import math
from datetime import UTC
from uuid import uuid4


def in_utc(record: object, *names: str) -> None:
    """Bring times of a record to UTC, in which they sort as they read.

    Raises
    ------
    ValueError
        If one has no zone.
    """
    for name in names:
        moment = getattr(record, name)
        if moment is None:
            continue
        if moment.tzinfo is None:
            raise ValueError(f"{name.replace('_', ' ')} needs its zone")
        object.__setattr__(record, name, moment.astimezone(UTC))


def not_negative(record: object, *names: str) -> None:
    """Refuse negative and infinite numbers; raises `ValueError`."""
    for name in names:
        number = getattr(record, name)
        if number is not None and not 0 <= number < math.inf:
            raise ValueError(f"not a number for {name.replace('_', ' ')}: {number}")


def new_id() -> str:
    """Return an identifier that no other record has."""
    return uuid4().hex
