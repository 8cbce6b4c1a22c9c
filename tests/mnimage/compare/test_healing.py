"""Healing skin: surface scores lose their verdict and keep their numbers, redness keeps both."""

from __future__ import annotations

import pytest

from mnimage.compare.healing import (
    HEALING,
    SWOLLEN,
    healing_cautions,
    is_healing,
    note_redness,
    scars_without_swelling,
    without_swollen,
)
from mnimage.compare.verdict import ChangeUncertainty, weigh_change
from mnimage.domain.comparison import ScarChange, ScarState, Verdict
from mnimage.domain.recipe import CompareRecipe
from mnimage.domain.relief import Scar
from mnimage.domain.scorecard import Score
from mnimage.domain.session import PairNotes
from mnimage.score.scorers import COLOR_SCORES, RELIEF_SCORES, SCORERS

RECIPE = CompareRecipe()
DAY3 = PairNotes(days_since_needling=3)


def better(name):
    scores = (Score(name, value, "u", 0.1) for value in (5.0, 3.0))
    return weigh_change(*scores, ChangeUncertainty(0.1, 0.0))


@pytest.mark.parametrize(
    ("days", "healing"), [(None, False), (0, True), (6.5, True), (7, False), (30, False)]
)
def test_the_window_ends_when_its_days_have_passed(days, healing):
    notes = PairNotes(days_since_needling=days)
    assert is_healing(notes, RECIPE) is healing
    assert bool(healing_cautions(notes, RECIPE)) is healing
    change = without_swollen("texture_sq_um", better("texture_sq_um"), notes, RECIPE)
    assert change.verdict is (Verdict.NOT_COMPARABLE if healing else Verdict.BETTER)


@pytest.mark.parametrize("name", sorted(SWOLLEN))
def test_what_swelling_fakes_gets_no_verdict_and_keeps_its_numbers(name):
    change = without_swollen(name, better(name), DAY3, RECIPE)
    assert change.verdict is Verdict.NOT_COMPARABLE
    assert (change.before, change.after, change.change) == (5.0, 3.0, -2.0)
    assert "Day 3" in str(change.reason)
    assert "7 days" in str(change.reason)


def test_every_score_of_the_surface_counts_as_swollen():
    assert {*RELIEF_SCORES, *(name for name in SCORERS if name not in COLOR_SCORES)} == SWOLLEN


@pytest.mark.parametrize("name", ["redness_hi", "red_area", "pigment_mi", "ita_deg"])
def test_colour_keeps_its_verdict(name):
    change = note_redness(name, without_swollen(name, better(name), DAY3, RECIPE), DAY3, RECIPE)
    assert change.verdict is better(name).verdict
    assert ("needling" in str(change.reason).lower()) is name.startswith("red")


def test_scars_get_no_verdict_either():
    scar = Scar(1, 5, 5, 0.3, 0.2, 3.0, 0.6, 2.0, 40.0, "boxcar", 0.01, 0.02)
    depth = better("scar_depth_mm")
    one = ScarChange(1, scar, scar, depth, None, Verdict.BETTER)
    (healing,) = scars_without_swelling((one,), DAY3, RECIPE)
    assert healing.state is ScarState.NOT_MEASURED
    assert healing.depth.verdict is Verdict.NOT_COMPARABLE
    assert healing.depth.change == depth.change
    assert healing.volume is None
    assert scars_without_swelling((one,), PairNotes(), RECIPE) == (one,)


def test_the_whole_answer_says_so():
    (caution,) = healing_cautions(DAY3, RECIPE)
    assert caution.name == HEALING
    assert "Day 3" in str(caution.words)
