from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.screens.compare.repeats import RepeatList
from ui.screens.compare.sessions import RepeatShown


@pytest.fixture
def shots(qtbot):
    shots = RepeatList("before", "Before")
    qtbot.addWidget(shots)
    shots.resize(592, 200)
    shots.show()
    return shots


def texts(shots):
    return [label.text().replace("\u200b", "") for label in shots.labels]


def add(shots):
    return shots.findChild(QPushButton, "add-repeat-before")


def test_one_shot_only_is_said(shots):
    assert texts(shots) == ["One shot only"]
    assert add(shots).isEnabled()


def test_what_was_left_out_says_why(shots):
    shots.show_shots([RepeatShown("a2.jpg"), RepeatShown("a3.jpg", "It shows other skin.")])
    assert texts(shots) == ["a2.jpg", "a3.jpg\nLeft out: It shows other skin."]


def test_removing_shows_which(shots, qtbot):
    shots.show_shots([RepeatShown("a2.jpg"), RepeatShown("a3.jpg")])
    with qtbot.waitSignal(shots.removed, timeout=500) as notes:
        shots.findChild(QPushButton, "remove-repeat-before-1").click()
    assert notes.args == [1]


def test_list_follows_what_is_left(shots, qtbot):
    shots.show_shots([RepeatShown("a2.jpg"), RepeatShown("a3.jpg")])
    shots.show_shots([RepeatShown("a3.jpg")])
    assert texts(shots) == ["a3.jpg"]
    seen = [
        label.text().replace("\u200b", "")
        for label in shots.findChildren(QLabel)
        if not label.isHidden()
    ]
    assert seen == ["Before", "a3.jpg"]


def test_full_and_empty_sessions_take_no_more(shots):
    shots.show_shots([RepeatShown("a2.jpg"), RepeatShown("a3.jpg")])
    assert not add(shots).isEnabled()
    assert "3 shots" in add(shots).toolTip()
    shots.show_shots([], open_for_more=False)
    assert not add(shots).isEnabled()
    assert "first photo" in add(shots).toolTip()


def test_long_words_have_room(shots):
    name = "a-very-long-name-of-a-photo-" * 4 + ".jpg"
    shots.show_shots([RepeatShown(name, "It was taken 12 days from the first shot."), *[]])
    shots.fit_words()
    label = shots.labels[0]
    assert label.minimumHeight() >= label.heightForWidth(label.width())
    assert shots.minimumHeight() >= label.minimumHeight()


def test_keys_go_from_adding_to_removing_and_then_to_what_follows(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    shots, later = RepeatList("before", "Before"), QPushButton("later")
    later.setObjectName("later")
    layout.addWidget(shots)
    layout.addWidget(later)
    page.show()
    shots.show_shots([RepeatShown("a2.jpg"), RepeatShown("a3.jpg")])
    names, here = [], add(shots)
    while here is not later:
        here = here.nextInFocusChain()
        if here.focusPolicy() & Qt.FocusPolicy.TabFocus:
            names.append(here.objectName())
    assert names == ["remove-repeat-before-0", "remove-repeat-before-1", "later"]
    assert "a3.jpg" in shots.findChild(QPushButton, names[1]).accessibleName()
