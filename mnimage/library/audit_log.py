"""The trace: who did what, when; a chain in which a change, a gap or a cut shows.

Each entry's HMAC-SHA-256 covers the entry and the HMAC before it. The details of an entry (which
may hold what a record said) are bound by an HMAC of their own, so that they can be emptied when a
patient is erased while the chain still holds. The head of the chain is kept in a file beside the
database, sealed: a database cut off at the end, or set back, no longer holds that head.
"""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from mnimage.domain.record import AuditEntry, IntegrityIssue
from mnimage.errors import OutputFailed, StorageFailed
from mnimage.formats.output import write_whole
from mnimage.library.tables import AUDIT_LOG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Row

HEAD = "trace.head"
ERASED = "erased"
_START = "0" * 64
_PAGE = 2000


class AuditLog:
    """The trace of one open library, for one user."""

    def __init__(self, folder: Path, key: bytes, user: str) -> None:
        self._path = folder / HEAD
        self._key = key
        self._user = user
        self._seen: tuple[int, str] = (0, _START)
        self._pending = self._seen
        self._written = 0
        self.cut = False
        """Whether entries that were there once are missing."""

    def begin(self, connection: Connection) -> None:
        """Take up the chain; a head that it no longer holds is left as it is, as evidence."""
        self._seen = _last(connection)
        head = read_head(self._path, self._key)
        if head is not None:
            self.cut = not _holds(connection, head)
            self._written = head[0]
        else:  # None is there yet only after the very first entry, if at all.
            self.cut = self._path.exists() or self._seen[0] > 1

    def append(
        self,
        connection: Connection,
        action: str,
        *,
        kind: str = "",
        subject_id: str = "",
        patient_id: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Add an entry, within the transaction that does what it records."""
        last = _last(connection)
        self.cut = self.cut or last[0] < self._seen[0]
        plain = _plain(details or {})
        row: dict[str, object] = {
            "sequence": last[0] + 1,
            "at": datetime.now(UTC).isoformat(),
            "user": self._user,
            "action": action,
            "kind": kind,
            "subject_id": subject_id,
            "patient_id": patient_id,
            "details": plain,
            "details_mac": _details_mac(self._key, last[0] + 1, plain),
        }
        row["mac"] = _mac(self._key, last[1], row)
        connection.execute(insert(AUDIT_LOG).values(row))
        self._pending = (last[0] + 1, str(row["mac"]))

    def rolled_back(self) -> None:
        """Note that what was appended is not kept."""
        self._pending = self._seen

    def committed(self) -> None:
        """Note that what was appended is on disk, and write the head.

        Raises
        ------
        StorageFailed
            If the head cannot be written.
        """
        self._seen = max(self._seen, self._pending)
        self.write_head()

    def take_up(self) -> None:
        """Write a head anew, although the one that is there is none of this chain.

        Raises
        ------
        StorageFailed
            If the head cannot be written.
        """
        self.cut, self._written = False, 0
        self.write_head()

    def write_head(self) -> None:
        """Write the head of what is known to be on disk; raises `StorageFailed`."""
        if self.cut or self._seen[0] <= self._written:
            return
        try:
            write_whole(self._path, _head_text(self._key, self._seen))
        except OutputFailed as error:
            raise StorageFailed(error.message, hint=error.hint) from error
        self._written = self._seen[0]


def entries(connection: Connection, *, patient_id: str = "", after: int = 0) -> list[AuditEntry]:
    """Return the entries after a place in the chain, of one patient or of all."""
    asked = select(AUDIT_LOG).where(AUDIT_LOG.c.sequence > after).order_by(AUDIT_LOG.c.sequence)
    if patient_id:
        asked = asked.where(AUDIT_LOG.c.patient_id == patient_id)
    return [_entry(row) for row in connection.execute(asked)]


def empty_details(connection: Connection, patient_id: str) -> None:
    """Empty the details of a patient's entries; what was done stays. For an erasure."""
    connection.execute(
        update(AUDIT_LOG).where(AUDIT_LOG.c.patient_id == patient_id).values(details=None)
    )


def check_trace(connection: Connection, folder: Path, key: bytes) -> Iterator[IntegrityIssue]:
    """Yield what is wrong with the chain and its head."""
    head = read_head(folder / HEAD, key)
    met = head is None or head[0] == 0
    erased = set(
        connection.scalars(select(AUDIT_LOG.c.patient_id).where(AUDIT_LOG.c.action == ERASED))
    )
    sequence, mac = 0, _START
    for row in _rows(connection):
        sequence += 1
        yield from _check_row(row, sequence, mac, key, erased)
        sequence, mac = row.sequence, row.mac
        met = met or (head == (sequence, mac))
    if head is None:
        if sequence:
            yield IntegrityIssue(
                kind="trace", where=HEAD, what="the head of the trace is missing or altered"
            )
    elif not met:
        yield IntegrityIssue(
            kind="trace", where=f"entry {head[0]}", what="entries were cut off or set back"
        )


def read_head(path: Path, key: bytes) -> tuple[int, str] | None:
    """Return the place and the HMAC of the head; None where it is missing or was altered."""
    try:
        written = path.read_bytes()
        given = json.loads(written)
        head = (int(given["sequence"]), str(given["mac"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return head if hmac.compare_digest(_head_text(key, head), written) else None


def _check_row(
    row: Row[tuple[object, ...]], sequence: int, mac: str, key: bytes, erased: set[str]
) -> Iterator[IntegrityIssue]:
    where = f"entry {row.sequence}"
    if row.sequence != sequence:
        yield IntegrityIssue(kind="trace", where=where, what="entries before it are missing")
    if not hmac.compare_digest(_mac(key, mac, row._asdict()).encode(), str(row.mac).encode()):
        yield IntegrityIssue(
            kind="trace", where=where, what="it, or what came before it, was altered"
        )
    if row.details is None:
        if row.patient_id not in erased:
            yield IntegrityIssue(
                kind="trace", where=where, what="its details were emptied without erasure"
            )
    elif _details_mac(key, row.sequence, row.details) != row.details_mac:
        yield IntegrityIssue(kind="trace", where=where, what="its details were altered")


def _rows(connection: Connection) -> Iterator[Row[tuple[object, ...]]]:
    """Yield all entries in order, a page at a time, so that memory stays flat."""
    after = -1
    while page := connection.execute(
        select(AUDIT_LOG)
        .where(AUDIT_LOG.c.sequence > after)
        .order_by(AUDIT_LOG.c.sequence)
        .limit(_PAGE)
    ).all():
        yield from page
        after = page[-1].sequence


def _entry(row: Row[tuple[object, ...]]) -> AuditEntry:
    return AuditEntry(
        sequence=row.sequence,
        at=datetime.fromisoformat(row.at),
        user=row.user,
        action=row.action,
        kind=row.kind,
        subject_id=row.subject_id,
        patient_id=row.patient_id,
        details=json.loads(row.details) if row.details else {},
    )


def _last(connection: Connection) -> tuple[int, str]:
    row = connection.execute(
        select(AUDIT_LOG.c.sequence, AUDIT_LOG.c.mac).order_by(AUDIT_LOG.c.sequence.desc()).limit(1)
    ).first()
    return (row.sequence, row.mac) if row else (0, _START)


def _holds(connection: Connection, head: tuple[int, str]) -> bool:
    mac = connection.scalar(select(AUDIT_LOG.c.mac).where(AUDIT_LOG.c.sequence == head[0]))
    return head[0] == 0 or mac == head[1]


def _mac(key: bytes, before: str, row: Mapping[str, object]) -> str:
    said = ("sequence", "at", "user", "action", "kind", "subject_id", "patient_id", "details_mac")
    return hmac.digest(
        key, _plain([before, *(row[name] for name in said)]).encode(), "sha256"
    ).hex()


def _details_mac(key: bytes, sequence: int, plain: str) -> str:
    return hmac.digest(key, _plain(["details", sequence, plain]).encode(), "sha256").hex()


def _head_text(key: bytes, head: tuple[int, str]) -> bytes:
    seal = hmac.digest(key, _plain(["head", *head]).encode(), "sha256").hex()
    return (_plain({"mac": head[1], "seal": seal, "sequence": head[0]}) + "\n").encode()


def _plain(given: object) -> str:
    return json.dumps(given, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
