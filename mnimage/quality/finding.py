"""One way of turning a measured value and its limit into a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnimage.domain.quality import Finding
from mnimage.words.message import NOTHING

if TYPE_CHECKING:
    from mnimage.domain.quality import About, Check
    from mnimage.words.message import Message


@dataclass(frozen=True, slots=True)
class Limit:
    """What a value must be: `rule` is "at least" or "at most" `needed`, in `unit`.

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


def judge(
    check: Check, measured: float, limit: Limit, advice: Message, about: About = "photo"
) -> Finding:
    """Return the finding; it carries the advice only where the check failed."""
    ok = _satisfies(measured, limit.rule, limit.needed)
    grave = limit.grave is not None and not _satisfies(measured, limit.rule, limit.grave)
    return Finding(
        check=check,
        measured=float(measured),
        needed=limit.needed,
        rule=limit.rule,
        unit=limit.unit,
        ok=ok,
        advice=NOTHING if ok else advice,
        grave=grave and not ok,
        about=about,
    )


def _satisfies(measured: float, rule: str, bound: float) -> bool:
    return bool(measured >= bound if rule == "at least" else measured <= bound)
