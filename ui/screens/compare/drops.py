"""Places to drop photos onto."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.widgets import icons
from ui.widgets.findings import breakable

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

_PICTOGRAM = 36
ADDING_PART = 0.34
"""The lower part of a side on which a drop adds a repeat shot."""


class DropTarget(QFrame):
    """One of the two places of the empty screen: what belongs here, and what is here."""

    wanted = Signal()

    def __init__(self, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._filled = False
        self._more = 0
        self._hot = self._adding = False
        self._again = QLabel()
        self._again.setWordWrap(True)
        self._again.setProperty("kind", "small")
        self._again.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setMinimumSize(260, 260)
        self.setAccessibleName(title)
        heading = QLabel(title)
        heading.setProperty("kind", "title")
        self._file = QLabel(words)
        self._file.setWordWrap(True)
        self._file.setProperty("kind", "soft")
        self._button = QPushButton(self.tr("Choose…"))
        self._button.setAccessibleName(self.tr("Choose the photo {0}").format(title.lower()))
        self._button.clicked.connect(self.wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24 + _PICTOGRAM + 16, 24, 24)
        layout.addWidget(heading, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._file, 1)
        layout.addWidget(self._again)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._file.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        heading.setBuddy(self._button)
        self.setFocusProxy(self._button)

    def show_file(self, name: str) -> None:
        """Show which file is here; an empty name means none."""
        self._filled = bool(name)
        self._report_more()
        self._file.setText(breakable(name) if name else self._words)
        self._file.setToolTip(name)
        self._button.setText(self.tr("Change…") if name else self.tr("Choose…"))
        self.update()

    def show_more(self, count: int) -> None:
        """Show how many repeat shots are here beside the first one."""
        self._more = count
        self._report_more()

    @property
    def filled(self) -> bool:
        """Whether a photo is here."""
        return self._filled

    def set_hot(self, hot: bool, *, adding: bool = False) -> None:
        """Show that a drop would land here: in place of the photo, or `adding` a repeat shot."""
        self._hot, self._adding = hot, adding
        self._report_more()
        self.update()

    def adds_at(self, height: float) -> bool:
        """Say whether a drop at this height adds a repeat shot: the lower part of a filled one."""
        return self._filled and height > (1 - ADDING_PART) * self.height()

    def _report_more(self) -> None:
        words = self.tr("with {0} more of this session").format(self._more) if self._more else ""
        if self._hot and self._adding:
            words = self.tr("Drop here: one more shot of this session")
        elif self._hot and self._filled:
            words = self.tr("Drop here: another photo. Below: one more shot")
        self._again.setText(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the border, dashed while empty, and a pictogram."""
        painter = QPainter(self)
        colours = theme.colours_of(self.palette())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(colours.raised if self._filled or self._hot else colours.panel))
        style = Qt.PenStyle.SolidLine if self._filled or self._hot else Qt.PenStyle.DashLine
        edge = QColor(colours.accent if self._hot or self._filled else colours.faint)
        painter.setPen(QPen(edge, 2 if self._hot else 1.5, style))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
        if self._hot and self._filled:
            line = (1 - ADDING_PART) * self.height()
            painter.setPen(QPen(edge, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(box.left(), line), QPointF(box.right(), line))
        place = QRectF((self.width() - _PICTOGRAM) / 2, 24, _PICTOGRAM, _PICTOGRAM)
        drawing = "check" if self._filled else "photo"
        icons.draw(
            painter, drawing, QColor(colours.accent if self._filled else colours.soft), place
        )


class DropVeil(QWidget):
    """Where files may land on a shown pair: in place of a photo, or below as one more shot."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._screen = parent
        self._side, self._adding = "", False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Drop photos here"))
        self.hide()

    def show_side(self, side: str, *, adding: bool = False) -> None:
        """Show where a drop would land: one side, or both when `side` is empty."""
        self._side, self._adding = side, adding
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both halves, each with its part for repeat shots."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours_of(self.palette())
        wide, line = self.width() / 2, (1 - ADDING_PART) * self.height()
        painter.setFont(theme.sized(self.font(), theme.TITLE_PT, bold=True))
        for left, side, adding, words in (
            (0.0, "before", False, self.tr("Drop as photo before")),
            (wide, "after", False, self.tr("Drop as photo after")),
            (0.0, "before", True, self.tr("Drop as repeat shot before")),
            (wide, "after", True, self.tr("Drop as repeat shot after")),
        ):
            top, tall = (line, self.height() - line) if adding else (0.0, line)
            box = QRectF(left, top, wide, tall).adjusted(12, 6, -12, -6)
            hot = self._side in ("", side) and adding is self._adding
            back = QColor(colours.window)
            back.setAlpha(235 if hot else 190)
            painter.setBrush(back)
            painter.setPen(QPen(QColor(colours.accent if hot else colours.line), 2 if hot else 1))
            painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
            painter.setPen(QColor(colours.text if hot else colours.soft))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def local_files(mime: QMimeData) -> list[Path]:
    """Return the files of this computer that are being dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
