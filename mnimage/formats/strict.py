"""Run third-party decoders and capture what they print and warn of.

C decoders print errors on the error stream and still return a half-grey picture; Pillow issues
warnings. Both are captured here, so that damage is noticed and noted, and nothing is printed.
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

DECODER_ERRORS = (
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
"""What Pillow, tifffile and libheif raise on corrupt files."""

# The error stream and the warning filters belong to the whole process: one decoder at a time.
_lock = RLock()


@contextmanager
def captured_stderr() -> Iterator[list[str]]:
    """Capture what C code prints on the error stream; the list is filled when the block ends."""
    lines: list[str] = []
    with _lock, tempfile.TemporaryFile() as sink:
        saved = _redirect(sink.fileno())
        try:
            yield lines
        finally:
            _restore(saved)
            sink.seek(0)
            lines.extend(sink.read().decode("utf-8", "replace").splitlines())


@contextmanager
def captured_warnings() -> Iterator[list[str]]:
    """Capture the warnings of a Python decoder; the list is filled when the block ends."""
    lines: list[str] = []
    with _lock, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield lines
        finally:
            lines.extend(dict.fromkeys(" ".join(str(one.message).split()) for one in caught))


@contextmanager
def silenced(name: str) -> Iterator[None]:
    """Silence the logger of a library: what it logs about a corrupt file is raised as an error."""
    logger = logging.getLogger(name)
    with _lock:
        saved, logger.disabled = logger.disabled, True
        try:
            yield
        finally:
            logger.disabled = saved


def _redirect(target: int) -> int | None:
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:
        return None  # A windowed program may have no error stream at all.
    os.dup2(target, 2)
    return saved


def _restore(saved: int | None) -> None:
    if saved is not None:
        os.dup2(saved, 2)
        os.close(saved)
