"""Whether there is enough face, picture and skin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.quality.finding import at_least, judge

if TYPE_CHECKING:
    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

FOREHEAD, CHIN = 10, 152


def check_face_size(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the height of the face in pixels, along the mesh.

    300 px over some 180 mm is 0.6 mm a pixel: the coarsest at which redness of a zone still means
    something. Below half of that no two photos can be registered.

    The mesh is that of Kartynnik et al. (2019), the limit our own.
    """
    if shot.face is None:
        return None
    points = shot.face.landmarks
    height = float(np.linalg.norm(points[CHIN] - points[FOREHEAD]))
    limit = at_least(recipe.min_face_px, "px", recipe.min_face_px / 2)
    return judge("face size", height, limit, "Go closer, or set the camera to full resolution.")


def check_picture_size(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the long side of a close-up in pixels."""
    if shot.face is not None:
        return None
    limit = at_least(recipe.min_picture_px, "px", recipe.min_picture_px / 4)
    return judge("picture size", max(shot.photo.shape), limit, "Set the camera to full resolution.")


def check_skin(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding:
    """Return the share of the picture that is skin to be measured."""
    share = 100 * shot.covered * float((shot.labels > 0).mean())
    limit = at_least(recipe.min_skin_percent, "%", recipe.min_skin_percent / 4)
    return judge("skin", share, limit, "Show the bare skin, with hair and cloth out of the way.")
