"""What the screening warns of before the skin is needled.

Whether to treat is the clinician's decision; a warning that was overruled needs its reason in the
session (`Session.override`). The questions are those of trials and clinics of microneedling; for
oral retinoids trials exclude twelve months, clinics wait three to six.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mnimage.domain.record import Answer, Contraindication

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mnimage.domain.record import Screened

_ADVICE: Mapping[Contraindication, str] = {
    Contraindication.INFECTION: "needling can spread it; wait until the skin has healed",
    Contraindication.ACTIVE_ACNE: "inflamed lesions are not needled over",
    Contraindication.HERPES: "wait until it has healed; consider prophylaxis",
    Contraindication.KELOID: "needling can raise scars",
    Contraindication.RETINOID: "healing may be poor for up to twelve months after",
    Contraindication.BLEEDING: "more bleeding and bruising are to be expected",
    Contraindication.PREGNANCY: "anaesthetics and topicals are not known to be safe",
    Contraindication.DIABETES: "healing may be slow, infections more likely",
    Contraindication.IMMUNE: "healing may be slow, infections more likely",
    Contraindication.RECENT_PROCEDURE: "wait until the skin has settled",
    Contraindication.ALLERGY_ANAESTHETIC: "use another anaesthetic, or none",
    Contraindication.ALLERGY_METAL: "needles may hold nickel",
    Contraindication.TAN: "hyperpigmentation is more likely; wait until it has faded",
}
_LASTS: Mapping[Contraindication, timedelta] = {
    Contraindication.RETINOID: timedelta(days=365),
}
"""How long after its end something still speaks against needling; all else ends with its end."""


def screening_warnings(screening: Sequence[Screened], on: date) -> tuple[str, ...]:
    """Return one sentence for each thing that speaks against needling on a day, or was not asked.

    What ended before that day no longer warns, but for oral retinoids, which do for a year.
    """
    answers = {one.asked: one for one in screening}
    found = (_warning(asked, answers.get(asked), on) for asked in Contraindication)
    return tuple(one for one in found if one)


def _warning(asked: Contraindication, answer: Screened | None, on: date) -> str:
    if answer is None or answer.answer is Answer.UNKNOWN:
        return f"Not known: {asked}."
    if answer.answer is Answer.NO:
        return ""
    ended = answer.until
    if ended is not None and ended + _LASTS.get(asked, timedelta(0)) < on:
        return ""
    since = f", ended {ended.isoformat()}" if ended is not None and ended < on else ""
    return f"{asked.capitalize()}{since}: {_ADVICE[asked]}."
