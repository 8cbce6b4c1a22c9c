"""What changed between two sessions, and whether it is more than noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.compare.comparability import grade_pair
from mnimage.compare.scars import compare_relief, compare_scars
from mnimage.compare.verdict import Doubt, hold_family, weigh_change
from mnimage.domain.comparison import Comparison
from mnimage.domain.face import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.comparison import Change, ScarChange
    from mnimage.domain.pair import Examined
    from mnimage.domain.recipe import Recipe
    from mnimage.domain.scorecard import PairScores

MOVED = "moved by expression"


def compare_pair(
    before: Examined,
    after: Examined,
    alignment: Alignment,
    scores: PairScores | None,
    recipe: Recipe,
) -> Comparison:
    """Return what changed, every number with its doubt and its verdict.

    Parameters
    ----------
    before, after
        Both photos with what was found in them; with relief where they are directional shots, the
        relief after measured on the scars of the one before.
    alignment
        How after lies on before; a refused one gives a comparison without numbers.
    scores
        The flat scores of both in the frame of the photo before; None when refused.
    recipe
        What all was made with.
    """
    comparability = grade_pair(before, after, alignment)
    wider = dict(recipe.compare.doubt_by_grade).get(comparability.grade, 1.0)
    changes = _flat_changes(scores, wider) if scores else {}
    scars: tuple[ScarChange, ...] = ()
    if alignment.aligned and before.relief is not None and after.relief is not None:
        for name, change in compare_relief(before.relief, after.relief).items():
            changes[WHOLE, name] = change
        scars = compare_scars(before.relief, after.relief)
    return Comparison(
        comparability=comparability,
        alignment=alignment,
        before=scores.before if scores else None,
        after=scores.after if scores else None,
        zones=_by_zone(hold_family(changes)),
        scars=scars,
        not_measured=_not_measured(before, scores),
        recipe=recipe.version,
        zones_left_out=dict.fromkeys(alignment.moved_zones, MOVED),
    )


def _flat_changes(scores: PairScores, wider: float) -> dict[tuple[str, str], Change]:
    """Return each change; the sessions' errors are `wider` where the photos are less alike."""
    changes = {}
    for zone, measured in scores.before.zones.items():
        if zone not in scores.after.zones:
            continue
        later = scores.after.zones[zone].scores
        for name, score in measured.scores.items():
            if name in later and name in scores.errors[zone]:
                error = scores.errors[zone][name]
                doubt = Doubt(session=wider * error.session, spatial=error.spatial)
                changes[zone, name] = weigh_change(score, later[name], doubt)
    return changes


def _by_zone(changes: Mapping[tuple[str, str], Change]) -> dict[str, dict[str, Change]]:
    zones: dict[str, dict[str, Change]] = {}
    for (zone, name), change in changes.items():
        zones.setdefault(zone, {})[name] = change
    return zones


def _not_measured(before: Examined, scores: PairScores | None) -> dict[str, str]:
    missing = dict(scores.before.not_measured) if scores else {}
    if before.relief is not None:
        missing = {name: why for name, why in missing.items() if "directional" not in why}
    return missing
