from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QSlider, QToolButton

from ui.widgets.compare_canvas import CompareCanvas
from ui.widgets.duo_canvas import CompareMode
from ui.widgets.maps import ERROR


@pytest.fixture
def compare(qtbot, make_pair):
    canvas = CompareCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(900, 600)
    canvas.show_pair(make_pair())
    canvas.grab()
    return canvas


def test_every_mode_is_a_button(compare):
    for mode in CompareMode:
        compare.findChild(QToolButton, f"mode-{mode.value}").click()
        assert compare.mode is mode


def test_modes_keep_the_zoom(compare):
    compare.zoom_in()
    compare.zoom_in()
    scale = compare._linked[0].placing.scale
    compare.set_mode(CompareMode.WIPE)
    assert compare._duo.placing.scale == pytest.approx(scale)
    compare.set_mode(CompareMode.SIDE)
    assert compare._linked[1].placing.scale == pytest.approx(scale)
    compare.fit()
    assert compare._shared.fits


def test_slider_moves_the_divider_and_follows_it(compare):
    compare.set_mode(CompareMode.WIPE)
    slider = compare.findChild(QSlider, "mix")
    slider.setValue(20)
    assert compare._duo.mix == pytest.approx(0.2)
    compare._duo.set_mix(0.9)
    assert slider.value() == 90
    compare.set_mode(CompareMode.BLINK)
    assert not slider.isEnabled()


def test_maps_go_round(compare):
    assert compare.map_names == ("redness", ERROR)
    seen = []
    for _ in range(3):
        compare.next_map()
        seen.append(compare.map_name)
    assert seen == ["redness", ERROR, ""]


def test_error_map_goes_on_and_off(compare):
    compare.toggle_error()
    assert compare.map_name == ERROR
    assert "px" in compare._legend.accessibleName()
    compare.toggle_error()
    assert compare.map_name == ""
    assert "no map" in compare._legend.accessibleName()


def test_map_has_one_range_before_and_after_and_its_unit(compare):
    compare.show_map("redness")
    words = compare._legend.accessibleName()
    assert "HI" in words
    compare.set_mode(CompareMode.DIFFERENCE)
    assert compare._legend.accessibleName() != words
    assert "Change" in compare._legend.accessibleName()


def test_map_colours_the_photo_only_where_it_was_measured(compare):
    plain = compare._linked[0].grab().toImage()
    compare.show_map("redness")
    mapped = compare._linked[0].grab().toImage()
    placing = compare._linked[0].placing
    from ui.widgets.qimage import to_point

    inside = placing.to_screen(to_point(70, 100)).toPoint()
    outside = placing.to_screen(to_point(220, 180)).toPoint()
    assert plain.pixelColor(inside) != mapped.pixelColor(inside)
    assert plain.pixelColor(outside) == mapped.pixelColor(outside)


def test_zones_are_drawn_over_both(compare):
    before = [canvas.grab().toImage() for canvas in compare._linked]
    compare.toggle_zones()
    after = [canvas.grab().toImage() for canvas in compare._linked]
    assert all(one != other for one, other in zip(before, after, strict=True))
    compare.toggle_zones()
    assert compare._linked[0].grab().toImage() == before[0]


def test_spot_is_brought_to_the_middle(compare):
    compare.show_spot(60.0, 70.0, "1")
    canvas = compare._linked[0]
    spot = canvas.placing.to_plane(canvas.rect().toRectF().center())
    assert (spot.x(), spot.y()) == pytest.approx((70.5, 60.5))
    assert canvas.placing.scale >= 1.0


def test_after_is_the_aligned_picture(compare, make_pair):
    pair = make_pair(after=np.full((240, 200, 3), (10, 200, 30), dtype=np.uint8))
    compare.show_pair(pair)
    image = compare._linked[1].grab().toImage()
    centre = compare._linked[1].rect().center()
    assert image.pixelColor(centre).getRgb()[:3] == (10, 200, 30)


def test_refused_pair_is_shown_unaligned_and_unlinked(compare, make_pair):
    compare.set_mode(CompareMode.WIPE)
    after = np.full((100, 300, 3), 99, dtype=np.uint8)
    compare.show_pair(make_pair(refused=True, after=after))
    compare.grab()
    assert compare.mode is CompareMode.SIDE
    compare.set_mode(CompareMode.BLEND)
    assert compare.mode is CompareMode.SIDE
    assert not compare.findChild(QToolButton, "mode-wipe").isEnabled()
    assert not compare.findChild(QComboBox, "maps").isEnabled()
    left, right = compare._strangers
    assert right.viewport.picture.width() == 300
    left.zoom(3)
    assert right.viewport.fits


def test_next_pair_brings_all_modes_back(compare, make_pair):
    compare.show_pair(make_pair(refused=True))
    compare.show_pair(make_pair())
    assert compare.findChild(QToolButton, "mode-wipe").isEnabled()
    compare.set_mode(CompareMode.WIPE)
    assert compare.mode is CompareMode.WIPE


def test_keys_do_nothing_while_nothing_is_shown(qtbot):
    canvas = CompareCanvas()
    qtbot.addWidget(canvas)
    for press in (
        canvas.next_map,
        canvas.toggle_error,
        canvas.toggle_zones,
        canvas.zoom_in,
        canvas.zoom_out,
        canvas.fit,
        canvas.actual,
    ):
        press()
    for mode in CompareMode:
        canvas.set_mode(mode)
    assert canvas.map_name == ""


def test_sixteen_bit_photo(compare, make_pair):
    compare.show_pair(make_pair(depth=np.uint16))
    assert not compare.grab().isNull()
