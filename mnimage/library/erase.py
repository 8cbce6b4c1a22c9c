"""Erases a patient: every row, original and picture; what stays is the trace that it happened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from mnimage.domain.record import Consent, Disclosure, Patient, PhotoRecord, Session
from mnimage.errors import StorageFailed
from mnimage.library import audit_log, backup, database, migrate, records, tables
from mnimage.library.roles import Permission
from mnimage.library.stores import storage_failed
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from mnimage.library.backup import Made
    from mnimage.library.changes import Changes
    from mnimage.library.library import Library


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased here, and where copies may be that this program cannot reach.

    `disclosed_to` is where exports of the patient went, `backups` which back-ups were made while
    the patient was in the library, `copies` how many copies from before a migration were deleted.
    """

    photos: int
    records: int
    copies: int
    disclosed_to: tuple[str, ...]
    backups: tuple[Made, ...]


def erase_patient(library: Library, patient: Patient) -> Erased:
    """Erase a patient, with all that belongs to them, from this library.

    Originals that another patient's record names stay. Pages of the database are overwritten, the
    log of writes is emptied (a server's tables are written anew), and copies made before
    migrations are deleted, for they hold the patient too. Of the trace stay who did what when,
    under numbers that lead nowhere.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    EditConflict
        If the patient was erased or changed by another station in the meantime.
    StorageFailed
        If the disk refuses, once all that can be removed is. An original that could not has lost
        its key, and is unreadable.
    """
    library.require(Permission.ERASE)
    to = tuple({one.to: 0 for one in library.select(Disclosure, patient_id=patient.id)})
    with library.changing(Permission.ERASE) as changes:
        sha256s = _fingerprints(changes, patient)
        erased = _delete_rows(changes, patient)
        gone = [sha256 for sha256 in sha256s if changes.let_go(sha256)]
        audit_log.empty_details(changes.connection, patient.id)
        changes.note(audit_log.ERASED, patient)
        files = list(changes.unneeded)
        copies = backup.made(changes.connection)
    copied = len(migrate.backups(library.folder))
    _all_of(
        lambda: library.cache.forget(*gone),
        lambda: _delete_copies(library),
        *(partial(library.vault.remove, name) for name in files),
        lambda: _overwrite(library),
    )
    return Erased(len(gone), erased, copied, to, copies)


def _all_of(*steps: Callable[[], object]) -> None:
    """Do all of it, though some may fail; then raise what the first that failed said."""
    failed: list[StorageFailed] = []
    for step in steps:
        try:
            step()
        except StorageFailed as error:
            failed.append(error)
    if failed:
        raise failed[0]


def _fingerprints(changes: Changes, patient: Patient) -> list[str]:
    """Return the originals that the patient's records name: photos and signed forms."""
    mine = {"patient_id": patient.id}
    photos = records.select_all(changes.connection, PhotoRecord, **mine)
    consents = records.select_all(changes.connection, Consent, **mine)
    named = [one.sha256 for one in photos] + [one.signed_sha256 for one in consents]
    return list(dict.fromkeys(sha256 for sha256 in named if sha256))


def _delete_rows(changes: Changes, patient: Patient) -> int:
    """Delete all rows of a patient, what belongs to others first; return how many."""
    erased = _let_go_of_others(changes, patient)
    for type_, kind in reversed(tuple(records.KINDS.items())):
        if type_ is not Patient:
            here = kind.table.c.patient_id == patient.id
            erased += changes.connection.execute(delete(kind.table).where(here)).rowcount
    records.remove(changes.connection, patient)
    return erased + 1


def _let_go_of_others(changes: Changes, patient: Patient) -> int:
    """Untie the patient's rows from those of other patients; return how many went.

    A photo that was moved from one patient to another may have been let out under a consent of
    the first, or scored as the first's.
    """
    mine = {
        column: select(records.KINDS[type_].table.c.id).where(
            records.KINDS[type_].table.c.patient_id == patient.id
        )
        for type_, column in (
            (PhotoRecord, "photo_id"),
            (PhotoRecord, "baseline_id"),
            (Session, "session_id"),
        )
    }
    theirs = tables.DISCLOSURES.c.consent_id.in_(
        select(tables.CONSENTS.c.id).where(tables.CONSENTS.c.patient_id == patient.id)
    )
    changes.connection.execute(update(tables.DISCLOSURES).where(theirs).values(consent_id=None))
    erased = 0
    for table, column in (
        (tables.MEASUREMENTS, "photo_id"),
        (tables.MEASUREMENTS, "baseline_id"),
        (tables.DISCLOSURES, "photo_id"),
        (tables.RATINGS, "session_id"),
        (tables.EVENTS, "session_id"),
    ):
        here = table.c[column].in_(mine[column])
        erased += changes.connection.execute(delete(table).where(here)).rowcount
    return erased


def _overwrite(library: Library) -> None:
    """Have nothing of what was deleted left in the database's own pages and log of writes."""
    if not database.is_file(library.engine):
        database.rewrite(library.engine)
        return
    path = library.folder / database.NAME
    with database.storage_errors(path):
        bare = database.raw_connection(path, library.keys.database)
        try:
            busy = bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            bare.close()
    if busy:
        raise StorageFailed(message("library.erased_but_log_in_use"))


def _delete_copies(library: Library) -> None:
    """Delete the copies made before migrations, whole or not: they hold the patient too."""
    for copy in migrate.backups(library.folder):
        try:
            copy.unlink(missing_ok=True)
        except OSError as error:
            raise storage_failed(error, "removed") from error
    migrate.clear_drafts(library.folder)
