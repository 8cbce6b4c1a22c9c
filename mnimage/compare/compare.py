"""What changed between two sessions, and whether it is more than noise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.compare.comparability import grade_pair
from mnimage.compare.control import beyond_control, control_cautions
from mnimage.compare.darkening import darkening_cautions
from mnimage.compare.healing import (
    healing_cautions,
    note_redness,
    scars_without_swelling,
    without_swollen,
)
from mnimage.compare.repeats import average_sessions, flat_measured, of_side
from mnimage.compare.scars import compare_relief, compare_scars
from mnimage.compare.verdict import ChangeUncertainty, hold_family, weigh_change
from mnimage.domain.comparison import Comparison, Verdict
from mnimage.domain.face import CONTROL, WHOLE
from mnimage.domain.metrics import METRICS, names_of
from mnimage.domain.scorecard import Mode
from mnimage.domain.session import ALONE, Side
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from mnimage.compare.scars import Cards
    from mnimage.domain.alignment import Alignment
    from mnimage.domain.comparison import Change, ScarChange
    from mnimage.domain.pair import AnalyzedPhoto
    from mnimage.domain.recipe import CompareRecipe, Recipe
    from mnimage.domain.scorecard import PairScores, Score
    from mnimage.domain.session import PairNotes, Sessions
    from mnimage.words.message import Message

    Changes: TypeAlias = dict[tuple[str, str], Change]

MOVED = message("compare.moved")


def compare_pair(
    before: AnalyzedPhoto,
    after: AnalyzedPhoto,
    alignment: Alignment,
    scores: PairScores | None,
    recipe: Recipe,
    sessions: Sessions = ALONE,
) -> Comparison:
    """Return what changed, every number with its uncertainty and its verdict.

    Verdicts hold for all scores and zones together (Holm); so do those of the scars, and those of
    the control patch, which answer other questions.

    MDC95 is that of Weir (2005), the family Holm's (1979); how well both hold:
    `docs/uncertainty.md`.

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
    sessions
        Repeat shots, and what the clinic entered on control patch and needling.
    """
    comparability = grade_pair(before, after, alignment)
    wider = dict(recipe.compare.uncertainty_by_grade).get(comparability.grade, 1.0)
    changes = _flat_changes(scores, wider, sessions, recipe.compare) if scores else {}
    scars: tuple[ScarChange, ...] = ()
    if alignment.aligned and before.relief is not None and after.relief is not None:
        again = _cards(sessions, Side.BEFORE), _cards(sessions, Side.AFTER)
        found = compare_relief(before.relief, after.relief, again, recipe.compare)
        changes |= {(WHOLE, name): change for name, change in found.items()}
        scars = compare_scars(before.relief, after.relief, again, recipe.compare)
    notes = sessions.notes
    treated, control = _against_control(changes)
    cautions = [*healing_cautions(notes, recipe.compare), *darkening_cautions(treated)]
    held = _held(treated, notes, recipe.compare, shares(treated))
    control = _held(control, notes, recipe.compare)
    if alignment.aligned:
        cautions += control_cautions(notes.control, _by_zone(control).get(CONTROL, {}))
    return Comparison(
        comparability=comparability,
        alignment=alignment,
        before=scores.before if scores else None,
        after=scores.after if scores else None,
        zones=_by_zone(held | control),
        scars=scars_without_swelling(scars, notes, recipe.compare),
        not_measured=_not_measured(before, scores),
        recipe=recipe.version,
        zones_left_out=dict.fromkeys(alignment.moved_zones, MOVED),
        notes=notes,
        # What they measured is in the numbers by now.
        replicates=tuple(replace(one, scores=None, relief=None) for one in sessions.replicates),
        cautions=tuple(cautions) if alignment.aligned else (),
    )


def _cards(sessions: Sessions, side: Side) -> Cards:
    return [one.relief for one in sessions.used(side) if one.relief is not None]


def _flat_changes(
    scores: PairScores, wider: float, sessions: Sessions, recipe: CompareRecipe
) -> Changes:
    """Return each change; the sessions' errors are `wider` where the photos are less alike."""
    again = [
        [flat_measured(one.scores) for one in sessions.used(side) if one.scores is not None]
        for side in (Side.BEFORE, Side.AFTER)
    ]
    changes = {}
    for key, values in flat_measured(scores).items():
        zone, name = key
        error = scores.errors.get(zone, {}).get(name)
        if error is None:
            continue
        repeats = of_side(again[0], key), of_side(again[1], key)
        means = average_sessions(name, values, repeats, wider * error.session, recipe)
        uncertainty = ChangeUncertainty(
            session=means.session, spatial=error.spatial, source=means.source
        )
        own = scores.before.zones[zone].scores[name]
        changes[key] = weigh_change(_with(own, means.before), _with(own, means.after), uncertainty)
    return changes


def _with(score: Score, value: float) -> Score:
    return replace(score, value=value)


def _against_control(changes: Changes) -> tuple[Changes, Changes]:
    """Return the changes of treated skin, each beyond the control's, and those of the control."""
    control = {key: change for key, change in changes.items() if key[0] == CONTROL}
    treated = {
        (zone, name): beyond_control(name, change, control[CONTROL, name])
        if (CONTROL, name) in control
        else change
        for (zone, name), change in changes.items()
        if zone != CONTROL
    }
    return treated, control


_FLAT_HEADLINES = names_of(lambda metric: metric.headline and metric.mode is Mode.FLAT)
_RELIEF_ONLY = names_of(lambda metric: metric.headline and metric.mode is Mode.RELIEF)
_RELIEF_HEADLINES = (
    *_RELIEF_ONLY,
    *names_of(lambda metric: metric.headline and metric.needs_color),
)
"""With relief, texture and scars are measured by it, not by how visible they are in a photo."""

_HEADLINES_SHARE = 2 / 3

_TWINS = {
    (WHOLE, name): (WHOLE, metric.same_as) for name, metric in METRICS.items() if metric.same_as
}
"""The index is the volume over one area for both sessions: a second look at it sees nothing new."""


def shares(changes: Changes) -> dict[tuple[str, str], float]:
    """Return how the chance of a false call is shared out over zones and scores.

    What a course of treatment is for - redness, pigment, texture and scars over all measured skin -
    has two thirds of it, all other scores and single zones the rest, each part evenly. So one of
    them that changed by itself is called at 2.6 standard errors, whatever else was looked at.

    Weights as of Benjamini and Hochberg (1997); what they cost and give:
    `docs/studies/2026-11-uncertainty.md`.
    """
    in_relief = any(name in _RELIEF_ONLY for _, name in changes)
    wanted = _RELIEF_HEADLINES if in_relief else _FLAT_HEADLINES
    tested = {
        key for key, change in changes.items() if change.verdict is not Verdict.NOT_COMPARABLE
    }
    first = {key for key in tested if key[0] == WHOLE and key[1] in wanted}
    rest = len(tested) - len(first)
    if not first or not rest:
        return dict.fromkeys(changes, 1.0)
    looks = len({_TWINS.get(key, key) for key in first})
    return {
        key: _HEADLINES_SHARE / looks if key in first else (1 - _HEADLINES_SHARE) / rest
        for key in changes
    }


def _held(
    changes: Changes,
    notes: PairNotes,
    recipe: CompareRecipe,
    weights: Mapping[tuple[str, str], float] | None = None,
) -> Changes:
    """Return one family's changes with the verdicts that may be given."""
    rested = {key: without_swollen(key[1], each, notes, recipe) for key, each in changes.items()}
    held = hold_family(rested, weights, _TWINS)
    return {key: note_redness(key[1], each, notes, recipe) for key, each in held.items()}


def _by_zone(changes: Mapping[tuple[str, str], Change]) -> dict[str, dict[str, Change]]:
    zones: dict[str, dict[str, Change]] = {}
    for (zone, name), change in changes.items():
        zones.setdefault(zone, {})[name] = change
    return zones


def _not_measured(before: AnalyzedPhoto, scores: PairScores | None) -> dict[str, Message]:
    missing = dict(scores.before.not_measured) if scores else {}
    if before.relief is None:
        return missing
    by_relief = names_of(lambda metric: metric.mode is Mode.RELIEF)
    return {name: why for name, why in missing.items() if name not in by_relief}
