"""Clears away what a killed import, renewal or migration left; nothing that is just being written.

What no row needs counts as left behind once it is a day old by its disk's own clock. Should its
writer still live (a computer that slept), it finds its file gone before its row is written, and
stores the photo again (`Changes.take`).
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from mnimage.errors import StorageFailed
from mnimage.library import address, audit_log, keyfile, migrate
from mnimage.library.stores import FolderStore, is_name
from mnimage.library.tables import OBJECTS

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.library.changes import Changes
    from mnimage.library.library import Library

LEFT_AFTER_S = 24 * 3600.0
_AGAIN = timedelta(hours=24)
_SWEPT = "swept_at"
_OWN = "|".join(re.escape(name) for name in (keyfile.NAME, keyfile.COPY, audit_log.HEAD))
_OWN_DRAFT = re.compile(rf"\.(?:(?:{_OWN})\.)?[0-9a-f]{{8}}\.draft")


def sweep_if_due(library: Library) -> int:
    """Clear away what was left behind, at most once a day; return how many files went."""
    with library.reading() as connection:
        given = address.fact(connection, _SWEPT)
    now = datetime.now(UTC)
    if given and now - _AGAIN < datetime.fromisoformat(given) <= now:
        return 0
    return sweep(library)


def sweep(library: Library) -> int:
    """Clear away what was left behind; return how many files went.

    Nothing where the database was set back to an earlier day: photos whose rows are in the later
    one look as if they had none.

    Raises
    ------
    StorageFailed
        If the disk or the server refuses.
    """
    if library.is_set_back:
        return 0
    left = _left_in_vault(library)
    gone = _sweep_cache(library) + _sweep_folder(library.folder)
    with library.changing() as changes:
        needed = _needed(changes) if left else set()
        for name in left:
            if name not in needed:
                with suppress(StorageFailed):  # Another program may look into it just now.
                    library.vault.remove(name)
                    gone += 1
        migrate.clear_drafts(library.folder)
        address.note(changes.connection, _SWEPT, datetime.now(UTC).isoformat(timespec="seconds"))
    return gone


def _left_in_vault(library: Library) -> list[str]:
    """Return old files that no row knows; rows are read after names, so that none is missed."""
    names = [name for name in library.vault.names() if is_name(name)]
    with library.reading() as connection:
        known = set(connection.scalars(select(OBJECTS.c.name)))
    unknown = (name for name in names if name not in known)
    return [name for name in unknown if library.vault.age_s(name) > LEFT_AFTER_S]


def _needed(changes: Changes) -> set[str]:
    """Return the files that have a row, now that nobody else may write one."""
    return set(changes.connection.scalars(select(OBJECTS.c.name)))


def _sweep_cache(library: Library) -> int:
    """Delete pictures of originals that are no longer there, and drafts of pictures."""
    with library.reading() as connection:
        sha256s = list(connection.scalars(select(OBJECTS.c.sha256)))
    gone = 0
    for name in library.cache.unneeded(sha256s):
        if library.cache.age_s(name) > LEFT_AFTER_S:
            library.cache.remove(name)
            gone += 1
    return gone


def _sweep_folder(folder: Path) -> int:
    """Delete drafts of the key file and the trace's head."""
    gone = 0
    for path in folder.glob(".*.draft"):
        if _OWN_DRAFT.fullmatch(path.name) and FolderStore(folder).age_of(path) > LEFT_AFTER_S:
            with suppress(OSError):  # It harms nothing, and `verify` names it.
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def sweep_quietly(library: Library) -> None:
    """Clear away as `sweep_if_due`; where the disk refuses, the next time will do."""
    with suppress(StorageFailed):
        sweep_if_due(library)
