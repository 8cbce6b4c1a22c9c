"""A photo on which four corners are clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ui.widgets.canvas import Canvas
from ui.widgets.overlays import draw_word
from ui.widgets.qimage import to_place
from ui.widgets.viewport import Viewport

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QWidget

CORNERS = 4
_CLICK = 4.0
_GRAB = 14.0


class CornerCanvas(Canvas):
    """Clicks set corners one after the other; a corner can be dragged; drags elsewhere pan."""

    corners_changed = Signal(int)
    """How many corners are set."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Viewport(), name, parent)
        self.viewport.setParent(self)
        self._corners: list[QPointF] = []
        self._held: int | None = None
        self._pressed: QPointF | None = None

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The corners set so far, as (row, column)."""
        return tuple(to_place(corner) for corner in self._corners)

    def clear(self) -> None:
        """Take all corners off."""
        self._corners = []
        self._report()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a corner, or else of the picture."""
        self._pressed = event.position()
        self._held = self._near(event.position())
        if self._held is None:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the held corner, or the picture."""
        if self._held is None:
            super().mouseMoveEvent(event)
            return
        self._corners[self._held] = self._inside(event.position())
        self._report()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click beside every corner sets the next one."""
        start, self._pressed = self._pressed, None
        held, self._held = self._held, None
        super().mouseReleaseEvent(event)
        still = start is not None and (event.position() - start).manhattanLength() <= _CLICK
        left = event.button() is Qt.MouseButton.LeftButton
        if still and left and held is None and len(self._corners) < CORNERS:
            self._corners.append(self._inside(event.position()))
            self._report()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Count as any press: two corners may lie near each other."""
        self.mousePressEvent(event)

    def paint_overlays(self, painter: QPainter) -> None:
        """Draw the corners in their order, and the outline they span."""
        super().paint_overlays(painter)
        places = [self.transform.to_screen(corner) for corner in self._corners]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 170), 4.0), (QColor(255, 255, 255), 1.6)):
            painter.setPen(QPen(colour, width))
            if len(places) == CORNERS:
                painter.drawPolygon(QPolygonF(places))
            else:
                painter.drawPolyline(QPolygonF(places))
            for place in places:
                painter.drawEllipse(place, 7, 7)
        painter.restore()
        for number, place in enumerate(places, start=1):
            draw_word(painter, f"{number}", place + QPointF(0, -20))

    def _near(self, point: QPointF) -> int | None:
        for number, corner in enumerate(self._corners):
            if (self.transform.to_screen(corner) - point).manhattanLength() <= _GRAB:
                return number
        return None

    def _inside(self, point: QPointF) -> QPointF:
        plane, size = self.transform.to_plane(point), self.viewport.picture
        return QPointF(
            min(max(plane.x(), 0.5), size.width() - 0.5),
            min(max(plane.y(), 0.5), size.height() - 0.5),
        )

    def _report(self) -> None:
        self.corners_changed.emit(len(self._corners))
        self.update()
