"""Can the printed markers in the photo be used, and can the scale be true.

Two lengths disagree beyond three of their joint standard errors (JCGM 100:2008); what that notices
and what nothing can: `docs/rig.md`, `docs/validation.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.quality.finding import at_least, at_most, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.domain.marker import Marker
    from mnimage.domain.photo import ImageScale
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
    "The entered scale and the marker in the photo disagree: check the scale, that the marker was "
    "printed at full size, and that it lies at the skin."
)
_NO_FACE = "By the entered scale no adult has such a face: check the scale, or the marker's print."
_OTHER_SCALE = "The scales of the two sessions disagree on the same skin: check both scales."
_MEASURED = ("user", "rig", "marker")


def check_markers(
    markers: Sequence[Marker], stated: ImageScale | None, seen: ImageScale | None
) -> tuple[Finding, ...]:
    """Return what is wrong with the markers, and whether the entered scale agrees with theirs.

    Parameters
    ----------
    markers
        All that were found.
    stated
        The scale from elsewhere, where it is known.
    seen
        That of the markers, where they can be used.
    """
    issues = [marker.issue for marker in markers if marker.issue is not None]
    found = [
        judge(
            check,
            measured,
            (at_least if check == "marker size" else at_most)(needed, _UNITS[check]),
            _ADVICE[check],
        )
        for check, measured, needed in issues
    ]
    if stated is not None and seen is not None:
        apart = 100 * abs(stated.mm_per_px / seen.mm_per_px - 1)
        both = 100 * (stated.relative_error**2 + seen.relative_error**2) ** 0.5
        limit = max(_CHANCE * both, _LEAST_PERCENT)
        found.append(judge("scale", apart, at_most(limit, "%"), _DISAGREE))
    return tuple(found)


def check_face_scale(known: ImageScale | None, rough: ImageScale | None) -> tuple[Finding, ...]:
    """Return whether a scale can be true of this face: no adult's eyes are so far apart, or near.

    The spread is that of 103 adults (BioMed Research International 2013, 821428, see `face.scale`).

    Parameters
    ----------
    known
        The scale that will be used, where there is one.
    rough
        That of the distance of the eyes, whose spread between adults is its error.
    """
    if known is None or rough is None:
        return ()
    apart = 100 * abs(known.mm_per_px / rough.mm_per_px - 1)
    limit = 100 * _CHANCE * (known.relative_error**2 + rough.relative_error**2) ** 0.5
    return (judge("scale of the face", apart, at_most(limit, "%"), _NO_FACE),)


def check_same_scale(
    before: ImageScale | None, after: ImageScale | None, magnification: float
) -> tuple[Finding, ...]:
    """Return whether two sessions' scales agree with how large the same skin is in both.

    `magnification` is pixels of the photo after per pixel of the photo before, on the same skin.
    """
    known = [scale for scale in (before, after) if scale is not None and scale.source in _MEASURED]
    if len(known) < 2:
        return ()
    apart = 100 * abs(known[1].mm_per_px * magnification / known[0].mm_per_px - 1)
    both = sum(scale.relative_error**2 for scale in known) ** 0.5
    limit = max(100 * _CHANCE * both, _LEAST_PERCENT)
    return (judge("same scale", apart, at_most(limit, "%"), _OTHER_SCALE),)
