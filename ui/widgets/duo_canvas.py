"""Two photos of one frame in one place: wiped, blended, blinked or subtracted."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui import theme
from ui.widgets.canvas import Canvas, Picture
from ui.widgets.overlays import Label, draw_label
from ui.widgets.qimage import difference

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QMouseEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from ui.widgets.qimage import Overlay
    from ui.widgets.viewport import Viewport

BLINK_MS = 700
GAIN = 3.0
"""How strongly differences are shown; said in the label."""

_GRAB = 12.0
_NUDGE = 0.05
_GRIP_HEIGHT = 40.0


class CompareMode(StrEnum):
    """How two photos are compared."""

    SIDE = "side"
    WIPE = "wipe"
    BLEND = "blend"
    BLINK = "blink"
    DIFFERENCE = "difference"


class DuoCanvas(Canvas):
    """Before and after on one canvas; `mix` runs from 0 (all before) to 1 (all after)."""

    mix_changed = Signal(float)

    def __init__(self, viewport: Viewport, name: str, parent: QWidget | None = None) -> None:
        super().__init__(viewport, name, parent)
        self._before: Picture | None = None
        self._after: Picture | None = None
        self._labels = (Label("Before"), Label("After"))
        self._change: Overlay | None = None
        self._change_words = ""
        self._mode = CompareMode.WIPE
        self._mix = {CompareMode.WIPE: 0.5, CompareMode.BLEND: 0.5}
        self._blinked = False
        self._dragging = False
        self._timer = QTimer(self)
        self._timer.setInterval(BLINK_MS)
        self._timer.timeout.connect(self._blink)

    # What is shown

    def show_pair(self, before: Picture, after: Picture, labels: tuple[Label, Label]) -> None:
        """Show two photos of one frame."""
        self._before, self._after, self._labels = before, after, labels
        self._describe()
        self.update()

    def show_change(self, change: Overlay | None, words: str = "") -> None:
        """Show a map of change in place of the plain difference."""
        self._change, self._change_words = change, words
        self._describe()
        self.update()

    def set_mode(self, mode: CompareMode) -> None:
        """Choose how the two are shown."""
        self._mode = mode
        self._blinked = False
        self._pulse()
        self._describe()
        self.update()

    @property
    def shows_relief(self) -> bool:
        """Whether reliefs are shown in place of the photos."""
        return self._before is not None and self._before.lit

    @property
    def mix(self) -> float:
        """Place of the divider, or strength of the photo after, 0..1."""
        return self._mix.get(self._mode, 0.5)

    def set_mix(self, mix: float) -> None:
        """Move the divider, or blend."""
        if self._mode in self._mix:
            self._mix[self._mode] = min(max(mix, 0.0), 1.0)
            self.mix_changed.emit(self.mix)
            self.update()

    # What the hand does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the divider, or else of the picture."""
        self._dragging = self._on_divider(event.position())
        if not self._dragging:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the divider, or else the picture."""
        if self._dragging:
            self.set_mix(event.position().x() / max(self.width(), 1))
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            if self._on_divider(event.position()):
                self.setCursor(Qt.CursorShape.SplitHCursor)
            elif not (self._patch and self._patch.armed):
                self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._dragging = False
        super().mouseReleaseEvent(event)

    def _on_divider(self, point: QPointF) -> bool:
        return self._mode is CompareMode.WIPE and abs(point.x() - self._divider()) <= _GRAB

    def _divider(self) -> float:
        return round(self._mix[CompareMode.WIPE] * self.width())

    def _key(self, key: int) -> bool:
        sides = {Qt.Key.Key_Left: -_NUDGE, Qt.Key.Key_Right: _NUDGE}
        if self._mode in self._mix and key in sides:
            self.set_mix(self.mix + sides[Qt.Key(key)])
            return True
        return super()._key(key)

    # Blinking

    def showEvent(self, event: QShowEvent) -> None:
        """Blink only while seen."""
        super().showEvent(event)
        self._pulse()

    def hideEvent(self, event: QHideEvent) -> None:
        """Blink only while seen."""
        super().hideEvent(event)
        self._timer.stop()

    def _pulse(self) -> None:
        if self._mode is CompareMode.BLINK and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _blink(self) -> None:
        self._blinked = not self._blinked
        self.update()

    # Painting

    def paint_pictures(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw both photos as the mode asks."""
        if self._before is None or self._after is None:
            return
        paint = {
            CompareMode.WIPE: self._paint_wipe,
            CompareMode.BLEND: self._paint_blend,
            CompareMode.BLINK: self._paint_blink,
            CompareMode.DIFFERENCE: self._paint_difference,
        }
        paint.get(self._mode, self._paint_wipe)(painter, self._before, self._after, exposed)

    def _paint_wipe(
        self, painter: QPainter, before: Picture, after: Picture, exposed: QRectF
    ) -> None:
        divider, wide, tall = self._divider(), self.width(), self.height()
        for picture, half in (
            (before, QRectF(0, 0, divider, tall)),
            (after, QRectF(divider, 0, wide - divider, tall)),
        ):
            painter.save()
            painter.setClipRect(half)
            self.draw_picture(painter, picture, exposed.intersected(half))
            painter.restore()

    def _paint_blend(
        self, painter: QPainter, before: Picture, after: Picture, exposed: QRectF
    ) -> None:
        self.draw_picture(painter, before, exposed)
        painter.save()
        painter.setOpacity(self._mix[CompareMode.BLEND])
        self.draw_picture(painter, after, exposed)
        painter.restore()

    def _paint_blink(
        self, painter: QPainter, before: Picture, after: Picture, exposed: QRectF
    ) -> None:
        self.draw_picture(painter, after if self._blinked else before, exposed)

    def _paint_difference(
        self, painter: QPainter, before: Picture, after: Picture, exposed: QRectF
    ) -> None:
        if self._change:
            change = Picture(
                before.pyramid, after.veil, self._change, before.patches, lit=before.lit
            )
            self.draw_picture(painter, change, exposed)
            return
        bare = [Picture(each.pyramid, after.veil, lit=each.lit) for each in (before, after)]
        images = [self._rendered(picture, exposed) for picture in bare]
        shown = difference(images[0], images[1], GAIN)
        painter.save()
        painter.setClipRect(self._plane_on_screen().intersected(exposed))
        painter.drawImage(exposed.topLeft(), shown)
        painter.restore()

    def _rendered(self, picture: Picture, exposed: QRectF) -> QImage:
        sharpness = self.devicePixelRatioF()
        size = (exposed.size() * sharpness).toSize()
        image = QImage(size, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(sharpness)
        image.fill(QColor(128, 128, 128))
        painter = QPainter(image)
        painter.translate(-exposed.topLeft())
        self.draw_picture(painter, picture, exposed)
        painter.end()
        return image

    def _plane_on_screen(self) -> QRectF:
        transform, size = self.transform, self._viewport.picture
        return QRectF(transform.origin, size * transform.scale)

    def paint_overlays(self, painter: QPainter) -> None:
        """Draw the divider and then the labels, which nothing covers."""
        if self._before is None:
            return
        if self._mode is CompareMode.WIPE:
            self._paint_divider(painter)
        pane, colours = QRectF(self.rect()), self.palette_colours()
        left, right = self._corner_labels()
        half = pane.adjusted(0, 0, -pane.width() / 2, 0) if right else pane
        if left:
            draw_label(painter, left, half, colours)
        if right:
            other = pane.adjusted(pane.width() / 2, 0, 0, 0) if left else pane
            draw_label(painter, right, other, colours, right=True)

    def _picture_seen(self) -> bool:
        return self._before is not None

    def _corner_labels(self) -> tuple[Label | None, Label | None]:
        before, after = self._labels
        match self._mode:
            case CompareMode.BLINK:
                return (None, after) if self._blinked else (before, None)
            case CompareMode.DIFFERENCE:
                return Label(self._difference_words(), f"{before.detail}  →  {after.detail}"), None
            case _:
                return before, after

    def _difference_words(self) -> str:
        if self._change:
            return self._change_words
        return self.tr("After minus before, shown {0} times stronger").format(f"{GAIN:g}")

    def _paint_divider(self, painter: QPainter) -> None:
        # The grip is low, so that a spot brought to the middle stays free.
        x, middle = self._divider(), self.height() - _GRIP_HEIGHT
        colours = theme.colours_of(self.palette())
        painter.save()
        painter.setPen(QPen(QColor(0, 0, 0, 120), 3))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(QPen(QColor(255, 255, 255), 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(colours.window))
        painter.setPen(QPen(QColor(colours.text), 1.5))
        painter.drawEllipse(QPointF(x, middle), 13, 13)
        for side in (-1, 1):
            tip, tail = x + side * 7, x + side * 3.5
            painter.drawLine(QPointF(tip, middle), QPointF(tail, middle - 4))
            painter.drawLine(QPointF(tip, middle), QPointF(tail, middle + 4))
        painter.restore()

    def _describe(self) -> None:
        before, after = self._labels
        words = self._difference_words() if self._mode is CompareMode.DIFFERENCE else ""
        self.setAccessibleName(
            " ".join(filter(None, (self._mode.value, before.title, after.title, words)))
        )

    def changeEvent(self, event: QEvent) -> None:
        """Redraw in a new theme."""
        super().changeEvent(event)
        self.update()
