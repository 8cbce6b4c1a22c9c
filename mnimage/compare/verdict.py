"""Whether a change exceeds the noise of taking two photos."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, TypeVar

from mnimage.domain.comparison import Change, Source, Verdict
from mnimage.domain.metrics import is_worse_higher
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from mnimage.domain.scorecard import Score

MDC_FACTOR = 1.96
"""Standard errors of the change beyond which 95 % of no-change repeats stay (MDC95)."""

LEVEL = 0.05
"""Chance of any false call in one family."""

AMONG_MANY = message("compare.among_many")
NOT_MEASURED = message("compare.not_measured_in_both")

Key = TypeVar("Key", bound="Hashable")


@dataclass(frozen=True, slots=True)
class ChangeUncertainty:
    """Why a change is not certain, as standard errors in the score's unit.

    `session` is that of one photo taken again; `spatial` that of the paired change over the
    patches of skin that happened to be measured (block bootstrap). `source` is where the former
    comes from.
    """

    session: float
    spatial: float
    source: Source = Source.VALIDATED

    @property
    def of_change(self) -> float:
        """Standard error of the change: two sessions, and the patches (science of change, 5)."""
        return math.hypot(math.sqrt(2.0) * self.session, self.spatial)


def weigh_change(before: Score, after: Score, error: ChangeUncertainty) -> Change:
    """Return the change of one score with its uncertainty and the verdict it would have alone.

    Both values must be of the same mode; the verdict is "within error" unless the change exceeds
    MDC95 = 1.96 standard errors of the change (2.77 SEM for two single photos; Weir 2005), which is
    to say that its 95 % interval leaves out 0.

    Raises
    ------
    ValueError
        If the two scores are of different mode or unit.
    """
    if (before.mode, before.unit) != (after.mode, after.unit):
        raise ValueError(f"{before.name}: modes or units differ")
    of_change = error.of_change
    change = Change(
        before=before.value,
        after=after.value,
        unit=before.unit,
        uncertainty=of_change,
        mdc95=MDC_FACTOR * of_change,
        verdict=Verdict.WITHIN_ERROR,
        mode=before.mode,
        session=error.session,
        source=error.source,
        spatial=error.spatial,
    )
    return decide(before.name, change)


def decide(name: str, change: Change) -> Change:
    """Return a change with the verdict that it, or what is beyond the control, would have alone.

    Beyond MDC95 (Weir 2005).
    """
    value, error, limit = change.weighed
    if not (math.isfinite(value) and math.isfinite(error)):
        return replace(change, verdict=Verdict.NOT_COMPARABLE, reason=NOT_MEASURED)
    if abs(value) > limit:
        return replace(change, verdict=_direction(name, value))
    return replace(change, verdict=Verdict.WITHIN_ERROR)


def _direction(name: str, change: float) -> Verdict:
    worse = (change > 0) == is_worse_higher(name)
    return Verdict.WORSE if worse else Verdict.BETTER


def hold_family(
    changes: Mapping[Key, Change],
    weights: Mapping[Key, float] | None = None,
    twins: Mapping[Key, Key] | None = None,
) -> dict[Key, Change]:
    """Return the same changes with verdicts that hold for all of them together.

    Twenty looks at unchanged skin would call one of them changed; Holm's step-down (1979) keeps
    the chance of any false call over the whole family at 5 %, however the looks depend on each
    other. Changes that do not pass go back to "within error"; values, uncertainty and MDC95 stay
    as they
    are. `mdc95_family` is the change that passes as the first of all (Bonferroni's bound): with it
    one sees how far a change was from a verdict. What is not comparable is not looked at, and is
    no part of the family.

    Parameters
    ----------
    changes
        With the verdict that each would have alone.
    weights
        How the 5 % are shared out, fixed before anything is measured; evenly where None. What
        matters most is given most, and the chance of any false call stays the same (weighted
        step-down, Holm 1979; Benjamini and Hochberg 1997).
    twins
        Changes that are another one in other units, to which one they belong. Both are one look
        and have one share, of the same weight: what one of them calls wrongly, so does the other.
    """
    tested = [key for key, one in changes.items() if one.verdict is not Verdict.NOT_COMPARABLE]
    if not tested:
        return dict(changes)
    look = {key: _look(key, changes, twins or {}) for key in tested}
    share = {key: weights[key] if weights else 1.0 for key in changes}
    left = sum(share[key] for key in dict.fromkeys(look.values()))
    held = {
        key: replace(
            change,
            family=len(tested),
            mdc95_family=_reach(min(share[key] / left, 1.0)) * change.weighed[1],
        )
        for key, change in changes.items()
    }
    called = [key for key in tested if _is_called(changes[key])]
    called.sort(key=lambda key: _chance(changes[key]) / share[key])
    levels: dict[Key, float] = {}
    failed = False
    for key in called:
        if look[key] not in levels:
            levels[look[key]] = 0.0 if failed else LEVEL * share[key] / left
            failed = failed or _chance(changes[key]) > levels[look[key]]
            left -= share[key]
        if _chance(changes[key]) > levels[look[key]]:
            held[key] = replace(held[key], verdict=Verdict.WITHIN_ERROR, reason=AMONG_MANY)
    return held


def hold_alike(
    changes: Mapping[Key, Change], shares: Mapping[Key, float], things: Mapping[Key, Hashable]
) -> dict[Key, Change]:
    """Return the same changes with verdicts that hold for many things of one kind together.

    As `hold_family`, but stepping up (Hochberg 1988): what a treatment does it does to all scars,
    and of many that changed alike each is called that would be called alone, or nearly so. The
    chance of any false call stays at 5 % where errors are independent or go together (Sarkar 1998),
    as those of scars do, which share lamps and scale. Of one thing alone that changed it asks as
    much as Holm's procedure.

    Parameters
    ----------
    changes
        With the verdict that each would have alone.
    shares
        How the chance of a false call of one thing is shared out over its changes.
    things
        Which thing each change is of.
    """
    tested = [key for key, one in changes.items() if one.verdict is not Verdict.NOT_COMPARABLE]
    whole: dict[Hashable, float] = defaultdict(float)
    for key in tested:
        whole[things[key]] += shares[key]
    own = {key: shares[key] / whole[things[key]] for key in tested}
    chances: dict[Hashable, float] = dict.fromkeys(whole, 1.0)
    for key in tested:
        chances[things[key]] = min(chances[things[key]], _chance(changes[key]) / own[key])
    level = max(
        (
            LEVEL / (len(whole) - place)
            for place, chance in enumerate(sorted(chances.values()))
            if chance <= LEVEL / (len(whole) - place)
        ),
        default=0.0,
    )
    held = dict(changes)
    for key in tested:
        change = changes[key]
        bound = _reach(own[key] / len(whole)) * change.weighed[1]
        held[key] = replace(change, family=len(tested), mdc95_family=bound)
        if _is_called(change) and _chance(change) > level * own[key]:
            held[key] = replace(held[key], verdict=Verdict.WITHIN_ERROR, reason=AMONG_MANY)
    return held


def _look(key: Key, changes: Mapping[Key, Change], twins: Mapping[Key, Key]) -> Key:
    """Return the look that a change is part of: its twin's where that is tested too."""
    twin = changes.get(twins.get(key, key))
    if twin is None or twin.verdict is Verdict.NOT_COMPARABLE:
        return key
    return twins.get(key, key)


def _reach(share: float) -> float:
    """Return the standard errors beyond which a change is called that has a share of the 5 %.

    1.96 for all of it; 2.54 for two ninths, 3.42 for one of 81 even shares.
    """
    return NormalDist().inv_cdf(1 - LEVEL * share / 2)


def _is_called(change: Change) -> bool:
    return change.verdict in (Verdict.BETTER, Verdict.WORSE)


def _chance(change: Change) -> float:
    """Return how often unchanged skin would show such a change (two-sided normal)."""
    value, error, _ = change.weighed
    return math.erfc(abs(value) / error / math.sqrt(2.0)) if error > 0 else 0.0
