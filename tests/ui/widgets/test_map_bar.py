from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QSlider, QToolButton

from ui.widgets.map_bar import MapBar


@pytest.fixture
def bar(qtbot):
    bar = MapBar()
    qtbot.addWidget(bar)
    bar.fill(("depth", "redness"))
    return bar


def test_maps_are_offered_by_their_words_and_kept_when_still_there(bar):
    choice = bar.findChild(QComboBox, "maps")
    assert [choice.itemText(place) for place in range(3)] == [
        "No map",
        "Depth below healthy skin",
        "Redness above own reference skin",
    ]
    bar.choose("redness")
    assert bar.fill(("redness", "pigment")) == "redness"
    assert bar.fill(("pigment",)) == ""


def test_every_name_has_room(bar):
    choice = bar.findChild(QComboBox, "maps")
    longest = max(choice.fontMetrics().horizontalAdvance(choice.itemText(n)) for n in range(3))
    assert longest + 28 <= choice.width()


def test_strength_is_nudged_and_reported(bar):
    reported = []
    bar.strength_changed.connect(reported.append)
    bar.nudge(1)
    bar.nudge(-1)
    assert reported == [pytest.approx(0.8), pytest.approx(0.7)]
    for _ in range(20):
        bar.nudge(-1)
    assert bar.findChild(QSlider, "strength").value() == 0


def test_left_out_skin_is_shown_until_asked_otherwise(bar, qtbot):
    assert bar.left_out_shown
    with qtbot.waitSignal(bar.left_out_toggled, timeout=500):
        bar.toggle_left_out()
    assert not bar.findChild(QToolButton, "left-out").isChecked()


def test_going_through_all_maps_ends_with_none(bar):
    reported = []
    bar.map_chosen.connect(reported.append)
    for _ in range(3):
        bar.choose_next()
    assert reported == ["depth", "redness", ""]
