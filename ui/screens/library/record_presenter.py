"""Fills the forms of one patient's records and stores what was entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.record import (
    Answer,
    Consent,
    Contraindication,
    Patient,
    Screened,
    Session,
    VisitKind,
)
from mnimage.words.message import message
from ui.screens.library.shown import SessionEntered, SessionShown
from ui.screens.library.words import days_words, questions_words, series_title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mnimage.domain.photo import View
    from mnimage.domain.progress import Tick
    from mnimage.domain.record import Purpose, Record, Series, Timeline
    from mnimage.errors import MnimageError
    from mnimage.library.library import Library
    from mnimage.words.message import Message
    from mnimage.workflow.clinic import Rights
    from ui.jobs import Jobs
    from ui.screens.library.fields import Form
    from ui.screens.library.view import LibraryView

_LANE = "save"


class RecordWork(Protocol):
    """The jobs of the forms; `mnimage.workflow.clinic` has them."""

    def screening_warnings(
        self, screening: Sequence[Screened], on: date
    ) -> Sequence[Message | str]:
        """Return what speaks against needling on a day."""

    def save_records(
        self, library: Library, *, added: Sequence[Record] = (), changed: Sequence[Record] = ()
    ) -> None:
        """Store new and changed records: all of them, or none."""


class RecordPresenter:
    """Stores records; `saved` is called with the patient whose records changed."""

    def __init__(
        self,
        view: LibraryView,
        work: RecordWork,
        jobs: Jobs,
        library: Callable[[], Library],
        saved: Callable[[Patient], None],
    ) -> None:
        self._view, self._work, self._jobs = view, work, jobs
        self._library, self._saved = library, saved
        self._timeline: Timeline | None = None
        self._new = True
        view.patient_form.confirmed.connect(self.save_patient)
        view.course_form.confirmed.connect(self.save_course)
        view.session_form.confirmed.connect(self.save_session)
        view.session_form.screening_changed.connect(self.show_warnings)
        view.consent_form.given.connect(self.give_consent)
        view.consent_form.withdrawn.connect(self.withdraw_consent)

    def show(self, timeline: Timeline | None) -> None:
        """Take the patient whose records are to be changed."""
        self._timeline = timeline
        if timeline is not None:
            self._view.consent_form.show_consents(timeline.consents, _today())

    def open_patient(self, patient: Patient | None) -> None:
        """Open the form of a patient, or of a new one."""
        self._new = patient is None
        self._view.patient_form.begin_with(patient)

    def open_course(self, series_id: str = "") -> None:
        """Open the form of a course, or of a new one."""
        if timeline := self._timeline:
            found = [one for one in timeline.series if one.id == series_id]
            self._new = not found
            course = found[0] if found else None
            self._view.course_form.begin_with(timeline.patient.id, course)

    def open_consents(self) -> None:
        """Open the form of consents."""
        if self._timeline:
            self._view.consent_form.begin()

    def open_session(self, rights: Rights, session_id: str = "", course: str = "") -> None:
        """Open the form of a session, or of a new one in the course that is shown."""
        if (timeline := self._timeline) is None:
            return
        found = [one for one in timeline.sessions if one.id == session_id]
        self._new = not found
        session = found[0] if found else _next_session(timeline, rights.user, course)
        self._view.session_form.begin_with(
            SessionShown(
                session=session,
                new=self._new,
                courses=_courses(timeline),
                since_last=_since_last(timeline, session),
                ratings=tuple(one for one in timeline.ratings if one.session_id == session.id),
                events=tuple(one for one in timeline.events if one.session_id == session.id),
                may_treat=rights.treat,
                may_record=rights.record,
            )
        )

    def show_warnings(self, screening: Sequence[Screened], on: date) -> None:
        """Show what the answers of the screening warn of, and how many questions are open."""
        answered = {one.asked for one in screening if one.answer is not Answer.UNKNOWN}
        unanswered = [one for one in Contraindication if one not in answered]
        # Taken as "no" here, so that only what was answered warns.
        as_no = [Screened(asked=one, answer=Answer.NO) for one in unanswered]
        asked = (*(one for one in screening if one.asked in answered), *as_no)
        warnings = [str(one) for one in self._work.screening_warnings(asked, on)]
        if unanswered:
            questions = questions_words(len(unanswered))
            warnings.append(str(message("ui_library.unanswered", questions=questions)))
        self._view.session_form.show_warnings(warnings)

    def save_patient(self, patient: Patient) -> None:
        """Store a patient as entered."""
        self._start(self._view.patient_form, patient, self._saving(patient))

    def save_course(self, series: Series) -> None:
        """Store a course as entered."""
        if timeline := self._timeline:
            self._start(self._view.course_form, timeline.patient, self._saving(series))

    def save_session(self, entered: SessionEntered) -> None:
        """Store a session as entered, with its ratings and events: all of it, or none."""
        if timeline := self._timeline:
            work = self._saving(entered.session, *entered.ratings, *entered.events)
            self._start(self._view.session_form, timeline.patient, work)

    def set_view(self, photo_id: str, view: View | None) -> None:
        """Store the view of a photo as the user gives it."""
        timeline = self._timeline
        photos = [one for one in timeline.photos if one.id == photo_id] if timeline else []
        if timeline and photos and photos[0].view != view:
            changed = (replace(photos[0], view=view),)
            self._start(None, timeline.patient, partial(self._save, (), changed))

    def give_consent(self, purpose: Purpose) -> None:
        """Store that a patient consents to a purpose, from today on."""
        if timeline := self._timeline:
            consent = Consent(patient_id=timeline.patient.id, purpose=purpose, given_on=_today())
            work = partial(self._save, (consent,), ())
            self._start(self._view.consent_form, timeline.patient, work, stays=True)

    def withdraw_consent(self, purpose: Purpose) -> None:
        """Store that a patient no longer consents to a purpose."""
        if timeline := self._timeline:
            ended = tuple(
                replace(one, withdrawn_on=_today())
                for one in timeline.consents
                if one.purpose is purpose and one.withdrawn_on is None
            )
            work = partial(self._save, (), ended)
            self._start(self._view.consent_form, timeline.patient, work, stays=True)

    def _saving(self, record: Record, *added: Record) -> Callable[[Tick], None]:
        """Return the job that stores the record of a form, which may be new, and others with it."""
        if self._new:
            return partial(self._save, (record, *added), ())
        return partial(self._save, added, (record,))

    def _save(self, added: Sequence[Record], changed: Sequence[Record], tick: Tick) -> None:
        tick(0, 1)
        self._work.save_records(self._library(), added=added, changed=changed)

    def _start(
        self,
        form: Form | None,
        patient: Patient,
        work: Callable[[Tick], None],
        *,
        stays: bool = False,
    ) -> None:
        done = partial(self._done, None if stays else form, patient)
        self._jobs.start(_LANE, work, done=done, failed=partial(self._fail, form))

    def _done(self, form: Form | None, patient: Patient, _: object) -> None:
        if form is not None:
            form.accept()
        self._saved(patient)

    def _fail(self, form: Form | None, error: MnimageError) -> None:
        if form is not None:
            form.show_trouble(str(error), error.hint)
        if form is None or not form.isVisible():
            self._view.show_error(str(error), error.hint)


def _courses(timeline: Timeline) -> tuple[tuple[str, str | None], ...]:
    """Return the courses that a session may belong to: their titles and identifiers."""
    none = str(message("ui_library.no_course"))
    return (none, None), *((series_title(one), one.id) for one in timeline.series)


def _since_last(timeline: Timeline, session: Session) -> str:
    days = timeline.days_since_last(session)
    if days is None:
        return ""
    return str(message("ui_library.since_treatment", days=days_words(days)))


def _next_session(timeline: Timeline, operator: str, course: str) -> Session:
    """Return a session that begins now, as the next of its course."""
    series_id = course or (timeline.series[-1].id if len(timeline.series) == 1 else None)
    number = None
    if series_id:
        treated = [
            one
            for one in timeline.sessions
            if one.series_id == series_id and one.kind is VisitKind.TREATMENT
        ]
        number = len(treated) + 1
    return Session(
        patient_id=timeline.patient.id,
        held_at=datetime.now(UTC),
        series_id=series_id,
        number=number,
        operator=operator,
    )


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
