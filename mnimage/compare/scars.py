"""The same scars before and after: each keeps its number, its masks carried by the registration."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.compare.repeats import average_sessions
from mnimage.compare.verdict import ChangeUncertainty, hold_alike, weigh_change
from mnimage.domain.comparison import ScarChange, ScarCourse, Verdict
from mnimage.domain.metrics import METRICS, names_of
from mnimage.domain.recipe import CompareRecipe
from mnimage.domain.scorecard import Mode, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from mnimage.domain.comparison import Change
    from mnimage.domain.relief import ReliefCard, Scar

    _Measure: TypeAlias = Callable[[Scar], Score]
    Cards: TypeAlias = Sequence[tuple[ReliefCard, ReliefCard]]
    Again: TypeAlias = tuple[Cards, Cards]
    Repeats: TypeAlias = tuple[Sequence[tuple[float, float]], Sequence[tuple[float, float]]]

NONE: Again = ((), ())
USUAL = CompareRecipe()

WHOLE_SCORES = names_of(lambda metric: metric.mode is Mode.RELIEF)

_NEAR_MM = 1.0

_SHARES = {"volume": 0.8, "depth": 0.2}
"""How the chance of a false call of one scar is shared out: the volume decides, it is steadier."""


def shared_scores(
    before: ReliefCard, after: ReliefCard
) -> tuple[Mapping[str, Score], Mapping[str, Score]]:
    """Return the scores over the whole place of two reliefs, of the scars that both measured.

    A scar that the other session shows only in part would else look filled, and one found there
    only would look new. The depth index of both is over the area that both show.

    Our own; how scars that were followed read: `docs/studies/2026-11-relief.md`.
    """
    own = {scar.id: scar for scar in (*before.scars, *before.places)}
    again = {scar.id: scar for scar in after.scars if scar.id in own}
    first = relief_scores(before, [own[number] for number in again], after.area_mm2)
    return first, relief_scores(after, list(again.values()), after.area_mm2)


def relief_scores(card: ReliefCard, scars: Sequence[Scar], area_mm2: float) -> Mapping[str, Score]:
    """Return a relief's scores over the whole place, of `scars` on `area_mm2` of skin.

    `scar_depth_mm` is the mean depth of all scars, weighted by area, and `scar_volume_mm3` their
    summed volume; the errors of single scars are taken as shared (one lamp, one scale), so they
    do not average out.

    Errors that go together add up as they are (JCGM 100:2008, 5.2.2).
    """
    area = sum(scar.area_mm2 for scar in scars)
    volume = math.fsum(scar.volume_mm3 for scar in scars)
    index_error = card.scar_depth_index_uncertainty_um * card.area_mm2 / area_mm2
    rows = [
        ("texture_sq_um", card.texture_sq_um, card.texture_uncertainty_um),
        ("scar_depth_index_um", 1000 * volume / area_mm2, index_error),
    ]
    if area > 0:
        shares = [scar.area_mm2 / area for scar in scars]
        rows += [
            (
                "scar_depth_mm",
                _sum(shares, [scar.depth_mm for scar in scars]),
                _sum(shares, [scar.depth_uncertainty_mm for scar in scars]),
            ),
            (
                "scar_volume_mm3",
                volume,
                math.fsum(scar.volume_uncertainty_mm3 for scar in scars),
            ),
        ]
    return {
        name: Score(name, value, METRICS[name].unit, error, Mode.RELIEF)
        for name, value, error in rows
    }


def _sum(shares: Sequence[float], values: Sequence[float]) -> float:
    return math.fsum(share * value for share, value in zip(shares, values, strict=True))


def compare_relief(
    before: ReliefCard, after: ReliefCard, again: Again = NONE, recipe: CompareRecipe = USUAL
) -> dict[str, Change]:
    """Return the change of each relief score measured in both, means over repeats where given.

    Weighed as by `weigh_change` (Weir 2005), repeats as by `average_sessions` (Smyth 2004).
    """
    first, second = shared_scores(before, after)
    others = [[shared_scores(own, other) for own, other in side] for side in again]
    return {
        name: _weigh(
            first[name],
            second[name],
            _values([[(own.get(name), other.get(name)) for own, other in side] for side in others]),
            recipe,
        )
        for name in WHOLE_SCORES
        if name in first and name in second
    }


def compare_scars(
    before: ReliefCard, after: ReliefCard, again: Again = NONE, recipe: CompareRecipe = USUAL
) -> tuple[ScarChange, ...]:
    """Return each scar of `before` with what became of it, found again by its number.

    The verdict is that of the volume, the steadier of the two (depth where the volume says
    nothing); verdicts hold for depths and volumes of all scars together. Scars found after only are
    weighed against what the relief before shows at their places; those no deeper beyond error are
    no new scars and left out.

    Weighed as by `weigh_change` (Weir 2005), together as by `hold_alike` (Hochberg 1988).

    Parameters
    ----------
    before, after
        The first shots' reliefs.
    again
        Repeats of each session: the relief before and the repeat, on the scars of the former.
    recipe
        Options.
    """
    later = {scar.id: scar for scar in after.scars}
    paired = [(scar, later.get(scar.id)) for scar in (*before.scars, *before.places)]
    fresh = {scar.id for scar in before.places}
    others = [[(_by_id(own), _by_id(other)) for own, other in side] for side in again]
    # One family: a scar must not have two chances to be called changed.
    looks = {
        (scar.id, what): _weigh(
            measure(scar), measure(now), _repeats(scar.id, measure, others, fresh), recipe
        )
        for scar, now in paired
        if now is not None
        for what, measure in (("depth", _depth), ("volume", _volume))
    }
    held = hold_alike(
        looks, {key: _SHARES[key[1]] for key in looks}, {key: key[0] for key in looks}
    )
    changes = [
        _scar_change(scar, now, held.get((scar.id, "depth")), held.get((scar.id, "volume")), fresh)
        for scar, now in paired
    ]
    return tuple(one for one in changes if not one.fresh or one.verdict is Verdict.WORSE)


def _by_id(card: ReliefCard) -> dict[int, Scar]:
    return {scar.id: scar for scar in card.scars}


def _repeats(
    number: int,
    measure: _Measure,
    others: Sequence[Sequence[tuple[Mapping[int, Scar], Mapping[int, Scar]]]],
    fresh: set[int],
) -> Repeats:
    """Return what the repeats say of one scar; new scars are numbered by each shot for itself."""
    if number in fresh:
        return [], []
    found = [
        [
            (measure(own[number]), measure(other[number]))
            for own, other in side
            if number in own and number in other
        ]
        for side in others
    ]
    return _values(found)


def _values(
    pairs: Sequence[Sequence[tuple[Score | None, Score | None]]],
) -> Repeats:
    before, after = (
        [(own.value, other.value) for own, other in side if own is not None and other is not None]
        for side in pairs
    )
    return before, after


def follow_scars(
    sessions: Sequence[Sequence[ScarChange]], mm_per_px: float
) -> tuple[ScarCourse, ...]:
    """Return each scar's course over a series under one number.

    Scars of the first session keep theirs. A new scar gets the next free number; found again at a
    later session, within its own radius or 1 mm in the frame of the first session, it is the same.

    Our own; a course in which the truth is known: `docs/studies/2026-11-relief.md`.

    Parameters
    ----------
    sessions
        The scars of each later session against the first one, as `compare_scars` gives them.
    mm_per_px
        Scale of the first session's picture.
    """
    first = sorted({one.id for session in sessions for one in session if not one.fresh})
    rows: dict[int, list[ScarChange | None]] = {key: [None] * len(sessions) for key in first}
    for number, session in enumerate(sessions):
        for one in session:
            key = _same_fresh(one, rows, mm_per_px) if one.fresh else one.id
            rows.setdefault(key, [None] * len(sessions))[number] = replace(one, id=key)
    return tuple(ScarCourse(key, tuple(changes)) for key, changes in rows.items())


def _same_fresh(
    one: ScarChange, rows: Mapping[int, Sequence[ScarChange | None]], mm_per_px: float
) -> int:
    """Return the number of a new scar: that of an earlier new one at its place, or the next."""
    reach = max(_seen_last(one).width_mm / 2, _NEAR_MM) / mm_per_px
    for key, changes in rows.items():
        for other in changes:
            if other is not None and other.fresh and _away_px(one.before, other.before) <= reach:
                return key
    return max(rows, default=0) + 1


def _seen_last(one: ScarChange) -> Scar:
    return one.after or one.before


def _away_px(one: Scar, other: Scar) -> float:
    return math.hypot(one.row - other.row, one.column - other.column)


def _weigh(before: Score, after: Score, again: Repeats, recipe: CompareRecipe) -> Change:
    validated = math.sqrt((before.uncertainty**2 + after.uncertainty**2) / 2)
    means = average_sessions(before.name, (before.value, after.value), again, validated, recipe)
    return weigh_change(
        replace(before, value=means.before),
        replace(after, value=means.after),
        ChangeUncertainty(session=means.session, spatial=0.0, source=means.source),
    )


def _scar_change(
    scar: Scar, later: Scar | None, depth: Change | None, volume: Change | None, fresh: set[int]
) -> ScarChange:
    verdict = Verdict.NOT_COMPARABLE
    if volume is not None and depth is not None:
        decided = volume if volume.verdict is not Verdict.WITHIN_ERROR else depth
        verdict = decided.verdict
    return ScarChange(scar.id, scar, later, depth, volume, verdict, scar.id in fresh)


def _depth(scar: Scar) -> Score:
    return Score("scar_depth_mm", scar.depth_mm, "mm", scar.depth_uncertainty_mm, Mode.RELIEF)


def _volume(scar: Scar) -> Score:
    return Score(
        "scar_volume_mm3", scar.volume_mm3, "mm3", scar.volume_uncertainty_mm3, Mode.RELIEF
    )
