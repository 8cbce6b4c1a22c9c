"""Verdicts against what is known of the normal distribution, and on simulated sessions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from mnimage.compare.verdict import ChangeUncertainty, hold_alike, hold_family, weigh_change
from mnimage.domain.comparison import Change, Verdict
from mnimage.domain.scorecard import Mode, Score


def _score(value: float, name: str = "redness_hi", mode: Mode = Mode.FLAT) -> Score:
    return Score(name, value, "points", 0.5, mode)


def test_uncertainty_of_a_change_counts_both_sessions():
    assert ChangeUncertainty(session=3.0, spatial=0.0).of_change == pytest.approx(3 * math.sqrt(2))
    assert ChangeUncertainty(session=0.0, spatial=2.0).of_change == pytest.approx(2.0)


def test_mdc_is_the_published_multiple_of_one_sessions_error():
    change = weigh_change(_score(5), _score(5), ChangeUncertainty(session=1.0, spatial=0.0))
    assert change.mdc95 == pytest.approx(2.77, abs=0.005)


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (5.0 - 2.9, Verdict.BETTER),
        (5.0 - 2.6, Verdict.WITHIN_ERROR),
        (5.0 + 2.6, Verdict.WITHIN_ERROR),
        (5.0 + 2.9, Verdict.WORSE),
        (math.nan, Verdict.NOT_COMPARABLE),
    ],
)
def test_verdict_turns_at_the_smallest_detectable_change(after, verdict):
    change = weigh_change(_score(5.0), _score(after), ChangeUncertainty(session=1.0, spatial=0.0))
    assert change.verdict is verdict
    assert bool(change.reason) == (verdict is Verdict.NOT_COMPARABLE)


def test_darker_skin_is_worse_though_its_angle_falls():
    change = weigh_change(
        _score(40, "ita_deg"), _score(20, "ita_deg"), ChangeUncertainty(session=1.0, spatial=0.0)
    )
    assert change.verdict is Verdict.WORSE


def test_different_modes_are_never_compared():
    with pytest.raises(ValueError, match="modes"):
        weigh_change(_score(1), _score(1, mode=Mode.RELIEF), ChangeUncertainty(1.0, 0.0))


def test_percent_of_nothing_has_no_meaning():
    change = weigh_change(_score(0.0), _score(1.0), ChangeUncertainty(1.0, 0.0))
    assert change.change_percent is None
    assert (
        weigh_change(_score(4.0), _score(3.0), ChangeUncertainty(1.0, 0.0)).change_percent == -25.0
    )


def _family(shifts: np.ndarray, seed: int) -> dict[int, object]:
    noise = np.random.default_rng(seed).normal(0, math.sqrt(2), len(shifts))
    return {
        index: weigh_change(_score(10), _score(10 + float(step)), ChangeUncertainty(1.0, 0.0))
        for index, step in enumerate(shifts + noise)
    }


def test_unchanged_skin_is_rarely_called_changed_over_a_whole_family():
    called = [
        any(
            change.verdict is not Verdict.WITHIN_ERROR
            for change in hold_family(_family(np.zeros(40), seed)).values()
        )
        for seed in range(600)
    ]
    # Binomial: 5 % of 600, four standard deviations.
    assert np.mean(called) < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 600)


def test_holm_agrees_with_the_step_down_written_out():
    changes = _family(np.linspace(0, 8, 12), 3)
    p = np.array([2 * stats.norm.sf(abs(c.change) / c.uncertainty) for c in changes.values()])
    order, wanted = np.argsort(p), np.zeros(12, bool)
    for rank, index in enumerate(order):
        if p[index] > 0.05 / (12 - rank):
            break
        wanted[index] = True
    held = hold_family(changes)
    found = [held[index].verdict is not Verdict.WITHIN_ERROR for index in range(12)]
    assert found == list(wanted)
    assert 0 < sum(found) < 12


def test_values_survive_the_family():
    changes = _family(np.full(30, 2.0), 5)
    held = hold_family(changes)
    assert [c.mdc95 for c in held.values()] == [c.mdc95 for c in changes.values()]
    assert [c.after for c in held.values()] == [c.after for c in changes.values()]


def test_the_family_says_how_far_a_change_must_go():
    held = hold_family(_family(np.array([0.0, 0.0, 2.0, 9.0]), 1))
    for change in held.values():
        assert change.family == 4
        z = change.mdc95_family / change.uncertainty
        assert 4 * 2 * stats.norm.sf(z) == pytest.approx(0.05)
    # Whatever goes beyond it has a verdict.
    beyond = [c for c in held.values() if abs(c.change) > c.mdc95_family]
    assert beyond
    assert all(c.verdict is Verdict.WORSE for c in beyond)


def test_weights_share_out_the_same_chance_of_a_false_call():
    """400 families of 40 looks at nothing, the first three given two thirds of the chance."""
    weights = {index: 2 / 9 if index < 3 else 1 / 111 for index in range(40)}
    called = [
        any(
            change.verdict is not Verdict.WITHIN_ERROR
            for change in hold_family(_family(np.zeros(40), seed), weights).values()
        )
        for seed in range(600)
    ]
    assert np.mean(called) < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 600)


@pytest.mark.parametrize("place", [0, 20])
def test_what_has_more_weight_is_called_sooner(place):
    """One change of three standard errors of a change; normal tails show how often it passes."""
    weights = {index: 2 / 9 if index < 3 else 1 / 111 for index in range(40)}
    shifts = np.zeros(40)
    shifts[place] = 3.0 * math.sqrt(2)
    called = np.mean(
        [
            hold_family(_family(shifts, seed), weights)[place].verdict is Verdict.WORSE
            for seed in range(400)
        ]
    )
    reach = stats.norm.isf(0.025 * weights[place])
    assert called == pytest.approx(stats.norm.sf(reach - 3.0), abs=0.08)
    assert bool(called > 0.6) is (place == 0)


def _with_twin(shifts: np.ndarray, seed: int) -> dict[int, object]:
    """Return a family whose last change is its first in other units, with a smaller error."""
    changes = _family(shifts, seed)
    first = changes[0]
    twin = weigh_change(_score(100), _score(100 + 10 * first.change), ChangeUncertainty(9.0, 0.0))
    return {**changes, len(shifts): twin}


def test_a_score_in_two_units_is_one_look():
    """Ten looks at nothing; the first stands there twice, at an error that is a tenth too small."""
    called = []
    for seed in range(800):
        held = hold_family(_with_twin(np.zeros(10), seed), None, {10: 0})
        called.append({key for key, one in held.items() if one.verdict is not Verdict.WITHIN_ERROR})
    assert np.mean([bool(each - {10}) for each in called]) < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 800)
    changes = _with_twin(np.zeros(10), 1)
    one, two = (hold_family(changes, None, twins) for twins in ({10: 0}, None))
    bars = [held[3].mdc95_family / held[3].uncertainty for held in (one, two)]
    assert [2 * stats.norm.sf(bar) for bar in bars] == pytest.approx([0.05 / 10, 0.05 / 11])


def test_the_step_down_goes_on_with_what_the_twins_leave():
    """Both twins pass at a tenth of the chance, so the next has a ninth: as if there was one."""
    changes = _with_twin(np.array([8.0, *([0.0] * 9)]), 4)
    alone = {key: one for key, one in changes.items() if key != 10}
    held, plain = hold_family(changes, None, {10: 0}), hold_family(alone)
    assert {key: held[key].verdict for key in alone} == {k: one.verdict for k, one in plain.items()}
    assert held[10].verdict is held[0].verdict is Verdict.WORSE


def test_what_is_not_comparable_is_no_part_of_the_family():
    changes = _family(np.zeros(5), 1)
    nothing = weigh_change(_score(1.0), _score(math.nan), ChangeUncertainty(1.0, 0.0))
    held = hold_family({**changes, 5: nothing})
    assert held[0].family == 5
    assert held[5].verdict is Verdict.NOT_COMPARABLE
    assert hold_family({5: nothing}) == {5: nothing}


def test_the_interval_leaves_out_nothing_exactly_where_there_is_a_verdict():
    for step in (-3.2, -2.7, 1.0, 2.7, 2.9):
        change = weigh_change(_score(10), _score(10 + step), ChangeUncertainty(1.0, 0.0))
        low, high = change.interval
        assert (low <= 0 <= high) is (change.verdict is Verdict.WITHIN_ERROR)


def test_the_interval_covers_the_true_change_in_nineteen_of_twenty():
    """Sessions and patches of skin drawn from the normal distribution, a true change of 1.5."""
    random = np.random.default_rng(6)
    days, patches = random.normal(0, 0.7, (2, 3000)), random.normal(0, 0.4, 3000)
    covered = []
    for before, after, patch in zip(*days, patches, strict=True):
        change = weigh_change(
            _score(5 + before),
            _score(6.5 + after + patch),
            ChangeUncertainty(session=0.7, spatial=0.4),
        )
        covered.append(change.interval[0] <= 1.5 <= change.interval[1])
    assert np.mean(covered) == pytest.approx(0.95, abs=3 * math.sqrt(0.05 * 0.95 / 3000))


def _scars(errors: np.ndarray) -> dict[tuple[int, str], Change]:
    """Return the changes of scars, depth and volume each, in standard errors (n, 2)."""
    return {
        (number, what): weigh_change(
            _score(10.0),
            _score(10.0 + math.sqrt(2) * error),
            ChangeUncertainty(session=1.0, spatial=0.0),
        )
        for number, both in enumerate(errors)
        for what, error in zip(("volume", "depth"), both, strict=True)
    }


def _held_scars(errors: np.ndarray) -> dict[tuple[int, str], Change]:
    changes = _scars(errors)
    shares = {"volume": 0.8, "depth": 0.2}
    return hold_alike(changes, {key: shares[key[1]] for key in changes}, {k: k[0] for k in changes})


def _called(held: dict[tuple[int, str], Change]) -> set[int]:
    return {key[0] for key, one in held.items() if one.verdict is not Verdict.WITHIN_ERROR}


@pytest.mark.parametrize("alike", [0.0, 0.5, 0.95])
def test_scars_that_did_not_change_are_falsely_called_in_one_pair_of_twenty_at_most(alike):
    """Errors of the scars go together by so much of their variance; depth and volume by 0.8."""
    random = np.random.default_rng(int(100 * alike))
    pairs = 1200
    common, each = (random.standard_normal((pairs, count)) for count in (1, 8))
    scar = math.sqrt(alike) * common + math.sqrt(1 - alike) * each
    own = random.standard_normal((pairs, 8, 2))
    errors = math.sqrt(0.8) * scar[..., None] + math.sqrt(0.2) * own
    loud = sum(bool(_called(_held_scars(pair))) for pair in errors)
    # 5 % of 1200 pairs is 60, with a standard deviation of 7.5.
    assert loud <= 60 + 3 * 7.5


@pytest.mark.parametrize(("noise", "gain"), [(1.0, 0.02), (0.4, 0.05)])
def test_of_scars_that_all_changed_more_are_called_than_by_stepping_down(noise, gain):
    """A change of 1.5 x MDC95 each, where errors are as large as stated, or less."""
    random = np.random.default_rng(8)
    errors = -1.5 * 1.96 + noise * random.standard_normal((300, 8, 1)) * np.ones(2)
    both = np.array([(len(_called(_held_scars(own))), _by_holm(own)) for own in errors])
    up, down = both.mean(axis=0) / 8
    assert down + gain < up
    # No more than each by itself would be.
    assert up <= stats.norm.cdf(0.5 * 1.96 / noise)


def _by_holm(errors: np.ndarray) -> int:
    changes, shares = _scars(errors), {"volume": 0.8, "depth": 0.2}
    return len(_called(hold_family(changes, {key: shares[key[1]] for key in changes})))


def test_one_scar_of_many_must_pass_what_holm_asks():
    quiet = np.zeros((8, 2))
    for size, called in ((2.75, set()), (2.9, {3})):
        quiet[3] = size, 0.0
        # 0.8 of an eighth of 5 %: 2.81 standard errors.
        assert stats.norm.isf(0.05 * 0.8 / 8 / 2) == pytest.approx(2.807, abs=0.001)
        assert _called(_held_scars(quiet)) == called
