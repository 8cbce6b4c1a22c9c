"""Is the match to be believed, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import RegisterRecipe
    from mnimage.register.dense import Matched


_ALIKE = 0.5
"""Local correlation above which both photos show the same marks, however dark they became."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Where a match is trusted, or why the whole pair is refused.

    `error_px` is in working px; `evidence` is by how much the pictures agree better in their
    place than a few pixels off, median over the skin.
    """

    refusal: str
    valid: NDArray[np.bool_]
    error_px: NDArray[np.float32]
    covered: float
    evidence: float


def judge_match(matched: Matched, skin: NDArray[np.float32], recipe: RegisterRecipe) -> Trust:
    """Return where the match may be believed.

    Our own; how honest the error is, and what is refused: `docs/registration.md`.

    Parameters
    ----------
    matched
        The dense step's answer.
    skin
        Share of skin per node.
    recipe
        Limits.
    """
    is_skin = skin > 0.5
    error = _expected_error(matched)
    common = is_skin & (matched.seen > 0.5)
    evidence = _evidence(matched, common)
    agreement = np.asarray(cv2.GaussianBlur(matched.agreement, (0, 0), 2.0))
    valid = common & (error <= recipe.max_error_px) & (agreement >= recipe.min_agreement)
    valid &= _jacobian_sound(matched) & ~_covered(matched, recipe)
    covered = float(valid.sum() / max(1, is_skin.sum()))
    refusal = _refusal(float(common.sum() / max(1, is_skin.sum())), evidence, covered, recipe)
    return Trust(refusal, valid, error, covered, evidence)


def _covered(matched: Matched, recipe: RegisterRecipe) -> NDArray[np.bool_]:
    """Return where something lies over the skin in one of the photos: far darker or brighter.

    Hair, frames and strong reflections. A mark that came, went or darkened is skin and stays: it
    is less far from what is around it, or lies where there was one before.
    """
    over = (np.abs(matched.shade) > recipe.max_shade) & (matched.agreement < _ALIKE)
    return np.asarray(
        cv2.dilate(over.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))) > 0
    )


def _expected_error(matched: Matched) -> NDArray[np.float32]:
    """Return the standard error of the place, both directions together, in working px."""
    # No field is quite as smooth as the one solved for, and noise is shared by neighbours: how far
    # the places depend on the stiffness shows of both. The weights are those under which the true
    # errors of pairs whose field is known are likeliest (benchmarks/registration.py prints how
    # honest they are).
    stiffer, looser = (
        cv2.GaussianBlur(s**2, (0, 0), 1.5) for s in (matched.stiffer, matched.looser)
    )
    power = 2.4 * matched.spread**2 + 0.85 * stiffer + 5.9 * looser + 0.018**2
    return np.sqrt(np.asarray(power, dtype=np.float32))


def _evidence(matched: Matched, common: NDArray[np.bool_]) -> float:
    if not common.any():
        return 0.0
    return float(np.median((matched.agreement - np.maximum(matched.chance, 0))[common]))


def _jacobian_sound(matched: Matched) -> NDArray[np.bool_]:
    """Return where the field neither folds nor stretches beyond twice its general size."""
    row_down, row_along = np.gradient(matched.bent[0], 8.0)
    column_down, column_along = np.gradient(matched.bent[1], 8.0)
    area = (1 + row_down) * (1 + column_along) - row_along * column_down
    return np.asarray((area > 0.5) & (area < 2.0))


def _refusal(common: float, evidence: float, covered: float, recipe: RegisterRecipe) -> str:
    if common < recipe.min_covered:
        return f"Only {common:.0%} of the skin is seen in both photos"
    if evidence < recipe.min_evidence:
        return (
            "The skin in the two photos does not agree: they may show different people or places, "
            "or one is too blurred"
        )
    if covered < recipe.min_covered:
        return f"Only {covered:.0%} of the skin could be registered with certainty"
    return ""
