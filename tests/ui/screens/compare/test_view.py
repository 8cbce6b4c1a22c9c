from __future__ import annotations

from pathlib import Path
from threading import Event
from unittest.mock import Mock

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QTabWidget, QToolButton

from mnimage.domain.progress import no_tick
from mnimage.errors import PhotoUnreadable
from ui.jobs import Jobs
from ui.screens.compare.presenter import ComparePresenter
from ui.screens.compare.sessions import RepeatShown
from ui.screens.compare.view import CompareView


@pytest.fixture
def view(qtbot):
    view = CompareView()
    qtbot.addWidget(view)
    view.resize(1100, 700)
    view.show()
    return view


def drop(view, paths, point=None):
    mime = QMimeData()
    mime.setUrls(
        [path if isinstance(path, QUrl) else QUrl.fromLocalFile(str(path)) for path in paths]
    )
    event = Mock()
    event.mimeData.return_value = mime
    event.position.return_value = QPointF(point or QPoint(5, 5))
    view.dragEnterEvent(event)
    view.dragMoveEvent(event)
    view.dropEvent(event)
    assert event.acceptProposedAction.call_count == 3


def test_files_are_dropped_on_their_side(view, qtbot):
    for side in ("before", "after"):
        target = view.findChild(object, f"target-{side}")
        point = target.mapTo(view, target.rect().center())
        with qtbot.waitSignal(view.files_dropped) as notes:
            drop(view, ["/x/a.jpg"], point)
        assert notes.args == [[Path("/x/a.jpg")], side]


def test_two_files_have_no_side(view, qtbot):
    with qtbot.waitSignal(view.files_dropped) as notes:
        drop(view, ["/x/a.jpg", "/x/b.jpg"])
    assert notes.args == [[Path("/x/a.jpg"), Path("/x/b.jpg")], ""]


def test_what_is_no_file_is_passed_as_nothing(view, qtbot):
    with qtbot.waitSignal(view.files_dropped) as notes:
        drop(view, [QUrl("https://example.org/a.jpg")])
    assert notes.args[0] == []


def test_drop_on_a_result_goes_by_halves(view, make_pair, qtbot):
    view.show_pair(make_pair())
    for x, side in ((10, "before"), (1090, "after")):
        with qtbot.waitSignal(view.files_dropped) as notes:
            drop(view, ["/x/a.jpg"], QPoint(x, 300))
        assert notes.args[1] == side
    assert not view._veil.isVisible()


def test_error_stands_on_the_empty_page(view):
    view.show_error("No photo.", "Choose another.")
    assert view.findChild(QLabel, "trouble").text().replace("\u200b", "") == "No photo."
    view.clear_error()
    assert view.findChild(QLabel, "trouble").text() == ""


def test_error_floats_over_a_result_and_moves_nothing(view, make_pair):
    view.show_pair(make_pair())
    place = view.canvas.geometry()
    view.show_error("No photo.", "Choose another.")
    assert view._toast.isVisible()
    assert view.canvas.geometry() == place


def test_result_shows_grade_reasons_and_registration_error(view, make_pair):
    view.show_pair(make_pair())
    assert view._inspector._grade.accessibleName() == "Comparability B"
    assert view.findChild(QLabel, "reasons").text() == "The light differs."
    facts = view.findChild(QLabel, "facts").text().replace("\N{NO-BREAK SPACE}", " ")
    assert "median 0.050 mm (0.50 px)" in facts
    assert "limit 0.10 mm (1.0 px)" in facts
    assert "nothing left out" in facts


def test_refused_pair_gives_its_reason_and_no_numbers(view, make_pair):
    view.show_pair(make_pair(refused=True))
    assert view._inspector._grade.accessibleName() == "Comparability F"
    assert "two people" in view.findChild(QLabel, "reasons").text()
    tabs = view.findChild(QTabWidget, "tabs")
    assert [tabs.tabText(place) for place in range(tabs.count())] == ["Scores", "Photo checks (1)"]
    assert isinstance(tabs.widget(0), QLabel)


def test_pair_after_a_refused_one_has_its_tables_back(view, make_pair):
    view.show_pair(make_pair(refused=True))
    view.show_pair(make_pair())
    tabs = view.findChild(QTabWidget, "tabs")
    assert [tabs.tabText(place) for place in range(tabs.count())] == [
        "Scores",
        "Scars (2)",
        "Photo checks (1)",
    ]
    assert isinstance(tabs.widget(0), QTableView)


def test_chosen_scar_comes_to_the_middle(view, make_pair):
    view.show_pair(make_pair())
    table = view.findChild(QTableView, "scars")
    table.clicked.emit(table.model().index(1, 0))
    canvas = view.canvas._linked[0]
    spot = canvas.transform.to_plane(canvas.rect().toRectF().center())
    assert (spot.x(), spot.y()) == pytest.approx((70.5, 60.5))


def test_chosen_score_shows_its_map(view, make_pair):
    view.show_pair(make_pair())
    table = view.findChild(QTableView, "scores")
    named = [table.model().index(row, 0).data() for row in range(4)]
    table.clicked.emit(table.model().index(named.index("Redness"), 0))
    assert view.canvas.map_name == "redness"
    table.chosen.emit(("whole", "pores"))  # has no map: what is shown stays
    assert view.canvas.map_name == "redness"


def test_saved_report_can_be_opened(view, make_pair, monkeypatch):
    opened = []
    monkeypatch.setattr("ui.screens.compare.view.QDesktopServices.openUrl", opened.append)
    view.show_pair(make_pair())
    view.show_saved(Path("/x/out.pdf"))
    assert "out.pdf" in view._toast.words
    view._toast.findChild(QPushButton).click()
    assert [Path(url.toLocalFile()) for url in opened] == [Path("/x/out.pdf")]


@pytest.mark.parametrize("width", [1100, 1900])
@pytest.mark.parametrize("wider", [1.0, 1.2])  # letters of another system's font
def test_long_names_do_not_widen_the_window(view, make_pair, width, wider):
    font = view.font()
    font.setPointSizeF(font.pointSizeF() * wider)
    view.setFont(font)
    view.resize(width, 700)
    name = "Very-Long_Name" * 20 + ".jpg"
    view.show_files({"before": name, "after": name})
    view.show_pair(make_pair())
    assert view.minimumSizeHint().width() <= 1024
    assert name in view.findChild(QPushButton, "file-before").toolTip()


class Library:
    def __init__(self, pair):
        self.pair, self.go_on, self.error = pair, Event(), None

    def preview_of(self, shot):
        return np.full((8, 6, 3), 90, dtype=np.uint8)

    def taken_at(self, path):
        return None

    def compare_files(self, before, after, *, inputs=None, tick=no_tick):
        while not self.go_on.wait(0.005):
            tick(1, 4)
        if self.error:
            raise self.error
        return self.pair

    def surfaces_of(self, pair):
        return None

    def write_report(self, pair, path, *, tick=no_tick):
        path.write_bytes(b"%PDF")


class Answers:
    def __init__(self, folder):
        self.folder = folder

    def photo(self, title):
        return None

    def save_as(self, title, suggested):
        return self.folder / suggested


@pytest.fixture
def screen(view, make_pair, tmp_path):
    jobs, library = Jobs(), Library(make_pair())
    view.presenter = ComparePresenter(view, library, jobs, Answers(tmp_path))
    view.library, view.paths = library, [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    yield view
    library.go_on.set()
    jobs.close()


def test_from_drop_to_report(screen, qtbot, tmp_path):
    drop(screen, screen.paths)
    qtbot.waitUntil(lambda: screen._stack.currentWidget() is screen._busy)
    qtbot.waitUntil(lambda: screen._busy._bar.value() == 1)
    screen.library.go_on.set()
    qtbot.waitUntil(lambda: screen._stack.currentWidget() is screen._result)
    qtbot.mouseClick(screen.findChild(QPushButton, "report"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: (tmp_path / "a - b.pdf").exists() and screen._toast.isVisible())


def test_cancel_goes_back_and_nothing_lands(screen, qtbot):
    drop(screen, screen.paths)
    qtbot.waitUntil(lambda: screen._stack.currentWidget() is screen._busy)
    qtbot.mouseClick(screen.findChild(QPushButton, "cancel"), Qt.MouseButton.LeftButton)
    assert screen._stack.currentWidget() is screen._empty
    screen.library.go_on.set()
    qtbot.wait(50)
    assert screen._stack.currentWidget() is screen._empty
    assert screen.findChild(QLabel, "trouble").text() == ""
    screen.findChild(QPushButton, "compare").click()
    qtbot.waitUntil(lambda: screen._stack.currentWidget() is screen._result)


def test_failure_keeps_the_files(screen, qtbot):
    screen.library.error = PhotoUnreadable("b.jpg is no photo.", hint="Choose another.")
    screen.library.go_on.set()
    drop(screen, screen.paths)
    qtbot.waitUntil(lambda: bool(screen.findChild(QLabel, "trouble").text()))
    assert screen._stack.currentWidget() is screen._empty
    assert screen.findChild(QPushButton, "compare").isEnabled()


def test_swap_compares_again(screen, qtbot):
    screen.library.go_on.set()
    drop(screen, screen.paths)
    qtbot.waitUntil(lambda: screen._stack.currentWidget() is screen._result)
    screen.findChild(QToolButton, "swap").click()
    qtbot.waitUntil(lambda: "b.jpg" in screen.findChild(QPushButton, "file-before").text())
    qtbot.waitUntil(lambda: screen._stack.currentWidget() is screen._result)


def test_lower_part_of_a_result_takes_repeat_shots(view, make_pair, qtbot):
    view.show_pair(make_pair())
    for paths, x, side in ((["/x/a.jpg"], 10, "before"), (["/x/a.jpg", "/x/b.jpg"], 1090, "after")):
        with qtbot.waitSignal(view.repeats_dropped, timeout=500) as notes:
            drop(view, paths, QPoint(x, 650))
        assert notes.args == [[Path(path) for path in paths], side]


def test_lower_part_of_a_filled_side_takes_repeat_shots(view, qtbot):
    target = view.findChild(object, "target-before")
    low = target.mapTo(view, QPoint(target.width() // 2, target.height() - 10))
    with qtbot.waitSignal(view.files_dropped, timeout=500):
        drop(view, ["/x/a.jpg"], low)
    view.show_files({"before": "a.jpg"})
    with qtbot.waitSignal(view.repeats_dropped, timeout=500) as notes:
        drop(view, ["/x/b.jpg"], low)
    assert notes.args == [[Path("/x/b.jpg")], "before"]


def test_file_bar_counts_repeats_and_says_what_was_left_out(view):
    view.show_files({"before": "a.jpg", "after": "b.jpg"})
    view.show_repeats({"after": (RepeatShown("c.jpg"), RepeatShown("d.jpg", "Other skin."))})
    button = view.findChild(QPushButton, "file-after")
    assert button.text() == "After: b.jpg + 1 (1 left out)"
    assert "d.jpg, left out: Other skin." in button.toolTip()
    assert view.findChild(QPushButton, "file-before").text() == "Before: a.jpg"


def test_patch_goes_out_and_its_refusal_comes_in(view, make_pair, qtbot):
    view.show_pair(make_pair())
    view.canvas.toggle_control()
    with qtbot.waitSignal(view.control_drawn, timeout=500) as notes:
        qtbot.keyClick(view.canvas._linked[0], Qt.Key.Key_Return)
    assert notes.args[0].height > 0
    view.show_patch_state(fits=False, news=False)
    view.show_patch_trouble("Off the skin.", "Elsewhere.")
    assert view.canvas.control.tool.trouble == "Off the skin."
    view.show_patch_state(fits=True, news=True)
    assert view.canvas.control.tool.trouble == ""
    with qtbot.waitSignal(view.control_confirmed, timeout=500):
        view.findChild(QPushButton, "control-confirm").click()


def test_long_names_get_the_room_there_is(view):
    name = "acne-scars-microneedling-4x1.5mm-left-cheek-session-1-of-4.jpg"
    view.show_files({"before": name, "after": name})
    shown = []
    for width in (1024, 1900):
        view.resize(width, 700)
        view.grab()
        shown.append(view.findChild(QPushButton, "file-before").text())
    assert len(shown[0]) < len(shown[1]) == len(f"Before: {name}")


def test_refused_patch_is_reported_once(view, make_pair):
    view.show_pair(make_pair())
    view.show_patch_trouble("Off the skin.", "Elsewhere.")
    assert view._toast.isVisible()
    view.clear_error()
    view.canvas.toggle_control()
    view.show_patch_trouble("Off the skin.", "Elsewhere.")
    assert not view._toast.isVisible()
    assert view.findChild(QLabel, "control-words").text() == "Off the skin."


def test_pictures_of_both_photos_are_shown_while_they_are_compared(screen, qtbot):
    screen.presenter.drop(screen.paths)
    qtbot.waitUntil(lambda: screen.previews)
    labels = screen._busy._pictures
    assert {label.pixmap().height() for label in labels.values()} == {320}
    screen.library.go_on.set()
    qtbot.waitUntil(lambda: not screen.previews)


def test_pictures_of_another_pair_are_not_shown(view):
    picture = np.full((8, 6, 3), 90, dtype=np.uint8)
    view.show_busy()
    view.show_preview({"before": picture, "after": picture})
    assert view.previews
    view.show_busy()
    assert not view.previews
