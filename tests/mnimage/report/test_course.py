from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from mnimage.domain.comparison import ScarCourse, ScarState, Verdict
from mnimage.domain.report import Mark, Plot, Strip, Table
from mnimage.report.course import build_course_report
from mnimage.report.trend import Trend, trend_svg


@pytest.fixture
def course(made):
    def one(session):
        pair = made.make_pair(day=28 * session)
        after = 12.3 - 0.9 * session
        verdict, reason = (Verdict.NOT_COMPARABLE, "other light") if session == 2 else (None, "")
        change = made.make_change(12.3, after, "HI points", 0.8, verdict, reason)
        zones = {name: dict(changes) for name, changes in pair.comparison.zones.items()}
        zones["whole"]["redness_hi"] = change
        return replace(pair, comparison=replace(pair.comparison, zones=zones))

    return [one(session) for session in range(1, 5)]


def build(made, pairs, **options):
    return build_course_report(pairs, program="mnimage 0.1.0", made_at=made.MADE_AT, **options)


def blocks(pages, kind):
    return [block for page in pages for block in page.blocks if isinstance(block, kind)]


def test_table_follows_every_session(made, course):
    table = blocks(build(made, course).pages[:2], Table)[0]
    assert table.title == "Redness"
    assert [row[1] for row in table.rows] == ["12.3", "11.4", "10.5", "9.6", "8.7"]
    assert table.rows[2][-1] == Mark(Verdict.NOT_COMPARABLE)
    assert table.rows[2][2] == "\N{EN DASH}"
    assert table.rows[4][-1] == Mark(Verdict.BETTER, -1)
    assert table.rows[1][0] == "Session 2, 30 Mar 2026"


def test_filmstrip_has_every_session_in_one_frame(made, course):
    strip = blocks(build(made, course).pages[:1], Strip)[0]
    assert [picture.title for picture in strip.pictures] == [f"Session {i}" for i in range(1, 6)]
    assert len({picture.pixels.shape for picture in strip.pictures}) == 1


def test_refused_session_is_shown_in_its_own_frame_and_said_so(made, course):
    refused = replace(made.make_refused(), before=course[0].before)
    strip = blocks(build(made, [course[0], refused, course[1]]).pages[:1], Strip)[0]
    assert "not comparable" in strip.pictures[2].caption
    assert strip.pictures[2].bar is None


def test_ends_with_the_last_pairs_own_pages(made, course):
    report = build(made, course)
    assert report.pages[2].single
    assert dict(report.pages[2].blocks[0].facts)["Session 5"] == "22 Jun 2026"


def test_chart_is_svg_without_text_and_always_the_same(made, course):
    days = [made.FIRST_DAY.date() + timedelta(days=28 * i) for i in range(4)]
    first, second = (
        blocks(build(made, course, treatments=days).pages, Plot)[0].svg for _ in range(2)
    )
    assert first == second
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(first).iter()}
    assert "path" in tags
    assert "text" not in tags


def test_chart_bears_gaps_and_nothing(made):
    change = made.make_change(5.0, 4.0, "points", 0.2)
    lost = made.make_change(5.0, float("nan"), "points", float("nan"), Verdict.NOT_COMPARABLE)
    assert "<svg" in trend_svg([Trend("x", (change, None, lost))], [7, 14, 21])
    assert "<svg" in trend_svg([Trend("x", (None,))], [7])


def test_unknown_dates_are_set_evenly(made):
    pairs = [made.make_pair(taken=False), made.make_pair(taken=False)]
    report = build(made, pairs)
    assert blocks(report.pages, Plot)


def test_a_course_needs_a_session(made):
    with pytest.raises(ValueError, match="at least one"):
        build(made, [])


def test_every_scar_has_a_row_with_its_number(made, course):
    followed = [ScarCourse(scar.id, (scar, None, scar, scar)) for scar in made.make_scars(3)]
    tables = blocks(build(made, course, scars=followed).pages, Table)
    depth, volume = (each for each in tables if each.title.endswith("of each scar"))
    assert len(depth.rows) == len(volume.rows) == 3
    assert [row[0].split()[0] for row in depth.rows] == [str(one.id) for one in followed]
    # The first session, the last four, the change, the state.
    assert depth.heads == (*(f"Session {n}" for n in range(1, 6)), "Change", "State")
    assert all(row[2] == "\N{EN DASH}" or row[3] == "\N{EN DASH}" for row in depth.rows)
    assert {row[-1] for row in depth.rows} <= {state.value for state in ScarState}


def test_without_scars_no_page_is_for_them(made, course):
    titles = [table.title for table in blocks(build(made, course).pages, Table)]
    assert not any(title.endswith("of each scar") for title in titles)
