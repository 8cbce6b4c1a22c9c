from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QLabel

from mnimage.compare.comparability import GRADES
from mnimage.domain.comparison import Caution, Comparability
from mnimage.domain.session import PairNotes, Patch, Replicate, Side
from mnimage.report import patient
from ui.screens.compare import inspector as module
from ui.screens.compare.inspector import (
    GradeBadge,
    Inspector,
    color_words,
    entered_words,
    reasons_of,
    warnings_of,
)


def test_every_grade_is_spoken_and_drawn(qtbot):
    badge = GradeBadge()
    qtbot.addWidget(badge)
    pictures = set()
    for grade in "ABCDEF":
        badge.show_grade(grade)
        assert badge.accessibleName() == f"Comparability {grade}"
        pictures.add(bytes(badge.grab().toImage().constBits()))
    assert len(pictures) == 6


@pytest.fixture
def inspector(qtbot, make_pair):
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.show_pair(make_pair())
    return inspector


def test_scar_is_reported_as_it_was_before(inspector, qtbot):
    with qtbot.waitSignal(inspector.scar_chosen) as notes:
        inspector._scars.chosen.emit(("2",))
    assert (notes.args[0].row, notes.args[0].column) == (180.0, 90.0)


def test_score_is_identified_by_name(inspector, qtbot):
    with qtbot.waitSignal(inspector.map_chosen) as notes:
        inspector._scores.chosen.emit(("whole", "redness_hi"))
    assert notes.args == ["redness_hi"]


def test_keeps_its_width_whatever_it_shows(inspector, make_pair):
    width = inspector.width()
    inspector.show_pair(make_pair(refused=True))
    assert inspector.width() == width


def graded(pair, reasons, warnings=()):
    alignment = replace(pair.comparison.alignment, warnings=warnings)
    grade = Comparability("D", (*reasons, *warnings))
    return replace(
        pair, comparison=replace(pair.comparison, alignment=alignment, comparability=grade)
    )


def test_warnings_come_first_and_every_reason_is_somewhere(inspector, make_pair):
    inspector.resize(inspector.width(), 900)
    inspector.grab()
    reasons = tuple(f"Reason number {i}." for i in range(9))
    inspector.show_pair(graded(make_pair(), reasons, ("The expression differs: chin moved.",)))
    shown = inspector._reasons.text().splitlines()
    assert shown[0] == "The expression differs: chin moved."
    assert shown[-1] == "And 6 more, under Photo checks."
    assert len(shown) == 5
    listed = [label.text() for label in inspector._findings.findChildren(QLabel)]
    assert set(reasons) <= set(listed)


def test_many_reasons_leave_room_for_the_scores(inspector, make_pair, qtbot):
    inspector.resize(inspector.width(), 560)
    inspector.show_pair(graded(make_pair(), ("A long reason of many words. " * 3,) * 1))
    inspector.show_pair(
        graded(make_pair(), tuple(f"{i} is a reason of words. " * 3 for i in range(20)))
    )
    inspector.grab()
    assert inspector._tabs.height() > 200


def test_reason_of_a_refusal_is_reported_once(inspector, make_pair):
    pair = make_pair(refused=True)
    grade = Comparability("F", (pair.comparison.alignment.reason.rstrip(".") + ".",))
    inspector.show_pair(replace(pair, comparison=replace(pair.comparison, comparability=grade)))
    assert inspector._reasons.text() == "The photos show two people."


def test_pair_taken_alike_needs_no_reasons(inspector, make_pair):
    inspector.show_pair(graded(make_pair(), ()))
    assert inspector._reasons.isHidden()
    inspector.show_pair(make_pair())
    assert not inspector._reasons.isHidden()


def test_error_and_left_out_skin_are_stated(inspector, make_pair):
    facts = inspector._facts.text().replace("\N{NO-BREAK SPACE}", " ")
    assert "Registration error: median 0.050 mm (0.50 px)" in facts
    assert "Scored: 100" in facts
    inspector.show_pair(make_pair(refused=True))
    assert inspector._facts.text() == ""


def test_colour_is_reported_with_the_error_of_both_charts():
    def card(calibrated, error):
        color = SimpleNamespace(mean=error) if calibrated else None
        return SimpleNamespace(calibrated=calibrated, color=color)

    def words(before, after):
        return color_words(SimpleNamespace(before=before, after=after))

    assert words(card(True, 1.04), card(True, 2.0)) == "Colour: calibrated, error 1.0 and 2.0 ΔE."
    assert "not calibrated" in words(card(True, 1.0), card(False, None))
    assert words(None, None) == ""


def test_cautions_are_among_the_reasons(make_pair):
    pair = make_pair()
    caution = Caution("healing window", "Day 3 after needling.")
    notes = replace(pair, comparison=replace(pair.comparison, cautions=(caution,)))
    assert "Healing window: Day 3 after needling." in reasons_of(notes)


def test_warnings_of_a_relief_are_reported_at_the_top_and_among_the_checks(inspector, make_pair):
    pair = make_pair()
    uncertainty = "Light from the room is in these shots."
    card = SimpleNamespace(warnings=(uncertainty,))
    inspector.show_pair(replace(pair, after=replace(pair.after, relief=card)))
    assert f"Relief after: {uncertainty}" in inspector.findChild(QLabel, "reasons").text()
    listed = [label.text() for label in inspector._findings.findChildren(QLabel)]
    assert uncertainty in listed
    assert inspector._tabs.tabText(inspector._tabs.count() - 1) == "Photo checks (2)"


def test_uncertainty_of_both_reliefs_is_said_once(make_pair):
    pair = make_pair()
    first, later = (SimpleNamespace(warnings=warnings_) for warnings_ in (("a", "b"), ("b", "c")))
    pair = replace(
        pair,
        before=replace(pair.before, relief=first),
        after=replace(pair.after, relief=later),
    )
    assert warnings_of(pair) == ("Both reliefs: b", "Relief before: a", "Relief after: c")
    assert warnings_of(make_pair()) == ()


def test_left_out_repeats_are_among_the_reasons_and_the_checks(inspector, make_pair):
    pair = make_pair()
    replicates = (Replicate("a2.jpg", Side.BEFORE), Replicate("b2.jpg", Side.AFTER, "Other skin."))
    pair = replace(pair, comparison=replace(pair.comparison, replicates=replicates))
    assert "Repeat shot after left out, b2.jpg: Other skin." in reasons_of(pair)
    inspector.show_pair(pair)
    listed = [
        label.text().replace("\u200b", "") for label in inspector._findings.findChildren(QLabel)
    ]
    assert listed[listed.index("a2.jpg, before") + 1] == "used"
    assert listed[listed.index("b2.jpg, after") + 1] == "left out: Other skin."


def test_what_was_given_of_the_pair_is_said(make_pair):
    comparison = make_pair().comparison
    assert entered_words(comparison) == ""
    notes = PairNotes(control=Patch(1, 1, 9, 9), days_since_needling=3)
    replicates = (Replicate("a2.jpg", Side.BEFORE),)
    words = entered_words(replace(comparison, notes=notes, replicates=replicates))
    assert words == (
        "Shots: 2 before, 1 after. Since needling: 3 days. "
        "Verdicts are those beyond the control patch."
    )


def test_low_window_shows_fewer_reasons(inspector, make_pair):
    reasons = tuple(f"Reason {number}." for number in range(6))
    pair = make_pair()
    graded = replace(pair.comparison, comparability=Comparability("D", reasons))
    inspector.show_pair(replace(pair, comparison=graded))
    shown = []
    for height in (900, 600):
        inspector.resize(inspector.width(), height)
        inspector.grab()
        shown.append(inspector.findChild(QLabel, "reasons").text().splitlines())
    assert [len(lines) for lines in shown] == [5, 3]
    assert shown[1][-1] == "And 4 more, under Photo checks."


def test_refused_pair_is_reported_what_to_do(inspector, make_pair):
    inspector.show_pair(make_pair(refused=True))
    words = inspector._no_scores.text()
    assert "same patient" in words
    assert "Hold the camera still." in words


def test_every_grade_that_is_given_has_words_and_no_other():
    assert set(module._GRADES) == set(patient._GRADES) == set(GRADES)
