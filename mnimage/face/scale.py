"""A rough scale from the distance of the eyes, where nothing better is in the photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.photo import Scale

if TYPE_CHECKING:
    from mnimage.domain.face import Face

EYES_MM = 90.0
RELATIVE_ERROR = 0.06


def face_scale(face: Face) -> Scale:
    """Return millimetres per pixel, taking the outer eye corners to be `EYES_MM` apart."""
    return Scale(EYES_MM / face.eye_distance_px, "face", RELATIVE_ERROR)
