"""Places to drop photos onto."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.widgets import icons
from ui.widgets.findings import breakable

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

_PICTOGRAM = 36


class DropTarget(QFrame):
    """One of the two places of the empty screen: what belongs here, and what is here."""

    wanted = Signal()

    def __init__(self, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._filled = False
        self._hot = False
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
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._file.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        heading.setBuddy(self._button)
        self.setFocusProxy(self._button)

    def show_file(self, name: str) -> None:
        """Show which file is here; an empty name means none."""
        self._filled = bool(name)
        self._file.setText(breakable(name) if name else self._words)
        self._file.setToolTip(name)
        self._button.setText(self.tr("Change…") if name else self.tr("Choose…"))
        self.update()

    def set_hot(self, hot: bool) -> None:
        """Show that a drop would land here."""
        self._hot = hot
        self.update()

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
        place = QRectF((self.width() - _PICTOGRAM) / 2, 24, _PICTOGRAM, _PICTOGRAM)
        drawing = "check" if self._filled else "photo"
        icons.draw(
            painter, drawing, QColor(colours.accent if self._filled else colours.soft), place
        )


class DropVeil(QWidget):
    """Two halves that lie over a shown pair while files are dragged over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._screen = parent
        self._side = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Drop photos here"))
        self.hide()

    def show_side(self, side: str) -> None:
        """Show where a drop would land: one side, or both when `side` is empty."""
        self._side = side
        self.setGeometry(self._screen.rect())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both halves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours_of(self.palette())
        wide = self.width() / 2
        painter.setFont(theme.sized(self.font(), theme.TITLE_PT, bold=True))
        for left, side, words in (
            (0.0, "before", self.tr("Drop as photo before")),
            (wide, "after", self.tr("Drop as photo after")),
        ):
            box = QRectF(left, 0, wide, self.height()).adjusted(12, 12, -12, -12)
            hot = self._side in ("", side)
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
