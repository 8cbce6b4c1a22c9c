"""Notices that nobody has touched the computer for a while."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.Drop,
        QEvent.Type.DragMove,
    }
)
_MINUTE_MS = 60_000


class IdleWatch(QObject):
    """Reports once when an application was left alone; any touch begins the wait anew."""

    left_alone = Signal()

    def __init__(self, application: QObject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.left_alone)
        self._application = application

    def watch(self, minutes: float) -> None:
        """Begin to wait for this long."""
        # Every event of the application passes here, so only while there is something to lock.
        self._application.installEventFilter(self)
        self._timer.start(round(minutes * _MINUTE_MS))

    def rest(self) -> None:
        """Wait for nothing."""
        self._timer.stop()
        self._application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin anew at each touch; the event goes on its way."""
        if event.type() in _TOUCHES and self._timer.isActive():
            self._timer.start()
        return False
