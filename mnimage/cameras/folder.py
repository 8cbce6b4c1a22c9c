"""A folder that a camera's own program fills: every tethering program can do that."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mnimage.cameras.shot import CameraShot
from mnimage.errors import CameraUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator
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
        self._given = {path.name for path in self._files()}
        self.name = f"folder {folder.name}"

    def preview(self) -> None:
        """Return None: only finished photos come into a folder."""

    def shoot(self, tick: Tick) -> CameraShot:
        """Wait for the next photo (see `Camera.shoot`); `tick` is called at every look."""
        sizes: dict[str, list[int]] = {}
        while True:
            tick(0, 1)
            for path in self._files():
                if path.name in self._given:
                    continue
                seen = sizes.setdefault(path.name, [])
                seen.append(path.stat().st_size)
                if seen[-1] and len(seen) > _SETTLED_POLLS and len({*seen[-_SETTLED_POLLS:]}) == 1:
                    self._given.add(path.name)
                    return CameraShot(path.name, path.read_bytes())
            time.sleep(_POLL_S)

    def close(self) -> None:
        """Nothing has to be let go of."""

    def _files(self) -> Iterator[Path]:
        """Yield the visible files of the folder, oldest first.

        Raises
        ------
        CameraUnusable
            If the folder is gone.
        """
        try:
            found = [path for path in self._folder.iterdir() if path.is_file()]
        except OSError as error:
            raise CameraUnusable(message("cameras.no_folder", folder=str(self._folder))) from error
        visible = (path for path in found if not path.name.startswith("."))
        yield from sorted(visible, key=lambda path: (path.stat().st_mtime_ns, path.name))
