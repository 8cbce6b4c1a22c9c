"""Whether the skin is well lit: neither dark nor overexposed, without glare, evenly.

L* is that of ISO/CIE 11664-4, glare that of Shafer (1985). How bright, even and constant the light
must be is our own choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.quality import Check
from mnimage.kernels.color import to_lab
from mnimage.kernels.filters import masked_blur
from mnimage.kernels.masks import glare_mask
from mnimage.quality.finding import at_least, at_most, judge
from mnimage.words.message import message

if TYPE_CHECKING:
    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

CLIPPED = 0.955
"""Linear light from which a channel counts as clipped: 250 of 255 in 8-bit sRGB."""

EVEN_MM = 10.0
"""Width of the parts of the skin whose brightness is compared."""

RIGHT = ("cheek_right", "periorbital_right")
LEFT = ("cheek_left", "periorbital_left")


def check_dark(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the skin's lightness L*: below about 28 even the darkest skin is underexposed.

    L* of ISO/CIE 11664-4; our own limit.
    """
    if shot.empty:
        return None
    limit = at_least(recipe.min_lightness, "L*", recipe.min_lightness / 2)
    return judge(Check.BRIGHTNESS, _lightness(shot), limit, message("quality.dark"))


def check_bright(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the skin's lightness L*: above about 82 even the fairest skin is overexposed.

    L* of ISO/CIE 11664-4; our own limit.
    """
    if shot.empty:
        return None
    limit = at_most(recipe.max_lightness, "L*", 95.0)
    return judge(Check.OVEREXPOSURE, _lightness(shot), limit, message("quality.bright"))


def check_clipped(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the share of the skin in which a colour channel is clipped."""
    if shot.empty:
        return None
    share = 100 * float((shot.linear[shot.skin].max(axis=-1) >= CLIPPED).mean())
    limit = at_most(recipe.max_clipped_percent, "%", 10 * recipe.max_clipped_percent)
    return judge(Check.CLIPPING, share, limit, message("quality.clipped"))


def check_glare(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the share of the skin with glare.

    Identified by brightness and colour (Shafer 1985); our own limit.
    """
    if shot.empty:
        return None
    glare = glare_mask(shot.light, shot.red, shot.skin, 4.0 / shot.mm)
    share = 100 * float(glare.sum()) / float(shot.skin.sum())
    limit = at_most(recipe.max_glare_percent, "%")
    return judge(Check.GLARE, share, limit, message("quality.glare"))


def check_sides(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how much brighter one half of the face is than the other."""
    if shot.empty or shot.face is None:
        return None
    right, left = shot.zone(*RIGHT), shot.zone(*LEFT)
    if min(right.sum(), left.sum()) < 200:
        return None
    ratio = float(np.exp(abs(np.median(shot.light[right]) - np.median(shot.light[left]))))
    limit = at_most(recipe.max_side_ratio, "x", 3 * recipe.max_side_ratio)
    return judge(Check.SIDE_LIGHT, ratio, limit, message("quality.side_light"))


def check_even(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how much brighter the brightest part of the skin is than the darkest.

    Parts are 10 mm wide; between the 2nd and the 98th percentile.
    """
    if shot.empty:
        return None
    broad = masked_blur(shot.light, shot.labels > 0, EVEN_MM / shot.mm)[shot.labels > 0]
    low, high = np.percentile(broad, [2, 98])
    limit = at_most(recipe.max_light_ratio, "x")
    ratio = float(np.exp(high - low))
    return judge(Check.UNEVEN_LIGHT, ratio, limit, message("quality.uneven_light"))


def check_same_exposure(shot: Shot, before: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the brightness of the reference skin differs from the earlier photo."""
    if before is None or shot.empty or before.empty:
        return None
    levels = [float(np.median(one.light[_reference(one)])) for one in (shot, before)]
    change = 100 * (float(np.exp(abs(levels[0] - levels[1]))) - 1)
    limit = at_most(recipe.max_exposure_percent, "%")
    return judge(Check.SAME_EXPOSURE, change, limit, message("quality.same_exposure"), "pair")


def _reference(shot: Shot) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return shot.reference if shot.reference.any() else shot.skin


def _lightness(shot: Shot) -> float:
    return float(np.median(to_lab(shot.linear[shot.labels > 0])[:, 0]))
