"""Whether the photo was taken from the same distance as the earlier one.

Points are those of the face mesh (Kartynnik et al. 2019).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.quality import Check
from mnimage.quality.finding import at_most, judge
from mnimage.quality.shot import EYES_MM
from mnimage.words.message import message

if TYPE_CHECKING:
    from mnimage.domain.face import Face
    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

FILM_MM = 36.0
"""Width of a 35 mm film frame, to which Exif refers the focal length."""

EARS, EYES = (234, 454), (33, 263)
"""Mesh points in front of the ears, and at the outer corners of the eyes."""


def check_same_size(shot: Shot, before: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the change of the face's size in the picture, each as a share of its picture."""
    if before is None or shot.face is None or before.face is None:
        return None
    change = _size(shot, shot.face) / _size(before, before.face) - 1
    advice = message("quality.size_back") if change > 0 else message("quality.size_closer")
    limit = at_most(recipe.max_distance_percent, "%", 10 * recipe.max_distance_percent)
    return judge(Check.SAME_SIZE, 100 * abs(change), limit, advice, "pair")


def check_same_camera_distance(
    shot: Shot, before: Shot | None, recipe: QualityRecipe
) -> Finding | None:
    """Return the change of the camera's distance, where both files record the focal length.

    By perspective, with adults' eye corners (`face.scale`) and the focal length for 35 mm film
    (Exif, CIPA DC-008).
    """
    now, then = _camera_mm(shot), _camera_mm(before)
    if now is None or then is None:
        return None
    change = now / then - 1
    advice = message("quality.camera_closer") if change > 0 else message("quality.camera_back")
    limit = at_most(recipe.max_camera_percent, "%")
    return judge(Check.SAME_CAMERA_DISTANCE, 100 * abs(change), limit, advice, "pair")


def check_same_perspective(
    shot: Shot, before: Shot | None, recipe: QualityRecipe
) -> Finding | None:
    """Return the change of the face's width at the ears over its width at the eyes.

    Seen from very near, a face becomes narrower towards the ears. Portraits of one person taken
    minutes apart differ by up to 2.5 %, arm's length against a metre by 3.6 %, but 30 against
    45 cm by only 1 %: this check finds large changes only. Once the photos are registered, the
    displacement field shows smaller ones (`register.rigid`).
    """
    if before is None or shot.face is None or before.face is None:
        return None
    change = _taper(shot.face) / _taper(before.face) - 1
    closer, back = message("quality.perspective_closer"), message("quality.perspective_back")
    limit = at_most(recipe.max_perspective_percent, "%")
    advice = closer if change > 0 else back
    return judge(Check.SAME_PERSPECTIVE, 100 * abs(change), limit, advice, "pair")


def _size(shot: Shot, face: Face) -> float:
    return face.eye_distance_px / max(shot.photo.shape)


def _camera_mm(shot: Shot | None) -> float | None:
    if shot is None or shot.face is None or shot.photo.facts.focal_35mm_mm is None:
        return None
    return shot.photo.facts.focal_35mm_mm / FILM_MM * EYES_MM / _size(shot, shot.face)


def _taper(face: Face) -> float:
    ears, eyes = (face.landmarks[list(pair), :2] for pair in (EARS, EYES))
    return float(np.linalg.norm(ears[0] - ears[1]) / np.linalg.norm(eyes[0] - eyes[1]))
