"""What forms are made of: labelled lines, choices, dates, and the words when one is wrong."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

DATE_HINT = "YYYY-MM-DD"
_WAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
_LINE = 20
_READABLE = 480


class Wrong(ValueError):
    """A field holds what cannot be kept; its words say which and why."""


class Choice(QComboBox, Generic[T]):
    """One of several values, each under its words."""

    def __init__(self, name: str, choices: Iterable[tuple[str, T]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._values: list[T] = []
        self.refill(choices)

    def refill(self, choices: Iterable[tuple[str, T]]) -> None:
        """Offer other values."""
        self.clear()
        self._values = []
        for words, value in choices:
            self._values.append(value)
            self.addItem(words)

    @property
    def value(self) -> T:
        """What is chosen."""
        return self._values[max(self.currentIndex(), 0)]

    def choose(self, value: T) -> None:
        """Show a value as the chosen one."""
        self.setCurrentIndex(self._values.index(value))


class Line(QLineEdit):
    """One line of words."""

    def __init__(self, name: str, hint: str = "", *, longest: int = 200) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setMaxLength(longest)
        self.setProperty("kind", "field")

    @property
    def words(self) -> str:
        """What was written, without blanks around it."""
        return self.text().strip()


class DateLine(Line):
    """A day, or nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name, DATE_HINT, longest=10)
        self._name = name

    def show_day(self, day: date | None) -> None:
        """Show a day."""
        self.setText(day.isoformat() if day else "")

    @property
    def day(self) -> date | None:
        """The day that was written; raises `Wrong` where it is none."""
        if not self.words:
            return None
        for way in _WAYS:
            try:
                return datetime.strptime(self.words, way).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        raise Wrong(f"{self._name}: write the day as {DATE_HINT}.")


class NumberLine(Line):
    """A number, or nothing."""

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__(name, hint, longest=12)
        self._name = name
        self.setMaximumWidth(120)

    def show_number(self, number: float | None) -> None:
        """Show a number."""
        self.setText("" if number is None else f"{number:g}")

    @property
    def number(self) -> float | None:
        """The number that was written; raises `Wrong` where it is none."""
        if not self.words:
            return None
        try:
            return float(self.words.replace(",", "."))
        except ValueError:
            raise Wrong(f"{self._name}: write a number.") from None

    @property
    def whole(self) -> int | None:
        """The whole number that was written; raises `Wrong` where it is none."""
        number = self.number
        if number is not None and number != int(number):
            raise Wrong(f"{self._name}: write a whole number.")
        return None if number is None else int(number)


class Notes(QPlainTextEdit):
    """Some lines of words."""

    def __init__(self, name: str, tall: int = 72) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFixedHeight(tall)

    @property
    def words(self) -> str:
        """What was written."""
        return self.toPlainText().strip()


class Form(QDialog):
    """A dialog with fields, a place for trouble, and one main action.

    It stays open until it is told that what it holds was kept.
    """

    confirmed = Signal(object)

    def __init__(self, title: str, keep: str, parent: QWidget, *, wide: int = 520) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(wide)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self._trouble, self._hint = label("", "trouble"), label("", "soft")
        self._trouble.setMinimumHeight(_LINE)
        self._keep = QPushButton(keep)
        self._keep.setProperty("kind", "main")
        self._keep.setDefault(True)
        self._keep.clicked.connect(self._confirm)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        layout.addLayout(self.body, 1)
        layout.addWidget(self._trouble)
        layout.addWidget(self._hint)
        layout.addLayout(row)

    def show_trouble(self, words: str, hint: str = "") -> None:
        """Say why what was written cannot be kept."""
        self._trouble.setText(words)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """Show that it is being kept."""
        self._keep.setDisabled(busy)

    @property
    def trouble(self) -> str:
        """What is said to be wrong."""
        return self._trouble.text()

    def begin(self) -> None:
        """Open it without an old word of trouble."""
        self.show_trouble("")
        self.open()

    def written(self) -> object:
        """Return what the fields hold; raises `ValueError` with words where they cannot be kept."""
        raise NotImplementedError

    def _confirm(self) -> None:
        try:
            written = self.written()
        except ValueError as error:
            words = str(error)
            self.show_trouble(words[:1].upper() + words[1:].rstrip(".") + ".")
            return
        self.show_trouble("")
        self.set_busy(True)
        self.confirmed.emit(written)


def rows() -> QFormLayout:
    """Return a layout of labelled fields."""
    made = QFormLayout()
    made.setHorizontalSpacing(16)
    made.setVerticalSpacing(8)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return made


def in_the_middle(page: QWidget, *widgets: QWidget) -> None:
    """Lay words and buttons into the middle of a page, no wider than is good to read."""
    holder = QWidget()
    holder.setFixedWidth(_READABLE)
    inside = QVBoxLayout(holder)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.setSpacing(8)
    for widget in widgets:
        words = isinstance(widget, QLabel)
        side = Qt.AlignmentFlag(0) if words else Qt.AlignmentFlag.AlignHCenter
        inside.addWidget(widget, 0, side)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(holder)
    row.addStretch(1)
    layout = QVBoxLayout(page)
    layout.addStretch(2)
    layout.addLayout(row)
    layout.addStretch(3)


def label(words: str, kind: str) -> QLabel:
    """Return words of a kind, as many lines as they need."""
    made = QLabel(words)
    made.setProperty("kind", kind)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made
