"""Progress and stopping are one callable."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Tick: TypeAlias = Callable[[int, int], None]
"""`tick(done, total)` is called between steps; it raises `Cancelled` when the user has stopped."""


def no_tick(done: int, total: int) -> None:
    """Take note of nothing."""
