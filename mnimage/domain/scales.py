"""The scales by which clinicians and patients rate skin, with the range of each.

Names and ranges are those of the scales' authors: Goodman and Baron 2006 (both), ECCA (Dreno
2007), SCAR-S, POSAS 2.0, Vancouver (VSS), CEA and PSA of rosacea, PAHPI, Glogau, Fitzpatrick's
wrinkle scale, Lemperle, GAIS; pain, satisfaction and self-rated change as trials ask for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Rater(StrEnum):
    """Who gives the number."""

    CLINICIAN = "clinician"
    PATIENT = "patient"


class ScaleName(StrEnum):
    """Scales that the library knows."""

    GOODMAN_BARON_GRADE = "goodman-baron grade"
    GOODMAN_BARON_SCORE = "goodman-baron score"
    ECCA = "ecca"
    SCAR_S = "scar-s"
    KANG_SIZE = "kang size"
    POSAS_OBSERVER = "posas observer"
    POSAS_PATIENT = "posas patient"
    VSS = "vss"
    CEA = "cea"
    PSA = "psa"
    PAHPI = "pahpi"
    GLOGAU = "glogau"
    FITZPATRICK_WRINKLE = "fitzpatrick wrinkle"
    LEMPERLE = "lemperle"
    GAIS = "gais"
    PAIN = "pain"
    SATISFACTION = "satisfaction"
    SELF_RATED_CHANGE = "self-rated change"


@dataclass(frozen=True, slots=True)
class RatingScale:
    """Range of one scale; `step` None where any number within is meant.

    `items` are the parts that a rating may name, each with its highest value; `item_low` is the
    lowest of each. Where `total` is True the value is the sum of the parts given.
    """

    low: float
    high: float
    step: float | None = 1
    raters: tuple[Rater, ...] = (Rater.CLINICIAN,)
    items: Mapping[str, float] = field(default_factory=dict)
    item_low: float = 0
    total: bool = False


_BOTH = (Rater.CLINICIAN, Rater.PATIENT)
_PATIENT = (Rater.PATIENT,)
_POSAS_OBSERVER = ("vascularity", "pigmentation", "thickness", "relief", "pliability", "surface")
_POSAS_PATIENT = ("pain", "itch", "colour", "stiffness", "thickness", "irregularity")
_VSS = {"vascularity": 3, "pigmentation": 2, "pliability": 5, "height": 3}

SCALES: Mapping[ScaleName, RatingScale] = MappingProxyType(
    {
        ScaleName.GOODMAN_BARON_GRADE: RatingScale(1, 4),
        ScaleName.GOODMAN_BARON_SCORE: RatingScale(0, 84),
        ScaleName.ECCA: RatingScale(0, 540),
        ScaleName.SCAR_S: RatingScale(
            0, 15, items={"face": 5, "chest": 5, "back": 5}, total=True, raters=_BOTH
        ),
        ScaleName.KANG_SIZE: RatingScale(1, 3),
        ScaleName.POSAS_OBSERVER: RatingScale(
            6, 60, items=dict.fromkeys(_POSAS_OBSERVER, 10), item_low=1, total=True
        ),
        ScaleName.POSAS_PATIENT: RatingScale(
            6,
            60,
            raters=_PATIENT,
            items=dict.fromkeys(_POSAS_PATIENT, 10),
            item_low=1,
            total=True,
        ),
        ScaleName.VSS: RatingScale(0, 13, items=_VSS, total=True),
        ScaleName.CEA: RatingScale(0, 4),
        ScaleName.PSA: RatingScale(0, 4, raters=_PATIENT),
        ScaleName.PAHPI: RatingScale(6, 22),
        ScaleName.GLOGAU: RatingScale(1, 4),
        ScaleName.FITZPATRICK_WRINKLE: RatingScale(1, 9),
        ScaleName.LEMPERLE: RatingScale(0, 5),
        ScaleName.GAIS: RatingScale(1, 5, raters=_BOTH),
        ScaleName.PAIN: RatingScale(0, 10, step=None, raters=_PATIENT),
        ScaleName.SATISFACTION: RatingScale(0, 10, step=None, raters=_PATIENT),
        ScaleName.SELF_RATED_CHANGE: RatingScale(-100, 100, step=None, raters=_PATIENT),
    }
)


def check_rating(
    name: ScaleName, rater: Rater, value: float, items: Mapping[str, float] | None = None
) -> None:
    """Refuse a rating that its scale does not have.

    Raises
    ------
    ValueError
        If the value or a part is out of range, a part is unknown, the parts given do not add up
        to the value, or the scale is not for this rater.
    """
    scale = SCALES[name]
    if rater not in scale.raters:
        raise ValueError(f"{name} is not rated by the {rater}")
    _within(name, value, scale.low, scale.high, scale.step)
    for item, part in (items or {}).items():
        if item not in scale.items:
            raise ValueError(f"{name} has no part {item!r}")
        _within(f"{name}: {item}", part, scale.item_low, scale.items[item], scale.step)
    if items and scale.total and abs(sum(items.values()) - value) > 1e-6:
        raise ValueError(f"the parts of {name} add up to {sum(items.values()):g}, not {value:g}")


def _within(what: str, value: float, low: float, high: float, step: float | None) -> None:
    if not low <= value <= high:
        raise ValueError(f"{what} goes from {low:g} to {high:g}, not {value:g}")
    if step is not None and value % step:
        raise ValueError(f"{what} has whole numbers only, not {value:g}")
