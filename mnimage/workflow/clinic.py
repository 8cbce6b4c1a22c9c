"""The jobs on a clinic's library that a screen starts; what they load is loaded when asked for."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.imported import Imported, ImportSummary
from mnimage.domain.original import Original
from mnimage.domain.progress import no_tick
from mnimage.domain.record import Disclosure, Patient, Purpose, Timeline
from mnimage.domain.same_session import instant
from mnimage.errors import MnimageError, RecordUnusable
from mnimage.words.message import message
from mnimage.workflow.views import propose_views

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.record import PhotoRecord, Record, Screened
    from mnimage.library.library import Library

__all__ = [
    "Rights",
    "forget",
    "import_into",
    "is_library",
    "make_library",
    "migrate",
    "original_of",
    "propose_pair",
    "propose_views",
    "read_exports",
    "recover",
    "remember",
    "renew_recovery",
    "require_record",
    "rights",
    "save_records",
    "save_words",
    "screening_warnings",
    "thumbnail",
    "unlock",
    "unlock_remembered",
]

THUMBNAIL_PX = 320
"""The longer side of a thumbnail."""
_THUMBNAIL = f"thumbnail {THUMBNAIL_PX}"
_JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user of an open library may do in it."""

    user: str
    role: str
    record: bool = True
    """Add patients, sessions, photos and consents."""
    treat: bool = True
    """Record courses of treatment, ratings and adverse events."""


def is_library(folder: Path) -> bool:
    """Say whether a folder holds a library."""
    from mnimage.library import keyfile

    return (folder / keyfile.NAME).is_file() or (folder / keyfile.COPY).is_file()


def make_library(folder: Path, user: str, passphrase: str) -> tuple[Library, str]:
    """Make a library; return it open, and its recovery key (see `create_library`)."""
    from mnimage.library.opening import create_library

    return create_library(folder, passphrase, user=user)


def unlock(folder: Path, user: str, passphrase: str) -> Library:
    """Open a library (see `open_library`)."""
    from mnimage.library.opening import open_library

    return open_library(folder, user, passphrase)


def unlock_remembered(folder: Path, user: str) -> Library:
    """Open a library with the key that the computer's keyring keeps (see `open_remembered`)."""
    from mnimage.library.remembered import open_remembered

    return open_remembered(folder, user)


def remember(folder: Path, user: str, passphrase: str) -> None:
    """Have the computer's keyring keep a user's key (see `remembered.remember`)."""
    from mnimage.library import remembered

    remembered.remember(folder, user, passphrase)


def forget(folder: Path, user: str) -> None:
    """Have the computer's keyring forget a user's key."""
    from mnimage.library import remembered

    remembered.forget(folder, user)


def recover(folder: Path, recovery: str, user: str, passphrase: str) -> Library:
    """Open a library with its recovery key, and give one of its users a new passphrase.

    Raises
    ------
    AuthenticationFailed
        If the recovery key is not this library's.
    RecordUnusable
        If there is no such user, or the passphrase will not do.
    """
    from mnimage.library.access import set_passphrase
    from mnimage.library.opening import open_by_recovery, open_library

    with open_by_recovery(folder, recovery) as library:
        set_passphrase(library, user, passphrase)
    return open_library(folder, user, passphrase)


def renew_recovery(library: Library) -> str:
    """Return a new recovery key; the old one opens nothing any more."""
    from mnimage.library import access

    return access.renew_recovery(library)


def migrate(folder: Path, user: str, passphrase: str) -> Library:
    """Bring an older library to today's tables, after a proved back-up, and open it."""
    from mnimage.library.opening import migrate_library, open_library

    migrate_library(folder, user, passphrase)
    return open_library(folder, user, passphrase)


def rights(library: Library) -> Rights:
    """Return who has a library open, and what they may do in it."""
    from mnimage.library.roles import ALLOWED, Permission

    allowed = ALLOWED[library.role]
    return Rights(
        library.user, library.role.value, Permission.RECORD in allowed, Permission.TREAT in allowed
    )


def require_record(library: Library) -> None:
    """Refuse to add anything where the user's role does not allow it; raises `NotAllowed`."""
    from mnimage.library.roles import Permission, require

    require(library.role, Permission.RECORD)


def thumbnail(library: Library, photo: PhotoRecord) -> bytes:
    """Return a small picture of a photo as JPEG, from the encrypted cache where it is there.

    Raises
    ------
    PhotoDamaged
        If the original is not what was stored, or is gone.
    PhotoUnreadable
        If the original cannot be decoded.
    """
    kept = library.cache.get(photo.sha256, _THUMBNAIL)
    if kept is not None:
        return kept
    made = _small(_decoded(library, photo))
    library.cache.put(photo.sha256, _THUMBNAIL, made)
    return made


def import_into(
    library: Library,
    paths: Sequence[Path],
    patient: Patient | None,
    tick: Tick = no_tick,
    stop: Callable[[], bool] = lambda: False,
    landed: Callable[[Imported], None] = lambda _: None,
) -> ImportSummary:
    """Store the photos at the places named, until it is done or `stop` says so.

    Parameters
    ----------
    library
        Where to.
    paths
        Files, folders and archives.
    patient
        Whose photos they are; None where folders or nobody say so (see `import_photos`).
    tick
        Progress, in files.
    stop
        Whether to stop after the files that are under way; asked after each.
    landed
        Called with each file once it is safely on disk, or refused.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    RecordUnusable
        If one of them is a folder that was exported from a library.
    StorageFailed
        If the disk does not take or give it; what was stored before is kept.
    """
    from mnimage.library.importing import import_photos
    from mnimage.library.intake import find_items

    require_record(library)
    _refuse_exports(paths)
    items = list(find_items(paths))
    tick(0, len(items))
    files: list[Imported] = []
    # Closed at once when it is left: files that wait for their row are swept then.
    with closing(import_photos(library, items, patient)) as landing:
        for one in landing:
            files.append(one)
            landed(one)
            tick(len(files), len(items))
            if len(files) < len(items) and stop():
                return ImportSummary(tuple(files), stopped=True)
    return ImportSummary(tuple(files))


def read_exports(
    library: Library, folders: Sequence[Path], landed: Callable[[Imported], None]
) -> ImportSummary:
    """Bring the patients of exported folders into a library (see `readback.read_export`).

    `landed` is called with each file once it is safely on disk, or refused.
    """
    from mnimage.library.readback import read_export

    files: list[Imported] = []
    for folder in folders:
        for one in read_export(library, folder):
            files.append(one)
            landed(one)
    return ImportSummary(tuple(files))


def propose_pair(
    timeline: Timeline, chosen: PhotoRecord | None = None
) -> tuple[PhotoRecord, PhotoRecord] | None:
    """Return the photo before and after that are best looked at together.

    They are of one view and two sessions: the first and the last of the view that the most
    sessions show, or of the view of the photo `chosen`, which is then one of the two.
    """
    when = {session.id: session.held_at for session in timeline.sessions}
    photos = sorted(
        (one for one in timeline.photos if one.session_id in when),
        key=lambda one: (
            when[one.session_id],
            instant(one.taken_at or one.added_at),
            one.added_at,
            one.file_name,
        ),
    )
    alike = [one for one in photos if _same_view(one, chosen or _most_shown(photos))]
    if chosen is None:
        return _ends(alike)
    others = [one for one in alike if one.session_id != chosen.session_id]
    earlier = [one for one in others if when[one.session_id] < when[chosen.session_id]]
    if earlier:
        return earlier[0], chosen
    return (chosen, others[-1]) if others else None


def original_of(
    photo: PhotoRecord, name: str, timeline: Timeline, library: Callable[[], Library]
) -> Original:
    """Return a photo of the library to be compared; `library` gives the one that is open then."""
    when = {session.id: session.held_at for session in timeline.sessions}
    return Original(
        photo.sha256,
        name,
        photo.taken_at or when.get(photo.session_id),
        read=lambda: library().read_original(photo),
        leave=partial(_leave, photo, library),
    )


def screening_warnings(screening: Sequence[Screened], on: date) -> tuple[str, ...]:
    """Return what speaks against needling on a day (see `library.screening`)."""
    from mnimage.library import screening as asked

    return asked.screening_warnings(screening, on)


def save_records(
    library: Library, *, added: Sequence[Record] = (), changed: Sequence[Record] = ()
) -> None:
    """Store new and changed records in one transaction: all of them, or none.

    Raises
    ------
    EditConflict
        If another station has changed one of them in the meantime.
    NotAllowed
        If the user's role does not allow it.
    RecordUnusable
        If one of them cannot be stored as it is.
    StorageFailed
        If the disk or the server cannot be written.
    """
    with library.changing() as changes:
        for record in changed:
            changes.change(record)
        changes.add(*added)


def save_words(path: Path, words: str) -> None:
    """Keep words in a file of the user's choice; raises `OutputFailed`."""
    from mnimage.formats.output import write_whole

    write_whole(path, words.encode())


def _refuse_exports(paths: Sequence[Path]) -> None:
    from mnimage.library.readback import is_export

    if any(is_export(path) for path in paths):
        raise RecordUnusable(message("workflow.is_export"))


def _decoded(library: Library, photo: PhotoRecord) -> NDArray[np.uint8]:
    from mnimage.formats.files import DecodeOptions, decode_photo
    from mnimage.formats.kinds import HEAD_BYTES, kind_of

    content = library.read_original(photo)
    name = photo.file_name or "The photo"
    coded = decode_photo(content, kind_of(content[:HEAD_BYTES]), name, DecodeOptions()).coded
    deep = coded.dtype == np.uint16
    return (coded >> 8 if deep else coded).astype(np.uint8, copy=False)


def _small(coded: NDArray[np.uint8]) -> bytes:
    rows, columns = coded.shape[:2]
    shrink = min(1.0, THUMBNAIL_PX / max(rows, columns))
    size = max(1, round(columns * shrink)), max(1, round(rows * shrink))
    small = cv2.resize(coded, size, interpolation=cv2.INTER_AREA)
    bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    done, content = cv2.imencode(".jpg", bgr, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))
    if not done:
        raise MnimageError(message("workflow.thumbnail_failed"))
    return content.tobytes()


def _most_shown(photos: Sequence[PhotoRecord]) -> PhotoRecord | None:
    """Return a photo of the view that the most sessions show, the frontal one before others."""
    shown = {(_view(one), one.session_id): one for one in photos}
    counts = Counter(view for view, _ in shown)
    return max(photos, key=lambda one: (counts[_view(one)], one.view == "front"), default=None)


def _view(photo: PhotoRecord) -> tuple[object, ...]:
    return photo.view, photo.site, photo.laterality, photo.mode


def _same_view(one: PhotoRecord, other: PhotoRecord | None) -> bool:
    return other is not None and _view(one) == _view(other)


def _ends(photos: Sequence[PhotoRecord]) -> tuple[PhotoRecord, PhotoRecord] | None:
    """Return the first photo and the first one of the last session."""
    if not photos or photos[0].session_id == photos[-1].session_id:
        return None
    last = next(one for one in photos if one.session_id == photos[-1].session_id)
    return photos[0], last


def _leave(photo: PhotoRecord, library: Callable[[], Library], to: str) -> None:
    """Note that a photo leaves the library in a report: on the record, and in the trace."""
    from mnimage.library.roles import Permission, require

    opened = library()
    require(opened.role, Permission.EXPORT)
    notes = Disclosure(
        patient_id=photo.patient_id,
        photo_id=photo.id,
        purpose=Purpose.RECORD,
        consent_id=None,
        disclosed_by=opened.user,
        to=f"report {to}",
        sha256=photo.sha256,
    )
    patient = opened.find(Patient, photo.patient_id)
    with opened.changing() as changes:
        changes.add(notes)
        changes.note("exported", patient, {"purpose": notes.purpose, "to": notes.to})
