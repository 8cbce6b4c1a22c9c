from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QSlider, QToolButton

from ui.widgets.lighting import Lighting
from ui.widgets.relief_bar import ReliefBar


@pytest.fixture
def bar(qtbot):
    lighting = Lighting()
    bar = ReliefBar(lighting)
    qtbot.addWidget(bar)
    bar.lighting = lighting
    return bar


def test_height_is_set_and_reported(bar):
    bar.findChild(QSlider, "height").setValue(35)
    assert bar.lighting.height == pytest.approx(3.5)
    assert "3.5" in " ".join(label.text() for label in bar.findChildren(QLabel))


def test_lamp_follows_until_reported_to_stand(bar):
    assert bar.lighting.follows
    bar.toggle_follow()
    assert not bar.lighting.follows
    assert not bar.findChild(QToolButton, "follow").isChecked()


def test_colour_is_one_for_button_key_and_lighting(bar):
    bar.toggle_colour()
    assert bar.lighting.coloured
    bar.lighting.set_coloured(False)
    assert not bar.findChild(QToolButton, "colour").isChecked()
    bar.lighting.set_height(2.0)
    assert bar.findChild(QSlider, "height").value() == 20
