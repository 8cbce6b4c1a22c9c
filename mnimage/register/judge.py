"""Whether, and where, a match can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.words.message import NOTHING, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import RegisterRecipe
    from mnimage.register.dense import Matched
    from mnimage.words.message import Message

_SAME_MARKS = 0.5
"""Local correlation above which both photos show the same marks, however dark they became."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Where a match is trusted, or why the whole pair is refused.

    `refusal` is `NOTHING` unless the pair is refused; `error_px` is in working px; `evidence` is by
    how much the pictures agree better where they match than a few pixels away, median over skin.
    """

    refusal: Message
    valid: NDArray[np.bool_]
    error_px: NDArray[np.float32]
    covered: float
    evidence: float


def judge_match(matched: Matched, skin: NDArray[np.float32], recipe: RegisterRecipe) -> Trust:
    """Return where the match can be trusted.

    Our own; how well the error is calibrated, and what is refused: `docs/registration.md`.

    Parameters
    ----------
    matched
        The result of the dense step.
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
    valid &= _jacobian_sound(matched) & ~_occluded(matched, recipe)
    covered = float(valid.sum() / max(1, is_skin.sum()))
    refusal = _refusal(float(common.sum() / max(1, is_skin.sum())), evidence, covered, recipe)
    return Trust(refusal, valid, error, covered, evidence)


def _occluded(matched: Matched, recipe: RegisterRecipe) -> NDArray[np.bool_]:
    """Return where something covers the skin in one photo: far darker or brighter.

    Hair, frames and strong reflections. A mark that appeared, faded or darkened is skin and stays:
    it differs less from its surroundings, or lies where there was one before.
    """
    over = (np.abs(matched.shade) > recipe.max_shade) & (matched.agreement < _SAME_MARKS)
    return np.asarray(
        cv2.dilate(over.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))) > 0
    )


def _expected_error(matched: Matched) -> NDArray[np.float32]:
    """Return the standard error of the position, both directions together, in working px."""
    # The true field is never as smooth as the one solved for, and neighbours share their noise: how
    # much the positions depend on the stiffness measures both. The weights maximise the likelihood
    # of the true errors of pairs whose field is known (benchmarks/registration.py prints how well
    # they are calibrated).
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
    """Return where the field neither folds nor changes area by more than a factor of two."""
    row_down, row_along = np.gradient(matched.displacement[0], 8.0)
    column_down, column_along = np.gradient(matched.displacement[1], 8.0)
    area = (1 + row_down) * (1 + column_along) - row_along * column_down
    return np.asarray((area > 0.5) & (area < 2.0))


def _refusal(common: float, evidence: float, covered: float, recipe: RegisterRecipe) -> Message:
    if common < recipe.min_covered:
        return message("register.little_shared", share=common)
    if evidence < recipe.min_evidence:
        return message("register.skin_differs")
    if covered < recipe.min_covered:
        return message("register.little_covered", share=covered)
    return NOTHING
