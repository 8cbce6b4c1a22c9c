"""Relief under the lamp and the drawn line, on the whole picture part of the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QToolButton

from ui.widgets.compare_canvas import CompareCanvas
from ui.widgets.duo_canvas import CompareMode
from ui.widgets.profile_panel import ProfilePanel
from ui.widgets.relief_bar import ReliefBar


@pytest.fixture
def compare(qtbot, make_pair, make_surfaces):
    canvas = CompareCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(900, 700)
    pair = make_pair()
    canvas.show_pair(pair, make_surfaces(pair))
    canvas.show()
    qtbot.waitExposed(canvas)
    return canvas


def at(canvas, row, column):
    return canvas.transform.to_screen(QPointF(column + 0.5, row + 0.5)).toPoint()


def grey(canvas, row, column):
    image = canvas.grab().toImage()
    return image.pixelColor(at(canvas, row, column))


def test_ordinary_photos_have_neither_relief_nor_profile_and_say_why(compare, make_pair):
    compare.toggle_relief()
    compare.toggle_profile()
    compare.show_pair(make_pair())
    for name in ("relief", "profile"):
        button = compare.findChild(QToolButton, name)
        assert not button.isEnabled()
        assert not button.isChecked()
        assert "directional shots" in button.toolTip()
    assert not compare.findChild(ProfilePanel).isVisible()
    assert not compare.findChild(ReliefBar).isVisible()
    compare.toggle_relief()
    compare.toggle_profile()
    assert not compare.relief_shown
    assert not compare.profile_shown


def test_relief_takes_the_place_of_both_photos_under_one_lamp(compare):
    compare.lighting.move_to(-0.7, 0)
    compare.toggle_relief()
    for canvas in compare._linked:
        lit, turned = grey(canvas, 120, 122), grey(canvas, 120, 78)
        assert lit.lightness() > turned.lightness() + 15
        assert lit.red() == lit.blue()
    deep, shallow = (grey(canvas, 120, 122).lightness() for canvas in compare._linked)
    assert deep > shallow
    compare.toggle_relief()
    assert grey(compare._linked[0], 60, 122).red() != grey(compare._linked[0], 60, 122).blue()


def test_pointer_moves_the_lamp_over_both(compare, qtbot):
    compare.toggle_relief()
    left, right = compare._linked
    qtbot.mouseMove(left, QPoint(left.width() - 4, left.height() // 2))
    qtbot.waitUntil(lambda: compare.lighting.place[0] > 0.9)
    assert grey(right, 120, 78).lightness() > grey(right, 120, 122).lightness() + 20


def test_lamp_stands_still_over_photos_while_a_line_is_drawn_or_when_reported_so(compare, qtbot):
    place, canvas = compare.lighting.place, compare._linked[0]
    canvas._hover(QPointF(300, 10))
    compare.toggle_relief()
    compare.toggle_profile()
    canvas._hover(QPointF(300, 10))
    compare.toggle_profile()
    compare.toggle_follow()
    canvas._hover(QPointF(300, 10))
    assert compare.lighting.place == place
    compare.toggle_follow()
    canvas._hover(QPointF(300, 10))
    assert compare.lighting.place != place


def test_map_on_relief_keeps_colour_and_relief(compare):
    compare.lighting.move_to(-0.7, 0)
    compare.toggle_relief()
    compare.toggle_layer("texture")
    canvas = compare._linked[0]
    level, lit, turned = (grey(canvas, *place) for place in ((120, 30), (120, 122), (120, 78)))
    assert level.red() != level.blue()
    assert lit.lightness() > turned.lightness() + 20


@pytest.mark.parametrize("mode", list(CompareMode))
def test_relief_in_every_mode(compare, mode):
    compare.toggle_relief()
    compare.set_mode(mode)
    assert not compare.grab().isNull()
    assert compare.relief_shown


def test_line_is_drawn_on_one_picture_and_seen_on_both(compare, qtbot):
    ends = []
    compare.line_drawn.connect(ends.append)
    compare.toggle_profile()
    left, right = compare._linked
    start, end = at(left, 120, 50), at(left, 120, 150)
    qtbot.mousePress(left, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(left, end)
    qtbot.mouseRelease(left, Qt.MouseButton.LeftButton, pos=end)
    (row, column), (other_row, other_column) = ends[-1]
    assert (row, other_row) == (pytest.approx(120, abs=0.6), pytest.approx(120, abs=0.6))
    assert (column, other_column) == (pytest.approx(50, abs=0.6), pytest.approx(150, abs=0.6))
    assert grey(right, 120, 60).lightness() > 190
    compare.toggle_profile()
    assert ends[-1] is None
    assert grey(right, 120, 60).lightness() < 150


def test_drag_moves_the_picture_when_no_line_is_wanted(compare, qtbot):
    compare.zoom_in()
    compare.zoom_in()
    canvas = compare._linked[0]
    before = canvas.transform.origin
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(canvas, QPoint(140, 100))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(140, 100))
    assert canvas.transform.origin.x() > before.x() + 20
    assert compare.line.ends is None


def test_cursor_is_one_on_pictures_and_plot(compare, make_pair, make_profile):
    compare.toggle_profile()
    compare.line.set_ends((QPointF(50.5, 120.5), QPointF(150.5, 120.5)))
    compare.show_profile(make_profile(make_pair()))
    plot = compare.findChild(ProfilePanel).plot
    compare._linked[1]._hover(QPointF(at(compare._linked[1], 120, 75)))
    assert plot._cursor == pytest.approx(0.25, abs=0.02)
    plot.cursor_moved.emit(0.75)
    assert compare.line.cursor == pytest.approx(0.75)


def test_another_pair_takes_the_line_away(compare, make_pair, make_surfaces):
    compare.toggle_profile()
    compare.line.set_ends((QPointF(50, 120), QPointF(150, 120)))
    pair = make_pair()
    compare.show_pair(pair, make_surfaces(pair))
    assert compare.line.ends is None
    assert compare.profile_shown


def test_layers_are_chosen_by_name_and_taken_off_again(compare):
    assert compare.map_names[:2] == ("texture", "redness")
    compare.toggle_layer("redness")
    assert compare.map_name == "redness"
    compare.toggle_layer("redness")
    assert compare.map_name == ""
    compare.toggle_layer("depth")
    assert compare.map_name == ""


def test_line_is_laid_across_a_chosen_spot_only_when_wanted(compare):
    compare.draw_across(120.0, 100.0, 3.0)
    assert compare.line.ends is None
    compare.toggle_profile()
    ends = []
    compare.line_drawn.connect(ends.append)
    compare.draw_across(120.0, 100.0, 3.0)
    assert ends == [((120.0, 62.5), (120.0, 137.5))]
    compare.draw_across(120.0, 10.0, 3.0)
    assert ends[-1][0] == (120.0, 0.0)
