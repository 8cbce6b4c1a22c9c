"""A zoomable picture. Several that share a viewport zoom and move together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.widgets.viewport import STEP, Viewport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ui.widgets.qimage import Outline, Pyramid, Sheet
    from ui.widgets.viewport import Placing

_WHEEL_NOTCH = 120.0
_PAN_STEP = 48.0


@dataclass(frozen=True)
class Picture:
    """What one pane shows: the photo, what hides the part not seen, and a map over it."""

    pyramid: Pyramid = field(repr=False)
    veil: Sheet | None = None
    map: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A pane's words in its corner: what it is, then when and which file."""

    title: str
    detail: str = ""


class Canvas(QWidget):
    """One picture with map, outlines and label; wheel zooms, drag moves, double click fits."""

    zoomed = Signal(float)

    def __init__(self, viewport: Viewport, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._picture: Picture | None = None
        self._label = Label(name)
        self._outlines: tuple[Outline, ...] = ()
        self._marks: tuple[tuple[QPointF, str], ...] = ()
        self._opacity = 0.7
        self._grip: QPointF | None = None
        self._ghost: QPointF | None = None
        self.setAccessibleName(name)
        self.setAccessibleDescription(
            self.tr("Picture. Plus and minus zoom, 0 fits, arrow keys move.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setCursor(Qt.CursorShape.CrossCursor)
        viewport.changed.connect(self._follow)
        viewport.pointed.connect(self._show_ghost)

    # What is shown

    def show_picture(self, picture: Picture | None, label: Label) -> None:
        """Show a picture and its label."""
        self._picture, self._label = picture, label
        words = " ".join(part for part in (label.title, label.detail) if part)
        self.setAccessibleName(words)
        self.update()

    def show_outlines(self, outlines: tuple[Outline, ...]) -> None:
        """Show the borders of zones."""
        self._outlines = outlines
        self.update()

    def show_marks(self, marks: tuple[tuple[QPointF, str], ...]) -> None:
        """Show small rings with a word, at points of the plane."""
        self._marks = marks
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """Set how strongly the map covers the photo, 0..1."""
        self._opacity = opacity
        self.update()

    @property
    def viewport(self) -> Viewport:
        """Zoom and place, shared by linked canvases."""
        return self._viewport

    @property
    def placing(self) -> Placing:
        """How the picture lies on this widget now."""
        return self._viewport.placing(QSizeF(self.size()))

    # What the hand does

    def zoom(self, factor: float) -> None:
        """Zoom around the middle."""
        self._viewport.zoom(factor, QRectF(self.rect()).center(), QSizeF(self.size()))

    def zoom_to(self, scale: float) -> None:
        """Zoom to device pixels per picture pixel, around the middle."""
        scale /= self.devicePixelRatioF()
        self._viewport.zoom_to(scale, QRectF(self.rect()).center(), QSizeF(self.size()))

    def show_point(self, point: QPointF, least_scale: float = 0.0) -> None:
        """Bring a point of the plane to the middle."""
        self._viewport.show_point(point, QSizeF(self.size()), least_scale)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        notches = event.angleDelta().y() / _WHEEL_NOTCH
        if notches and self._picture:
            self._viewport.zoom(STEP**notches, event.position(), QSizeF(self.size()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip = event.position()
            if not self._viewport.fits:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture, or tell linked canvases where the pointer is."""
        if self._grip is None:
            self._viewport.pointed.emit(self.placing.to_plane(event.position()))
            return
        self._viewport.pan(event.position() - self._grip, QSizeF(self.size()))
        self._grip = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the picture."""
        self._grip = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole picture."""
        self._viewport.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the scale, which follows the size while the picture fits."""
        super().resizeEvent(event)
        self._follow()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the pointer's echo off linked canvases."""
        self._viewport.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and move by keys."""
        if not self._key(event.key()):
            super().keyPressEvent(event)

    def _key(self, key: int) -> bool:
        keys: Mapping[int, Callable[[], None]] = {
            Qt.Key.Key_Plus: lambda: self.zoom(STEP),
            Qt.Key.Key_Equal: lambda: self.zoom(STEP),
            Qt.Key.Key_Minus: lambda: self.zoom(1 / STEP),
            Qt.Key.Key_0: self._viewport.fit,
            Qt.Key.Key_Left: lambda: self._step(_PAN_STEP, 0),
            Qt.Key.Key_Right: lambda: self._step(-_PAN_STEP, 0),
            Qt.Key.Key_Up: lambda: self._step(0, _PAN_STEP),
            Qt.Key.Key_Down: lambda: self._step(0, -_PAN_STEP),
        }
        if key not in keys:
            return False
        keys[key]()
        return True

    def _step(self, across: float, down: float) -> None:
        self._viewport.pan(QPointF(across, down), QSizeF(self.size()))

    def _follow(self) -> None:
        self.zoomed.emit(self.placing.scale * self.devicePixelRatioF())
        self.update()

    def _show_ghost(self, point: QPointF | None) -> None:
        shown = None if self.underMouse() else point
        for spot in (self._ghost, shown):
            if spot is not None:
                centre = self.placing.to_screen(spot).toPoint()
                self.update(centre.x() - 16, centre.y() - 16, 32, 32)
        self._ghost = shown

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw only what lies in the exposed part, from the level that fits."""
        painter = QPainter(self)
        colours = theme.colours_of(self.palette())
        painter.fillRect(event.rect(), QColor(colours.surround))
        self.paint_pictures(painter, QRectF(event.rect()))
        self._paint_outlines(painter)
        self._paint_marks(painter)
        self._paint_ghost(painter)
        self.paint_furniture(painter)
        if self.hasFocus():
            # Neutral: a coloured frame would change how red the skin beside it looks.
            painter.setPen(QPen(QColor(colours.soft), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def paint_pictures(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw the picture with its map."""
        if self._picture:
            self.draw_picture(painter, self._picture, exposed)

    def paint_furniture(self, painter: QPainter) -> None:
        """Draw what lies over everything: the label."""
        draw_label(painter, self._label, QRectF(self.rect()), self.palette_colours())

    def palette_colours(self) -> theme.Colours:
        """Return the theme this widget is drawn in."""
        return theme.colours_of(self.palette())

    def draw_picture(self, painter: QPainter, picture: Picture, exposed: QRectF) -> None:
        """Draw one picture with veil and map, inside an exposed part of the widget."""
        placing = self.placing
        part = placing.visible(exposed.adjusted(-1, -1, 1, 1))
        painter.save()
        painter.setTransform(placing.transform, True)
        picture.pyramid.draw(painter, placing.scale * self.devicePixelRatioF(), part)
        whole = QRectF(0, 0, picture.pyramid.width, picture.pyramid.height)
        if picture.map:
            picture.map.draw(painter, part.intersected(whole), self._opacity)
        if picture.veil:
            picture.veil.draw(painter, part.intersected(whole))
        painter.restore()

    def _paint_outlines(self, painter: QPainter) -> None:
        if not self._outlines:
            return
        placing = self.placing
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(placing.transform, True)
        for colour, width in ((QColor(0, 0, 0, 150), 3.0), (QColor(255, 255, 255, 230), 1.2)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            for outline in self._outlines:
                painter.drawPath(outline.path)
        painter.restore()
        for outline in self._outlines:
            _draw_word(painter, outline.name, placing.to_screen(outline.anchor))

    def _paint_marks(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for point, word in self._marks:
            centre = self.placing.to_screen(point)
            _draw_ring(painter, centre, 11)
            _draw_word(painter, word, centre + QPointF(0, 22))
        painter.restore()

    def _paint_ghost(self, painter: QPainter) -> None:
        if self._ghost is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_ring(painter, self.placing.to_screen(self._ghost), 7)
        painter.restore()


def draw_label(
    painter: QPainter, label: Label, pane: QRectF, colours: theme.Colours, *, right: bool = False
) -> None:
    """Draw a pane's label into its upper corner, shortened to the pane's width."""
    bold = theme.sized(painter.font(), theme.BASE_PT, bold=True)
    plain = theme.sized(painter.font(), theme.SMALL_PT)
    widest = max(pane.width() - 4 * theme.GRID, 24.0)
    title = QFontMetricsF(bold).elidedText(label.title, Qt.TextElideMode.ElideRight, widest)
    detail = QFontMetricsF(plain).elidedText(label.detail, Qt.TextElideMode.ElideMiddle, widest)
    first, second = QFontMetricsF(bold), QFontMetricsF(plain)
    wide = max(first.horizontalAdvance(title), second.horizontalAdvance(detail)) + 16
    tall = first.height() + (second.height() if detail else 0) + 8
    left = pane.right() - wide - theme.GRID if right else pane.left() + theme.GRID
    box = QRectF(left, pane.top() + theme.GRID, wide, tall)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    back = QColor(colours.window)
    back.setAlpha(232)
    painter.setBrush(back)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
    painter.setPen(QColor(colours.text))
    painter.setFont(bold)
    painter.drawText(QPointF(box.left() + 8, box.top() + 4 + first.ascent()), title)
    painter.setFont(plain)
    painter.setPen(QColor(colours.soft))
    painter.drawText(
        QPointF(box.left() + 8, box.top() + 4 + first.height() + second.ascent()), detail
    )
    painter.restore()


def _draw_ring(painter: QPainter, centre: QPointF, radius: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor(0, 0, 0, 170), 4.0), (QColor(255, 255, 255), 1.6)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(centre, radius, radius)


def _draw_word(painter: QPainter, word: str, centre: QPointF) -> None:
    painter.save()
    font = theme.sized(painter.font(), theme.SMALL_PT)
    painter.setFont(font)
    size = QFontMetricsF(font).boundingRect(word).size()
    box = QRectF(0, 0, size.width() + 10, size.height() + 4)
    box.moveCenter(centre)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 150))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
    painter.restore()
