"""Repeat shots against simulated sessions whose truth is drawn from the normal distribution."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import stats

from mnimage.compare.repeats import ShotFingerprint, average_sessions, why_no_replicate
from mnimage.compare.verdict import MDC_FACTOR, ChangeUncertainty, hold_family, weigh_change
from mnimage.domain.comparison import Source, Verdict
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.domain.recipe import CompareRecipe
from mnimage.domain.scorecard import Score
from mnimage.words.message import NOTHING

TRIALS = 4000
NAME = "redness_hi"


def recipe(share: float) -> CompareRecipe:
    return replace(CompareRecipe(), repeat_share=((NAME, share),))


def sessions(shots, share, *, scatter=None, shift=0.0, seed=1):
    """Return TRIALS pairs of sessions of unchanged skin (or changed by `shift`), true SEM 1.

    Each session has an error of its own, shared by its shots (variance 1 - share), and each shot
    one more (variance share, times `scatter` of the patient).
    """
    random = np.random.default_rng(seed)
    scatter = np.ones(TRIALS) if scatter is None else scatter
    drawn = []
    for count, level in zip(shots, (0.0, shift), strict=True):
        day = random.normal(0, np.sqrt(1 - share), (TRIALS, 1))
        own = random.normal(0, 1, (TRIALS, count)) * np.sqrt(share * scatter)[:, None]
        drawn.append(10 + level + day + own)
    return drawn


def means(before, after, share):
    """Return what `average_sessions` makes of one patient's shots."""
    first = before[0], after[0]
    again = [[(before[0], value) for value in side[1:]] for side in (before, after)]
    return average_sessions(NAME, first, (again[0], again[1]), 1.0, recipe(share))


def z_values(shots, share, **drawn):
    """Return each trial's change over the standard error that it was given."""
    before, after = sessions(shots, share, **drawn)
    found = [means(b.tolist(), a.tolist(), share) for b, a in zip(before, after, strict=True)]
    change = np.array([one.after - one.before for one in found])
    error = np.sqrt(2) * np.array([one.session for one in found])
    return change, error


@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
@pytest.mark.parametrize("shots", [(2, 2), (3, 3), (3, 1)])
def test_unchanged_skin_is_called_changed_once_in_twenty_at_most(shots, share):
    change, error = z_values(shots, share)
    called = np.mean(np.abs(change) > MDC_FACTOR * error)
    # Binomial: 5 % of the trials, three standard deviations.
    assert called < 0.05 + 3 * np.sqrt(0.05 * 0.95 / TRIALS)
    # And not simply by doubting everything.
    true = np.sqrt(2 * (1 - share) + share * (1 / shots[0] + 1 / shots[1]))
    assert np.mean(error) < 1.1 * true


@pytest.mark.parametrize("shots", [(2, 2), (3, 3)])
def test_it_holds_where_patients_scatter_differently(shots):
    scatter = 4 / stats.chi2(6).rvs(TRIALS, random_state=3)
    assert np.mean(scatter) == pytest.approx(1, abs=0.05)
    change, error = z_values(shots, 0.5, scatter=scatter)
    called = np.mean(np.abs(change) > MDC_FACTOR * error)
    assert called < 0.05 + 3 * np.sqrt(0.05 * 0.95 / TRIALS)


@pytest.mark.parametrize("shots", [(1, 1), (2, 2), (3, 3)])
def test_a_change_half_as_large_again_as_mdc95_is_called_right(shots):
    error = z_values(shots, 0.5)[1].mean()
    change, error = z_values(shots, 0.5, shift=-1.5 * MDC_FACTOR * error, seed=2)
    assert np.mean(change < -MDC_FACTOR * error) >= 0.8


def test_a_patient_who_scatters_more_than_the_study_is_believed():
    wild = np.full(TRIALS, 4.0)
    change, error = z_values((3, 3), 1.0, scatter=wild)
    blind = np.sqrt(2 / 3)
    called = [np.mean(np.abs(change) > MDC_FACTOR * one) for one in (error, blind)]
    # The study's error alone would call a third of them changed: P(|2 z| > 1.96).
    assert called[1] == pytest.approx(2 * stats.norm.sf(0.98), abs=0.03)
    assert called[0] < 0.6 * called[1]


def test_the_larger_of_pooled_and_own_is_taken_and_named():
    quiet = average_sessions(NAME, (10, 8), ([(10, 10.0)], [(10, 8.0)]), 1.0, recipe(0.5))
    assert quiet.source is Source.VALIDATED
    assert quiet.session == pytest.approx(np.sqrt(0.5 + 0.5 / 2))
    loud = average_sessions(NAME, (10, 8), ([(10, 14.0)], [(10, 8.0)]), 1.0, recipe(0.5))
    assert loud.source is Source.REPEATS
    # Prior of 4 degrees of freedom at 0.5, one sum of squares of 8 with 2 more.
    assert loud.session == pytest.approx(np.sqrt(0.5 + (4 * 0.5 + 8) / 6 / 2))
    assert (loud.before, loud.after) == (12.0, 8.0)


def test_one_shot_each_keeps_the_validated_error():
    alone = average_sessions(NAME, (10, 8), ([], []), 0.7, CompareRecipe())
    assert (alone.before, alone.after, alone.session) == (10, 8, 0.7)
    assert alone.source is Source.VALIDATED
    unknown = average_sessions(NAME, (10, 8), ([(10, float("nan"))], []), 0.7, CompareRecipe())
    assert unknown == alone


def test_scores_that_err_by_factors_are_averaged_as_logarithms():
    found = average_sessions(
        "texture_sq_um", (10, 8), ([(10, 40.0)], [(10, 2.0)]), 0.1, CompareRecipe()
    )
    assert (found.before, found.after) == (pytest.approx(20.0), pytest.approx(4.0))
    counted = average_sessions("pores", (0, 3), ([(0, 3.0)], []), 1.0, CompareRecipe())
    # ln(count + 1): the mean of 0 and 3 is 1.
    assert counted.before == pytest.approx(1.0)
    least = average_sessions("pores", (9, 0), ([], [(9, 0.0), (20, 0.0)]), 1.0, CompareRecipe())
    assert least.after == 0.0


def test_a_repeat_is_read_against_the_photo_before_on_their_own_shared_skin():
    found = average_sessions(NAME, (10, 8), ([(9.0, 9.5)], [(11.0, 9.4)]), 1.0, CompareRecipe())
    assert found.before == pytest.approx(10 + 0.25)
    assert found.after == pytest.approx(10 + (-2 - 1.6) / 2)


def test_holm_over_repeats_keeps_the_family_at_five_percent():
    looks = 20
    before, after = sessions((2, 2), 0.5, seed=5)
    called = []
    for start in range(0, TRIALS, looks):
        family = {}
        for one in range(start, start + looks):
            found = means(before[one].tolist(), after[one].tolist(), 0.5)
            values = (Score(NAME, value, "points", 1.0) for value in (found.before, found.after))
            family[one] = weigh_change(*values, ChangeUncertainty(found.session, 0.0, found.source))
        held = hold_family(family)
        called.append(any(each.verdict is not Verdict.WITHIN_ERROR for each in held.values()))
    assert np.mean(called) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(called))


def taken(seed, hours=0.0):
    pixels = np.random.default_rng(seed).integers(0, 255, (4, 4, 3), dtype=np.uint8)
    at = datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(hours=hours)
    return ShotFingerprint.of(Photo(pixels, CaptureFacts("PNG", 8, taken_at=at)))


def test_a_copy_and_another_days_photo_are_no_repeats():
    shots = [taken(1), taken(2, 0.1)]
    assert "same picture" in str(why_no_replicate(shots, taken(2, 0.2)))
    assert "3 days" in str(why_no_replicate(shots, taken(3, 72)))
    assert "taken 7 hours from" in str(why_no_replicate(shots, taken(3, 7)))
    assert why_no_replicate(shots, taken(3, 0.2)) == NOTHING


@pytest.mark.parametrize("hours", [0.2, 72])
def test_a_time_without_a_zone_is_compared_with_one_that_has_one(in_zone, hours):
    """The library knows the time in UTC; the camera beside it wrote its own clock only."""
    in_zone(2)
    first, again = taken(1), taken(2, hours)
    bare = replace(again, at=again.at.astimezone().replace(tzinfo=None))
    assert why_no_replicate([first], bare) == why_no_replicate([first], again)
    assert why_no_replicate([replace(bare, pixels=b"")], first) == why_no_replicate([again], first)
