"""Makes the old library that migrations are tested on: `python -m tests.data.make_library`.

Run once per version of the tables, before they change; what it made is kept and never made anew.
"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from mnimage.domain import record as kept
from mnimage.domain.photo import View
from mnimage.domain.scales import Rater, ScaleName
from mnimage.domain.scorecard import Mode
from mnimage.library import access, keys
from mnimage.library.library import Library
from mnimage.library.opening import create_library
from mnimage.library.tables import NEWEST

WORD = "correct horse battery"
ANNS = "another horse battery"
CHEAP = keys.Cost(memory_kib=64, passes=1, lanes=1)
MOMENT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
ORIGINALS = tuple(bytes([0xFF, 0xD8, number]) * 700 for number in range(3))


def records() -> tuple[kept.Record, ...]:
    """Return what is in it beside photos, each with a fixed identifier."""
    patient = kept.Patient(
        code="OLD-1",
        name="Zoë Vandermeulen",
        birth_date=date(1988, 3, 14),
        sex=kept.Sex.FEMALE,
        skin_type=kept.SkinType.III,
        created_at=MOMENT,
        id="a" * 32,
    )
    mine = {"patient_id": patient.id}
    series = kept.Series(
        indication=kept.Indication.ACNE_SCARS,
        scar_types=(kept.ScarType.BOXCAR, kept.ScarType.ROLLING),
        plan=kept.Plan(sessions=4, interval_days=28),
        id="b" * 32,
        **mine,
    )
    treatment = kept.Treatment(
        device="pen", zones=(kept.ZoneTreatment(zone="cheek_left", depth_mm=1.5, passes=4),), pain=3
    )
    session = kept.Session(
        held_at=MOMENT,
        series_id=series.id,
        number=1,
        screening=(kept.Screened(asked=kept.Contraindication.HERPES, answer=kept.Answer.NO),),
        treatment=treatment,
        id="c" * 32,
        **mine,
    )
    seated = {**mine, "session_id": session.id}
    return (
        patient,
        series,
        session,
        kept.AdverseEvent(
            event=kept.Event.SWELLING, noticed_on=date(2026, 5, 5), id="d" * 32, **seated
        ),
        kept.Rating(
            scale=ScaleName.GAIS,
            rater=Rater.PATIENT,
            value=2,
            rated_at=MOMENT,
            id="e" * 32,
            **seated,
        ),
        kept.Consent(purpose=kept.Purpose.TEACHING, given_on=date(2026, 5, 4), id="f" * 32, **mine),
    )


def fill(library: Library) -> None:
    """Put everything in that a library of the time could hold."""
    given = records()
    library.add(*given)
    for number, content in enumerate(ORIGINALS):
        stored = library.vault.keep([content])
        photo = kept.PhotoRecord(
            patient_id=given[0].id,
            session_id=given[2].id,
            sha256=stored.sha256,
            size=stored.size,
            view=list(View)[number],
            added_at=MOMENT,
            id=f"{number}" * 32,
        )
        with library.changing() as changes:
            changes.take(stored)
            changes.add(photo)
    shown = "0" * 32
    library.add(
        kept.Measurement(
            patient_id=given[0].id,
            photo_id=shown,
            region_name="whole",
            metric="redness_hi",
            value=3.25,
            unit="HI",
            uncertainty=0.5,
            mode=Mode.FLAT,
            recipe="1",
            program="0.1.0",
            measured_at=MOMENT,
            id="1a" * 16,
        ),
        kept.Disclosure(
            patient_id=given[0].id,
            photo_id=shown,
            purpose=kept.Purpose.TEACHING,
            consent_id="f" * 32,
            disclosed_by="admin",
            to="course of spring",
            disclosed_at=MOMENT,
            id="2b" * 16,
        ),
    )
    access.add_user(library, "ann", kept.Role.CLINICIAN, ANNS)


def main() -> None:
    """Make the library of today's tables."""
    keys.COST = CHEAP
    folder = Path(__file__).with_name(f"library_{NEWEST}")
    shutil.rmtree(folder, ignore_errors=True)
    library, _ = create_library(folder, WORD)
    with library:
        fill(library)


if __name__ == "__main__":
    main()
