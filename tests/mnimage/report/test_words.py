from __future__ import annotations

from datetime import date

import pytest

from mnimage.report.words import (
    date_words,
    measured_words,
    number,
    percent,
    score_order,
    score_words,
    unbroken,
    unit_words,
    zone_order,
    zone_words,
)


@pytest.mark.parametrize(
    ("value", "digits", "signed", "text"),
    [
        (-2.44, 1, True, "\N{MINUS SIGN}2.4"),
        (2.44, 1, True, "+2.4"),
        (-0.04, 1, True, "0.0"),
        (12.0, 0, False, "12"),
        (float("nan"), 1, False, "\N{EN DASH}"),
    ],
)
def test_numbers(value, digits, signed, text):
    assert number(value, digits, signed=signed) == text


def test_percent():
    assert percent(-19.6) == "\N{MINUS SIGN}20 %"
    assert percent(4.83) == "+4.8 %"
    assert percent(None) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("unit", "words"),
    [("um", "µm"), ("mm3", "mm³"), ("count/cm2", "count/cm²"), ("HI points", "HI points")],
)
def test_units(unit, words):
    assert unit_words(unit) == words


def test_unknown_names_stay_readable():
    assert score_words("new_score").name == "New score"
    assert zone_words("left_temple") == "Left temple"
    assert sorted(["zzz", "redness_hi"], key=score_order) == ["redness_hi", "zzz"]
    assert sorted(["zzz", "nose", "whole"], key=zone_order) == ["whole", "nose", "zzz"]


def test_dates_cannot_be_read_the_wrong_way_round():
    assert date_words(date(2026, 3, 2)) == "2 Mar 2026"
    assert date_words(None) == "date not known"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1000.0, "px", "1000 px"),
        (1234567.0, "px", "1234567 px"),
        (4.456, "deg", "4.46°"),
        (0.4521, "", "0.452"),
        (12.34, "%", "12.3 %"),
        (-150.2, "points", "-150 points"),
    ],
)
def test_measured_values_have_no_exponent(value, unit, words):
    assert measured_words(value, unit) == words


def test_lines_never_end_between_a_number_and_its_unit():
    gap = "\N{NO-BREAK SPACE}"
    notes = f"0.2{gap}mm (1{gap}px), 95{gap}% of 3 people"
    assert unbroken("0.2 mm (1 px), 95 % of 3 people") == notes
