from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ui.widgets.toast import Toast


@pytest.fixture
def screen(qtbot):
    screen = QWidget()
    screen.resize(900, 600)
    qtbot.addWidget(screen)
    screen.toast = Toast(screen)
    screen.show()
    return screen


def test_good_news_go_by_themselves(screen):
    screen.toast.show_message("Saved.")
    assert screen.toast.isVisible()
    assert screen.toast._timer.isActive()
    screen.toast._timer.timeout.emit()
    assert not screen.toast.isVisible()


def test_bad_news_stay_until_closed(screen):
    screen.toast.show_message("Broken.", "Try again.", stays=True)
    assert not screen.toast._timer.isActive()
    assert screen.toast.accessibleName() == "Broken. Try again."
    screen.toast.findChild(QToolButton).click()
    assert not screen.toast.isVisible()


def test_one_thing_to_do(screen, qtbot):
    screen.toast.show_message("Saved.", action="Open")
    with qtbot.waitSignal(screen.toast.action_pressed):
        screen.toast.findChild(QPushButton).click()
    screen.toast.show_message("Other.")
    assert not screen.toast.findChild(QPushButton).isVisible()


def test_keeps_inside_the_screen(screen):
    screen.toast.show_message("word " * 60, "hint " * 40)
    assert screen.rect().contains(screen.toast.geometry())
    screen.resize(500, 500)
    assert screen.rect().contains(screen.toast.geometry())
