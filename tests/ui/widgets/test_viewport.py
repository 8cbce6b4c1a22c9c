from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from ui.widgets.viewport import LARGEST_SCALE, Transform, Viewport, fit_scale

WIDGET = QSizeF(800, 600)


@pytest.fixture
def viewport(qapp):
    viewport = Viewport()
    viewport.set_picture(6000, 4000)
    return viewport


def near(one, other, within=1e-6):
    return abs(one.x() - other.x()) < within and abs(one.y() - other.y()) < within


@given(
    scale=st.floats(0.01, 32),
    x=st.floats(-5000, 5000),
    y=st.floats(-5000, 5000),
    left=st.floats(-3000, 3000),
    top=st.floats(-3000, 3000),
)
def test_screen_and_picture_points_go_both_ways(scale, x, y, left, top):
    transform = Transform(scale, QPointF(left, top))
    assert near(transform.to_plane(transform.to_screen(QPointF(x, y))), QPointF(x, y), 1e-3)


def test_transform_says_the_same():
    transform = Transform(2.5, QPointF(-10, 30))
    assert near(transform.transform.map(QPointF(4, 8)), QPointF(0, 50))
    assert near(transform.to_screen(QPointF(4, 8)), QPointF(0, 50))


def test_visible_part():
    transform = Transform(2.0, QPointF(-100, -50))
    assert transform.visible(QRectF(0, 0, 40, 20)) == QRectF(50, 25, 20, 10)


def test_fits_at_first_and_is_centred(viewport):
    transform = viewport.transform(WIDGET)
    assert transform.scale == pytest.approx(800 / 6000)
    assert near(transform.to_screen(QPointF(3000, 2000)), QPointF(400, 300))
    assert near(transform.to_screen(QPointF(0, 0)), QPointF(0, 300 - 4000 * 800 / 6000 / 2))


def test_zoom_keeps_what_is_under_the_pointer(viewport):
    pointer = QPointF(123, 456)
    for factor in (3.0, 2.0, 0.5):
        before = viewport.transform(WIDGET).to_plane(pointer)
        viewport.zoom(factor, pointer, WIDGET)
        assert near(viewport.transform(WIDGET).to_plane(pointer), before)
    assert viewport.transform(WIDGET).scale == pytest.approx(3 * 800 / 6000)


def test_zoom_ends_at_the_largest_scale_and_at_the_whole_picture(viewport):
    viewport.zoom(1e6, QPointF(400, 300), WIDGET)
    assert viewport.transform(WIDGET).scale == LARGEST_SCALE
    viewport.zoom(1e-6, QPointF(400, 300), WIDGET)
    assert viewport.fits


def test_pan_moves_with_the_hand(viewport):
    viewport.zoom_to(1.0, QPointF(400, 300), WIDGET)
    before = viewport.transform(WIDGET).to_plane(QPointF(200, 200))
    viewport.pan(QPointF(30, -40), WIDGET)
    assert near(viewport.transform(WIDGET).to_plane(QPointF(230, 160)), before)


def test_pan_leaves_a_whole_picture_alone(viewport):
    viewport.pan(QPointF(30, -40), WIDGET)
    assert viewport.fits


def test_picture_cannot_be_lost(viewport):
    viewport.zoom_to(1.0, QPointF(400, 300), WIDGET)
    viewport.pan(QPointF(1e6, -1e6), WIDGET)
    centre = viewport.transform(WIDGET).to_plane(QPointF(400, 300))
    assert near(centre, QPointF(0, 4000))


def test_point_is_brought_to_the_middle_and_near(viewport):
    viewport.show_point(QPointF(100, 200), WIDGET, 1.0)
    assert near(viewport.transform(WIDGET).to_screen(QPointF(100, 200)), QPointF(400, 300))
    assert viewport.transform(WIDGET).scale == 1.0


def test_picture_of_the_same_size_keeps_its_place(viewport):
    viewport.zoom_to(1.0, QPointF(400, 300), WIDGET)
    viewport.set_picture(6000, 4000)
    assert not viewport.fits
    viewport.set_picture(4000, 6000)
    assert viewport.fits


def test_changes_are_reported(viewport, qtbot):
    with qtbot.waitSignal(viewport.changed):
        viewport.fit()


def test_fit_scale_of_nothing_is_not_nothing():
    assert fit_scale(QSizeF(10, 10), QSizeF(0, 0)) > 0
