"""Sentences of the room `score`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SCORE: Mapping[str, str] = {
    "score.needs_directional_shots": "needs directional shots: four or more photos, each lit from another side",
    "score.needs_scale": "needs a scale: a printed marker, or --mm-per-px",
    "score.no_colour": "the photo has no colour; take it in colour",
    "score.too_coarse": "needs pixels of {limit:g} mm or finer on the skin; these are {pitch:.2f} mm",
    "score.photo_after": "the photo after: {reason}",
    "score.no_skin": "No skin that can be measured was found in the photo.",
    "score.no_skin.hint": "Retake it with the skin well lit, in focus and filling the picture.",
    "score.not_aligned": "The two photos are not aligned.",
}
