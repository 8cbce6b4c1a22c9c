"""Which part of a picture is shown, and how large; canvases that share one move together."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QTransform

LARGEST_SCALE = 32.0
STEP = 1.25
"""One step of the wheel or of the zoom keys."""


@dataclass(frozen=True, slots=True)
class Transform:
    """How a picture's plane lies on a widget: `scale` pixels per unit, `origin` its corner."""

    scale: float
    origin: QPointF

    def to_screen(self, point: QPointF) -> QPointF:
        """Return where a point of the plane is drawn."""
        return self.origin + point * self.scale

    def to_plane(self, point: QPointF) -> QPointF:
        """Return which point of the plane is drawn there."""
        return (point - self.origin) / self.scale

    def visible(self, place: QRectF) -> QRectF:
        """Return the part of the plane that is drawn inside a part of the widget."""
        return QRectF(self.to_plane(place.topLeft()), self.to_plane(place.bottomRight()))

    @property
    def transform(self) -> QTransform:
        """The painter's transform from the plane to the widget."""
        return QTransform(self.scale, 0, 0, self.scale, self.origin.x(), self.origin.y())


class Viewport(QObject):
    """Zoom and place of one picture; a scale of None fits it into whatever shows it."""

    changed = Signal()
    pointed = Signal(object)
    """Where the pointer is on the plane (QPointF), or None when it has left."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture = QSizeF(1, 1)
        self._scale: float | None = None
        self._centre = QPointF(0.5, 0.5)

    @property
    def picture(self) -> QSizeF:
        """Columns and rows of the picture."""
        return self._picture

    @property
    def fits(self) -> bool:
        """Whether the whole picture is shown."""
        return self._scale is None

    def set_picture(self, width: int, height: int) -> None:
        """Take another picture and fit it; one of the same size keeps its place."""
        if self._picture != QSizeF(width, height):
            self._picture = QSizeF(width, height)
            self.fit()

    def transform(self, widget: QSizeF) -> Transform:
        """Return how the picture lies on a widget of this size."""
        if self._scale is None:
            scale = fit_scale(self._picture, widget)
            centre = QPointF(self._picture.width() / 2, self._picture.height() / 2)
        else:
            scale, centre = self._scale, self._centre
        middle = QPointF(widget.width() / 2, widget.height() / 2)
        return Transform(scale, middle - centre * scale)

    def fit(self) -> None:
        """Show the whole picture."""
        self._scale = None
        self.changed.emit()

    def zoom(self, factor: float, at: QPointF, widget: QSizeF) -> None:
        """Zoom so that what is drawn at `at` stays there."""
        now = self.transform(widget)
        self.zoom_to(now.scale * factor, at, widget)

    def zoom_to(self, scale: float, at: QPointF, widget: QSizeF) -> None:
        """Zoom to a scale so that what is drawn at `at` stays there; all the way out fits."""
        kept = self.transform(widget).to_plane(at)
        smallest = fit_scale(self._picture, widget)
        if scale <= min(smallest, LARGEST_SCALE):
            self.fit()
            return
        scale = min(scale, LARGEST_SCALE)
        middle = QPointF(widget.width() / 2, widget.height() / 2)
        self._move_to(kept - (at - middle) / scale, scale)

    def pan(self, by: QPointF, widget: QSizeF) -> None:
        """Move the picture by so many widget pixels; one that is seen whole stays."""
        if self._scale is None:
            return
        now = self.transform(widget)
        middle = QPointF(widget.width() / 2, widget.height() / 2)
        self._move_to(now.to_plane(middle - by), now.scale)

    def show_point(self, point: QPointF, widget: QSizeF, least_scale: float = 0.0) -> None:
        """Bring a point of the plane to the middle, at `least_scale` or larger."""
        self._move_to(point, max(self.transform(widget).scale, least_scale))

    def _move_to(self, centre: QPointF, scale: float) -> None:
        # The picture's middle of the screen never leaves the picture, so it can't get lost.
        x = min(max(centre.x(), 0.0), self._picture.width())
        y = min(max(centre.y(), 0.0), self._picture.height())
        self._centre, self._scale = QPointF(x, y), scale
        self.changed.emit()


def fit_scale(picture: QSizeF, widget: QSizeF) -> float:
    """Return the scale at which the whole picture is just seen."""
    return max(min(widget.width() / picture.width(), widget.height() / picture.height()), 1e-4)
