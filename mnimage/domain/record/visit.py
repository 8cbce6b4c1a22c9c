"""A session: screening, treatment, what happened afterwards, and how humans rated it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from mnimage.domain.record.common import in_utc, new_id, not_negative
from mnimage.domain.scales import Rater, ScaleName, check_rating


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """One question of the screening and its answer; `until` is when it ended, where known."""

    asked: Contraindication
    answer: Answer
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
        not_negative(self, "speed_rpm", "energy_mj")


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
        not_negative(self, "needles", "anaesthetic_minutes")


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
        in_utc(self, "held_at")
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
        in_utc(self, "rated_at")
