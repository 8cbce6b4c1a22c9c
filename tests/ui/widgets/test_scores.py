from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from mnimage.domain.comparison import Change, Controlled, Verdict
from mnimage.report.words import MINUS
from ui.widgets.rows import HEADING_ROLE, NOTE_ROLE, SIGN_ROLE, SMALL_ROLE
from ui.widgets.scores import Cell, Row, RowTable, ScarTable, ScoreTable

DASH = "\N{EN DASH}"


@pytest.fixture
def scores(qtbot, make_pair):
    table = ScoreTable()
    qtbot.addWidget(table)
    table.show_zones(make_pair().comparison.zones)
    return table


@pytest.fixture
def scars(qtbot, make_pair):
    table = ScarTable()
    qtbot.addWidget(table)
    table.show_scars(make_pair().comparison.scars)
    return table


def texts(table, row):
    model = table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def row_of(table, text):
    model = table.model()
    return next(row for row in range(model.rowCount()) if model.index(row, 0).data() == text)


def test_model_obeys_qt(qtmodeltester, qapp):
    model = RowTable(("Score", "Before"))
    model.show_rows([Row((Cell("Zone"),), heading=True), Row((Cell("a", "b"), Cell("1")))])
    qtmodeltester.check(model)


def test_all_skin_comes_first_then_the_forehead(scores):
    model = scores.model()
    headings = [
        model.index(row, 0).data()
        for row in range(model.rowCount())
        if model.index(row, 0).data(HEADING_ROLE)
    ]
    assert headings == ["All measured skin", "Forehead"]


def test_row_gives_value_unit_uncertainty_and_verdict(scores):
    row = row_of(scores, "Redness")
    model = scores.model()
    assert texts(scores, row) == ["Redness", "14.0", "9.5", f"{MINUS}4.5", "better"]
    assert model.index(row, 0).data(SMALL_ROLE) == "HI"
    assert model.index(row, 3).data(SMALL_ROLE) == "± 1.1"
    assert model.index(row, 4).data(SIGN_ROLE).drawing == "down"


def test_refused_row_gives_no_number_and_its_reason(scores):
    row = row_of(scores, "Pores")
    assert texts(scores, row) == ["Pores", "31.0", DASH, DASH, "not comparable"]
    tip = scores.model().index(row, 4).data(Qt.ItemDataRole.ToolTipRole)
    assert "Blurred." in tip


def test_reason_is_said_once_under_the_first_zone_it_holds_for(scores):
    model = scores.model()
    notes = [row for row in range(model.rowCount()) if model.index(row, 0).data(NOTE_ROLE)]
    assert [model.index(row, 0).data() for row in notes] == ["Pores: Blurred."]
    assert scores.columnSpan(notes[0], 0) == model.columnCount()
    assert not model.flags(model.index(notes[0], 0)) & Qt.ItemFlag.ItemIsSelectable


def test_values_without_a_verdict_are_shown(scores):
    healing = Change(
        14.0, 12.5, "um", 0.4, 1.1, Verdict.NOT_COMPARABLE, reason="Day 3: skin still heals."
    )
    scores.show_zones({"whole": {"texture_sq_um": healing, "lines": healing}})
    row = row_of(scores, "Texture")
    assert texts(scores, row) == ["Texture", "14.0", "12.5", f"{MINUS}1.5", "not comparable"]
    assert scores.model().index(row, 3).data(SMALL_ROLE) == "± 0.4"
    assert texts(scores, 1)[0] == "Texture, lines: Day 3: skin still heals."


def test_long_reason_has_all_the_height_it_needs(scores, qtbot):
    reason = "The skin of this zone is seen too obliquely in one of the photos. " * 4
    refused = Change(1.0, 2.0, "um", 0.4, 1.1, Verdict.NOT_COMPARABLE, reason=reason)
    scores.resize(440, 400)
    scores.show()
    scores.show_zones({"whole": {"texture_sq_um": refused}})
    scores.grab()
    assert scores.rowHeight(1) >= 4 * scores.fontMetrics().height() * 0.8


def test_verdict_stands_beside_what_goes_beyond_the_control(scores):
    beyond = Change(
        14.0, 9.5, "HI", 1.1, 3.0, Verdict.BETTER, controlled=Controlled(-0.4, -4.1, 1.6, 3.9)
    )
    own = Change(8.0, 7.6, "HI", 1.1, 3.0, Verdict.WITHIN_ERROR)
    scores.show_zones({"control": {"redness_hi": own}, "whole": {"redness_hi": beyond}})
    row = row_of(scores, "beyond control")
    assert texts(scores, row - 1) == ["Redness", "14.0", "9.5", f"{MINUS}4.5", ""]
    assert texts(scores, row)[3:] == [f"{MINUS}4.1", "better"]
    model = scores.model()
    assert model.index(row, 3).data(SMALL_ROLE) == "± 1.6"
    assert f"expected {MINUS}0.4" in model.index(row, 0).data(SMALL_ROLE)
    last = model.rowCount() - 2
    assert texts(scores, last)[0] == "Control patch, untreated"
    assert texts(scores, last + 1)[4] == "within error"


def test_a_row_is_spoken_with_its_unit(scores):
    index = scores.model().index(row_of(scores, "Redness"), 3)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == f"{MINUS}4.5 ± 1.1"


def test_clicked_score_is_reported(scores, qtbot):
    index = scores.model().index(row_of(scores, "Texture contrast"), 2)
    with qtbot.waitSignal(scores.chosen) as reported:
        scores.clicked.emit(index)
    assert reported.args == [("whole", "texture_contrast")]


def test_clicked_heading_is_not_reported(scores, qtbot):
    with qtbot.assertNotEmitted(scores.chosen):
        scores.clicked.emit(scores.model().index(0, 0))


def test_scar_shows_depth_before_and_after(scars):
    assert texts(scars, 1) == ["Depth", "0.40", "0.30", f"{MINUS}0.10", "better"]


def test_lost_scar_shows_what_is_known(scars):
    assert texts(scars, 3) == ["Depth", "0.40", DASH, "", "not comparable"]


def test_clicked_scar_is_reported(scars, qtbot):
    with qtbot.waitSignal(scars.chosen) as reported:
        scars.clicked.emit(scars.model().index(3, 1))
    assert reported.args == [("2",)]


def test_columns_fit_the_inspector(scores, qtbot):
    from ui import theme

    scores.resize(theme.INSPECTOR_WIDTH - 2, 600)
    metrics = scores.fontMetrics()
    wide = sum(scores.columnWidth(column) for column in range(4))
    room = theme.INSPECTOR_WIDTH - 20 - wide
    assert room > 12 + 21 + metrics.horizontalAdvance("comparable")
    assert scores.columnWidth(1) > metrics.horizontalAdvance("1234.5")


@pytest.mark.parametrize(
    ("calibrated", "expected"),
    [(True, "HI, calibrated"), (False, "HI, uncalibrated"), (None, "HI")],
)
def test_redness_shows_whether_its_colour_is_calibrated(scores, make_pair, calibrated, expected):
    scores.show_zones(make_pair().comparison.zones, calibrated)
    model = scores.model()
    small = [model.index(row, 0).data(SMALL_ROLE) for row in range(model.rowCount())]
    assert small.count(expected) == 2
    assert not any("calibrated" in words for words in small if words != expected)
