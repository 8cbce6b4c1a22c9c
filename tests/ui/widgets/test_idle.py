from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.idle import IdleWatch

SHORT = 0.2 / 60
"""Minutes."""


@pytest.fixture
def watch(qapp, qtbot):
    owner = QObject()
    watch = IdleWatch(qapp, owner)
    yield watch
    qapp.removeEventFilter(watch)


def test_it_shows_once_when_nobody_touches_anything(watch, qtbot):
    reported = []
    watch.left_alone.connect(lambda: reported.append(True))
    watch.watch(SHORT)
    qtbot.waitUntil(lambda: reported == [True], timeout=5000)
    assert not watch._timer.isActive()


def test_any_touch_begins_the_wait_anew(watch, qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    reported = []
    watch.left_alone.connect(lambda: reported.append(True))
    watch._timer.setTimerType(Qt.TimerType.PreciseTimer)
    watch.watch(1)
    before = watch._timer.remainingTime()
    qtbot.wait(60)
    assert watch._timer.remainingTime() < before - 30
    qtbot.keyClick(widget, Qt.Key.Key_A)
    assert watch._timer.remainingTime() > before - 30
    qtbot.wait(60)
    qtbot.mouseMove(widget)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
    assert watch._timer.remainingTime() > before - 30
    assert reported == []


def test_it_rests_where_nothing_is_to_be_locked(watch, qtbot):
    watch.watch(SHORT)
    watch.rest()
    with qtbot.assertNotEmitted(watch.left_alone, wait=300):
        pass
