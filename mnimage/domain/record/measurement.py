"""What was measured on the photos of the library: never altered, superseded by what is newer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from mnimage.domain.comparison import Source, Verdict
from mnimage.domain.record.common import in_utc, new_id, not_negative
from mnimage.domain.scorecard import Mode
from mnimage.words.message import NOTHING, Message, from_plain

REGISTRATION_ERROR = "registration_error_px"
"""A pair's row of its own: the 95th percentile of the error expected of its registration."""

FAILED_CHECKS = "failed_checks"
"""A photo's row of its own: how many checks of its quality failed."""


class Region(StrEnum):
    """What a measurement is of."""

    ZONE = "zone"
    SCAR = "scar"
    MARK = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One number, or one refusal to give one, with all that it rests on.

    Without a baseline it is a score of one photo; with one, the change from the baseline to the
    photo, both measured on the same skin. The names of `metric` are the rows of
    `mnimage.domain.metrics`, and `REGISTRATION_ERROR` and `FAILED_CHECKS`: every photo and every
    pair that was measured has that row, also where nothing else could be measured.

    Parameters
    ----------
    photo_id, baseline_id
        The photo measured, and the one it is compared with; of directional shots the first of
        the set, `set_name` and `baseline_set` name the sets.
    region, region_name
        A zone by its name, a scar or a mark by its number.
    value, before
        The photo's value and the baseline's, in `unit`; None where none could be measured.
    uncertainty
        Standard error of the value, or of the change where there is a baseline, in `unit`.
    session_error, spatial_error
        Its parts: one session's value (one photo taken again), and the paired change over the
        patches of skin that happened to be measured.
    source
        Where the session error comes from.
    mdc95, mdc95_family, family
        The smallest change that unchanged skin exceeds once in twenty, alone and among the
        `family` of changes that were tested together.
    beyond_control
        Where a control patch was measured, the change beyond the patch's, as in `Controlled`.
    verdict, reason
        What may be said of the change, and why there is none or what to bear in mind: the code and
        the arguments of a message (`mnimage.words.message.plain`).
    grade
        The pair's comparability.
    options
        What was entered for the measurement: days since needling, control patch, scale.
    recipe, program, inputs
        Version of every option, of the program, and SHA-256 of every original that was read.
    superseded_by
        The measurement of the same thing that replaced this one, under a newer recipe.
    """

    patient_id: str
    photo_id: str
    baseline_id: str | None = None
    set_name: str = ""
    baseline_set: str = ""
    region: Region = Region.ZONE
    region_name: str = "whole"
    metric: str
    unit: str
    mode: Mode = Mode.FLAT
    value: float | None = None
    before: float | None = None
    uncertainty: float | None = None
    session_error: float | None = None
    spatial_error: float | None = None
    source: Source | None = None
    mdc95: float | None = None
    mdc95_family: float | None = None
    family: int = 1
    beyond_control: Mapping[str, float] = field(default_factory=dict)
    verdict: Verdict | None = None
    reason: tuple[object, ...] = ()
    grade: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    recipe: str
    program: str
    inputs: tuple[str, ...] = ()
    superseded_by: str | None = None
    measured_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        for name in ("value", "before"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"not a measured {name}: {number}")
        not_negative(self, "uncertainty", "session_error", "spatial_error", "mdc95", "mdc95_family")
        in_utc(self, "measured_at")

    @property
    def change(self) -> float | None:
        """The value minus the baseline's; None where one is missing."""
        return None if self.value is None or self.before is None else self.value - self.before

    @property
    def said(self) -> Message:
        """The reason as a message, `NOTHING` where there is none."""
        return from_plain(self.reason) if self.reason else NOTHING
