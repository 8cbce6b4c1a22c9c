"""A patient's photos over time: a column for each session, a row for each view."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mnimage.domain.photo import View
from mnimage.domain.record import Lighting
from mnimage.domain.same_session import instant
from ui import theme
from ui.screens.library.record_values import value_name, value_title
from ui.screens.library.shown import Chosen
from ui.screens.library.words import session_words, shot_words, view_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent

    from mnimage.domain.record import PhotoRecord, Session, Timeline

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
CELL = QSize(184, 168)
_MARGIN = 6
_MOST_THUMBNAILS = 240
"""Thumbnails kept in memory: several screens full; older ones are loaded again."""
_ROW_HEADER_WIDTH = 112
PHOTO_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class PhotoTable(QAbstractTableModel):
    """Photos by session and view; thumbnails are requested once they are to be drawn."""

    thumbnails_wanted = Signal(tuple)
    """Identifiers of photos."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions: tuple[Session, ...] = ()
        self._headers: tuple[tuple[str, str], ...] = ()
        self._rows: list[tuple[str, dict[str, PhotoRecord]]] = []
        self._thumbnails: OrderedDict[str, QPixmap] = OrderedDict()
        self._errors: dict[str, str] = {}
        self._requested: set[str] = set()
        self._waiting: dict[str, None] = {}
        self.chosen = Chosen()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._request_waiting)

    def show_timeline(self, timeline: Timeline, sessions: Sequence[Session]) -> None:
        """Show these sessions of a patient; thumbnails that were loaded stay."""
        self.beginResetModel()
        self._sessions = tuple(sorted(sessions, key=lambda one: one.held_at))
        self._headers = tuple(session_words(one, timeline) for one in self._sessions)
        self._rows = _rows_of(timeline.photos, {one.id for one in self._sessions})
        self._requested.clear()
        self.endResetModel()

    def show_chosen(self, chosen: Chosen) -> None:
        """Mark the two photos that would be compared."""
        self.chosen = chosen
        self._redraw()

    def show_thumbnail(self, photo_id: str, thumbnail: QPixmap) -> None:
        """Show the thumbnail of a photo."""
        self._thumbnails[photo_id] = thumbnail
        self._thumbnails.move_to_end(photo_id)
        while len(self._thumbnails) > _MOST_THUMBNAILS:
            dropped, _ = self._thumbnails.popitem(last=False)
            self._requested.discard(dropped)
        self._redraw()

    def show_error(self, photo_id: str, words: str) -> None:
        """Show in place of a photo why it cannot be shown."""
        self._errors[photo_id] = words
        self._redraw()

    def forget(self) -> None:
        """Drop every thumbnail."""
        self._thumbnails.clear()
        self._errors.clear()
        self._requested.clear()

    def session(self, column: int) -> Session:
        """Return the session of a column."""
        return self._sessions[column]

    def photo(self, index: Index) -> PhotoRecord | None:
        """Return the photo of a cell, None where there is none."""
        if not index.isValid():
            return None
        return self._rows[index.row()][1].get(self._sessions[index.column()].id)

    def thumbnail(self, photo_id: str) -> QPixmap | None:
        """Return the thumbnail of a photo; request it and return None where it is not loaded."""
        if photo_id in self._thumbnails:
            self._thumbnails.move_to_end(photo_id)
            return self._thumbnails[photo_id]
        if photo_id not in self._requested and photo_id not in self._errors:
            self._requested.add(photo_id)
            self._waiting[photo_id] = None
            self._soon.start()
        return None

    def error(self, photo_id: str) -> str:
        """Return why a photo cannot be shown; empty where it can."""
        return self._errors.get(photo_id, "")

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of views, with one row for each repeat of a view."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of sessions."""
        return 0 if parent.isValid() else len(self._sessions)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return a photo, or its description for screen readers and tool tips."""
        photo = self.photo(index)
        if role == PHOTO_ROLE or photo is None:
            return photo if role == PHOTO_ROLE else None
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            when = photo.taken_at.astimezone().strftime("%Y-%m-%d %H:%M") if photo.taken_at else ""
            parts = (view_words(photo.view), when, photo.camera.camera, photo.file_name)
            mark = str(self.chosen.mark(photo.id))
            return "\n".join(part for part in (mark, *parts, self.error(photo.id)) if part)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Return a session's day and kind, or a view's name."""
        if orientation is Qt.Orientation.Vertical:
            return self._rows[section][0] if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("Click to open the record of this session")
        return "\n".join(self._headers[section]) if role == Qt.ItemDataRole.DisplayRole else None

    def _redraw(self) -> None:
        if self._rows and self._sessions:
            last = self.index(len(self._rows) - 1, len(self._sessions) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _request_waiting(self) -> None:
        waiting, self._waiting = tuple(self._waiting), {}
        if waiting:
            self.thumbnails_wanted.emit(waiting)


def _rows_of(
    photos: Sequence[PhotoRecord], shown: set[str]
) -> list[tuple[str, dict[str, PhotoRecord]]]:
    """Return each view's photos by session; repeated shots of a view get rows of their own."""
    found: dict[tuple[int, str, int], dict[str, PhotoRecord]] = {}
    counts: dict[tuple[str, str], int] = {}
    for photo in sorted(photos, key=_shot_order):
        if photo.session_id not in shown:
            continue
        order, name = _row_of(photo)
        number = counts.get((photo.session_id, name), 0)
        counts[photo.session_id, name] = number + 1
        found.setdefault((order, name, number), {})[photo.session_id] = photo
    return [
        (name if not number else f"{name}\n{shot_words(number + 1)}", found[order, name, number])
        for order, name, number in sorted(found)
    ]


def _shot_order(photo: PhotoRecord) -> tuple[datetime, datetime, str]:
    """Return the sort key of the shots of one view."""
    return instant(photo.taken_at or photo.added_at), photo.added_at, photo.file_name


def _row_of(photo: PhotoRecord) -> tuple[int, str]:
    """Return the position and the name of the row that a photo belongs to."""
    views = list(View)
    name = view_words(photo.view)
    if photo.site != "face":
        site = value_title(photo.site)
        name = f"{site}\n{name}" if photo.view else site
    if photo.lighting not in (Lighting.UNKNOWN, Lighting.STANDARD):
        name = f"{name}\n{value_name(photo.lighting)}"
    return (views.index(photo.view) if photo.view else len(views)), name


class _Tile(QStyledItemDelegate):
    """Draws one photo: its thumbnail, and its label where it is chosen."""

    def __init__(self, table: PhotoTable, parent: QObject) -> None:
        super().__init__(parent)
        self._table = table

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a cell."""
        photo = self._table.photo(index)
        colours = theme.colours_of(option.palette)
        area = QRectF(option.rect).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if photo is None:
            painter.setPen(QPen(QColor(colours.line), 1, Qt.PenStyle.DashLine))
            painter.drawLine(area.center() - QPoint(10, 0), area.center() + QPoint(10, 0))
        else:
            self._draw_photo(painter, area, photo, colours)
            mark = str(self._table.chosen.mark(photo.id))
            if mark:
                _draw_mark(painter, area, mark, colours)
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(area.adjusted(-4, -4, 4, 4), theme.CORNER, theme.CORNER)
        painter.restore()

    def _draw_photo(
        self, painter: QPainter, area: QRectF, photo: PhotoRecord, colours: theme.Colours
    ) -> None:
        background = QPainterPath()
        background.addRoundedRect(area, theme.CORNER, theme.CORNER)
        painter.fillPath(background, QColor(colours.surround))
        error = self._table.error(photo.id)
        if error:
            painter.setPen(QColor(colours.worse))
            painter.setFont(theme.sized(painter.font(), theme.SMALL_PT))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(area.adjusted(8, 8, -8, -8), flags, error)
            return
        thumbnail = self._table.thumbnail(photo.id)
        if thumbnail is None:
            return
        size = thumbnail.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRectF(0, 0, size.width(), size.height())
        box.moveCenter(area.center())
        painter.setClipPath(background)
        painter.drawPixmap(box, thumbnail, QRectF(thumbnail.rect()))
        painter.setClipping(False)


def _draw_mark(painter: QPainter, area: QRectF, label: str, colours: theme.Colours) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.accent), 3))
    painter.drawRoundedRect(area, theme.CORNER, theme.CORNER)
    font = theme.sized(painter.font(), theme.SMALL_PT, bold=True)
    wide = QFontMetricsF(font).horizontalAdvance(label) + 16
    box = QRectF(area.left(), area.top(), wide, QFontMetricsF(font).height() + 6)
    background = QPainterPath()
    background.addRoundedRect(box, theme.CORNER, theme.CORNER)
    painter.fillPath(background, QColor(colours.accent))
    painter.setFont(font)
    painter.setPen(QColor(colours.accent_text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)


class TimelineView(QTableView):
    """Shows the photos: a click proposes a pair, a Ctrl-click pairs this photo with the last."""

    photo_picked = Signal(str, bool)
    """A photo's identifier, and whether it is to be paired with the one picked before."""
    photo_opened = Signal(str)
    session_opened = Signal(str)
    view_entered = Signal(str, object)
    """A photo's identifier and its `View`, or None."""

    def __init__(self, table: PhotoTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._may_change = True
        self.setModel(table)
        self.setItemDelegate(_Tile(table, self))
        self.setObjectName("timeline")
        self.setAccessibleName(self.tr("Photos by session and view"))
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setDefaultSectionSize(CELL.width())
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setHighlightSections(False)
        across.setSectionsClickable(True)
        across.setMinimumHeight(44)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        across.sectionClicked.connect(self._open_session)
        down.setDefaultSectionSize(CELL.height())
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setHighlightSections(False)
        down.setFixedWidth(_ROW_HEADER_WIDTH)
        down.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setCornerButtonEnabled(False)
        self.doubleClicked.connect(self._open_photo)

    def allow_changes(self, *, allowed: bool) -> None:
        """Enable changing the view of a photo, or not."""
        self._may_change = allowed

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the photo under the pointer."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            joins = bool(
                event.modifiers()
                & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            )
            self._pick(self.indexAt(event.position().toPoint()), joins=joins)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the current photo with the space bar, open it with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_photo(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Space:
            joins = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._pick(self.currentIndex(), joins=joins)
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the photo under the pointer."""
        photo = self._table.photo(self.indexAt(event.pos()))
        if photo is not None:
            self.menu_of(photo).popup(event.globalPos())

    def menu_of(self, photo: PhotoRecord) -> QMenu:
        """Return the menu of a photo."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pick = menu.addAction(self.tr("Add to the comparison"))
        pick.triggered.connect(lambda: self.photo_picked.emit(photo.id, True))
        record = menu.addAction(self.tr("Open the session…"))
        record.triggered.connect(lambda: self.session_opened.emit(photo.session_id))
        views = menu.addMenu(self.tr("View"))
        views.setEnabled(self._may_change)
        for view in (*View, None):
            action = views.addAction(view_words(view))
            action.setCheckable(True)
            action.setChecked(view is photo.view)
            action.triggered.connect(
                lambda _=False, entered=view: self.view_entered.emit(photo.id, entered)
            )
        return menu

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return the rectangle of a cell in the viewport."""
        return self.visualRect(self._table.index(row, column))

    def _pick(self, index: QModelIndex, *, joins: bool) -> None:
        photo = self._table.photo(index)
        if photo is not None:
            self.photo_picked.emit(photo.id, joins)

    def _open_photo(self, index: QModelIndex) -> None:
        photo = self._table.photo(index)
        if photo is not None:
            self.photo_opened.emit(photo.id)

    def _open_session(self, column: int) -> None:
        self.session_opened.emit(self._table.session(column).id)
