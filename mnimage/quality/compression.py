"""Whether the file still contains the fine texture of the skin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.quality import Check
from mnimage.quality.finding import at_least, judge
from mnimage.words.message import message

if TYPE_CHECKING:
    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot


def check_compression(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return the quality of a JPEG file, on the scale from 0 to 100 of the IJG's encoder.

    Cameras write 90 and more, messengers 60 to 80. On rendered pale close-ups the registration
    error is 1.5 times as large at 80 as at 95 (benchmarks/limits.py).

    The scale is that of the quantisation tables in ITU-T T.81, annex K; see
    `docs/studies/2026-11-registration.md`.
    """
    quality = shot.photo.facts.jpeg_quality
    if quality is None:
        return None
    limit = at_least(recipe.min_jpeg_quality, "of 100")
    return judge(Check.COMPRESSION, quality, limit, message("quality.compression"))
