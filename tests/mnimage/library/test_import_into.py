"""One road for window and command line: sources are walked once, files given as they land."""

from __future__ import annotations

import pytest

from mnimage.domain.imported import Status
from mnimage.domain.record import PhotoRecord
from mnimage.errors import RecordUnusable
from mnimage.library import intake
from mnimage.library.export import Order, export_patients
from mnimage.library.importing import patient_of
from mnimage.workflow.clinic import import_into
from tests.mnimage.library.test_importing import card


@pytest.fixture
def source(tmp_path):
    place = card(tmp_path / "card", 4)
    (place / "again.jpg").write_bytes((place / "IMG_0000.jpg").read_bytes())
    (place / "notes.txt").write_text("Dear doctor,")
    return place


def test_an_import_walks_its_sources_once(library, source, monkeypatch):
    walked, real = [], intake._walk
    monkeypatch.setattr(intake, "_walk", lambda *asked: walked.append(asked) or real(*asked))
    ticks, landed = [], []
    patient, _ = patient_of(library, "MN-1")
    done = import_into(
        library, [source], patient, lambda *tick: ticks.append(tick), landed=landed.append
    )
    assert len(walked) == 1
    assert ticks == [(number, 6) for number in range(7)]
    assert tuple(landed) == done.files
    assert [len(done.of(status)) for status in Status] == [4, 1, 1]
    assert {photo.id for photo in library.select(PhotoRecord)} == set(done.new_photos)
    assert not done.stopped


def test_a_stopped_import_says_so_and_keeps_what_landed(library, source):
    landed = []
    done = import_into(library, [source], None, stop=lambda: True, landed=landed.append)
    assert done.stopped
    assert tuple(landed) == done.files
    assert 0 < len(done.files) < 6
    assert {photo.id for photo in library.select(PhotoRecord)} >= set(done.new_photos)


def test_an_export_is_no_folder_of_photos(library, tmp_path):
    patient, _ = patient_of(library, "MN-1")
    export_patients(library, [patient], Order(tmp_path / "out"))
    with pytest.raises(RecordUnusable):
        import_into(library, [tmp_path / "out"], None)
