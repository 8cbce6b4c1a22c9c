from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainterPath, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.canvas import Canvas, Picture
from ui.widgets.overlays import Label
from ui.widgets.qimage import Outline, make_pyramid, to_point
from ui.widgets.viewport import Viewport


@pytest.fixture
def canvas(qtbot):
    canvas = Canvas(Viewport(), "Before")
    canvas.viewport.setParent(canvas)
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    return canvas


def show(canvas, pixels):
    canvas.viewport.set_picture(pixels.shape[1], pixels.shape[0])
    canvas.show_picture(Picture(make_pyramid(pixels)), Label("Before", "a.jpg"))


def wheel(canvas, place, notches):
    event = QWheelEvent(
        QPointF(place),
        QPointF(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    canvas.wheelEvent(event)


def test_pixel_is_drawn_where_the_arithmetic_says(canvas):
    pixels = np.zeros((60, 80, 3), dtype=np.uint8)
    pixels[41, 63] = (250, 10, 20)
    show(canvas, pixels)
    canvas.show_point(to_point(41, 63), 8.0)
    place = canvas.transform.to_screen(to_point(41, 63)).toPoint()
    image = canvas.grab().toImage()
    assert image.pixelColor(place).getRgb()[:3] == (250, 10, 20)
    assert image.pixelColor(place + QPoint(8, 0)).getRgb()[:3] == (0, 0, 0)


def test_wheel_zooms_at_the_pointer(canvas):
    show(canvas, np.zeros((600, 800, 3), dtype=np.uint8))
    place = QPoint(100, 80)
    before = canvas.transform.to_plane(QPointF(place))
    wheel(canvas, place, 3)
    after = canvas.transform.to_plane(QPointF(place))
    assert (after - before).manhattanLength() < 1e-6
    assert canvas.transform.scale == pytest.approx(0.5 * 1.25**3)


def test_drag_moves_and_double_click_fits(canvas, qtbot):
    show(canvas, np.zeros((600, 800, 3), dtype=np.uint8))
    canvas.zoom(4)
    before = canvas.transform.origin
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(canvas, QPoint(130, 90))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(130, 90))
    moved = canvas.transform.origin - before
    assert (moved.x(), moved.y()) == pytest.approx((30, -10))
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(130, 90))
    assert canvas.viewport.fits


def test_keys(canvas, qtbot):
    show(canvas, np.zeros((600, 800, 3), dtype=np.uint8))
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.transform.scale == pytest.approx(0.5 * 1.25)
    origin = canvas.transform.origin
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.transform.origin.x() > origin.x()
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.viewport.fits
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.viewport.fits


def test_linked_canvases_show_the_same_part(qtbot):
    row, viewport = QWidget(), Viewport()
    viewport.setParent(row)
    layout = QHBoxLayout(row)
    pair = [Canvas(viewport, name) for name in ("Before", "After")]
    for canvas in pair:
        layout.addWidget(canvas)
        show(canvas, np.zeros((600, 800, 3), dtype=np.uint8))
    qtbot.addWidget(row)
    row.resize(900, 400)
    row.grab()
    wheel(pair[0], QPoint(50, 60), 5)
    assert pair[1].transform == pair[0].transform
    assert not viewport.fits


def test_label_is_not_covered_by_map_or_picture(canvas):
    pixels = np.full((300, 400, 3), 255, dtype=np.uint8)
    show(canvas, pixels)
    white = canvas.grab().toImage()
    show(canvas, np.zeros_like(pixels))
    black = canvas.grab().toImage()
    # The label's ground is nearly opaque, so it hardly follows the picture under it.
    inside, outside = QPoint(12, 24), QPoint(300, 200)
    assert abs(white.pixelColor(inside).red() - black.pixelColor(inside).red()) < 40
    assert white.pixelColor(outside).red() - black.pixelColor(outside).red() == 255


def test_name_is_spoken(canvas):
    show(canvas, np.zeros((6, 8, 3), dtype=np.uint8))
    assert canvas.accessibleName() == "Before a.jpg"


@pytest.fixture
def large():
    return np.random.default_rng(0).integers(0, 256, (4000, 6000, 3), dtype=np.uint8)


@pytest.mark.parametrize("scale", [None, 0.4, 1.0, 3.0])
def test_24_megapixels_pan_smoothly_without_a_copy(canvas, large, scale):
    show(canvas, large)
    canvas.resize(1400, 900)
    if scale:
        canvas.zoom_to(scale)
    target = canvas.grab()  # warm, and gives a picture to paint on
    tracemalloc.start()
    spent = []
    for _ in range(10):
        started = time.perf_counter()
        canvas.viewport.pan(QPointF(-7, -5), canvas.size().toSizeF())
        canvas.render(target)
        spent.append(time.perf_counter() - started)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6
    assert min(spent) < 0.05  # the machine may have other work meanwhile


def test_names_of_zones_never_lie_on_each_other(canvas):
    show(canvas, np.full((300, 400, 3), 200, dtype=np.uint8))
    near, far = QPointF(200, 150), QPointF(202, 152)
    canvas.show_outlines((Outline("Around the mouth", QPainterPath(), near),))
    one = canvas.grab().toImage()
    names = ("Around the mouth", "Nose")
    places = zip(names, (near, far), strict=True)
    both = tuple(Outline(name, QPainterPath(), place) for name, place in places)
    canvas.show_outlines(both)
    assert canvas.grab().toImage() == one
    canvas.zoom_to(32.0)  # far enough apart now: both are given
    canvas.show_outlines(both[:1])
    one = canvas.grab().toImage()
    canvas.show_outlines(both)
    assert canvas.grab().toImage() != one
