"""Tables of what changed: scores by zone, and scars one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from mnimage.report.words import (
    number,
    score_order,
    score_words,
    unit_words,
    zone_order,
    zone_words,
)
from ui.widgets.rows import HEADING_ROLE, NOTE_ROLE, SIGN_ROLE, SMALL_ROLE, RowDelegate
from ui.widgets.verdicts import Sign, explain, sign_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from mnimage.domain.comparison import Change, ScarChange

_REDNESS = "redness_hi"

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a line in normal type, one in small type under it, or a verdict's sign."""

    text: str
    small: str = ""
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table; `key` says what it is about; headings and notes span all columns."""

    cells: tuple[Cell, ...]
    tip: str = ""
    heading: bool = False
    note: bool = False
    key: tuple[str, ...] = ()


class RowTable(QAbstractTableModel):
    """Rows of cells under fixed column names."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the name of a column, over its numbers."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            outer = section in (0, len(self._columns) - 1)
            side = Qt.AlignmentFlag.AlignLeft if outer else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return self._columns[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; what it says aloud is the same in one line."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        cell = row.cells[index.column()] if index.column() < len(row.cells) else Cell("")
        answers = {
            Qt.ItemDataRole.DisplayRole: cell.text,
            Qt.ItemDataRole.ToolTipRole: row.tip or None,
            Qt.ItemDataRole.AccessibleTextRole: " ".join(filter(None, (cell.text, cell.small))),
            SIGN_ROLE: cell.sign,
            SMALL_ROLE: cell.small,
            HEADING_ROLE: row.heading,
            NOTE_ROLE: row.note,
        }
        return answers.get(Qt.ItemDataRole(role) if role < SIGN_ROLE else role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that rows can be chosen; headings and notes can't."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.rows[index.row()].heading or self.rows[index.row()].note:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class RowView(QTableView):
    """A quiet table of rows; `chosen` shows the key of the row that was clicked or entered."""

    chosen = Signal(tuple)

    def __init__(
        self, columns: Sequence[str], widths: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = RowTable(columns)
        self._rows.setParent(self)
        self.setModel(self._rows)
        self.setItemDelegate(RowDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        header.setStretchLastSection(True)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self._rows.show_rows(rows)
        self.clearSpans()
        for place, row in enumerate(rows):
            if row.heading or row.note:
                self.setSpan(place, 0, 1, self._rows.columnCount())

    def _choose(self, index: QModelIndex) -> None:
        key = self._rows.rows[index.row()].key
        if key:
            self.chosen.emit(key)


class ScoreTable(RowView):
    """Scores by zone, before and after, with change, uncertainty and verdict."""

    def __init__(self, parent: QWidget | None = None) -> None:
        columns = ("Score", "Before", "After", "Change", "Verdict")
        super().__init__(columns, (138, 50, 50, 66), parent)
        self.setAccessibleName(self.tr("Scores by zone"))
        self.setObjectName("scores")

    def show_zones(
        self, zones: Mapping[str, Mapping[str, Change]], calibrated: bool | None = None
    ) -> None:
        """Show every score of every zone, all skin first.

        Beside redness it is shown whether colours were `calibrated`, where that is known.
        """
        rows: list[Row] = []
        stated: set[str] = set()
        for zone in sorted(zones, key=zone_order):
            scores = zones[zone]
            rows.append(Row((Cell(zone_words(zone)),), heading=True))
            rows += _notes(scores, stated)
            for name in sorted(scores, key=score_order):
                rows += _score_rows(zone, name, scores[name], calibrated)
        self.show_rows(rows)


class ScarTable(RowView):
    """Scars followed over both sessions; choosing one brings it into view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        columns = ("Scar", "Before", "After", "Change", "Verdict")
        super().__init__(columns, (98, 64, 64, 74), parent)
        self.setAccessibleName(self.tr("Scars"))
        self.setObjectName("scars")

    def show_scars(self, scars: Sequence[ScarChange]) -> None:
        """Show depth and volume of every scar."""
        self.show_rows([row for scar in scars for row in _scar_rows(scar)])


def _notes(scores: Mapping[str, Change], shown: set[str]) -> list[Row]:
    """Return why scores of a zone get no verdict, or what to bear in mind; each `shown` once."""
    notes = []
    reasons = dict.fromkeys(str(change.reason) for change in scores.values() if change.reason)
    for reason in (each for each in reasons if each not in shown):
        shown.add(reason)
        names = [
            score_words(name).name
            for name in sorted(scores, key=score_order)
            if str(scores[name].reason) == reason
        ]
        listed = ", ".join((names[0], *(name.lower() for name in names[1:])))
        notes.append(Row((Cell(f"{listed}: {reason}"),), note=True))
    return notes


def _score_rows(zone: str, name: str, change: Change, calibrated: bool | None) -> list[Row]:
    """Return a score's row, and under it what goes beyond the control patch where there is one."""
    row = _score_row(zone, name, change, calibrated)
    if change.controlled is None:
        return [row]
    digits = score_words(name).digits
    beyond, error, _ = change.weighed
    sign = sign_of(change.verdict, beyond)
    expected = number(change.controlled.expected, digits, signed=True)
    cells = (
        Cell("beyond control", f"expected {expected}"),
        Cell(""),
        Cell(""),
        Cell(number(beyond, digits, signed=True), f"± {number(error, digits)}"),
        Cell(sign.word, sign=sign),
    )
    # The verdict is that of the difference, so it stands beside it and only there.
    return [replace(row, cells=(*row.cells[:-1], Cell(""))), Row(cells, row.tip, key=row.key)]


def _score_row(zone: str, name: str, change: Change, calibrated: bool | None) -> Row:
    words, unit = score_words(name), unit_words(change.unit)
    tip = "\n".join(filter(None, (words.meaning, explain(change))))
    if name == _REDNESS and calibrated is not None:
        unit += ", calibrated" if calibrated else ", uncalibrated"
    cells = (Cell(words.name, unit), *_value_cells(change, words.digits))
    return Row(cells, tip, key=(zone, name))


def _value_cells(change: Change, digits: int) -> tuple[Cell, ...]:
    sign = sign_of(change.verdict, change.change)
    known = change.change == change.change
    uncertainty = f"± {number(change.uncertainty, digits)}" if known else ""
    return (
        Cell(number(change.before, digits)),
        Cell(number(change.after, digits)),
        Cell(number(change.change, digits, signed=True), uncertainty),
        Cell(sign.word, sign=sign),
    )


def _scar_rows(scar: ScarChange) -> list[Row]:
    key = (str(scar.id),)
    where = f"Scar {scar.id}, {scar.before.kind}. Click to bring it into view."
    rows = [Row((Cell(f"{scar.id}  {scar.before.kind}"),), tip=where, heading=True)]
    for words, change in (("Depth", scar.depth), ("Volume", scar.volume)):
        if change:
            cells = (Cell(words, unit_words(change.unit)), *_value_cells(change, 2))
            rows.append(Row(cells, f"{explain(change)}\n{where}", key=key))
    if len(rows) == 1:
        sign = sign_of(scar.verdict)
        cells = (
            Cell("Depth", "mm"),
            Cell(number(scar.before.depth_mm, 2)),
            Cell(number(float("nan"), 2)),
            Cell(""),
            Cell(sign.word, sign=sign),
        )
        rows.append(Row(cells, f"Not measured again after. {where}", key=key))
    return rows
