from __future__ import annotations

from itertools import pairwise

import pytest

from mnimage.report.legend import bar_length, tick_values, tick_words


@pytest.mark.parametrize(
    ("mm_per_px", "widest", "length", "pixels"),
    [(0.05, 200, 10, 200), (0.05, 199, 5, 100), (0.003, 100, 0.2, 67), (1.0, 350, 200, 200)],
)
def test_bar_is_the_longest_round_length(mm_per_px, widest, length, pixels):
    assert bar_length(mm_per_px, widest) == (pytest.approx(length), pixels)


@pytest.mark.parametrize(("low", "high"), [(0, 10), (-4, 22), (-20, 20), (0, 0.35), (997, 1003)])
def test_ticks_are_few_even_and_inside(low, high):
    ticks = tick_values(low, high)
    assert 2 <= len(ticks) <= 6
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)
    steps = [b - a for a, b in pairwise(ticks)]
    assert max(steps) == pytest.approx(min(steps))


def test_ticks_around_zero_hold_zero():
    assert tick_words(tick_values(-20, 20, 4)) == ["\N{MINUS SIGN}20", "0", "20"]


def test_words_have_the_decimals_they_need():
    assert tick_words([0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert tick_words([0, 5, 10]) == ["0", "5", "10"]


def test_an_empty_range_has_one_tick():
    assert tick_values(3, 3) == [3]
