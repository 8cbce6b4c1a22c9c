"""Freed memory is kept by the process for the next picture of the same size."""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
"""Options of `mallopt` in glibc's malloc.h."""

_KEEP_ALL, _ALLOCATE_AHEAD = 2**31 - 1, 64 << 20
"""Bytes kept when freed (the largest value there is), and requested at a time."""


@cache
def keep_freed_memory() -> bool:
    """Let this process keep the memory that it frees; return whether that could be set.

    Planes are allocated and freed thousands of times. glibc returns many of them to the system at
    once and requests fresh pages, which the system must clear each time. Systems without glibc are
    not changed. See `docs/decisions/0010-memory-let-go-of-is-kept.md`.
    """
    set_option = _glibc("mallopt")
    if set_option is None:
        return False
    options = (
        (_MMAP_MAX, 0),
        (_TRIM_THRESHOLD, _KEEP_ALL),
        (_TOP_PAD, _ALLOCATE_AHEAD),
        # Memory freed by one thread can be used by the others.
        (_ARENA_MAX, 1),
    )
    accepted = [set_option(name, value) for name, value in options]
    return all(accepted)


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep freed memory during a piece of work, and return it to the system afterwards.

    If such pieces of work overlap, the last one to end returns it.

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
    """Return unused memory to the system."""
    trim = _glibc("malloc_trim")
    if trim is not None:
        trim(0)


class _Work:
    """The number of pieces of work in progress."""

    def __init__(self) -> None:
        self._lock, self._count = Lock(), 0

    def begin(self) -> None:
        with self._lock:
            self._count += 1

    def end(self) -> bool:
        """Return whether no other is in progress."""
        with self._lock:
            self._count -= 1
            return self._count == 0


_WORK = _Work()


def _glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
