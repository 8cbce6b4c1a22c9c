"""Libraries for tests: real SQLCipher files, with passphrases that are cheap to try."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, date, datetime

import pytest

from mnimage.domain import record as kept
from mnimage.domain.scorecard import Mode
from mnimage.library import keys
from mnimage.library.opening import create_library, open_library

WORD = "correct horse battery"
CHEAP = keys.Cost(memory_kib=64, passes=1, lanes=1)


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch):
    monkeypatch.setattr(keys, "COST", CHEAP)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "clinic"


@pytest.fixture
def library(folder):
    made, _ = create_library(folder, WORD)
    with made:
        yield made


@dataclasses.dataclass(frozen=True)
class Filled:
    """A patient with one photo in an open library, and the photo's bytes."""

    patient: kept.Patient
    session: kept.Session
    photo: kept.PhotoRecord
    original: bytes


def noise(size: int, seed: int = 1) -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + random.Random(seed).randbytes(size)


def store(library, session, content: bytes, **more) -> kept.PhotoRecord:
    stored = library.vault.keep([content])
    photo = kept.PhotoRecord(
        patient_id=session.patient_id,
        session_id=session.id,
        sha256=stored.sha256,
        size=stored.size,
        **more,
    )
    with library.changing() as changes:
        changes.take(stored)
        changes.add(photo)
    return photo


def fill(library, code: str = "MN-0042", seed: int = 1, size: int = 20_000) -> Filled:
    patient = kept.Patient(code=code, name="Zoë Vandermeulen", birth_date=date(1988, 3, 14))
    session = kept.Session(patient_id=patient.id, held_at=datetime(2026, 5, 4, 9, tzinfo=UTC))
    library.add(patient, session)
    content = noise(size, seed)
    return Filled(patient, session, store(library, session, content), content)


@pytest.fixture
def filled(library):
    return fill(library)


def reopen(folder, user: str = "admin", passphrase: str = WORD):
    return open_library(folder, user, passphrase)


def moved(library):
    """Give a photo that was scored and let out as one patient's to another."""
    first = fill(library)
    mine = {"patient_id": first.patient.id, "photo_id": first.photo.id}
    library.add(
        kept.Measurement(region_name="nose", metric="redness_hi", value=1, unit="HI",
                         uncertainty=0.1, mode=Mode.FLAT, recipe="{}", program="p", **mine),
        consent := kept.Consent(patient_id=first.patient.id, purpose=kept.Purpose.TEACHING,
                                given_on=date(2026, 1, 1)),
        kept.Disclosure(purpose=kept.Purpose.TEACHING, consent_id=consent.id, disclosed_by="a",
                        to="b", **mine),
    )  # fmt: skip
    owner = kept.Patient(code="MN-OWNER", name="Someone else")
    session = kept.Session(patient_id=owner.id, held_at=datetime(2026, 5, 4, tzinfo=UTC))
    library.add(owner, session)
    library.change(dataclasses.replace(first.photo, patient_id=owner.id, session_id=session.id))
    return first, owner
