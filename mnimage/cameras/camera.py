"""What every camera can do, and the table of those there are.

A camera gives photos as the bytes of files, exactly as it wrote them: they are the originals that
the library keeps. What is seen between two photos is a preview, never kept and never measured.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from mnimage.cameras.folder import WatchedFolder
from mnimage.errors import CameraUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mnimage.cameras.shot import CameraShot
    from mnimage.domain.progress import Tick


class Camera(Protocol):
    """A camera that is open; close it when it is no longer needed."""

    @property
    def name(self) -> str:
        """What it is called, for lists and records."""

    def preview(self) -> NDArray[np.uint8] | None:
        """Return what it sees now, sRGB (rows, columns, 3), or None where it has no preview."""

    def shoot(self, tick: Tick) -> CameraShot:
        """Take a photo and return it, or wait for the next one that is taken by hand.

        Raises
        ------
        CameraUnusable
            If the camera is gone, or gives no photo.
        Cancelled
            If `tick` says so.
        """

    def close(self) -> None:
        """Let go of the camera."""


@dataclass(frozen=True, slots=True)
class CameraKind:
    """One kind of camera: how its address begins, what it is, and how it is opened."""

    scheme: str
    description: str
    open: Callable[[str], Camera] = field(repr=False)


CAMERAS: Mapping[str, CameraKind] = MappingProxyType(
    {
        kind.scheme: kind
        for kind in (
            CameraKind(
                "folder",
                "a folder that any camera's own program fills: folder:DIR",
                lambda place: WatchedFolder(Path(place)),
            ),
        )
    }
)
"""Every kind of camera by the scheme of its address; a new one is one row here."""


def open_camera(address: str) -> Camera:
    """Return the camera of an address, "scheme" or "scheme:argument".

    Raises
    ------
    CameraUnusable
        If there is no such kind of camera, or it cannot be opened.
    """
    scheme, _, argument = address.partition(":")
    if scheme not in CAMERAS:
        raise CameraUnusable(
            message("cameras.unknown", scheme=scheme, known=tuple(sorted(CAMERAS)))
        )
    return CAMERAS[scheme].open(argument)
