from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QSlider, QToolButton

from mnimage.domain.face import Zones
from ui.widgets.compare_canvas import CompareCanvas
from ui.widgets.duo_canvas import CompareMode
from ui.widgets.maps import ERROR
from ui.widgets.qimage import to_point
from ui.widgets.viewport import STEP


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
    scale = compare._linked[0].transform.scale
    compare.set_mode(CompareMode.WIPE)
    assert compare._duo.transform.scale == pytest.approx(scale)
    compare.set_mode(CompareMode.SIDE)
    assert compare._linked[1].transform.scale == pytest.approx(scale)
    compare.fit()
    assert compare._shared.fits


def turn_wheel(widget, notches):
    """Deliver a wheel event to the middle of a widget, as the window system would."""
    middle = widget.rect().center()
    event = QWheelEvent(
        QPointF(middle),
        QPointF(widget.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("mode", CompareMode)
def test_wheel_zooms_in_every_mode(compare, mode):
    compare.set_mode(mode)
    (canvas, *_) = compare._seen()
    fitting = canvas.transform.scale
    turn_wheel(canvas, 2)
    assert canvas.transform.scale == pytest.approx(fitting * STEP**2)
    turn_wheel(canvas, -2)
    assert canvas.transform.scale == pytest.approx(fitting)


def test_wheel_zooms_nothing_while_no_pair_is_open(qtbot):
    empty = CompareCanvas()
    qtbot.addWidget(empty)
    for canvas in (*empty._linked, empty._duo):
        canvas.resize(400, 300)
        turn_wheel(canvas, 2)
        assert canvas.viewport.fits


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
    assert "mm" in compare._map_bar._legend.accessibleName()
    assert "limit 0.1" in compare._map_bar._legend.accessibleName()
    compare.toggle_error()
    assert compare.map_name == ""
    assert "no map" in compare._map_bar._legend.accessibleName()


def test_map_has_one_range_before_and_after_and_its_unit(compare):
    compare.show_map("redness")
    words = compare._map_bar._legend.accessibleName()
    assert "HI" in words
    compare.set_mode(CompareMode.DIFFERENCE)
    assert compare._map_bar._legend.accessibleName() != words
    assert "Change" in compare._map_bar._legend.accessibleName()


def test_map_colours_the_photo_only_where_it_was_measured(compare):
    plain = compare._linked[0].grab().toImage()
    compare.show_map("redness")
    mapped = compare._linked[0].grab().toImage()
    transform = compare._linked[0].transform
    inside = transform.to_screen(to_point(70, 100)).toPoint()
    outside = transform.to_screen(to_point(220, 180)).toPoint()
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
    spot = canvas.transform.to_plane(canvas.rect().toRectF().center())
    assert (spot.x(), spot.y()) == pytest.approx((70.5, 60.5))
    assert canvas.transform.scale >= 1.0


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
    left, right = compare._unlinked
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


def with_left_out(pair):
    """A pair of all skin: rows above 60 moved, rows from 180 on above the limit."""
    alignment = pair.comparison.alignment
    moved, valid = np.zeros_like(alignment.valid), alignment.valid.copy()
    error = alignment.error_px.copy()
    moved[:15], valid[:15] = True, False
    error[45:], valid[45:] = 5.0, False
    alignment = replace(alignment, moved=moved, valid=valid, error_px=error)
    labels = np.ones(pair.before.zones.labels.shape, np.uint8)
    zones = Zones(("whole",), labels, labels > 0)
    comparison = replace(pair.comparison, alignment=alignment)
    return replace(pair, before=replace(pair.before, zones=zones), comparison=comparison)


def hover(canvas, row, column):
    place = canvas.transform.to_screen(to_point(row, column))
    canvas.mouseMoveEvent(
        QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            canvas.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    return canvas.reading


def test_error_under_the_pointer_is_reported_in_mm_and_px(compare, make_pair):
    compare.show_pair(with_left_out(make_pair()))
    canvas = compare._linked[0]
    assert hover(canvas, 120, 100) == ""
    compare.toggle_error()
    assert hover(canvas, 120, 100) == "0.050 mm (0.50 px)"
    assert hover(canvas, 30, 100) == "left out: moved by expression"
    assert hover(canvas, 220, 100) == "left out: 0.50 mm (5.0 px), above the limit"
    canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    assert canvas.reading == ""
    compare.set_mode(CompareMode.WIPE)
    compare.grab()
    assert hover(compare._duo, 120, 100) == "0.050 mm (0.50 px)"
    compare.toggle_error()
    assert hover(compare._duo, 120, 100) == ""


def test_error_is_reported_in_px_without_a_scale(compare, make_pair):
    pair = with_left_out(make_pair())
    compare.show_pair(replace(pair, before=replace(pair.before, scale=None)))
    compare.toggle_error()
    assert hover(compare._linked[0], 120, 100) == "0.50 px"
    assert "px" in compare._map_bar._legend.accessibleName()


def grain(canvas, *rows):
    """How much rows change at most from pixel to pixel: high in patterns, low elsewhere."""
    image, steps = canvas.grab().toImage(), []
    for row in rows:
        left, right = (canvas.transform.to_screen(to_point(row, at)).toPoint() for at in (150, 175))
        values = [image.pixelColor(x, left.y()).lightness() for x in range(left.x(), right.x())]
        steps.append(float(np.abs(np.diff(values)).max()))
    return max(steps)


@pytest.mark.parametrize("name", ["redness", ERROR])
def test_left_out_skin_is_patterned_in_every_map_at_every_zoom(compare, make_pair, name):
    compare.show_pair(with_left_out(make_pair()))
    canvas = compare._linked[0]
    assert grain(canvas, 52, 200, 201, 202) < 30
    compare.show_map(name)
    for _ in range(2):
        assert grain(canvas, 50, 51, 52, 53) > 60
        assert grain(canvas, 190, 191, 192) > 60
        assert grain(canvas, 130) < 30
        compare.zoom_in()
    compare.show_map("")
    compare.fit()
    assert grain(canvas, 52, 200) < 30


def test_key_is_spoken_while_a_map_is_shown(compare, make_pair):
    compare.show_pair(with_left_out(make_pair()))
    assert "expression" not in compare._linked[0].accessibleDescription()
    compare.toggle_error()
    reported = compare._linked[0].accessibleDescription().replace("\N{NO-BREAK SPACE}", " ")
    assert "Moved by expression: 25 %" in reported
    assert "Error above 0.10 mm: 25 %" in reported
    compare.toggle_error()
    assert "expression" not in compare._linked[0].accessibleDescription()


def test_error_button_follows_the_map(compare, make_pair):
    button = compare.findChild(QToolButton, "error")
    assert button.accessibleName()
    assert "(E)" in button.toolTip()
    button.click()
    assert (compare.map_name, button.isChecked()) == (ERROR, True)
    compare.next_map()
    assert not button.isChecked()
    compare.toggle_error()
    assert button.isChecked()
    compare.show_pair(make_pair(refused=True))
    assert (button.isEnabled(), button.isChecked()) == (False, False)
    compare.toggle_error()
    assert not button.isChecked()


def test_scale_bars_are_gone_without_a_scale(compare, make_pair):
    pair = make_pair()
    canvas = compare._linked[1]
    with_bar = canvas.grab().toImage()
    compare.show_pair(replace(pair, before=replace(pair.before, scale=None)))
    assert canvas.grab().toImage() != with_bar
