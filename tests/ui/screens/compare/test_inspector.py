from __future__ import annotations

import pytest

from ui.screens.compare.inspector import GradeBadge, Inspector


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


def test_scar_is_told_as_it_was_before(inspector, qtbot):
    with qtbot.waitSignal(inspector.scar_chosen) as told:
        inspector._scars.chosen.emit(("2",))
    assert (told.args[0].row, told.args[0].column) == (180.0, 90.0)


def test_score_is_told_by_name(inspector, qtbot):
    with qtbot.waitSignal(inspector.map_chosen) as told:
        inspector._scores.chosen.emit(("whole", "redness_hi"))
    assert told.args == ["redness_hi"]


def test_keeps_its_width_whatever_it_shows(inspector, make_pair):
    width = inspector.width()
    inspector.show_pair(make_pair(refused=True))
    assert inspector.width() == width
