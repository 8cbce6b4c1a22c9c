"""The tables of a library; rows never leave this room, only records do.

Times and days are kept as ISO 8601 text in UTC, which sorts as it reads and is the same on every
database; parts of a record that are never searched for are kept as JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

NEWEST = "0003"
"""The step of `migrations` that brings a library to these tables."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _record(name: str, *columns: Column[object] | Index | UniqueConstraint) -> Table:
    """Return a table with what every record has."""
    return Table(
        name,
        METADATA,
        Column("id", String(32), primary_key=True),
        Column("version", Integer, nullable=False),
        *columns,
    )


def _to(target: str, name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, String(64), ForeignKey(target), nullable=nullable, index=True)


def _patient() -> Column[object]:
    return _to("patients.id", "patient_id")


def _text(name: str) -> Column[object]:
    return Column(name, Text, nullable=False, server_default="")


FACTS = Table(
    "facts",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What is true of the library as a whole."""

OBJECTS = Table(
    "objects",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("generation", Integer, nullable=False, index=True),
    Column("added_at", String(40), nullable=False),
)
"""Originals in the vault: fingerprint, name of the file, its key wrapped by the library's."""

PATIENTS = _record(
    "patients",
    Column("code", String(64), nullable=False, unique=True),
    _text("name"),
    Column("birth_date", String(10)),
    Column("sex", String(16), nullable=False),
    Column("skin_type", Integer),
    _text("medication"),
    _text("allergies"),
    _text("notes"),
    Column("created_at", String(40), nullable=False),
    _text("search"),
)

SERIES = _record(
    "series",
    _patient(),
    Column("indication", String(32), nullable=False),
    Column("site", String(32), nullable=False),
    Column("laterality", String(16)),
    Column("scar_types", JSON, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("started_on", String(10)),
    Column("ended_on", String(10)),
    _text("notes"),
)

SESSIONS = _record(
    "sessions",
    _patient(),
    _to("series.id", "series_id", nullable=True),
    Column("held_at", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("number", Integer),
    _text("operator"),
    Column("screening", JSON, nullable=False),
    _text("override"),
    Column("treatment", JSON),
    _text("notes"),
    Index("ix_sessions_patient_id_held_at", "patient_id", "held_at"),
)

EVENTS = _record(
    "adverse_events",
    _patient(),
    _to("sessions.id", "session_id"),
    Column("event", String(64), nullable=False),
    Column("noticed_on", String(10), nullable=False),
    Column("grade", Integer, nullable=False),
    Column("days_to_clear", Float),
    _text("note"),
)

PHOTOS = _record(
    "photos",
    _patient(),
    _to("sessions.id", "session_id"),
    _to("objects.sha256", "sha256"),
    Column("size", BigInteger, nullable=False),
    _text("file_name"),
    Column("taken_at", String(40)),
    Column("view", String(16)),
    Column("site", String(32), nullable=False),
    Column("laterality", String(16)),
    _text("zone"),
    Column("mode", String(16), nullable=False),
    Column("lighting", String(32), nullable=False),
    _text("set_name"),
    Column("light", JSON),
    Column("camera", JSON, nullable=False),
    Column("calibrated", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    _text("grade"),
    Column("skin", String(32), nullable=False),
    _text("operator"),
    _text("notes"),
    Column("added_at", String(40), nullable=False),
)

MEASUREMENTS = _record(
    "measurements",
    _patient(),
    _to("photos.id", "photo_id"),
    _to("photos.id", "baseline_id", nullable=True),
    _text("set_name"),
    _text("baseline_set"),
    Column("region", String(16), nullable=False),
    Column("region_name", String(64), nullable=False),
    Column("metric", String(64), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("value", Float),
    Column("before", Float),
    Column("uncertainty", Float),
    Column("session_error", Float),
    Column("spatial_error", Float),
    Column("source", String(16)),
    Column("mdc95", Float),
    Column("mdc95_family", Float),
    Column("family", Integer, nullable=False),
    Column("beyond_control", JSON, nullable=False),
    Column("verdict", String(16)),
    Column("reason", JSON, nullable=False),
    _text("grade"),
    Column("options", JSON, nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("program", String(64), nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("superseded_by", String(32)),
    Column("measured_at", String(40), nullable=False),
    Index("ix_measurements_photo_id_baseline_id_recipe", "photo_id", "baseline_id", "recipe"),
)
"""What was measured; the measurement that replaced one may be erased before it: no foreign key."""

RATINGS = _record(
    "ratings",
    _patient(),
    _to("sessions.id", "session_id"),
    Column("scale", String(32), nullable=False),
    Column("rater", String(16), nullable=False),
    Column("value", Float, nullable=False),
    Column("items", JSON, nullable=False),
    _text("rated_by"),
    Column("rated_at", String(40), nullable=False),
    _text("note"),
)

CONSENTS = _record(
    "consents",
    _patient(),
    Column("purpose", String(16), nullable=False),
    Column("given_on", String(10), nullable=False),
    Column("withdrawn_on", String(10)),
    Column("photo_ids", JSON, nullable=False),
    _text("witness"),
    _text("signed_sha256"),
    _text("note"),
)

DISCLOSURES = _record(
    "disclosures",
    _patient(),
    _to("photos.id", "photo_id", nullable=True),
    _to("consents.id", "consent_id", nullable=True),
    Column("purpose", String(16), nullable=False),
    _text("disclosed_by"),
    _text("to"),
    _text("sha256"),
    Column("disclosed_at", String(40), nullable=False),
)

AUDIT_LOG = Table(
    "trace",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("user", String(64), nullable=False),
    Column("action", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("patient_id", String(64), nullable=False, index=True),
    Column("details", Text),
    Column("details_mac", String(64), nullable=False),
    Column("mac", String(64), nullable=False),
)
"""The chain of what was done; `details` is emptied when its patient is erased."""

__all__ = [
    "AUDIT_LOG",
    "CONSENTS",
    "DISCLOSURES",
    "EVENTS",
    "FACTS",
    "MEASUREMENTS",
    "METADATA",
    "NEWEST",
    "OBJECTS",
    "PATIENTS",
    "PHOTOS",
    "RATINGS",
    "SERIES",
    "SESSIONS",
]
