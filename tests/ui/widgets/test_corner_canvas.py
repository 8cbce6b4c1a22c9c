from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from ui.widgets.canvas import Picture
from ui.widgets.corner_canvas import CornerCanvas
from ui.widgets.overlays import Label
from ui.widgets.qimage import make_pyramid

PLACES = ((50.0, 60.0), (50.0, 240.0), (170.0, 240.0), (170.0, 60.0))


@pytest.fixture
def canvas(qtbot):
    canvas = CornerCanvas("Chart")
    qtbot.addWidget(canvas)
    canvas.resize(600, 400)
    pyramid = make_pyramid(np.full((200, 300, 3), 90, dtype=np.uint8))
    canvas.viewport.set_picture(pyramid.width, pyramid.height)
    canvas.show_picture(Picture(pyramid), Label("chart.jpg"))
    canvas.show()
    return canvas


def at(canvas, row, column):
    return canvas.transform.to_screen(QPointF(column + 0.5, row + 0.5)).toPoint()


def click(canvas, qtbot, row, column):
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, row, column))


def test_four_clicks_are_four_corners_and_a_fifth_is_none(canvas, qtbot):
    counts = []
    canvas.corners_changed.connect(counts.append)
    for place in PLACES:
        click(canvas, qtbot, *place)
    click(canvas, qtbot, 110, 150)
    assert counts == [1, 2, 3, 4]
    np.testing.assert_allclose(canvas.corners, PLACES, atol=0.6)


def test_corners_stay_where_they_are_on_the_photo_when_zoomed(canvas, qtbot):
    click(canvas, qtbot, *PLACES[0])
    canvas.zoom(2.0)
    click(canvas, qtbot, 100, 150)
    np.testing.assert_allclose(canvas.corners, (PLACES[0], (100, 150)), atol=0.6)


def test_corner_is_dragged_but_not_out_of_the_photo(canvas, qtbot):
    click(canvas, qtbot, *PLACES[0])
    start = at(canvas, *PLACES[0])
    for end, expected in ((at(canvas, 80, 90), (80, 90)), (QPoint(-40, 390), (194.5, 0.0))):
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(canvas, end)
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
        np.testing.assert_allclose(canvas.corners, (expected,), atol=0.8)
        start = at(canvas, *canvas.corners[0])


def test_drag_elsewhere_sets_none(canvas, qtbot):
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(canvas, QPoint(160, 100))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(160, 100))
    assert canvas.corners == ()


def test_corners_are_seen_and_cleared(canvas, qtbot):
    for place in PLACES:
        click(canvas, qtbot, *place)
    line = canvas.grab().toImage().pixelColor(at(canvas, 50, 150))
    assert line.lightness() > 180
    canvas.clear()
    assert canvas.corners == ()
    assert canvas.grab().toImage().pixelColor(at(canvas, 50, 150)).lightness() == 90
