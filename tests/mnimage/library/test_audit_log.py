"""The trace: a change, a gap, a cut or a library set back shows."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import text

from mnimage.domain import record as kept
from mnimage.errors import NotAllowed
from mnimage.library import access, audit_log, database
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, reopen


def issues(folder):
    return verify_library(folder, "admin", WORD, lambda done, total: None)


def tamper(library, statement: str) -> None:
    """Do to the database what one with its key but not this program could."""
    with database.writing(library.engine) as connection:
        connection.execute(text(statement))


def test_every_action_has_its_line(library, filled):
    after = library.change(replace(filled.patient, notes="bled long"))
    library.read_original(filled.photo)
    library.read_original(filled.photo)
    library.timeline(after)
    library.remove(filled.photo)
    reported = [(entry.action, entry.kind) for entry in library.history(filled.patient)]
    assert reported == [
        ("added", "patient"),
        ("added", "session"),
        ("added", "photo"),
        ("changed", "patient"),
        ("seen", "patient"),
        ("deleted", "photo"),
    ]
    changed = library.history(filled.patient)[3]
    assert changed.details == {"notes": ["", "bled long"]}
    assert (changed.user, changed.subject_id) == ("admin", filled.patient.id)
    sequence = [entry.sequence for entry in library.history()]
    assert sequence == list(range(1, len(sequence) + 1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trace SET user = 'nobody' WHERE sequence = 2",
        "UPDATE trace SET at = '2020-01-01T00:00:00+00:00' WHERE sequence = 3",
        "UPDATE trace SET action = 'seen' WHERE sequence = 2",
        "UPDATE trace SET subject_id = '' WHERE sequence = 2",
        "UPDATE trace SET details = '{}' WHERE sequence = (SELECT max(sequence) FROM trace)",
        "UPDATE trace SET details = NULL WHERE sequence = 2",
        "DELETE FROM trace WHERE sequence = 1",
        "DELETE FROM trace WHERE sequence = 3",
        "DELETE FROM trace WHERE sequence = (SELECT max(sequence) FROM trace)",
        "DELETE FROM trace",
        "UPDATE trace SET sequence = 100 WHERE sequence = (SELECT max(sequence) FROM trace)",
    ],
)
def test_a_changed_trace_shows(library, filled, folder, statement):
    library.change(replace(filled.patient, notes="x"))
    assert issues(folder) == ()
    tamper(library, statement)
    assert {issue.kind for issue in issues(folder)} == {"trace"}


def test_a_cut_still_shows_after_work_went_on(library, filled, folder):
    tamper(library, "DELETE FROM trace WHERE sequence > 3")
    library.add(kept.Patient(code="AFTER-1"))
    library.close()
    with reopen(folder) as again:
        for number in range(6):
            again.add(kept.Patient(code=f"AFTER-2-{number}"))
    assert "trace" in {issue.kind for issue in issues(folder)}


def test_a_database_set_back_shows(library, folder):
    library.close()
    earlier = (folder / "library.db").read_bytes()
    with reopen(folder) as again:
        fill(again)
    (folder / "library.db").write_bytes(earlier)
    reported = issues(folder)
    assert {issue.kind for issue in reported if issue.grave} == {"trace"}
    with reopen(folder) as again:
        for number in range(12):
            again.add(kept.Patient(code=f"AFTER-{number}"))
    assert "trace" in {issue.kind for issue in issues(folder) if issue.grave}


@pytest.mark.parametrize("what", ["removed", "emptied", "flipped"])
def test_a_head_that_is_not_ours_shows(library, filled, folder, what):
    head = folder / audit_log.HEAD
    content = head.read_bytes()
    if what == "removed":
        head.unlink()
    elif what == "emptied":
        head.write_bytes(b"")
    else:
        head.write_bytes(content.replace(b'"sequence":', b'"sequence":1', 1))
    assert [issue.where for issue in issues(folder)] == [audit_log.HEAD]


def test_details_may_go_with_an_erasure_and_only_then(library, filled, folder):
    with library.changing() as changes:
        audit_log.empty_details(changes.connection, filled.patient.id)
    assert "trace" in {issue.kind for issue in issues(folder)}
    with library.changing() as changes:
        changes.note(audit_log.ERASED, filled.patient)
        audit_log.empty_details(changes.connection, filled.patient.id)
    assert issues(folder) == ()
    assert all(entry.details == {} for entry in library.history(filled.patient))


def test_a_head_left_behind_by_a_power_cut_is_no_issue(library, folder, tmp_path):
    behind = shutil.copyfile(folder / audit_log.HEAD, tmp_path / "head")
    fill(library)
    library.close()
    shutil.copyfile(behind, folder / audit_log.HEAD)
    assert issues(folder) == ()
    with reopen(folder) as again:
        again.add(kept.Patient(code="AFTER"))
    assert (folder / audit_log.HEAD).read_bytes() != behind.read_bytes()
    assert issues(folder) == ()


def test_a_head_taken_away_still_shows_after_work_went_on(library, filled, folder):
    library.close()
    (folder / audit_log.HEAD).unlink()
    with reopen(folder) as again:
        again.add(kept.Patient(code="AFTER"))
    assert [issue.where for issue in issues(folder)] == [audit_log.HEAD]


@pytest.mark.parametrize("what", ["lost", "spoilt", "cut"])
def test_an_administrator_takes_the_trace_up_anew_and_that_stays_in_it(library, folder, what):
    fill(library)
    if what == "cut":
        tamper(library, "DELETE FROM trace WHERE sequence > 2")
    library.close()
    if what == "lost":
        (folder / audit_log.HEAD).unlink()
    if what == "spoilt":
        (folder / audit_log.HEAD).write_bytes(b"{}")
    with reopen(folder) as again:
        assert [issue.kind for issue in again.accept_trace()] == ["trace"]
        again.add(kept.Patient(code="AFTER"))
        reported = [line for line in again.history() if line.action == "trace accepted"]
        assert len(reported[0].details["amiss"]) == 1
    assert issues(folder) == ()


def test_an_altered_entry_shows_though_the_trace_was_accepted(library, filled, folder):
    tamper(library, "UPDATE trace SET user = 'nobody' WHERE sequence = 2")
    library.accept_trace()
    assert {issue.where for issue in issues(folder)} == {"entry 2"}


def test_only_an_administrator_accepts(library, folder):
    access.add_user(library, "doc", kept.Role.CLINICIAN, "another long word")
    with reopen(folder, "doc", "another long word") as seen, pytest.raises(NotAllowed):
        seen.accept_trace()
