"""Repeat shots: the mean of a session's shots, and what their own scatter says of its error."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnimage.domain.comparison import Source
from mnimage.domain.metrics import log_offset
from mnimage.domain.same_session import between, same_session
from mnimage.words.message import NOTHING, message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from mnimage.domain.photo import Photo
    from mnimage.domain.recipe import CompareRecipe
    from mnimage.domain.scorecard import PairScores
    from mnimage.words.message import Message

    Again: TypeAlias = tuple[Sequence[tuple[float, float]], Sequence[tuple[float, float]]]
    """Repeats before and after: (the photo before, the repeat), both on the skin they share."""

    Measured: TypeAlias = Mapping[tuple[str, str], tuple[float, float]]
    """(the photo before, the repeat) of each zone and score."""

_HOURS_STATED = 48
"""Up to this many hours an interval is stated in hours, beyond that in days."""


@dataclass(frozen=True, slots=True)
class SessionMeans:
    """Both sessions' values, and the standard error of one of them as a root mean square."""

    before: float
    after: float
    session: float
    source: Source


def average_sessions(
    name: str, first: tuple[float, float], again: Again, validated: float, recipe: CompareRecipe
) -> SessionMeans:
    """Return the means of both sessions' shots and the standard error of one session's mean.

    Two or three shots show their own scatter badly: the 95 % range of a standard error from two
    shots reaches from 0.03 to 2.2 of the true one, and intervals made from it alone miss in one of
    five, not twenty. So the shots' sums of squares (both sessions of one patient, camera and lamp
    together) are added to the validated variance, which counts as `repeat_prior` degrees of
    freedom: the posterior mean of a variance under a scaled inverse chi-square prior (Smyth 2004,
    "Linear models and empirical Bayes methods", eq. 1). Four degrees of freedom say that one
    patient's standard error may well be half or twice the study's. Of the pooled and the own
    variance the larger is taken (science of change, 5), so shots that happen to agree promise
    nothing.

    Only what differs from shot to shot is averaged out by k shots: `repeat_share` of the validated
    variance. The rest (where the lamp stands that day, how the blood runs) is the same in every
    shot of a session, and dividing it by k = 3 as well would call a quarter of unchanged skin
    changed. Hence SEM^2 = (1 - share) validated^2 + max(share validated^2, own^2) / k, which is the
    validated SEM where there are no repeats.

    Parameters
    ----------
    name
        The score, which says whether shots are averaged as logarithms.
    first
        The first shots' values, before and after.
    again
        The repeats of both sessions.
    validated
        Standard error of a session of one shot, in the score's unit.
    recipe
        Options.
    """
    scale = _Scale.of(name, (*first, *(value for side in again for pair in side for value in pair)))
    origin = scale.to(first[0])
    shots = (
        [0.0, *(scale.to(other) - scale.to(own) for own, other in _known(again[0]))],
        [
            scale.to(first[1]) - origin,
            *(scale.to(other) - scale.to(own) for own, other in _known(again[1])),
        ],
    )
    counts = [len(side) for side in shots]
    if max(counts) == 1 or not math.isfinite(sum(first)):
        return SessionMeans(*first, validated, Source.VALIDATED)
    means = [math.fsum(side) / len(side) for side in shots]
    squares = math.fsum(
        (value - mean) ** 2 for side, mean in zip(shots, means, strict=True) for value in side
    )
    single = validated / scale.slope(first[0])
    share = dict(recipe.repeat_share).get(name, 1.0)
    pooled, prior = share * single**2, recipe.repeat_prior
    own = (prior * pooled + squares) / (prior + sum(counts) - 2)
    kept = (1 - share) * single**2
    error = math.sqrt(kept + max(pooled, own) * (1 / counts[0] + 1 / counts[1]) / 2)
    return SessionMeans(
        before=scale.back(origin + means[0]),
        after=scale.back(origin + means[1]),
        session=error * scale.slope(first[0]),
        source=Source.REPEATS if own > pooled else Source.VALIDATED,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """The scale on which a score's shots are averaged: as it is, or ln(value + `offset`)."""

    offset: float | None

    @classmethod
    def of(cls, name: str, values: Sequence[float]) -> _Scale:
        """Return the score's scale; as it is where a value has no logarithm."""
        offset = log_offset(name)
        if offset is None or any(value + offset <= 0 for value in values):
            return cls(None)
        return cls(offset)

    def to(self, value: float) -> float:
        return value if self.offset is None else math.log(value + self.offset)

    def back(self, value: float) -> float:
        # Shots of unlike focus show unlike counts: their mean ratio may lead below none at all.
        return value if self.offset is None else max(math.exp(value) - self.offset, 0.0)

    def slope(self, value: float) -> float:
        """Return how much of the unit one step of the scale is, at a value."""
        return 1.0 if self.offset is None else value + self.offset


def _known(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [pair for pair in pairs if all(math.isfinite(value) for value in pair)]


def flat_measured(scores: PairScores) -> Measured:
    """Return every flat score of the photo before and of one registered onto it."""
    return {
        (zone, name): (score.value, scores.after.zones[zone].scores[name].value)
        for zone, measured in scores.before.zones.items()
        if zone in scores.after.zones
        for name, score in measured.scores.items()
        if name in scores.after.zones[zone].scores
    }


@dataclass(frozen=True, slots=True)
class ShotFingerprint:
    """What distinguishes a shot from its copy: a digest of its pixels, and when it was taken."""

    pixels: bytes
    at: datetime | None

    @classmethod
    def of(cls, photo: Photo) -> ShotFingerprint:
        """Return what distinguishes a photo from another."""
        return cls(hashlib.blake2b(photo.coded.tobytes()).digest(), photo.facts.taken_at)


def why_no_replicate(shots: Sequence[ShotFingerprint], other: ShotFingerprint) -> Message:
    """Return why a shot is no replicate of a session's `shots`, the first one first, or `NOTHING`.

    A copy would promise that the session has no error at all.

    Our own rule: `docs/studies/2026-11-uncertainty.md`, Repeat shots.
    """
    if any(other.pixels == shot.pixels for shot in shots):
        return message("compare.same_picture")
    first = shots[0].at
    if first is None or other.at is None or same_session(first, other.at):
        return NOTHING
    hours = abs(between(first, other.at).total_seconds()) / 3600
    if hours < _HOURS_STATED:
        return message("compare.hours_apart", hours=round(hours))
    return message("compare.days_apart", days=round(hours / 24))


def of_side(measured: Sequence[Measured], key: tuple[str, str]) -> list[tuple[float, float]]:
    """Return what each repeat of one session says of one zone and score."""
    return [each[key] for each in measured if key in each]
