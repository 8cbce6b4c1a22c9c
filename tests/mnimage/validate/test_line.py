import numpy as np
import pytest

from mnimage.validate.line import Line, correlation, mean, median, rms


def line(value, count=3, **goal):
    return Line("arm", "what", value, "um", count, **goal)


@pytest.mark.parametrize(
    ("value", "goal", "met"),
    [
        (15.0, {"most": 15.0}, True),
        (15.1, {"most": 15.0}, False),
        (0.97, {"least": 0.97}, True),
        (0.96, {"least": 0.97}, False),
        (1.2, {"least": 0.9, "most": 1.1}, False),
        (1.0, {"least": 0.9, "most": 1.1}, True),
        (1.0, {}, None),
        (float("nan"), {"most": 15.0}, False),
    ],
)
def test_a_goal_is_met_or_not(value, goal, met):
    assert line(value, **goal).met is met


def test_what_was_not_measured_is_not_met():
    assert line(1.0, count=0, most=15.0).met is False


def test_goals_in_words():
    assert line(1.0, most=15.0).goal == "<= 15 um"
    assert line(1.0, least=0.9, most=1.1).goal == "0.9 to 1.1 um"
    assert line(1.0).goal == ""


def test_statistics_of_nothing_are_nan():
    assert all(np.isnan(one([])) for one in (rms, mean, median))
    assert np.isnan(correlation([1, 2], [1, 2]))
    assert np.isnan(correlation([1, 1, 1], [1, 2, 3]))
    assert rms([3, -3]) == 3
    assert correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
