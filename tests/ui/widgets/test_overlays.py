from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from ui import theme
from ui.widgets.overlays import draw_key, draw_scale, place_reading
from ui.widgets.qimage import rgba_image

PANE = QRectF(0, 0, 400, 300)


@pytest.fixture
def drawn(qapp):
    def draw(paint, pane=PANE):
        image = QImage(pane.size().toSize(), QImage.Format.Format_RGB32)
        image.fill(QColor("#808080"))
        painter = QPainter(image)
        answer = paint(painter)
        painter.end()
        flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
        return flat[..., 0].astype(int).copy(), answer

    return draw


@pytest.mark.parametrize(("px_per_mm", "bar_px"), [(10.0, 100), (2.2, 110), (0.9, 90), (31.0, 62)])
def test_scale_bar_is_as_long_as_it_says(drawn, px_per_mm, bar_px):
    """The longest of 1, 2, 5 times ten mm that is at most 120 pixels: 10, 50, 100 and 2 mm."""
    pixels, top = drawn(lambda painter: draw_scale(painter, px_per_mm, PANE, theme.LIGHT))
    ink = "".join(".#"[dark] for dark in (pixels[int(top) + 10] < 70).astype(int))
    assert abs(max(map(len, ink.split("."))) - bar_px) <= 4
    assert PANE.height() * 0.85 < top < PANE.height()


def test_key_keeps_to_its_corner_however_long_its_words(drawn):
    pattern = rgba_image(np.full((12, 12, 4), 255, np.uint8))
    key = ((pattern, "a reason " * 40), (pattern, "short"))
    pane = QRectF(0, 0, 240, 200)
    bare, _ = drawn(lambda painter: draw_key(painter, (), pane, theme.DARK), pane)
    pixels, _ = drawn(lambda painter: draw_key(painter, key, pane, theme.DARK), pane)
    rows, columns = np.nonzero(pixels != bare)
    assert rows.min() > 100
    assert columns.max() < 240 - 4
    assert columns.min() >= 4


@pytest.mark.parametrize(("x", "y"), [(5, 5), (398, 5), (5, 298), (398, 298), (200, 150)])
def test_reading_is_inside_the_pane_and_beside_the_pointer(qapp, x, y):
    reading = place_reading("0.03 mm (0.2 px)", QPointF(x, y), PANE, QFont())
    assert PANE.contains(reading.box)
    assert not reading.box.contains(QPointF(x, y))
