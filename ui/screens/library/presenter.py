"""What the library's screen does."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.record import Patient, Purpose
from mnimage.errors import AuthenticationFailed, EditConflict, MnimageError, RecordUnusable
from ui.screens.library.intake import ImportPresenter, ImportWork
from ui.screens.library.login_presenter import DoorWork, LoginPresenter
from ui.screens.library.record_presenter import RecordPresenter, RecordWork
from ui.screens.library.shown import Chosen, Course, Heading
from ui.screens.library.words import (
    consent_words,
    label_words,
    patient_words,
    photo_words,
    series_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mnimage.domain.original import Original
    from mnimage.domain.photo import View
    from mnimage.domain.progress import Tick
    from mnimage.domain.record import PatientLine, PhotoRecord, Timeline
    from mnimage.library.library import Library
    from mnimage.workflow.clinic import Rights
    from ui.jobs import Jobs
    from ui.screens.library.local_settings import LocalSettings
    from ui.screens.library.view import LibraryView
    from ui.widgets.file_dialogs import FileDialogs

_LIST, _TIMELINE, _PICTURES = "patients", "timeline", "pictures"
_BATCH = 2
"""Pictures of one job: few, so that they land while one looks."""


class ClinicWork(DoorWork, ImportWork, RecordWork, Protocol):
    """The jobs of the library that this screen starts; `mnimage.workflow.clinic` has them."""

    def rights(self, library: Library) -> Rights:
        """Return what the user of an open library may do."""

    def require_record(self, library: Library) -> None:
        """Refuse to add anything where the user's role does not allow it."""

    def thumbnail(self, library: Library, photo: PhotoRecord) -> bytes:
        """Return a small picture of a photo as JPEG."""

    def propose_pair(
        self, timeline: Timeline, chosen: PhotoRecord | None = None
    ) -> tuple[PhotoRecord, PhotoRecord] | None:
        """Return the two photos that are best looked at together."""

    def original_of(
        self,
        photo: PhotoRecord,
        name: str,
        timeline: Timeline,
        library: Callable[[], Library],
    ) -> Original:
        """Return a photo of the library to be compared."""


class Shell(Protocol):
    """What of the window the library's screen moves."""

    def compare(self, before: Original, after: Original) -> None:
        """Compare two photos of the library on the compare screen."""

    def cover(self, *, covered: bool) -> None:
        """Hide every screen but the library's door, or show again what was there."""

    def clear(self) -> None:
        """Forget the photos on the compare screen."""

    def watch(self, minutes: float | None) -> None:
        """Tell `lock` after so long without a touch; None for never."""

    def greet(self, words: str) -> None:
        """Show who has the library open; nobody where it is empty."""


class LibraryPresenter:
    """Opens the library, shows patients and their photos, brings photos in, has them compared."""

    def __init__(
        self,
        view: LibraryView,
        work: ClinicWork,
        jobs: Jobs,
        ask: FileDialogs,
        settings: LocalSettings,
        house: Shell,
    ) -> None:
        self._view, self._work, self._jobs, self._ask = view, work, jobs, ask
        self._settings, self._house = settings, house
        self._library: Library | None = None
        self._rights: Rights | None = None
        self._timeline: Timeline | None = None
        self._course = ""
        self._picked = ""
        self._pair: tuple[PhotoRecord, PhotoRecord] | None = None
        self._wanted: list[str] = []
        self._locked_for = ""
        self._door = LoginPresenter(view.unlock_page, work, jobs, ask, settings, self.enter)
        self._imports = ImportPresenter(view, work, jobs, self.reload)
        self._presenter = RecordPresenter(view, work, jobs, self.library, self._kept)
        self._connect()
        self._door.begin()

    def library(self) -> Library:
        """Return the open library; raises `AuthenticationFailed` while it is locked."""
        if self._library is None:
            raise AuthenticationFailed("The library is locked.", hint="Unlock it first.")
        return self._library

    # The door

    def enter(self, library: Library, trouble: str) -> None:
        """Show a library that was opened: where its user was before, or the patients."""
        rights = self._work.rights(library)
        again = self._locked_for == f"{library.folder}/{rights.user}"
        self._library, self._rights = library, rights
        self._locked_for = ""
        self._view.patients.allow_changes(allowed=rights.record)
        self._view.patient.allow(record=rights.record, treat=rights.treat)
        self._house.watch(self._settings.idle_minutes)
        alike = rights.user == rights.role
        self._house.greet(rights.user if alike else f"{rights.user}, {rights.role}")
        self._imports.rest(_rest_words(library, self._settings.idle_minutes))
        if again:
            self._view.show_behind()
            self.reload()
        else:
            self._leave_patient()
            self._imports.forget()
            self._house.clear()
            self._view.show_patients()
        self._house.cover(covered=False)
        self.search(self._view.patients.search.text())
        if trouble:
            self._view.show_error(trouble, "The passphrase opens it.")

    def lock(self) -> None:
        """Hide everything and let go of the keys; an import that is under way ends first."""
        library = self._library
        if library is None or self._rights is None:
            return
        user = self._rights.user
        self._locked_for = f"{library.folder}/{user}"
        self._house.watch(None)
        self._house.greet("")
        self._house.cover(covered=True)
        self._view.show_unlock()
        self._door.ask_again(user, locked=True)
        for lane in (_LIST, _TIMELINE, _PICTURES):
            self._jobs.cancel(lane)
        self._wanted.clear()
        if self._imports.busy:
            self._imports.after = partial(self._close_behind, library)
            self._library = None
        else:
            self._put_away()

    def close(self) -> None:
        """Let go of the library, at the end of the program."""
        self._door.put_away()
        self._imports.finish()
        self._put_away()

    def set_idle(self, minutes: int) -> None:
        """Lock after so many minutes without a touch, from now on."""
        self._settings.idle_minutes = minutes
        if self._library is not None:
            self._house.watch(minutes)
            self._imports.rest(_rest_words(self._library, minutes))

    # Patients

    def search(self, words: str) -> None:
        """Find patients."""
        if self._library is None:
            return
        work = partial(self._find, words)
        self._jobs.start(_LIST, work, done=self._view.patients.show_lines, failed=self._tell)

    def open_patient(self, patient: Patient) -> None:
        """Show a patient's page."""
        self._course = self._picked = ""
        self._load(patient)

    def show_patients(self) -> None:
        """Go back to the list."""
        if self._library is not None:
            self._leave_patient()
            self._view.show_patients()
            self.search(self._view.patients.search.text())

    def new_patient(self) -> None:
        """Let a patient be made."""
        if self._may_record():
            self._presenter.open_patient(None)

    # One patient

    def reload(self) -> None:
        """Show what changed of the patient that is open."""
        if self._timeline is not None and self._library is not None:
            self._load(self._timeline.patient)

    def choose_course(self, series_id: str) -> None:
        """Show the sessions of one course, or all."""
        self._course = series_id
        self._show_timeline()

    def pick(self, photo_id: str, joins: bool) -> None:
        """Propose a pair with a photo, or take it beside the one that was picked before."""
        photo, first = self._photo(photo_id), self._photo(self._picked)
        if photo is None or self._timeline is None:
            return
        if joins and first is not None and first.id != photo.id:
            self._pair = self._in_order(first, photo)
        else:
            self._picked = photo_id
            self._pair = self._work.propose_pair(self._timeline, photo)
        self._show_pair()

    def compare(self) -> None:
        """Have the two photos compared."""
        told = self._timeline
        if self._pair is None or told is None:
            return
        names = [label_words(photo, told) for photo in self._pair]
        if names[0] == names[1]:
            names = [f"{name} {place}" for name, place in zip(names, "12", strict=True)]
        before, after = (
            self._work.original_of(photo, name, told, self.library)
            for photo, name in zip(self._pair, names, strict=True)
        )
        self._house.compare(before, after)

    def open_photo(self, photo_id: str) -> None:
        """Compare the pair that a photo makes."""
        if self._pair is not None and photo_id in (one.id for one in self._pair):
            self.compare()

    def want_pictures(self, photo_ids: Sequence[str]) -> None:
        """Bring small pictures of photos, those asked for last first."""
        running = bool(self._wanted)
        self._wanted = [*photo_ids, *(one for one in self._wanted if one not in photo_ids)]
        if not running:
            self._next_pictures()

    # Import

    def import_photos(self) -> None:
        """Ask for photos and bring them in."""
        if self._may_record() and (paths := self._ask.photos("Import photos")):
            self.import_paths(paths)

    def import_folder(self) -> None:
        """Ask for a folder and bring its photos in."""
        if self._may_record() and (path := self._ask.folder("Import a folder or memory card")):
            self.import_paths([path])

    @property
    def importing(self) -> bool:
        """Whether photos are coming in."""
        return self._imports.busy

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Bring photos in as those of the patient that is open."""
        if self._timeline is None or self._library is None or not self._may_record():
            return
        if not paths:
            self._view.show_error(
                "Only files on this computer can be imported.", "Save the photos first."
            )
            return
        self._imports.begin(self._library, self._timeline.patient, paths)

    def open_session(self, session_id: str = "") -> None:
        """Let a session be seen or changed, or a new one be made."""
        if self._rights is not None:
            self._presenter.open_session(self._rights, session_id, self._course)

    # Inside

    def _connect(self) -> None:
        patients, patient = self._view.patients, self._view.patient
        patients.search_changed.connect(self.search)
        patients.patient_chosen.connect(self.open_patient)
        patients.new_pressed.connect(self.new_patient)
        patient.back_pressed.connect(self.show_patients)
        patient.edit_pressed.connect(self._edit_patient)
        patient.consents_pressed.connect(self._presenter.open_consents)
        patient.course_new_pressed.connect(self._presenter.open_course)
        patient.course_edit_pressed.connect(self._presenter.open_course)
        patient.course_chosen.connect(self.choose_course)
        patient.session_new_pressed.connect(self.open_session)
        patient.photos_pressed.connect(self.import_photos)
        patient.folder_pressed.connect(self.import_folder)
        patient.compare_pressed.connect(self.compare)
        patient.timeline.session_opened.connect(self.open_session)
        patient.timeline.photo_picked.connect(self.pick)
        patient.timeline.photo_opened.connect(self.open_photo)
        patient.timeline.view_entered.connect(self._tell_view)
        patient.table.pictures_wanted.connect(self.want_pictures)
        self._view.files_dropped.connect(self.import_paths)

    def _find(self, words: str, tick: Tick) -> tuple[PatientLine, ...]:
        tick(0, 1)
        return self.library().patients(words)

    def _load(self, patient: Patient) -> None:
        work = partial(self._read, patient.id)
        self._jobs.start(_TIMELINE, work, done=self._show_patient, failed=self._fail_patient)

    def _read(self, patient_id: str, tick: Tick) -> Timeline:
        tick(0, 1)
        library = self.library()
        return library.timeline(library.find(Patient, patient_id))

    def _show_patient(self, timeline: Timeline) -> None:
        fresh = self._timeline is None or self._timeline.patient.id != timeline.patient.id
        self._timeline = timeline
        self._presenter.show(timeline)
        today = datetime.now(UTC).astimezone().date()
        patient = timeline.patient
        consents = tuple(
            (purpose.capitalize(), consent_words(timeline.consents, purpose, today))
            for purpose in Purpose
        )
        self._view.patient.show_heading(
            Heading(patient.code, patient.name, patient_words(patient, today), consents)
        )
        self._show_timeline()
        if fresh and not self._view.at_unlock:
            self._view.show_patient()

    def _show_timeline(self) -> None:
        told = self._timeline
        if told is None:
            return
        courses = [Course(one.id, *series_words(one, told)) for one in told.series]
        self._view.patient.show_courses(courses, self._course, len(told.sessions))
        sessions = [one for one in told.sessions if self._course in ("", one.series_id)]
        self._view.patient.show_sessions(told, sessions)
        chosen = self._photo(self._picked)
        self._pair = self._work.propose_pair(told, chosen)
        self._show_pair()

    def _show_pair(self) -> None:
        told = self._timeline
        if told is None:
            return
        if self._pair is None:
            words = "Two sessions of one view make a comparison." if told.photos else ""
            self._view.patient.show_pair(Chosen(), words)
            return
        before, after = self._pair
        words = f"Before: {photo_words(before, told)}.  After: {photo_words(after, told)}."
        self._view.patient.show_pair(Chosen(before.id, after.id), words)

    def _in_order(self, one: PhotoRecord, other: PhotoRecord) -> tuple[PhotoRecord, PhotoRecord]:
        when = {each.id: each.held_at for each in self._timeline.sessions} if self._timeline else {}
        first, second = sorted((one, other), key=lambda photo: when[photo.session_id])
        return first, second

    def _photo(self, photo_id: str) -> PhotoRecord | None:
        photos = self._timeline.photos if self._timeline else ()
        return next((one for one in photos if one.id == photo_id), None)

    def _next_pictures(self) -> None:
        photos = [photo for one in self._wanted[:_BATCH] if (photo := self._photo(one))]
        if not photos or self._library is None:
            self._wanted.clear()
            return
        work = partial(self._bring, photos)
        self._jobs.start(_PICTURES, work, done=self._show_pictures, failed=self._fail_pictures)

    def _bring(
        self, photos: Sequence[PhotoRecord], tick: Tick
    ) -> tuple[Mapping[str, bytes], Mapping[str, str]]:
        pictures: dict[str, bytes] = {}
        troubles: dict[str, str] = {}
        for done, photo in enumerate(photos):
            tick(done, len(photos))
            try:
                pictures[photo.id] = self._work.thumbnail(self.library(), photo)
            except MnimageError as error:
                troubles[photo.id] = str(error)
        return pictures, troubles

    def _show_pictures(self, brought: tuple[Mapping[str, bytes], Mapping[str, str]]) -> None:
        pictures, troubles = brought
        self._view.patient.show_pictures(pictures, troubles)
        self._wanted = [one for one in self._wanted if one not in pictures and one not in troubles]
        if self._wanted:
            self._next_pictures()

    def _fail_pictures(self, error: MnimageError) -> None:
        self._wanted.clear()
        self._tell(error)

    def _kept(self, patient: Patient) -> None:
        """Show a patient whose records were changed here."""
        self._load(patient)

    def _edit_patient(self) -> None:
        if self._timeline is not None and self._may_record():
            self._presenter.open_patient(self._timeline.patient)

    def _tell_view(self, photo_id: str, view: View | None) -> None:
        self._presenter.tell_view(photo_id, view)

    def _may_record(self) -> bool:
        """Say whether the user may add and change; tell why where not."""
        try:
            self._work.require_record(self.library())
        except MnimageError as error:
            self._tell(error)
            return False
        return True

    def _leave_patient(self) -> None:
        for lane in (_TIMELINE, _PICTURES):
            self._jobs.cancel(lane)
        self._wanted.clear()
        self._timeline = self._pair = None
        self._course = self._picked = ""
        self._presenter.show(None)
        self._view.patient.table.forget()

    def _put_away(self) -> None:
        library, self._library = self._library, None
        if library is not None:
            library.close()

    def _close_behind(self, library: Library) -> None:
        """Close a library that an import kept open behind the locked door."""
        if library is not self._library:
            library.close()

    def _fail_patient(self, error: MnimageError) -> None:
        self._tell(error)
        if isinstance(error, RecordUnusable):
            self.show_patients()

    def _tell(self, error: MnimageError) -> None:
        hint = error.hint
        if isinstance(error, EditConflict) and not hint:
            hint = "Close the form, look at it again, and repeat your change."
        self._view.show_error(str(error), hint)


def _rest_words(library: Library, minutes: int) -> str:
    return f"Library {library.folder.name} · locks after {minutes} minutes without a touch"
