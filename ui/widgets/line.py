"""A line that a user draws across the skin, the same on every picture of the pair."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from ui.widgets.overlays import draw_word

if TYPE_CHECKING:
    from ui.widgets.viewport import Transform

Ends = tuple[QPointF, QPointF]

_GRAB = 12.0
"""Widget pixels within which an end, or the line, is taken hold of."""
_SHORTEST = 4.0
"""Widget pixels under which a drag was a click."""


class LineTool(QObject):
    """Two ends on the plane, and a cursor between them.

    While `armed` a drag draws a new line; the ends of one that is there can always be dragged.
    """

    changed = Signal()
    """The line is another, or gone."""
    cursor_moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ends: Ends | None = None
        self._before: Ends | None = None
        self._held: int | None = None
        self._cursor: float | None = None
        self._armed = False
        self._bounds = QPointF(0, 0)

    @property
    def ends(self) -> Ends | None:
        """Both ends on the plane, or None where no line is drawn."""
        return self._ends

    @property
    def cursor(self) -> float | None:
        """Where on the line the cursor is, 0..1."""
        return self._cursor

    @property
    def armed(self) -> bool:
        """Whether a drag draws a new line."""
        return self._armed

    def set_armed(self, armed: bool) -> None:
        """Let a drag draw a line, or move the picture again."""
        self._armed = armed

    def set_bounds(self, width: float, height: float) -> None:
        """Keep the line within a picture of this size."""
        self._bounds = QPointF(width, height)

    def set_ends(self, ends: Ends | None) -> None:
        """Draw the line here, as far as the picture goes, or take it away."""
        self._ends = (self._inside(ends[0]), self._inside(ends[1])) if ends else None
        self._cursor = None
        self.changed.emit()

    def set_cursor(self, cursor: float | None) -> None:
        """Mark a place on the line."""
        if cursor != self._cursor:
            self._cursor = cursor
            self.cursor_moved.emit()

    # What the hand does; points are on the plane, `unit` is the plane's length of a widget pixel

    def press(self, point: QPointF, unit: float) -> bool:
        """Take hold of an end, or begin a line; say whether the press was taken."""
        self._before = self._ends
        held = self._end_at(point, unit)
        if held is None and not self._armed:
            return False
        self._held = 1 if held is None else held
        if held is None:
            inside = self._inside(point)
            self._ends = inside, inside
        return True

    def move(self, point: QPointF) -> None:
        """Take the held end along."""
        if self._held is None or self._ends is None:
            return
        ends = list(self._ends)
        ends[self._held] = self._inside(point)
        self._ends = ends[0], ends[1]
        self.changed.emit()

    def release(self, unit: float) -> None:
        """Let go; a click without a drag leaves what was there before."""
        self._held = None
        if self._ends and _away(*self._ends) < _SHORTEST * unit:
            self._ends = self._before
            self.changed.emit()

    def hover(self, point: QPointF, unit: float) -> None:
        """Bring the cursor to where the pointer is along the line, if it is near it."""
        self.set_cursor(self._along(point, unit))

    # Painting

    def draw(self, painter: QPainter, transform: Transform) -> None:
        """Draw the line, its ends A and B, and the cursor."""
        if self._ends is None:
            return
        first, last = (transform.to_screen(end) for end in self._ends)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 170), 4.0), (QColor(255, 255, 255), 1.6)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(first, last)
            for end in (first, last):
                painter.drawEllipse(end, 5, 5)
        if self._cursor is not None:
            painter.setPen(QPen(QColor(0, 0, 0), 1.5))
            painter.setBrush(QColor(255, 255, 255))
            painter.drawEllipse(first + (last - first) * self._cursor, 5, 5)
        painter.restore()
        way = last - first
        length = max(hypot(way.x(), way.y()), 1.0)
        for end, word, side in ((first, "A", -1), (last, "B", 1)):
            draw_word(painter, word, end + way * (side * 18 / length))

    def _inside(self, point: QPointF) -> QPointF:
        return QPointF(
            min(max(point.x(), 0.5), max(self._bounds.x() - 0.5, 0.5)),
            min(max(point.y(), 0.5), max(self._bounds.y() - 0.5, 0.5)),
        )

    def _end_at(self, point: QPointF, unit: float) -> int | None:
        if self._ends is None:
            return None
        away = [_away(end, point) for end in self._ends]
        place = away.index(min(away))
        return place if away[place] <= _GRAB * unit else None

    def _along(self, point: QPointF, unit: float) -> float | None:
        if self._ends is None:
            return None
        first, last = self._ends
        way = last - first
        square = way.x() ** 2 + way.y() ** 2
        if square == 0:
            return None
        off = point - first
        part = min(max((off.x() * way.x() + off.y() * way.y()) / square, 0.0), 1.0)
        return part if _away(first + way * part, point) <= _GRAB * unit else None


def _away(one: QPointF, other: QPointF) -> float:
    return hypot(one.x() - other.x(), one.y() - other.y())
