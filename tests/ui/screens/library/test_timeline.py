from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap

from mnimage.domain.photo import View
from mnimage.domain.record import Patient, PatientLine, PhotoRecord, Session, Timeline
from mnimage.workflow.clinic import propose_pair
from ui.screens.library.patients_page import PatientsPage
from ui.screens.library.shown import Chosen
from ui.screens.library.timeline import PhotoTable, TimelineView

SHA = "0" * 64


def made(views, sessions=2):
    """Return a timeline whose every session has a photo of each view."""
    first = datetime(2026, 1, 5, tzinfo=UTC)
    held = tuple(
        Session(patient_id="p", held_at=first + timedelta(days=30 * n)) for n in range(sessions)
    )
    photos = tuple(
        PhotoRecord(
            patient_id="p", session_id=one.id, sha256=SHA, size=1, view=view, file_name=f"{n}"
        )
        for one in held
        for n, view in enumerate(views)
    )
    return Timeline(patient=Patient(code="1"), sessions=held, photos=photos)


@pytest.fixture
def shown(qtbot):
    def show(timeline):
        view = TimelineView(PhotoTable())
        qtbot.addWidget(view)
        view._table.setParent(view)
        view._table.show_timeline(timeline, timeline.sessions)
        view.resize(900, 600)
        view.show()
        return view

    return show


def rows(table):
    return [table.headerData(n, Qt.Orientation.Vertical) for n in range(table.rowCount())]


def test_views_are_rows_and_repeats_have_rows_of_their_own(shown):
    view = shown(made((View.CLOSE_UP, View.FRONT, View.FRONT, None)))
    assert rows(view._table) == ["Front", "Front\nshot 2", "Close-up", "View not recorded"]
    assert view._table.columnCount() == 2


def test_photos_whose_cameras_report_no_zone_stand_beside_others(shown, in_zone):
    in_zone(2)
    stated = made((View.FRONT, View.FRONT))
    clocks = [datetime.fromisoformat("2026-01-05T10:00"), datetime(2026, 1, 5, 7, tzinfo=UTC)]
    photos = [replace(one, taken_at=at) for one, at in zip(stated.photos, clocks, strict=False)]
    stated = replace(stated, photos=(*photos, *stated.photos[2:]))
    view = shown(stated)
    first, _ = propose_pair(stated)
    assert first.id == photos[1].id
    assert view._table.photo(view._table.index(0, 0)).id == photos[1].id


def test_click_picks_the_photo_under_the_pointer(shown, qtbot):
    timeline = made((View.FRONT, View.LEFT_45))
    view = shown(timeline)
    for column, row, keys, joins in (
        (1, 0, Qt.KeyboardModifier.NoModifier, False),
        (0, 1, Qt.KeyboardModifier.ControlModifier, True),
    ):
        with qtbot.waitSignal(view.photo_picked) as picked:
            qtbot.mouseClick(
                view.viewport(),
                Qt.MouseButton.LeftButton,
                keys,
                view.cell_rect(row, column).center(),
            )
        assert picked.args == [timeline.photos[2 * column + row].id, joins]


def test_keys_walk_and_pick(shown, qtbot):
    timeline = made((View.FRONT, View.LEFT_45))
    view = shown(timeline)
    view.setCurrentIndex(view._table.index(0, 0))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    with qtbot.waitSignal(view.photo_picked) as picked:
        qtbot.keyClick(view, Qt.Key.Key_Space)
    assert picked.args == [timeline.photos[2].id, False]
    with qtbot.waitSignal(view.photo_opened):
        qtbot.keyClick(view, Qt.Key.Key_Return)


def test_only_visible_thumbnails_are_requested(shown, qtbot):
    timeline = made((None,) * 300, sessions=1)
    view = shown(timeline)
    requested = []
    view._table.thumbnails_wanted.connect(requested.extend)
    view.grab()
    qtbot.waitUntil(lambda: len(requested) > 0)
    assert len(requested) < 20
    before = len(requested)
    view.grab()
    qtbot.wait(20)
    assert len(requested) == before


def test_dropped_thumbnails_are_requested_again(shown, monkeypatch):
    from ui.screens.library import timeline as module

    monkeypatch.setattr(module, "_MOST_THUMBNAILS", 2)
    timeline = made((View.FRONT,), sessions=3)
    view = shown(timeline)
    table = view._table
    ids = [photo.id for photo in timeline.photos]
    for id_ in ids:
        table.thumbnail(id_)
        table.show_thumbnail(id_, QPixmap(4, 4))
    assert table.thumbnail(ids[2]) is not None
    assert table.thumbnail(ids[0]) is None
    assert ids[0] in table._waiting


def test_chosen_photos_are_named_for_screen_readers(shown):
    timeline = made((View.FRONT,))
    view = shown(timeline)
    table = view._table
    table.show_chosen(Chosen(timeline.photos[0].id, timeline.photos[1].id))
    spoken = [
        table.data(table.index(0, n), Qt.ItemDataRole.AccessibleTextRole).split("\n")[0]
        for n in range(2)
    ]
    assert spoken == ["Before", "After"]


def test_the_header_opens_the_session_and_the_menu_sets_the_view(shown, qtbot):
    timeline = made((View.FRONT,))
    view = shown(timeline)
    with qtbot.waitSignal(view.session_opened) as opened:
        view.horizontalHeader().sectionClicked.emit(1)
    assert opened.args == [timeline.sessions[1].id]
    menu = view.menu_of(timeline.photos[0])
    views = next(action.menu() for action in menu.actions() if action.menu())
    with qtbot.waitSignal(view.view_entered) as chosen:
        views.actions()[1].trigger()
    assert chosen.args == [timeline.photos[0].id, View.LEFT_45]
    menu.close()


def test_five_thousand_patients_are_lines_of_one_table(qtbot):
    page = PatientsPage()
    qtbot.addWidget(page)
    day = datetime(2026, 1, 5, tzinfo=UTC)
    lines = [
        PatientLine(
            patient=Patient(code=f"{n:05d}", name=f"Name {n % 7}"),
            sessions=n % 5,
            photos=n % 11,
            last_session=day + timedelta(hours=n) if n % 2 else None,
        )
        for n in range(5000)
    ]
    page.show_lines(lines)
    assert page.table.rowCount() == 5000
    assert page._count.text() == "5,000 patients"
    page.list.sortByColumn(5, Qt.SortOrder.DescendingOrder)
    assert page.table.patient(0).code == "04999"
    with qtbot.waitSignal(page.patient_chosen) as chosen:
        qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert chosen.args[0].code == page.table.patient(page.list.currentIndex().row()).code


def test_the_search_starts_once_typing_pauses(qtbot):
    page = PatientsPage()
    qtbot.addWidget(page)
    requested = []
    page.search_changed.connect(requested.append)
    qtbot.keyClicks(page.search, "meier")
    qtbot.waitUntil(lambda: bool(requested))
    assert requested == ["meier"]
    page.show_lines(())
    assert "No patients found" in page._empty._title.text()
