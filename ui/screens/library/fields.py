"""Fields of forms: lines of text, choices, dates, numbers, and what is wrong with an entry."""

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

from ui.screens.library.record_values import capitalized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mnimage.words.message import Message

T = TypeVar("T")

DATE_HINT = "YYYY-MM-DD"
_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
_LINE = 20
"""Height of one line of text in pixels; kept free for an error, so that nothing moves."""
_READABLE = 480
"""Width in pixels of a text that is comfortable to read."""


class InvalidEntry(ValueError):
    """A field holds what cannot be saved; the text says which field, and why."""


class Choice(QComboBox, Generic[T]):
    """One of several values, each with its name."""

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
            self.addItem(capitalized(words))

    @property
    def value(self) -> T:
        """The chosen value."""
        return self._values[max(self.currentIndex(), 0)]

    def choose(self, value: T) -> None:
        """Choose a value."""
        self.setCurrentIndex(self._values.index(value))


class Line(QLineEdit):
    """One line of text."""

    def __init__(self, name: str, hint: str = "", *, longest: int = 200) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setMaxLength(longest)
        self.setProperty("kind", "field")

    @property
    def entered(self) -> str:
        """What was entered, without blanks around it."""
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
        """The date that was entered; raises `InvalidEntry` where it is none."""
        if not self.entered:
            return None
        for form in _DATE_FORMATS:
            try:
                return datetime.strptime(self.entered, form).date()  # noqa: DTZ007 - a date has no zone
            except ValueError:
                continue
        text = self.tr("{field}: enter the date as {format}.")
        raise InvalidEntry(text.format(field=self._name, format=DATE_HINT))


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
        """The number that was entered; raises `InvalidEntry` where it is none."""
        if not self.entered:
            return None
        try:
            return float(self.entered.replace(",", "."))
        except ValueError:
            text = self.tr("{field}: enter a number.")
            raise InvalidEntry(text.format(field=self._name)) from None

    @property
    def whole(self) -> int | None:
        """The whole number that was entered; raises `InvalidEntry` where it is none."""
        number = self.number
        if number is not None and number != int(number):
            text = self.tr("{field}: enter a whole number.")
            raise InvalidEntry(text.format(field=self._name))
        return None if number is None else int(number)


class Notes(QPlainTextEdit):
    """Some lines of text."""

    def __init__(self, name: str, tall: int = 72) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFixedHeight(tall)

    @property
    def entered(self) -> str:
        """What was entered."""
        return self.toPlainText().strip()


class Form(QDialog):
    """A dialog with fields, a line for an error, and one main action.

    It stays open until `accept` confirms that its entries were saved.
    """

    confirmed = Signal(object)

    def __init__(self, parent: QWidget, *, wide: int = 520) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setMinimumWidth(wide)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self._trouble, self._hint = label("", "trouble"), label("", "soft")
        self._trouble.setMinimumHeight(_LINE)
        self.save = QPushButton(self.tr("Save"))
        self.save.setObjectName("save")
        self.save.setProperty("kind", "main")
        self.save.setDefault(True)
        self.save.clicked.connect(self._confirm)
        self.leave = QPushButton(self.tr("Cancel"))
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        layout.addLayout(self.body, 1)
        layout.addWidget(self._trouble)
        layout.addWidget(self._hint)
        layout.addLayout(row)

    def show_trouble(self, words: Message | str, hint: Message | str = "") -> None:
        """Show why the entries cannot be saved."""
        self._trouble.setText(str(words))
        self._hint.setText(str(hint))
        self._hint.setVisible(bool(hint))
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """Show that the entries are being saved."""
        self.save.setDisabled(busy)

    @property
    def trouble(self) -> str:
        """The error that is shown."""
        return self._trouble.text()

    def begin(self) -> None:
        """Open it without an error of before."""
        self.show_trouble("")
        self.open()

    def entered(self) -> object:
        """Return what the fields hold; raises `ValueError` where that cannot be saved."""
        raise NotImplementedError

    def _confirm(self) -> None:
        try:
            entered = self.entered()
        except ValueError as error:
            self.show_trouble(f"{capitalized(str(error)).rstrip('.')}.")
            return
        self.show_trouble("")
        self.set_busy(True)
        self.confirmed.emit(entered)


def rows() -> QFormLayout:
    """Return a layout of labelled fields."""
    made = QFormLayout()
    made.setHorizontalSpacing(16)
    made.setVerticalSpacing(8)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return made


def centered(page: QWidget, *widgets: QWidget) -> None:
    """Put texts and buttons into the middle of a page, no wider than is comfortable to read."""
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
    """Return a text of a kind, as many lines as it needs."""
    made = QLabel(words)
    made.setProperty("kind", kind)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made
