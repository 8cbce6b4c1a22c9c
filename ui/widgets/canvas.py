"""A zoomable picture. Several that share a viewport zoom and move together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
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
from ui.widgets.overlays import (
    Label,
    Reading,
    draw_key,
    draw_label,
    draw_reading,
    draw_scale,
    draw_word,
    place_reading,
    word_box,
)
from ui.widgets.viewport import STEP, Viewport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ui.widgets.lighting import Lighting
    from ui.widgets.line import LineTool
    from ui.widgets.overlays import Key
    from ui.widgets.patch import PatchTool
    from ui.widgets.qimage import Drawable, Outline, Overlay, Patch
    from ui.widgets.viewport import Transform

_WHEEL_NOTCH = 120.0
_PAN_STEP = 48.0
_HELP = "Picture. Plus and minus zoom, 0 fits, arrow keys move."


@dataclass(frozen=True)
class Picture:
    """What one pane shows: the photo, what hides the part not seen, a map, and left-out skin.

    In place of the photo there may be its relief under a lamp (`lit`), which a map then colours.
    """

    pyramid: Drawable = field(repr=False)
    veil: Overlay | None = None
    map: Overlay | None = None
    patches: tuple[Patch, ...] = field(default=(), repr=False)
    lit: bool = False


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
        self._pattern_key: Key = ()
        self._mm_per_px: float | None = None
        self._probe: Callable[[QPointF], str] | None = None
        self._reading: Reading | None = None
        self._opacity = 0.7
        self._grip: QPointF | None = None
        self._ghost: QPointF | None = None
        self._lighting: Lighting | None = None
        self._line: LineTool | None = None
        self._patch: PatchTool | None = None
        self._taken: LineTool | PatchTool | None = None
        self.setAccessibleName(name)
        self.setAccessibleDescription(_HELP)
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

    def show_key(self, key: Key) -> None:
        """Say in the lower corner what the patterns on the picture mean."""
        self._pattern_key = key
        stated = ". ".join(words for _, words in key)
        self.setAccessibleDescription(" ".join(filter(None, (_HELP, stated))))
        self.update()

    def set_scale(self, mm_per_px: float | None) -> None:
        """Show how long a millimetre is; None takes the scale bar off."""
        self._mm_per_px = mm_per_px
        self.update()

    def set_probe(self, probe: Callable[[QPointF], str] | None) -> None:
        """Report beside the pointer what `probe` says of the point of the plane under it."""
        self._probe = probe
        self._read(None)

    def set_lighting(self, lighting: Lighting) -> None:
        """Follow a lamp, which is moved by the pointer while a relief is shown."""
        self._lighting = lighting
        lighting.changed.connect(self._relight)

    def set_line(self, line: LineTool) -> None:
        """Show a line across the skin, and let it be drawn."""
        self._line = line
        line.changed.connect(self.update)
        line.cursor_moved.connect(self.update)

    def set_patch(self, patch: PatchTool) -> None:
        """Show a rectangle of skin, and let it be drawn."""
        self._patch = patch
        patch.changed.connect(self.update)

    @property
    def shows_relief(self) -> bool:
        """Whether a relief is shown in place of the photo."""
        return self._picture is not None and self._picture.lit

    @property
    def reading(self) -> str:
        """What is shown beside the pointer now."""
        return self._reading.words if self._reading else ""

    def set_opacity(self, opacity: float) -> None:
        """Set how strongly the map covers the photo, 0..1."""
        self._opacity = opacity
        self.update()

    @property
    def viewport(self) -> Viewport:
        """Zoom and place, shared by linked canvases."""
        return self._viewport

    @property
    def transform(self) -> Transform:
        """How the picture lies on this widget now."""
        return self._viewport.transform(QSizeF(self.size()))

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
        if notches and self._picture_seen():
            self._viewport.zoom(STEP**notches, event.position(), QSizeF(self.size()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the rectangle or the line, or else of the picture."""
        if event.button() is Qt.MouseButton.LeftButton and self._picture_seen():
            place = self._on_plane(event.position())
            tools = (self._patch, self._line)
            self._taken = next((tool for tool in tools if tool and tool.press(*place)), None)
            if self._taken:
                return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip = event.position()
            if not self._viewport.fits:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture, or report to linked canvases where the pointer is."""
        if self._taken:
            self._taken.move(self.transform.to_plane(event.position()))
            return
        if self._grip is None:
            self._hover(event.position())
            return
        self._read(None)
        self._viewport.pan(event.position() - self._grip, QSizeF(self.size()))
        self._grip = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the rectangle or the line, or of the picture."""
        if self._taken:
            self._taken.release(1 / self.transform.scale)
        self._taken = None
        self._grip = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole picture."""
        self._viewport.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Report the scale, which follows the size while the picture fits."""
        super().resizeEvent(event)
        self._follow()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the pointer's echo off linked canvases."""
        self._viewport.pointed.emit(None)
        self._read(None)
        if self._line:
            self._line.set_cursor(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and move by keys."""
        if not self._patch_key(event) and not self._key(event.key()):
            super().keyPressEvent(event)

    def _patch_key(self, event: QKeyEvent) -> bool:
        stretch = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        transform, key = self.transform, event.key()
        seen, unit = transform.visible(QRectF(self.rect())), 1 / transform.scale
        patch = self._patch if self._picture_seen() else None
        return patch is not None and patch.key(key, stretch=stretch, unit=unit, seen=seen)

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

    def _hover(self, pointer: QPointF) -> None:
        """Report where the pointer is; the lamp stands still while a line is drawn."""
        self._viewport.pointed.emit(self.transform.to_plane(pointer))
        self._read(pointer)
        if self._line:
            self._line.hover(*self._on_plane(pointer))
        if self._patch and self._patch.armed:
            shape = self._patch.cursor_at(*self._on_plane(pointer))
            self.setCursor(Qt.CursorShape.CrossCursor if shape is None else shape)
        if self._lighting and self.shows_relief and not (self._line and self._line.armed):
            self._lighting.follow(pointer, self.size())

    def _on_plane(self, pointer: QPointF) -> tuple[QPointF, float]:
        """Return the point of the plane there, and how long a widget pixel is on the plane."""
        transform = self.transform
        return transform.to_plane(pointer), 1 / transform.scale

    def _relight(self) -> None:
        if self.shows_relief:
            self.update()

    def _follow(self) -> None:
        self.zoomed.emit(self.transform.scale * self.devicePixelRatioF())
        self.update()

    def _show_ghost(self, point: QPointF | None) -> None:
        shown = None if self.underMouse() else point
        for spot in (self._ghost, shown):
            if spot is not None:
                centre = self.transform.to_screen(spot).toPoint()
                self.update(centre.x() - 16, centre.y() - 16, 32, 32)
        self._ghost = shown

    def _read(self, pointer: QPointF | None) -> None:
        """Report what is under the pointer, and take away what was shown before."""
        words = ""
        if pointer is not None and self._probe:
            words = self._probe(self.transform.to_plane(pointer))
        reading = None
        if pointer is not None and words:
            reading = place_reading(words, pointer, QRectF(self.rect()), self.font())
        for each in (self._reading, reading):
            if each:
                self.update(each.box.toAlignedRect().adjusted(-1, -1, 1, 1))
        self._reading = reading

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
        if self._line and self._picture_seen():
            self._line.draw(painter, self.transform)
        if self._patch and self._picture_seen():
            self._patch.draw(painter, self.transform, QRectF(self.rect()))
        self.paint_overlays(painter)
        colours = self.palette_colours()
        if self._picture_seen():
            corner = QRectF(self.rect())
            if self._mm_per_px:
                per_mm = self.transform.scale / self._mm_per_px
                corner.setBottom(draw_scale(painter, per_mm, corner, colours))
            draw_key(painter, self._pattern_key, corner, colours)
        if self._reading:
            draw_reading(painter, self._reading, colours)
        if self.hasFocus():
            # Neutral: a coloured frame would change how red the skin beside it looks.
            painter.setPen(QPen(QColor(colours.soft), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def paint_pictures(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw the picture with its map."""
        if self._picture:
            self.draw_picture(painter, self._picture, exposed)

    def _picture_seen(self) -> bool:
        return self._picture is not None

    def paint_overlays(self, painter: QPainter) -> None:
        """Draw what lies over everything: the label."""
        draw_label(painter, self._label, QRectF(self.rect()), self.palette_colours())

    def palette_colours(self) -> theme.Colours:
        """Return the theme this widget is drawn in."""
        return theme.colours_of(self.palette())

    def draw_picture(self, painter: QPainter, picture: Picture, exposed: QRectF) -> None:
        """Draw one picture with veil and map, inside an exposed part of the widget."""
        transform = self.transform
        part = transform.visible(exposed.adjusted(-1, -1, 1, 1))
        painter.save()
        painter.setTransform(transform.transform, True)
        view = transform.visible(QRectF(self.rect()).adjusted(-1, -1, 1, 1))
        picture.pyramid.draw(painter, transform.scale * self.devicePixelRatioF(), part, view)
        whole = QRectF(0, 0, picture.pyramid.width, picture.pyramid.height)
        if picture.map:
            if picture.lit:
                # On the middle grey of level skin this keeps the map's colours and the relief.
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Overlay)
            picture.map.draw(painter, part.intersected(whole), self._opacity)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if picture.veil:
            picture.veil.draw(painter, part.intersected(whole))
        painter.restore()
        for patch in picture.patches:
            patch.draw(painter, transform.transform, exposed)

    def _paint_outlines(self, painter: QPainter) -> None:
        if not self._outlines:
            return
        transform = self.transform
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(transform.transform, True)
        for colour, width in ((QColor(0, 0, 0, 150), 3.0), (QColor(255, 255, 255, 230), 1.2)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            for outline in self._outlines:
                painter.drawPath(outline.path)
        painter.restore()
        drawn: list[QRectF] = []
        for outline in self._outlines:
            box = word_box(painter, outline.name, transform.to_screen(outline.anchor))
            # Where words would lie on each other only the first is shown; zooming in shows all.
            if not any(box.intersects(other) for other in drawn):
                draw_word(painter, outline.name, transform.to_screen(outline.anchor))
                drawn.append(box)

    def _paint_marks(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for point, word in self._marks:
            centre = self.transform.to_screen(point)
            _draw_ring(painter, centre, 11)
            draw_word(painter, word, centre + QPointF(0, 22))
        painter.restore()

    def _paint_ghost(self, painter: QPainter) -> None:
        if self._ghost is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_ring(painter, self.transform.to_screen(self._ghost), 7)
        painter.restore()


def _draw_ring(painter: QPainter, centre: QPointF, radius: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor(0, 0, 0, 170), 4.0), (QColor(255, 255, 255), 1.6)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(centre, radius, radius)
