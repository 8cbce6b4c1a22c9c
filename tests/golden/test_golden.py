"""No result changes without a new algorithm number, and no number goes without its golden one."""

from __future__ import annotations

import json
import math
from fnmatch import fnmatch

import pytest

from mnimage.domain.recipe import Recipe
from tests.golden.make_golden import PATH, measure

TOLERANCE = 1e-4
"""Relative. Other instruction sets and another BLAS sum in another order: with AVX2, FMA and
AVX-512 switched off by turns in NumPy, OpenCV and OpenBLAS, numbers moved by up to 3e-5."""

LOOSER = {"* spatial": 0.03, "register error p95": 0.03, "whole lines *": 3e-3}
"""What hangs on the last digits of the registration, which ends its rounds at a threshold, and on
single pixels of a line: moved by up to 9e-3, 9e-3 and 6e-4 in the same trials."""

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
    assert set(found) == set(golden["numbers"]), f"other numbers are measured: run {MAKE}"
    changed = [
        f"{name}: {golden['numbers'][name]!r} -> {value!r}"
        for name, value in found.items()
        if not alike(value, golden["numbers"][name], tolerance(name))
    ]
    assert not changed, f"results changed: raise ALGORITHM, then run {MAKE}; {changed[:8]}"


def tolerance(name: str) -> float:
    return next((size for like, size in LOOSER.items() if fnmatch(name, like)), TOLERANCE)


def alike(one: float, other: float, relative: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=relative, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0 + 1e-5, True),
        (1.0, 1.0 + 1e-3, False),
        (0.0, 1e-6, False),
        (math.nan, math.nan, True),
        (math.nan, 1.0, False),
    ],
)
def test_what_counts_as_alike(one, other, same):
    assert alike(one, other, TOLERANCE) is same


def test_each_looser_tolerance_is_of_some_number(golden):
    for like in LOOSER:
        assert any(fnmatch(name, like) for name in golden["numbers"]), like
