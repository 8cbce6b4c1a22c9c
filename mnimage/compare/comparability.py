"""How alike two photos were taken: a grade from A to F with its reasons, computed, not judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnimage.domain.comparison import Comparability
from mnimage.domain.quality import Check
from mnimage.words.message import NOTHING, Message, message

if TYPE_CHECKING:
    from mnimage.domain.alignment import Alignment
    from mnimage.domain.pair import AnalyzedPhoto
    from mnimage.domain.quality import Finding

GRADES = "ABCDF"


@dataclass(frozen=True, slots=True)
class _Criterion:
    """One way in which two photos differ; `limits` end grades A, B and C."""

    measured: float
    limits: tuple[float, float, float]
    reason: Message = NOTHING

    @property
    def level(self) -> int:
        """0 for an A, 3 for a D."""
        return sum(self.measured > limit for limit in self.limits)


def grade_pair(before: AnalyzedPhoto, after: AnalyzedPhoto, alignment: Alignment) -> Comparability:
    """Return how far the two photos may be compared.

    The grade is that of the worst criterion (SEPIA's items that can be measured: position,
    expression, light, zoom), one worse when three or more are off; F when the pair was refused.
    Reasons name every criterion that is not an A; the alignment's warnings come last.

    SEPIA is that of Soares, von Haven and Yi (2022), who score by eye; the limits are our own.
    """
    if not alignment.aligned:
        return Comparability("F", (message("compare.refused", reason=alignment.reason),))
    criteria = [
        *_of_field(alignment),
        *_of_likeness(after),
        *_of_each("compare.check_before", before),
    ]
    criteria += _of_each("compare.check_after", after)
    off = [criterion for criterion in criteria if criterion.level]
    level = max((criterion.level for criterion in off), default=0)
    if len(off) >= 3:
        level = min(level + 1, 3)
    ordered = sorted(off, key=lambda criterion: -criterion.level)
    reasons = [each.reason for each in ordered if each.reason]
    return Comparability(GRADES[level], (*reasons, *alignment.warnings))


def _of_field(alignment: Alignment) -> list[_Criterion]:
    error, covered = alignment.error_p95_px, alignment.covered
    return [
        _Criterion(error, (0.5, 0.8, 1.2), message("compare.field_error", error=error)),
        _Criterion(1 - covered, (0.1, 0.25, 0.45), message("compare.uncovered", share=1 - covered)),
        # These two have the alignment's own warnings.
        _Criterion(alignment.moved_share, (0.0, 0.2, 0.7)),
        _Criterion(abs(alignment.perspective), (0.0, 0.04, 0.1)),
    ]


_BESIDE = frozenset(
    {
        Check.YAW,
        Check.PITCH,
        Check.ROLL,
        Check.SMILE,
        Check.OPEN_MOUTH,
        Check.FACE_SIZE,
        Check.PICTURE_SIZE,
    }
)
"""Checks of one photo that say nothing of a pair: both may smile, as long as they smile alike."""


def _of_likeness(after: AnalyzedPhoto) -> list[_Criterion]:
    """Return the checks of the photo after against the photo before, by how far they are off."""
    return [
        _Criterion(_excess(finding), (1.0, 2.0, 3.5), finding.advice)
        for finding in after.quality.findings
        if finding.about == "pair" and not finding.ok
    ]


def _excess(finding: Finding) -> float:
    """Return how many times the limit was measured; just above 1 when only just failed."""
    more, less = finding.measured, finding.needed
    if finding.rule == "at least":
        more, less = less, more
    return max(1.001, abs(more) / max(abs(less), 1e-9))


def _of_each(code: str, analyzed: AnalyzedPhoto) -> list[_Criterion]:
    """Return the failed checks of one photo under a reason's code: each a B, a grave one a D."""
    return [
        _Criterion(
            2.5 if finding.grave else 1.0,
            (0.5, 1.5, 2.0),
            message(code, check=finding.check, advice=finding.advice),
        )
        for finding in analyzed.quality.findings
        if not finding.ok and finding.about == "photo" and finding.check not in _BESIDE
    ]
