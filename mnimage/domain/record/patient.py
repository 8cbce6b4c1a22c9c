"""A patient and a course of treatment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum

from mnimage.domain.record.common import in_utc, new_id


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
        in_utc(self, "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was planned for a course of treatment."""

    sessions: int | None = None
    interval_days: int | None = None
    device: str = ""
    maintenance_days: int | None = None

    def __post_init__(self) -> None:
        for number in (self.sessions, self.interval_days, self.maintenance_days):
            if number is not None and not 0 < number <= 3660:
                raise ValueError(f"not a plan's number: {number}")


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
