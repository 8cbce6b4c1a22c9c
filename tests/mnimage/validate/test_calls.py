"""False and right calls are counted as they are, on changes made up for the purpose."""

import pytest

from mnimage.domain.comparison import Change, Verdict
from mnimage.validate.calls import call_of, no_change_lines, power_lines


def call(after, verdict, case="skin 1", score="redness_hi", true=0.0):
    change = Change(10.0, after, "points", 1.0, 1.96, verdict)
    return call_of(change, (case, "whole", score), true)


def by_name(lines):
    return {line.what: line for line in lines}


def test_false_calls_are_counted_by_pair_and_by_score():
    calls = [
        call(10.5, Verdict.WITHIN_ERROR),
        call(13.0, Verdict.WORSE, score="pores"),
        call(9.0, Verdict.WITHIN_ERROR, case="skin 2"),
        # Beyond its own MDC95, but held back among so many.
        call(12.5, Verdict.WITHIN_ERROR, case="skin 2", score="pores"),
    ]
    found = by_name(no_change_lines("flat", calls))
    assert found["no change: pairs with any false verdict"].value == 50
    assert found["no change: pairs with any false verdict"].worst == "skin 1: pores"
    assert found["no change: false verdicts among all scores and zones"].value == 25
    assert found["pores, no change: beyond its own MDC95"].value == 100
    steady = found["redness_hi, no change: beyond its own MDC95"]
    assert (steady.value, steady.met) == (0, True)
    assert steady.bias == pytest.approx(-0.25)
    assert steady.sem == pytest.approx(((0.25 + 1) / 2) ** 0.5 / 2**0.5)


def test_only_the_right_direction_is_right():
    calls = [
        call(7.0, Verdict.BETTER, true=-2.9),
        call(13.0, Verdict.WORSE, true=-2.9),
        call(8.5, Verdict.WITHIN_ERROR, true=-2.9),
        call(7.5, Verdict.WITHIN_ERROR, true=-2.9),
    ]
    goal, alone, score = power_lines("flat", calls)
    assert (goal.value, goal.met, goal.worst) == (25, False, "skin 1")
    assert (alone.value, alone.met) == (50, False)
    assert score.bias == pytest.approx((3 - 3 + 1.5 + 2.5) / 4 / 2.9 - 1)
    # A mean of four that are so far apart is hardly known: the sample's deviation over two.
    squares = [2.0**2, 4.0**2, 0.5**2, 1.5**2]
    known = (sum(squares) / 3) ** 0.5 / 2 / 2.9
    assert f"known to {known:.2f}" in score.note


@pytest.mark.parametrize(("true", "due"), [(2.94, True), (-3.4, True), (3.5, False), (-2.4, False)])
def test_a_change_is_due_within_a_quarter_of_the_uncertainty_that_is_stated_for_it(true, due):
    assert call(7.0, Verdict.BETTER, true=true).due is due


def test_nothing_measured_is_nothing_reported():
    empty = call_of(
        Change(float("nan"), 1.0, "", 1.0, 1.96, Verdict.NOT_COMPARABLE), ("skin", "whole", "ita")
    )
    assert no_change_lines("flat", [empty]) == power_lines("flat", []) == []
