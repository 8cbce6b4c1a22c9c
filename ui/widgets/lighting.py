"""The lamp over a relief: where it stands, what it shows, and a small dome to move it on."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QRadialGradient
from PySide6.QtWidgets import QWidget

from mnimage.kernels.shade import LOWEST, lamp_at
from ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent

    from mnimage.kernels.shade import Lamp

LARGEST_HEIGHT = 8.0
_START = (-0.62, -0.45)
_STEP = 0.1
_SIDE = 36


class Lighting(QObject):
    """One lamp for every picture of a pair, and how the surface is shown under it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = _START
        self._height = 1.0
        self._coloured = False
        self.follows = True
        """Whether the lamp goes where the pointer goes."""

    @property
    def place(self) -> tuple[float, float]:
        """Where the lamp stands over a disc of radius 1, seen from above: right and down."""
        return self._place

    @property
    def direction(self) -> Lamp:
        """Unit vector from the surface to the lamp."""
        return lamp_at(*self._place)

    @property
    def height(self) -> float:
        """By how much heights are exaggerated."""
        return self._height

    @property
    def coloured(self) -> bool:
        """Whether the skin keeps its own colour under the lamp."""
        return self._coloured

    def move_to(self, right: float, down: float) -> None:
        """Move the lamp; never below the rim."""
        away = max(hypot(right, down), 1.0)
        place = right / away, down / away
        if place != self._place:
            self._place = place
            self.changed.emit()

    def follow(self, point: QPointF, pane: QSize) -> None:
        """Stand over `point` of a pane, if the lamp follows the pointer."""
        if self.follows:
            reach = max(min(pane.width(), pane.height()) / 2, 1)
            right, down = point.x() - pane.width() / 2, point.y() - pane.height() / 2
            self.move_to(right / reach, down / reach)

    def set_height(self, height: float) -> None:
        """Exaggerate heights."""
        self._height = min(max(height, 1.0), LARGEST_HEIGHT)
        self.changed.emit()

    def set_coloured(self, coloured: bool) -> None:
        """Show the skin's own colour, or plain grey."""
        self._coloured = coloured
        self.changed.emit()


class LampPad(QWidget):
    """The dome seen from above, with the lamp on it; drag it, or use the arrow keys."""

    def __init__(self, lighting: Lighting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lighting = lighting
        self.setFixedSize(_SIDE, _SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName("lamp")
        self.setToolTip(
            self.tr("Where the lamp stands, seen from above. Drag it, or use the arrow keys.")
        )
        lighting.changed.connect(self._follow)
        self._follow()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the lamp here."""
        self._move(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the lamp along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Raise or sink the lamp."""
        right, down = self._lighting.place
        factor = 1 - _STEP if event.angleDelta().y() > 0 else 1 / (1 - _STEP)
        self._lighting.move_to(right * factor, down * factor)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the lamp by keys."""
        steps = {
            Qt.Key.Key_Left: (-_STEP, 0.0),
            Qt.Key.Key_Right: (_STEP, 0.0),
            Qt.Key.Key_Up: (0.0, -_STEP),
            Qt.Key.Key_Down: (0.0, _STEP),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        right, down = self._lighting.place
        self._lighting.move_to(right + step[0], down + step[1])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dome, bright where the lamp is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours_of(self.palette())
        disc = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        right, down = self._lighting.place
        reach = disc.width() / 2 - 4
        spot = disc.center() + QPointF(right, down) * reach
        shine = QRadialGradient(spot, disc.width() * 0.8)
        shine.setColorAt(0, QColor(244, 244, 244))
        shine.setColorAt(1, QColor(70, 70, 70))
        painter.setBrush(shine)
        edge = colours.accent if self.hasFocus() else colours.faint
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.drawEllipse(disc)
        painter.setBrush(QColor(255, 255, 255))
        painter.setPen(QPen(QColor(30, 30, 30), 1.5))
        painter.drawEllipse(spot, 4, 4)

    def _move(self, point: QPointF) -> None:
        reach = self.width() / 2 - 6
        self._lighting.move_to(
            (point.x() - self.width() / 2) / reach, (point.y() - self.height() / 2) / reach
        )

    def _follow(self) -> None:
        self.setAccessibleName(self.tr("Lamp: {0}").format(_place_words(self._lighting.direction)))
        self.update()


def _place_words(direction: Lamp) -> str:
    """Return where a lamp stands, in words for who does not see it."""
    right, down, up = direction
    if hypot(right, down) < LOWEST:
        return "overhead"
    sides = [
        word
        for word, part in (("left", -right), ("right", right), ("above", -down), ("below", down))
        if part > 0.3 * hypot(right, down)
    ]
    return f"from the {' and '.join(sides)}, {'low' if up < 0.5 else 'high'}"
