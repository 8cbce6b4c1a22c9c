"""What a file named as a source is, a photo or a manifest of shots, by its name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def is_manifest(path: Path) -> bool:
    """Whether a file lists directional shots rather than being a photo: it is named .json."""
    return path.suffix.lower() == ".json"


def with_frames(path: Path) -> tuple[Path, ...]:
    """Return a source with every file that it lists, where it is a manifest.

    Raises
    ------
    ShotsUnusable
        If it is an invalid manifest.
    """
    if not is_manifest(path):
        return (path,)
    from mnimage.formats.manifest import frames_of  # Its schema is slow to build.

    return path, *frames_of(path)
