"""The list of patients: search, one line for each, and adding one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.screens.library.fields import centered, label
from ui.screens.library.words import day_words, local_day, patients_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mnimage.domain.record import Patient, PatientLine

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROW = 40
"""Height of a row in pixels."""
_SEARCH_MS = 150
"""So long after the last key the search starts, so that not every letter starts one."""
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class PatientTable(QAbstractTableModel):
    """Patients as lines, sorted by the column that the user chooses."""

    COLUMNS: ClassVar = 6
    NUMBERS: ClassVar = (3, 4)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[PatientLine] = []
        self._sorted: tuple[int, Qt.SortOrder] = (0, Qt.SortOrder.AscendingOrder)

    def show_lines(self, lines: Sequence[PatientLine]) -> None:
        """Show other patients, in the order that was chosen."""
        self.beginResetModel()
        self._lines = list(lines)
        self._arrange()
        self.endResetModel()

    def patient(self, row: int) -> Patient:
        """Return the patient of a line."""
        return self._lines[row].patient

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else self.COLUMNS

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return the text of a cell, or its alignment."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() in self.NUMBERS else _LEFT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        return _CELLS[index.column()](self._lines[index.row()])

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in self.NUMBERS else _LEFT
        return self._titles()[section] if role == Qt.ItemDataRole.DisplayRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the lines by a column."""
        self.layoutAboutToBeChanged.emit()
        self._sorted = column, order
        self._arrange()
        self.layoutChanged.emit()

    def _titles(self) -> tuple[str, ...]:
        return (
            self.tr("Code"),
            self.tr("Name"),
            self.tr("Date of birth"),
            self.tr("Sessions"),
            self.tr("Photos"),
            self.tr("Last session"),
        )

    def _arrange(self) -> None:
        column, order = self._sorted
        self._lines.sort(key=_KEYS[column], reverse=order is Qt.SortOrder.DescendingOrder)


_CELLS: tuple[Callable[[PatientLine], str], ...] = (
    lambda line: line.patient.code,
    lambda line: line.patient.name,
    lambda line: str(day_words(line.patient.birth_date)),
    lambda line: f"{line.sessions:,}",
    lambda line: f"{line.photos:,}",
    lambda line: str(local_day(line.last_session)),
)
_KEYS: tuple[Callable[[PatientLine], Any], ...] = (
    lambda line: line.patient.code.casefold(),
    lambda line: line.patient.name.casefold(),
    lambda line: line.patient.birth_date.toordinal() if line.patient.birth_date else 0,
    lambda line: line.sessions,
    lambda line: line.photos,
    lambda line: line.last_session.timestamp() if line.last_session else 0.0,
)


class PatientsPage(QWidget):
    """Search, list, and what to do while the list is empty."""

    search_changed = Signal(str)
    patient_chosen = Signal(object)
    """A `Patient`."""
    new_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = PatientTable(self)
        self.search = self._make_search()
        self.new = QPushButton(self.tr("New patient…"))
        self.new.setObjectName("new-patient")
        self.new.setProperty("kind", "main")
        self._count = label("", "soft")
        self._count.setWordWrap(False)
        self.list = self._make_list()
        self._empty = _Empty()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar())
        layout.addWidget(self._stack, 1)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_SEARCH_MS)
        self._wait.timeout.connect(self._search)
        self._connect()

    def show_lines(self, lines: Sequence[PatientLine]) -> None:
        """Show the patients that were found."""
        self.table.show_lines(lines)
        self._count.setText(str(patients_words(len(lines))))
        searched = bool(self.search.text().strip())
        self._empty.explain(searched=searched)
        self._stack.setCurrentWidget(self.list if lines else self._empty)
        if lines:
            self.list.selectRow(0)

    def allow_changes(self, *, allowed: bool) -> None:
        """Enable adding patients, or not."""
        self.new.setEnabled(allowed)
        self._empty.new.setEnabled(allowed)

    def take_focus(self) -> None:
        """Give the keyboard to the search."""
        self.search.setFocus()
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the cursor is in the search."""
        moves = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in moves:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _make_search(self) -> QLineEdit:
        search = QLineEdit()
        search.setObjectName("search")
        search.setAccessibleName(self.tr("Search patients by code or name"))
        search.setPlaceholderText(self.tr("Search by code or name"))
        search.setClearButtonEnabled(True)
        search.setProperty("kind", "field")
        search.setMinimumSize(240, 36)
        search.setMaximumWidth(480)
        search.installEventFilter(self)
        for clear in search.findChildren(QToolButton):
            clear.setAccessibleName(self.tr("Clear the search"))
        return search

    def _bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "bar")
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.setSpacing(16)
        layout.addWidget(self.search, 1)
        layout.addWidget(self._count)
        layout.addStretch(1)
        layout.addWidget(self.new)
        return bar

    def _make_list(self) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setObjectName("patients")
        view.setProperty("kind", "list")
        view.setAccessibleName(self.tr("Patients"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSortingEnabled(True)
        view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(_ROW)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumHeight(32)
        for column, wide in enumerate((168, 240, 128, 96, 96, 144)):
            header.resizeSection(column, wide)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        return view

    def _connect(self) -> None:
        self.search.textChanged.connect(self._start_wait)
        self.list.activated.connect(self._choose)
        self.list.clicked.connect(self._choose)
        self.new.clicked.connect(self.new_pressed)
        self._empty.new.clicked.connect(self.new_pressed)

    def _start_wait(self) -> None:
        self._wait.start()

    def _search(self) -> None:
        self.search_changed.emit(self.search.text())

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.patient_chosen.emit(self.table.patient(index.row()))


class _Empty(QWidget):
    """What to do while no patient is listed."""

    def __init__(self) -> None:
        super().__init__()
        self._title, self._words = label("", "title"), label("", "soft")
        for text in (self._title, self._words):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.new = QPushButton(self.tr("New patient…"))
        centered(self, self._title, self._words, self.new)
        self.explain(searched=False)

    def explain(self, *, searched: bool) -> None:
        """Explain why no patient is listed."""
        if searched:
            self._title.setText(self.tr("No patients found"))
            self._words.setText(
                self.tr("Enter fewer letters of the code or of any part of the name.")
            )
        else:
            self._title.setText(self.tr("No patients yet"))
            self._words.setText(
                self.tr("Add the first patient, then drop the photos of a session onto the page.")
            )
