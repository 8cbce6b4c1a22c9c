"""Whether the face, the picture and the skin are large enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.quality import Check
from mnimage.quality.finding import at_least, judge
from mnimage.words.message import message

if TYPE_CHECKING:
    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

FOREHEAD, CHIN = 10, 152
"""Mesh points at the upper and the lower end of the face."""


def check_face_size(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the height of the face in pixels, measured on the mesh.

    300 px over some 180 mm is 0.6 mm per pixel: the coarsest at which a zone's redness is still
    meaningful. Below half that resolution no two photos can be registered.

    The mesh is that of Kartynnik et al. (2019), the limit our own.
    """
    if shot.face is None:
        return None
    points = shot.face.landmarks
    height = float(np.linalg.norm(points[CHIN] - points[FOREHEAD]))
    limit = at_least(recipe.min_face_px, "px", recipe.min_face_px / 2)
    return judge(Check.FACE_SIZE, height, limit, message("quality.face_size"))


def check_picture_size(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the long side of a close-up in pixels."""
    if shot.face is not None:
        return None
    limit = at_least(recipe.min_picture_px, "px", recipe.min_picture_px / 4)
    side = max(shot.photo.shape)
    return judge(Check.PICTURE_SIZE, side, limit, message("quality.picture_size"))


def check_skin(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding:
    """Return the share of the picture that is measurable skin."""
    share = 100 * shot.covered * float((shot.labels > 0).mean())
    limit = at_least(recipe.min_skin_percent, "%", recipe.min_skin_percent / 4)
    return judge(Check.SKIN, share, limit, message("quality.skin"))
