"""Whether the face is at rest.

Our own, from points of the face's mesh (Kartynnik et al. 2019), measured on the 12 people it was
chosen on: neutral and smiling are distinguished with an area under the ROC curve of 0.98.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.quality.finding import at_most, judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.face import Face
    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

CORNERS, LIPS, LOWER_LIP = (61, 291), (13, 14), 17

# Mean of twelve neutral portraits, and the weight of each sign: mouth width, height of the corners
# over the lower lip's rim, height over the lips' meeting line, all over the distance of the eyes.
# On the same twelve people neutral and smiling: area under the ROC curve 0.98.
AT_REST = np.array([0.535, 0.10, -0.011])
WEIGHTS = np.array([10.0, 16.7, 27.8])


def check_smile(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how strongly the mouth smiles; a face at rest is near 0."""
    if shot.face is None:
        return None
    limit = at_most(recipe.max_smile, "points")
    return judge("smile", smile(shot.face), limit, "Ask for a face at rest, without a smile.")


def check_mouth(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the mouth is open, in percent of the distance of the eyes."""
    if shot.face is None:
        return None
    upper, lower = shot.face.landmarks[list(LIPS)]
    gap = 100 * float(np.linalg.norm(upper - lower)) / shot.face.eye_distance_px
    limit = at_most(recipe.max_mouth_open, "%")
    return judge("open mouth", gap, limit, "Ask to close the mouth, lips touching lightly.")


def check_same_smile(shot: Shot, before: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how much more or less the mouth smiles than in the earlier photo."""
    if before is None or shot.face is None or before.face is None:
        return None
    change = smile(shot.face) - smile(before.face)
    wanted = "less" if change > 0 else "more"
    advice = f"Ask for the expression of the earlier photo: the mouth smiles {wanted} there."
    return judge("same expression", abs(change), at_most(recipe.max_smile_change, "points"), advice)


def smile(face: Face) -> float:
    """Return how strongly the mouth smiles, in points."""
    points = face.landmarks / face.eye_distance_px
    corners = points[list(CORNERS)]
    down = _down(points)
    corner = float((corners @ down).mean())
    signs = np.array(
        [
            float(np.linalg.norm(corners[0] - corners[1])),
            float(points[LOWER_LIP] @ down) - corner,
            float((points[list(LIPS)] @ down).mean()) - corner,
        ]
    )
    return float((signs - AT_REST) @ WEIGHTS)


def _down(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the face's own downward direction, square to the line across it."""
    across = points[[263, 362, 454, 356]].mean(axis=0) - points[[33, 133, 234, 127]].mean(axis=0)
    down = points[[152, 200, 175]].mean(axis=0) - points[[10, 151, 9]].mean(axis=0)
    across /= np.linalg.norm(across)
    down = down - (down @ across) * across
    return np.asarray(down / np.linalg.norm(down))
