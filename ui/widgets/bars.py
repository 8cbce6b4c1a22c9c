"""The pieces that all bars around the pictures are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider

from ui import theme


def bar(frame: QFrame, kind: str) -> QHBoxLayout:
    """Make a frame a bar of a kind ("bar" above, "foot" below) and return its row."""
    frame.setProperty("kind", kind)
    frame.setFixedHeight(theme.BAR_HEIGHT)
    layout = QHBoxLayout(frame)
    layout.setContentsMargins(theme.GRID, 0, theme.GRID, 0)
    layout.setSpacing(theme.GRID // 2)
    return layout


def slider(name: str, key: str, *, low: int = 0, high: int = 100, width: int = 96) -> QSlider:
    """Return a slider with its name for ears and tip, found by `key`."""
    made = QSlider(Qt.Orientation.Horizontal)
    made.setRange(low, high)
    made.setFixedWidth(width)
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setObjectName(key)
    return made


def small(words: str) -> QLabel:
    """Return a small quiet word."""
    label = QLabel(words)
    label.setProperty("kind", "small")
    return label
