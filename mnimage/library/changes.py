"""One transaction on a library: all of what is done in it is kept, or nothing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import delete, func, insert, select

from mnimage.domain import record as kept
from mnimage.errors import EditConflict, PhotoDamaged, RecordUnusable
from mnimage.library import queries, records, tables
from mnimage.library.roles import Permission, require
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from mnimage.library.audit_log import AuditLog
    from mnimage.library.vault import Stored, Vault

R = TypeVar("R", bound=kept.Record)


class Changes:
    """What may be done within one transaction, each with its line in the trace."""

    def __init__(
        self, connection: Connection, audit_log: AuditLog, role: kept.Role, vault: Vault
    ) -> None:
        self.connection = connection
        self.doubles: list[str] = []
        """Files just written whose photo is kept already: no row needs them, come what may."""
        self.unneeded: list[str] = []
        """Files of the vault that no row needs once the transaction is kept."""
        self.forgotten: list[str] = []
        """Originals that are gone once the transaction is kept, whose pictures must go too."""
        self._trace = audit_log
        self._role = role
        self._vault = vault

    def add(self, *added: kept.Record) -> None:
        """Add new records; owners before what belongs to them.

        Raises
        ------
        RecordUnusable
            If one is there already, or belongs to something that is not.
        NotAllowed
            If the user's role does not allow it.
        """
        for record in added:
            require(self._role, records.KINDS[type(record)].permission)
            records.add(self.connection, [record])
            self.note("added", record)

    def select(self, type_: type[R], **equal: object) -> tuple[R, ...]:
        """Return the records whose fields equal those given, as this transaction sees them."""
        return records.select_all(self.connection, type_, **equal)

    def keep_measurements(
        self, measured: Sequence[kept.Measurement], superseded: Mapping[str, str]
    ) -> None:
        """Add what was measured on one photo or pair; the audit log has one line for all of it.

        Parameters
        ----------
        measured
            New measurements, of one photo or of one pair.
        superseded
            By identifier, each measurement that is replaced, and the one that replaces it.

        Raises
        ------
        RecordUnusable
            If a photo is not there, or is another patient's.
        NotAllowed
            If the user's role does not allow it.
        """
        if not measured:
            return
        require(self._role, Permission.RECORD)
        records.add(self.connection, measured)
        records.supersede(self.connection, superseded)
        details = {"measurements": len(measured), "recipe": measured[0].recipe}
        self.note("measured", measured[0], details)

    def change(self, record: R) -> R:
        """Write a record over the version that it was read as, and return it as it is kept now.

        Raises
        ------
        EditConflict
            If another station changed or removed it in the meantime.
        RecordUnusable
            If it clashes with another record, or is of a kind that is never altered.
        NotAllowed
            If the user's role does not allow it.
        """
        require(self._role, records.KINDS[type(record)].permission)
        after, difference, moved = records.change(self.connection, record)
        self.note("changed", record, difference)
        for one in moved:
            self.note("moved along", one)
        return after

    def remove(self, record: kept.Record) -> None:
        """Delete a record that nothing belongs to; a photo's original goes with its last photo.

        Raises
        ------
        EditConflict
            If another station changed or removed it in the meantime.
        RecordUnusable
            If something still belongs to it.
        NotAllowed
            If the user's role does not allow it.
        """
        require(self._role, Permission.ERASE)
        records.remove(self.connection, record)
        if isinstance(record, kept.PhotoRecord):
            self.let_go(record.sha256)
        self.note("deleted", record)

    def take(self, stored: Stored) -> bool:
        """Take an original's row; False where the same photo is kept already.

        The file was written before (`Vault.keep`); where it is not needed, it is removed after.

        Raises
        ------
        NotAllowed
            If the user's role does not allow it.
        EditConflict
            If the library's keys were renewed since the file was written.
        PhotoDamaged
            If the file is no longer there, whole: swept away as left behind, or its disk was.
        """
        require(self._role, Permission.RECORD)
        if stored.generation != self._vault.generation:
            raise EditConflict(message("library.keys_renewed_meanwhile"))
        if queries.find_object(self.connection, stored.sha256) is not None:
            self.doubles.append(stored.name)
            return False
        if not self._vault.lies_there(stored):
            raise PhotoDamaged(message("library.photo_vanished"))
        row = {**asdict(stored), "added_at": datetime.now(UTC).isoformat()}
        self.connection.execute(insert(tables.OBJECTS).values(row))
        self._trace.append(self.connection, "stored", kind="original", subject_id=stored.sha256)
        return True

    def let_go(self, sha256: str) -> bool:
        """Delete an original that no photo and no consent needs; say whether it went."""
        photos = select(func.count()).where(tables.PHOTOS.c.sha256 == sha256)
        forms = select(func.count()).where(tables.CONSENTS.c.signed_sha256 == sha256)
        stored = queries.find_object(self.connection, sha256)
        needed = self.connection.scalar(photos) or self.connection.scalar(forms)
        if stored is None or needed:
            return False
        self.connection.execute(delete(tables.OBJECTS).where(tables.OBJECTS.c.sha256 == sha256))
        self.unneeded.append(stored.name)
        self.forgotten.append(sha256)
        return True

    def note(
        self, action: str, record: kept.Record, details: Mapping[str, object] | None = None
    ) -> None:
        """Add a line about a record to the trace."""
        patient = record.id if isinstance(record, kept.Patient) else record.patient_id
        self._trace.append(
            self.connection,
            action,
            kind=records.KINDS[type(record)].name,
            subject_id=record.id,
            patient_id=patient,
            details=details,
        )

    def note_library(self, action: str, details: Mapping[str, object] | None = None) -> None:
        """Add a line about the library as a whole to the trace."""
        self._trace.append(self.connection, action, kind="library", details=details)

    def require_object(self, sha256: str) -> Stored:
        """Return the row of an original.

        Raises
        ------
        RecordUnusable
            If it is not kept.
        """
        stored = queries.find_object(self.connection, sha256)
        if stored is None:
            raise RecordUnusable(message("library.no_such_photo"))
        return stored
