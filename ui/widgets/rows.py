"""How a row of numbers is drawn: two lines a cell, verdicts as sign and word, headings in bold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import theme
from ui.widgets.verdicts import draw_sign

if TYPE_CHECKING:
    from ui.widgets.verdicts import Sign

SIGN_ROLE = int(Qt.ItemDataRole.UserRole) + 1
SMALL_ROLE = int(Qt.ItemDataRole.UserRole) + 2
HEADING_ROLE = int(Qt.ItemDataRole.UserRole) + 3
NOTE_ROLE = int(Qt.ItemDataRole.UserRole) + 4

ROW_HEIGHT = 40
HEADING_HEIGHT = 34
_SIDE = 8
_NOTE_WIDTH = 400
_NOTE_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
    Qt.TextFlag.TextWordWrap
)


class RowDelegate(QStyledItemDelegate):
    """Draws `Row`s."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return one height for rows, one for headings, and for notes what their words need."""
        if index.data(NOTE_ROLE):
            return QSize(40, _note_height(option, str(index.data())))
        return QSize(40, HEADING_HEIGHT if index.data(HEADING_ROLE) else ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one cell."""
        style = _Style(option)
        painter.save()
        if style.selected:
            painter.fillRect(style.place, QColor(style.colours.window))
            if index.column() == 0:
                bar = style.place.adjusted(0, 0, 3 - style.place.width(), 0)
                painter.fillRect(bar, QColor(style.colours.accent))
        if index.data(HEADING_ROLE):
            _draw_heading(painter, style, str(index.data()))
        elif index.data(NOTE_ROLE):
            _draw_note(painter, style, str(index.data()))
        elif sign := index.data(SIGN_ROLE):
            _draw_verdict(painter, style, sign)
        else:
            _draw_lines(painter, style, (str(index.data()), index.data(SMALL_ROLE)), index.column())
        painter.restore()


class _Style:
    """What of Qt's option is needed, typed."""

    def __init__(self, option: QStyleOptionViewItem) -> None:
        self.place = QRectF(option.rect)
        self.font = option.font
        state: QStyle.StateFlag = option.state
        self.selected = bool(state & QStyle.StateFlag.State_Selected)
        self.colours = theme.colours_of(option.palette)


def _draw_heading(painter: QPainter, style: _Style, words: str) -> None:
    painter.setFont(theme.sized(style.font, theme.BASE_PT, bold=True))
    painter.setPen(QColor(style.colours.text))
    place = style.place.adjusted(_SIDE, 4, -_SIDE, 0)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
    painter.setPen(QPen(QColor(style.colours.line), 1))
    painter.drawLine(style.place.bottomLeft(), style.place.bottomRight())


def _note_height(option: QStyleOptionViewItem, words: str) -> int:
    view = option.widget
    wide = view.viewport().width() if isinstance(view, QAbstractScrollArea) else _NOTE_WIDTH
    font = theme.sized(option.font, theme.SMALL_PT)
    room = QRectF(0, 0, wide - 2 * _SIDE, 1000)
    return round(QFontMetricsF(font).boundingRect(room, _NOTE_FLAGS, words).height()) + _SIDE


def _draw_note(painter: QPainter, style: _Style, words: str) -> None:
    painter.setFont(theme.sized(style.font, theme.SMALL_PT))
    painter.setPen(QColor(style.colours.soft))
    painter.drawText(style.place.adjusted(_SIDE, 2, -_SIDE, 0), _NOTE_FLAGS, words)


def _draw_verdict(painter: QPainter, style: _Style, sign: Sign) -> None:
    painter.setFont(style.font)
    draw_sign(painter, sign, style.place.adjusted(_SIDE + 4, 2, -2, -2), style.colours)


def _draw_lines(painter: QPainter, style: _Style, lines: tuple[str, str], column: int) -> None:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    place = style.place.adjusted(_SIDE if not column else 0, 0, 0 if not column else -4, 0)
    text, small = lines
    big, little = style.font, theme.sized(style.font, theme.SMALL_PT)
    tall = QFontMetricsF(big).height() + (QFontMetricsF(little).height() if small else 0)
    top = place.center().y() - tall / 2
    painter.setFont(big)
    painter.setPen(QColor(style.colours.text))
    fitted = QFontMetricsF(big).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(
        QRectF(place.left(), top, place.width(), QFontMetricsF(big).height()), side, fitted
    )
    if small:
        painter.setFont(little)
        painter.setPen(QColor(style.colours.soft))
        under = QRectF(place.left(), top + QFontMetricsF(big).height(), place.width(), 20)
        fitted = QFontMetricsF(little).elidedText(small, Qt.TextElideMode.ElideRight, under.width())
        painter.drawText(under, side, fitted)
