"""How records of the library are told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.record import Purpose, Sex, VisitKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mnimage.domain.photo import View
    from mnimage.domain.record import Consent, Patient, PhotoRecord, Series, Session, Timeline

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NO_VIEW = "View not told"


def day_words(day: date | datetime | None) -> str:
    """Return a day such as "12 Mar 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


def local_day(moment: datetime | None) -> str:
    """Return the day of a moment where this computer stands."""
    return day_words(moment.astimezone()) if moment else ""


def age_on(birth: date, day: date) -> int:
    """Return the whole years from birth to a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def patient_words(patient: Patient, today: date) -> str:
    """Return who a patient is, in one line."""
    parts = []
    if patient.birth_date:
        born, age = day_words(patient.birth_date), age_on(patient.birth_date, today)
        parts.append(f"born {born} ({age})")
    if patient.sex is not Sex.UNKNOWN:
        parts.append(patient.sex.value)
    if patient.skin_type:
        parts.append(f"Fitzpatrick {patient.skin_type.name}")
    for name, told in (("takes", patient.medication), ("allergic to", patient.allergies)):
        if told:
            parts.append(f"{name} {told}")
    return " · ".join(parts)


def series_words(series: Series, timeline: Timeline) -> tuple[str, str]:
    """Return what a course of treatment is, and how far it has come."""
    side = f" {series.laterality}" if series.laterality else ""
    title = f"{series.indication.capitalize()}, {series.site}{side}"
    done = sum(
        one.series_id == series.id and one.kind is VisitKind.TREATMENT for one in timeline.sessions
    )
    plan = series.plan
    parts = [
        f"{done} of {plan.sessions} sessions" if plan.sessions else count_words(done, "session")
    ]
    if plan.interval_days:
        parts.append(f"every {plan.interval_days} days")
    if plan.device:
        parts.append(plan.device)
    if series.ended_on:
        parts.append(f"ended {day_words(series.ended_on)}")
    return title, " · ".join(parts)


def session_words(session: Session, timeline: Timeline) -> tuple[str, str]:
    """Return when a session was and what it was, for the head of its photos."""
    what = session.kind.capitalize()
    if session.number is not None:
        what = f"{what} {session.number}"
    days = timeline.days_since_last(session)
    if days is not None:
        what = f"{what}, +{count_words(days, 'day')}"
    return local_day(session.held_at), what


def view_words(view: View | None) -> str:
    """Return a view's name."""
    if view is None:
        return _NO_VIEW
    name, _, angle = view.value.partition(" ")
    return f"{name.capitalize()} {angle}°" if angle else view.value.capitalize()


def photo_words(photo: PhotoRecord, timeline: Timeline) -> str:
    """Return view and day of a photo."""
    days = {one.id: one.held_at for one in timeline.sessions}
    view = view_words(photo.view) if photo.view else "Photo"
    return f"{view}, {local_day(days.get(photo.session_id))}"


def label_words(photo: PhotoRecord, timeline: Timeline) -> str:
    """Return what a photo is called on a comparison's labels: code, day and view, no name."""
    days = {one.id: one.held_at for one in timeline.sessions}
    when = days.get(photo.session_id)
    parts = [timeline.patient.code, when.astimezone().date().isoformat() if when else ""]
    parts.append(view_words(photo.view) if photo.view else photo.file_name)
    return " ".join(part for part in parts if part)


def consent_words(consents: Sequence[Consent], purpose: Purpose, today: date) -> str:
    """Return whether a patient agrees to a purpose today."""
    mine = [one for one in consents if one.purpose is purpose]
    valid = [one for one in mine if one.given_on <= today and _lasts(one, today)]
    if whole := [one for one in valid if not one.photo_ids]:
        return f"since {day_words(whole[0].given_on)}"
    if valid:
        return f"for {count_words(len({id_ for one in valid for id_ in one.photo_ids}), 'photo')}"
    ended = [one.withdrawn_on for one in mine if one.withdrawn_on]
    return f"withdrawn {day_words(max(ended))}" if ended else "not given"


def summary_words(stored: int, known: int, refused: int) -> str:
    """Return what an import did, in one sentence."""
    parts = [f"{count_words(stored, 'photo')} stored"]
    if known:
        parts.append(f"{known} kept already")
    if refused:
        parts.append(f"{refused} refused")
    return ", ".join(parts) + "."


def time_left(done: int, total: int, seconds: float) -> str:
    """Return about how long the rest takes, empty where that cannot be told yet."""
    if done < 3 or seconds < 2 or done >= total:
        return ""
    left = seconds / done * (total - done)
    if left < 60:
        return f"about {max(5, round(left / 5) * 5)} s left"
    return f"about {count_words(round(left / 60), 'minute')} left"


def _lasts(consent: Consent, today: date) -> bool:
    return consent.withdrawn_on is None or today < consent.withdrawn_on


def count_words(number: int, noun: str) -> str:
    """Return how many there are of something."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
