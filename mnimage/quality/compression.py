"""Whether the file still holds the fine texture of the skin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.quality.finding import at_least, judge

if TYPE_CHECKING:
    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot


def check_compression(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how finely a JPEG was written, on the scale from 0 to 100 of the IJG's encoder.

    Cameras write 90 and more, messengers 60 to 80. On rendered pale close-ups photos registered
    each other are off by half as much again at 80 as at 95 (benchmarks/limits.py).

    The scale is that of the quantisation tables in ITU-T T.81, annex K; see
    `docs/studies/2026-11-registration.md`.
    """
    quality = shot.photo.facts.jpeg_quality
    if quality is None:
        return None
    advice = (
        "Much fine texture was lost when the file was compressed: set the camera to its best "
        "quality, and copy the file itself instead of sending it by messenger."
    )
    return judge("compression", quality, at_least(recipe.min_jpeg_quality, "of 100"), advice)
