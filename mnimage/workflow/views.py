"""Proposes the view of photos in the library by how the face is turned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.record import PhotoRecord
from mnimage.errors import (
    EditConflict,
    FaceNotFound,
    ModelsMissing,
    PhotoUnreadable,
    RecordUnusable,
)
from mnimage.face.find import find_face
from mnimage.formats.files import DecodeOptions, decode_photo
from mnimage.formats.kinds import HEAD_BYTES, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.domain.photo import View
    from mnimage.library.library import Library

_PASSES = 1
"""One pass finds the view; the eight of a measurement find the landmarks."""


def propose_views(library: Library, photo_ids: Sequence[str], tick: Tick = no_tick) -> int:
    """Set the view of photos that have none; return for how many it was found.

    Where no face is found, or several, the view stays open: it may be a close-up. Photos that
    another station changed or removed meanwhile are left as they are.

    Raises
    ------
    PhotoDamaged
        If an original is not what was stored.
    StorageFailed
        If the disk refuses.
    """
    found = 0
    for done, id_ in enumerate(photo_ids):
        tick(done, len(photo_ids))
        try:
            photo = library.find(PhotoRecord, id_)
            view = None if photo.view else _view_of(library.read_original(photo), photo.file_name)
            if view is not None:
                library.change(replace(photo, view=view))
                found += 1
        except (EditConflict, RecordUnusable):
            continue
        except ModelsMissing:
            break
    tick(len(photo_ids), len(photo_ids))
    return found


def _view_of(content: bytes, name: str) -> View | None:
    try:
        photo = decode_photo(content, kind_of(content[:HEAD_BYTES]), name, DecodeOptions())
        face = find_face(photo, passes=_PASSES)
    except (PhotoUnreadable, FaceNotFound):
        return None
    return face.view if face else None
