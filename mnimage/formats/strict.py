"""Runs foreign decoders so that what they mutter is heard, and reaches no one else's screen.

C decoders print their complaints on the error stream and hand over a half-grey picture all the
same; Pillow warns. Both are caught here, so that damage is noticed and a note is kept.
"""

from __future__ import annotations

import logging
import os
import struct
import sys
import tempfile
import warnings
import zlib
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow, tifffile and libheif raise on spoilt files, and nothing else can raise there."""

# The error stream and the warning filters belong to the whole process: one decoder at a time.
_one_at_a_time = RLock()


@contextmanager
def heard() -> Iterator[list[str]]:
    """Catch what C code prints on the error stream; the list is filled when the block ends."""
    said: list[str] = []
    with _one_at_a_time, tempfile.TemporaryFile() as sink:
        kept = _redirect(sink.fileno())
        try:
            yield said
        finally:
            _restore(kept)
            sink.seek(0)
            said.extend(sink.read().decode("utf-8", "replace").splitlines())


@contextmanager
def noted() -> Iterator[list[str]]:
    """Catch the warnings of a Python decoder; the list is filled when the block ends."""
    said: list[str] = []
    with _one_at_a_time, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield said
        finally:
            said.extend(dict.fromkeys(" ".join(str(one.message).split()) for one in caught))


@contextmanager
def unlogged(name: str) -> Iterator[None]:
    """Keep a library's own logger quiet: what it says about a spoilt file is told as an error."""
    logger = logging.getLogger(name)
    with _one_at_a_time:
        kept, logger.disabled = logger.disabled, True
        try:
            yield
        finally:
            logger.disabled = kept


def _redirect(target: int) -> int | None:
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        return None  # A windowed program may have no error stream at all.
    os.dup2(target, 2)
    return kept


def _restore(kept: int | None) -> None:
    if kept is not None:
        os.dup2(kept, 2)
        os.close(kept)
