"""The table of scores, held against the contract and against what is really measured."""

import re
from pathlib import Path

import pytest

from mnimage.domain.metrics import METRICS, is_worse_higher, log_offset, names_of
from mnimage.domain.recipe import Recipe
from mnimage.domain.scorecard import Mode
from mnimage.score.score import DISPLAY
from mnimage.score.scorers import SCORERS

CONTRACT = {
    "redness_hi": ("points", +1),
    "red_area": ("%", +1),
    "pigment_mi": ("points", +1),
    "ita_deg": ("deg", -1),
    "evenness": ("points", -1),
    "texture_contrast": ("%", +1),
    "pores": ("/cm2", +1),
    "lines": ("mm/cm2", +1),
    "scar_visibility": ("points", +1),
    "texture_sq_um": ("um", +1),
    "scar_depth_index_um": ("um", +1),
    "scar_depth_mm": ("mm", +1),
    "scar_volume_mm3": ("mm3", +1),
}
"""What others script against: names, units and which way is worse."""


def test_names_units_and_directions_are_those_that_others_rely_on():
    rows = {name: (metric.unit, metric.worse) for name, metric in METRICS.items()}
    assert {name: rows[name] for name in CONTRACT} == CONTRACT


def test_every_score_of_a_photo_has_its_row_and_every_row_its_function():
    flat = set(names_of(lambda metric: metric.mode is Mode.FLAT))
    assert flat == set(SCORERS)


def test_every_score_of_a_photo_has_a_session_error_in_the_recipe():
    errors = {name for name, *_ in Recipe().score.session}
    assert errors == set(SCORERS)


def test_units_are_ucum():
    # Annotations in braces, prefixes as in um and mm, squares and cubes as digits.
    form = re.compile(r"\{[a-z]+\}|%|deg|(u|m|c)?m[23]?|/cm2|mm/cm2")
    assert [metric.ucum for metric in METRICS.values() if not form.fullmatch(metric.ucum)] == []


def test_every_map_belongs_to_one_score():
    assert {metric.layer for metric in DISPLAY.values()} == set(DISPLAY)


@pytest.mark.parametrize(
    ("name", "worse"),
    [("evenness", False), ("ita_deg", False), ("redness", True), ("depth", True), ("other", True)],
)
def test_direction_of_a_score_or_of_its_map(name, worse):
    assert is_worse_higher(name) is worse


def test_a_score_without_a_row_is_averaged_as_it_is():
    assert log_offset("other") is None
    assert log_offset("pores") == 1.0


def test_no_other_table_of_scores_is_left():
    # A score is spelled where it is computed, and in this table; lists of scores are read off it.
    root = Path(__file__).parents[3]
    one = rf"[^\])}}]*\"({'|'.join(CONTRACT)})\""
    lists = re.compile(r"[\[({]" + 3 * one)
    allowed = {"domain/metrics.py", "score/scorers.py"}
    found = [
        path.relative_to(root / "mnimage").as_posix()
        for room in ("score", "compare", "report", "domain")
        for path in sorted((root / "mnimage" / room).glob("*.py"))
        if lists.search(path.read_text(encoding="utf-8"))
    ]
    assert [path for path in found if path not in allowed] == []
