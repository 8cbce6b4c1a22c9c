from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from mnimage.domain.session import Patch
from ui.widgets.compare_canvas import CompareCanvas
from ui.widgets.qimage import to_box, to_patch


@pytest.fixture
def compare(qtbot, make_pair):
    canvas = CompareCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(900, 700)
    canvas.show_pair(make_pair())
    canvas.show()
    return canvas


def words(compare):
    return compare.findChild(QLabel, "control-words").text()


def button(compare, name):
    return compare.findChild(QPushButton, f"control-{name}")


def drag(qtbot, pane, start, end):
    places = [pane.transform.to_screen(QPointF(*point)).toPoint() for point in (start, end)]
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=places[0])
    qtbot.mouseMove(pane, places[1])
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=places[1])


def test_box_and_patch_are_the_same_pixels():
    patch = Patch(row=3, column=5, height=7, width=11)
    assert to_patch(to_box(patch)) == patch
    assert to_box(patch) == QRectF(5, 3, 11, 7)


@pytest.mark.parametrize("pane", [0, 1])
def test_patch_drawn_on_either_photo_is_reported_in_pixels_of_before(compare, qtbot, pane):
    compare.toggle_control()
    with qtbot.waitSignal(compare.control.drawn, timeout=1000) as reported:
        drag(qtbot, compare._linked[pane], (60, 40), (110, 100))
    patch = reported.args[0]
    for reported_px, drawn_px in ((patch.row, 40), (patch.column, 60)):
        assert reported_px == pytest.approx(drawn_px, abs=2)
    assert (patch.height, patch.width) == (pytest.approx(60, abs=2), pytest.approx(50, abs=2))


def test_patch_is_seen_on_both_photos(compare):
    bare = [pane.grab().toImage() for pane in compare._linked]
    compare.control.show_used(Patch(60, 60, 40, 50))
    assert all(
        pane.grab().toImage() != before for pane, before in zip(compare._linked, bare, strict=True)
    )


def test_without_the_mode_a_drag_moves_the_picture(compare, qtbot):
    with qtbot.assertNotEmitted(compare.control.drawn):
        drag(qtbot, compare._linked[0], (60, 40), (110, 100))
    assert compare.control.patch is None


def test_what_was_not_used_is_forgotten_with_the_mode(compare, qtbot):
    used = Patch(60, 60, 40, 50)
    compare.control.show_used(used)
    compare.toggle_control()
    assert compare.control.panel.isVisible()
    compare.control.tool.set_box(QRectF(5, 5, 30, 30))
    with qtbot.waitSignal(compare.control.drawn, timeout=500) as reported:
        compare.toggle_control()
    assert reported.args == [used]
    assert not compare.control.panel.isVisible()


def test_panel_says_what_to_do_and_how_it_stands(compare):
    compare.toggle_control()
    assert "untreated skin" in words(compare)
    assert "10 by 10 mm" in compare.findChild(QLabel, "control-hint").text()
    assert not button(compare, "confirm").isEnabled()
    compare.control.tool.set_box(QRectF(60, 60, 120, 100))
    compare.control.show_state(fits=True, news=True)
    assert "12 \N{MULTIPLICATION SIGN} 10 mm" in words(compare)
    assert button(compare, "confirm").isEnabled()
    compare.control.show_state(fits=True, news=False)
    assert "in use" in words(compare)
    assert not button(compare, "confirm").isEnabled()


def test_refusal_stands_at_the_patch_and_in_the_panel(compare):
    compare.toggle_control()
    compare.control.tool.set_box(QRectF(60, 60, 20, 20))
    compare.control.show_state(fits=False, news=False)
    compare.control.show_trouble("It holds only 4 mm2 of skin.", "Mark more.")
    assert compare.control.tool.trouble == "It holds only 4 mm² of skin."
    assert words(compare) == "It holds only 4 mm² of skin."
    assert not button(compare, "confirm").isEnabled()


def test_removed_patch_can_be_compared_without(compare, qtbot):
    compare.control.show_used(Patch(60, 60, 120, 120))
    compare.toggle_control()
    with qtbot.waitSignal(compare.control.drawn, timeout=500) as reported:
        button(compare, "delete").click()
    assert reported.args == [None]
    compare.control.show_state(fits=True, news=True)
    assert button(compare, "confirm").text() == "Compare without"
    assert button(compare, "confirm").isEnabled()
    assert not button(compare, "delete").isEnabled()


def test_keys_of_the_picture_reach_the_patch(compare, qtbot):
    compare.toggle_control()
    pane = compare._linked[0]
    with qtbot.waitSignal(compare.control.drawn, timeout=500):
        qtbot.keyClick(pane, Qt.Key.Key_Return)
    left = compare.control.tool.box.left()
    qtbot.keyClick(pane, Qt.Key.Key_Left)
    assert compare.control.tool.box.left() < left
    qtbot.keyClick(pane, Qt.Key.Key_Delete)
    assert compare.control.patch is None


def test_refused_pairs_and_reliefs_take_no_control(compare, make_pair, make_surfaces):
    compare.toggle_control()
    compare.show_pair(make_pair(refused=True))
    assert not compare.control_shown
    mode = compare.findChild(QToolButton, "patch")
    assert not mode.isEnabled()
    assert "ordinary photos" in mode.toolTip()
    compare.toggle_control()
    assert not compare.control_shown


def test_another_photo_takes_the_patch_away(compare, make_pair):
    compare.control.show_used(Patch(60, 60, 40, 50))
    compare.show_pair(make_pair())
    assert compare.control.patch is None
