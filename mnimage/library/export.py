"""Takes photos and records out of a library as open files, and notes what left and for what.

For the record (a move, a copy for the patient) everything leaves: originals, PNG, JSON with its
schema, CSV. For teaching, publication and marketing only photos leave for which a consent to that
purpose holds today, as bare pictures without name, code, date or camera data.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from mnimage import __version__
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.record import Consent, Disclosure, PhotoRecord, Purpose, Timeline
from mnimage.domain.same_session import between, instant
from mnimage.errors import NotAllowed, PhotoUnreadable, RecordUnusable
from mnimage.exports.tables import csv_table
from mnimage.formats.files import DecodeOptions, decode_photo
from mnimage.formats.kinds import HEAD_BYTES, NAMED, kind_of
from mnimage.formats.output import prepare_folder, write_whole
from mnimage.formats.pngwriter import png_of
from mnimage.library import queries, records
from mnimage.library.roles import Permission
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mnimage.domain.record import Patient
    from mnimage.library.library import Library

FORMAT = "mnimage export"
VERSION = 2
"""Of the exported records; 1 had `scores` in place of measurements, and other names for answers."""
INDEX = "library.json"
SCHEMA = "schema.json"
PATIENT = "patient.json"
_TIMELINE: TypeAdapter[Timeline] = TypeAdapter(Timeline)
_MINOR_ENDINGS = {"JPEG": ".jpg", "TIFF": ".tif", "HEIF": ".heic", "AVIF": ".avif"}


@dataclass(slots=True)
class Exported:
    """What left, what was held back for want of consent, and what could not be made."""

    patients: int = 0
    photos: int = 0
    withheld: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Order:
    """Where to, for what, and for whom; `png` False leaves the PNG copies of a record out."""

    out: Path
    purpose: Purpose = Purpose.RECORD
    recipient: str = ""
    png: bool = True

    @property
    def to(self) -> str:
        """What is noted of where it went."""
        given = self.recipient or str(self.out.absolute())
        return given.encode(errors="replace").decode()


def export_patients(
    library: Library, patients: Sequence[Patient], order: Order, tick: Tick = no_tick
) -> Exported:
    """Write patients as open files into a new folder; the audit log and the consents record it.

    That something leaves is noted before it is written, so nothing leaves unrecorded.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it, or no consent to the purpose holds for any photo.
    RecordUnusable
        If there is something in the folder already, or it lies within the library.
    OutputFailed
        If the folder cannot be written to; it holds no `library.json` then.
    PhotoDamaged
        If an original is not what was stored.
    """
    library.require(Permission.EXPORT)
    _prepare(library, order.out)
    done = Exported()
    for place, patient in enumerate(patients):
        tick(place, len(patients))
        if order.purpose is Purpose.RECORD:
            _export_record(library, patient, order, done)
        else:
            _export_pictures(library, patient, order, done)
    if order.purpose is not Purpose.RECORD and not done.photos:
        raise NotAllowed(message("library.no_consent", purpose=order.purpose))
    _write_index(order, done)
    tick(len(patients), len(patients))
    return done


def schema() -> dict[str, Any]:
    """Return the JSON schema of a patient's file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{FORMAT} {VERSION}: one patient",
        **_TIMELINE.json_schema(),
    }


def clinic_day() -> date:
    """Return today's date where the clinic is: consents are given and withdrawn by its calendar."""
    return datetime.now(UTC).astimezone().date()


def original_name(photo: PhotoRecord, content: bytes) -> str:
    """Return the name of an original outside: when, which view, which photo."""
    day = f"{photo.taken_at:%Y-%m-%d}" if photo.taken_at else "undated"
    view = (photo.view or "view unknown").replace(" ", "-")
    return f"{day}_{view}_{photo.sha256[:16]}{_ending(photo.file_name, content)}"


def _prepare(library: Library, out: Path) -> None:
    inside = library.folder.resolve()
    if out.resolve() == inside or inside in out.resolve().parents:
        raise RecordUnusable(message("library.export_inside_library"))
    prepare_folder(out)
    if any(out.iterdir()):
        raise RecordUnusable(message("library.export_folder_not_empty", out=str(out)))


def _export_record(library: Library, patient: Patient, order: Order, done: Exported) -> None:
    consents = library.select(Consent, patient_id=patient.id)
    today = clinic_day()
    consent = next((one for one in consents if _agrees(one, order.purpose, "", today)), None)
    _note(library, order, patient, None, consent)
    timeline = library.timeline(patient)
    folder = order.out / "patients" / _folder_name(patient)
    for part in ("originals", "png", "forms"):
        prepare_folder(folder / part)
    for photo in timeline.photos:
        _write_photo(library, photo, folder, order, done)
    _write_forms(library, timeline, folder)
    write_whole(folder / "history.json", _json(_history(library, patient)))
    for name, given in _tables(timeline).items():
        write_whole(folder / f"{name}.csv", csv_table(given))
    write_whole(folder / PATIENT, _json(records.document(timeline)))
    done.patients += 1


def _write_photo(
    library: Library, photo: PhotoRecord, folder: Path, order: Order, done: Exported
) -> None:
    content = library.read_original(photo)
    name = original_name(photo, content)
    write_whole(folder / "originals" / name, content)
    done.photos += 1
    if not order.png:
        return
    try:
        write_whole(folder / "png" / f"{name.rpartition('.')[0]}.png", _png(content))
    except PhotoUnreadable as error:
        done.notes.append(f"no PNG of {photo.id}: {error}")


def _write_forms(library: Library, timeline: Timeline, folder: Path) -> None:
    """Write the signed forms that consents name."""
    for sha256 in {one.signed_sha256 for one in timeline.consents if one.signed_sha256}:
        with library.reading() as connection:
            stored = queries.find_object(connection, sha256)
        if stored is not None:
            content = library.vault.read(stored)
            write_whole(folder / "forms" / f"{sha256[:16]}{_ending('', content)}", content)


def _export_pictures(library: Library, patient: Patient, order: Order, done: Exported) -> None:
    """Write the photos that may leave for this purpose, without anything that names a person."""
    consents = library.select(Consent, patient_id=patient.id)
    photos = library.select(PhotoRecord, patient_id=patient.id)
    today = clinic_day()
    folder = order.out / f"person-{done.patients + 1:03}"
    given: list[dict[str, object]] = []
    for photo in photos:
        consent = next((c for c in consents if _agrees(c, order.purpose, photo.id, today)), None)
        if consent is None:
            done.withheld += 1
            continue
        content = _png(library.read_original(photo))
        _note(library, order, patient, photo, consent, hashlib.sha256(content).hexdigest())
        name = f"{len(given) + 1:03}_{(photo.view or 'view unknown').replace(' ', '-')}.png"
        write_whole(prepare_folder(folder) / name, content)
        given.append({"file": name, **_plain_facts(photo, photos)})
    if given:
        write_whole(folder / "photos.json", _json({"photos": given}))
        done.patients += 1
        done.photos += len(given)


def _plain_facts(photo: PhotoRecord, photos: Sequence[PhotoRecord]) -> dict[str, object]:
    """Return what a viewer needs and what names nobody: no date, only days since the first."""
    first = min((one.taken_at for one in photos if one.taken_at), key=instant, default=None)
    days = between(first, photo.taken_at).days if photo.taken_at and first else None
    return {
        "view": photo.view,
        "site": photo.site,
        "laterality": photo.laterality,
        "zone": photo.zone,
        "lighting": photo.lighting,
        "days_since_first": days,
    }


def _agrees(consent: Consent, purpose: Purpose, photo_id: str, on: date) -> bool:
    return consent.purpose is purpose and consent.holds(photo_id, on)


def _note(
    library: Library,
    order: Order,
    patient: Patient,
    photo: PhotoRecord | None,
    consent: Consent | None,
    sha256: str = "",
) -> None:
    """Note what leaves, on the patient's record and in the trace."""
    given = Disclosure(
        patient_id=patient.id,
        photo_id=photo.id if photo else None,
        purpose=order.purpose,
        consent_id=consent.id if consent else None,
        disclosed_by=library.user,
        to=order.to,
        sha256=sha256,
    )
    with library.changing(Permission.EXPORT) as changes:
        changes.add(given)
        changes.note("exported", patient, {"purpose": order.purpose, "to": order.to})


def _png(content: bytes) -> bytes:
    kind = kind_of(content[:HEAD_BYTES])
    return png_of(decode_photo(content, kind, "The photo", DecodeOptions()).coded)


def _tables(timeline: Timeline) -> dict[str, list[dict[str, Any]]]:
    given = records.document(timeline)
    return {name: list(rows) for name, rows in given.items() if isinstance(rows, (list, tuple))}


def _history(library: Library, patient: Patient) -> dict[str, object]:
    lines = [
        {
            "at": one.at.isoformat(),
            "user": one.user,
            "action": one.action,
            "kind": one.kind,
            "id": one.subject_id,
            "details": dict(one.details),
        }
        for one in library.history(patient)
    ]
    return {"history": lines}


def _write_index(order: Order, done: Exported) -> None:
    if order.purpose is Purpose.RECORD:
        write_whole(order.out / SCHEMA, _json(schema()))
    given = {
        "format": FORMAT,
        "version": VERSION,
        "program": f"mnimage {__version__}",
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "purpose": order.purpose,
        "patients": done.patients,
        "photos": done.photos,
    }
    write_whole(order.out / INDEX, _json(given))


def _folder_name(patient: Patient) -> str:
    """Return a folder's name that no system trips over, unlike any other patient's."""
    plain = "".join(one if one.isascii() and one.isalnum() else "-" for one in patient.code)
    return f"patient_{plain[:40]}_{patient.id[:8]}"


def _ending(name: str, content: bytes) -> str:
    """Return the ending of a file: its own where that fits what it is, else the usual one."""
    kind = kind_of(content[:HEAD_BYTES])
    own = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if kind is not None and kind in NAMED and own not in NAMED[kind]:
        return _MINOR_ENDINGS.get(kind, f".{kind.lower()}")
    return own if own.isascii() and own[1:].isalnum() and len(own) <= 6 else ".raw"


def _json(given: Mapping[str, Any]) -> bytes:
    return (json.dumps(given, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
