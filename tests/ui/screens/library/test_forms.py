from __future__ import annotations

from datetime import UTC, date, datetime
from unittest.mock import Mock

import pytest

from mnimage.domain.record import (
    Answer,
    Contraindication,
    Purpose,
    Series,
    Session,
    SkinType,
    VisitKind,
)
from mnimage.domain.scales import Rater, ScaleName


@pytest.fixture
def patient(entered):
    return entered.patient("0042")


def timeline(stage):
    return stage.presenter.library().timeline(stage.presenter._timeline.patient)


def answer(form, asked, given):
    form.screening.answer(asked, given)


def ask_all(form):
    form.screening.all_no.click()


def test_a_patient_is_changed_and_invalid_dates_are_refused(entered, patient):
    entered.view.patient.edit.click()
    form = entered.view.patient_form
    for text, reason in (("31.2.2000", "YYYY-MM-DD"), ("2999-01-01", "in the future")):
        form.birth.setText(text)
        form.save.click()
        assert reason in form.trouble
    form.birth.setText("12.3.1988")
    form.skin.choose(SkinType.V)
    form.save.click()
    kept = entered.presenter.library().patient("0042")
    assert (kept.birth_date, kept.skin_type) == (date(1988, 3, 12), SkinType.V)
    assert "Fitzpatrick V" in entered.view.patient._facts.text()


def test_a_change_at_another_station_is_not_overwritten(entered, patient):
    from dataclasses import replace

    entered.view.patient.edit.click()
    entered.presenter.library().change(replace(patient, name="From elsewhere"))
    form = entered.view.patient_form
    form.name.setText("From here")
    form.save.click()
    assert form.isVisible()
    assert form.trouble
    form.reject()
    assert entered.presenter.library().patient("0042").name == "From elsewhere"


def test_a_course_is_added_and_its_sessions_can_be_shown_alone(entered, patient):
    entered.view.patient.course_new.click()
    form = entered.view.course_form
    form.sessions.setText("four")
    form.save.click()
    assert "number" in form.trouble
    form.sessions.setText("4")
    form.save.click()
    (course,) = timeline(entered).series
    assert course.plan.sessions == 4
    library = entered.presenter.library()
    when = datetime(2026, 1, 5, tzinfo=UTC)
    library.add(Session(patient_id=patient.id, held_at=when, series_id=course.id))
    library.add(Session(patient_id=patient.id, held_at=when.replace(month=6)))
    entered.presenter.reload()
    assert entered.view.patient.table.columnCount() == 2
    entered.presenter.choose_course(course.id)
    assert entered.view.patient.table.columnCount() == 1


def test_a_session_warns_before_the_treatment(entered, patient):
    entered.view.patient.session_new.click()
    form = entered.view.session_form
    assert "13 questions not answered" in form.warned.text()
    answer(form, Contraindication.RETINOID, Answer.YES)
    ask_all(form)
    assert "twelve months" in form.screening._warnings.text()
    form.save.click()
    assert "reason for treating anyway" in form.trouble
    assert timeline(entered).sessions == ()
    form.screening.override.setText("ended; agreed")
    form.treatment.device.setText("Pen")
    form.treatment.zones.item(0, 1).setText("1,5")
    form.treatment.kit.setText("Kit 7")
    form.save.click()
    assert "volume in ml" in form.trouble
    form.treatment.plasma.setText("4")
    form.save.click()
    (session,) = timeline(entered).sessions
    assert session.override == "ended; agreed"
    assert session.treatment.zones[0].depth_mm == 1.5
    assert (session.treatment.plasma.volume_ml, session.treatment.plasma.kit) == (4, "Kit 7")
    assert len(session.screening) == len(Contraindication)
    assert entered.view.patient.table.columnCount() == 1


def test_a_follow_up_needs_no_screening(entered, patient):
    entered.view.patient.session_new.click()
    form = entered.view.session_form
    form.kind.choose(VisitKind.FOLLOW_UP)
    assert form.warned.text() == ""
    form.save.click()
    (session,) = timeline(entered).sessions
    assert (session.kind, session.treatment) == (VisitKind.FOLLOW_UP, None)


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [(1, "9", "9.0 mm"), (1, "deep", "enter a number"), (2, "3", "depth is missing")],
)
def test_impossible_depths_of_needles_are_refused(entered, patient, column, text, reason):
    entered.view.patient.session_new.click()
    form = entered.view.session_form
    ask_all(form)
    form.treatment.zones.item(0, column).setText(text)
    form.save.click()
    assert reason in form.trouble
    form.reject()


def test_ratings_are_checked_against_their_scale_and_saved_with_the_session(entered, patient):
    entered.view.patient.session_new.click()
    form = entered.view.session_form
    ask_all(form)
    ratings = form.ratings
    ratings.scale.choose(ScaleName.GOODMAN_BARON_GRADE)
    ratings.value.setText("9")
    ratings.add.click()
    assert "1 to 4" in ratings._trouble.text()
    form.save.click()
    assert "press Add" in form.trouble
    ratings.value.setText("3")
    ratings.add.click()
    ratings.scale.choose(ScaleName.SATISFACTION)
    assert ratings.rater.value is Rater.PATIENT
    ratings.value.setText("7,5")
    ratings.add.click()
    form.events.days.setText("4")
    form.events.add.click()
    form.save.click()
    shown = timeline(entered)
    assert [(one.scale, one.value) for one in shown.ratings] == [
        (ScaleName.GOODMAN_BARON_GRADE, 3),
        (ScaleName.SATISFACTION, 7.5),
    ]
    assert shown.events[0].days_to_clear == 4
    entered.presenter.open_session(shown.sessions[0].id)
    assert form.ratings.list.count() == 2
    form.reject()


def test_a_session_keeps_its_time_of_day_unless_the_date_is_changed(entered, patient):
    when = datetime(2026, 1, 5, 9, 41, tzinfo=UTC)
    session = Session(patient_id=patient.id, held_at=when, kind=VisitKind.FOLLOW_UP)
    entered.presenter.library().add(session)
    entered.presenter.reload()
    entered.presenter.open_session(session.id)
    form = entered.view.session_form
    form.operator.setText("Dr B")
    form.save.click()
    assert timeline(entered).sessions[0].held_at == when
    entered.presenter.open_session(session.id)
    form.day.setText("2026-01-07")
    form.save.click()
    assert timeline(entered).sessions[0].held_at.date() == date(2026, 1, 7)


def test_the_next_session_belongs_to_the_course_and_is_numbered(entered, patient):
    from mnimage.domain.record import Indication

    library = entered.presenter.library()
    course = Series(patient_id=patient.id, indication=Indication.MELASMA)
    when = datetime(2026, 1, 5, tzinfo=UTC)
    library.add(course, Session(patient_id=patient.id, held_at=when, series_id=course.id))
    entered.presenter.reload()
    entered.view.patient.session_new.click()
    form = entered.view.session_form
    assert form.course.value == course.id
    assert form.number.whole == 2
    assert form.operator.entered == "admin"
    assert "days after the previous treatment" in form.since.text()
    form.reject()


def test_consents_are_given_and_withdrawn_purpose_by_purpose(entered, patient):
    entered.view.patient.consents.click()
    form = entered.view.consent_form
    form._give[Purpose.TEACHING].click()
    (consent,) = timeline(entered).consents
    assert (consent.purpose, consent.withdrawn_on) == (Purpose.TEACHING, None)
    assert not form._give[Purpose.TEACHING].isEnabled()
    assert form._give[Purpose.MARKETING].isEnabled()
    assert "Teaching: since" in entered.view.patient._consents.text()
    form._withdraw[Purpose.TEACHING].click()
    (consent,) = timeline(entered).consents
    assert consent.withdrawn_on == consent.given_on
    assert "Teaching: withdrawn" in entered.view.patient._consents.text()
    form.reject()


def test_a_form_shows_why_saving_failed_and_keeps_its_entries(entered, patient, monkeypatch):
    from mnimage.errors import StorageFailed

    entered.view.patient.edit.click()
    form = entered.view.patient_form
    form.name.setText("Jane")
    failing = Mock(side_effect=StorageFailed("The disk is full.", hint="Make room."))
    monkeypatch.setattr(entered.presenter.library(), "changing", failing)
    form.save.click()
    assert form.trouble == "The disk is full."
    assert form.name.entered == "Jane"
    form.reject()
