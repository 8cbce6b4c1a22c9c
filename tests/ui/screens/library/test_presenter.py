from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest

from mnimage.domain.photo import View
from mnimage.domain.record import Indication, PhotoRecord, Role, Series, Session
from mnimage.errors import AuthenticationFailed, NotAllowed
from mnimage.workflow import clinic

WORD = "correct horse battery"


def codes(stage):
    table = stage.view.patients.table
    return [table.patient(row).code for row in range(table.rowCount())]


def actions(stage):
    return [entry.action for entry in stage.presenter.library().history()]


def test_patients_are_found_by_code_and_name(entered):
    from mnimage.domain.record import Patient

    library = entered.presenter.library()
    library.add(Patient(code="A-1", name="Zoë Müller"), Patient(code="B-2", name="Anna Lang"))
    entered.presenter.search("")
    assert codes(entered) == ["A-1", "B-2"]
    entered.presenter.search("muller")
    assert codes(entered) == ["A-1"]
    entered.presenter.search("nobody")
    assert codes(entered) == []
    assert entered.view.patients._stack.currentWidget() is entered.view.patients._empty


def test_a_new_patient_is_added_and_shown(entered):
    entered.view.patients.new.click()
    form = entered.view.patient_form
    form.code.setText("0042")
    form.name.setText("Jane Example")
    form.save.click()
    assert not form.isVisible()
    assert entered.view.at_patient
    assert entered.presenter.library().patient("0042").name == "Jane Example"
    assert entered.view.patient._name.text() == "Jane Example"


def test_a_code_in_use_keeps_the_form_open(entered):
    entered.patient("0042")
    entered.presenter.show_patients()
    entered.view.patients.new.click()
    form = entered.view.patient_form
    form.code.setText("0042")
    form.save.click()
    assert form.isVisible()
    assert form.trouble
    form.reject()


def test_dropped_photos_become_sessions_with_thumbnails(entered):
    patient = entered.patient()
    paths = [
        entered.photo("march/a.png", "2026-03-12", 1),
        entered.photo("march/b.png", "2026-03-12", 2),
        entered.photo("september/c.png", "2026-09-03", 3),
    ]
    entered.view.files_dropped.emit(paths)
    table = entered.view.patient.table
    assert (table.rowCount(), table.columnCount()) == (2, 2)
    timeline = entered.presenter.library().timeline(patient)
    entered.presenter.request_thumbnails([one.id for one in timeline.photos])
    assert all(not table.thumbnail(one.id).isNull() for one in timeline.photos)
    assert entered.view.imports.words == "3 photos stored."


def test_broken_and_duplicate_files_are_listed(entered):
    entered.patient()
    first = entered.photo("a.png", "2026-03-12", 1)
    broken = entered.inbox / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 cut off")
    double = entered.inbox / "again.png"
    double.write_bytes(first.read_bytes())
    entered.view.files_dropped.emit([first, double, broken])
    dialog = entered.view.import_dialog
    assert dialog.isVisible()
    rows = [
        [dialog._table.item(row, column).text() for column in (0, 1)]
        for row in range(dialog._table.rowCount())
    ]
    assert rows == [["broken.jpg", "refused"], ["again.png", "already stored"]]
    assert entered.view.imports.words == "1 photo stored, 1 already stored, 1 refused."
    dialog.reject()


def test_a_stopped_import_continues_with_the_remaining_files(entered, monkeypatch):
    patient = entered.patient()
    paths = [entered.photo(f"{number}.png", "2026-03-12", number) for number in range(20)]
    real = clinic.import_into

    def stopped(library, paths, patient, tick, stop):
        return real(library, paths, patient, tick, lambda: True)

    monkeypatch.setattr(clinic, "import_into", stopped)
    entered.view.files_dropped.emit(paths)
    kept = len(entered.presenter.library().timeline(patient).photos)
    assert 0 < kept < 20
    dialog = entered.view.import_dialog
    assert not dialog._continue.isHidden()
    monkeypatch.setattr(clinic, "import_into", real)
    dialog._continue.click()
    assert len(entered.presenter.library().timeline(patient).photos) == 20
    assert "refused" not in entered.view.imports.words


def test_a_viewer_cannot_import_and_sees_why(entered, add_user):
    entered.patient()
    add_user("Vera", Role.VIEWER)
    entered.presenter.lock()
    entered.unlock("Vera")
    entered.presenter.open_patient(entered.presenter.library().patient("0042"))
    entered.view.files_dropped.emit([entered.photo("a.png", "2026-03-12")])
    assert "viewer may not add" in entered.view.toast.words
    assert "admin" in entered.view.toast._hint.text()
    entered.presenter.import_photos()
    entered.ask.photos.assert_not_called()
    assert entered.presenter.library().timeline(entered.presenter._timeline.patient).photos == ()
    assert not entered.view.patients.new.isEnabled()
    assert not entered.view.patient.course_new.isEnabled()


def test_an_export_of_a_library_is_not_imported_as_photos(entered, tmp_path):
    from mnimage.library.readback import is_export

    entered.patient()
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "library.json").write_text(
        '{"format": "mnimage export", "version": 1, "purpose": "record"}'
    )
    assert is_export(folder)
    entered.view.files_dropped.emit([folder])
    assert "exported from a library" in entered.view.toast.words


@pytest.fixture
def course(entered):
    """A patient with five photos: front in three sessions, left 45 in the last two."""
    patient = entered.patient()
    library = entered.presenter.library()
    first = datetime(2026, 1, 5, 9, tzinfo=UTC)
    kept = {}
    for number in range(3):
        session = Session(patient_id=patient.id, held_at=first + timedelta(days=30 * number))
        library.add(session)
        for view in (View.FRONT, View.LEFT_45)[: 1 + (number > 0)]:
            content = f"{number}{view}".encode()
            stored = library.keep_original([content])
            photo = PhotoRecord(
                patient_id=patient.id,
                session_id=session.id,
                sha256=stored.sha256,
                size=stored.size,
                view=view,
            )
            library.add(photo)
            kept[number, view] = photo
    entered.presenter.reload()
    entered.kept, entered.patient_id = kept, patient.id
    return entered


def pair_of(stage):
    chosen = stage.view.patient.table.chosen
    names = {photo.id: key for key, photo in stage.kept.items()}
    return names.get(chosen.before), names.get(chosen.after)


def test_pair_of_one_view_is_proposed_and_can_be_picked(course):
    assert pair_of(course) == ((0, View.FRONT), (2, View.FRONT))
    assert "Front, 5 Jan 2026" in course.view.patient._pair.text()
    course.presenter.pick(course.kept[2, View.LEFT_45].id, False)
    assert pair_of(course) == ((1, View.LEFT_45), (2, View.LEFT_45))
    course.presenter.pick(course.kept[1, View.FRONT].id, False)
    assert pair_of(course) == ((0, View.FRONT), (1, View.FRONT))
    course.presenter.pick(course.kept[0, View.FRONT].id, False)
    assert pair_of(course) == ((0, View.FRONT), (2, View.FRONT))

    course.presenter.pick(course.kept[2, View.FRONT].id, False)
    course.presenter.pick(course.kept[1, View.LEFT_45].id, True)
    assert pair_of(course) == ((1, View.LEFT_45), (2, View.FRONT))


def test_the_pair_belongs_to_the_course_that_is_shown(course):
    series = Series(patient_id=course.patient_id, indication=Indication.MELASMA)
    course.presenter.library().add(series)
    course.presenter.reload()
    course.presenter.choose_course(series.id)
    assert pair_of(course) == (None, None)
    assert not course.view.patient.compare.isEnabled()
    empty = course.view.patient._empty
    assert not empty.session_new.isHidden()
    assert empty.add.isHidden()
    course.presenter.choose_course("")
    assert pair_of(course) == ((0, View.FRONT), (2, View.FRONT))


def test_compare_passes_on_originals_that_the_open_library_reads(course):
    course.view.patient.compare.click()
    before, after = course.shell.compare.call_args.args
    assert before.read() == b"0front"
    assert after.read() == b"2front"
    assert "0042" in before.name
    assert before.taken_at.date().isoformat() == "2026-01-05"
    course.presenter.lock()
    with pytest.raises(AuthenticationFailed, match="locked"):
        before.read()
    course.unlock()
    assert before.read() == b"0front"


def test_viewing_and_a_report_are_in_the_audit_log(course):
    course.view.patient.compare.click()
    before, after = course.shell.compare.call_args.args
    assert "seen" in actions(course)
    before.leave("0042.pdf")
    after.leave("0042.pdf")
    assert actions(course).count("exported") == 2
    timeline = course.presenter.library().timeline(course.presenter._timeline.patient)
    assert {one.photo_id for one in timeline.disclosures} == {
        course.kept[0, View.FRONT].id,
        course.kept[2, View.FRONT].id,
    }


def test_a_viewer_cannot_export_a_report(course, add_user):
    add_user("Vera", Role.VIEWER)
    course.presenter.lock()
    course.unlock("Vera")
    course.presenter.open_patient(course.presenter.library().patient("0042"))
    course.view.patient.compare.click()
    before, _ = course.shell.compare.call_args.args
    assert before.read() == b"0front"
    with pytest.raises(NotAllowed):
        before.leave("0042.pdf")


def test_a_photo_that_cannot_be_decoded_shows_why(course):
    photo = course.kept[0, View.FRONT]
    course.presenter.request_thumbnails([photo.id])
    assert course.view.patient.table.error(photo.id)


def test_the_view_of_a_photo_can_be_set_by_hand(course):
    photo = course.kept[0, View.FRONT]
    course.view.patient.timeline.view_entered.emit(photo.id, View.RIGHT_90)
    changed = course.presenter.library().find(PhotoRecord, photo.id)
    assert changed.view is View.RIGHT_90
    course.view.patient.timeline.view_entered.emit(photo.id, None)
    assert course.presenter.library().find(PhotoRecord, photo.id).view is None


def test_locking_hides_everything_and_unlocking_returns(course):
    course.presenter.lock()
    course.shell.cover.assert_called_with(covered=True)
    course.shell.lock_after.assert_called_with(None)
    assert course.view.at_unlock
    with pytest.raises(AuthenticationFailed):
        course.presenter.library()
    course.unlock()
    course.shell.cover.assert_called_with(covered=False)
    course.shell.lock_after.assert_called_with(10)
    assert course.view.at_patient
    assert course.presenter._timeline.patient.code == "0042"
    course.shell.forget.assert_not_called()


def test_another_user_sees_nothing_of_the_previous_one(course, add_user):
    add_user("Vera", Role.CLINICIAN)
    course.shell.forget.reset_mock()
    course.presenter.lock()
    course.unlock("Vera")
    assert not course.view.at_patient
    course.shell.forget.assert_called_once()
    assert course.presenter._timeline is None


def test_a_running_import_ends_before_the_library_is_closed(course, monkeypatch, held_jobs):
    library = course.presenter.library()
    closed = Mock(wraps=library.close)
    monkeypatch.setattr(library, "close", closed)
    course.presenter._imports._jobs = held_jobs
    course.view.files_dropped.emit([course.photo("a.png", "2026-05-01")])
    course.presenter.lock()
    closed.assert_not_called()
    assert course.view.at_unlock
    work, done, _ = held_jobs.held["import"]
    done(work(lambda *_: None))
    work, done, _ = held_jobs.held["views"]
    done(work(lambda *_: None))
    closed.assert_called_once()
    assert course.view.at_unlock
    course.presenter._imports._jobs = course.jobs
    course.unlock()
    assert len(course.presenter._timeline.photos) == 6


def test_the_idle_time_is_stored_and_used_at_once(entered):
    entered.presenter.set_idle(2)
    entered.shell.lock_after.assert_called_with(2)
    assert entered.settings.idle_minutes == 2


def test_an_erased_patient_leads_back_to_the_list(entered):
    from mnimage.domain.record import Patient

    entered.presenter.open_patient(Patient(code="gone"))
    assert "no longer there" in entered.view.toast.words
    assert not entered.view.at_patient
