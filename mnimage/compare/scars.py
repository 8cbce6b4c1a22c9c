"""The same scars before and after: each keeps its number, its masks carried by the registration."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.compare.verdict import Doubt, hold_family, weigh_change
from mnimage.domain.comparison import ScarChange, ScarCourse, Verdict
from mnimage.domain.scorecard import Mode, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from mnimage.domain.comparison import Change
    from mnimage.domain.relief import ReliefCard, Scar

    _Measure: TypeAlias = Callable[[Scar], Score]

WHOLE_SCORES = ("texture_sq_um", "scar_depth_index_um", "scar_depth_mm", "scar_volume_mm3")

_NEAR_MM = 1.0


def relief_scores(card: ReliefCard) -> Mapping[str, Score]:
    """Return a relief's scores over the whole place.

    `scar_depth_mm` is the mean depth of all scars, weighted by area, and `scar_volume_mm3` their
    summed volume; the errors of single scars are taken as shared (one lamp, one scale), so they
    do not average out.
    """
    area = sum(scar.area_mm2 for scar in card.scars)
    rows = [
        ("texture_sq_um", card.texture_sq_um, "um", card.texture_uncertainty_um),
        (
            "scar_depth_index_um",
            card.scar_depth_index_um,
            "um",
            card.scar_depth_index_uncertainty_um,
        ),
    ]
    if area > 0:
        shares = [scar.area_mm2 / area for scar in card.scars]
        rows += [
            (
                "scar_depth_mm",
                _sum(shares, [scar.depth_mm for scar in card.scars]),
                "mm",
                _sum(shares, [scar.depth_uncertainty_mm for scar in card.scars]),
            ),
            (
                "scar_volume_mm3",
                math.fsum(scar.volume_mm3 for scar in card.scars),
                "mm3",
                math.fsum(scar.volume_uncertainty_mm3 for scar in card.scars),
            ),
        ]
    return {name: Score(name, value, unit, error, Mode.RELIEF) for name, value, unit, error in rows}


def _sum(shares: Sequence[float], values: Sequence[float]) -> float:
    return math.fsum(share * value for share, value in zip(shares, values, strict=True))


def compare_relief(before: ReliefCard, after: ReliefCard) -> dict[str, Change]:
    """Return the change of each relief score measured in both."""
    first, second = relief_scores(before), relief_scores(after)
    return {
        name: _weigh(first[name], second[name])
        for name in WHOLE_SCORES
        if name in first and name in second
    }


def compare_scars(before: ReliefCard, after: ReliefCard) -> tuple[ScarChange, ...]:
    """Return each scar of `before` with what became of it, found again by its number.

    The verdict is that of the volume, the steadier of the two (depth where the volume says
    nothing); verdicts hold for all scars together. Scars found after only are weighed against what
    the relief before shows at their places; those no deeper beyond error are no new scars and left
    out.
    """
    again = {scar.id: scar for scar in after.scars}
    paired = [(scar, again.get(scar.id)) for scar in (*before.scars, *before.places)]
    depths = hold_family(_changes(paired, _depth))
    volumes = hold_family(_changes(paired, _volume))
    fresh = {scar.id for scar in before.places}
    changes = [
        _scar_change(scar, later, depths.get(scar.id), volumes.get(scar.id), scar.id in fresh)
        for scar, later in paired
    ]
    return tuple(one for one in changes if not one.fresh or one.verdict is Verdict.WORSE)


def follow_scars(
    sessions: Sequence[Sequence[ScarChange]], mm_per_px: float
) -> tuple[ScarCourse, ...]:
    """Return each scar's course over a series under one number.

    Scars of the first session keep theirs. A new scar gets the next free number; found again at a
    later session, within its own radius or 1 mm in the frame of the first session, it is the same.

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


def _changes(paired: Sequence[tuple[Scar, Scar | None]], measure: _Measure) -> dict[int, Change]:
    return {
        scar.id: _weigh(measure(scar), measure(later))
        for scar, later in paired
        if later is not None
    }


def _weigh(before: Score, after: Score) -> Change:
    session = math.sqrt((before.uncertainty**2 + after.uncertainty**2) / 2)
    return weigh_change(before, after, Doubt(session=session, spatial=0.0))


def _scar_change(
    scar: Scar, later: Scar | None, depth: Change | None, volume: Change | None, fresh: bool
) -> ScarChange:
    verdict = Verdict.NOT_COMPARABLE
    if volume is not None and depth is not None:
        decided = volume if volume.verdict is not Verdict.WITHIN_ERROR else depth
        verdict = decided.verdict
    return ScarChange(scar.id, scar, later, depth, volume, verdict, fresh)


def _depth(scar: Scar) -> Score:
    return Score("scar_depth_mm", scar.depth_mm, "mm", scar.depth_uncertainty_mm, Mode.RELIEF)


def _volume(scar: Scar) -> Score:
    return Score(
        "scar_volume_mm3", scar.volume_mm3, "mm3", scar.volume_uncertainty_mm3, Mode.RELIEF
    )
