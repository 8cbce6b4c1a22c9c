"""The arms of colour in short form: goals on single cases, through photos."""

import pytest

from mnimage.validate.redness import JPEG, PLAIN, SPOILT, again, blood, chart, colour_lines


@pytest.mark.parametrize("number", range(4))
def test_redness_follows_blood_by_any_lamp(number):
    found = blood(number)
    # The worst of cameras is allowed 0.95, their mean 0.97.
    assert found.r >= 0.95
    assert 0.85 <= found.ratio <= 1.15
    assert found.mean <= 2.0


@pytest.mark.parametrize("number", range(len(SPOILT)))
def test_spoilt_charts_are_refused_and_sound_ones_taken(number):
    found = chart(number)
    assert found.refused == found.spoilt, found.how


def test_a_skin_re_shot_reads_the_same():
    # One whose chart was not overexposed: exposures are drawn, and such are refused.
    found = next(one for one in map(again, range(4)) if not one.refused)
    gaps = {way: scores["redness_hi"] for way, scores in found.values.items()}
    assert abs(gaps[JPEG][1] - gaps[JPEG][0]) <= 0.4
    assert abs(gaps[PLAIN][1] - gaps[PLAIN][0]) <= 0.1
    assert len(found.calls) >= 5
    lines = {line.what: line for line in colour_lines([], [found], [])}
    line = lines[f"redness_hi, {JPEG}: one session's error"]
    assert line.sem == pytest.approx(abs(gaps[JPEG][1] - gaps[JPEG][0]) / 2**0.5)
    assert line.met
