"""Findings made in one way."""

from __future__ import annotations

from dataclasses import dataclass

from mnimage.domain.quality import Finding


@dataclass(frozen=True, slots=True)
class Limit:
    """How a measured value must stand: `rule` is "at least" or "at most" `needed`, in `unit`.

    Beyond `grave` the photo is unfit; None where the check never makes it so.
    """

    rule: str
    needed: float
    unit: str
    grave: float | None = None


def at_most(needed: float, unit: str, grave: float | None = None) -> Limit:
    """Return an upper limit."""
    return Limit("at most", needed, unit, grave)


def at_least(needed: float, unit: str, grave: float | None = None) -> Limit:
    """Return a lower limit."""
    return Limit("at least", needed, unit, grave)


def judge(check: str, measured: float, limit: Limit, advice: str) -> Finding:
    """Return the finding; its advice is left out where the check is passed."""
    ok = _holds(measured, limit.rule, limit.needed)
    grave = limit.grave is not None and not _holds(measured, limit.rule, limit.grave)
    return Finding(
        check=check,
        measured=float(measured),
        needed=limit.needed,
        rule=limit.rule,
        unit=limit.unit,
        ok=ok,
        advice="" if ok else advice,
        grave=grave and not ok,
    )


def _holds(measured: float, rule: str, bound: float) -> bool:
    return bool(measured >= bound if rule == "at least" else measured <= bound)
