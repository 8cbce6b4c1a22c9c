"""Write results to disk: completely or not at all, and never over an input."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from mnimage.errors import OutputFailed
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a power failure leaves either all of it or what was there before.

    Raises
    ------
    OutputFailed
        If it cannot be written; no draft remains.
    """
    draft = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.draft")
    try:
        try:
            _write_draft(draft, content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _settle_folder(path.parent)
    except (OSError, ValueError) as error:
        raise _failed(path, error) from error


def prepare_folder(path: Path) -> Path:
    """Return the folder, created if missing, after checking that files can be written there.

    Raises
    ------
    OutputFailed
        If a file has its name, or nothing may be written there.
    """
    if path.exists() and not path.is_dir():
        raise OutputFailed(message("formats.no_folder", path=str(path)))
    probe = path / f".{secrets.token_hex(4)}.draft"
    try:
        path.mkdir(parents=True, exist_ok=True)
        try:
            probe.touch(exist_ok=False)
        finally:
            probe.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise _failed(path, error) from error
    return path


def refuse_overwrite(inputs: Iterable[Path], outputs: Iterable[Path]) -> None:
    """Refuse outputs that are one of the inputs, under whatever name.

    Raises
    ------
    OutputFailed
        If an output is an input itself, a link to it, or the same name on this disk.
    """
    kept = tuple(inputs)
    for output in outputs:
        if any(_same(output, original) for original in kept):
            raise OutputFailed(message("formats.overwrites_input", path=str(output)))


def _write_draft(draft: Path, content: bytes) -> None:
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle_folder(folder: Path) -> None:
    """Flush the new name itself to disk; only POSIX systems can, and need to."""
    if os.name != "posix":
        return
    with suppress(OSError):  # Some network drives cannot; the file itself is complete already.
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _same(one: Path, other: Path) -> bool:
    try:
        if one.samefile(other):
            return True
    except OSError:
        pass  # One of them does not exist yet: only their names can be compared.
    return one.resolve() == other.resolve()


def _failed(path: Path, error: Exception) -> OutputFailed:
    reason = getattr(error, "strerror", None) or str(error)
    if isinstance(error, OSError) and error.errno in _FULL:
        return OutputFailed(message("formats.disk_full", path=str(path), reason=reason))
    return OutputFailed(message("formats.not_written", path=str(path), reason=reason))
