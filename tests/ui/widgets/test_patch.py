from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from ui.widgets.patch import PatchTool
from ui.widgets.viewport import Transform

TIMES = "\N{MULTIPLICATION SIGN}"
SEEN = QRectF(0, 0, 200, 100)


@pytest.fixture
def patch(qapp):
    patch = PatchTool("Control")
    patch.set_bounds(200, 100, 0.5)
    patch.set_armed(True)
    return patch


def drag(patch, *points, unit=1.0):
    taken = patch.press(QPointF(*points[0]), unit)
    for point in points[1:]:
        patch.move(QPointF(*point))
    patch.release(unit)
    return taken


def key(patch, key, *, stretch=False):
    return patch.key(key, stretch=stretch, unit=1.0, seen=SEEN)


def test_only_an_armed_tool_draws(patch):
    patch.set_armed(False)
    assert not drag(patch, (10, 10), (60, 60))
    assert patch.box is None
    assert not key(patch, Qt.Key.Key_Return)


@pytest.mark.parametrize("end", [(60, 70), (9, 8)])
def test_drag_draws_whichever_way(patch, end, qtbot):
    with qtbot.waitSignal(patch.settled, timeout=500):
        drag(patch, (30.4, 40.4), end)
    left, right = sorted((30, end[0]))
    top, bottom = sorted((40, end[1]))
    assert patch.box == QRectF(left, top, right - left, bottom - top)


def test_patch_stays_in_the_picture(patch):
    drag(patch, (150, 60), (900, 900))
    assert patch.box == QRectF(150, 60, 50, 40)
    drag(patch, (175, 80), (900, 900))
    assert patch.box == QRectF(150, 60, 50, 40)
    drag(patch, (175, 80), (-900, -900))
    assert patch.box == QRectF(0, 0, 50, 40)


def test_click_leaves_the_patch_that_was_there(patch, qtbot):
    drag(patch, (10, 10), (60, 60))
    with qtbot.assertNotEmitted(patch.settled):
        drag(patch, (120, 80), (122, 82))
        drag(patch, (35, 35))
    assert patch.box == QRectF(10, 10, 50, 50)


@pytest.mark.parametrize(
    ("start", "end", "box"),
    [
        ((40, 40), (50, 45), (30, 25, 60, 40)),  # inside: moved
        ((20, 20), (10, 12), (10, 12, 70, 48)),  # a corner
        ((80, 60), (90, 70), (20, 20, 70, 50)),  # the other corner
        ((50, 20), (55, 10), (20, 10, 60, 50)),  # a side
        ((20, 40), (95, 40), (80, 20, 15, 40)),  # a side beyond the other one
    ],
)
def test_what_is_held_follows(patch, start, end, box):
    patch.set_box(QRectF(20, 20, 60, 40))
    assert drag(patch, start, end)
    assert patch.box == QRectF(*box)


def test_drag_beside_the_patch_draws_another(patch):
    patch.set_box(QRectF(20, 20, 30, 30))
    drag(patch, (100, 40), (150, 90))
    assert patch.box == QRectF(100, 40, 50, 50)


def test_middle_of_a_small_patch_moves_it(patch):
    patch.set_box(QRectF(20, 20, 12, 12))
    assert len(patch.held_at(QPointF(26, 26), 1.0)) == 4
    assert patch.held_at(QPointF(20, 20), 1.0) == {"left", "top"}


def test_pointer_shows_what_a_press_would_do(patch):
    patch.set_box(QRectF(20, 20, 60, 40))
    assert patch.cursor_at(QPointF(50, 40), 1.0) is Qt.CursorShape.SizeAllCursor
    assert patch.cursor_at(QPointF(20, 60), 1.0) is Qt.CursorShape.SizeBDiagCursor
    assert patch.cursor_at(QPointF(20, 40), 1.0) is Qt.CursorShape.SizeHorCursor
    assert patch.cursor_at(QPointF(50, 60), 1.0) is Qt.CursorShape.SizeVerCursor
    assert patch.cursor_at(QPointF(150, 90), 1.0) is None
    patch.set_armed(False)
    assert patch.cursor_at(QPointF(50, 40), 1.0) is None


def test_keys_place_move_stretch_and_delete(patch, qtbot):
    assert not key(patch, Qt.Key.Key_Left)  # no patch yet: the picture pans
    assert key(patch, Qt.Key.Key_Return)
    assert patch.box.center() == QPointF(100, 50)
    assert patch.box.height() == pytest.approx(SEEN.height() / 4, abs=1)
    patch.set_box(QRectF(50, 40, 20, 20))
    assert key(patch, Qt.Key.Key_Right)
    assert patch.box == QRectF(54, 40, 20, 20)
    assert key(patch, Qt.Key.Key_Down, stretch=True)
    assert patch.box == QRectF(54, 40, 20, 24)
    assert key(patch, Qt.Key.Key_Left, stretch=True)
    assert patch.box == QRectF(54, 40, 16, 24)
    with qtbot.waitSignal(patch.settled, timeout=500):
        assert key(patch, Qt.Key.Key_Delete)
    assert patch.box is None
    assert not key(patch, Qt.Key.Key_Delete)


def test_size_is_reported_in_mm_where_the_scale_is_known(patch):
    patch.set_box(QRectF(20, 20, 60, 40))
    assert patch.size_words == f"30 {TIMES} 20 mm"
    patch.set_bounds(200, 100, None)
    assert patch.size_words == f"60 {TIMES} 40 px"


def drawn(patch):
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGray)
    painter = QPainter(image)
    patch.draw(painter, Transform(1.0, QPointF(0, 0)), QRectF(image.rect()))
    painter.end()
    return image


def test_trouble_is_seen_at_the_patch_until_it_is_another(patch):
    patch.set_box(QRectF(60, 30, 60, 40))
    fine = drawn(patch)
    patch.set_trouble("Too small.")
    troubled = drawn(patch)
    assert troubled != fine
    drag(patch, (90, 50), (100, 50))
    assert patch.trouble == ""


def test_words_stay_in_the_pane(patch):
    patch.set_box(QRectF(0, 0, 20, 20))
    bare = QImage(200, 100, QImage.Format.Format_RGB32)
    bare.fill(Qt.GlobalColor.darkGray)
    seen = drawn(patch)
    # The name would lie above the pane: it is moved into it, and seen to the right of the box.
    assert any(seen.pixel(x, 10) != bare.pixel(x, 10) for x in range(40, 60))
