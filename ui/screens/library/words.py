"""How records of the library read on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.record import Sex, VisitKind
from mnimage.words.message import NOTHING, message
from ui.screens.library.record_values import capitalized, value_name, value_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from mnimage.domain.photo import View
    from mnimage.domain.record import (
        Consent,
        Patient,
        PhotoRecord,
        Purpose,
        Series,
        Session,
        Timeline,
    )
    from mnimage.words.message import Message

_MONTHS = (
    message("ui_library.january"),
    message("ui_library.february"),
    message("ui_library.march"),
    message("ui_library.april"),
    message("ui_library.may"),
    message("ui_library.june"),
    message("ui_library.july"),
    message("ui_library.august"),
    message("ui_library.september"),
    message("ui_library.october"),
    message("ui_library.november"),
    message("ui_library.december"),
)
_LEAST_FILES, _LEAST_SECONDS = 3, 2
"""Before so many files and seconds the time that an import takes cannot be estimated."""


def day_words(day: date | datetime | None) -> Message:
    """Return a day such as "12 Mar 2026"; nothing for None."""
    if day is None:
        return NOTHING
    return message("ui_library.date", day=day.day, month=_MONTHS[day.month - 1], year=day.year)


def local_day(moment: datetime | None) -> Message:
    """Return the day of a moment in this computer's time zone."""
    return day_words(moment.astimezone()) if moment else NOTHING


def age_on(birth: date, day: date) -> int:
    """Return the whole years from birth to a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def patient_words(patient: Patient, today: date) -> str:
    """Return age, sex and skin type of a patient, in one line."""
    parts: list[Message] = []
    if patient.birth_date:
        age = age_on(patient.birth_date, today)
        parts.append(message("ui_library.born", date=day_words(patient.birth_date), age=age))
    if patient.sex is not Sex.UNKNOWN:
        parts.append(value_name(patient.sex))
    if patient.skin_type:
        parts.append(message("ui_library.skin_type", type=patient.skin_type.name))
    return _joined(parts)


def medical_words(patient: Patient) -> str:
    """Return the allergies and the medication of a patient, in one line."""
    parts: list[Message] = []
    if patient.allergies:
        parts.append(message("ui_library.allergic_to", allergies=patient.allergies))
    if patient.medication:
        parts.append(message("ui_library.takes", medication=patient.medication))
    return capitalized(_joined(parts))


def series_words(series: Series, timeline: Timeline) -> tuple[str, str]:
    """Return what a course of treatment is, and how far it has come."""
    done = sum(
        one.series_id == series.id and one.kind is VisitKind.TREATMENT for one in timeline.sessions
    )
    plan = series.plan
    parts: list[Message | str] = [
        message("ui_library.sessions_of_plan", done=done, planned=plan.sessions)
        if plan.sessions
        else sessions_words(done)
    ]
    if plan.interval_days:
        parts.append(message("ui_library.interval", days=plan.interval_days))
    if plan.device:
        parts.append(plan.device)
    if series.ended_on:
        parts.append(message("ui_library.ended", date=day_words(series.ended_on)))
    return series_title(series), _joined(parts)


def series_title(series: Series) -> str:
    """Return what a course of treatment is: why and where the skin is treated."""
    indication, site = value_title(series.indication), value_name(series.site)
    if not series.laterality:
        return str(message("ui_library.course", indication=indication, site=site))
    side = value_name(series.laterality)
    return str(message("ui_library.course_of_side", indication=indication, site=site, side=side))


def session_words(session: Session, timeline: Timeline) -> tuple[str, str]:
    """Return when a session was and what it was, for the head of its photos."""
    what: Message | str = value_title(session.kind)
    if session.number is not None:
        what = message("ui_library.numbered_session", kind=what, number=session.number)
    days = timeline.days_since_last(session)
    if days is not None:
        what = message("ui_library.session_after", session=what, days=days_words(days))
    return str(local_day(session.held_at)), str(what)


def view_words(view: View | None) -> str:
    """Return a view's name."""
    return str(message("ui_library.no_view") if view is None else value_name(view))


def shot_words(number: int) -> Message:
    """Return what a repeated shot of a view is called; the first is number 1."""
    return message("ui_library.shot", number=number)


def photo_words(photo: PhotoRecord, timeline: Timeline) -> Message:
    """Return view and day of a photo."""
    days = {one.id: one.held_at for one in timeline.sessions}
    view = view_words(photo.view) if photo.view else message("ui_library.photo")
    day = local_day(days.get(photo.session_id))
    return message("ui_library.photo_of_day", view=view, date=day)


def label_words(photo: PhotoRecord, timeline: Timeline) -> str:
    """Return what a photo is called on a comparison's labels: code, day and view, no name."""
    days = {one.id: one.held_at for one in timeline.sessions}
    when = days.get(photo.session_id)
    parts = [timeline.patient.code, when.astimezone().date().isoformat() if when else ""]
    parts.append(view_words(photo.view) if photo.view else photo.file_name)
    return " ".join(part for part in parts if part)


def consent_words(consents: Sequence[Consent], purpose: Purpose, today: date) -> Message:
    """Return whether a patient consents to a purpose today."""
    own = [one for one in consents if one.purpose is purpose]
    valid = [one for one in own if one.given_on <= today and _is_valid(one, today)]
    if whole := [one for one in valid if not one.photo_ids]:
        return message("ui_library.consent_since", date=day_words(whole[0].given_on))
    if valid:
        photos = {id_ for one in valid for id_ in one.photo_ids}
        return message("ui_library.consent_for_photos", photos=photos_words(len(photos)))
    ended = [one.withdrawn_on for one in own if one.withdrawn_on]
    if ended:
        return message("ui_library.consent_withdrawn", date=day_words(max(ended)))
    return message("ui_library.no_consent")


def summary_words(stored: int, known: int, refused: int) -> Message:
    """Return what an import did, in one sentence."""
    parts = [message("ui_library.stored", photos=photos_words(stored))]
    if known:
        parts.append(message("ui_library.already_stored", count=known))
    if refused:
        parts.append(message("ui_library.refused", count=refused))
    return message("ui_library.import_done", parts=tuple(parts))


def time_left(done: int, total: int, seconds: float) -> Message:
    """Return about how long the rest takes; nothing where that cannot be estimated yet."""
    if done < _LEAST_FILES or seconds < _LEAST_SECONDS or done >= total:
        return NOTHING
    left = seconds / done * (total - done)
    if left < 60:
        return message("ui_library.seconds_left", seconds=max(5, round(left / 5) * 5))
    return message("ui_library.minutes_left", minutes=minutes_words(round(left / 60)))


def days_words(count: int) -> Message:
    """Return a number of days."""
    return message("ui_library.one_day") if count == 1 else message("ui_library.days", count=count)


def files_words(count: int) -> Message:
    """Return a number of files."""
    one = count == 1
    return message("ui_library.one_file") if one else message("ui_library.files", count=count)


def minutes_words(count: int) -> Message:
    """Return a number of minutes."""
    one = count == 1
    return message("ui_library.one_minute") if one else message("ui_library.minutes", count=count)


def patients_words(count: int) -> Message:
    """Return a number of patients."""
    one = count == 1
    return message("ui_library.one_patient") if one else message("ui_library.patients", count=count)


def photos_words(count: int) -> Message:
    """Return a number of photos."""
    one = count == 1
    return message("ui_library.one_photo") if one else message("ui_library.photos", count=count)


def questions_words(count: int) -> Message:
    """Return a number of questions."""
    if count == 1:
        return message("ui_library.one_question")
    return message("ui_library.questions", count=count)


def sessions_words(count: int) -> Message:
    """Return a number of sessions."""
    one = count == 1
    return message("ui_library.one_session") if one else message("ui_library.sessions", count=count)


def _is_valid(consent: Consent, today: date) -> bool:
    return consent.withdrawn_on is None or today < consent.withdrawn_on


def _joined(parts: Iterable[Message | str]) -> str:
    return " · ".join(str(part) for part in parts)
