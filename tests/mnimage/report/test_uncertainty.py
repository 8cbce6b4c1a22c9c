"""The report says where the uncertainty of its numbers comes from, and what to bear in mind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.comparison import Caution, Controlled, Source, Verdict
from mnimage.domain.report import Cards, Facts, Masthead, Notice, Table
from mnimage.domain.session import PairNotes, Patch, Replicate, Side
from mnimage.report.build import build_report
from mnimage.report.parts import MAP_PX, before_photo, face_frame
from mnimage.report.uncertainty import (
    control_picture,
    needling_words,
    shots_words,
    uncertainty_facts,
)


def blocks(made, pair, kind):
    report = build_report(pair, program="mnimage 0.1.0", made_at=made.MADE_AT)
    return [block for page in report.pages for block in page.blocks if isinstance(block, kind)]


@pytest.fixture(scope="module")
def pair(made):
    """Two of three repeats used, a control patch that paled by itself, needled three days ago."""
    change = made.make_change(12.3, 9.9, "HI points", 0.8, Verdict.WITHIN_ERROR)
    own = replace(
        change,
        controlled=Controlled(-1.0, -1.4, 1.1, 2.2),
        source=Source.REPEATS,
        family=12,
        mdc95_family=3.3,
    )
    swollen = made.make_change(
        8.1, 6.0, "%", 0.3, Verdict.NOT_COMPARABLE, "Day 3 after needling: swelling."
    )
    zones = {
        "whole": {"redness_hi": own, "texture_contrast": swollen},
        "forehead": {"redness_hi": own, "texture_contrast": swollen},
        "control": {"redness_hi": made.make_change(12.0, 11.0, "HI points", 0.75)},
    }
    whole = made.make_pair(zones=zones)
    comparison = replace(
        whole.comparison,
        notes=PairNotes(Patch(5, 6, 70, 80), 3),
        replicates=(
            Replicate("b.jpg", Side.BEFORE),
            Replicate("c.jpg", Side.BEFORE),
            Replicate("d.jpg", Side.AFTER, "It was taken 9 days from the first shot."),
        ),
        cautions=(Caution("darker skin", "Look at it.", ("forehead",)),),
    )
    return replace(whole, comparison=comparison)


def test_the_facts_name_every_source(made, pair):
    facts = dict(uncertainty_facts(pair.comparison))
    assert "redness" in facts["Standard error"]
    assert facts["Shots of each session"] == "3 before, 1 after"
    assert facts["Repeat left out, after"].startswith("d.jpg: It was taken 9 days")
    assert "12 changes" in facts["Comparisons"]
    assert "1.5 times" in facts["Comparisons"]
    assert "Row 5, column 6, 70 by 80 pixels" in facts["Control patch"]
    assert facts["Since the last needling"] == "3 days"
    assert any(dict(block.facts).keys() >= facts.keys() for block in blocks(made, pair, Facts))


def test_without_repeats_it_says_one_shot_each(made):
    comparison = made.make_pair().comparison
    facts = dict(uncertainty_facts(comparison))
    assert facts["Shots of each session"] == "1 before, 1 after"
    assert "own repeat" not in facts["Standard error"]
    assert "Control patch" not in facts
    assert (shots_words(comparison), needling_words(comparison)) == ("", "")
    assert not blocks(made, made.make_pair(), Notice)


def test_the_table_holds_the_change_beyond_the_control_and_its_own_uncertainty(made, pair):
    redness, texture = blocks(made, pair, Table)[:2]
    assert redness.heads[3] == "Beyond"
    minus = "\N{MINUS SIGN}"
    assert redness.rows[0][1:8] == (
        "12.3",
        "9.9",
        f"{minus}2.4",
        f"{minus}1.4",
        "1.1",
        "repeats",
        "2.2",
    )
    assert redness.rows[-1][0] == "Control patch, untreated"
    assert redness.rows[-1][3:6] == (f"{minus}1.0", "\N{EN DASH}", "0.8")
    assert texture.heads[3] == "%"


def test_numbers_without_a_verdict_are_still_shown(made, pair):
    texture = blocks(made, pair, Table)[1]
    assert texture.rows[0][1:4] == ("8.1", "6.0", "\N{MINUS SIGN}2.1")
    assert texture.rows[0][-1].verdict is Verdict.NOT_COMPARABLE
    assert "swelling" in texture.note
    card = blocks(made, pair, Cards)[0].cards[-1]
    assert card.value == ""
    assert "8.1" in card.detail


def test_the_first_page_bears_in_mind(made, pair):
    (notice,) = blocks(made, pair, Notice)
    assert notice.lines == ("Darker skin (forehead): Look at it.",)
    facts = dict(blocks(made, pair, Masthead)[0].facts)
    assert facts["Shots"] == "3 before, 1 after"
    assert facts["Since the last needling"] == "3 days"
    card = blocks(made, pair, Cards)[0].cards[0]
    assert card.value == "\N{MINUS SIGN}1.4"
    assert "beyond the control's \N{MINUS SIGN}1.0" in card.detail


def test_the_control_patch_is_outlined_where_it_lies(made):
    pair = made.make_pair()
    notes = PairNotes(Patch(90, 200, 40, 50))
    marked = replace(pair, comparison=replace(pair.comparison, notes=notes))
    plain = before_photo(pair, face_frame(pair.before), MAP_PX)
    picture = control_picture(marked)
    changed = np.argwhere((picture.pixels != plain).any(axis=-1))
    frame = face_frame(pair.before)
    scale = plain.shape[0] / frame.rows
    low, high = changed.min(axis=0) / scale, changed.max(axis=0) / scale
    assert low + np.array([frame.top, frame.left]) == pytest.approx((90, 200), abs=4)
    assert high + np.array([frame.top, frame.left]) == pytest.approx((130, 250), abs=4)
    # An outline only: the skin inside is seen.
    assert len(changed) < 0.5 * 40 * 50 * scale**2
    assert control_picture(pair) is None
