"""The depth profile along a drawn line: before in grey behind after, each with its uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mnimage.report.legend import tick_values, tick_words
from mnimage.report.profile import change_words, deepest_words, height_range, is_sure
from mnimage.report.words import number
from ui import theme
from ui.widgets.icons import IconButton

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from mnimage.domain.surfaces import Profile, ProfileTrace

PANEL_HEIGHT = 196
_SIDE_WIDTH = 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 28, 34
_UNCERTAINTY = 60
_KEY_STEP = 0.01


class ProfilePlot(QWidget):
    """Height over the way along the line; the cursor is the one on the pictures."""

    cursor_moved = Signal(object)
    """Where on the line the pointer is, 0..1, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile: Profile | None = None
        self._cursor: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(200, 120))
        self.setObjectName("plot")
        self.setAccessibleDescription(self.tr("Left and right move along the line."))
        self.show_profile(None)

    def show_profile(self, profile: Profile | None) -> None:
        """Show a profile, or what to do for one."""
        self._profile = profile
        self._cursor = None
        words = self.tr("Depth profile: no line drawn")
        if profile:
            words = self.tr("Depth profile over {0} mm").format(f"{profile.along_mm[-1]:.2f}")
        self.setAccessibleName(words)
        self.update()

    def set_cursor(self, cursor: float | None) -> None:
        """Mark a place on the line, 0..1."""
        self._cursor = cursor
        self.update()

    # What the hand does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the cursor along."""
        place = self._place()
        if self._profile and place.width() > 0:
            part = (event.position().x() - place.left()) / place.width()
            self.cursor_moved.emit(part if 0 <= part <= 1 else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the cursor off."""
        self.cursor_moved.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor by keys."""
        steps = {Qt.Key.Key_Left: -_KEY_STEP, Qt.Key.Key_Right: _KEY_STEP}
        if self._profile is None or Qt.Key(event.key()) not in steps:
            super().keyPressEvent(event)
            return
        now = 0.5 if self._cursor is None else self._cursor
        self.cursor_moved.emit(min(max(now + steps[Qt.Key(event.key())], 0.0), 1.0))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, both sessions and the cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours_of(self.palette())
        if self._profile is None:
            painter.setPen(QColor(colours.soft))
            words = self.tr("Press and drag on a picture to draw a line across the skin.")
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect(), flags, words)
        else:
            self._paint_axes(painter, self._profile, colours)
            self._paint_traces(painter, self._profile, colours)
            self._paint_cursor(painter, self._profile, colours)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.soft), 1.5))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _place(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _paint_axes(self, painter: QPainter, profile: Profile, colours: theme.Colours) -> None:
        place = self._place()
        low, high = height_range(profile)
        painter.setFont(theme.sized(self.font(), theme.SMALL_PT))
        metrics = QFontMetricsF(painter.font())
        for value, word in _ticks(low, high):
            y = place.bottom() - place.height() * (value - low) / (high - low)
            painter.setPen(QPen(QColor(colours.faint if value == 0 else colours.line), 1))
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
            painter.setPen(QColor(colours.soft))
            box = QRectF(0, y - 10, place.left() - 6, 20)
            painter.drawText(box, _RIGHT_MIDDLE, word)
        length = float(profile.along_mm[-1])
        for value, word in _ticks(0.0, length):
            x = place.left() + place.width() * value / length
            box = QRectF(x - 30, place.bottom() + 2, 60, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, word)
        under = QRectF(place.left(), place.bottom() + 16, place.width(), metrics.height())
        painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, self.tr("mm along the line, A to B"))
        painter.save()
        painter.rotate(-90)
        side = QRectF(-place.bottom(), 0, place.height(), metrics.height())
        painter.drawText(side, Qt.AlignmentFlag.AlignHCenter, self.tr("height, µm"))
        painter.restore()

    def _paint_traces(self, painter: QPainter, profile: Profile, colours: theme.Colours) -> None:
        painter.save()
        painter.setClipRect(self._place())
        tones = (colours.faint, colours.accent)
        for trace, tone in zip((profile.before, profile.after), tones, strict=True):
            uncertainty = QColor(tone)
            uncertainty.setAlpha(_UNCERTAINTY)
            line = QPainterPath()
            for piece in _pieces(trace):
                painter.fillPath(self._band(profile, trace, piece), uncertainty)
                self._draw_on(line, profile, trace.height_um, piece)
            painter.setPen(QPen(QColor(tone), 2))
            painter.drawPath(line)
        painter.restore()

    def _band(self, profile: Profile, trace: ProfileTrace, piece: slice) -> QPainterPath:
        band = QPainterPath()
        self._draw_on(band, profile, trace.height_um + trace.error_um, piece)
        back = self._points(profile, trace.height_um - trace.error_um, piece)
        for point in reversed(back):
            band.lineTo(point)
        band.closeSubpath()
        return band

    def _draw_on(
        self, path: QPainterPath, profile: Profile, heights: NDArray[np.float32], piece: slice
    ) -> None:
        points = self._points(profile, heights, piece)
        path.moveTo(points[0])
        for point in points[1:]:
            path.lineTo(point)

    def _points(
        self, profile: Profile, heights: NDArray[np.float32], piece: slice
    ) -> list[QPointF]:
        place = self._place()
        low, high = height_range(profile)
        length = max(float(profile.along_mm[-1]), 1e-6)
        x = place.left() + place.width() * profile.along_mm[piece] / length
        y = place.bottom() - place.height() * (heights[piece] - low) / (high - low)
        return [QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]

    def _paint_cursor(self, painter: QPainter, profile: Profile, colours: theme.Colours) -> None:
        if self._cursor is None:
            return
        place = self._place()
        x = place.left() + place.width() * self._cursor
        painter.setPen(QPen(QColor(colours.text), 1))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        words = cursor_words(profile, self._cursor)
        metrics = QFontMetricsF(painter.font())
        wide = metrics.horizontalAdvance(words) + 2 * theme.GRID
        # Above the plot, where it hides neither line.
        left = max(min(x - wide / 2, place.right() - wide), 0.0)
        box = QRectF(left, 2, wide, metrics.height() + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
        painter.setPen(QColor(colours.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


class ProfilePanel(QFrame):
    """The plot, the greatest depths in words, and a way to keep the profile."""

    export_pressed = Signal()
    close_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "foot")
        self.setFixedHeight(PANEL_HEIGHT)
        self.plot = ProfilePlot()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self._side())
        self.show_profile(None)

    def show_profile(self, profile: Profile | None) -> None:
        """Show a profile, or none."""
        self.plot.show_profile(profile)
        self._export.setEnabled(profile is not None)
        dash = "\N{EN DASH}"
        self._before.setText(deepest_words(profile.deepest(profile.before)) if profile else dash)
        self._after.setText(deepest_words(profile.deepest(profile.after)) if profile else dash)
        self._change.setText(change_words(profile) if profile else dash)
        self._change.setProperty("kind", "heading" if profile and is_sure(profile) else "")
        self._change.style().polish(self._change)

    def _side(self) -> QWidget:
        frame = QWidget()
        # As wide as its longest words, so that the plot keeps its place whatever is shown.
        frame.setFixedWidth(_SIDE_WIDTH)
        side = QVBoxLayout(frame)
        side.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        title = QLabel(self.tr("Depth profile"))
        title.setProperty("kind", "heading")
        close = IconButton("close", self.tr("Close the depth profile (P)"))
        close.setProperty("kind", "plain")
        close.setObjectName("close-profile")
        close.clicked.connect(self.close_pressed)
        head.addWidget(title, 1)
        head.addWidget(close)
        self._export = QPushButton(self.tr("Export profile…"))
        self._export.setObjectName("export-profile")
        self._export.setToolTip(self.tr("Keep the profile as a table (CSV) or a picture (PNG)"))
        self._export.clicked.connect(self.export_pressed)
        side.addLayout(head)
        side.addLayout(self._rows())
        side.addStretch(1)
        side.addWidget(self._export)
        return frame

    def _rows(self) -> QGridLayout:
        rows = QGridLayout()
        rows.setHorizontalSpacing(theme.GRID)
        rows.setVerticalSpacing(2)
        self._before, self._after, self._change = QLabel(), QLabel(), QLabel()
        colours = ("faint", "accent", "")
        names = (self.tr("Before"), self.tr("After"), self.tr("Change"))
        rows.addWidget(_quiet(self.tr("Deepest")), 0, 1)
        for place, (name, colour, label) in enumerate(
            zip(names, colours, (self._before, self._after, self._change), strict=True), start=1
        ):
            rows.addWidget(_Swatch(colour), place, 0)
            rows.addWidget(_quiet(name), place, 1)
            rows.addWidget(label, place, 2)
            label.setObjectName(f"deepest-{place}")
        rows.setColumnStretch(2, 1)
        return rows


class _Swatch(QWidget):
    """The colour of one session's line."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = colour
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a short piece of the line."""
        if self._colour:
            painter = QPainter(self)
            colour = QColor(getattr(theme.colours_of(self.palette()), self._colour))
            painter.setPen(QPen(colour, 3))
            painter.drawLine(1, 8, 14, 8)


_RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def cursor_words(profile: Profile, cursor: float) -> str:
    """Return the heights at a place of the line, such as "2.31 mm: -210, after -143 µm"."""
    place = round(cursor * (len(profile.along_mm) - 1))
    before, after = (
        number(float(trace.height_um[place]), 0) for trace in (profile.before, profile.after)
    )
    return f"{profile.along_mm[place]:.2f} mm:  before {before} µm,  after {after} µm"


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    values = tick_values(low, high)
    return list(zip(values, tick_words(values), strict=True))


def _pieces(trace: ProfileTrace) -> Iterator[slice]:
    """Return the stretches of a line that were measured, two samples and longer."""
    known = np.concatenate([[False], np.isfinite(trace.height_um), [False]])
    turns = np.flatnonzero(np.diff(known.astype(np.int8)))
    for start, stop in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True):
        if stop - start > 1:
            yield slice(start, stop)


def _quiet(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("kind", "soft")
    return label
