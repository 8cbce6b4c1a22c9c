from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from ui import theme
from ui.widgets.profile_panel import ProfilePanel, cursor_words


@pytest.fixture
def panel(qtbot, qapp):
    theme.apply(qapp, theme.Choice.LIGHT)
    panel = ProfilePanel()
    qtbot.addWidget(panel)
    panel.resize(900, panel.height())
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def profile(make_pair, make_profile):
    return make_profile(make_pair())


def words(panel, row):
    return panel.findChild(QLabel, f"deepest-{row}").text()


def test_depths_are_reported_with_unit_and_uncertainty(panel, profile):
    panel.show_profile(profile)
    assert words(panel, 1).startswith("400 ± ")
    assert words(panel, 2).startswith("250 ± ")
    assert words(panel, 3).endswith("µm, shallower")
    assert "10.00 mm" in panel.plot.accessibleName()


def test_change_within_error_is_said(panel, make_pair, make_profile):
    panel.show_profile(make_profile(make_pair(), depths_mm=(0.400, 0.405)))
    assert words(panel, 3).endswith("within error")


def test_without_a_line_there_is_nothing_to_export(panel, profile):
    export = panel.findChild(QPushButton, "export-profile")
    assert not export.isEnabled()
    panel.show_profile(profile)
    assert export.isEnabled()
    panel.show_profile(None)
    assert not export.isEnabled()
    assert "no line" in panel.plot.accessibleName()


def test_both_sessions_are_drawn_where_they_are(panel, profile):
    """The deepest place of each line is where its depth belongs between two grid lines."""
    panel.show_profile(profile)
    image = panel.plot.grab().toImage()
    depths = []
    for name in (theme.LIGHT.faint, theme.LIGHT.accent):
        wanted = QColor(name)
        middle = (56 + panel.plot.width() - 16) // 2
        rows = [
            row
            for row in range(image.height() - 36)
            if distance(image.pixelColor(middle, row), wanted) < 12
        ]
        depths.append(np.mean([row for row in rows if row > 40]))
    before, after = depths
    assert before > after + 20


def distance(one, other):
    return max(abs(one.red() - other.red()), abs(one.green() - other.green()),
               abs(one.blue() - other.blue()))  # fmt: skip


def test_pointer_and_keys_move_the_cursor(panel, profile, qtbot):
    panel.show_profile(profile)
    places = []
    panel.plot.cursor_moved.connect(places.append)
    qtbot.mouseMove(panel.plot, QPoint(56 + (panel.plot.width() - 72) // 4, 60))
    qtbot.waitUntil(lambda: bool(places))
    assert places[-1] == pytest.approx(0.25, abs=0.01)
    panel.plot.set_cursor(0.25)
    qtbot.keyClick(panel.plot, Qt.Key.Key_Right)
    assert places[-1] == pytest.approx(0.26, abs=0.001)


def test_cursor_shows_both_heights(profile):
    reported = cursor_words(profile, 0.5)
    assert reported.startswith("5.00 mm")
    assert "400" in reported
    assert "250" in reported


def test_close_and_export_are_reported(panel, profile, qtbot):
    panel.show_profile(profile)
    with qtbot.waitSignal(panel.close_pressed, timeout=500):
        panel.findChild(QToolButton, "close-profile").click()
    with qtbot.waitSignal(panel.export_pressed, timeout=500):
        panel.findChild(QPushButton, "export-profile").click()


def test_gaps_and_dark_theme_are_drawn(panel, profile, qapp):
    theme.apply(qapp, theme.Choice.DARK)
    profile.after.height_um[20:60] = np.nan
    profile.after.height_um[70] = np.nan
    panel.show_profile(profile)
    panel.plot.set_cursor(0.4)
    assert not panel.plot.grab().isNull()
    assert "\N{EN DASH}" in cursor_words(profile, 0.4)
