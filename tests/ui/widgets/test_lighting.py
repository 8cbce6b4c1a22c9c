from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt

from ui.widgets.lighting import LARGEST_HEIGHT, LampPad, Lighting


@pytest.fixture
def lighting(qapp):
    return Lighting()


def test_pointer_in_the_middle_brings_the_lamp_overhead(lighting):
    lighting.follow(QPointF(200, 150), QSize(400, 300))
    assert lighting.direction == pytest.approx((0, 0, 1))


def test_pointer_to_the_right_lights_from_the_right(lighting):
    lighting.follow(QPointF(260, 150), QSize(400, 300))
    assert lighting.place == pytest.approx((0.4, 0))
    lighting.follow(QPointF(4000, 150), QSize(400, 300))
    assert lighting.place == pytest.approx((1, 0))
    assert lighting.direction[2] > 0


def test_a_lamp_that_stands_still_stays(lighting):
    place = lighting.place
    lighting.follows = False
    lighting.follow(QPointF(0, 0), QSize(400, 300))
    assert lighting.place == place


def test_reported_once_for_each_move(lighting, qtbot):
    moves = []
    lighting.changed.connect(lambda: moves.append(lighting.place))
    lighting.move_to(0.2, 0.1)
    lighting.move_to(0.2, 0.1)
    assert moves == [(0.2, 0.1)]


def test_height_keeps_its_range(lighting):
    lighting.set_height(0.1)
    assert lighting.height == 1
    lighting.set_height(99)
    assert lighting.height == LARGEST_HEIGHT


@pytest.fixture
def pad(lighting, qtbot):
    pad = LampPad(lighting)
    qtbot.addWidget(pad)
    pad.show()
    return pad


def test_lamp_is_moved_by_hand_and_by_keys(pad, lighting, qtbot):
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(18, 8))
    right, down = lighting.place
    assert abs(right) < 0.1
    assert down < -0.5
    assert "above" in pad.accessibleName()
    lighting.move_to(0.0, 0.0)
    assert "overhead" in pad.accessibleName()
    for _ in range(6):
        qtbot.keyClick(pad, Qt.Key.Key_Right)
    assert lighting.place == pytest.approx((0.6, 0))
    assert "from the right, high" in pad.accessibleName()


def test_dome_is_bright_where_the_lamp_is(pad, lighting):
    lighting.move_to(-0.7, 0.0)
    image = pad.grab().toImage()
    left, right = (image.pixelColor(x, image.height() // 2).lightness() for x in (12, 30))
    assert left > right + 40
