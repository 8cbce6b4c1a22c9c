"""What a map's colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.widgets.qimage import rgba_image

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QPaintEvent

    from mnimage.report.legend import Legend

_BAR = 10
_MARGIN = 22


class LegendBar(QWidget):
    """A bar of colours with round values and the unit; empty where no map is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend: Legend | None = None
        self._colors: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend: no map shown"))

    def show_legend(self, legend: Legend | None) -> None:
        """Show what a map's colours mean, or nothing."""
        self._legend = legend
        self._colors = None
        words = self.tr("no map shown")
        if legend:
            opaque = np.full((1, len(legend.table), 4), 255, dtype=np.uint8)
            opaque[0, :, :3] = legend.table
            self._colors = rgba_image(opaque)
            words = f"{legend.name}, {legend.low:g} to {legend.high:g} {legend.unit}"
            words = ", ".join(filter(None, (words, legend.limit_words)))
        self.setAccessibleName(self.tr("Legend: {0}").format(words))
        self.setToolTip(words if legend else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a width that shows a few values."""
        return QSize(240, 36)

    def minimumSizeHint(self) -> QSize:
        """Return the least width at which the ends can be read."""
        return QSize(96, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar, its values and the unit."""
        if self._legend is None or self._colors is None:
            return
        painter = QPainter(self)
        colours = theme.colours_of(self.palette())
        painter.setFont(theme.sized(self.font(), theme.SMALL_PT))
        unit = self._legend.unit
        room = QFontMetricsF(painter.font()).horizontalAdvance(unit) + 10
        bar = QRectF(_MARGIN, 5, max(self.width() - _MARGIN - room - 10, 40), _BAR)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, self._colors)
        painter.setPen(QPen(QColor(colours.faint), 1))
        painter.drawRect(bar)
        painter.setPen(QColor(colours.text))
        painter.drawText(QPointF(bar.right() + 8, bar.bottom()), unit)
        self._paint_ticks(painter, bar)

    def _paint_ticks(self, painter: QPainter, bar: QRectF) -> None:
        legend = self._legend
        if legend is None or not legend.high > legend.low:
            return
        ticks = legend.few_ticks
        if legend.limit is not None and legend.limit_words:
            ticks = [ticks[0], ticks[-1]]
            self._paint_limit(painter, bar, legend)
        for value, word in ticks:
            x = bar.left() + bar.width() * (value - legend.low) / (legend.high - legend.low)
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
            place = QRectF(x - 40, bar.bottom() + 3, 80, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, word)

    def _paint_limit(self, painter: QPainter, bar: QRectF, legend: Legend) -> None:
        """Draw where skin begins to be left out; a limit beyond the bar is in its key only."""
        limit = legend.limit if legend.limit is not None else legend.high
        if limit >= legend.high:
            return
        x = round(bar.left() + bar.width() * (limit - legend.low) / (legend.high - legend.low))
        pen = painter.pen()
        painter.setPen(QPen(pen.color(), 3))
        painter.drawLine(QPointF(x, bar.top() - 3), QPointF(x, bar.bottom() + 3))
        painter.setPen(pen)
        # Beside the bar's end the words would run into the last value; the key says them too.
        metrics = QFontMetricsF(painter.font())
        for words in (legend.limit_words, f"{limit:.2g}"):
            if metrics.horizontalAdvance(words) / 2 + _MARGIN < bar.right() - x:
                place = QRectF(x - 60, bar.bottom() + 3, 120, 16)
                painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, words)
                return
