"""A rectangle of untreated skin that a user draws, the same on every picture of the pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from mnimage.report.words import number
from ui.widgets.overlays import draw_word, word_box

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.widgets.viewport import Transform

_GRAB = 10.0
"""Widget pixels within which a side or a corner is taken hold of."""
_SHORTEST = 6.0
"""Widget pixels under which a drag was a click."""
_KEY_STEP = 4.0
"""Widget pixels that an arrow key moves or stretches the rectangle by."""
_FIRST_PART = 0.25
"""Part of what is seen that a rectangle placed by a key takes."""
_GRIP = 4.0

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_WHOLE = frozenset(("left", "top", "right", "bottom"))

Sides = frozenset[str]
"""Which sides of a rectangle are held; all four move it as it is."""


class PatchTool(QObject):
    """One rectangle on the plane; while `armed` it can be drawn, moved, stretched and deleted."""

    changed = Signal()
    """The rectangle, or what is said of it, is another."""
    settled = Signal()
    """The hand has let go of another rectangle, or it was deleted."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._box: QRectF | None = None
        self._before: QRectF | None = None
        self._held: Sides = frozenset()
        self._grip = QPointF()
        self._armed = False
        self._trouble = ""
        self._mm_per_px: float | None = None
        self._bounds = QRectF()

    @property
    def box(self) -> QRectF | None:
        """The rectangle on the plane, its sides between pixels; None where there is none."""
        return self._box

    @property
    def armed(self) -> bool:
        """Whether the rectangle can be drawn and changed."""
        return self._armed

    def set_armed(self, armed: bool) -> None:
        """Let the rectangle be drawn and changed, or only be seen."""
        self._armed = armed
        self.changed.emit()

    def set_bounds(self, width: float, height: float, mm_per_px: float | None) -> None:
        """Keep the rectangle within a picture of this size and scale."""
        self._bounds, self._mm_per_px = QRectF(0, 0, width, height), mm_per_px

    def set_box(self, box: QRectF | None) -> None:
        """Show this rectangle, or none."""
        self._box, self._trouble = box, ""
        self.changed.emit()

    def set_trouble(self, words: str) -> None:
        """Say at the rectangle why it will not do; nothing where it will."""
        self._trouble = words
        self.changed.emit()

    @property
    def trouble(self) -> str:
        """Why the rectangle will not do."""
        return self._trouble

    @property
    def size_words(self) -> str:
        """How large the rectangle is: in mm where the scale is known, else in pixels."""
        if self._box is None:
            return ""
        sides = (self._box.width(), self._box.height())
        if self._mm_per_px is None:
            return " \N{MULTIPLICATION SIGN} ".join(f"{side:.0f}" for side in sides) + " px"
        lengths = [number(side * self._mm_per_px, 0) for side in sides]
        return " \N{MULTIPLICATION SIGN} ".join(lengths) + " mm"

    # What the hand does; points are on the plane, `unit` is the plane's length of a widget pixel

    def press(self, point: QPointF, unit: float) -> bool:
        """Take hold of the rectangle, or begin another; say whether the press was taken."""
        if not self._armed:
            return False
        self._before, self._grip = self._box, self._inside(point)
        self._held = self.held_at(point, unit)
        if not self._held:
            self._box, self._held = QRectF(self._grip, self._grip), frozenset(("right", "bottom"))
        self._trouble = ""
        return True

    def move(self, point: QPointF) -> None:
        """Take what is held along."""
        if self._box is None or not self._held:
            return
        here = self._inside(point)
        by = here - self._grip
        self._box = self._shifted(by) if self._held == _WHOLE else self._stretched(here)
        self._grip = here
        self.changed.emit()

    def release(self, unit: float) -> None:
        """Let go; a click without a drag leaves what was there before."""
        self._held = frozenset()
        if self._box is None:
            return
        box = self._box.normalized()
        clicked = min(box.width(), box.height()) < _SHORTEST * unit
        self._box = self._before if clicked else _on_pixels(box)
        self.changed.emit()
        if self._box != self._before:
            self.settled.emit()

    def held_at(self, point: QPointF, unit: float) -> Sides:
        """Return which sides a press here takes hold of."""
        box, reach = self._box, _GRAB * unit
        if box is None or not box.adjusted(-reach, -reach, reach, reach).contains(point):
            return frozenset()
        # In a small rectangle the middle third is left for moving it.
        across, down = min(reach, box.width() / 3), min(reach, box.height() / 3)
        near = {
            "left": point.x() < box.left() + across,
            "right": point.x() > box.right() - across,
            "top": point.y() < box.top() + down,
            "bottom": point.y() > box.bottom() - down,
        }
        return frozenset(side for side, is_near in near.items() if is_near) or _WHOLE

    def cursor_at(self, point: QPointF, unit: float) -> Qt.CursorShape | None:
        """Return what the pointer looks like here while the rectangle can be changed."""
        held = self.held_at(point, unit) if self._armed else frozenset()
        if not held:
            return None
        shapes = {
            _WHOLE: Qt.CursorShape.SizeAllCursor,
            frozenset(("left", "top")): Qt.CursorShape.SizeFDiagCursor,
            frozenset(("right", "bottom")): Qt.CursorShape.SizeFDiagCursor,
            frozenset(("right", "top")): Qt.CursorShape.SizeBDiagCursor,
            frozenset(("left", "bottom")): Qt.CursorShape.SizeBDiagCursor,
        }
        across = held <= {"left", "right"}
        return shapes.get(
            held, Qt.CursorShape.SizeHorCursor if across else Qt.CursorShape.SizeVerCursor
        )

    # What the keys do

    def key(self, key: int, *, stretch: bool, unit: float, seen: QRectF) -> bool:
        """Move, stretch, delete or place the rectangle; say whether the key was taken.

        `seen` is the part of the plane that is shown.
        """
        if not self._armed:
            return False
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._box is not None:
            self._settle(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._box is None:
            self._settle(self._in_the_middle(seen))
        elif key in _ARROWS and self._box is not None:
            across, down = _ARROWS[Qt.Key(key)]
            step = max(_KEY_STEP * unit, 1.0)
            by = QPointF(across * step, down * step)
            self._held = frozenset(("right", "bottom"))
            box = self._stretched(self._box.bottomRight() + by) if stretch else self._shifted(by)
            self._held = frozenset()
            self._settle(_on_pixels(box.normalized()))
        else:
            return False
        return True

    def delete(self) -> None:
        """Take the rectangle away."""
        if self._box is not None:
            self._settle(None)

    def _settle(self, box: QRectF | None) -> None:
        self.set_box(box)
        self.settled.emit()

    def _in_the_middle(self, seen: QRectF) -> QRectF:
        shown = seen.intersected(self._bounds)
        side = max(min(shown.width(), shown.height()) * _FIRST_PART, 2.0)
        middle = shown.center() - QPointF(side / 2, side / 2)
        return _on_pixels(QRectF(middle.x(), middle.y(), side, side))

    def _shifted(self, by: QPointF) -> QRectF:
        box = self._copy()
        box.translate(by)
        box.moveLeft(min(max(box.left(), 0.0), self._bounds.width() - box.width()))
        box.moveTop(min(max(box.top(), 0.0), self._bounds.height() - box.height()))
        return box

    def _stretched(self, here: QPointF) -> QRectF:
        box, here = self._copy(), self._inside(here)
        setters: dict[str, Callable[[], None]] = {
            "left": lambda: box.setLeft(here.x()),
            "right": lambda: box.setRight(here.x()),
            "top": lambda: box.setTop(here.y()),
            "bottom": lambda: box.setBottom(here.y()),
        }
        for side in self._held:
            setters[side]()
        return box

    def _copy(self) -> QRectF:
        # An empty rectangle counts as false, so None is asked for by name.
        return QRectF() if self._box is None else QRectF(self._box)

    def _inside(self, point: QPointF) -> QPointF:
        return QPointF(
            min(max(point.x(), 0.0), self._bounds.width()),
            min(max(point.y(), 0.0), self._bounds.height()),
        )

    # Painting

    def draw(self, painter: QPainter, transform: Transform, pane: QRectF) -> None:
        """Draw the rectangle with its name, and what is to be said of it, inside a pane."""
        if self._box is None:
            return
        box = self._box.normalized()
        place = QRectF(transform.to_screen(box.topLeft()), transform.to_screen(box.bottomRight()))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Dashed while it will not do, so that this is seen without any colour.
        style = Qt.PenStyle.DashLine if self._trouble else Qt.PenStyle.SolidLine
        for colour, width, line in (
            (QColor(0, 0, 0, 170), 4.0, Qt.PenStyle.SolidLine),
            (QColor(255, 255, 255), 1.6, style),
        ):
            painter.setPen(QPen(colour, width, line))
            painter.drawRect(place)
        if self._armed:
            self._draw_grips(painter, place)
        painter.restore()
        words = [self._name, self.size_words] if self._armed else [self._name]
        _draw_given(painter, " ".join(words), QPointF(place.center().x(), place.top() - 14), pane)
        if self._trouble:
            below = QPointF(place.center().x(), place.bottom() + 16)
            _draw_given(painter, self._trouble, below, pane)

    def _draw_grips(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QPen(QColor(0, 0, 0), 1))
        painter.setBrush(QColor(255, 255, 255))
        for x in (place.left(), place.right()):
            for y in (place.top(), place.bottom()):
                painter.drawRect(QRectF(x - _GRIP, y - _GRIP, 2 * _GRIP, 2 * _GRIP))


def _on_pixels(box: QRectF) -> QRectF:
    """Return the rectangle with its sides between pixels, at least one pixel large."""
    left, top = round(box.left()), round(box.top())
    wide, tall = round(box.right()) - left, round(box.bottom()) - top
    return QRectF(left, top, max(wide, 1), max(tall, 1))


def _draw_given(painter: QPainter, words: str, centre: QPointF, pane: QRectF) -> None:
    """Draw words around a point, moved as far as they need to be seen whole."""
    ground = word_box(painter, words, centre)
    inner = pane.adjusted(4, 4, -4, -4)
    x = min(max(ground.left(), inner.left()), max(inner.right() - ground.width(), inner.left()))
    y = min(max(ground.top(), inner.top()), max(inner.bottom() - ground.height(), inner.top()))
    draw_word(painter, words, QPointF(x + ground.width() / 2, y + ground.height() / 2))
