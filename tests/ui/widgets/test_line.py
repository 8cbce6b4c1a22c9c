from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from ui.widgets.line import LineTool


@pytest.fixture
def line(qapp):
    line = LineTool()
    line.set_bounds(200, 100)
    return line


def drag(line, *points, unit=1.0):
    taken = line.press(QPointF(*points[0]), unit)
    for point in points[1:]:
        line.move(QPointF(*point))
    line.release(unit)
    return taken


def test_only_an_armed_tool_draws(line):
    assert not drag(line, (10, 10), (50, 50))
    assert line.ends is None
    line.set_armed(True)
    assert drag(line, (10, 10), (50, 50))
    assert line.ends == (QPointF(10, 10), QPointF(50, 50))


def test_line_stays_in_the_picture(line):
    line.set_armed(True)
    drag(line, (-40, 10), (900, 300))
    assert line.ends == (QPointF(0.5, 10), QPointF(199.5, 99.5))


def test_click_leaves_the_line_that_was_there(line):
    line.set_armed(True)
    drag(line, (10, 10), (150, 50))
    before = line.ends
    drag(line, (80, 80), (81, 80))
    assert line.ends == before


def test_ends_can_be_dragged_when_not_armed(line):
    line.set_ends((QPointF(10, 10), QPointF(150, 50)))
    assert drag(line, (15, 14), (20, 30))
    assert line.ends == (QPointF(20, 30), QPointF(150, 50))
    assert not drag(line, (80, 90), (90, 90))


def test_what_counts_as_near_is_reported_in_pixels_of_the_screen(line):
    line.set_ends((QPointF(10, 10), QPointF(150, 50)))
    assert not line.press(QPointF(30, 10), 1.0)
    assert line.press(QPointF(30, 10), 4.0)


def test_cursor_follows_the_pointer_along_the_line(line, qtbot):
    line.set_ends((QPointF(10, 50), QPointF(110, 50)))
    line.hover(QPointF(35, 55), 1.0)
    assert line.cursor == pytest.approx(0.25)
    line.hover(QPointF(35, 90), 1.0)
    assert line.cursor is None
    line.set_cursor(0.5)
    with qtbot.assertNotEmitted(line.cursor_moved):
        line.set_cursor(0.5)
    line.set_ends(None)
    assert line.cursor is None
