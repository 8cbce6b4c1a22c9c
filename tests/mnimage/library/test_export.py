from __future__ import annotations

import csv
import hashlib
import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import cv2
import numpy as np
import pytest

from mnimage.domain import record as kept
from mnimage.domain.imported import Status
from mnimage.domain.scales import Rater, ScaleName
from mnimage.domain.scorecard import Mode
from mnimage.errors import NotAllowed, RecordUnusable
from mnimage.exports.tables import csv_table
from mnimage.library import access, export
from mnimage.library.export import Order, clinic_day, export_patients, schema
from mnimage.library.opening import create_library, open_library
from mnimage.library.readback import is_export, read_export
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, moved, store
from tests.mnimage.library.test_importing import jpeg

TODAY = datetime.now(UTC).date()


def full(library, code: str = "MN-1", seed: int = 1):
    """Add a patient with at least one record of every kind; return it and its photos."""
    patient = kept.Patient(
        code=code, name="=Zoë; “Van\nder” Meulen", birth_date=date(1988, 3, 14), notes="\u202e x"
    )
    series = kept.Series(patient_id=patient.id, indication=kept.Indication.ACNE_SCARS)
    session = kept.Session(
        patient_id=patient.id,
        series_id=series.id,
        held_at=datetime(2026, 5, 4, 9, tzinfo=UTC),
        screening=(kept.Screened(asked=kept.Contraindication.HERPES, answer=kept.Answer.NO),),
        treatment=kept.Treatment(
            device="Pen", zones=(kept.ZoneTreatment(zone="nose", depth_mm=0.1 + 0.2),), pain=3.5
        ),
    )
    library.add(patient, series, session)
    photos = [
        store(library, session, jpeg(seed + place), file_name=f"../{place}.jpg", zone="nose",
              light=(0.1, 0.2, 1 / 3), taken_at=session.held_at + timedelta(days=place))
        for place in range(3)
    ]  # fmt: skip
    form = library.keep_original([jpeg(seed + 90)])
    mine = {"patient_id": patient.id}
    library.add(
        kept.Measurement(**mine, photo_id=photos[0].id, region_name="nose", metric="redness_hi",
                           value=1 / 3, unit="HI", uncertainty=1e-9, mode=Mode.FLAT,
                           recipe="r1", program="mnimage"),
        kept.Rating(**mine, session_id=session.id, scale=ScaleName.CEA, rater=Rater.CLINICIAN,
                    value=2),
        kept.AdverseEvent(**mine, session_id=session.id, event=kept.Event.SWELLING,
                          noticed_on=date(2026, 5, 5)),
        kept.Consent(**mine, purpose=kept.Purpose.TEACHING, given_on=date(2026, 5, 1),
                     photo_ids=(photos[1].id,), signed_sha256=form.sha256),
        kept.Consent(**mine, purpose=kept.Purpose.MARKETING, given_on=date(2026, 5, 1),
                     withdrawn_on=date(2026, 6, 1)),
    )  # fmt: skip
    return patient, photos


def plain(timeline: kept.Timeline) -> dict[str, list[object]]:
    """Return every record with its count of changes set aside: that begins anew."""
    reported = {"patient": [replace(timeline.patient, version=1)]}
    for name in ("series", "sessions", "photos", "measurements", "ratings", "events", "consents",
                 "disclosures"):  # fmt: skip
        rows = (replace(one, version=1) for one in getattr(timeline, name))
        reported[name] = sorted(rows, key=lambda one: one.id)
    return reported


def test_out_and_in_again_loses_nothing(library, tmp_path):
    people = [full(library, "MN-1", 1), full(library, "../MN 2/é", 200)]
    library.change(replace(people[0][0], medication="isotretinoin"))
    done = export_patients(library, [library.patient(p.code) for p, _ in people],
                           Order(tmp_path / "out"))  # fmt: skip
    assert (done.patients, done.photos, done.notes) == (2, 6, [])
    other, _ = create_library(tmp_path / "other", WORD)
    with other:
        reported = list(read_export(other, tmp_path / "out"))
        assert [one.status for one in reported] == [Status.STORED] * 6
        for patient, photos in people:
            here = library.timeline(library.patient(patient.code))
            there = other.timeline(other.patient(patient.code))
            assert plain(there) == plain(here)
            assert all(plain(here).values())
            for photo in photos:
                assert other.read_original(photo) == library.read_original(photo)
            assert all(other.knows(one.signed_sha256) for one in here.consents if one.signed_sha256)
        again = list(read_export(other, tmp_path / "out"))
        assert {one.status for one in again} == {Status.KNOWN}
        assert len(other.select(kept.Rating)) == 2
    assert not verify_library(tmp_path / "other", "admin", WORD, lambda *_: None)


def test_open_files_can_be_read_without_this_program(library, tmp_path):
    patient, photos = full(library)
    export_patients(library, [patient], Order(tmp_path / "out"))
    folder = next((tmp_path / "out" / "patients").iterdir())
    originals = sorted((folder / "originals").iterdir())
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in originals} == {
        photo.sha256 for photo in photos
    }
    for path in originals:
        seen = cv2.imread(str(folder / "png" / f"{path.stem}.png"))
        assert np.array_equal(seen, cv2.imread(str(path)))
    reported = json.loads((folder / "patient.json").read_text("utf-8"))
    assert reported["patient"]["name"] == patient.name
    with (folder / "photos.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["zone"] for row in csv.DictReader(file)] == ["nose"] * 3
    history = json.loads((folder / "history.json").read_text("utf-8"))["history"]
    assert "exported" in {line["action"] for line in history}
    assert json.loads((tmp_path / "out" / "schema.json").read_text()) == schema()
    assert set(reported) == set(schema()["properties"])


def test_names_of_an_export_are_harmless(library, tmp_path):
    for place, code in enumerate(("../../x", "CON", "a/b", "a\\b", "~", "x" * 64)):
        full(library, code, 1 + 100 * place)
    people = [line.patient for line in library.patients()]
    export_patients(library, people, Order(tmp_path / "out", png=False))
    names = [path.name for path in (tmp_path / "out").rglob("*")]
    assert all(name.isascii() and not set(name) & set('<>:"/\\|?*\n') for name in names)
    assert len(list((tmp_path / "out" / "patients").iterdir())) == 6
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("clinic", "out")] == []


def test_only_what_was_consented_to_leaves(library, tmp_path):
    patient, photos = full(library)
    done = export_patients(
        library, [patient], Order(tmp_path / "out", kept.Purpose.TEACHING, "Dr. Lund's class")
    )
    assert (done.photos, done.withheld) == (1, 2)
    pictures = list((tmp_path / "out").rglob("*.png"))
    assert [path.read_bytes() for path in pictures] == [
        export._png(library.read_original(photos[1]))
    ]
    everything = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file())
    words = (patient.code, "Meulen", "1988", "2026-05", patient.id, photos[1].sha256, "Exif")
    assert [
        word for word in words if word.encode() in everything.replace(b"exported_at", b"")
    ] == []
    reported = library.select(kept.Disclosure)
    assert [(one.photo_id, one.purpose, one.to) for one in reported] == [
        (photos[1].id, kept.Purpose.TEACHING, "Dr. Lund's class")
    ]
    consent = library.find(kept.Consent, reported[0].consent_id)
    assert consent.purpose is kept.Purpose.TEACHING
    assert reported[0].sha256 == hashlib.sha256(pictures[0].read_bytes()).hexdigest()
    assert "exported" in {line.action for line in library.history(patient)}


@pytest.mark.parametrize("purpose", [kept.Purpose.MARKETING, kept.Purpose.PUBLICATION])
def test_without_a_consent_that_holds_nothing_leaves(library, tmp_path, purpose):
    patient, _ = full(library)
    with pytest.raises(NotAllowed, match="consent"):
        export_patients(library, [patient], Order(tmp_path / "out", purpose))
    assert list((tmp_path / "out").iterdir()) == []
    assert library.select(kept.Disclosure) == ()


def test_a_whole_record_is_noted_too(library, tmp_path):
    patient, _ = full(library)
    export_patients(library, [patient], Order(tmp_path / "out", png=False))
    reported = library.select(kept.Disclosure)
    assert [(one.photo_id, one.purpose, one.to) for one in reported] == [
        (None, kept.Purpose.RECORD, str(tmp_path / "out"))
    ]


def test_an_assistant_exports_nothing(library, folder, tmp_path):
    patient, _ = full(library)
    access.add_user(library, "sam", kept.Role.ASSISTANT, "another long word")
    with open_library(folder, "sam", "another long word") as seen, pytest.raises(NotAllowed):
        export_patients(seen, [patient], Order(tmp_path / "out"))


def test_an_export_goes_neither_over_anything_nor_into_the_library(library, folder, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("all of it")
    for place in (tmp_path / "out", folder / "vault", folder):
        with pytest.raises(RecordUnusable):
            export_patients(library, [], Order(place))


def spoiled(library, tmp_path, change):
    """Export one patient, change its JSON, read it into another library."""
    patient, _ = full(library)
    export_patients(library, [patient], Order(tmp_path / "out", png=False))
    path = next((tmp_path / "out").rglob("patient.json"))
    reported = json.loads(path.read_text("utf-8"))
    change(reported, path)
    path.write_text(json.dumps(reported), "utf-8")
    other, _ = create_library(tmp_path / "other", WORD)
    return other, list(read_export(other, tmp_path / "out"))


@pytest.mark.parametrize(
    "change",
    [
        lambda reported, path: reported["patient"].update(birth_date="soon"),
        lambda reported, path: reported["photos"][0].update(patient_id="0" * 32),
        lambda reported, path: reported["photos"][0].update(sha256="../../../etc/passwd"),
        lambda reported, path: reported.clear(),
    ],
)
def test_an_altered_record_is_refused_whole(library, tmp_path, change):
    other, reported = spoiled(library, tmp_path, change)
    with other:
        assert [one.status for one in reported] == [Status.REFUSED]
        assert other.patients() == ()


def test_an_altered_original_is_refused_and_the_rest_go_on(library, tmp_path):
    def change(reported, path):
        photo = next(iter((path.parent / "originals").iterdir()))
        photo.write_bytes(photo.read_bytes()[:-1] + b"\0")

    other, reported = spoiled(library, tmp_path, change)
    with other:
        assert sorted(one.status for one in reported if "originals" in one.file) == [
            "refused",
            "stored",
            "stored",
        ]
        assert len(other.select(kept.PhotoRecord)) == 2


def test_another_patient_of_the_same_code_is_not_written_over(library, tmp_path):
    patient, _ = full(library)
    export_patients(library, [patient], Order(tmp_path / "out", png=False))
    other, _ = create_library(tmp_path / "other", WORD)
    with other:
        other.add(kept.Patient(code=patient.code, name="Someone else"))
        reported = list(read_export(other, tmp_path / "out"))
        assert "has this code" in reported[0].reason
        assert other.patient(patient.code).name == "Someone else"


def test_a_size_that_lies_is_set_right(library, tmp_path):
    other, reported = spoiled(
        library, tmp_path, lambda reported, path: reported["photos"][0].update(size=1)
    )
    with other:
        assert {one.status for one in reported} == {Status.STORED}
    assert not verify_library(tmp_path / "other", "admin", WORD, lambda *_: None)


def test_a_folder_of_photos_is_no_export(tmp_path):
    (tmp_path / "library.json").write_text("[" * 100_000)
    assert not is_export(tmp_path)
    assert not is_export(tmp_path / "nowhere")


def test_a_table_holds_no_formula():
    reported = csv_table([{"name": "=cmd()", "zone": {"a": -1.5, "b": "+1"}, "list": [1]}]).decode()
    assert reported.splitlines()[1] == "'=cmd(),-1.5,'+1,[1]"


@pytest.mark.parametrize(
    ("change", "stored"),
    [
        (lambda reported, path: reported["photos"][0].update(session_id="f" * 32), 2),
        (lambda reported, path: reported["ratings"][0].update(id="../../x"), 3),
    ],
)
def test_one_record_that_fits_nowhere_is_refused_and_the_rest_go_on(
    library, tmp_path, change, stored
):
    other, reported = spoiled(library, tmp_path, change)
    with other:
        assert [one.status for one in reported].count(Status.STORED) == stored
        assert [one.status for one in reported].count(Status.REFUSED) >= 1
        assert len(other.select(kept.PhotoRecord)) == stored
    assert not verify_library(tmp_path / "other", "admin", WORD, lambda *_: None)


def test_a_photo_that_was_moved_goes_out_and_in_again(library, tmp_path):
    _, owner = moved(library)
    export_patients(library, [owner], Order(tmp_path / "out", png=False))
    other, _ = create_library(tmp_path / "other", WORD)
    with other:
        reported = list(read_export(other, tmp_path / "out"))
        assert [one.status for one in reported] == [Status.STORED]
        assert len(other.timeline(owner).measurements) == 1
        assert len(other.timeline(owner).disclosures) == 2


def test_photos_whose_cameras_show_no_zone_may_leave_beside_others(library, tmp_path):
    patient, photos = full(library)
    bare = replace(photos[1], taken_at=datetime(2026, 5, 4, 10))  # noqa: DTZ001 - as cameras do
    library.change(bare)
    order = Order(tmp_path / "out", kept.Purpose.TEACHING, "class")
    assert export_patients(library, [patient], order).photos == 1


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the clock's zone is set as POSIX does")
def test_a_consent_is_withdrawn_by_the_clinics_calendar(library, tmp_path, monkeypatch):
    """Where the clinic's day is ahead of UTC, and the consent was withdrawn this morning."""
    patient, _ = full(library)
    zone = "AHEAD-24" if datetime.now(UTC).hour < 1 else "AHEAD-23"
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        here = clinic_day()
        assert here > datetime.now(UTC).date()
        for consent in library.select(kept.Consent):
            if consent.purpose is kept.Purpose.TEACHING:
                library.change(replace(consent, withdrawn_on=here))
        with pytest.raises(NotAllowed, match="consent"):
            export_patients(library, [patient], Order(tmp_path / "out", kept.Purpose.TEACHING))
    time.tzset()
