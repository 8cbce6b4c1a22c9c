"""Brings photos into a library; each is reported only once it is safely on disk.

Files are read, checked, encrypted and written by a few threads; rows are written by one, several
photos to a transaction, so that the disk is waited for once and not for each. The whole may be
stopped anywhere: what was reported as stored is kept, and running it again goes on with the rest.
"""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import select

from mnimage.domain.imported import Imported, Status
from mnimage.domain.record import CameraFacts, Patient, PhotoRecord, Session, VisitKind
from mnimage.errors import LibraryError, PhotoUnreadable, RecordUnusable
from mnimage.formats.header import PhotoHeader, read_header
from mnimage.library import queries, records
from mnimage.library.chunks import CHUNK_BYTES
from mnimage.library.intake import Item, Unusable
from mnimage.library.roles import Permission
from mnimage.library.session_spans import SessionSpan, SessionSpans, true_time
from mnimage.library.sweep import sweep_quietly
from mnimage.library.tables import OBJECTS
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from mnimage.library.changes import Changes
    from mnimage.library.library import Library
    from mnimage.library.vault import Stored

UNSORTED = "unsorted"
"""Code of the patient who holds the photos that were imported for nobody."""
_WORKERS = 3
_BATCH = 8
_BATCH_WAIT_S = 0.5
_AHEAD = 16
"""Photos under way at once; those that wait for their row lie in the vault already."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A photo that waits for its row; `stored` is None where the library knows it already."""

    item: Item
    sha256: str
    stored: Stored | None = None
    header: PhotoHeader | None = None


def import_photos(
    library: Library, items: Iterable[Item | Unusable], patient: Patient | None = None
) -> Generator[Imported]:
    """Store the photos that `find_items` found, and yield each file once it is safely on disk.

    Photos that lie closer together than six hours become one session; one without a time joins
    the photo before it in its folder. Without a patient, the name of a folder above a photo that
    is a patient's code says whose it is, and the rest go to the patient of code `UNSORTED`. A
    photo that is kept already is `known`, under whatever name; a file that is no photo, or a
    broken one, is `refused`, and the rest go on. Once a day what a killed import left in the vault
    is cleared away first.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    StorageFailed
        If the disk does not take or give it; what was reported before is kept.
    """
    library.require(Permission.RECORD)
    sweep_quietly(library)
    rows, sizes = _Rows(library, patient), _sizes(library)
    under_way: deque[Future[_Ready | Imported]] = deque()
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="import")
    try:
        for item in items:
            under_way.append(pool.submit(_prepared, library, sizes, item))
            if len(under_way) >= _AHEAD:
                yield from rows.keep(_landed(under_way))
        while under_way:
            yield from rows.keep(_landed(under_way))
    finally:
        pool.shutdown(cancel_futures=True)
        left = (one for one in under_way if not one.cancelled() and one.exception() is None)
        _sweep(library, [one.result() for one in left])


def patient_of(library: Library, code: str) -> tuple[Patient, bool]:
    """Return the patient of a code, and whether one was made for it.

    Raises
    ------
    RecordUnusable
        If it can be no patient's code.
    """
    with library.changing() as changes:
        found = records.select_all(changes.connection, Patient, code=code)
        if found:
            return found[0], False
        try:
            patient = Patient(code=code)
        except ValueError as error:
            raise RecordUnusable(message("library.code_unusable", error=str(error))) from error
        changes.add(patient)
    return patient, True


def _sizes(library: Library) -> set[int]:
    """Return the sizes of all originals: a file of another size need not be looked up."""
    with library.reading() as connection:
        return set(connection.scalars(select(OBJECTS.c.size).distinct()))


def _prepared(library: Library, sizes: set[int], item: Item | Unusable) -> _Ready | Imported:
    """Read, check and write one photo to the vault; its row is for the caller."""
    if isinstance(item, Unusable):
        return Imported(item.file, Status.REFUSED, reason=f"{item.reason} {item.hint}".strip())
    try:
        content = item.read()
        if len(content) in sizes:
            sha256 = hashlib.sha256(content).hexdigest()
            if library.select(PhotoRecord, sha256=sha256):
                return _Ready(item, sha256)
        header = read_header(content)
    except PhotoUnreadable as error:
        return Imported(item.file, Status.REFUSED, reason=f"{error} {error.hint}".strip())
    except MemoryError:
        return Imported(item.file, Status.REFUSED, reason="There is not enough memory for it.")
    stored = library.vault.keep(_chunks(content))
    return _Ready(item, stored.sha256, stored, header)


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, max(len(content), 1), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


def _landed(under_way: deque[Future[_Ready | Imported]]) -> list[_Ready | Imported]:
    """Take the first few that were sent off, once they are there, or what is there in time."""
    first = list(islice(under_way, _BATCH))
    wait(first, _BATCH_WAIT_S, return_when=FIRST_EXCEPTION)
    landed = [under_way[0].result()]
    under_way.popleft()
    while under_way and under_way[0].done() and under_way[0].exception() is None:
        landed.append(under_way.popleft().result())
    return landed


def _sweep(library: Library, left: Sequence[_Ready | Imported]) -> None:
    """Remove from the vault what got no row; where the disk refuses, `verify` names it later."""
    for one in left:
        if isinstance(one, Imported) or one.stored is None:
            continue
        with suppress(LibraryError):
            with library.reading() as connection:
                kept = queries.find_object(connection, one.sha256)
            if kept is None or kept.name != one.stored.name:
                library.vault.remove(one.stored.name)


class _Rows:
    """Writes the rows of photos whose files are in the vault."""

    def __init__(self, library: Library, patient: Patient | None) -> None:
        self._library = library
        self._patient = patient
        self._owners: dict[tuple[str, ...], Patient] = {}
        self._spans: dict[str, SessionSpans] = {}

    def keep(self, landed: Sequence[_Ready | Imported]) -> list[Imported]:
        """Write the rows of a batch in one transaction; return what became of each file."""
        if all(isinstance(one, Imported) for one in landed):
            return [one for one in landed if isinstance(one, Imported)]
        try:
            with self._library.changing() as changes:
                return [
                    one if isinstance(one, Imported) else self._row(changes, one) for one in landed
                ]
        except BaseException:
            _sweep(self._library, landed)
            raise

    def _row(self, changes: Changes, ready: _Ready) -> Imported:
        file, item = ready.item.file, ready.item
        taken = ready.stored is not None and changes.take(ready.stored)
        known = None if taken else self._known(changes, ready)
        if known is not None:
            return known
        if ready.header is None or ready.stored is None:  # Erased since it was read.
            return Imported(
                file, Status.REFUSED, reason="It was removed just now; import it again."
            )
        patient = self._owner(changes, item.folders)
        moment = true_time(ready.header.exif.taken_at, datetime.now(UTC))
        photo = PhotoRecord(
            patient_id=patient.id,
            session_id=self._span(changes, patient, item, moment).session_id,
            sha256=ready.sha256,
            size=ready.stored.size,
            file_name=item.name,
            taken_at=moment,
            camera=_camera(ready.header),
        )
        changes.add(photo)
        return Imported(file, Status.STORED, photo.id, ready.sha256)

    def _known(self, changes: Changes, ready: _Ready) -> Imported | None:
        photos = records.select_all(changes.connection, PhotoRecord, sha256=ready.sha256)
        if not photos:
            return None
        photo = photos[0]
        if photo.patient_id in self._spans:
            self._spans[photo.patient_id].seen(photo.session_id, ready.item.folders)
        other = self._patient is not None and photo.patient_id != self._patient.id
        reason = "It is kept already" + (", under another patient." if other else ".")
        return Imported(ready.item.file, Status.KNOWN, photo.id, ready.sha256, reason)

    def _owner(self, changes: Changes, folders: tuple[str, ...]) -> Patient:
        """Return whose a photo is: as given, by the innermost folder named so, or nobody's."""
        if self._patient is not None:
            return self._patient
        if folders not in self._owners:
            self._owners[folders] = self._owner_by_name(changes, folders)
        return self._owners[folders]

    def _owner_by_name(self, changes: Changes, folders: tuple[str, ...]) -> Patient:
        for name in (*reversed(folders), UNSORTED):
            found = records.select_all(changes.connection, Patient, code=name)
            if found:
                return found[0]
        patient = Patient(code=UNSORTED, notes="Photos that were imported for nobody.")
        changes.add(patient)
        return patient

    def _span(
        self, changes: Changes, patient: Patient, item: Item, moment: datetime | None
    ) -> SessionSpan:
        """Return the session of a photo, a new one where its time begins one."""
        if patient.id not in self._spans:
            self._spans[patient.id] = _spans(changes, patient)
        spans = self._spans[patient.id]
        if moment is None and (before := spans.of_folder(item.folders)):
            return before
        moment = moment or item.modified or datetime.now(UTC)
        if span := spans.at(moment, item.folders):
            return span
        session = Session(patient_id=patient.id, held_at=moment, kind=VisitKind.FOLLOW_UP)
        changes.add(session)
        return spans.begin(session.id, moment, item.folders)


def _spans(changes: Changes, patient: Patient) -> SessionSpans:
    """Return the sessions that the library keeps of a patient."""
    mine = {"patient_id": patient.id}
    sessions = records.select_all(changes.connection, Session, **mine)
    known = {one.id: SessionSpan(one.id, one.held_at, one.held_at) for one in sessions}
    for photo in records.select_all(changes.connection, PhotoRecord, **mine):
        if photo.taken_at is not None and photo.taken_at.tzinfo is not None:
            known[photo.session_id].widen(photo.taken_at)
    return SessionSpans(known.values())


def _camera(header: PhotoHeader) -> CameraFacts:
    exif = header.exif
    return CameraFacts(
        format=header.kind,
        columns=header.columns,
        rows=header.rows,
        bits=header.bits,
        orientation=exif.orientation,
        camera=exif.camera or "",
        exposure_s=exif.exposure_s,
        f_number=exif.f_number,
        iso=exif.iso,
        focal_mm=exif.focal_mm,
    )
