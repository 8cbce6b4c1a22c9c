from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QPushButton, QWidget

from ui.screens.compare.drops import DropTarget, DropVeil, local_files


@pytest.fixture
def target(qtbot):
    target = DropTarget("Before", "Drop here")
    qtbot.addWidget(target)
    target.resize(300, 300)
    return target


def test_only_files_of_this_computer_are_taken():
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.jpg"), QUrl.fromLocalFile("/x/b.jpg")])
    assert local_files(mime) == [Path("/x/b.jpg")]


def test_empty_hot_and_filled_look_different(target):
    empty = target.grab().toImage()
    target.set_hot(True)
    hot = target.grab().toImage()
    target.set_hot(False)
    assert target.grab().toImage() == empty
    target.show_file("a.jpg")
    assert empty != hot != target.grab().toImage()
    assert target.findChild(QPushButton).text() == "Change…"
    target.show_file("")
    assert target.grab().toImage() == empty


def test_veil_covers_the_screen_and_shows_the_side(qtbot):
    screen = QWidget()
    qtbot.addWidget(screen)
    screen.resize(400, 300)
    veil = DropVeil(screen)
    screen.show()
    pictures = []
    for side in ("", "before", "after"):
        veil.show_side(side)
        assert veil.geometry() == screen.rect()
        pictures.append(veil.grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2]
