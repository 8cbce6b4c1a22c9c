"""What the library answers about itself: users, the audit log, its integrity, lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mnimage.domain.record.consent import Consent, Disclosure
from mnimage.domain.record.measurement import Measurement
from mnimage.domain.record.patient import Patient, Series
from mnimage.domain.record.photo import PhotoRecord
from mnimage.domain.record.visit import AdverseEvent, Rating, Session, VisitKind


class Role(StrEnum):
    """What a user of the library may do."""

    ADMIN = "admin"
    CLINICIAN = "clinician"
    ASSISTANT = "assistant"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the trace: who did what to which record, when.

    `details` are the fields that changed, from what to what; empty once the patient was erased.
    """

    sequence: int
    at: datetime
    user: str
    action: str
    kind: str = ""
    subject_id: str = ""
    patient_id: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityIssue:
    """One thing that is wrong in a library; `grave` is False where nothing is lost or altered."""

    kind: str
    where: str
    what: str
    grave: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLine:
    """One user of the library."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientLine:
    """One line of the list of patients."""

    patient: Patient
    sessions: int
    photos: int
    last_session: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All that is kept of one patient, each kind by time."""

    patient: Patient
    series: tuple[Series, ...] = ()
    sessions: tuple[Session, ...] = ()
    photos: tuple[PhotoRecord, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    ratings: tuple[Rating, ...] = ()
    events: tuple[AdverseEvent, ...] = ()
    consents: tuple[Consent, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()

    def days_since_last(self, session: Session) -> int | None:
        """Return the days from the treatment before to this session, None for the first."""
        earlier = [
            one.held_at
            for one in self.sessions
            if one.held_at < session.held_at
            and one.kind is VisitKind.TREATMENT
            and one.series_id == session.series_id
        ]
        return round((session.held_at - max(earlier)) / timedelta(days=1)) if earlier else None
