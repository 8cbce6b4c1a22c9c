from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mnimage.domain.photo import View
from mnimage.domain.record import (
    Consent,
    Indication,
    Patient,
    Plan,
    Purpose,
    Series,
    Session,
    Sex,
    SkinType,
    Timeline,
    VisitKind,
)
from ui.screens.library import words

TODAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 3, 11), 37), (date(2026, 3, 12), 38), (date(2027, 1, 1), 38)]
)
def test_age_is_in_whole_years(day, age):
    assert words.age_on(date(1988, 3, 12), day) == age


def test_a_patient_is_described_in_one_line():
    patient = Patient(
        code="1",
        birth_date=date(1988, 3, 12),
        sex=Sex.FEMALE,
        skin_type=SkinType.IV,
        allergies="nickel",
        medication="aspirin",
    )
    line = words.patient_words(patient, TODAY)
    assert line == "born 12 Mar 1988 (37) · female · Fitzpatrick IV"
    assert words.medical_words(patient) == "Allergic to nickel · takes aspirin"
    assert words.patient_words(Patient(code="1"), TODAY) == ""
    assert words.medical_words(Patient(code="1")) == ""


def test_a_course_shows_its_progress():
    series = Series(
        patient_id="p",
        indication=Indication.ACNE_SCARS,
        plan=Plan(sessions=4, interval_days=28, device="Pen"),
    )
    at = datetime(2026, 1, 5, tzinfo=UTC)
    sessions = tuple(
        Session(patient_id="p", held_at=at + timedelta(days=28 * n), series_id=series.id, kind=kind)
        for n, kind in enumerate((VisitKind.BASELINE, VisitKind.TREATMENT, VisitKind.TREATMENT))
    )
    timeline = Timeline(patient=Patient(code="1"), series=(series,), sessions=sessions)
    assert words.series_words(series, timeline) == (
        "Acne scars, face",
        "2 of 4 sessions · every 28 days · Pen",
    )
    assert words.session_words(sessions[2], timeline)[1] == "Treatment, +28 days"
    assert words.session_words(sessions[0], timeline)[1] == "Baseline"


def test_days_between_treatments_are_those_of_the_calendar():
    at = datetime(2026, 4, 13, 10, 0, tzinfo=UTC)
    first = Session(patient_id="p", held_at=at)
    second = Session(patient_id="p", held_at=at + timedelta(days=42, minutes=-20))
    timeline = Timeline(patient=Patient(code="1"), sessions=(first, second))
    assert timeline.days_since_last(second) == 42


def test_views_have_names():
    assert words.view_words(View.LEFT_45) == "Left 45°"
    assert words.view_words(View.CLOSE_UP) == "Close-up"
    assert words.view_words(None) == "View not recorded"


def test_the_consent_that_is_valid_today_is_shown():
    def consent(**more):
        given = {"patient_id": "p", "purpose": Purpose.TEACHING, "given_on": date(2026, 1, 2)}
        return Consent(**(given | more))

    def shown(*consents):
        return str(words.consent_words(consents, Purpose.TEACHING, TODAY))

    assert shown() == "not given"
    assert shown(consent()) == "since 2 Jan 2026"
    assert shown(consent(withdrawn_on=date(2026, 2, 1))) == "withdrawn 1 Feb 2026"
    assert shown(consent(photo_ids=("a", "b"))) == "for 2 photos"
    assert shown(consent(purpose=Purpose.MARKETING)) == "not given"
    assert shown(consent(given_on=date(2026, 4, 1))) == "not given"


def test_the_remaining_time_is_shown_once_it_can_be_estimated():
    assert not words.time_left(1, 100, 60)
    assert str(words.time_left(10, 100, 10)) == "about 2 minutes left"
    assert str(words.time_left(50, 100, 10)) == "about 10 s left"
    assert not words.time_left(100, 100, 10)
