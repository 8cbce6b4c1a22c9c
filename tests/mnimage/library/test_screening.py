"""The screening warns of what speaks against needling, and of what was not asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mnimage.domain.record import Answer, Contraindication, Screened
from mnimage.library.screening import screening_warnings

TODAY = date(2026, 5, 4)


def answers(answer=Answer.NO, **more):
    return [Screened(asked=asked, answer=answer, **more) for asked in Contraindication]


def test_nothing_speaks_against_it():
    assert screening_warnings(answers(), TODAY) == ()


def test_each_answer_of_yes_warns_with_a_reason():
    reported = screening_warnings(answers(Answer.YES), TODAY)
    assert len(reported) == len(Contraindication)
    assert all(": " in one for one in reported)


@pytest.mark.parametrize("given", [[], answers(Answer.UNKNOWN)])
def test_what_was_not_asked_is_said(given):
    reported = screening_warnings(given, TODAY)
    assert reported == tuple(f"Not known: {asked}." for asked in Contraindication)


@pytest.mark.parametrize(("days", "warns"), [(364, True), (365, True), (366, False)])
def test_a_retinoid_warns_for_a_year(days, warns):
    given = answers()
    place = [one.asked for one in given].index(Contraindication.RETINOID)
    ended = TODAY - timedelta(days=days)
    given[place] = Screened(asked=Contraindication.RETINOID, answer=Answer.YES, until=ended)
    reported = screening_warnings(given, TODAY)
    assert bool(reported) is warns
    assert not reported or ended.isoformat() in reported[0]


def test_what_ended_otherwise_warns_no_more():
    over = Screened(
        asked=Contraindication.HERPES, answer=Answer.YES, until=TODAY - timedelta(days=1)
    )
    lasting = Screened(asked=Contraindication.TAN, answer=Answer.YES, until=TODAY)
    rest = [one for one in answers() if one.asked not in (over.asked, lasting.asked)]
    reported = screening_warnings([*rest, over, lasting], TODAY)
    assert len(reported) == 1
    assert reported[0].startswith("Fresh tan")
