"""Can the printed markers in the photo be used, and do they agree with the scale told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.quality.finding import at_least, at_most, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.domain.marker import Marker
    from mnimage.domain.photo import Scale
    from mnimage.domain.quality import Finding

_ADVICE = {
    "marker size": "Use a larger marker or come nearer; the marker was not used for the scale.",
    "marker tilt": "Lay the marker flat beside the skin, facing the camera; it was not used.",
    "marker blur": "The marker is out of focus; it was not used for the scale.",
    "marker fit": "The marker is bent, shiny or partly covered; it was not used for the scale.",
}
_UNITS = {"marker size": "px", "marker tilt": "deg", "marker blur": "%", "marker fit": "%"}
_CHANCE = 3.0
_LEAST_PERCENT = 2.0
_DISAGREE = (
    "The scale told and the marker in the photo disagree: check the scale, that the marker was "
    "printed at full size, and that it lies at the skin."
)


def check_markers(
    markers: Sequence[Marker], told: Scale | None, seen: Scale | None
) -> tuple[Finding, ...]:
    """Return what is wrong with the markers, and whether the scale told agrees with theirs.

    Parameters
    ----------
    markers
        All that were found.
    told
        The scale from elsewhere, where it is known.
    seen
        That of the markers, where they can be used.
    """
    flaws = [marker.flaw for marker in markers if marker.flaw is not None]
    found = [
        judge(
            check,
            measured,
            (at_least if check == "marker size" else at_most)(needed, _UNITS[check]),
            _ADVICE[check],
        )
        for check, measured, needed in flaws
    ]
    if told is not None and seen is not None:
        apart = 100 * abs(told.mm_per_px / seen.mm_per_px - 1)
        both = 100 * (told.relative_error**2 + seen.relative_error**2) ** 0.5
        limit = max(_CHANCE * both, _LEAST_PERCENT)
        found.append(judge("scale", apart, at_most(limit, "%"), _DISAGREE))
    return tuple(found)
