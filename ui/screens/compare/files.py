"""Which files can be taken, and what they are called on the screen."""

from __future__ import annotations

from mimetypes import guess_type
from typing import TYPE_CHECKING

from ui.screens.compare.side import Side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

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
SAME = ("Both are the same photo.", "Choose photos of two different sessions.")


def problem_with(files: Sequence[Path]) -> tuple[str, str] | None:
    """Return why dropped files cannot be taken, and what to do instead."""
    if not files:
        return "Only files on this computer can be opened.", "Save the photo first, then drop it."
    if len(files) > len(Side):
        return (
            f"{len(files)} files were dropped, but two photos are compared.",
            "Drop the photo before and the photo after.",
        )
    if stranger := _stranger_among(files):
        return stranger
    if len(files) == len(Side) and same_file(*files):
        return SAME
    return None


def _stranger_among(files: Sequence[Path]) -> tuple[str, str] | None:
    if any(path.is_dir() for path in files):
        return (
            "This is a folder, not a photo.",
            f"Drop a photo from it, or a folder of directional shots with its {SHOTS}.",
        )
    if strangers := [path.name for path in files if _is_no_photo(path)]:
        return (
            f"{strangers[0]} is not a photo.",
            f"Drop JPEG, PNG, TIFF, HEIC or camera RAW files, or the {SHOTS} of directional shots.",
        )
    return None


def _is_no_photo(path: Path) -> bool:
    """Say whether a file's name already tells that it is something else; many RAW names tell none.

    Whether a file is a photo that can be read is seen when it is read.
    """
    kind = guess_type(path.name)[0] or ""
    return kind.startswith(_OTHER_KINDS)


def shots_inside(path: Path) -> Path:
    """Return the list of directional shots where a folder holds one."""
    return path / SHOTS if (path / SHOTS).is_file() else path


def may_be_profile(path: Path) -> bool:
    """Say whether a file may be a colour profile rather than a photo or a list of shots."""
    return is_json(path) and path.name != SHOTS


def is_json(path: Path) -> bool:
    """Say whether a file is no photo, by its name."""
    return path.suffix.lower() == ".json"


def same_file(path: Path, other: Path | None) -> bool:
    """Say whether both are one file."""
    return other is not None and path.resolve() == other.resolve()


def pair_label(files: Mapping[Side, Path]) -> str:
    """Return what both files are called in the name of another."""
    paths = [files[side] for side in Side]
    names = zip(distinct_names(paths), paths, strict=True)
    return " - ".join(name.removesuffix(path.suffix).replace("/", " ") for name, path in names)


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """Return names for labels: as much of each path as tells the files apart.

    Lists of shots are all called alike, so they go by their folder.
    """
    told = [path.parent if path.name == SHOTS else path for path in paths]
    names: list[str] = []
    for depth in range(1, max((len(path.parts) for path in told), default=0) + 1):
        names = ["/".join(path.parts[-depth:]) for path in told]
        if len(set(names)) == len(names):
            break
    return names
