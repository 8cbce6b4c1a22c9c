"""Memory that was let go of is kept for the next picture of the same size."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

# Of glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
_LARGEST, _KEPT, _AHEAD = 32 << 20, 512 << 20, 64 << 20


@cache
def keep_freed_memory() -> bool:
    """Let this process keep up to 512 MB that it let go of; return whether that could be set.

    The planes of a band are made and let go of thousands of times. glibc gives many of them back to
    the system at once and asks for fresh pages, which the system must clear each time. Systems
    without glibc are left as they are. See `docs/decisions/0010-memory-let-go-of-is-kept.md`.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if set_option is None:
        return False
    options = (
        (_MMAP_THRESHOLD, _LARGEST),
        (_TRIM_THRESHOLD, _KEPT),
        (_TOP_PAD, _AHEAD),
        # What one thread let go of serves the others.
        (_ARENA_MAX, 1),
    )
    taken = [set_option(name, value) for name, value in options]
    return all(taken)
