"""Items of a list with a title and a quieter line below it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import theme

WORDS_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The quieter line."""
_SIDE, _ABOVE = 10, 7


class TwoLines(QStyledItemDelegate):
    """Draws both lines, each shortened to its place; the chosen item lies on a card."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of both lines."""
        small = theme.sized(option.font, theme.SMALL_PT)
        tall = QFontMetricsF(option.font).height() + QFontMetricsF(small).height()
        return QSize(40, round(tall) + 2 * _ABOVE)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one item."""
        # The list's own palette is see-through, and would show no theme.
        colours = theme.colours_of(QGuiApplication.palette())
        state: QStyle.StateFlag = option.state
        place = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            focus = bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setBrush(QColor(colours.raised))
            painter.setPen(QPen(QColor(colours.accent if focus else colours.line), 1))
            painter.drawRoundedRect(place, theme.CORNER, theme.CORNER)
        inside = place.adjusted(_SIDE, _ABOVE, -_SIDE, -_ABOVE)
        title = QFontMetricsF(option.font)
        _draw(painter, inside, (option.font, colours.text), str(index.data() or ""))
        small = theme.sized(option.font, theme.SMALL_PT)
        below = inside.adjusted(0, title.height(), 0, 0)
        _draw(painter, below, (small, colours.soft), str(index.data(WORDS_ROLE) or ""))
        painter.restore()


def _draw(painter: QPainter, place: QRectF, look: tuple[QFont, str], words: str) -> None:
    font, colour = look
    painter.setFont(font)
    painter.setPen(QColor(colour))
    fitted = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
    side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    painter.drawText(place, int(side), fitted)
