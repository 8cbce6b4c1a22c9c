"""What an answer was made from: enough to find the originals again, unchanged, and repeat it."""

from __future__ import annotations

import glob
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from mnimage import __version__
from mnimage.domain.recipe import ALGORITHM
from mnimage.domain.session import PairInputs, PairNotes, Patch
from mnimage.errors import MnimageError, OriginUnusable
from mnimage.formats.sources import is_manifest, with_frames
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mnimage.domain.photo import Photo
    from mnimage.report.answers import Document

_BLOCK = 1 << 20
_ROLES = ("photos", "profiles", "repeats_before", "repeats_after")


@dataclass(frozen=True, slots=True)
class Origin:
    """The files an answer was made from, found again, and what was inputs: `photos` is 1 or 2."""

    photos: tuple[Path, ...]
    inputs: PairInputs


def made_from(
    photos: Sequence[Path], inputs: PairInputs, folder: Path, decoded: Sequence[Photo] = ()
) -> Document:
    """Return what an answer in `folder` is made from.

    Files are named, with the path from the folder, and fingerprinted (SHA-256), with every frame
    that sheets of directional shots list.

    Parameters
    ----------
    photos
        The files of the photos, or the sheets of directional shots.
    inputs
        What else went into the answer.
    folder
        Where the answer is kept.
    decoded
        The `photos` as they were decoded, in the same order. Their fingerprints are used, so that
        no file is read again; means of directional shots have none, and theirs are read.
    """
    hashed = {path: photo.sha256 for path, photo in zip(photos, decoded, strict=False)}
    files = {
        "photos": photos,
        "profiles": inputs.profiles,
        "repeats_before": inputs.repeats_before,
        "repeats_after": inputs.repeats_after,
    }
    patch = inputs.notes.control
    return {
        "program": __version__,
        "algorithm": ALGORITHM,
        "inputs": {
            role: [_file(path, folder, hashed.get(path, "")) for path in files[role]]
            for role in _ROLES
        },
        "options": {
            "mm_per_px": inputs.mm_per_px,
            "control": [patch.row, patch.column, patch.height, patch.width] if patch else None,
            "days_since_needling": inputs.notes.days_since_needling,
        },
    }


def _file(path: Path, folder: Path, sha256: str) -> Document:
    entry: Document = {
        "file": path.name,
        "path": _way(path, folder),
        "sha256": sha256 or _fingerprint(path),
    }
    if is_manifest(path) and (frames := _frames(path)):
        entry["lists"] = [
            {"path": _way(frame, path.parent), "sha256": _fingerprint(frame)} for frame in frames
        ]
    return entry


def _frames(path: Path) -> tuple[Path, ...]:
    """Return the files that a sheet lists; a colour profile is JSON as well and lists none."""
    try:
        return with_frames(path)[1:]
    except MnimageError:
        return ()


def _way(path: Path, folder: Path) -> str:
    try:
        return PurePath(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # Another drive on Windows: there is no way from here to there.
        return path.resolve().as_posix()


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OriginUnusable(
            message("workflow.original_unreadable", name=path.name, reason=reason)
        ) from error
    return digest.hexdigest()


def find_origin(answer: Mapping[str, Any], folder: Path, photos: Path | None) -> Origin:
    """Return the originals of an answer in `folder`, each with the fingerprint it had.

    A file is looked for where it was, then under its name anywhere in `photos`.

    Raises
    ------
    OriginUnusable
        If the answer does not say, or one of them is missing or changed.
    """
    try:
        notes = answer["made_from"]
        files = {
            role: tuple(_found(entry, folder, photos) for entry in notes["inputs"][role])
            for role in _ROLES
        }
        options = notes["options"]
        patch = Patch(*options["control"]) if options["control"] else None
        inputs = PairInputs(
            mm_per_px=options["mm_per_px"],
            profiles=files["profiles"],
            repeats_before=files["repeats_before"],
            repeats_after=files["repeats_after"],
            notes=PairNotes(patch, options["days_since_needling"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OriginUnusable(message("workflow.origin_unknown")) from error
    return Origin(files["photos"], inputs)


def _found(entry: Mapping[str, Any], folder: Path, photos: Path | None) -> Path:
    name = str(entry["file"])
    places = [folder / str(entry["path"])]
    if photos is not None:
        places += sorted(photos.rglob(glob.escape(PurePath(name).name)))
    there = [place for place in places if place.is_file()]
    if not there:
        raise OriginUnusable(message("workflow.original_missing", name=name))
    for place in there:
        if _fingerprint(place) == entry["sha256"] and _lists_the_same(place, entry):
            return place
    raise OriginUnusable(message("workflow.original_changed", name=name))


def _lists_the_same(manifest: Path, entry: Mapping[str, Any]) -> bool:
    frames = [(manifest.parent / str(one["path"]), one["sha256"]) for one in entry.get("lists", ())]
    return all(frame.is_file() and _fingerprint(frame) == inputs for frame, inputs in frames)
