"""Questions that span several tables: the list of patients, one patient's timeline."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from mnimage.domain import record as kept
from mnimage.errors import RecordUnusable
from mnimage.library import records, tables
from mnimage.library.vault import Stored
from mnimage.words.message import message

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Table


def list_patients(
    connection: Connection, search: str = "", limit: int | None = None
) -> tuple[kept.PatientLine, ...]:
    """Return the patients whose code or name holds all words of `search`, by code."""
    table = tables.PATIENTS
    asked = select(*records.columns(kept.Patient)).order_by(table.c.code)
    for word in records.searchable(search).split():
        asked = asked.where(table.c.search.contains(word, autoescape=True))
    patients = records.from_rows(
        kept.Patient, records.named(connection.execute(asked.limit(limit)))
    )
    narrow = {patient.id for patient in patients} if len(patients) <= 50 else None
    sessions = _per_patient(
        connection, tables.SESSIONS, narrow, func.max(tables.SESSIONS.c.held_at)
    )
    photos = _per_patient(connection, tables.PHOTOS, narrow)
    return tuple(
        kept.PatientLine(
            patient=patient,
            sessions=sessions.get(patient.id, (0, None))[0],
            photos=photos.get(patient.id, (0, None))[0],
            last_session=_moment(sessions.get(patient.id, (0, None))[1]),
        )
        for patient in patients
    )


def find_patient(connection: Connection, code: str) -> kept.Patient:
    """Return the patient of a code.

    Raises
    ------
    RecordUnusable
        If there is none.
    """
    found = records.select_all(connection, kept.Patient, code=code)
    if not found:
        raise RecordUnusable(message("library.no_such_patient"))
    return found[0]


def timeline(connection: Connection, patient: kept.Patient) -> kept.Timeline:
    """Return all that is kept of a patient."""
    mine = {"patient_id": patient.id}
    return kept.Timeline(
        patient=patient,
        series=records.select_all(connection, kept.Series, **mine),
        sessions=records.select_all(connection, kept.Session, **mine),
        photos=records.select_all(connection, kept.PhotoRecord, **mine),
        measurements=records.select_all(connection, kept.Measurement, **mine),
        ratings=records.select_all(connection, kept.Rating, **mine),
        events=records.select_all(connection, kept.AdverseEvent, **mine),
        consents=records.select_all(connection, kept.Consent, **mine),
        disclosures=records.select_all(connection, kept.Disclosure, **mine),
    )


def find_object(connection: Connection, sha256: str) -> Stored | None:
    """Return the row of an original, None where it is not kept."""
    row = connection.execute(
        select(tables.OBJECTS).where(tables.OBJECTS.c.sha256 == sha256)
    ).first()
    return stored(row) if row else None


def stored(row: Row[Any]) -> Stored:
    """Return an original's row as a value."""
    return Stored(row.sha256, row.name, row.size, bytes(row.wrapped), row.generation)


def _per_patient(
    connection: Connection, table: Table, narrow: set[str] | None, *more: Any
) -> dict[str, tuple[int, str | None]]:
    """Return how many rows each patient has, and one thing more of them."""
    asked = select(table.c.patient_id, func.count(), *more).group_by(table.c.patient_id)
    if narrow is not None:
        asked = asked.where(table.c.patient_id.in_(narrow))
    return {row[0]: (row[1], row[2] if more else None) for row in connection.execute(asked)}


def _moment(given: str | None) -> datetime | None:
    return datetime.fromisoformat(given) if given else None
