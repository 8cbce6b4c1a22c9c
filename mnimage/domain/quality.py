"""Is this photo good enough, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One measured check of a photo.

    `rule` says how `measured` must stand to `needed`: "at least" or "at most"; both are in `unit`.
    `advice` is one sentence a person can follow, empty where the check is passed. `grave` marks a
    failed check that makes the photo unfit for comparison rather than merely worse.
    """

    check: str
    measured: float
    needed: float
    rule: str
    unit: str
    ok: bool
    advice: str = ""
    grave: bool = False


@dataclass(frozen=True, slots=True)
class QualityReport:
    """All checks of one photo, in table order."""

    findings: tuple[Finding, ...]

    @property
    def comparable(self) -> bool:
        """Whether no grave check failed."""
        return not any(finding.grave and not finding.ok for finding in self.findings)
