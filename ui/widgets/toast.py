"""A message that floats over the bottom of a screen and takes no place there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.icons import IconButton

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

SHORT_MS = 8000
_WIDEST = 560


class Toast(QFrame):
    """One message at a time; good news goes by itself, bad news stays until it is closed."""

    action_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._screen = parent
        self.setProperty("kind", "toast")
        self.setObjectName("toast")
        self.setAutoFillBackground(True)
        self._words, self._hint = QLabel(), QLabel()
        for label in (self._words, self._hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setProperty("kind", "soft")
        self._action = QPushButton()
        self._action.setAccessibleName(self.tr("Act on the message"))
        self._action.clicked.connect(self.action_pressed)
        self._close = IconButton("close", self.tr("Close message"))
        self._close.setProperty("kind", "plain")
        self._close.clicked.connect(self.hide)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self._words)
        text.addWidget(self._hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 8, 12)
        layout.addLayout(text, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHORT_MS)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def show_message(
        self, words: str, hint: str = "", *, action: str = "", stays: bool = False
    ) -> None:
        """Show a message, with at most one thing to do about it."""
        self._words.setText(words)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.offer(action)
        self.setAccessibleName(f"{words} {hint}".strip())
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if stays:
            self._timer.stop()
        else:
            self._timer.start()

    def offer(self, action: str) -> None:
        """Offer something to do about the message that is told, or nothing."""
        self._action.setText(action)
        self._action.setAccessibleName(action or self.tr("Act on the message"))
        self._action.setVisible(bool(action))
        self._place()

    @property
    def words(self) -> str:
        """What is told now."""
        return self._words.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the bottom of the screen."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep to the bottom of the screen."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        parent = self._screen
        wide = min(_WIDEST, parent.width() - 4 * theme.GRID)
        layout = self.layout()
        tall = layout.totalHeightForWidth(wide) if layout else 0
        tall = max(tall, self.minimumSizeHint().height())
        left = (parent.width() - wide) // 2
        self.setGeometry(left, parent.height() - tall - 8 * theme.GRID, wide, tall)
