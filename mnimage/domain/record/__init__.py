"""What a clinic keeps: patients, courses of treatment, sessions, photos, measurements, consents.

Every record has an `id` that never changes and a `version` that grows with each change; a change
made on an older version than the kept one is refused, so that no station overwrites another's.
Times are UTC. Left and right are the patient's.
"""

from __future__ import annotations

from mnimage.domain.record.common import (
    new_id,
)
from mnimage.domain.record.consent import (
    Consent,
    Disclosure,
    Purpose,
)
from mnimage.domain.record.library import (
    AuditEntry,
    IntegrityIssue,
    PatientLine,
    Role,
    Timeline,
    UserLine,
)
from mnimage.domain.record.measurement import (
    FAILED_CHECKS,
    REGISTRATION_ERROR,
    Measurement,
    Region,
)
from mnimage.domain.record.patient import (
    Indication,
    Laterality,
    Patient,
    Plan,
    ScarType,
    Series,
    Sex,
    Site,
    SkinType,
)
from mnimage.domain.record.photo import (
    Calibrated,
    CameraFacts,
    Found,
    Lighting,
    PhotoRecord,
    SkinState,
)
from mnimage.domain.record.visit import (
    AdverseEvent,
    Answer,
    Contraindication,
    EndPoint,
    Event,
    Plasma,
    Rating,
    Screened,
    Session,
    Treatment,
    VisitKind,
    ZoneTreatment,
)

Record = (
    Patient
    | Series
    | Session
    | AdverseEvent
    | PhotoRecord
    | Measurement
    | Rating
    | Consent
    | Disclosure
)
"""Anything the library keeps a row of."""

__all__ = [
    "FAILED_CHECKS",
    "REGISTRATION_ERROR",
    "AdverseEvent",
    "Answer",
    "AuditEntry",
    "Calibrated",
    "CameraFacts",
    "Consent",
    "Contraindication",
    "Disclosure",
    "EndPoint",
    "Event",
    "Found",
    "Indication",
    "IntegrityIssue",
    "Laterality",
    "Lighting",
    "Measurement",
    "Patient",
    "PatientLine",
    "PhotoRecord",
    "Plan",
    "Plasma",
    "Purpose",
    "Rating",
    "Record",
    "Region",
    "Role",
    "ScarType",
    "Screened",
    "Series",
    "Session",
    "Sex",
    "Site",
    "SkinState",
    "SkinType",
    "Timeline",
    "Treatment",
    "UserLine",
    "VisitKind",
    "ZoneTreatment",
    "new_id",
]
