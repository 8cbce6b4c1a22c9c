"""What the values of a clinic's records are called: sexes, regions, indications, scales, views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.photo import View
from mnimage.domain.record import (
    Answer,
    Contraindication,
    EndPoint,
    Event,
    Indication,
    Laterality,
    Lighting,
    Purpose,
    Role,
    Sex,
    Site,
    VisitKind,
)
from mnimage.domain.scales import Rater, ScaleName
from mnimage.words.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

_CODES: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Sex: {
        Sex.FEMALE: "ui_records.sex_female",
        Sex.MALE: "ui_records.sex_male",
        Sex.OTHER: "ui_records.sex_other",
        Sex.UNKNOWN: "ui_records.sex_unknown",
    },
    Site: {
        Site.FACE: "ui_records.site_face",
        Site.SCALP: "ui_records.site_scalp",
        Site.NECK: "ui_records.site_neck",
        Site.DECOLLETE: "ui_records.site_decollete",
        Site.CHEST: "ui_records.site_chest",
        Site.BACK: "ui_records.site_back",
        Site.SHOULDER: "ui_records.site_shoulder",
        Site.UPPER_ARM: "ui_records.site_upper_arm",
        Site.FOREARM: "ui_records.site_forearm",
        Site.HAND: "ui_records.site_hand",
        Site.ABDOMEN: "ui_records.site_abdomen",
        Site.FLANK: "ui_records.site_flank",
        Site.BREAST: "ui_records.site_breast",
        Site.BUTTOCK: "ui_records.site_buttock",
        Site.THIGH: "ui_records.site_thigh",
        Site.KNEE: "ui_records.site_knee",
        Site.LOWER_LEG: "ui_records.site_lower_leg",
        Site.OTHER: "ui_records.site_other",
    },
    Laterality: {
        Laterality.LEFT: "ui_records.laterality_left",
        Laterality.RIGHT: "ui_records.laterality_right",
        Laterality.BOTH: "ui_records.laterality_both",
        Laterality.MIDLINE: "ui_records.laterality_midline",
    },
    Indication: {
        Indication.ACNE_SCARS: "ui_records.indication_acne_scars",
        Indication.OTHER_SCARS: "ui_records.indication_other_scars",
        Indication.STRETCH_MARKS: "ui_records.indication_stretch_marks",
        Indication.WRINKLES: "ui_records.indication_wrinkles",
        Indication.TEXTURE: "ui_records.indication_texture",
        Indication.PIGMENT: "ui_records.indication_pigment",
        Indication.MELASMA: "ui_records.indication_melasma",
        Indication.REDNESS: "ui_records.indication_redness",
        Indication.LAXITY: "ui_records.indication_laxity",
        Indication.HAIR_LOSS: "ui_records.indication_hair_loss",
        Indication.OTHER: "ui_records.indication_other",
    },
    VisitKind: {
        VisitKind.BASELINE: "ui_records.visit_kind_baseline",
        VisitKind.TREATMENT: "ui_records.visit_kind_treatment",
        VisitKind.FOLLOW_UP: "ui_records.visit_kind_follow_up",
    },
    Contraindication: {
        Contraindication.INFECTION: "ui_records.contraindication_infection",
        Contraindication.ACTIVE_ACNE: "ui_records.contraindication_active_acne",
        Contraindication.HERPES: "ui_records.contraindication_herpes",
        Contraindication.KELOID: "ui_records.contraindication_keloid",
        Contraindication.RETINOID: "ui_records.contraindication_retinoid",
        Contraindication.BLEEDING: "ui_records.contraindication_bleeding",
        Contraindication.PREGNANCY: "ui_records.contraindication_pregnancy",
        Contraindication.DIABETES: "ui_records.contraindication_diabetes",
        Contraindication.IMMUNE: "ui_records.contraindication_immune",
        Contraindication.RECENT_PROCEDURE: "ui_records.contraindication_recent_procedure",
        Contraindication.ALLERGY_ANAESTHETIC: "ui_records.contraindication_allergy_anaesthetic",
        Contraindication.ALLERGY_METAL: "ui_records.contraindication_allergy_metal",
        Contraindication.TAN: "ui_records.contraindication_tan",
    },
    Answer: {
        Answer.YES: "ui_records.answer_yes",
        Answer.NO: "ui_records.answer_no",
        Answer.UNKNOWN: "ui_records.answer_unknown",
    },
    EndPoint: {
        EndPoint.ERYTHEMA: "ui_records.end_point_erythema",
        EndPoint.PINPOINT_BLEEDING: "ui_records.end_point_pinpoint_bleeding",
        EndPoint.CONFLUENT_BLEEDING: "ui_records.end_point_confluent_bleeding",
    },
    Event: {
        Event.PROLONGED_ERYTHEMA: "ui_records.event_prolonged_erythema",
        Event.HYPERPIGMENTATION: "ui_records.event_hyperpigmentation",
        Event.HYPOPIGMENTATION: "ui_records.event_hypopigmentation",
        Event.SWELLING: "ui_records.event_swelling",
        Event.INFECTION: "ui_records.event_infection",
        Event.HERPES: "ui_records.event_herpes",
        Event.SCARRING: "ui_records.event_scarring",
        Event.GRANULOMA: "ui_records.event_granuloma",
        Event.ALLERGY: "ui_records.event_allergy",
        Event.ACNE_FLARE: "ui_records.event_acne_flare",
        Event.BRUISING: "ui_records.event_bruising",
        Event.OTHER: "ui_records.event_other",
    },
    Lighting: {
        Lighting.STANDARD: "ui_records.lighting_standard",
        Lighting.CROSS_POLARISED: "ui_records.lighting_cross_polarised",
        Lighting.PARALLEL_POLARISED: "ui_records.lighting_parallel_polarised",
        Lighting.RAKING: "ui_records.lighting_raking",
        Lighting.DIRECTIONAL: "ui_records.lighting_directional",
        Lighting.UNKNOWN: "ui_records.lighting_unknown",
    },
    Purpose: {
        Purpose.RECORD: "ui_records.purpose_record",
        Purpose.TEACHING: "ui_records.purpose_teaching",
        Purpose.PUBLICATION: "ui_records.purpose_publication",
        Purpose.MARKETING: "ui_records.purpose_marketing",
    },
    Role: {
        Role.ADMIN: "ui_records.role_admin",
        Role.CLINICIAN: "ui_records.role_clinician",
        Role.ASSISTANT: "ui_records.role_assistant",
        Role.VIEWER: "ui_records.role_viewer",
    },
    Rater: {
        Rater.CLINICIAN: "ui_records.rater_clinician",
        Rater.PATIENT: "ui_records.rater_patient",
    },
    ScaleName: {
        ScaleName.GOODMAN_BARON_GRADE: "ui_records.scale_name_goodman_baron_grade",
        ScaleName.GOODMAN_BARON_SCORE: "ui_records.scale_name_goodman_baron_score",
        ScaleName.ECCA: "ui_records.scale_name_ecca",
        ScaleName.SCAR_S: "ui_records.scale_name_scar_s",
        ScaleName.KANG_SIZE: "ui_records.scale_name_kang_size",
        ScaleName.POSAS_OBSERVER: "ui_records.scale_name_posas_observer",
        ScaleName.POSAS_PATIENT: "ui_records.scale_name_posas_patient",
        ScaleName.VSS: "ui_records.scale_name_vss",
        ScaleName.CEA: "ui_records.scale_name_cea",
        ScaleName.PSA: "ui_records.scale_name_psa",
        ScaleName.PAHPI: "ui_records.scale_name_pahpi",
        ScaleName.GLOGAU: "ui_records.scale_name_glogau",
        ScaleName.FITZPATRICK_WRINKLE: "ui_records.scale_name_fitzpatrick_wrinkle",
        ScaleName.LEMPERLE: "ui_records.scale_name_lemperle",
        ScaleName.GAIS: "ui_records.scale_name_gais",
        ScaleName.PAIN: "ui_records.scale_name_pain",
        ScaleName.SATISFACTION: "ui_records.scale_name_satisfaction",
        ScaleName.SELF_RATED_CHANGE: "ui_records.scale_name_self_rated_change",
    },
    View: {
        View.FRONT: "ui_records.view_front",
        View.LEFT_45: "ui_records.view_left_45",
        View.RIGHT_45: "ui_records.view_right_45",
        View.LEFT_90: "ui_records.view_left_90",
        View.RIGHT_90: "ui_records.view_right_90",
        View.CLOSE_UP: "ui_records.view_close_up",
    },
}


def value_name(value: StrEnum) -> Message:
    """Return what a value is called, as it stands within a sentence."""
    return Message(_CODES[type(value)][value])


def value_title(value: StrEnum) -> str:
    """Return what a value is called, with a capital at its start."""
    return capitalized(str(value_name(value)))


def capitalized(text: str) -> str:
    """Return a text whose first letter is a capital; the others stay as they are."""
    return text[:1].upper() + text[1:]
