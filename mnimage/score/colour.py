"""Colour of skin on the grid: redness, pigment and CIELAB.

All take linear light per cell. Redness and pigment are held against the light of reference skin, so
that gains of exposure and white balance cancel exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.color import luminance, root_terms, to_rec2020
from mnimage.kernels.filters import gaussian, masked_blur
from mnimage.kernels.statistics import thinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.recipe import ScoreRecipe

    Plane = NDArray[np.float32]

USUAL_SKIN = np.array([0.50, 0.28, 0.20], dtype=np.float32)
"""Linear sRGB that reference skin is brought to before channels are mixed (medium skin)."""

COLOURLESS = np.array([1.18, 0.36, -0.54], dtype=np.float32)
"""Weights of ln R, G, B in which blood and melanin of fair to olive skin cancel; they sum to 1, so
that grey shading passes whole. Fitted on the phantom (`mnimage.phantom.spectrum`), noise-free."""

DARKEST = 1e-5
"""Least light whose logarithm is taken."""

USUAL_RED = 0.45
"""Red light of usual skin over that of a white card."""

_TONE_LIMITS = (0.7, 1.3)
"""Bounds of the factor for the skin's tone: it is linear in the logarithm of light, which very dark
or bright skin would carry too far."""


def median_light(linear: Plane, cells: NDArray[np.bool_]) -> Plane:
    """Return the median of each channel over `cells`, shape (3,).

    What each channel is then divided by, as von Kries (1902) has the eye adapt to a light.
    """
    rows, columns = (thinned(place) for place in np.nonzero(cells))
    median = np.median(linear[rows, columns], axis=0)
    return np.asarray(np.maximum(median, DARKEST), dtype=np.float32)


def hemoglobin_index(linear: Plane, reference: Plane, k: float) -> Plane:
    """Return the hemoglobin index HI in points, 100 (lg R/G - k lg G/B) in linear Rec. 2020.

    The channels are first scaled so that light `reference` becomes that of usual skin. Without a
    characterised camera this stands for white balance: gains per channel cancel exactly, where
    mixing the channels of an unbalanced photo would let them in. Rec. 2020 keeps skin positive, and
    k is chosen so that melanin cancels (see Yamamoto 2008 for indices): 0.45 is usual on balanced
    photos, 0.3 serves best once the skin is balanced (phantoms of tones I to V: correlation with
    blood 0.98 against 0.95).
    """
    balanced = to_rec2020(np.ascontiguousarray(linear * (USUAL_SKIN / reference)))
    log = np.log10(np.maximum(balanced, DARKEST))
    red, green, blue = log[..., 0], log[..., 1], log[..., 2]
    return np.asarray(100 * ((red - green) - k * (green - blue)), dtype=np.float32)


def redness_index(
    linear: Plane, reference: Plane, recipe: ScoreRecipe, profile: ColorProfile | None = None
) -> Plane:
    """Return HI by the chart where there is a profile, else held against light `reference`.

    With a profile the light is balanced already, and the profile's own matrix brings it to Rec.
    2020 with the least error of logarithms; HI of different skin can then be held against each
    other. The same blood shows more on dark skin: HI is made smaller by `recipe.redness_tone` for
    each tenfold that the red light of the reference falls below that of usual skin. Both this and
    `recipe.redness_k_chart` were chosen on rendered cameras, lamps and skins I to VI
    (benchmarks/colour.py).

    How well it does: `docs/colour.md`.
    """
    if profile is None:
        return hemoglobin_index(linear, reference, recipe.redness_k)
    wide = cv2.transform(linear, profile.redness.astype(np.float32))
    log = np.log10(np.maximum(wide, DARKEST))
    red, green, blue = log[..., 0], log[..., 1], log[..., 2]
    darker = np.log10(USUAL_RED / np.maximum(reference[..., 0], DARKEST))
    scale = 100 * np.clip(1 - recipe.redness_tone * darker, *_TONE_LIMITS)
    return np.asarray(scale * ((red - green) - recipe.redness_k_chart * (green - blue)), np.float32)


def true_srgb(linear: Plane, profile: ColorProfile | None = None) -> Plane:
    """Return linear sRGB for CIELAB and the eye: by the profile's matrix where there is one.

    Its terms are those of `root_terms` (Finlayson, Mackiewicz and Hurlbert 2015).
    """
    if profile is None:
        return linear
    return root_terms(linear, profile.degree) @ profile.matrix.astype(np.float32)


def melanin_index(
    linear: Plane, seen: NDArray[np.bool_], cell_mm: float, flatten_mm: float
) -> Plane:
    """Return the melanin index MI = -100 lg R in points, flattened.

    Unlike redness it needs even light: what ln luminance varies over more than `flatten_mm`, which
    on a face is its shape, is taken off (fitted to skin only, colour kept). Broad differences of
    pigment are taken off with it as far as they darken all channels alike.

    MI is that of Yamamoto et al. (2008). Taking off what light varies over broadly goes back to
    Land and McCann (1971); how it is done is our own, and `docs/studies/2026-11-validation.md`
    shows how well.
    """
    light = np.log10(np.maximum(luminance(np.ascontiguousarray(linear)), DARKEST))
    broad = masked_blur(light, seen, flatten_mm / cell_mm)
    red = np.log10(np.maximum(linear[..., 0], DARKEST))
    return np.asarray(-100 * (red - broad), dtype=np.float32)


def contrast_of_marks(
    linear: Plane, seen: NDArray[np.bool_], cell_mm: float, recipe: ScoreRecipe
) -> Plane:
    """Return by how much ln light differs from the healthy skin around, over marks of 1 to 6 mm.

    Light is taken so that red and brown marks cancel (`COLOURLESS`) and shading by relief stays;
    redness and pigment have scores of their own. The healthy skin is a masked Gaussian mean, found
    a second time without what stands out.

    Our own; how steady it is: `docs/studies/2026-11-validation.md` (`scar_visibility`).
    """
    light = np.asarray(np.log(np.maximum(linear, DARKEST)) @ COLOURLESS, dtype=np.float32)
    smooth = masked_blur(light, seen, recipe.mark_sigma_mm / cell_mm)
    wide = recipe.mark_surround_mm / cell_mm
    around = masked_blur(light, seen, wide)
    plain = seen & (np.abs(smooth - around) < recipe.mark_contrast)
    # A trace of weight everywhere, for the middle of marks wider than the blur.
    weight = plain.astype(np.float32) + np.float32(1e-3) * seen
    return np.where(seen, smooth - masked_blur(light, weight, wide), np.float32(0))


def unevenness(lab: Plane, seen: NDArray[np.bool_], cell_mm: float, flatten_mm: float) -> Plane:
    """Return the squared colour difference of each cell from the skin around it, in dE76 squared.

    Over 1 mm to `flatten_mm`: finer is texture, broader is light.

    The difference is that of 1976 (ISO/CIE 11664-4); the bands are our own, and how steady they are
    stands in `docs/studies/2026-11-validation.md` (`evenness`).
    """
    fine = masked_blur(lab, seen, 1.0 / cell_mm)
    broad = masked_blur(lab, seen, flatten_mm / cell_mm)
    fine -= broad
    fine *= fine
    # Not `np.sum`, which takes ten times as long over three channels.
    return np.asarray(fine[..., 0] + fine[..., 1] + fine[..., 2], dtype=np.float32)


def smoothed(values: Plane, seen: NDArray[np.bool_], sigma: float) -> Plane:
    """Return a map for the eye: blurred within the skin, NaN elsewhere.

    By normalised convolution (Knutsson and Westin 1993).
    """
    if sigma < 0.3:
        return np.where(seen, values, np.float32(np.nan))
    blurred = masked_blur(values, seen, sigma) if not seen.all() else gaussian(values, sigma)
    return np.where(seen, blurred, np.float32(np.nan))
