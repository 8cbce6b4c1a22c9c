"""Which files can be taken, and what they are called on the screen."""

from __future__ import annotations

from itertools import pairwise
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mnimage.domain.original import Original
from mnimage.domain.same_session import instant, same_session
from mnimage.errors import NotComparable
from ui.screens.compare.sessions import MOST_REPEATS, RepeatShown
from ui.screens.compare.side import Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ui.screens.compare.sessions import Details

Shot: TypeAlias = Path | Original
"""A photo of a pair: a file, or one that the clinic's library keeps."""

SHOTS = "SHOTS.json"

_OTHER_KINDS = (
    "text/",
    "video/",
    "audio/",
    "application/pdf",
    "application/zip",
    "application/msword",
    "application/vnd",
)
_MOST = (1 + MOST_REPEATS) * len(Side)
_OWN_SIDE = "Drop the shots of each session on its own side."
SAME = ("Both are the same photo.", "Choose photos of two different sessions.")


def problem_with(files: Sequence[Path]) -> tuple[str, str] | None:
    """Return why dropped files cannot be taken, and what to do instead."""
    if not files:
        return "Only files on this computer can be opened.", "Save the photo first, then drop it."
    if len(files) > _MOST:
        return (
            f"{len(files)} files were dropped, but a session takes {1 + MOST_REPEATS} shots.",
            f"Drop up to {1 + MOST_REPEATS} shots of each of two sessions.",
        )
    if stranger := _stranger_among(files):
        return stranger
    if len({path.resolve() for path in files}) < len(files):
        return SAME
    return None


def problem_with_repeats(
    more: Sequence[Path], first: Shot | None, kept: Sequence[Path], elsewhere: Sequence[Shot]
) -> tuple[str, str] | None:
    """Return why files cannot be repeat shots of a session, and what to do instead.

    `first` is the session's first shot, `kept` its repeats; `elsewhere` are those of the other one.
    """
    if not more or _stranger_among(more):
        return problem_with(more)
    if first is None:
        return "A repeat shot needs a first one.", "Open the first photo of the session."
    if len(kept) + len(more) > MOST_REPEATS:
        return (
            f"A session takes {1 + MOST_REPEATS} shots.",
            "Remove one under session details first.",
        )
    return _stray_repeat(more, first, (*kept, *elsewhere))


def _stray_repeat(
    more: Sequence[Path], first: Shot, others: Sequence[Shot]
) -> tuple[str, str] | None:
    taken = {shot.resolve() for shot in (first, *others) if isinstance(shot, Path)}
    new = {path.resolve() for path in more}
    if taken & new or len(new) < len(more):
        return "This photo is a shot of the pair already.", "Choose another shot of the session."
    if any(is_json(path) is not is_json(first) for path in more):
        return (
            "A repeat shot is of the kind of the first one.",
            "Repeat photos with photos, and directional shots with directional shots.",
        )
    return None


def sessions_of(
    files: Sequence[Path], times: Sequence[datetime | None], side: Side | None = None
) -> Mapping[Side, tuple[Path, ...]]:
    """Return whose shots dropped files are: of one side, or of two sessions, the earlier before.

    Files go by when they were taken. Two that do not say it are a pair as they come, unless they
    are all for one `side`.

    Raises
    ------
    NotComparable
        If more than two files cannot be distinguished.
    """
    known = [instant(time) for time in times if time is not None]
    if len(known) == len(files):
        ordered = [path for _, path in sorted(zip(known, files, strict=True))]
        known.sort()
        gaps = [later - earlier for earlier, later in pairwise(known)]
        widest = gaps.index(max(gaps))
        if not same_session(known[widest], known[widest + 1]):
            return _split(ordered, widest + 1)
    else:
        ordered = list(files)
    if side is not None:
        return {side: _as_session(ordered)}
    if len(files) == len(Side):
        return _split(ordered, 1)
    raise NotComparable("The shots of two sessions could not be distinguished.", hint=_OWN_SIDE)


def _split(ordered: Sequence[Path], place: int) -> Mapping[Side, tuple[Path, ...]]:
    return {Side.BEFORE: _as_session(ordered[:place]), Side.AFTER: _as_session(ordered[place:])}


def _as_session(shots: Sequence[Path]) -> tuple[Path, ...]:
    if len(shots) > 1 + MOST_REPEATS:
        raise NotComparable(
            f"{len(shots)} shots are of one session, which takes {1 + MOST_REPEATS}.",
            hint=_OWN_SIDE,
        )
    return tuple(shots)


def _stranger_among(files: Sequence[Path]) -> tuple[str, str] | None:
    if any(path.is_dir() for path in files):
        return (
            "This is a folder, not a photo.",
            f"Drop a photo from it, or a folder of directional shots with its {SHOTS}.",
        )
    if unrelated := [path.name for path in files if _is_no_photo(path)]:
        return (
            f"{unrelated[0]} is not a photo.",
            f"Drop JPEG, PNG, TIFF, HEIC or camera RAW files, or the {SHOTS} of directional shots.",
        )
    return None


def _is_no_photo(path: Path) -> bool:
    """Say whether a file's name already shows that it is no photo; many RAW names show nothing.

    Whether a file is a photo that can be read is seen when it is read.
    """
    kind = guess_type(path.name)[0] or ""
    return kind.startswith(_OTHER_KINDS)


def shots_inside(path: Path) -> Path:
    """Return the list of directional shots where a folder holds one."""
    return path / SHOTS if (path / SHOTS).is_file() else path


def shown_repeats(
    details: Details, files: Mapping[Side, Shot], left_out: Mapping[Path, str]
) -> Mapping[Side, tuple[RepeatShown, ...]]:
    """Return the repeat shots of both sessions, under names unlike those of the first shots."""
    shown = {}
    for side, paths in details.repeats.items():
        firsts = [files[side]] if side in files else []
        names = distinct_names([*firsts, *paths])[len(firsts) :]
        shown[side] = tuple(
            RepeatShown(name, left_out.get(path, ""))
            for name, path in zip(names, paths, strict=True)
        )
    return shown


def may_be_profile(path: Path) -> bool:
    """Say whether a file may be a colour profile rather than a photo or a list of shots."""
    return is_json(path) and path.name != SHOTS


def is_json(shot: Shot) -> bool:
    """Say whether a file is no photo, by its name."""
    return isinstance(shot, Path) and shot.suffix.lower() == ".json"


def same_file(shot: Shot, other: Shot | None) -> bool:
    """Say whether both are one file, or one photo of the library."""
    if isinstance(shot, Path) and isinstance(other, Path):
        return shot.resolve() == other.resolve()
    return shot == other


def pair_label(files: Mapping[Side, Shot]) -> str:
    """Return what both files are called in the name of another."""
    shots = [files[side] for side in Side]
    names = zip(distinct_names(shots), shots, strict=True)
    return " - ".join(_bare(name, shot).replace("/", " ") for name, shot in names)


def distinct_names(shots: Sequence[Shot]) -> list[str]:
    """Return names for labels: as much of each path as distinguishes the files.

    Lists of shots are all called alike, so they go by their folder; photos of the library have
    names of their own.
    """
    notes = [_parts(shot) for shot in shots]
    names: list[str] = []
    for depth in range(1, max((len(parts) for parts in notes), default=0) + 1):
        names = ["/".join(parts[-depth:]) for parts in notes]
        if len(set(names)) == len(names):
            break
    return names


def _parts(shot: Shot) -> tuple[str, ...]:
    if isinstance(shot, Original):
        return (shot.name,)
    return (shot.parent if shot.name == SHOTS else shot).parts


def _bare(name: str, shot: Shot) -> str:
    return name if isinstance(shot, Original) else name.removesuffix(shot.suffix)
