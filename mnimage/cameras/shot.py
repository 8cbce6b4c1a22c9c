"""One photo as a camera gave it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CameraShot:
    """The bytes of the file that the camera wrote, and the file's name."""

    name: str
    content: bytes = field(repr=False)
