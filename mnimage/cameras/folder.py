"""A folder that a camera's own program fills: every tethering program can do that."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from mnimage.cameras.shot import CameraShot
from mnimage.errors import CameraUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mnimage.domain.progress import Tick

_POLL_S = 0.1
"""Between two looks into the folder: a tenth of a second is not felt after a shutter."""

_SETTLED_POLLS = 3
"""A file is complete when its size did not change over so many looks."""


class WatchedFolder:
    """Gives each photo that appears in a folder, in the order in which they are complete.

    What is there when the folder is opened was taken before, and is passed over.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise CameraUnusable(message("cameras.no_folder", folder=str(folder)))
        self._folder = folder
        self._given = set(self._sizes())
        self.name = f"folder {folder.name}"

    def preview(self) -> None:
        """Return None: only finished photos come into a folder."""

    def shoot(self, tick: Tick) -> CameraShot:
        """Wait for the next photo (see `Camera.shoot`); `tick` is called at every look."""
        seen: dict[str, list[int]] = {}
        while True:
            tick(0, 1)
            for name, size in self._sizes().items():
                if name in self._given:
                    continue
                sizes = seen.setdefault(name, [])
                sizes.append(size)
                if size and len(sizes) > _SETTLED_POLLS and len({*sizes[-_SETTLED_POLLS:]}) == 1:
                    content = self._read(name)
                    if content is not None:
                        self._given.add(name)
                        return CameraShot(name, content)
            time.sleep(_POLL_S)

    def close(self) -> None:
        """Nothing has to be let go of."""

    def _sizes(self) -> Mapping[str, int]:
        """Return the size of each visible file of the folder by its name, oldest first.

        Raises
        ------
        CameraUnusable
            If the folder is gone.
        """
        found = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    # Tethering programs write under another name first, and then rename the file.
                    with contextlib.suppress(FileNotFoundError):
                        if entry.is_file() and not entry.name.startswith("."):
                            status = entry.stat()
                            found.append((status.st_mtime_ns, entry.name, status.st_size))
        except OSError as error:
            raise CameraUnusable(message("cameras.no_folder", folder=str(self._folder))) from error
        return {name: size for _, name, size in sorted(found)}

    def _read(self, name: str) -> bytes | None:
        """Return a file's bytes, None where it was renamed or removed meanwhile."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
