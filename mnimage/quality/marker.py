"""Whether the printed markers in the photo are usable, and whether the scale is plausible.

Two scales disagree if they differ by more than three of their combined standard errors (JCGM
100:2008). What this detects, and what it cannot: `docs/rig.md`, `docs/validation.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.quality import Check
from mnimage.quality.finding import at_least, at_most, judge
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.domain.marker import Marker
    from mnimage.domain.photo import ImageScale
    from mnimage.domain.quality import Finding

_ADVICE = {
    Check.MARKER_SIZE: message("quality.marker_small"),
    Check.MARKER_TILT: message("quality.marker_tilted"),
    Check.MARKER_BLUR: message("quality.marker_blurred"),
    Check.MARKER_FIT: message("quality.marker_misfit"),
}
_UNITS = {
    Check.MARKER_SIZE: "px",
    Check.MARKER_TILT: "deg",
    Check.MARKER_BLUR: "%",
    Check.MARKER_FIT: "%",
}
_STANDARD_ERRORS = 3.0
"""Combined standard errors by which two scales may differ; chance exceeds it in 0.3 % of pairs."""

_LEAST_PERCENT = 2.0
"""A smaller difference between two scales is never reported."""

_MEASURED = ("rig", "marker")
"""Sources of a scale that was measured in the session itself."""


def check_markers(
    markers: Sequence[Marker], stated: ImageScale | None, measured: ImageScale | None
) -> tuple[Finding, ...]:
    """Return what is wrong with the markers, and whether their scale agrees with the stated one.

    Parameters
    ----------
    markers
        All that were found.
    stated
        The scale given by other means, where there is one.
    measured
        That of the markers, where they are usable.
    """
    found = [_issue_finding(marker.issue) for marker in markers if marker.issue is not None]
    if stated is not None and measured is not None:
        apart = 100 * abs(stated.mm_per_px / measured.mm_per_px - 1)
        both = 100 * (stated.relative_error**2 + measured.relative_error**2) ** 0.5
        limit = at_most(max(_STANDARD_ERRORS * both, _LEAST_PERCENT), "%")
        found.append(judge(Check.SCALE, apart, limit, message("quality.scale")))
    return tuple(found)


def _issue_finding(issue: tuple[str, float, float]) -> Finding:
    check, measured, needed = Check(issue[0]), issue[1], issue[2]
    rule = at_least if check is Check.MARKER_SIZE else at_most
    return judge(check, measured, rule(needed, _UNITS[check]), _ADVICE[check])


def check_face_scale(known: ImageScale | None, rough: ImageScale | None) -> tuple[Finding, ...]:
    """Return whether a scale is plausible for this face, given how far apart adults' eyes are.

    The spread is that of 103 adults (BioMed Research International 2013, 821428, see `face.scale`).

    Parameters
    ----------
    known
        The scale that will be used, where there is one.
    rough
        The scale from the eye distance; its error is the spread between adults.
    """
    if known is None or rough is None:
        return ()
    apart = 100 * abs(known.mm_per_px / rough.mm_per_px - 1)
    limit = 100 * _STANDARD_ERRORS * (known.relative_error**2 + rough.relative_error**2) ** 0.5
    advice = message("quality.face_scale")
    return (judge(Check.FACE_SCALE, apart, at_most(limit, "%"), advice),)


def check_same_scale(
    before: ImageScale | None, after: ImageScale | None, magnification: float
) -> tuple[Finding, ...]:
    """Return whether the scales of two sessions agree with the size of the same skin in both.

    `magnification` is pixels of the photo after per pixel of the photo before, on the same skin.
    """
    known = [scale for scale in (before, after) if scale is not None and scale.source in _MEASURED]
    if len(known) < 2:
        return ()
    apart = 100 * abs(known[1].mm_per_px * magnification / known[0].mm_per_px - 1)
    both = sum(scale.relative_error**2 for scale in known) ** 0.5
    limit = at_most(max(100 * _STANDARD_ERRORS * both, _LEAST_PERCENT), "%")
    return (judge(Check.SAME_SCALE, apart, limit, message("quality.same_scale"), "pair"),)
