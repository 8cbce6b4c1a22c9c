"""What a clinic keeps: patients, courses of treatment, sessions, photos, scores, consents.

Every record has an `id` that never changes and a `version` that grows with each change; a change
made on an older version than the kept one is refused, so that no station overwrites another's.
Times are UTC. Left and right are the patient's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping  # noqa: TC003 - read at run time, to turn rows into records
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import uuid4

from mnimage.domain.photo import View  # noqa: TC001 - likewise
from mnimage.domain.scales import Rater, ScaleName, check_rating
from mnimage.domain.scorecard import Mode


def _in_utc(record: object, *names: str) -> None:
    """Bring times of a record to UTC, in which they sort as they read.

    Raises
    ------
    ValueError
        If one has no zone.
    """
    for name in names:
        told = getattr(record, name)
        if told is None:
            continue
        if told.tzinfo is None:
            raise ValueError(f"{name.replace('_', ' ')} needs its zone")
        object.__setattr__(record, name, told.astimezone(UTC))


def _not_negative(record: object, *names: str) -> None:
    for name in names:
        told = getattr(record, name)
        if told is not None and not 0 <= told < math.inf:
            raise ValueError(f"not a number for {name.replace('_', ' ')}: {told}")


def new_id() -> str:
    """Return an identifier that no other record has."""
    return uuid4().hex


class Role(StrEnum):
    """What a user of the library may do."""

    ADMIN = "admin"
    CLINICIAN = "clinician"
    ASSISTANT = "assistant"
    VIEWER = "viewer"


class Sex(StrEnum):
    """Sex as recorded, in the four values that DICOM and HL7 share."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class SkinType(IntEnum):
    """Fitzpatrick skin type, asked and not measured."""

    I = 1  # noqa: E741 - the field's name
    II = 2
    III = 3
    IV = 4
    V = 5
    VI = 6


class Site(StrEnum):
    """Region of the body."""

    FACE = "face"
    SCALP = "scalp"
    NECK = "neck"
    DECOLLETE = "decollete"
    CHEST = "chest"
    BACK = "back"
    SHOULDER = "shoulder"
    UPPER_ARM = "upper arm"
    FOREARM = "forearm"
    HAND = "hand"
    ABDOMEN = "abdomen"
    FLANK = "flank"
    BREAST = "breast"
    BUTTOCK = "buttock"
    THIGH = "thigh"
    KNEE = "knee"
    LOWER_LEG = "lower leg"
    OTHER = "other"


class Laterality(StrEnum):
    """Side of the body, in DICOM's four values."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    MIDLINE = "midline"


class Indication(StrEnum):
    """Why the skin is treated."""

    ACNE_SCARS = "acne scars"
    OTHER_SCARS = "other scars"
    STRETCH_MARKS = "stretch marks"
    WRINKLES = "wrinkles"
    TEXTURE = "texture and pores"
    PIGMENT = "hyperpigmentation"
    MELASMA = "melasma"
    REDNESS = "redness"
    LAXITY = "laxity"
    HAIR_LOSS = "hair loss"
    OTHER = "other"


class ScarType(StrEnum):
    """Kinds of scars, atrophic by shape."""

    ICEPICK = "icepick"
    BOXCAR = "boxcar"
    ROLLING = "rolling"
    MACULAR = "macular"
    HYPERTROPHIC = "hypertrophic"
    KELOID = "keloid"


class VisitKind(StrEnum):
    """What a session was for."""

    BASELINE = "baseline"
    TREATMENT = "treatment"
    FOLLOW_UP = "follow-up"


class Contraindication(StrEnum):
    """What is asked before the skin is needled."""

    INFECTION = "infection or active dermatitis"
    ACTIVE_ACNE = "active acne"
    HERPES = "active herpes"
    KELOID = "keloid tendency"
    RETINOID = "isotretinoin or another oral retinoid"
    BLEEDING = "anticoagulant or clotting disorder"
    PREGNANCY = "pregnancy or breastfeeding"
    DIABETES = "diabetes"
    IMMUNE = "immune disease or suppression"
    RECENT_PROCEDURE = "recent filler, toxin, peel or laser"
    ALLERGY_ANAESTHETIC = "allergy to the anaesthetic"
    ALLERGY_METAL = "allergy to metal"
    TAN = "fresh tan or sunburn"


class Answer(StrEnum):
    """What the patient said to a question of the screening."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class EndPoint(StrEnum):
    """What the skin showed when the needling was stopped."""

    ERYTHEMA = "erythema"
    PINPOINT_BLEEDING = "pinpoint bleeding"
    CONFLUENT_BLEEDING = "confluent bleeding"


class Event(StrEnum):
    """Kinds of adverse events after needling."""

    PROLONGED_ERYTHEMA = "prolonged erythema"
    HYPERPIGMENTATION = "post-inflammatory hyperpigmentation"
    HYPOPIGMENTATION = "hypopigmentation"
    SWELLING = "swelling"
    INFECTION = "infection"
    HERPES = "herpes reactivation"
    SCARRING = "scarring or tram tracks"
    GRANULOMA = "granuloma"
    ALLERGY = "allergic reaction"
    ACNE_FLARE = "acne flare or milia"
    BRUISING = "bruising"
    OTHER = "other"


class Lighting(StrEnum):
    """How the skin was lit."""

    STANDARD = "standard"
    CROSS_POLARISED = "cross-polarised"
    PARALLEL_POLARISED = "parallel-polarised"
    RAKING = "raking"
    DIRECTIONAL = "directional"
    UNKNOWN = "unknown"


class SkinState(StrEnum):
    """What was on the skin when the photo was taken."""

    CLEAN = "clean"
    MAKE_UP = "make-up"
    SUNSCREEN = "cream or sunscreen"
    ANAESTHETIC = "anaesthetic cream"
    JUST_TREATED = "just treated"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """What a patient agrees to; each is asked, given and withdrawn by itself."""

    RECORD = "record"
    TEACHING = "teaching"
    PUBLICATION = "publication"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One person under treatment; `code` is what the clinic writes on paper, unique.

    Raises
    ------
    ValueError
        If the code is empty or holds anything but one printable line.
    """

    code: str
    name: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    skin_type: SkinType | None = None
    medication: str = ""
    allergies: str = ""
    notes: str = ""
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        if not self.code.strip() or not self.code.isprintable() or len(self.code) > 64:
            raise ValueError("a patient's code is one line of 1 to 64 printable characters")
        _in_utc(self, "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was planned for a course of treatment."""

    sessions: int | None = None
    interval_days: int | None = None
    device: str = ""
    maintenance_days: int | None = None

    def __post_init__(self) -> None:
        for told in (self.sessions, self.interval_days, self.maintenance_days):
            if told is not None and not 0 < told <= 3660:
                raise ValueError(f"not a plan's number: {told}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A course of treatment of one region of one patient."""

    patient_id: str
    indication: Indication
    site: Site = Site.FACE
    laterality: Laterality | None = None
    scar_types: tuple[ScarType, ...] = ()
    plan: Plan = field(default_factory=Plan)
    started_on: date | None = None
    ended_on: date | None = None
    notes: str = ""
    id: str = field(default_factory=new_id)
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """One question of the screening and what was said; `until` is when it ended, if told."""

    asked: Contraindication
    told: Answer
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneTreatment:
    """How one zone was needled; `energy_mj` is per pin, where radio frequency was used."""

    zone: str
    depth_mm: float
    passes: int | None = None
    speed_rpm: float | None = None
    energy_mj: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.depth_mm <= 5:
            raise ValueError(f"no needle of {self.depth_mm} mm is used on skin")
        if self.passes is not None and not 1 <= self.passes <= 50:
            raise ValueError(f"not a number of passes: {self.passes}")
        _not_negative(self, "speed_rpm", "energy_mj")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plasma:
    """Platelet-rich plasma as given."""

    volume_ml: float
    kit: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.volume_ml <= 100:
            raise ValueError(f"not a volume of plasma: {self.volume_ml} ml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What was done to the skin in one session."""

    device: str = ""
    device_serial: str = ""
    cartridge: str = ""
    cartridge_lot: str = ""
    needles: int | None = None
    zones: tuple[ZoneTreatment, ...] = ()
    anaesthetic: str = ""
    anaesthetic_minutes: float | None = None
    topicals: tuple[str, ...] = ()
    plasma: Plasma | None = None
    end_point: EndPoint | None = None
    aftercare: str = ""
    sun_protection: bool | None = None
    pain: float | None = None

    def __post_init__(self) -> None:
        if self.pain is not None and not 0 <= self.pain <= 10:
            raise ValueError(f"pain is 0 to 10, not {self.pain}")
        _not_negative(self, "needles", "anaesthetic_minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One visit; `number` counts the treatments of the series, None where none was given.

    `override` is the reason why the skin was needled although the screening warned.
    """

    patient_id: str
    held_at: datetime
    series_id: str | None = None
    kind: VisitKind = VisitKind.TREATMENT
    number: int | None = None
    operator: str = ""
    screening: tuple[Screened, ...] = ()
    override: str = ""
    treatment: Treatment | None = None
    notes: str = ""
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        _in_utc(self, "held_at")
        if self.number is not None and self.number < 1:
            raise ValueError(f"sessions count from 1, not {self.number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """Something unwanted after a session; `days_to_clear` is None while it lasts."""

    patient_id: str
    session_id: str
    event: Event
    noticed_on: date
    grade: int = 1
    days_to_clear: float | None = None
    note: str = ""
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.grade <= 5:
            raise ValueError(f"an adverse event's grade is 1 (mild) to 5, not {self.grade}")
        if self.days_to_clear is not None and not 0 <= self.days_to_clear < math.inf:
            raise ValueError("nothing clears before it began, or never in so many days")


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFacts:
    """What the file and the operator tell of how a photo was taken."""

    format: str = ""
    columns: int | None = None
    rows: int | None = None
    bits: int | None = None
    orientation: int = 1
    camera: str = ""
    lens: str = ""
    distance_mm: float | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: float | None = None
    focal_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """How colour and scale of a photo were made true, each with its error."""

    mm_per_px: float | None = None
    scale_source: str = ""
    scale_error: float | None = None
    profile: str = ""
    color_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One check of the photo's quality, as it was judged when the photo was examined."""

    check: str
    measured: float
    needed: float
    ok: bool
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRecord:
    """One photo of a session and the original that it stands for.

    `sha256` is that of the original's bytes. `set_name` and `light` belong to directional shots:
    the shots of one set share the name, `light` points from the skin to the lamp (x right, y down,
    z to the camera).
    """

    patient_id: str
    session_id: str
    sha256: str
    size: int
    file_name: str = ""
    taken_at: datetime | None = None
    view: View | None = None
    site: Site = Site.FACE
    laterality: Laterality | None = None
    zone: str = ""
    mode: Mode = Mode.FLAT
    lighting: Lighting = Lighting.UNKNOWN
    set_name: str = ""
    light: tuple[float, float, float] | None = None
    camera: CameraFacts = field(default_factory=CameraFacts)
    calibrated: Calibrated = field(default_factory=Calibrated)
    findings: tuple[Found, ...] = ()
    grade: str = ""
    skin: SkinState = SkinState.UNKNOWN
    operator: str = ""
    notes: str = ""
    added_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef"):
            raise ValueError("an original is named by the 64 hexadecimal digits of its SHA-256")
        _in_utc(self, "added_at")
        if self.taken_at is not None and self.taken_at.tzinfo is not None:  # Cameras tell none.
            _in_utc(self, "taken_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredScore:
    """One score as it was measured; with its recipe and the program that did it, never altered."""

    patient_id: str
    photo_id: str
    zone: str
    score: str
    value: float
    unit: str
    uncertainty: float
    mode: Mode
    recipe: str
    program: str
    measured_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"not a score: {self.value}")
        _not_negative(self, "uncertainty")
        _in_utc(self, "measured_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One reading of a human scale; `items` are its parts where the scale has parts.

    Raises
    ------
    ValueError
        If the value or a part lies outside the scale, or the scale is not for this rater.
    """

    patient_id: str
    session_id: str
    scale: ScaleName
    rater: Rater
    value: float
    items: Mapping[str, float] = field(default_factory=dict)
    rated_by: str = ""
    rated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    note: str = ""
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        check_rating(self.scale, self.rater, self.value, self.items)
        _in_utc(self, "rated_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A patient's agreement to one purpose.

    It holds for the photos named, or for all where none is named. `signed_sha256` is the original
    of the signed form, where it was photographed or scanned into the library.
    """

    patient_id: str
    purpose: Purpose
    given_on: date
    withdrawn_on: date | None = None
    photo_ids: tuple[str, ...] = ()
    witness: str = ""
    signed_sha256: str = ""
    note: str = ""
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        if self.withdrawn_on is not None and self.withdrawn_on < self.given_on:
            raise ValueError("a consent cannot be withdrawn before it was given")

    def holds(self, photo_id: str, on: date) -> bool:
        """Say whether it covers a photo on a day."""
        if on < self.given_on or (self.withdrawn_on is not None and on >= self.withdrawn_on):
            return False
        return not self.photo_ids or photo_id in self.photo_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What left the library, for what, and under which consent; never altered.

    One photo, or the whole record of the patient where `photo_id` is None.
    """

    patient_id: str
    photo_id: str | None
    purpose: Purpose
    consent_id: str | None
    disclosed_by: str
    to: str
    sha256: str = ""
    disclosed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        _in_utc(self, "disclosed_at")


Record = (
    Patient
    | Series
    | Session
    | AdverseEvent
    | PhotoRecord
    | MeasuredScore
    | Rating
    | Consent
    | Disclosure
)
"""Anything the library keeps a row of."""


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
    scores: tuple[MeasuredScore, ...] = ()
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
    """One thing that is amiss in a library; `grave` is False where nothing is lost or altered."""

    kind: str
    where: str
    what: str
    grave: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLine:
    """One user of the library."""

    name: str
    role: Role
