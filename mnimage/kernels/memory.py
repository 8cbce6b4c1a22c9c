"""Memory that was let go of is kept for the next picture of the same size."""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Of glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
_KEPT, _AHEAD = 2**31 - 1, 64 << 20


@cache
def keep_freed_memory() -> bool:
    """Let this process keep what memory it lets go of; return whether that could be set.

    Planes are made and let go of thousands of times. glibc gives many of them back to the system at
    once and asks for fresh pages, which the system must clear each time. Systems without glibc are
    left as they are. See `docs/decisions/0010-memory-let-go-of-is-kept.md`.
    """
    set_option = _glibc("mallopt")
    if set_option is None:
        return False
    options = (
        (_MMAP_MAX, 0),
        (_TRIM_THRESHOLD, _KEPT),
        (_TOP_PAD, _AHEAD),
        # What one thread let go of serves the others.
        (_ARENA_MAX, 1),
    )
    taken = [set_option(name, value) for name, value in options]
    return all(taken)


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep what memory is let go of during a piece of work, and give it to the system after it.

    Within or beside other such work it is the last of all to end that gives it back.

    See `docs/decisions/0010-memory-let-go-of-is-kept.md`.
    """
    keep_freed_memory()
    _WORK.begin()
    try:
        yield
    finally:
        if _WORK.end():
            _give_back()


def _give_back() -> None:
    """Give the memory that nobody uses back to the system."""
    trim = _glibc("malloc_trim")
    if trim is not None:
        trim(0)


class _Work:
    """How many pieces of work go on."""

    def __init__(self) -> None:
        self._lock, self._count = Lock(), 0

    def begin(self) -> None:
        with self._lock:
            self._count += 1

    def end(self) -> bool:
        """Return whether no other goes on."""
        with self._lock:
            self._count -= 1
            return self._count == 0


_WORK = _Work()


def _glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
