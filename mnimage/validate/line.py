"""What a study shows: one line per goal, with all that is needed to judge it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Line:
    """One goal and what was measured.

    `value` is held against `least` and `most` in `unit`, both ends included; without either there
    is no goal, the line is shown for its own sake. `bias`, `error` (root mean square), `sem` (one
    session's standard error) and `mdc95` are NaN where they mean nothing; `worst` says what the
    worst case was, `count` of how many cases all is.
    """

    arm: str
    what: str
    value: float
    unit: str
    count: int
    least: float | None = None
    most: float | None = None
    worst: str = ""
    bias: float = float("nan")
    error: float = float("nan")
    sem: float = float("nan")
    mdc95: float = float("nan")
    note: str = field(default="")

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none. What was not measured is not met."""
        if self.least is None and self.most is None:
            return None
        if self.count == 0 or not np.isfinite(self.value):
            return False
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    @property
    def goal(self) -> str:
        """The goal in words."""
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:g} {self.unit}".rstrip()
        if self.least is not None:
            return f">= {self.least:g} {self.unit}".rstrip()
        return "" if self.most is None else f"<= {self.most:g} {self.unit}".rstrip()


def rms(values: object) -> float:
    """Return the root mean square, NaN of nothing."""
    numbers = np.asarray(values, dtype=np.float64)
    return float(np.sqrt(np.mean(numbers**2))) if numbers.size else float("nan")


def mean(values: object) -> float:
    """Return the mean, NaN of nothing."""
    numbers = np.asarray(values, dtype=np.float64)
    return float(np.mean(numbers)) if numbers.size else float("nan")


def median(values: object) -> float:
    """Return the median, NaN of nothing."""
    numbers = np.asarray(values, dtype=np.float64)
    return float(np.median(numbers)) if numbers.size else float("nan")


def correlation(one: object, other: object) -> float:
    """Return Pearson's r, NaN of fewer than three pairs or of what does not vary."""
    pair = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if pair[0].size < 3 or min(pair[0].std(), pair[1].std()) == 0:
        return float("nan")
    return float(np.corrcoef(*pair)[0, 1])
