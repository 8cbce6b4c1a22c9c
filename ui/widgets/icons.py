"""Own icons, one family, drawn in the colours of the palette."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolButton, QWidget

from ui import theme
from ui.resources import asset

_SHARPNESS = (1, 2, 3)
"""Device pixels per pixel for which each icon is drawn."""


def icon(name: str, palette: QPalette) -> QIcon:
    """Return an icon in the palette's text colour, paler where it is disabled."""
    group, role = QPalette.ColorGroup, QPalette.ColorRole.ButtonText
    made = QIcon()
    for state, mode in ((group.Active, QIcon.Mode.Normal), (group.Disabled, QIcon.Mode.Disabled)):
        for sharpness in _SHARPNESS:
            made.addPixmap(pixmap(name, palette.color(state, role), sharpness=sharpness), mode)
    return made


def pixmap(name: str, colour: QColor, size: int = theme.ICON, *, sharpness: float = 1.0) -> QPixmap:
    """Return an icon in one colour at `size` pixels, `sharpness` device pixels each."""
    side = round(size * sharpness)
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    draw(painter, name, colour, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(sharpness)
    return made


def draw(painter: QPainter, name: str, colour: QColor, place: QRectF) -> None:
    """Draw an icon into `place`."""
    drawing = _drawing(name).replace("currentColor", colour.name())
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, place)


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    return asset(f"icons/{name}.svg").read_text(encoding="utf-8")


class IconButton(QToolButton):
    """A button with one of our icons; `name` is what a screen reader says and the tip shows."""

    def __init__(self, drawing: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        self.setMinimumSize(theme.TOUCH, theme.TOUCH)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Redraw in the colours of a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._redraw()

    def _redraw(self) -> None:
        self.setIcon(icon(self._drawing, self.palette()))
