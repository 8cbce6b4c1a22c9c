"""No result changes without a new algorithm number, and no number goes without its golden one."""

from __future__ import annotations

import json
import math

import pytest

from mnimage.domain.recipe import Recipe
from tests.golden.make_golden import PATH, measure

TOLERANCE = 1e-6
"""Relative: sums in another order, on other processors and with other BLAS, differ by less; any
change of a method, a threshold or a weight by more."""

MAKE = "python -m tests.golden.make_golden"


@pytest.fixture(scope="module")
def golden():
    return json.loads(PATH.read_text(encoding="utf-8"))


def test_the_golden_numbers_are_those_of_this_recipe(golden):
    assert golden["recipe"] == Recipe().version, f"the recipe changed: look, then run {MAKE}"


def test_no_number_changed_without_a_new_algorithm_number(golden):
    if golden["recipe"] != Recipe().version:
        pytest.fail(f"the recipe changed: look, then run {MAKE}")
    found = measure()
    assert set(found) == set(golden["numbers"])
    changed = [
        f"{name}: {golden['numbers'][name]!r} -> {value!r}"
        for name, value in found.items()
        if not alike(value, golden["numbers"][name])
    ]
    assert not changed, f"results changed: raise ALGORITHM, then run {MAKE}; {changed[:8]}"


def alike(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0 + 1e-8, True),
        (1.0, 1.0 + 1e-5, False),
        (math.nan, math.nan, True),
        (math.nan, 1.0, False),
    ],
)
def test_what_counts_as_alike(one, other, same):
    assert alike(one, other) is same
