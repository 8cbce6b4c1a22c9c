"""The compare screen's pages before there is a result: what to do first, and what is being done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.screens.compare.drops import DropTarget
from ui.screens.compare.side import Side
from ui.widgets.findings import breakable
from ui.widgets.qimage import rgb_image

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QHideEvent, QShowEvent

_COLUMN = 720
_PICTURE = 320
"""Longer side of a photo's picture, in device-independent pixels."""
_ENOUGH = 0.1
"""From this part on the time left is shown."""


class EmptyPage(QWidget):
    """Two places to drop a photo onto, one sentence of what to do, and room for what went wrong."""

    photo_wanted = Signal(str)
    compare_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = _label(self.tr("Compare two sessions"), "title")
        words = _label(
            self.tr(
                "Drop two photos of the same place here, or choose them. "
                "The older one becomes the photo before. "
                "Two or three shots of each session can be dropped together. "
                "Directional shots: drop the SHOTS.json of each session."
            ),
            "soft",
        )
        self._targets = {
            Side.BEFORE: DropTarget(self.tr("Before"), self.tr("Drop the earlier photo here")),
            Side.AFTER: DropTarget(self.tr("After"), self.tr("Drop the later photo here")),
        }
        row = QHBoxLayout()
        row.setSpacing(24)
        for side, target in self._targets.items():
            target.setObjectName(f"target-{side}")
            row.addWidget(target, 1)
        self._targets[Side.BEFORE].wanted.connect(self._want_before)
        self._targets[Side.AFTER].wanted.connect(self._want_after)
        self._trouble, self._hint = _label("", "trouble"), _label("", "soft")
        self._trouble.setObjectName("trouble")
        self._compare = QPushButton(self.tr("Compare"))
        self._compare.setProperty("kind", "main")
        self._compare.setObjectName("compare")
        self._compare.clicked.connect(self.compare_pressed)
        column = _column(self)
        for widget in (title, words):
            column.addWidget(widget)
        column.addSpacing(16)
        column.addLayout(row)
        column.addSpacing(16)
        column.addWidget(self._compare, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self._trouble)
        column.addWidget(self._hint)
        # Room kept for a message, so that nothing moves when there is one.
        self._trouble.setMinimumHeight(24)
        self._hint.setMinimumHeight(40)
        self.show_files({})

    def show_files(self, names: Mapping[str, str]) -> None:
        """Show which files are chosen."""
        for side, target in self._targets.items():
            target.show_file(names.get(side, ""))
        self._compare.setEnabled(len(names) == len(self._targets))

    def show_trouble(self, words: str, hint: str) -> None:
        """Say what went wrong and what to do."""
        self._trouble.setText(breakable(words))
        self._hint.setText(hint)

    def take_focus(self) -> None:
        """Let Enter start what is next."""
        if self._compare.isEnabled():
            self._compare.setFocus()
        else:
            self._targets[Side.BEFORE].setFocus()

    def show_repeats(self, counts: Mapping[str, int]) -> None:
        """Show how many repeat shots each side has."""
        for side, target in self._targets.items():
            target.show_more(counts.get(side, 0))

    def set_hot(self, sides: tuple[str, ...], *, adding: bool = False) -> None:
        """Show where a drop would land."""
        for side, target in self._targets.items():
            target.set_hot(side in sides, adding=adding)

    def adds_at(self, point: QPoint) -> bool:
        """Say whether a drop here would add a repeat shot."""
        return any(
            target.rect().contains(target.mapFrom(self, point))
            and target.adds_at(target.mapFrom(self, point).y())
            for target in self._targets.values()
        )

    def side_at(self, point: QPoint) -> str:
        """Return whose place this is; empty between them."""
        for side, target in self._targets.items():
            if target.rect().contains(target.mapFrom(self, point)):
                return side
        return ""

    def _want_before(self) -> None:
        self.photo_wanted.emit(Side.BEFORE.value)

    def _want_after(self) -> None:
        self.photo_wanted.emit(Side.AFTER.value)


class BusyPage(QWidget):
    """What is being done, how far it is, how long it takes, and a way out."""

    cancel_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._time = _label("", "soft")
        self._time.setObjectName("time")
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setObjectName("cancel")
        cancel.setToolTip(self.tr("Stop and keep nothing of it (Esc)"))
        cancel.clicked.connect(self.cancel_pressed)
        column = _column(self)
        column.addWidget(_label(self.tr("Comparing"), "title"))
        self._pictures = {side: QLabel() for side in Side}
        self._names = {side: _label("", "soft") for side in Side}
        column.addLayout(self._photos())
        column.addSpacing(16)
        column.addWidget(self._bar)
        column.addWidget(self._time)
        column.addSpacing(16)
        column.addWidget(cancel, 0, Qt.AlignmentFlag.AlignHCenter)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._report)

    def _photos(self) -> QGridLayout:
        """Return both pictures side by side, their names below."""
        grid = QGridLayout()
        grid.setSpacing(16)
        for place, side in enumerate(Side):
            picture = self._pictures[side]
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            # Room kept, so that nothing moves when the pictures are there.
            picture.setFixedHeight(_PICTURE)
            grid.addWidget(picture, 0, place)
            grid.addWidget(self._names[side], 1, place)
            grid.setColumnStretch(place, 1)
        return grid

    def begin(self, before: str, after: str) -> None:
        """Start the clock for two files."""
        for label in self._pictures.values():
            label.clear()
        for side, name in zip(Side, (before, after), strict=True):
            self._names[side].setText(breakable(name))
        self._bar.setRange(0, 0)
        self._clock.start()
        self._report()

    def show_pictures(self, pictures: Mapping[Side, NDArray[np.uint8]]) -> None:
        """Show small pictures (RGB) of both photos side by side."""
        ratio = self.devicePixelRatioF()
        side = round(_PICTURE * ratio)
        for place, pixels in pictures.items():
            image = rgb_image(pixels).scaled(
                side,
                side,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            image.setDevicePixelRatio(ratio)
            self._pictures[place].setPixmap(QPixmap.fromImage(image))

    @property
    def has_pictures(self) -> bool:
        """Whether pictures of both photos are shown."""
        return all(not label.pixmap().isNull() for label in self._pictures.values())

    def show_progress(self, done: int, total: int) -> None:
        """Show how far it is."""
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        self._report()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the clock be seen running."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the clock rest."""
        super().hideEvent(event)
        self._timer.stop()

    def _report(self) -> None:
        seconds = self._clock.elapsed() / 1000 if self._clock.isValid() else 0.0
        part = self._bar.value() / self._bar.maximum() if self._bar.maximum() > 0 else 0.0
        words = self.tr("Reading the photos, registering them, measuring the skin")
        notes = [words, self.tr("{0:.0f} s so far").format(seconds)]
        if part >= _ENOUGH and seconds >= 2:
            notes.append(self.tr("about {0:.0f} s left").format(seconds * (1 - part) / part + 0.5))
        self._time.setText("\n".join((notes[0], ", ".join(notes[1:]))))


def _column(page: QWidget) -> QVBoxLayout:
    """Return a column in the middle of a page."""
    inner = QWidget()
    inner.setMaximumWidth(_COLUMN)
    column = QVBoxLayout(inner)
    column.setContentsMargins(24, 0, 24, 0)
    across = QHBoxLayout()
    across.addStretch(1)
    across.addWidget(inner, 100)
    across.addStretch(1)
    outer = QVBoxLayout(page)
    outer.addStretch(2)
    outer.addLayout(across)
    outer.addStretch(3)
    return column


def _label(words: str, kind: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
    return label
