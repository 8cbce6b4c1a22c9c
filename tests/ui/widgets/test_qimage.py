from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from mnimage.domain.face import Zones
from ui.widgets import qimage


def pixels_of(image):
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    return np.array(
        [
            [image.pixelColor(x, y).getRgb()[:3] for x in range(image.width())]
            for y in range(image.height())
        ]
    )


def test_row_and_column_become_y_and_x_at_the_pixels_centre():
    assert qimage.to_point(3, 7) == QPointF(7.5, 3.5)
    assert qimage.to_place(QPointF(7.5, 3.5)) == (3, 7)


@pytest.mark.parametrize("width", [1, 2, 3, 5, 8])
def test_pixels_arrive_in_their_place_and_colour(width, qapp):
    array = np.random.default_rng(0).integers(0, 256, (4, width, 3), dtype=np.uint8)
    assert (pixels_of(qimage.make_pyramid(array).levels[0]) == array).all()


def test_eight_bit_photo_is_not_copied(qapp):
    array = np.zeros((600, 800, 3), dtype=np.uint8)
    array.setflags(write=False)
    assert np.shares_memory(qimage.make_pyramid(array).arrays[0], array)


def test_sixteen_bits_become_eight(qapp):
    coded = np.array([[[0, 257 * 100, 65535]]], dtype=np.uint16)
    assert pixels_of(qimage.make_pyramid(coded).levels[0]).tolist() == [[[0, 100, 255]]]


def test_levels_halve_until_small(qapp):
    pyramid = qimage.make_pyramid(np.zeros((3001, 2000, 3), dtype=np.uint8))
    sizes = [(level.height(), level.width()) for level in pyramid.levels]
    assert sizes == [(3001, 2000), (1501, 1000), (751, 500), (376, 250)]


@pytest.mark.parametrize(
    ("scale", "height"),
    [(4.0, 2048), (1.0, 2048), (0.51, 2048), (0.5, 1024), (0.2, 512), (0.01, 512)],
)
def test_level_has_a_pixel_for_each_device_pixel(qapp, scale, height):
    pyramid = qimage.make_pyramid(np.zeros((2048, 512, 3), dtype=np.uint8))
    assert pyramid.level(scale).height() == height


def test_part_is_drawn_where_it_belongs(qapp):
    array = np.zeros((40, 40, 3), dtype=np.uint8)
    array[10:20, 20:30] = (200, 30, 10)
    image = QImage(40, 40, QImage.Format.Format_RGB888)
    image.fill(QColor(1, 2, 3))
    painter = QPainter(image)
    qimage.make_pyramid(array).draw(painter, 1.0, QRectF(20, 10, 10, 10))
    painter.end()
    drawn = pixels_of(image)
    assert (drawn[10:20, 20:30] == (200, 30, 10)).all()
    assert (drawn[:10] == (1, 2, 3)).all()
    assert (drawn[:, 30:] == (1, 2, 3)).all()


def test_grid_covers_its_blocks(qapp):
    colors = np.zeros((2, 3, 4), dtype=np.uint8)
    colors[1, 2] = (10, 20, 30, 255)
    overlay = qimage.grid_overlay(colors, 8)
    assert overlay.plane == QRectF(0, 0, 24, 16)
    image = QImage(24, 16, QImage.Format.Format_RGB888)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    overlay.draw(painter, QRectF(0, 0, 24, 16))
    painter.end()
    assert image.pixelColor(22, 14).getRgb()[:3] == (10, 20, 30)
    assert image.pixelColor(4, 4).getRgb()[:3] == (0, 0, 0)


def test_veil_hides_only_what_is_not_seen(qapp):
    seen = np.ones((20, 30), dtype=bool)
    assert qimage.veil_overlay(seen, QColor(9, 9, 9)) is None
    seen[:5] = False
    veil = qimage.veil_overlay(seen, QColor(9, 9, 9)).image
    assert veil.pixelColor(10, 2).getRgb() == (9, 9, 9, 255)
    assert veil.pixelColor(10, 12).alpha() == 0


def test_outline_runs_around_its_zone(qapp):
    labels = np.zeros((100, 200), dtype=np.uint8)
    labels[20:60, 100:180] = 2
    zones = Zones(("nose", "chin"), labels, labels > 0)
    (outline,) = qimage.zone_outlines(zones)
    assert outline.name == "chin"
    box = outline.path.boundingRect()
    assert (box.left(), box.top(), box.right(), box.bottom()) == pytest.approx(
        (100, 20, 180, 60), abs=1
    )
    assert outline.path.contains(outline.anchor)
    assert outline.anchor.y() == pytest.approx(40, abs=2)


def test_name_of_a_crescent_stands_inside_it(qapp):
    rows, columns = np.mgrid[0:200, 0:200]
    ring = (np.hypot(rows - 100, columns - 100) < 90) & (np.hypot(rows - 100, columns - 140) > 90)
    labels = ring.astype(np.uint8)
    (outline,) = qimage.zone_outlines(Zones(("chin",), labels, ring))
    assert ring[round(outline.anchor.y()), round(outline.anchor.x())]


def test_equal_pictures_have_no_difference(qapp):
    image = QImage(7, 5, QImage.Format.Format_RGB32)
    image.fill(QColor(50, 100, 200))
    assert (pixels_of(qimage.difference(image, image, 3)) == 128).all()


def test_difference_is_after_minus_before(qapp):
    before, after = (QImage(3, 3, QImage.Format.Format_RGB32) for _ in range(2))
    before.fill(QColor(100, 100, 100))
    after.fill(QColor(110, 100, 95))
    assert pixels_of(qimage.difference(before, after, 2))[1, 1].tolist() == [148, 128, 118]
