"""Reads an export of whole records back into a library, every record and every original."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from mnimage.domain.imported import Imported, Status
from mnimage.domain.record import Patient, Purpose, Record, Timeline
from mnimage.errors import RecordUnusable, StorageFailed
from mnimage.library import records
from mnimage.library.export import FORMAT, INDEX, PATIENT, VERSION
from mnimage.library.intake import MAX_BYTES
from mnimage.library.roles import Permission
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mnimage.domain.record import (
        AdverseEvent,
        Consent,
        Disclosure,
        Measurement,
        PhotoRecord,
        Rating,
        Series,
        Session,
    )
    from mnimage.library.changes import Changes
    from mnimage.library.library import Library

    Belonging = (
        Series | Session | PhotoRecord | Measurement | Rating | AdverseEvent | Consent | Disclosure
    )

_TIMELINE: TypeAdapter[Timeline] = TypeAdapter(Timeline)
_MAX_JSON = 1 << 28


def is_export(path: Path) -> bool:
    """Say whether a folder is an export of whole records by this program."""
    try:
        given = json.loads(_read(path / INDEX))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(given, dict) and (given.get("format"), given.get("purpose")) == (
        FORMAT,
        Purpose.RECORD,
    )


def read_export(library: Library, path: Path) -> Iterator[Imported]:
    """Bring the patients of an export into a library; yield each file once it is on disk.

    Identifiers stay, so that running it again goes on with the rest. A record's count of changes
    begins anew, and so does the trace.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    RecordUnusable
        If a newer version of this program wrote it.
    StorageFailed
        If the disk does not take it; what was reported before is kept.
    """
    library.require(Permission.RECORD)
    library.require(Permission.EXPORT)
    version = json.loads(_read(path / INDEX)).get("version")
    if version not in range(1, VERSION + 1):
        raise RecordUnusable(message("library.export_of_other_version"))
    for folder in sorted((path / "patients").glob("*/")):
        if (folder / PATIENT).is_file():
            yield from _read_patient(library, folder, version)


def _read_patient(library: Library, folder: Path, version: int) -> Iterator[Imported]:
    name = str(folder / PATIENT)
    try:
        document = json.loads(_read(folder / PATIENT))
        given = _TIMELINE.validate_python(_of_today(document) if version == 1 else document)
        _check_one_patient(given)
        with library.changing() as changes:
            _check_code(changes, given.patient)
            _add_missing(changes, [given.patient, *given.series, *given.sessions])
    except (OSError, ValidationError, ValueError) as error:
        yield Imported(name, Status.REFUSED, reason=f"It is no patient's record: {_brief(error)}")
        return
    except RecordUnusable as error:
        yield Imported(name, Status.REFUSED, reason=str(error))
        return
    missing = set()
    for photo in given.photos:
        done = _read_photo(library, folder, photo)
        if done.status is Status.REFUSED:
            missing.add(photo.id)
        yield done
    yield from _read_rest(library, folder, given, missing)


def _of_today(document: dict[str, Any]) -> dict[str, Any]:
    """Return a patient's record as version 2 writes it, from one that version 1 wrote."""
    names = {"zone": "region_name", "score": "metric"}
    scores = document.pop("scores", [])
    document["measurements"] = [
        {names.get(name, name): value for name, value in score.items()} for score in scores
    ]
    for session in document.get("sessions", []):
        for asked in session.get("screening", []):
            if "told" in asked:
                asked["answer"] = asked.pop("told")
    return document


def _read_photo(library: Library, folder: Path, photo: PhotoRecord) -> Imported:
    path, content = _file_of(folder / "originals", photo.sha256)
    if content is None:
        return Imported(
            str(path), Status.REFUSED, photo.id, photo.sha256, "Its original is missing or altered."
        )
    if library.select(type(photo), id=photo.id):
        return Imported(str(path), Status.KNOWN, photo.id, photo.sha256, "It is kept already.")
    stored = library.vault.keep([content])
    try:
        with library.changing() as changes:
            changes.take(stored)
            changes.add(replace(photo, size=stored.size))
    except RecordUnusable as error:
        with suppress(StorageFailed):  # The vault is swept of what no row needs.
            library.vault.remove(stored.name)
        return Imported(str(path), Status.REFUSED, photo.id, photo.sha256, str(error))
    return Imported(str(path), Status.STORED, photo.id, photo.sha256)


def _read_rest(
    library: Library, folder: Path, given: Timeline, missing: set[str]
) -> Iterator[Imported]:
    """Add all that may belong to photos; what belongs to a missing one is reported."""
    rest: list[Record] = [*given.ratings, *given.events, *given.consents]
    rest += [*given.measurements, *given.disclosures]
    whole = [one for one in rest if getattr(one, "photo_id", None) not in missing]
    forms = _keep_forms(library, folder, given.consents)
    try:
        with library.changing() as changes:
            _add_missing(changes, whole)
    except RecordUnusable as error:
        with library.changing() as changes:
            for sha256 in forms:
                changes.let_go(sha256)
        yield Imported(str(folder / PATIENT), Status.REFUSED, reason=str(error))
    if len(whole) < len(rest):
        reason = f"{len(rest) - len(whole)} records belong to photos that are missing."
        yield Imported(str(folder / PATIENT), Status.REFUSED, reason=reason)


def _keep_forms(library: Library, folder: Path, consents: Sequence[Consent]) -> list[str]:
    """Keep the signed forms that consents name; return those that were not there before."""
    fresh = []
    for sha256 in {one.signed_sha256 for one in consents if one.signed_sha256}:
        _, content = _file_of(folder / "forms", sha256)
        if content is not None and not library.knows(sha256):
            library.keep_original([content])
            fresh.append(sha256)
    return fresh


def _add_missing(changes: Changes, given: Sequence[Record]) -> None:
    for record in given:
        if records.find(changes.connection, type(record), record.id) is None:
            changes.add(record)


def _check_code(changes: Changes, patient: Patient) -> None:
    for kept in records.select_all(changes.connection, Patient, code=patient.code):
        if kept.id != patient.id:
            raise RecordUnusable(message("library.code_taken_by_other"))


def _check_one_patient(given: Timeline) -> None:
    """Refuse a file that would write into another patient's records."""
    parts: tuple[Belonging, ...] = (
        *given.series,
        *given.sessions,
        *given.photos,
        *given.measurements,
        *given.ratings,
        *given.events,
        *given.consents,
        *given.disclosures,
    )
    if any(one.patient_id != given.patient.id for one in parts):
        raise ValueError("it holds records of several patients")


def _file_of(folder: Path, sha256: str) -> tuple[Path, bytes | None]:
    """Return the file of an original by its fingerprint, and its bytes if they are the true ones.

    Only the fingerprint, which is hexadecimal, is taken from the record, never a name.
    """
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        return folder, None
    path = next(iter(sorted(folder.glob(f"*{sha256[:16]}.*"))), folder / sha256[:16])
    try:
        if path.stat().st_size > MAX_BYTES or not path.is_file():
            return path, None
        content = path.read_bytes()
    except OSError:
        return path, None
    return path, content if hashlib.sha256(content).hexdigest() == sha256 else None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MAX_JSON + 1)
    if len(content) > _MAX_JSON:
        raise ValueError("it is too large")
    return content


def _brief(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)
