"""Which of the two photos is meant."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """One of the two photos of a pair."""

    BEFORE = "before"
    AFTER = "after"

    @property
    def other(self) -> Side:
        """The other one."""
        return Side.AFTER if self is Side.BEFORE else Side.BEFORE
