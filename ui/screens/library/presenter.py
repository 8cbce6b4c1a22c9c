"""What the library's screen does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mnimage.domain.record import Patient, Purpose, Role
from mnimage.errors import AuthenticationFailed, EditConflict, MnimageError, RecordUnusable
from mnimage.words.message import NOTHING, message
from ui.screens.library.import_presenter import ImportPresenter, ImportWork
from ui.screens.library.login_presenter import LoginPresenter, LoginWork
from ui.screens.library.record_presenter import RecordPresenter, RecordWork
from ui.screens.library.record_values import value_name, value_title
from ui.screens.library.shown import Chosen, Course, Heading
from ui.screens.library.words import (
    consent_words,
    label_words,
    medical_words,
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
    from mnimage.words.message import Message
    from mnimage.workflow.clinic import Rights
    from ui.jobs import Jobs
    from ui.screens.library.local_settings import LocalSettings
    from ui.screens.library.view import LibraryView
    from ui.screens.screen import Shell
    from ui.widgets.file_dialogs import FileDialogs

_LIST, _TIMELINE, _THUMBNAILS = "patients", "timeline", "thumbnails"
_BATCH = 2
"""Thumbnails of one job: few, so that the first appear soon."""


class ClinicWork(LoginWork, ImportWork, RecordWork, Protocol):
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
        """Return the two photos that are best compared."""

    def original_of(
        self,
        photo: PhotoRecord,
        name: str,
        timeline: Timeline,
        library: Callable[[], Library],
    ) -> Original:
        """Return a photo of the library to be compared."""


class LibraryPresenter:
    """Opens the library, shows patients and their photos, imports photos, has them compared."""

    def __init__(
        self,
        view: LibraryView,
        work: ClinicWork,
        jobs: Jobs,
        ask: FileDialogs,
        settings: LocalSettings,
        shell: Shell,
    ) -> None:
        self._view, self._work, self._jobs, self._ask = view, work, jobs, ask
        self._settings, self._shell = settings, shell
        self._library: Library | None = None
        self._rights: Rights | None = None
        self._timeline: Timeline | None = None
        self._course = ""
        self._picked = ""
        self._pair: tuple[PhotoRecord, PhotoRecord] | None = None
        self._wanted: list[str] = []
        self._locked_for = ""
        self._login = LoginPresenter(view.unlock_page, work, jobs, ask, settings, self.enter)
        self._imports = ImportPresenter(view, work, jobs, self.reload)
        self._records = RecordPresenter(view, work, jobs, self.library, self._load)
        self._connect()
        self._login.begin()

    def library(self) -> Library:
        """Return the open library; raises `AuthenticationFailed` while it is locked."""
        if self._library is None:
            raise AuthenticationFailed(message("ui_library.locked"))
        return self._library

    # Unlocking

    def enter(self, library: Library, trouble: Message = NOTHING) -> None:
        """Show an opened library: where its user was before, or the patients."""
        rights = self._work.rights(library)
        same_user = self._locked_for == f"{library.folder}/{rights.user}"
        self._library, self._rights = library, rights
        self._locked_for = ""
        self._view.patients.allow_changes(allowed=rights.record)
        self._view.patient.allow(record=rights.record, treat=rights.treat)
        self._shell.lock_after(self._settings.idle_minutes)
        self._shell.show_user(_user_words(rights))
        self._imports.show_idle(_idle_words(library, self._settings.idle_minutes))
        if same_user:
            self._view.show_behind()
            self.reload()
        else:
            self._leave_patient()
            self._imports.forget()
            self._shell.forget()
            self._view.show_patients()
        self._shell.cover(covered=False)
        self.search(self._view.patients.search.text())
        if trouble:
            self._view.show_error(trouble, message("ui_library.unlock_by_passphrase"))

    def lock(self) -> None:
        """Hide everything and close the library; a running import ends first."""
        library = self._library
        if library is None or self._rights is None:
            return
        user = self._rights.user
        self._locked_for = f"{library.folder}/{user}"
        self._shell.lock_after(None)
        self._shell.show_user("")
        self._shell.cover(covered=True)
        self._view.show_unlock()
        self._login.ask_passphrase(user, locked=True)
        for lane in (_LIST, _TIMELINE, _THUMBNAILS):
            self._jobs.cancel(lane)
        self._wanted.clear()
        if self._imports.busy:
            self._imports.after = partial(self._close_behind, library)
            self._library = None
        else:
            self._close_library()

    def close(self) -> None:
        """Close the library, at the end of the program."""
        self._login.close()
        self._imports.finish()
        self._close_library()

    def set_idle(self, minutes: int) -> None:
        """Lock after so many minutes without input, from now on."""
        self._settings.idle_minutes = minutes
        self._view.show_idle_minutes(minutes)
        if self._library is not None:
            self._shell.lock_after(minutes)
            self._imports.show_idle(_idle_words(self._library, minutes))

    # Patients

    def search(self, words: str) -> None:
        """Find patients."""
        if self._library is None:
            return
        work = partial(self._find, words)
        self._jobs.start(_LIST, work, done=self._view.patients.show_lines, failed=self._show_error)

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
        """Open the form of a new patient."""
        if self._may_record():
            self._records.open_patient(None)

    # One patient

    def reload(self) -> None:
        """Show what changed of the patient that is open."""
        if self._timeline is not None and self._library is not None:
            self._load(self._timeline.patient)

    def choose_course(self, series_id: str) -> None:
        """Show the sessions of one course, or all."""
        self._course, self._picked = series_id, ""
        self._show_timeline()

    def pick(self, photo_id: str, joins: bool) -> None:
        """Propose a pair with a photo, or pair it with the one that was picked before."""
        photo, first = self._photo(photo_id), self._photo(self._picked)
        if photo is None or self._timeline is None:
            return
        if joins and first is not None and first.id != photo.id:
            self._pair = self._in_order(first, photo)
        else:
            self._picked = photo_id
            self._pair = self._work.propose_pair(self._of_course(self._timeline), photo)
        self._show_pair()

    def compare(self) -> None:
        """Have the two photos compared."""
        timeline = self._timeline
        if self._pair is None or timeline is None:
            return
        names = [label_words(photo, timeline) for photo in self._pair]
        if names[0] == names[1]:
            names = [f"{name} {place}" for name, place in zip(names, "12", strict=True)]
        before, after = (
            self._work.original_of(photo, name, timeline, self.library)
            for photo, name in zip(self._pair, names, strict=True)
        )
        self._shell.compare(before, after)

    def open_photo(self, photo_id: str) -> None:
        """Compare the pair that a photo makes."""
        if self._pair is not None and photo_id in (one.id for one in self._pair):
            self.compare()

    def request_thumbnails(self, photo_ids: Sequence[str]) -> None:
        """Load thumbnails of photos, those requested last first."""
        running = bool(self._wanted)
        self._wanted = [*photo_ids, *(one for one in self._wanted if one not in photo_ids)]
        if not running:
            self._next_thumbnails()

    # Import

    def import_photos(self) -> None:
        """Ask for photos and import them."""
        if self._may_record() and (
            paths := self._ask.photos(str(message("ui_library.choose_photos")))
        ):
            self.import_paths(paths)

    def import_folder(self) -> None:
        """Ask for a folder and import its photos."""
        title = message("ui_library.choose_photo_folder")
        if self._may_record() and (path := self._ask.folder(str(title))):
            self.import_paths([path])

    @property
    def importing(self) -> bool:
        """Whether an import is running."""
        return self._imports.busy

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Import photos of the patient that is shown."""
        if self._timeline is None or self._library is None or not self._may_record():
            return
        if not paths:
            no_files = message("ui_library.not_on_disk")
            self._view.show_error(no_files, no_files.hint)
            return
        self._imports.begin(self._library, self._timeline.patient, paths)

    def open_session(self, session_id: str = "") -> None:
        """Open the form of a session, or of a new one."""
        if self._rights is not None:
            self._records.open_session(self._rights, session_id, self._course)

    # Inside

    def _connect(self) -> None:
        view, patients, patient = self._view, self._view.patients, self._view.patient
        view.home_pressed.connect(self.show_patients)
        view.patient_new_pressed.connect(self.new_patient)
        view.import_pressed.connect(self.import_photos)
        view.lock_pressed.connect(self.lock)
        view.idle_chosen.connect(self.set_idle)
        view.files_dropped.connect(self.import_paths)
        view.show_idle_minutes(self._settings.idle_minutes)
        patients.search_changed.connect(self.search)
        patients.patient_chosen.connect(self.open_patient)
        patients.new_pressed.connect(self.new_patient)
        patient.back_pressed.connect(self.show_patients)
        patient.edit_pressed.connect(self._edit_patient)
        patient.consents_pressed.connect(self._records.open_consents)
        patient.course_new_pressed.connect(self._records.open_course)
        patient.course_edit_pressed.connect(self._records.open_course)
        patient.course_chosen.connect(self.choose_course)
        patient.session_new_pressed.connect(self.open_session)
        patient.photos_pressed.connect(self.import_photos)
        patient.folder_pressed.connect(self.import_folder)
        patient.compare_pressed.connect(self.compare)
        patient.timeline.session_opened.connect(self.open_session)
        patient.timeline.photo_picked.connect(self.pick)
        patient.timeline.photo_opened.connect(self.open_photo)
        patient.timeline.view_entered.connect(self._set_view)
        patient.table.thumbnails_wanted.connect(self.request_thumbnails)

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
        self._records.show(timeline)
        today = datetime.now(UTC).astimezone().date()
        patient = timeline.patient
        consents = tuple(
            (value_title(purpose), str(consent_words(timeline.consents, purpose, today)))
            for purpose in Purpose
        )
        self._view.patient.show_heading(
            Heading(
                patient.code,
                patient.name,
                patient_words(patient, today),
                medical_words(patient),
                consents,
            )
        )
        self._show_timeline()
        if fresh and not self._view.at_unlock:
            self._view.show_patient()

    def _show_timeline(self) -> None:
        timeline = self._timeline
        if timeline is None:
            return
        courses = [Course(one.id, *series_words(one, timeline)) for one in timeline.series]
        self._view.patient.show_courses(courses, self._course, len(timeline.sessions))
        shown = self._of_course(timeline)
        self._view.patient.show_sessions(timeline, shown.sessions)
        chosen = self._photo(self._picked)
        self._pair = self._work.propose_pair(shown, chosen)
        self._show_pair()

    def _of_course(self, timeline: Timeline) -> Timeline:
        """Return the sessions and photos of the course that is shown, or all."""
        sessions = tuple(one for one in timeline.sessions if self._course in ("", one.series_id))
        ids = {one.id for one in sessions}
        photos = tuple(one for one in timeline.photos if one.session_id in ids)
        return replace(timeline, sessions=sessions, photos=photos)

    def _show_pair(self) -> None:
        timeline = self._timeline
        if timeline is None:
            return
        if self._pair is None:
            none = message("ui_library.no_pair") if self._of_course(timeline).photos else NOTHING
            self._view.patient.show_pair(Chosen(), none)
            return
        before, after = self._pair
        words = message(
            "ui_library.pair",
            before=photo_words(before, timeline),
            after=photo_words(after, timeline),
        )
        self._view.patient.show_pair(Chosen(before.id, after.id), words)

    def _in_order(self, one: PhotoRecord, other: PhotoRecord) -> tuple[PhotoRecord, PhotoRecord]:
        when = {each.id: each.held_at for each in self._timeline.sessions} if self._timeline else {}
        first, second = sorted((one, other), key=lambda photo: when[photo.session_id])
        return first, second

    def _photo(self, photo_id: str) -> PhotoRecord | None:
        photos = self._timeline.photos if self._timeline else ()
        return next((one for one in photos if one.id == photo_id), None)

    def _next_thumbnails(self) -> None:
        photos = [photo for one in self._wanted[:_BATCH] if (photo := self._photo(one))]
        if not photos or self._library is None:
            self._wanted.clear()
            return
        work = partial(self._thumbnails, photos)
        self._jobs.start(
            _THUMBNAILS, work, done=self._show_thumbnails, failed=self._fail_thumbnails
        )

    def _thumbnails(
        self, photos: Sequence[PhotoRecord], tick: Tick
    ) -> tuple[Mapping[str, bytes], Mapping[str, str]]:
        thumbnails: dict[str, bytes] = {}
        errors: dict[str, str] = {}
        for done, photo in enumerate(photos):
            tick(done, len(photos))
            try:
                thumbnails[photo.id] = self._work.thumbnail(self.library(), photo)
            except MnimageError as error:
                errors[photo.id] = str(error)
        return thumbnails, errors

    def _show_thumbnails(self, loaded: tuple[Mapping[str, bytes], Mapping[str, str]]) -> None:
        thumbnails, errors = loaded
        self._view.patient.show_thumbnails(thumbnails, errors)
        self._wanted = [one for one in self._wanted if one not in thumbnails and one not in errors]
        if self._wanted:
            self._next_thumbnails()

    def _fail_thumbnails(self, error: MnimageError) -> None:
        self._wanted.clear()
        self._show_error(error)

    def _edit_patient(self) -> None:
        if self._timeline is not None and self._may_record():
            self._records.open_patient(self._timeline.patient)

    def _set_view(self, photo_id: str, view: View | None) -> None:
        self._records.set_view(photo_id, view)

    def _may_record(self) -> bool:
        """Return whether the user may add and change records; show why where not."""
        try:
            self._work.require_record(self.library())
        except MnimageError as error:
            self._show_error(error)
            return False
        return True

    def _leave_patient(self) -> None:
        for lane in (_TIMELINE, _THUMBNAILS):
            self._jobs.cancel(lane)
        self._wanted.clear()
        self._timeline = self._pair = None
        self._course = self._picked = ""
        self._records.show(None)
        self._view.patient.table.forget()

    def _close_library(self) -> None:
        library, self._library = self._library, None
        if library is not None:
            library.close()

    def _close_behind(self, library: Library) -> None:
        """Close a library that an import kept open while the window was locked."""
        if library is not self._library:
            library.close()

    def _fail_patient(self, error: MnimageError) -> None:
        self._show_error(error)
        if isinstance(error, RecordUnusable):
            self.show_patients()

    def _show_error(self, error: MnimageError) -> None:
        hint: Message | str = error.hint
        if isinstance(error, EditConflict) and not hint:
            hint = message("ui_library.close_and_repeat")
        self._view.show_error(str(error), hint)


def _user_words(rights: Rights) -> str:
    """Return who has the library open; the role is left out where the user is named after it."""
    if rights.user == rights.role:
        return rights.user
    role = value_name(Role(rights.role))
    return str(message("ui_library.user_and_role", user=rights.user, role=role))


def _idle_words(library: Library, minutes: int) -> Message:
    return message("ui_library.locks_after", library=library.folder.name, minutes=minutes)
