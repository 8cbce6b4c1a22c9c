"""Every kind of record comes back as it was kept; what no record can be is refused."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from mnimage.domain import record as kept
from mnimage.domain.scales import SCALES, Rater, ScaleName, check_rating
from mnimage.domain.scorecard import Mode
from mnimage.errors import LibraryDamaged, RecordUnusable
from mnimage.library import records, tables

DAY = date(2026, 5, 4)
MOMENT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def full(filled) -> list[kept.Record]:
    """Return one record of each kind, every field of it set."""
    mine = {"patient_id": filled.patient.id}
    seated = {**mine, "session_id": filled.session.id}
    series = kept.Series(
        indication=kept.Indication.STRETCH_MARKS,
        site=kept.Site.ABDOMEN,
        laterality=kept.Laterality.BOTH,
        scar_types=tuple(kept.ScarType),
        plan=kept.Plan(sessions=6, interval_days=28, device="pen", maintenance_days=180),
        started_on=DAY,
        ended_on=DAY,
        notes="n",
        **mine,
    )
    treatment = kept.Treatment(
        device="pen",
        device_serial="S1",
        cartridge="12",
        cartridge_lot="L7",
        needles=12,
        zones=(kept.ZoneTreatment(zone="nose", depth_mm=0.5, passes=2, speed_rpm=90, energy_mj=3),),
        anaesthetic="lidocaine 23 %",
        anaesthetic_minutes=40,
        topicals=("hyaluronic acid",),
        plasma=kept.Plasma(volume_ml=4, kit="K"),
        end_point=kept.EndPoint.PINPOINT_BLEEDING,
        aftercare="sheet 3",
        sun_protection=True,
        pain=4.5,
    )
    session = kept.Session(
        held_at=MOMENT,
        series_id=series.id,
        kind=kept.VisitKind.TREATMENT,
        number=2,
        operator="ann",
        screening=tuple(
            kept.Screened(asked=one, answer=kept.Answer.YES, until=DAY, note="n")
            for one in kept.Contraindication
        ),
        override="waited six months",
        treatment=treatment,
        notes="n",
        **mine,
    )
    photo = replace(
        filled.photo,
        id=kept.new_id(),
        file_name="IMG_1.jpg",
        taken_at=datetime(2026, 5, 4, 10, 0),  # noqa: DTZ001 - cameras show no zone
        site=kept.Site.HAND,
        laterality=kept.Laterality.LEFT,
        zone="back of hand",
        mode=Mode.RELIEF,
        lighting=kept.Lighting.DIRECTIONAL,
        set_name="set 1",
        light=(0.1, -0.5, 0.8),
        camera=kept.CameraFacts(format="JPEG", columns=10, rows=20, bits=8, distance_mm=400),
        calibrated=kept.Calibrated(mm_per_px=0.05, scale_source="marker", scale_error=0.01),
        findings=(kept.Found(check="focus", measured=1, needed=2, ok=False, advice="a"),),
        grade="B",
        skin=kept.SkinState.MAKE_UP,
        operator="ann",
        notes="n",
    )
    consent = kept.Consent(
        purpose=kept.Purpose.MARKETING,
        given_on=DAY,
        withdrawn_on=DAY + timedelta(days=9),
        photo_ids=(filled.photo.id,),
        witness="bob",
        signed_sha256=filled.photo.sha256,
        note="n",
        **mine,
    )
    return [
        series,
        session,
        photo,
        kept.AdverseEvent(event=kept.Event.BRUISING, noticed_on=DAY, days_to_clear=3, **seated),
        kept.Measurement(
            photo_id=filled.photo.id,
            region_name="nose",
            metric="redness_hi",
            value=-1.5,
            unit="HI",
            uncertainty=0.2,
            mode=Mode.FLAT,
            recipe="3",
            program="0.1.0",
            **mine,
        ),
        kept.Rating(
            scale=ScaleName.POSAS_PATIENT,
            rater=Rater.PATIENT,
            value=9,
            items={"pain": 4, "itch": 5},
            rated_by="herself",
            **seated,
        ),
        consent,
        kept.Disclosure(
            photo_id=filled.photo.id,
            purpose=kept.Purpose.TEACHING,
            consent_id=consent.id,
            disclosed_by="ann",
            to="students",
            sha256="0" * 64,
            **mine,
        ),
    ]


def test_every_kind_comes_back_as_it_was(library, filled):
    reported = full(filled)
    assert {type(one) for one in reported} | {kept.Patient} == set(records.KINDS)
    library.add(*reported)
    for record in reported:
        assert library.find(type(record), record.id) == record


def test_every_field_has_its_column():
    for type_, kind in records.KINDS.items():
        named = {field.name for field in fields(type_)}
        extra = {"search"} if type_ is kept.Patient else set()
        assert {column.name for column in kind.table.columns} == named | extra


def test_what_is_never_altered_is_not(library, filled):
    reported = full(filled)
    library.add(*reported)
    for record in reported:
        if isinstance(record, (kept.Measurement, kept.Disclosure)):
            with pytest.raises(RecordUnusable, match="cannot be altered"):
                library.change(record)


def test_days_since_the_last_treatment(library, filled):
    times = [MOMENT + timedelta(days=days) for days in (28, 60)]
    library.add(*(kept.Session(patient_id=filled.patient.id, held_at=at) for at in times))
    reported = library.timeline(filled.patient)
    assert [reported.days_since_last(one) for one in reported.sessions] == [None, 28, 32]


def test_times_of_other_zones_are_sorted_as_they_happened(library, filled):
    tokyo, lima = timezone(timedelta(hours=9)), timezone(timedelta(hours=-5))
    early = kept.Session(
        patient_id=filled.patient.id, held_at=datetime(2026, 6, 1, 8, tzinfo=tokyo)
    )
    late = kept.Session(patient_id=filled.patient.id, held_at=datetime(2026, 6, 1, 1, tzinfo=lima))
    library.add(late, early)
    assert library.timeline(filled.patient).sessions[1:] == (early, late)


def test_a_consent_covers_its_days_and_its_photos():
    consent = kept.Consent(
        patient_id="p",
        purpose=kept.Purpose.TEACHING,
        given_on=DAY,
        withdrawn_on=DAY + timedelta(days=10),
        photo_ids=("one",),
    )
    days = [DAY + timedelta(days=number) for number in (-1, 0, 9, 10)]
    assert [consent.holds("one", day) for day in days] == [False, True, True, False]
    assert not consent.holds("two", DAY)
    assert replace(consent, photo_ids=()).holds("two", DAY)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: kept.Plan(sessions=0),
        lambda: kept.ZoneTreatment(zone="nose", depth_mm=0),
        lambda: kept.ZoneTreatment(zone="nose", depth_mm=50),
        lambda: kept.ZoneTreatment(zone="nose", depth_mm=1, passes=0),
        lambda: kept.Plasma(volume_ml=-1),
        lambda: kept.Treatment(pain=11),
        lambda: kept.Session(patient_id="p", held_at=datetime(2026, 5, 4)),  # noqa: DTZ001
        lambda: kept.Session(patient_id="p", held_at=MOMENT, number=0),
        lambda: kept.AdverseEvent(
            patient_id="p", session_id="s", event=kept.Event.OTHER, noticed_on=DAY, grade=6
        ),
        lambda: kept.AdverseEvent(
            patient_id="p", session_id="s", event=kept.Event.OTHER, noticed_on=DAY, days_to_clear=-1
        ),
        lambda: kept.PhotoRecord(patient_id="p", session_id="s", sha256="../etc", size=1),
        lambda: kept.Consent(
            patient_id="p",
            purpose=kept.Purpose.RECORD,
            given_on=DAY,
            withdrawn_on=DAY - timedelta(days=1),
        ),
    ],
)
def test_what_no_record_can_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r".+"):
        wrong()


def test_a_row_that_is_no_record_is_said_and_not_shown(library, filled):
    from sqlalchemy import update

    from mnimage.library import database

    with database.writing(library.engine) as connection:
        connection.execute(update(tables.PATIENTS).values(sex="both"))
    with pytest.raises(LibraryDamaged):
        library.patients()


RANGES = {  # As the authors of the scales give them.
    ScaleName.GOODMAN_BARON_GRADE: (1, 4),
    ScaleName.GOODMAN_BARON_SCORE: (0, 84),
    ScaleName.ECCA: (0, 540),
    ScaleName.POSAS_OBSERVER: (6, 60),
    ScaleName.POSAS_PATIENT: (6, 60),
    ScaleName.VSS: (0, 13),
    ScaleName.CEA: (0, 4),
    ScaleName.PSA: (0, 4),
    ScaleName.GLOGAU: (1, 4),
    ScaleName.FITZPATRICK_WRINKLE: (1, 9),
    ScaleName.LEMPERLE: (0, 5),
    ScaleName.GAIS: (1, 5),
    ScaleName.PAIN: (0, 10),
}


@pytest.mark.parametrize("name", RANGES, ids=str)
def test_a_scale_has_its_range(name):
    low, high = RANGES[name]
    rater = SCALES[name].raters[0]
    for value in (low, high):
        check_rating(name, rater, value)
    for value in (low - 1, high + 1):
        with pytest.raises(ValueError, match="goes from"):
            check_rating(name, rater, value)
    if name is not ScaleName.PAIN:
        with pytest.raises(ValueError, match="whole"):
            check_rating(name, rater, low + 0.5)


def test_parts_are_known_in_range_and_add_up():
    vss = (ScaleName.VSS, Rater.CLINICIAN)
    check_rating(*vss, 5, {"vascularity": 2, "height": 3})
    for value, items in (
        (5, {"vascularity": 2}),
        (4, {"vascularity": 4}),
        (2, {"colour": 2}),
    ):
        with pytest.raises(ValueError, match=r"add up|goes from|no part"):
            check_rating(*vss, value, items)
    with pytest.raises(ValueError, match="not rated by"):
        check_rating(ScaleName.PSA, Rater.CLINICIAN, 2)


def test_every_scale_can_be_rated():
    assert set(SCALES) == set(ScaleName)


NAUGHT = float("nan")


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "../../etc"},
        {"id": ""},
        {"id": "a" * 33},
        {"name": "a\udc80b"},
        {"notes": "a\x00b"},
    ],
)
def test_what_cannot_be_kept_everywhere_is_refused(library, filled, wrong):
    with pytest.raises(RecordUnusable, match=r"stored|identifier"):
        library.add(replace(kept.Patient(code="ODD"), **wrong))
    if "id" not in wrong:
        with pytest.raises(RecordUnusable, match="stored"):
            library.change(replace(filled.patient, **wrong))
    assert library.patient("MN-0042") == filled.patient


def test_a_backslash_is_no_zero_byte(library):
    odd = kept.Patient(code="ODD", notes="C:\\u0000")
    library.add(odd)
    assert library.patient("ODD") == odd


def test_a_measurement_that_is_none_is_refused_with_its_reason(library, filled):
    found = kept.Found(check="focus", measured=NAUGHT, needed=2, ok=False)
    with pytest.raises(RecordUnusable, match="number"):
        library.change(replace(filled.photo, findings=(found,)))


def test_a_disclosure_needs_a_consent_of_its_own_patient(library, filled):
    other = kept.Patient(code="OTHER")
    consent = kept.Consent(patient_id=other.id, purpose=kept.Purpose.TEACHING, given_on=DAY)
    library.add(other, consent)
    with pytest.raises(RecordUnusable):
        library.add(
            kept.Disclosure(
                patient_id=filled.patient.id,
                photo_id=filled.photo.id,
                purpose=kept.Purpose.TEACHING,
                consent_id=consent.id,
                disclosed_by="ann",
                to="students",
            )
        )


@pytest.mark.parametrize(
    "make",
    [
        lambda: kept.ZoneTreatment(zone="nose", depth_mm=1, energy_mj=-1),
        lambda: kept.ZoneTreatment(zone="nose", depth_mm=1, speed_rpm=NAUGHT),
        lambda: kept.Treatment(needles=-1),
        lambda: kept.Treatment(anaesthetic_minutes=float("inf")),
        lambda: kept.AdverseEvent(
            patient_id="p", session_id="s", event=kept.Event.SWELLING, noticed_on=DAY,
            days_to_clear=NAUGHT,
        ),
        lambda: kept.Measurement(
            patient_id="p", photo_id="p", region_name="z", metric="s", value=NAUGHT, unit="",
            mode=Mode.FLAT, uncertainty=1, recipe="", program="",
        ),
        lambda: kept.Measurement(
            patient_id="p", photo_id="p", region_name="z", metric="s", value=1, unit="",
            mode=Mode.FLAT, uncertainty=-1, recipe="", program="",
        ),
        lambda: kept.Patient(code="A", created_at=datetime(2026, 1, 1)),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_numbers_and_times_that_are_none_are_refused(make):
    with pytest.raises(ValueError):  # noqa: PT011 - which of them is not the point
        make()


def test_times_are_kept_in_utc_so_that_they_sort(library, filled):
    east = timezone(timedelta(hours=5))
    late = replace(filled.photo, id=kept.new_id(), taken_at=datetime(2026, 5, 4, 3, tzinfo=east))
    early = replace(filled.photo, id=kept.new_id(), taken_at=datetime(2026, 5, 3, 23, tzinfo=UTC))
    library.add(late, early)
    timed = [one for one in library.timeline(filled.patient).photos if one.taken_at]
    assert [one.id for one in timed] == [late.id, early.id]
