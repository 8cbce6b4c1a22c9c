"""Erases a patient: every row, original and picture; what stays is the trace that it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete

from mnimage.domain.record import Consent, Disclosure, Patient, PhotoRecord
from mnimage.errors import StorageFailed
from mnimage.library import backup, database, migrate, records, trace
from mnimage.library.roles import Deed, require
from mnimage.library.stores import storage_failed

if TYPE_CHECKING:
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
    log of writes is emptied, and copies made before migrations are deleted, for they hold the
    patient too. Of the trace stay who did what when, under numbers that lead nowhere.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    ChangedElsewhere
        If the patient was erased or changed by another station in the meantime.
    StorageFailed
        If the disk refuses. What could not be removed then has lost its key, and is unreadable.
    """
    require(library.role, Deed.ERASE)
    to = tuple({one.to: 0 for one in library.select(Disclosure, patient_id=patient.id)})
    with library.changing() as changes:
        sha256s = _fingerprints(changes, patient)
        erased = _delete_rows(changes, patient)
        gone = [sha256 for sha256 in sha256s if changes.let_go(sha256)]
        trace.empty_details(changes.connection, patient.id)
        changes.note(trace.ERASED, patient)
        files = list(changes.unneeded)
        copies = backup.made(changes.connection)
    for name in files:
        library.vault.remove(name)
    library.cache.forget(*gone)
    return Erased(len(gone), erased, _overwrite(library), to, copies)


def _fingerprints(changes: Changes, patient: Patient) -> list[str]:
    """Return the originals that the patient's records name: photos and signed forms."""
    mine = {"patient_id": patient.id}
    photos = records.select_all(changes.connection, PhotoRecord, **mine)
    consents = records.select_all(changes.connection, Consent, **mine)
    named = [one.sha256 for one in photos] + [one.signed_sha256 for one in consents]
    return list(dict.fromkeys(sha256 for sha256 in named if sha256))


def _delete_rows(changes: Changes, patient: Patient) -> int:
    """Delete all rows of a patient, what belongs to others first; return how many."""
    erased = 0
    for type_, kind in reversed(tuple(records.KINDS.items())):
        if type_ is not Patient:
            here = kind.table.c.patient_id == patient.id
            erased += changes.connection.execute(delete(kind.table).where(here)).rowcount
    records.remove(changes.connection, patient)
    return erased + 1


def _overwrite(library: Library) -> int:
    """Empty the log of writes, which still holds old pages; delete copies before migrations."""
    if database.is_file(library.engine):
        path = library.folder / database.NAME
        with database.told(path):
            bare = database.raw_connection(path, library.keys.database)
            busy = bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            bare.close()
        if busy:
            raise StorageFailed(
                "The patient is erased, but another station keeps the log of writes in use.",
                hint="It is emptied when all stations close the library.",
            )
    copies = migrate.backups(library.folder)
    for copy in copies:
        try:
            copy.unlink(missing_ok=True)
        except OSError as error:
            raise storage_failed(error, "removed") from error
    return len(copies)
