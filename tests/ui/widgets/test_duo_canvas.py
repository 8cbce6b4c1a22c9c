from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from ui.widgets.canvas import Label, Picture
from ui.widgets.duo_canvas import CompareMode, DuoCanvas
from ui.widgets.qimage import grid_overlay, make_pyramid
from ui.widgets.viewport import Viewport

RED, BLUE = (200, 0, 0), (0, 0, 200)


def flat(colour):
    return Picture(make_pyramid(np.full((300, 400, 3), colour, dtype=np.uint8)))


@pytest.fixture
def duo(qtbot):
    duo = DuoCanvas(Viewport(), "Both")
    duo.viewport.setParent(duo)
    qtbot.addWidget(duo)
    duo.resize(400, 300)
    duo.viewport.set_picture(400, 300)
    duo.show_pair(flat(RED), flat(BLUE), (Label("Before"), Label("After")))
    return duo


def colour_at(duo, x, y=200):
    return duo.grab().toImage().pixelColor(x, y).getRgb()[:3]


@pytest.mark.parametrize("mix", [0.25, 0.5, 0.8])
def test_wipe_shows_before_left_and_after_right(duo, mix):
    duo.set_mode(CompareMode.WIPE)
    duo.set_mix(mix)
    divider = round(400 * mix)
    assert colour_at(duo, divider - 20) == RED
    assert colour_at(duo, divider + 20) == BLUE


def test_divider_can_be_dragged_and_moved_by_keys(duo, qtbot):
    duo.set_mode(CompareMode.WIPE)
    qtbot.mousePress(duo, Qt.MouseButton.LeftButton, pos=QPoint(202, 150))
    qtbot.mouseMove(duo, QPoint(300, 150))
    qtbot.mouseRelease(duo, Qt.MouseButton.LeftButton, pos=QPoint(300, 150))
    assert duo.mix == pytest.approx(0.75)
    qtbot.keyClick(duo, Qt.Key.Key_Left)
    assert duo.mix == pytest.approx(0.70)
    assert duo.viewport.fits


def test_divider_stays_on_the_canvas(duo, qtbot):
    duo.set_mode(CompareMode.WIPE)
    duo.set_mix(3.0)
    assert duo.mix == 1.0
    assert colour_at(duo, 380) == RED


@pytest.mark.parametrize(("mix", "wanted"), [(0.0, RED), (1.0, BLUE), (0.5, (100, 0, 100))])
def test_blend_mixes(duo, mix, wanted):
    duo.set_mode(CompareMode.BLEND)
    duo.set_mix(mix)
    assert colour_at(duo, 200) == pytest.approx(wanted, abs=2)


def test_blink_shows_one_after_the_other(duo, qtbot):
    duo.set_mode(CompareMode.BLINK)
    assert colour_at(duo, 200) == RED
    duo._timer.timeout.emit()
    assert colour_at(duo, 200) == BLUE
    duo._timer.timeout.emit()
    assert colour_at(duo, 200) == RED


def test_blinks_only_while_it_is_seen(duo, qtbot):
    duo.set_mode(CompareMode.BLINK)
    assert not duo._timer.isActive()
    duo.show()
    assert duo._timer.isActive()
    duo.hide()
    assert not duo._timer.isActive()


def test_difference_of_equal_pictures_is_flat_grey(duo):
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    picture = Picture(make_pyramid(noise))
    duo.show_pair(picture, picture, (Label("Before"), Label("After")))
    duo.set_mode(CompareMode.DIFFERENCE)
    for scale in (None, 2.7):
        if scale:
            duo.zoom_to(scale)
        image = duo.grab().toImage()
        # Below the label and inside the focus frame.
        values = {image.pixelColor(x, y).rgb() for x in range(5, 395, 7) for y in range(70, 295, 7)}
        assert values == {0xFF808080}


def test_difference_is_seen_where_it_is(duo):
    after = np.full((300, 400, 3), RED, dtype=np.uint8)
    after[200:250, 100:150, 1] += 20
    duo.show_pair(flat(RED), Picture(make_pyramid(after)), (Label("Before"), Label("After")))
    duo.set_mode(CompareMode.DIFFERENCE)
    assert colour_at(duo, 125, 225) == (128, 188, 128)
    assert colour_at(duo, 300, 225) == (128, 128, 128)


def test_map_of_change_replaces_the_plain_difference(duo):
    green = np.zeros((30, 40, 4), dtype=np.uint8)
    green[..., 1:] = 255
    green[..., 2] = 0
    duo.show_change(grid_overlay(green, 10), "Change of redness")
    duo.set_opacity(1.0)
    duo.set_mode(CompareMode.DIFFERENCE)
    assert colour_at(duo, 200) == (0, 255, 0)
    assert "Change of redness" in duo.accessibleName()


def test_linked_zoom_holds_for_both_halves(duo):
    pixels = np.zeros((300, 400, 3), dtype=np.uint8)
    pixels[150:, :] = 255
    picture = Picture(make_pyramid(pixels))
    duo.show_pair(picture, picture, (Label("Before"), Label("After")))
    duo.set_mode(CompareMode.WIPE)
    duo.zoom(2.3)
    image = duo.grab().toImage()
    rows = [image.pixelColor(x, y).red() for y in range(145, 156) for x in (100, 300)]
    assert rows[::2] == rows[1::2]
