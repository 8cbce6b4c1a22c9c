"""Records to rows and back; adding, changing with the version checked, finding."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from mnimage.domain import record as kept
from mnimage.errors import EditConflict, LibraryDamaged, RecordUnusable
from mnimage.library import tables
from mnimage.library.roles import Permission
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, CursorResult, RowMapping

R = TypeVar("R", bound=kept.Record)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of record is kept; `order` is the column of its time."""

    type: Any
    name: str
    table: Table
    adapter: TypeAdapter[Any]
    many: TypeAdapter[Any]
    order: str
    permission: Permission
    changes: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the record's fields, which are the columns that make it."""
        return tuple(field.name for field in fields(self.type))


def _kind(
    type_: Any, name: str, table: Table, order: str, permission: Permission, **more: bool
) -> Kind:
    return Kind(
        type_, name, table, TypeAdapter(type_), TypeAdapter(list[type_]), order, permission, **more
    )


KINDS: Mapping[type, Kind] = MappingProxyType(
    {
        kept.Patient: _kind(kept.Patient, "patient", tables.PATIENTS, "code", Permission.RECORD),
        kept.Series: _kind(kept.Series, "series", tables.SERIES, "started_on", Permission.TREAT),
        kept.Session: _kind(kept.Session, "session", tables.SESSIONS, "held_at", Permission.RECORD),
        kept.AdverseEvent: _kind(
            kept.AdverseEvent, "adverse event", tables.EVENTS, "noticed_on", Permission.TREAT
        ),
        kept.PhotoRecord: _kind(
            kept.PhotoRecord, "photo", tables.PHOTOS, "taken_at", Permission.RECORD
        ),
        kept.Measurement: _kind(
            kept.Measurement,
            "measurement",
            tables.MEASUREMENTS,
            "measured_at",
            Permission.RECORD,
            changes=False,
        ),
        kept.Rating: _kind(kept.Rating, "rating", tables.RATINGS, "rated_at", Permission.TREAT),
        kept.Consent: _kind(
            kept.Consent, "consent", tables.CONSENTS, "given_on", Permission.RECORD
        ),
        kept.Disclosure: _kind(
            kept.Disclosure,
            "disclosure",
            tables.DISCLOSURES,
            "disclosed_at",
            Permission.EXPORT,
            changes=False,
        ),
    }
)
"""Every kind of record, in an order in which they can be written one after the other."""


_TIMELINE = TypeAdapter(kept.Timeline)
_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_OWNER: Mapping[type, str] = MappingProxyType(
    {kept.Series: "series_id", kept.Session: "session_id", kept.PhotoRecord: "photo_id"}
)
"""By which column other records belong to these."""


def add(connection: Connection, records: Sequence[kept.Record]) -> None:
    """Write new records.

    Raises
    ------
    RecordUnusable
        If one is there already (a patient's code, an identifier), or belongs to a record that is
        not there.
    """
    for record in records:
        _check_owner(connection, record)
        row = to_row(replace(record, version=1))
        _check_row(record, row)
        try:
            connection.execute(insert(KINDS[type(record)].table).values(row))
        except IntegrityError as error:
            raise _unusable(record) from error


def supersede(connection: Connection, replaced: Mapping[str, str]) -> None:
    """Note by which measurement others were replaced; nothing else of them is ever altered."""
    table = tables.MEASUREMENTS
    for old, new in replaced.items():
        here = (table.c.id == old) & table.c.superseded_by.is_(None)
        connection.execute(update(table).where(here).values(superseded_by=new))


def change(
    connection: Connection, record: R
) -> tuple[R, dict[str, object], tuple[kept.Record, ...]]:
    """Write a record over the version that it was read as; return it, and what changed.

    Given to another patient, a course of treatment takes along its sessions, a session all that
    belongs to it, and a photo its scores and disclosures; these are returned too.

    Raises
    ------
    EditConflict
        If the kept record has another version, or was erased.
    RecordUnusable
        If this kind is never altered, or the change makes it clash with another.
    """
    kind = KINDS[type(record)]
    if not kind.changes:
        raise RecordUnusable(message("library.record_unalterable", name=kind.name))
    before = find(connection, type(record), record.id)
    if before is None or before.version != record.version:
        raise _clash(kind)
    after = replace(record, version=record.version + 1)
    row = to_row(after)
    _check_row(record, row)
    _check_owner(connection, record)
    table = kind.table
    here = (table.c.id == record.id) & (table.c.version == record.version)
    try:
        done = connection.execute(update(table).where(here).values(row))
    except IntegrityError as error:
        raise _unusable(record) from error
    if done.rowcount != 1:
        raise _clash(kind)
    moved = _moved_along(connection, before, after)
    if moved or isinstance(after, kept.PhotoRecord):
        _drop_torn_pairs(connection)
    return after, _difference(to_row(before), row), moved


def _drop_torn_pairs(connection: Connection) -> None:
    """Delete comparisons of two photos of which one was given to another patient."""
    photo, baseline = tables.PHOTOS.alias(), tables.PHOTOS.alias()
    rows = tables.MEASUREMENTS.c
    torn = (
        select(rows.id)
        .join(photo, photo.c.id == rows.photo_id)
        .join(baseline, baseline.c.id == rows.baseline_id)
        .where(photo.c.patient_id != baseline.c.patient_id)
    )
    connection.execute(delete(tables.MEASUREMENTS).where(rows.id.in_(torn)))


def _moved_along(
    connection: Connection, before: kept.Record, after: kept.Record
) -> tuple[kept.Record, ...]:
    """Give what belongs to a record to its new patient, if it has one; return it as it is now."""
    if isinstance(after, kept.Patient) or isinstance(before, kept.Patient):
        return ()
    if before.patient_id == after.patient_id:
        return ()
    column = _OWNER.get(type(after))
    moved: list[kept.Record] = []
    for type_, kind in KINDS.items():
        if column is None or column not in kind.table.c:
            continue
        here = kind.table.c[column] == after.id
        given: dict[str, Any] = {"patient_id": after.patient_id}
        given["version"] = kind.table.c.version + 1
        if "consent_id" in kind.table.c:  # The consent was another's; the trace shows which.
            given["consent_id"] = None
        below: tuple[kept.Record, ...] = select_all(connection, type_, **{column: after.id})
        connection.execute(update(kind.table).where(here).values(given))
        now: tuple[kept.Record, ...] = select_all(connection, type_, **{column: after.id})
        for one, other in zip(below, now, strict=True):
            moved += [other, *_moved_along(connection, one, other)]
    return tuple(moved)


def remove(connection: Connection, record: kept.Record) -> None:
    """Delete a record that nothing else belongs to.

    Raises
    ------
    EditConflict
        If the kept record has another version, or is gone.
    RecordUnusable
        If something else belongs to it.
    """
    kind = KINDS[type(record)]
    table = kind.table
    here = (table.c.id == record.id) & (table.c.version == record.version)
    try:
        done = connection.execute(delete(table).where(here))
    except IntegrityError as error:
        raise RecordUnusable(message("library.record_in_use", name=kind.name)) from error
    if done.rowcount != 1:
        raise _clash(kind)


def find(connection: Connection, type_: type[R], id_: str) -> R | None:
    """Return the record of an identifier, None where there is none."""
    return next(iter(select_all(connection, type_, id=id_)), None)


def select_all(connection: Connection, type_: type[R], **equal: object) -> tuple[R, ...]:
    """Return the records whose columns equal those given, by time."""
    kind = KINDS[type_]
    table = kind.table
    asked = select(*columns(type_)).order_by(table.c[kind.order], table.c.id)
    for name, value in equal.items():
        asked = asked.where(table.c[name] == value)
    return from_rows(type_, named(connection.execute(asked)))


def named(result: CursorResult[Any]) -> Iterator[dict[str, Any]]:
    """Yield a query's rows by the names of their columns.

    Names are asked for once; SQLAlchemy's mappings ask at every row, which takes longer than all
    else of a long list.
    """
    names = tuple(result.keys())
    return (dict(zip(names, row, strict=True)) for row in result)


def from_rows(type_: type[R], rows: Iterable[Mapping[str, Any] | RowMapping]) -> tuple[R, ...]:
    """Return the records of rows.

    Raises
    ------
    LibraryDamaged
        If a row holds what no record of this kind can.
    """
    kind = KINDS[type_]
    try:
        return tuple(kind.many.validate_python([dict(row) for row in rows]))
    except ValidationError as error:
        raise LibraryDamaged(message("library.row_unreadable", name=kind.name)) from error


def to_row(record: kept.Record) -> dict[str, Any]:
    """Return the row of a record."""
    row: dict[str, Any] = KINDS[type(record)].adapter.dump_python(record, mode="json")
    if isinstance(record, kept.Patient):
        row["search"] = searchable(f"{record.code} {record.name}")
    return row


def document(value: kept.Record | kept.Timeline) -> dict[str, Any]:
    """Return a record, or all of a patient, as plain values for JSON."""
    if isinstance(value, kept.Timeline):
        return dict(_TIMELINE.dump_python(value, mode="json"))
    return dict(KINDS[type(value)].adapter.dump_python(value, mode="json"))


def searchable(given: str) -> str:
    """Return text as it is searched: no accents, no capitals."""
    plain = unicodedata.normalize("NFKD", given.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def columns(type_: type) -> list[Any]:
    """Return the columns that make a record."""
    kind = KINDS[type_]
    return [kind.table.c[name] for name in kind.fields]


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, object]:
    return {
        name: [before[name], after[name]]
        for name in before
        if before[name] != after[name] and name not in ("version", "search")
    }


def _check_row(record: kept.Record, row: Mapping[str, Any]) -> None:
    """Refuse what some database or file would not give back: odd names, numbers and letters.

    Raises
    ------
    RecordUnusable
        If there is any in the row.
    """
    if _ID.fullmatch(record.id) is None:
        raise RecordUnusable(message("library.identifier_form"))
    try:
        plain = json.dumps(row, ensure_ascii=False, allow_nan=False)
        plain.encode()
    except ValueError as error:  # UnicodeEncodeError is one too.
        raise RecordUnusable(
            message("library.value_unstorable", name=KINDS[type(record)].name)
        ) from error
    if "\\u0000" in plain.replace("\\\\", ""):
        raise RecordUnusable(message("library.zero_byte"))


def _check_owner(connection: Connection, record: kept.Record) -> None:
    """Refuse a record that names a session, a photo or a consent of another patient."""
    owners = {
        "session_id": tables.SESSIONS,
        "series_id": tables.SERIES,
        "photo_id": tables.PHOTOS,
        "baseline_id": tables.PHOTOS,
        "consent_id": tables.CONSENTS,
    }
    for name, table in owners.items():
        owner = getattr(record, name, None)
        if owner is None:
            continue
        patient_id = connection.scalar(select(table.c.patient_id).where(table.c.id == owner))
        if patient_id != getattr(record, "patient_id", None):
            raise _unusable(record)


def _clash(kind: Kind) -> EditConflict:
    return EditConflict(message("library.edit_conflict", name=kind.name))


def _unusable(record: kept.Record) -> RecordUnusable:
    kind = KINDS[type(record)]
    if isinstance(record, kept.Patient):
        return RecordUnusable(message("library.code_taken"))
    return RecordUnusable(message("library.record_exists_or_orphan", name=kind.name))
