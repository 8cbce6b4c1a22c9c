"""Fills the forms of one patient's records and keeps what they were given; plain Python."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.record import Consent, Patient, Session, VisitKind
from ui.screens.library.shown import SessionShown, SessionWritten
from ui.screens.library.words import series_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mnimage.domain.photo import View
    from mnimage.domain.progress import Tick
    from mnimage.domain.record import Purpose, Record, Screened, Series, Timeline
    from mnimage.errors import MnimageError
    from mnimage.library.library import Library
    from mnimage.workflow.clinic import Rights
    from ui.jobs import Jobs
    from ui.screens.library.fields import Form
    from ui.screens.library.view import LibraryView

_LANE = "keep"


class RecordWork(Protocol):
    """What a form asks; `mnimage.workflow.clinic` has it."""

    def screening_warnings(self, screening: Sequence[Screened], on: date) -> tuple[str, ...]:
        """Return what speaks against needling on a day."""


class RecordPresenter:
    """Keeps records; `kept` is called with the patient whose records changed."""

    def __init__(
        self,
        view: LibraryView,
        work: RecordWork,
        jobs: Jobs,
        library: Callable[[], Library],
        kept: Callable[[Patient], None],
    ) -> None:
        self._view, self._work, self._jobs = view, work, jobs
        self._library, self._kept = library, kept
        self._timeline: Timeline | None = None
        self._new = True
        view.patient_form.confirmed.connect(self.keep_patient)
        view.course_form.confirmed.connect(self.keep_course)
        view.session_form.confirmed.connect(self.keep_session)
        view.session_form.screening_changed.connect(self.warn)
        view.consent_form.given.connect(self.give_consent)
        view.consent_form.withdrawn.connect(self.withdraw_consent)

    def show(self, timeline: Timeline | None) -> None:
        """Take the patient whose records are to be changed."""
        self._timeline = timeline
        if timeline is not None:
            self._view.consent_form.show_consents(timeline.consents, _today())

    def open_patient(self, patient: Patient | None) -> None:
        """Let a patient be changed, or a new one be made."""
        self._new = patient is None
        self._view.patient_form.begin_with(patient)

    def open_course(self, series_id: str = "") -> None:
        """Let a course be changed, or a new one be made."""
        if told := self._timeline:
            found = [one for one in told.series if one.id == series_id]
            self._new = not found
            self._view.course_form.begin_with(told.patient.id, found[0] if found else None)

    def open_consents(self) -> None:
        """Let consents be given and withdrawn."""
        if self._timeline:
            self._view.consent_form.begin()

    def open_session(self, rights: Rights, session_id: str = "", course: str = "") -> None:
        """Let a session be changed, or a new one be made, in a course where one is shown."""
        told = self._timeline
        if told is None:
            return
        found = [one for one in told.sessions if one.id == session_id]
        self._new = not found
        session = found[0] if found else _next_session(told, rights.user, course)
        days = told.days_since_last(session)
        self._view.session_form.begin_with(
            SessionShown(
                session=session,
                new=self._new,
                courses=(
                    ("none", None),
                    *((series_words(one, told)[0], one.id) for one in told.series),
                ),
                since_last=f"{days} days after the last treatment" if days is not None else "",
                ratings=tuple(one for one in told.ratings if one.session_id == session.id),
                events=tuple(one for one in told.events if one.session_id == session.id),
                may_treat=rights.treat,
                may_record=rights.record,
            )
        )

    def warn(self, screening: Sequence[Screened], on: date) -> None:
        """Show what the answers of the screening warn of."""
        self._view.session_form.show_warnings(self._work.screening_warnings(screening, on))

    def keep_patient(self, patient: Patient) -> None:
        """Keep a patient as written."""
        self._start(
            self._view.patient_form, patient, partial(self._write, (patient,), self._new, ())
        )

    def keep_course(self, series: Series) -> None:
        """Keep a course as written."""
        if told := self._timeline:
            work = partial(self._write, (series,), self._new, ())
            self._start(self._view.course_form, told.patient, work)

    def keep_session(self, written: SessionWritten) -> None:
        """Keep a session as written, with the ratings and events beside it; all or nothing."""
        if told := self._timeline:
            more: tuple[Record, ...] = (*written.ratings, *written.events)
            work = partial(self._write, (written.session,), self._new, more)
            self._start(self._view.session_form, told.patient, work)

    def tell_view(self, photo_id: str, view: View | None) -> None:
        """Keep the view of a photo as the user tells it."""
        told = self._timeline
        photos = [one for one in told.photos if one.id == photo_id] if told else []
        if told and photos and photos[0].view != view:
            changed = replace(photos[0], view=view)
            self._start(None, told.patient, partial(self._write, (changed,), False, ()))

    def give_consent(self, purpose: Purpose) -> None:
        """Keep that a patient agrees to a purpose, from today on."""
        if told := self._timeline:
            consent = Consent(patient_id=told.patient.id, purpose=purpose, given_on=_today())
            work = partial(self._write, (consent,), True, ())
            self._start(self._view.consent_form, told.patient, work, stays=True)

    def withdraw_consent(self, purpose: Purpose) -> None:
        """Keep that a patient no longer agrees to a purpose."""
        if told := self._timeline:
            today = _today()
            ended = tuple(
                replace(one, withdrawn_on=today)
                for one in told.consents
                if one.purpose is purpose and one.withdrawn_on is None
            )
            work = partial(self._write, ended, False, ())
            self._start(self._view.consent_form, told.patient, work, stays=True)

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

    def _write(
        self, records: Sequence[Record], new: bool, more: Sequence[Record], tick: Tick
    ) -> None:
        tick(0, 1)
        with self._library().changing() as changes:
            for record in records:
                if new:
                    changes.add(record)
                else:
                    changes.change(record)
            changes.add(*more)

    def _done(self, form: Form | None, patient: Patient, _: object) -> None:
        if form is not None:
            form.accept()
        self._kept(patient)

    def _fail(self, form: Form | None, error: MnimageError) -> None:
        if form is not None:
            form.show_trouble(str(error), error.hint)
        if form is None or not form.isVisible():
            self._view.show_error(str(error), error.hint)


def _next_session(told: Timeline, operator: str, course: str) -> Session:
    """Return a session that begins now, as the next of its course."""
    series_id = course or (told.series[-1].id if len(told.series) == 1 else None)
    number = None
    if series_id:
        treated = [
            one
            for one in told.sessions
            if one.series_id == series_id and one.kind is VisitKind.TREATMENT
        ]
        number = len(treated) + 1
    return Session(
        patient_id=told.patient.id,
        held_at=datetime.now(UTC),
        series_id=series_id,
        number=number,
        operator=operator,
    )


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
