"""Sentences of the room `cameras`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CAMERAS: Mapping[str, str] = {
    "cameras.unknown": 'There is no kind of camera called "{scheme}".',
    "cameras.unknown.hint": "Kinds of cameras: {known}.",
    "cameras.no_folder": "The folder {folder} is not there, or cannot be read.",
    "cameras.no_folder.hint": "Name the folder into which the camera's own program saves photos.",
}
