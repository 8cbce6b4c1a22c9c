"""Verdicts against the truth: false calls on unchanged skin, and changes that were called right."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.comparison import Verdict
from mnimage.validate.line import Line, mean, rms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mnimage.domain.comparison import Change, Comparison

POWER = 1.5
"""Size of the change that must be called, in MDC95 as stated for the pair that shows it."""
_WITHIN = 0.25


@dataclass(frozen=True, slots=True)
class Call:
    """One score of one pair: what was read, what was said, and the true change (0: none)."""

    case: str
    zone: str
    score: str
    before: float
    after: float
    uncertainty: float
    mdc95: float
    verdict: str
    better: str
    true: float = 0.0

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def measured(self) -> bool:
        """Whether there is a change and its uncertainty."""
        return math.isfinite(self.change) and math.isfinite(self.uncertainty)

    @property
    def alone(self) -> bool:
        """Whether the change is beyond its own MDC95, no other score looked at."""
        return self.measured and abs(self.change) > self.mdc95

    @property
    def due(self) -> bool:
        """Whether the true change is 1.5 x the MDC95 stated for it, within a quarter of MDC95."""
        return abs(abs(self.true) / self.mdc95 - POWER) <= _WITHIN

    @property
    def called(self) -> bool:
        """Whether the verdict, held over all scores and zones, says that something changed."""
        return self.verdict in (Verdict.BETTER, Verdict.WORSE)

    @property
    def right(self) -> bool:
        """Whether the verdict names the true change."""
        return self.called and self.change * self.true > 0

    @property
    def right_alone(self) -> bool:
        """The same where this score is the only one looked at."""
        return self.alone and self.change * self.true > 0


def calls_of(
    comparison: Comparison, case: str, true: Mapping[str, float] | None = None
) -> list[Call]:
    """Return every change of a comparison; with `true` those scores only, on the whole."""
    return [
        call_of(change, (case, zone, score), 0.0 if true is None else true[score])
        for zone, scores in comparison.zones.items()
        for score, change in scores.items()
        if true is None or (score in true and zone == "whole")
    ]


def call_of(change: Change, named: tuple[str, str, str], true: float = 0.0) -> Call:
    """Return one change as a call; `named` is the case, the zone and the score."""
    case, zone, score = named
    return Call(
        case,
        zone,
        score,
        change.before,
        change.after,
        change.uncertainty,
        change.mdc95,
        str(change.verdict),
        str(Verdict.BETTER),
        true,
    )


def no_change_lines(arm: str, calls: Sequence[Call]) -> list[Line]:
    """Return false calls over all, and per score repeatability, error against spread, MDC95."""
    known = [call for call in calls if call.measured]
    if not known:
        return []
    cases = _by(known, lambda call: call.case)
    spoiled = {case: [call for call in own if call.called] for case, own in cases.items()}
    loud = [case for case, own in spoiled.items() if own]
    lines = [
        Line(
            arm,
            "no change: pairs with any false verdict",
            100 * len(loud) / len(cases),
            "%",
            len(cases),
            most=5.0,
            worst="; ".join(f"{case}: {_named(spoiled[case])}" for case in loud[:3]),
        ),
        Line(
            arm,
            "no change: false verdicts among all scores and zones",
            100 * mean([call.called for call in known]),
            "%",
            len(known),
            most=5.0,
        ),
    ]
    return lines + [_repeat_line(arm, name, own) for name, own in _by_score(known).items()]


def _named(calls: Sequence[Call]) -> str:
    return ", ".join(sorted({call.score for call in calls}))


def _repeat_line(arm: str, name: str, calls: Sequence[Call]) -> Line:
    gaps = np.array([call.change for call in calls])
    said = np.array([call.uncertainty for call in calls])
    far = calls[int(np.abs(gaps / said).argmax())]
    return Line(
        arm,
        f"{name}, no change: beyond its own MDC95",
        100 * mean([call.alone for call in calls]),
        "%",
        len(calls),
        most=5.0,
        worst=f"{far.change:+.3g} against MDC95 {far.mdc95:.3g}, {far.case}, {far.zone}",
        bias=mean(gaps),
        error=rms(gaps),
        sem=rms(gaps) / math.sqrt(2),
        mdc95=float(np.median([call.mdc95 for call in calls])),
        note=f"spread over stated uncertainty {rms(gaps / said):.2f}; {_relative(calls)}",
    )


def _relative(calls: Sequence[Call]) -> str:
    typical = mean([abs(call.before) for call in calls])
    spread = rms([call.change for call in calls]) / math.sqrt(2)
    return f"CV {100 * spread / typical:.1f} %" if typical > 0 else ""


def power_lines(arm: str, calls: Sequence[Call]) -> list[Line]:
    """Return how often changes of 1.5 x MDC95 were called right, in all and per score."""
    if not calls:
        return []
    lines = [
        _power_line(arm, "held over all scores and zones", calls, [call.right for call in calls]),
        _power_line(arm, "each score alone", calls, [call.right_alone for call in calls]),
    ]
    for name, own in _by_score(calls).items():
        share = [call.change / call.true for call in own]
        lines.append(
            Line(
                arm,
                f"{name}: 1.5 x MDC95 called right",
                100 * mean([call.right for call in own]),
                "%",
                len(own),
                bias=mean(share) - 1,
                error=rms(np.array(share) - 1),
                note=f"alone {100 * mean([call.right_alone for call in own]):.0f} %; bias is of "
                f"the change read, as a share of the true one{_sure_to(share)}",
            )
        )
    return lines


def _sure_to(share: Sequence[float]) -> str:
    """Say how well the mean of so few cases is known: its standard error."""
    if len(share) < 2:
        return ""
    return f", known to {np.std(share, ddof=1) / math.sqrt(len(share)):.2f} (standard error)"


def _power_line(arm: str, how: str, calls: Sequence[Call], right: Sequence[bool]) -> Line:
    missed = [call.case for call, seen in zip(calls, right, strict=True) if not seen]
    return Line(
        arm,
        f"true change of 1.5 x MDC95 called right, {how}",
        100 * mean(right),
        "%",
        len(calls),
        least=80.0,
        worst=", ".join(list(dict.fromkeys(missed))[:3]),
    )


def _by_score(calls: Iterable[Call]) -> dict[str, list[Call]]:
    return _by(calls, lambda call: call.score)


def _by(calls: Iterable[Call], key: Callable[[Call], str]) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        found[key(call)].append(call)
    return dict(found)
