from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from ui.widgets.lighting import Lighting
from ui.widgets.lit import LitSurface
from ui.widgets.qimage import make_pyramid

SHAPE = (600, 1200)
PIT = (300, 400)


@pytest.fixture
def lighting(qapp):
    return Lighting()


@pytest.fixture
def surface(lighting):
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    away = np.hypot(rows - PIT[0], columns - PIT[1]) / 60
    height = (-1.6 * np.clip(1 - away**2, 0, None)).astype(np.float32)
    height[:, 1100:] = np.nan
    skin = np.full((*SHAPE, 3), (200, 120, 90), dtype=np.uint8)
    return LitSurface(height, 0.1, make_pyramid(skin), lighting)


def grey(image, row, column):
    return image.pixelColor(round(column), round(row)).lightness()


WHOLE = QRectF(0, 0, SHAPE[1], SHAPE[0])


@pytest.mark.parametrize("scale", [0.25, 1.0, 1.5])
def test_wall_that_faces_the_lamp_is_bright_at_its_place_at_every_zoom(surface, lighting, scale):
    lighting.move_to(-0.7, 0)
    image = surface.lit(scale, WHOLE)
    left, right = (grey(image, PIT[0] * scale, (PIT[1] + way * 45) * scale) for way in (-1, 1))
    assert right > 127 > left
    assert right - left > 60
    lighting.move_to(0.7, 0)
    image = surface.lit(scale, WHOLE)
    assert grey(image, PIT[0] * scale, (PIT[1] - 45) * scale) == pytest.approx(right, abs=6)


def test_level_and_unknown_skin_is_middle_grey(surface):
    image = surface.lit(0.5, WHOLE)
    for column in (50, 350, 580):
        assert abs(grey(image, 20, column) - 127) <= 2


def test_height_exaggerates(surface, lighting):
    lighting.move_to(-0.9, 0)
    flat = grey(surface.lit(0.5, WHOLE), PIT[0] / 2, (PIT[1] + 20) / 2)
    lighting.set_height(2.0)
    assert grey(surface.lit(0.5, WHOLE), PIT[0] / 2, (PIT[1] + 20) / 2) > flat + 12


def test_skin_keeps_its_hue_when_asked(surface, lighting):
    lighting.set_coloured(True)
    colour = surface.lit(0.5, WHOLE).pixelColor(40, 40)
    assert colour.red() > colour.green() + 30 > colour.blue() + 30
    lighting.set_coloured(False)
    colour = surface.lit(0.5, WHOLE).pixelColor(40, 40)
    assert colour.red() == colour.blue()


def test_part_of_a_view_is_drawn_where_the_whole_has_it(surface):
    whole, part = (QImage(QSize(600, 300), QImage.Format.Format_RGB32) for _ in range(2))
    for image, exposed in ((whole, WHOLE), (part, QRectF(360, 200, 300, 200))):
        image.fill(0)
        painter = QPainter(image)
        painter.scale(0.5, 0.5)
        surface.draw(painter, 0.5, exposed, WHOLE)
        painter.end()
    assert part.pixelColor(20, 20).lightness() == 0
    for row, column in ((150, 200), (120, 210), (180, 300)):
        assert abs(grey(part, row, column) - grey(whole, row, column)) <= 2


def test_large_view_is_lit_coarser(surface):
    image = surface.lit(8.0, WHOLE)
    assert image.width() * image.height() <= 2_600_000
    assert image.width() / image.height() == pytest.approx(2, abs=0.01)


def test_nothing_is_worked_out_twice(surface, lighting):
    first = surface.lit(0.5, WHOLE)
    assert surface.lit(0.5, WHOLE) is first
    slopes = surface._slopes
    lighting.move_to(0.1, 0.1)
    assert surface.lit(0.5, WHOLE) is not first
    assert surface._slopes is slopes
