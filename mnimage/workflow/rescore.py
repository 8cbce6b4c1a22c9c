"""Bring kept answers to today's version: both values side by side, nothing written over."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.recipe import Recipe
from mnimage.errors import Cancelled, MnimageError, OriginUnusable, OutputFailed
from mnimage.formats.output import prepare_folder, write_whole
from mnimage.report.answers import comparison_answer, scorecard_answer
from mnimage.report.plain import json_text
from mnimage.words.message import message
from mnimage.workflow.origin import find_origin, made_from
from mnimage.workflow.read import compare_files, score_photo_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mnimage.domain.photo import Photo
    from mnimage.report.answers import Document
    from mnimage.workflow.origin import Origin

NAMES = ("answer.json", "comparison.json")
"""The files in which `score` and `compare` keep their answers."""


class Rescored(StrEnum):
    """What became of one kept answer."""

    DONE = "rescored"
    SAME = "same version"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept answer then, and the same originals measured now."""

    answer: str
    status: Rescored
    then: Mapping[str, Any] = field(default_factory=dict, repr=False)
    now: Mapping[str, Any] = field(default_factory=dict, repr=False)
    reason: str = ""
    hint: str = ""

    @property
    def changed(self) -> list[Document]:
        """Each score with its value then and now, None where it was not measured."""
        then, now = _values(self.then), _values(self.now)
        keys = dict.fromkeys((*then, *now))
        return [
            {"zone": zone, "score": name, "then": then.get(key), "now": now.get(key)}
            for key in keys
            for zone, name in (key,)
        ]


def _values(answer: Mapping[str, Any]) -> dict[tuple[str, str], Document]:
    """Return what an answer says of each zone and score: change or value, error and verdict."""
    notes = ("value", "change", "uncertainty", "mdc95", "verdict")
    return {
        (zone, name): {key: score[key] for key in notes if key in score}
        for zone, measured in answer.get("zones", {}).items()
        for name, score in measured["scores"].items()
    }


def rescore_folders(
    folders: Sequence[Path],
    *,
    photos: Path | None = None,
    out: Path | None = None,
    tick: Tick = no_tick,
) -> list[Entry]:
    """Measure again, with today's recipe, all that was scored or compared into `folders`.

    Every answer below the folders is taken up; its originals must be those it was made from. What
    cannot be repeated is said and the rest goes on.

    Parameters
    ----------
    folders
        Folders of answers, searched with all below them.
    photos
        Where the originals are now, if not where they were.
    out
        Folder for one file with all entries, none where it is None; never over an earlier one.
    tick
        Progress.

    Raises
    ------
    OutputFailed
        If the file is there already.
    """
    kept = _kept(folders)
    target = out / f"rescored-{Recipe().version}.json" if out is not None else None
    if target is not None and target.exists():
        raise OutputFailed(message("workflow.output_exists", target=str(target)))
    entries = [Entry(str(path), Rescored.FAILED, reason=why) for path, why in kept if why]
    found = [path for path, why in kept if not why]
    for number, path in enumerate(found):
        tick(number, len(found))
        entries.append(_rescored(path, photos))
    if target is not None and out is not None:
        prepare_folder(out)
        write_whole(target, json_text(rescore_answer(entries)).encode())
    tick(len(found), len(found))
    return entries


def rescore_answer(entries: Sequence[Entry]) -> Document:
    """Return the answer of `rescore`."""
    return {
        "recipe": Recipe().version,
        "entries": [
            {
                "answer": entry.answer,
                "status": entry.status.value,
                **({"error": entry.reason, "hint": entry.hint} if entry.reason else {}),
                "recipe_then": entry.then.get("recipe"),
                "recipe_now": entry.now.get("recipe"),
                "values": entry.changed if entry.now else [],
                "then": dict(entry.then) or None,
                "now": dict(entry.now) or None,
            }
            for entry in entries
        ],
    }


def _kept(folders: Sequence[Path]) -> list[tuple[Path, str]]:
    """Return every kept answer, or why a folder has none."""
    kept: list[tuple[Path, str]] = []
    for folder in folders:
        if not folder.is_dir():
            kept.append((folder, "There is no such folder."))
            continue
        found = sorted(path for path in folder.rglob("*.json") if path.name in NAMES)
        kept += [(path, "") for path in found] or [(folder, "No answer is kept in this folder.")]
    return list(dict.fromkeys(kept))


def _rescored(path: Path, photos: Path | None) -> Entry:
    then: Mapping[str, Any] = {}
    try:
        then = _read(path)
        origin = find_origin(then, path.parent, photos)
        if then.get("recipe") == Recipe().version:
            return Entry(str(path), Rescored.SAME, then, then)
        numbers, decoded = _measured(origin)
        sources = made_from(origin.photos, origin.inputs, path.parent, decoded)
    except Cancelled:
        raise
    except MnimageError as error:
        return Entry(str(path), Rescored.FAILED, then, reason=str(error), hint=error.hint)
    return Entry(str(path), Rescored.DONE, then, numbers | {"made_from": sources})


def _read(path: Path) -> Document:
    try:
        answer = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OriginUnusable(message("workflow.answer_unreadable", name=path.name)) from error
    if not isinstance(answer, dict):
        raise OriginUnusable(message("workflow.answer_unreadable", name=path.name))
    return answer


def _measured(origin: Origin) -> tuple[Document, tuple[Photo, ...]]:
    """Return the answer of today's version, and the photos that it was decoded from."""
    inputs = origin.inputs
    if len(origin.photos) == 1:
        analyzed, card = score_photo_file(
            origin.photos[0], mm_per_px=inputs.mm_per_px, profile=inputs.profile_before
        )
        return scorecard_answer(card), (analyzed.photo,)
    before, after = origin.photos
    pair = compare_files(before, after, inputs=inputs)
    photos = pair.before.photo, pair.after.photo
    return comparison_answer(pair.comparison, pair.before), photos
