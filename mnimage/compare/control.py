"""An untreated control patch: marked on the photo before, and taken off the change of the rest.

How well a control patch does: `docs/uncertainty.md`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.compare.verdict import MDC_FACTOR, decide
from mnimage.domain.comparison import Caution, Controlled, Verdict
from mnimage.domain.face import CONTROL
from mnimage.domain.metrics import log_offset
from mnimage.errors import PatchUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mnimage.domain.comparison import Change
    from mnimage.domain.face import Zones
    from mnimage.domain.pair import AnalyzedPhoto
    from mnimage.domain.recipe import CompareRecipe
    from mnimage.domain.session import Patch

DRIFTED = "control changed"
UNSEEN = "control not measured"


def mark_control(
    analyzed: AnalyzedPhoto, patch: Patch | None, recipe: CompareRecipe
) -> AnalyzedPhoto:
    """Return the photo before with the patch as a zone of its own, taken out of all others.

    Raises
    ------
    PatchUnusable
        If the patch is not inside the photo, is mostly no skin, or holds too little of it for a
        bootstrap over blocks of 5 mm.
    """
    if patch is None:
        return analyzed
    shape = analyzed.photo.shape
    if patch.row + patch.height > shape[0] or patch.column + patch.width > shape[1]:
        raise PatchUnusable(message("compare.control_outside", rows=shape[0], columns=shape[1]))
    inside = (
        slice(patch.row, patch.row + patch.height),
        slice(patch.column, patch.column + patch.width),
    )
    skin = (analyzed.zones.labels[inside] > 0) | analyzed.zones.reference[inside]
    share = float(skin.mean())
    if share < recipe.control_least_skin:
        raise PatchUnusable(message("compare.control_not_skin", share=share))
    _require_size(int(skin.sum()), analyzed, recipe)
    return replace(analyzed, zones=_with_control(analyzed.zones, inside, skin))


def _require_size(pixels: int, analyzed: AnalyzedPhoto, recipe: CompareRecipe) -> None:
    if analyzed.scale is None:
        if pixels < recipe.control_least_px:
            side = round(recipe.control_least_px**0.5)
            raise PatchUnusable(message("compare.control_few_pixels", pixels=pixels, side=side))
        return
    area = pixels * analyzed.scale.mm_per_px**2
    if area < recipe.control_least_mm2:
        side_mm = recipe.control_least_mm2**0.5
        side = int(np.ceil(side_mm / analyzed.scale.mm_per_px))
        raise PatchUnusable(message("compare.control_small", area=area, side_mm=side_mm, side=side))


def _with_control(zones: Zones, inside: tuple[slice, slice], skin: np.ndarray) -> Zones:
    labels = zones.labels.copy()
    labels[inside][skin] = len(zones.names) + 1
    return replace(zones, names=(*zones.names, CONTROL), labels=labels)


def beyond_control(name: str, change: Change, control: Change) -> Change:
    """Return a change whose verdict rests on what goes beyond the control patch.

    Difference in differences: skin that was not treated shows what light, camera and season did to
    the numbers, and treated skin is held against that; of scores that err by factors, the factor
    is taken off. Both errors are added as if independent: how much of a session's error two places
    share is not known, and what they share only makes the true error smaller.

    The design is the econometrists' (Angrist and Pischke 2009, chapter 5).
    """
    if control.verdict is Verdict.NOT_COMPARABLE or change.verdict is Verdict.NOT_COMPARABLE:
        return change
    factor, expected = 1.0, control.change
    offset = log_offset(name)
    if offset is not None and min(control.before, control.after) + offset > 0:
        factor = (change.before + offset) / (control.before + offset)
        expected = factor * control.change
    error = float(np.hypot(change.uncertainty, factor * control.uncertainty))
    controlled = Controlled(expected, change.change - expected, error, MDC_FACTOR * error)
    return decide(name, replace(change, controlled=controlled))


def control_cautions(patch: Patch | None, zones: Mapping[str, Change]) -> list[Caution]:
    """Return what the control patch gives to consider: it changed, or was not measured again."""
    if patch is None:
        return []
    if not any(change.verdict is not Verdict.NOT_COMPARABLE for change in zones.values()):
        return [Caution(UNSEEN, message("compare.control_unseen"), (CONTROL,))]
    moved = (Verdict.BETTER, Verdict.WORSE)
    if not any(change.verdict in moved for change in zones.values()):
        return []
    return [Caution(DRIFTED, message("compare.control_changed"), (CONTROL,))]
