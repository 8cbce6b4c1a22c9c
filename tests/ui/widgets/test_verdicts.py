from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from mnimage.domain.comparison import Change, Controlled, Source, Verdict
from ui import theme
from ui.widgets.verdicts import draw_sign, explain, sign_of


def change(verdict, before=5.0, after=3.0, reason=""):
    return Change(before, after, "HI", 0.5, 1.4, verdict, reason=reason)


def test_each_verdict_has_its_own_word_shape_and_colour():
    signs = [sign_of(verdict, -1.0) for verdict in Verdict]
    assert [sign.word for sign in signs] == [verdict.value for verdict in Verdict]
    assert (signs[0].drawing, signs[0].colour) == ("down", "better")
    assert (signs[1].drawing, signs[1].colour) == ("down", "worse")
    assert (signs[2].drawing, signs[3].drawing) == ("wave", "hatch")


@pytest.mark.parametrize("verdict", [Verdict.BETTER, Verdict.WORSE])
def test_arrow_goes_as_the_score_went(verdict):
    assert sign_of(verdict, 2.0).drawing == "up"
    assert sign_of(verdict, -2.0).drawing == "down"


def test_reason_is_reported():
    refused = change(Verdict.NOT_COMPARABLE, reason="Blurred.")
    assert explain(refused) == "Blurred. The values are shown as they were measured."
    assert explain(replace(refused, after=float("nan"))) == "Blurred."
    assert "1.4 HI" in explain(change(Verdict.WITHIN_ERROR))
    assert "larger than 1.4 HI" in explain(change(Verdict.BETTER))


def test_change_that_many_tests_make_uncertain_is_explained():
    reported = replace(
        change(Verdict.WITHIN_ERROR, 5.0, 3.2), family=40, mdc95_family=2.1, source=Source.REPEATS
    )
    words = explain(reported)
    assert "larger than 1.4 HI" in words
    assert "40 changes" in words
    assert "2.1 HI" in words
    assert "own repeat shots" in words


def test_what_the_first_of_a_family_needs_is_reported_with_every_verdict():
    for verdict in (Verdict.BETTER, Verdict.WORSE, Verdict.WITHIN_ERROR):
        reported = replace(change(verdict, 5.0, 4.0), family=81, mdc95_family=2.6)
        assert "first of 81 changes weighed together needs 2.6 HI" in explain(reported)
    alone = replace(change(Verdict.BETTER), family=1, mdc95_family=2.6)
    assert "2.6" not in explain(alone)


def test_units_are_printed_as_people_write_them():
    assert "1.4 µm" in explain(replace(change(Verdict.WITHIN_ERROR), unit="um"))


def test_what_is_to_be_borne_in_mind_is_reported_with_a_verdict():
    reported = change(Verdict.WORSE, 3.0, 5.0, reason="Needling itself reddens skin: day 3.")
    assert explain(reported).endswith("day 3.")


def test_change_beyond_the_control_is_weighed():
    reported = replace(
        change(Verdict.WITHIN_ERROR, 5.0, 3.0), controlled=Controlled(-1.8, -0.2, 0.6, 1.7)
    )
    assert "beyond the untreated control patch is smaller than 1.7 HI" in explain(reported)


def ink(verdict, colours):
    image = QImage(120, 30, QImage.Format.Format_RGB32)
    image.fill(colours.panel)
    painter = QPainter(image)
    draw_sign(painter, sign_of(verdict, -1.0), QRectF(0, 0, 120, 30), colours)
    painter.end()
    found = [image.pixelColor(x, y) for x in range(120) for y in range(30)]
    return max(found, key=lambda colour: colour.saturation())


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_better_is_blue_and_worse_is_orange(colours, qapp):
    assert 190 < ink(Verdict.BETTER, colours).hue() < 230
    assert 15 < ink(Verdict.WORSE, colours).hue() < 40


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_no_change_and_no_answer_are_grey(colours, qapp):
    # The words' edges may be coloured by sub-pixel drawing, the theme's colours are not.
    for name in (colours.within, colours.refused):
        assert name[1:3] == name[3:5] == name[5:7]
