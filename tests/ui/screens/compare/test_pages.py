from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from ui.screens.compare.pages import BusyPage, EmptyPage


@pytest.fixture
def empty(qtbot):
    page = EmptyPage()
    qtbot.addWidget(page)
    page.resize(1000, 700)
    return page


@pytest.fixture
def busy(qtbot):
    page = BusyPage()
    qtbot.addWidget(page)
    return page


def test_compare_waits_for_two(empty):
    button = empty.findChild(QPushButton, "compare")
    assert not button.isEnabled()
    empty.show_files({"before": "a.jpg"})
    assert not button.isEnabled()
    empty.show_files({"before": "a.jpg", "after": "b.jpg"})
    assert button.isEnabled()


def test_message_moves_nothing(empty):
    empty.grab()
    place = empty.findChild(QPushButton, "compare").pos()
    empty.show_trouble("No photo.", "Choose another.")
    empty.grab()
    assert empty.findChild(QPushButton, "compare").pos() == place


def test_choose_buttons_show_their_side(empty, qtbot):
    for side in ("before", "after"):
        with qtbot.waitSignal(empty.photo_wanted) as notes:
            empty.findChild(object, f"target-{side}").findChild(QPushButton).click()
        assert notes.args == [side]


def test_progress_shows_time_left_once_it_is_known(busy):
    busy.begin("a.jpg", "b.jpg")
    time = busy.findChild(QLabel, "time")
    assert "0 s so far" in time.text()
    assert "left" not in time.text()
    busy._clock = Clock(6000)
    busy.show_progress(3, 4)
    assert "6 s so far, about 2 s left" in time.text()


class Clock:
    def __init__(self, passed):
        self._passed = passed

    def isValid(self):
        return True

    def elapsed(self):
        return self._passed


def test_unknown_total_is_no_division_by_zero(busy):
    busy.begin("a.jpg", "b.jpg")
    busy._clock = Clock(6000)
    busy.show_progress(0, 0)
    bar, words = busy.findChild(QProgressBar), busy.findChild(QLabel, "time").text()
    assert bar.value() < bar.maximum()
    assert "6 s so far" in words
    assert "left" not in words
