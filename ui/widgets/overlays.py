"""What lies over a picture: its label, a scale bar, a key of patterns, a value at the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from mnimage.report.legend import bar_length, length_words
from ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

_GROUND = 232
_SWATCH = (24.0, 12.0)
_LONGEST_BAR = 120.0
_LEFT_OUT = "Left out of the scores"


@dataclass(frozen=True, slots=True)
class Label:
    """A pane's words in its corner: what it is, then when and which file."""

    title: str
    detail: str = ""


Key: TypeAlias = "tuple[tuple[QImage, str], ...]"
"""Patterns with what they mean."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value given beside the pointer, and where."""

    words: str
    box: QRectF


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
    _ground(painter, box, colours)
    painter.setPen(QColor(colours.text))
    painter.setFont(bold)
    painter.drawText(QPointF(box.left() + 8, box.top() + 4 + first.ascent()), title)
    painter.setFont(plain)
    painter.setPen(QColor(colours.soft))
    painter.drawText(
        QPointF(box.left() + 8, box.top() + 4 + first.height() + second.ascent()), detail
    )
    painter.restore()


def word_box(painter: QPainter, word: str, centre: QPointF) -> QRectF:
    """Return the ground of a small word around a point."""
    font = theme.sized(painter.font(), theme.SMALL_PT)
    size = QFontMetricsF(font).boundingRect(word).size()
    box = QRectF(0, 0, size.width() + 10, size.height() + 4)
    box.moveCenter(centre)
    return box


def draw_word(painter: QPainter, word: str, centre: QPointF) -> None:
    """Draw a small word on a dark ground around a point."""
    box = word_box(painter, word, centre)
    painter.save()
    painter.setFont(theme.sized(painter.font(), theme.SMALL_PT))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 150))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
    painter.restore()


def draw_scale(painter: QPainter, px_per_mm: float, pane: QRectF, colours: theme.Colours) -> float:
    """Draw a scale bar into the lower left corner and return where it begins, from the top.

    `px_per_mm` are widget pixels per mm on the skin.
    """
    widest = min(_LONGEST_BAR, pane.width() / 3)
    length, pixels = bar_length(1 / px_per_mm, widest)
    words = length_words(length)
    font = theme.sized(painter.font(), theme.SMALL_PT)
    metrics = QFontMetricsF(font)
    wide = pixels + metrics.horizontalAdvance(words) + 3 * theme.GRID
    box = QRectF(pane.left() + theme.GRID, pane.bottom() - theme.GRID - 20, wide, 20)
    painter.save()
    _ground(painter, box, colours)
    painter.setPen(QPen(QColor(colours.text), 2))
    left, right, middle = (
        box.left() + theme.GRID,
        box.left() + theme.GRID + pixels,
        box.center().y(),
    )
    painter.drawLine(QPointF(left, middle), QPointF(right, middle))
    painter.setPen(QPen(QColor(colours.text), 1))
    for end in (left, right):
        painter.drawLine(QPointF(end, middle - 4), QPointF(end, middle + 4))
    painter.setFont(font)
    place = box.adjusted(pixels + 2 * theme.GRID, 0, 0, 0)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
    painter.restore()
    return box.top()


def draw_key(painter: QPainter, key: Key, pane: QRectF, colours: theme.Colours) -> None:
    """Draw what patterns mean into the lower left corner, shortened to the pane's width."""
    if not key:
        return
    font, bold = (
        theme.sized(painter.font(), theme.SMALL_PT, bold=heavy) for heavy in (False, True)
    )
    metrics, line = QFontMetricsF(font), QFontMetricsF(font).height() + 2
    most = pane.width() - _SWATCH[0] - 5 * theme.GRID
    words = [metrics.elidedText(stated, Qt.TextElideMode.ElideRight, most) for _, stated in key]
    widest = max(*(metrics.horizontalAdvance(stated) for stated in words), 0.0)
    wide = max(widest + _SWATCH[0] + theme.GRID, QFontMetricsF(bold).horizontalAdvance(_LEFT_OUT))
    tall = line * (len(key) + 1) + theme.GRID
    top = pane.bottom() - theme.GRID - tall
    box = QRectF(pane.left() + theme.GRID, top, wide + 2 * theme.GRID, tall)
    painter.save()
    _ground(painter, box, colours)
    painter.setPen(QColor(colours.text))
    row = QRectF(box.left() + theme.GRID, top + theme.GRID / 2, wide, line)
    painter.setFont(bold)
    painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, _LEFT_OUT)
    painter.setFont(font)
    for (pattern, _), stated in zip(key, words, strict=True):
        row.translate(0, line)
        _swatch(painter, pattern, row, colours)
        place = row.adjusted(_SWATCH[0] + theme.GRID, 0, theme.GRID, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, stated)
    painter.restore()


def place_reading(words: str, pointer: QPointF, pane: QRectF, font: QFont) -> Reading:
    """Return where a value is shown: beside the pointer, inside the pane."""
    metrics = QFontMetricsF(theme.sized(font, theme.SMALL_PT))
    wide, tall = metrics.horizontalAdvance(words) + 2 * theme.GRID, metrics.height() + theme.GRID
    left = min(pointer.x() + 16, pane.right() - wide - 2)
    top = pointer.y() + 18
    if top + tall > pane.bottom() - 2:
        top = pointer.y() - 12 - tall
    return Reading(words, QRectF(max(left, pane.left() + 2), max(top, pane.top()), wide, tall))


def draw_reading(painter: QPainter, reading: Reading, colours: theme.Colours) -> None:
    """Draw a value given beside the pointer."""
    painter.save()
    _ground(painter, reading.box, colours, alpha=255)
    painter.setFont(theme.sized(painter.font(), theme.SMALL_PT))
    painter.setPen(QColor(colours.text))
    painter.drawText(reading.box, Qt.AlignmentFlag.AlignCenter, reading.words)
    painter.restore()


def _swatch(painter: QPainter, pattern: QImage, row: QRectF, colours: theme.Colours) -> None:
    place = QRectF(row.left(), row.center().y() - _SWATCH[1] / 2, *_SWATCH)
    painter.setBrushOrigin(place.topLeft().toPoint())
    painter.fillRect(place, QColor(128, 128, 128))
    painter.fillRect(place, QBrush(pattern))
    painter.setPen(QPen(QColor(colours.faint), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)
    painter.setPen(QColor(colours.text))


def _ground(painter: QPainter, box: QRectF, colours: theme.Colours, alpha: int = _GROUND) -> None:
    """Draw the ground of words on a picture."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    back = QColor(colours.window)
    back.setAlpha(alpha)
    painter.setBrush(back)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
