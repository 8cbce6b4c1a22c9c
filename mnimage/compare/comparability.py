"""How alike two photos were taken: a grade from A to F with its reasons, computed, not judged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnimage.domain.comparison import Comparability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.pair import Examined

GRADES = "ABCDF"


@dataclass(frozen=True, slots=True)
class _Criterion:
    """One way in which two photos differ; `limits` end grades A, B and C."""

    measured: float
    limits: tuple[float, float, float]
    reason: str

    @property
    def level(self) -> int:
        """0 for an A, 3 for a D."""
        return sum(self.measured > limit for limit in self.limits)


def grade_pair(before: Examined, after: Examined, alignment: Alignment) -> Comparability:
    """Return how far the two photos may be compared.

    The grade is that of the worst criterion (SEPIA's items that can be measured: position,
    expression, light, zoom), one worse when three or more are off; F when the pair was refused.
    Reasons name every criterion that is not an A.
    """
    if not alignment.aligned:
        return Comparability("F", (alignment.reason + ".",))
    criteria = [*_of_field(alignment), *_of_faces(before, after), *_of_checks(before, after)]
    off = [criterion for criterion in criteria if criterion.level]
    level = max((criterion.level for criterion in off), default=0)
    if len(off) >= 3:
        level = min(level + 1, 3)
    ordered = sorted(off, key=lambda criterion: -criterion.level)
    return Comparability(GRADES[level], (*(each.reason for each in ordered), *alignment.warnings))


def _of_field(alignment: Alignment) -> list[_Criterion]:
    error, covered = alignment.error_p95_px, alignment.covered
    return [
        _Criterion(
            error, (0.5, 0.8, 1.2), f"The photos lie on each other only to {error:.1f} pixels."
        ),
        _Criterion(
            1 - covered,
            (0.1, 0.25, 0.45),
            f"{1 - covered:.0%} of the skin could not be laid over with certainty.",
        ),
    ]


def _of_faces(before: Examined, after: Examined) -> list[_Criterion]:
    if before.face is None or after.face is None:
        return []
    turns = [
        abs(getattr(before.face.pose, angle) - getattr(after.face.pose, angle))
        for angle in ("yaw_deg", "pitch_deg", "roll_deg")
    ]
    # The mesh reads a turn about 15 % too small.
    turn = 1.15 * math.hypot(*turns[:2])
    return [
        _Criterion(turn, (4.0, 8.0, 12.0), f"The head is turned or nods {turn:.0f}° differently."),
        _Criterion(turns[2], (5.0, 12.0, 25.0), f"The head is tilted {turns[2]:.0f}° differently."),
    ]


_TAKEN_ALIKE = frozenset({"distance", "expression", "perspective", "white balance"})


def _of_checks(before: Examined, after: Examined) -> list[_Criterion]:
    """Failed quality checks of either photo: one is a B, a grave one a D."""
    found: dict[str, _Criterion] = {}
    for which, examined in (("before", before), ("after", after)):
        for finding in examined.quality.findings:
            if finding.ok:
                continue
            reason = f"Photo {which}, {finding.check}: {finding.advice}"
            found[f"{which} {finding.check}"] = _Criterion(
                2.5 if finding.grave else 1.0, (0.5, 1.5, 2.0), reason
            )
    return list(found.values())


def worst_grade(grades: Sequence[str]) -> str:
    """Return the worst of some grades."""
    return max(grades, key=GRADES.index)
