from __future__ import annotations

from unittest.mock import Mock

import pytest
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QMessageBox,
    QProgressBar,
    QScrollBar,
    QTableView,
    QWidget,
)

from ui import app, theme
from ui.actions import Command
from ui.main_window import MainWindow
from ui.screens.library.view import LibraryView
from ui.screens.screen import RunningScreen, Screen, ScreenMenu
from ui.screens.table import SCREENS
from ui.widgets.canvas import Canvas
from ui.widgets.duo_canvas import CompareMode


@pytest.fixture
def window(qtbot):
    window = MainWindow("1.2.3")
    qtbot.addWidget(window)
    window.compare, window.library = window.views["compare"], window.views["library"]
    window.show()
    window.activateWindow()
    return window


SPEAKING = (QAbstractButton, QAbstractSlider, QComboBox, QProgressBar, QTableView, Canvas)


def nameless(window):
    """Return widgets a screen reader would have no word for."""
    widgets = [widget for widget in window.findChildren(QWidget) if isinstance(widget, SPEAKING)]
    assert len(widgets) > 25
    silent = []
    for widget in widgets:
        own = not isinstance(widget, QScrollBar) and not widget.objectName().startswith("qt_")
        inside = widget.parent().metaObject().className() in ("QTableView", "QTabBar")
        if own and not inside and not spoken(widget):
            silent.append(widget)
    return silent


def spoken(widget):
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_every_control_has_a_name(window, make_pair):
    window.compare.show_pair(make_pair())
    assert [(type(w).__name__, w.objectName()) for w in nameless(window)] == []


def test_smallest_window_holds_everything(window, make_pair):
    window.compare.show_pair(make_pair())
    window.resize(*theme.SMALLEST_WINDOW)
    hint = window.minimumSizeHint()
    assert hint.width() <= theme.SMALLEST_WINDOW[0]
    assert hint.height() <= theme.SMALLEST_WINDOW[1]


def test_keys_choose_modes(window, make_pair, qtbot):
    window.compare.show_pair(make_pair())
    for key, mode in (
        (Qt.Key.Key_2, CompareMode.WIPE),
        (Qt.Key.Key_3, CompareMode.BLEND),
        (Qt.Key.Key_D, CompareMode.DIFFERENCE),
        (Qt.Key.Key_W, CompareMode.WIPE),
        (Qt.Key.Key_1, CompareMode.SIDE),
    ):
        qtbot.keyClick(window, key)
        assert window.compare.canvas.mode is mode


def test_keys_choose_maps_and_zoom(window, make_pair, qtbot):
    window.compare.show_pair(make_pair())
    canvas = window.compare.canvas
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert canvas.map_name == "redness"
    qtbot.keyClick(window, Qt.Key.Key_E)
    assert canvas.map_name == "error"
    qtbot.keyClick(window, Qt.Key.Key_Plus)
    assert not canvas._shared.fits
    qtbot.keyClick(window, Qt.Key.Key_0)
    assert canvas._shared.fits


def test_every_key_in_the_empty_window_does_no_harm(window, qtbot):
    for key in "1234590WBDMEZX+-=RLCPNO[]":
        qtbot.keyClick(window, key)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible()


def test_every_menu_entry_is_reachable(window):
    listed = [
        action
        for menu in window.menuBar().actions()
        for action in (*menu.menu().actions(), *_inner(menu.menu()))
    ]
    assert set(window.actions_by_name.values()) <= set(listed)


def _inner(menu):
    return [action for sub in menu.actions() if sub.menu() for action in sub.menu().actions()]


def test_a_chosen_theme_is_emitted_and_ticked(window, qtbot):
    with qtbot.waitSignal(window.theme_chosen) as chosen:
        window.actions_by_name["theme.dark"].trigger()
    assert chosen.args == [theme.Choice.DARK]
    window.show_theme(theme.Choice.LIGHT)
    assert window.actions_by_name["theme.light"].isChecked()
    assert not window.actions_by_name["theme.dark"].isChecked()


def test_about_shows_the_version_and_does_not_block(window):
    window.actions_by_name["app.about"].trigger()
    (box,) = window.findChildren(QMessageBox)
    assert "1.2.3" in box.text()
    assert "not for diagnosis" in box.informativeText()
    box.close()


def test_theme_changes_while_a_pair_is_shown(window, make_pair, qapp):
    window.compare.show_pair(make_pair())
    window.compare.canvas.show_map("redness")
    for choice, colours in ((theme.Choice.DARK, theme.DARK), (theme.Choice.LIGHT, theme.LIGHT)):
        theme.apply(qapp, choice)
        image = window.compare.canvas._linked[0].grab().toImage()
        assert image.pixelColor(image.width() - 4, image.height() - 4).name() == colours.surround


def test_the_menu_ticks_what_is_shown_over_the_pair(window, make_pair, qtbot):
    window.compare.show_pair(make_pair())
    error, zones = (window.actions_by_name[name] for name in ("map.error", "map.zones"))
    assert not error.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_E)
    assert error.isChecked()
    window.compare.canvas.next_map()
    assert not error.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_Z)
    assert zones.isChecked()
    error.trigger()
    assert error.isChecked()
    window.compare.show_pair(make_pair(refused=True))
    assert not error.isChecked()
    error.trigger()
    assert not error.isChecked()


def test_a_covered_window_shows_the_unlock_page_alone_and_returns(window, make_pair, qtbot):
    window.compare.show_pair(make_pair())
    window.show_user("admin")
    window.actions_by_name["app.about"].trigger()
    (box,) = window.findChildren(QMessageBox)
    form = window.library.patient_form
    form.begin_with(None)
    form.name.setText("half written")
    window.cover(covered=True)
    assert window.library.isVisible()
    assert not window.compare.isVisible()
    assert not box.isVisible()
    assert not form.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F3)
    assert window.library.isVisible()
    allowed = {name for name, action in window.actions_by_name.items() if action.isEnabled()}
    assert allowed == {"app.quit", "app.about", "theme.system", "theme.light", "theme.dark"}
    window.cover(covered=False)
    assert window.compare.isVisible()
    assert form.isVisible()
    assert form.name.entered == "half written"
    form.reject()
    box.close()


def test_the_lock_key_works_in_an_open_dialog(window, qtbot):
    window.show_user("admin")
    form = window.library.session_form
    assert window.actions_by_name["library.lock"] in form.actions()
    form.begin()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    pressed = []
    window.library.lock_pressed.connect(lambda: pressed.append(True))
    qtbot.keyClick(form, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    form.reject()
    assert pressed == [True]


def test_another_user_gets_neither_dialogs_nor_screen_of_the_previous_one(window):
    form = window.library.patient_form
    form.begin_with(None)
    window.cover(covered=True)
    window.forget_hidden()
    window.cover(covered=False)
    assert not form.isVisible()
    assert window.library.isVisible()


def test_commands_of_one_screen_are_disabled_on_the_other(window):
    window.show_screen("library")
    for name in ("mode.wipe", "map.next", "report.write", "library.lock", "patient.new"):
        assert not window.actions_by_name[name].isEnabled()
    window.show_user("Dr A, clinician")
    assert window.actions_by_name["library.lock"].isEnabled()
    window.show_screen("compare")
    assert window.actions_by_name["mode.wipe"].isEnabled()


def test_long_name_of_a_user_leaves_room_for_the_menus(window):
    window.resize(*theme.SMALLEST_WINDOW)
    window.show_user("Prof. Dr. Konstanze Emilia-Theodora von Hohenberg-Sonnenfels, clinician")
    corner = window.menuBar().cornerWidget(Qt.Corner.TopRightCorner)
    last = window.menuBar().actionGeometry(window.menuBar().actions()[-1])
    assert corner.geometry().left() > last.right()
    assert window.minimumSizeHint().width() <= theme.SMALLEST_WINDOW[0]


@pytest.mark.parametrize("wider", [1.0, 1.2])  # letters of another system's font
def test_library_and_its_forms_fit_the_smallest_window(qapp, qtbot, wider, monkeypatch):
    for size in ("SMALL_PT", "BASE_PT", "TITLE_PT"):
        monkeypatch.setattr(theme, size, getattr(theme, size) * wider)
    theme.apply(qapp, theme.Choice.LIGHT)
    library = LibraryView()
    qtbot.addWidget(library)
    wide, tall = theme.SMALLEST_WINDOW
    parts = (library.unlock_page, library.patients, library.patient, library.imports)
    forms = (library.patient_form, library.course_form, library.consent_form, library.session_form)
    for part in (*parts, *forms):
        part.ensurePolished()
        hint = part.minimumSizeHint()
        assert hint.width() <= wide - 40, type(part).__name__
        assert hint.height() <= tall - 60, type(part).__name__
    monkeypatch.undo()
    theme.apply(qapp, theme.Choice.LIGHT)


def test_choosing_the_shown_screen_again_leads_to_its_first_page(window, qtbot):
    home = []
    window.library.home_pressed.connect(lambda: home.append(True))
    window.actions_by_name["screen.library"].trigger()
    assert window.shown == "library"
    assert home == []
    window.actions_by_name["screen.library"].trigger()
    assert home == [True]


def test_a_command_of_the_library_shows_its_screen_first(window):
    window.show_user("admin")
    window.actions_by_name["patient.new"].trigger()
    assert window.shown == "library"
    window.show_screen("compare")
    window.actions_by_name["library.lock"].trigger()
    assert window.shown == "compare"


def test_the_idle_time_is_ticked(window):
    window.library.show_idle_minutes(5)
    ticked = [name for name, action in window.actions_by_name.items() if action.isChecked()]
    assert [name for name in ticked if name.startswith("idle.")] == ["idle.5"]


class Third(QWidget):
    """A screen that exists in this test alone."""

    asked = Signal()


def third(started):
    return Screen(
        name="third",
        title="Third",
        key="F4",
        view=Third,
        commands={"third.ask": Command(("Third",), "Ask", ("Ctrl+T",), needs_library=False)},
        menu=lambda view: ScreenMenu({"third.ask": view.asked.emit}),
        work=lambda: "its work",
        start=lambda view, work, services: started.append((view, work)) or RunningScreen("its own"),
    )


def test_a_third_screen_is_one_row_of_the_table(qapp, qtbot, monkeypatch):
    started = []
    rows = (*SCREENS, third(started))
    monkeypatch.setattr(app, "SCREENS", rows)
    program = app.build(qapp, {"compare": Mock(), "library": Mock()})
    window = program.window
    qtbot.addWidget(window)
    window.show()
    assert started == [(window.views["third"], "its work")]
    assert program.screens["third"].presenter == "its own"
    ask = window.actions_by_name["third.ask"]
    assert not ask.isEnabled()
    window.actions_by_name["screen.third"].trigger()
    assert window.views["third"].isVisible()
    with qtbot.waitSignal(window.views["third"].asked):
        ask.trigger()
    menus = [action.text() for action in window.menuBar().actions()]
    assert menus == ["File", "View", "Library", "Map", "Third", "Help"]
    program.close()
