"""Photos of a library are measured, kept, found again, and measured anew by another recipe."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from mnimage.commands.root import run
from mnimage.domain import recipe as recipes
from mnimage.domain import record as kept
from mnimage.domain.metrics import METRICS
from mnimage.domain.photo import View
from mnimage.domain.recipe import Recipe
from mnimage.library import keys
from mnimage.library.opening import create_library, open_library
from mnimage.phantom.face import make_face, shoot_face
from mnimage.phantom.files import write_photo
from mnimage.phantom.render import Shot
from mnimage.workflow.clinic import save_records
from mnimage.workflow.measure import measure_patient, missing
from mnimage.workflow.measurements import DAYS

WORD = "correct horse battery"
SHAPE = (1100, 800)


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch):
    monkeypatch.setattr(keys, "COST", keys.Cost(memory_kib=64, passes=1, lanes=1))
    monkeypatch.setenv("MNIMAGE_PASSPHRASE", WORD)


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    """Two photos of one face, a third that no program can read."""
    face = make_face(seed=3, shape=SHAPE)
    folder = tmp_path_factory.mktemp("photos")
    shots = [shoot_face(face, Shot(seed=seed)) for seed in (1, 2)]
    paths = [write_photo(folder / f"{place}.jpg", shot) for place, shot in enumerate(shots)]
    return [*(path.read_bytes() for path in paths), b"\xff\xd8 is no photo"]


@pytest.fixture
def clinic(tmp_path, contents):
    """A library with one patient: two sessions 28 days apart, and one broken photo."""
    library, _ = create_library(tmp_path / "clinic", WORD)
    patient = kept.Patient(code="MN-1", name="Wilhelmine Nachtigall")
    series = kept.Series(patient_id=patient.id, indication=kept.Indication.ACNE_SCARS)
    sessions = [
        kept.Session(
            patient_id=patient.id,
            series_id=series.id,
            held_at=datetime(2026, month, 4, tzinfo=UTC),
        )
        for month in (5, 6, 7)
    ]
    library.add(patient, series, *sessions)
    for session, content in zip(sessions, contents, strict=True):
        stored = library.vault.keep([content])
        with library.changing() as changes:
            changes.take(stored)
            changes.add(
                kept.PhotoRecord(
                    patient_id=patient.id,
                    session_id=session.id,
                    sha256=stored.sha256,
                    size=stored.size,
                    view=View.FRONT,
                    file_name="photo.jpg",
                )
            )
    with library:
        yield tmp_path / "clinic"


def printed(capsys, *arguments):
    assert run(["library", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_measurement_is_kept_and_shown_after_the_program_was_closed(clinic, capsys):
    done = printed(capsys, "measure", clinic)["measured"]
    assert done[0] | {"measurements": 0} == {
        "patient": "MN-1", "photos": 3, "pairs": 2, "failed": 2, "measurements": 0,
    }  # fmt: skip
    shown = printed(capsys, "show", clinic, "MN-1", "--measurements")["measurements"]
    assert len(shown) == done[0]["measurements"]
    assert {one["recipe"] for one in shown} == {Recipe().version}
    scores = {one["metric"] for one in shown} - {"failed_checks", "registration_error_px"}
    assert "redness_hi" in scores
    assert scores <= set(METRICS)
    pairs = [one for one in shown if one["baseline_id"] and one["value"] is not None]
    assert {one["verdict"] for one in pairs if one["metric"] in METRICS} >= {"within error"}
    assert all(len(one["inputs"]) == 2 for one in pairs)
    assert printed(capsys, "show", clinic, "MN-1")["measurements"] == []


def test_each_change_states_the_parts_of_its_error(clinic, capsys):
    printed(capsys, "measure", clinic)
    shown = printed(capsys, "show", clinic, "MN-1", "--measurements")["measurements"]
    changes = [one for one in shown if one["baseline_id"] and one["metric"] in METRICS]
    tested = [one for one in changes if one["uncertainty"] is not None]
    assert len(tested) > 20
    for one in tested:
        parts = np.hypot(np.sqrt(2) * one["session_error"], one["spatial_error"])
        assert one["uncertainty"] == pytest.approx(parts)
        assert one["mdc95"] == pytest.approx(1.96 * one["uncertainty"])
        assert one["mdc95_family"] >= one["mdc95"]
        assert one["options"]["days_since_needling"] in (31, 30)


def test_what_cannot_be_measured_keeps_the_reason_and_is_not_tried_again(clinic, capsys):
    printed(capsys, "measure", clinic)
    shown = printed(capsys, "show", clinic, "MN-1", "--measurements")["measurements"]
    refused = [one for one in shown if one["value"] is None and one["region_name"] == "whole"]
    reasons = [
        one for one in refused if one["metric"] in ("failed_checks", "registration_error_px")
    ]
    assert len(reasons) == 2
    assert all(one["reason"] for one in reasons)
    again = printed(capsys, "measure", clinic)["measured"][0]
    assert (again["photos"], again["pairs"]) == (0, 0)


def test_another_recipe_measures_anew_and_the_old_numbers_stay(clinic, capsys, monkeypatch):
    printed(capsys, "measure", clinic)
    before = printed(capsys, "show", clinic, "MN-1", "--measurements")["measurements"]
    monkeypatch.setattr(recipes, "ALGORITHM", recipes.ALGORITHM + 1)
    printed(capsys, "measure", clinic)
    after = printed(capsys, "show", clinic, "MN-1", "--measurements")["measurements"]
    assert len(after) == 2 * len(before)
    old = {one["id"]: one for one in after if one["superseded_by"]}
    assert set(old) == {one["id"] for one in before}
    new = {one["id"]: one for one in after if not one["superseded_by"]}
    for one in before:
        assert old[one["id"]] | {"superseded_by": None} == one
        heir = new[old[one["id"]]["superseded_by"]]
        assert (heir["metric"], heir["region_name"]) == (one["metric"], one["region_name"])
        assert heir["recipe"] != one["recipe"]


def test_stopped_it_keeps_what_was_done_and_goes_on_with_the_rest(clinic):
    with open_library(clinic, "admin", WORD) as library:
        patient = library.patient("MN-1")
        stops = iter([False, True, True, True])
        first = measure_patient(library, patient, stop=lambda: next(stops))
        assert first.stopped
        assert (first.photos, first.pairs) == (1, 0)
        rest = measure_patient(library, patient)
        assert (rest.photos, rest.pairs) == (2, 2)
        assert missing(library.timeline(patient), Recipe().version) == ()


def test_an_erased_patient_leaves_no_measurement(clinic, capsys):
    printed(capsys, "measure", clinic)
    from mnimage.library.erase import erase_patient

    with open_library(clinic, "admin", WORD) as library:
        erase_patient(library, library.patient("MN-1"))
        assert library.select(kept.Measurement) == ()


def test_measurements_of_one_patient_among_many_are_found_in_milliseconds(clinic, capsys):
    printed(capsys, "measure", clinic)
    with open_library(clinic, "admin", WORD) as library:
        patient = library.patient("MN-1")
        mine = library.select(kept.Measurement, patient_id=patient.id)
        others = []
        for number in range(40):
            other = kept.Patient(code=f"X-{number}")
            session = kept.Session(patient_id=other.id, held_at=datetime(2026, 1, 1, tzinfo=UTC))
            photo = kept.PhotoRecord(
                patient_id=other.id,
                session_id=session.id,
                sha256=library.select(kept.PhotoRecord)[0].sha256,
                size=1,
            )
            library.add(other, session, photo)
            rows = [
                kept.Measurement(
                    patient_id=other.id, photo_id=photo.id, metric="redness_hi", unit="points",
                    value=float(place), recipe="1", program="0",
                )
                for place in range(250)
            ]  # fmt: skip
            with library.changing() as changes:
                changes.keep_measurements(rows, {})
            others += rows
        assert len(library.select(kept.Measurement)) == len(mine) + len(others)
        started = time.perf_counter()
        found = library.select(kept.Measurement, patient_id=patient.id)
        assert time.perf_counter() - started < 0.1
        assert found == mine


def test_a_date_that_is_corrected_measures_the_pair_anew_and_supersedes_the_old(clinic):
    with open_library(clinic, "admin", WORD) as library:
        patient = library.patient("MN-1")
        measure_patient(library, patient)
        first, second, _ = sorted(library.timeline(patient).sessions, key=lambda one: one.held_at)
        save_records(library, changed=[replace(first, held_at=second.held_at - timedelta(days=3))])
        done = measure_patient(library, patient)
        assert (done.photos, done.pairs) == (0, 1)
        measured = [one for one in library.select(kept.Measurement) if one.baseline_id]
        of_second = [one for one in measured if one.options.get(DAYS) in (31, 3)]
        assert {one.options[DAYS]: bool(one.superseded_by) for one in of_second} == {
            31: True,
            3: False,
        }
        fresh = [one for one in of_second if one.options[DAYS] == 3]
        assert any(str(one.said).startswith("Day 3 after needling") for one in fresh)
        assert measure_patient(library, patient).pairs == 0
