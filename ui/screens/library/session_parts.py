"""Parts of a session's form: the treatment, ratings on scales, and adverse events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mnimage.domain.record import (
    AdverseEvent,
    EndPoint,
    Event,
    Plasma,
    Rating,
    Treatment,
    ZoneTreatment,
)
from mnimage.domain.scales import SCALES, Rater, ScaleName
from ui.screens.library.fields import Choice, DateLine, InvalidEntry, Line, NumberLine, label
from ui.screens.library.record_values import capitalized, value_name, value_title
from ui.screens.library.words import day_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_ZONES = ("forehead", "cheek left", "cheek right", "nose", "upper lip", "chin", "jaw", "neck")


class TreatmentPart(QWidget):
    """Device, needles, depth in each zone, substances on the skin, end point."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = Treatment()
        self.device, self.serial = Line(self.tr("Device")), Line(self.tr("Serial number"))
        self.cartridge, self.lot = Line(self.tr("Cartridge")), Line(self.tr("Lot"))
        self.needles = NumberLine(self.tr("Needles"))
        self.anaesthetic = Line(self.tr("Anaesthetic"))
        self.minutes = NumberLine(self.tr("Minutes of anaesthetic"))
        self.topicals = Line(self.tr("Topicals"), self.tr("separate several by commas"))
        self.end: Choice[EndPoint | None] = Choice(
            self.tr("End point"),
            [
                (self.tr("not recorded"), None),
                *((str(value_name(one)), one) for one in EndPoint),
            ],
        )
        self.pain = NumberLine(self.tr("Pain, 0 to 10"), self.tr("0 to 10"))
        self.plasma, self.kit = NumberLine(self.tr("Plasma, ml")), Line(self.tr("Kit"))
        self.aftercare = Line(self.tr("Aftercare given"))
        self.zones = self._zone_table()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._fields())
        layout.addWidget(self.zones, 1)

    def fill(self, treatment: Treatment | None) -> None:
        """Show what was done."""
        shown = self._treatment = treatment or Treatment()
        for line, words in (
            (self.device, shown.device),
            (self.serial, shown.device_serial),
            (self.cartridge, shown.cartridge),
            (self.lot, shown.cartridge_lot),
            (self.anaesthetic, shown.anaesthetic),
            (self.topicals, ", ".join(shown.topicals)),
            (self.aftercare, shown.aftercare),
        ):
            line.setText(words)
        self.needles.show_number(shown.needles)
        self.minutes.show_number(shown.anaesthetic_minutes)
        self.pain.show_number(shown.pain)
        self.end.choose(shown.end_point)
        self.plasma.show_number(shown.plasma.volume_ml if shown.plasma else None)
        self.kit.setText(shown.plasma.kit if shown.plasma else "")
        self.zones.setRowCount(0)
        extra = [one.zone for one in shown.zones if one.zone not in _ZONES]
        by_name = {one.zone: one for one in shown.zones}
        for zone in (*_ZONES, *extra):
            self._add_zone(zone, by_name.get(zone))

    def entered(self) -> Treatment:
        """Return what was done; raises `ValueError` where that cannot be saved."""
        return Treatment(
            device=self.device.entered,
            device_serial=self.serial.entered,
            cartridge=self.cartridge.entered,
            cartridge_lot=self.lot.entered,
            needles=self.needles.whole,
            zones=tuple(zone for row in range(self.zones.rowCount()) if (zone := self._zone(row))),
            anaesthetic=self.anaesthetic.entered,
            anaesthetic_minutes=self.minutes.number,
            topicals=tuple(one.strip() for one in self.topicals.entered.split(",") if one.strip()),
            plasma=self._plasma(),
            end_point=self.end.value,
            aftercare=self.aftercare.entered,
            sun_protection=self._treatment.sun_protection,
            pain=self.pain.number,
        )

    def _plasma(self) -> Plasma | None:
        volume = self.plasma.number
        if volume is None and self.kit.entered:
            raise InvalidEntry(self.tr("Plasma: enter the volume in ml."))
        return None if volume is None else Plasma(volume_ml=volume, kit=self.kit.entered)

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        places = (
            (self.tr("Device"), self.device, self.tr("Serial"), self.serial),
            (self.tr("Cartridge"), self.cartridge, self.tr("Lot"), self.lot),
            (self.tr("Anaesthetic"), self.anaesthetic, self.tr("Minutes"), self.minutes),
            (self.tr("Topicals"), self.topicals, self.tr("Needles"), self.needles),
            (self.tr("Plasma kit"), self.kit, self.tr("Plasma, ml"), self.plasma),
            (self.tr("End point"), self.end, self.tr("Pain"), self.pain),
        )
        for row, (first, one, second, other) in enumerate(places):
            for column, words, field in ((0, first, one), (2, second, other)):
                grid.addWidget(QLabel(words), row, column)
                grid.addWidget(field, row, column + 1)
        grid.addWidget(QLabel(self.tr("Aftercare")), len(places), 0)
        grid.addWidget(self.aftercare, len(places), 1, 1, 3)
        return grid

    def _zone_name(self, zone: str) -> str:
        names = {
            "forehead": self.tr("Forehead"),
            "cheek left": self.tr("Left cheek"),
            "cheek right": self.tr("Right cheek"),
            "nose": self.tr("Nose"),
            "upper lip": self.tr("Upper lip"),
            "chin": self.tr("Chin"),
            "jaw": self.tr("Jaw"),
            "neck": self.tr("Neck"),
        }
        return names.get(zone, zone)

    def _zone_titles(self) -> list[str]:
        return [self.tr("Zone"), self.tr("Depth, mm"), self.tr("Passes"), self.tr("Energy, mJ")]

    def _zone_table(self) -> QTableWidget:
        table = QTableWidget(0, len(self._zone_titles()))
        table.setObjectName("zones")
        table.setAccessibleName(self.tr("Depth, passes and energy of each zone"))
        table.setHorizontalHeaderLabels(self._zone_titles())
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.setMinimumHeight(120)
        return table

    def _add_zone(self, zone: str, treated: ZoneTreatment | None) -> None:
        row = self.zones.rowCount()
        self.zones.insertRow(row)
        name = QTableWidgetItem(self._zone_name(zone))
        name.setData(Qt.ItemDataRole.UserRole, zone)
        name.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.zones.setItem(row, 0, name)
        numbers: tuple[float | None, ...] = (None, None, None)
        if treated:
            numbers = treated.depth_mm, treated.passes, treated.energy_mj
        for column, number in enumerate(numbers, start=1):
            item = QTableWidgetItem("" if number is None else f"{number:g}")
            self.zones.setItem(row, column, item)

    def _zone(self, row: int) -> ZoneTreatment | None:
        name = self.zones.item(row, 0)
        zone = str(name.data(Qt.ItemDataRole.UserRole)) if name else ""
        depth, passes, energy = (self._number(row, zone, column) for column in (1, 2, 3))
        if depth is None:
            if passes is not None or energy is not None:
                text = self.tr("{zone}: the depth is missing.")
                raise InvalidEntry(text.format(zone=self._zone_name(zone)))
            return None
        before = {one.zone: one for one in self._treatment.zones}.get(zone)
        return ZoneTreatment(
            zone=zone,
            depth_mm=depth,
            passes=None if passes is None else int(passes),
            speed_rpm=before.speed_rpm if before else None,
            energy_mj=energy,
        )

    def _number(self, row: int, zone: str, column: int) -> float | None:
        item = self.zones.item(row, column)
        words = item.text().strip().replace(",", ".") if item else ""
        try:
            return float(words) if words else None
        except ValueError:
            title = self._zone_titles()[column]
            text = self.tr("{zone}, {column}: enter a number.")
            raise InvalidEntry(text.format(zone=self._zone_name(zone), column=title)) from None


class EntryList(QListWidget):
    """What was entered so far; `empty` is shown while there is nothing."""

    def __init__(self, name: str, empty: str) -> None:
        super().__init__()
        self._empty = empty
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the entries, or that there are none."""
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self._empty)


class RatingPart(QWidget):
    """Ratings by people; each is checked against its scale when it is added."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patient_id = self._session_id = ""
        self._added: list[Rating] = []
        self.list = EntryList(self.tr("Ratings of this session"), self.tr("No ratings yet"))
        self.scale = Choice(self.tr("Scale"), ((str(value_name(one)), one) for one in ScaleName))
        self.rater: Choice[Rater] = Choice(self.tr("Rated by"), ())
        self.value = NumberLine(self.tr("Value"))
        self.value.setObjectName("rating")
        self.add = QPushButton(self.tr("Add"))
        self.add.setObjectName("add-rating")
        self.add.setAutoDefault(False)
        self._range, self._trouble = label("", "small"), label("", "trouble")
        row = QHBoxLayout()
        for widget, stretch in ((self.scale, 3), (self.rater, 2), (self.value, 1), (self.add, 0)):
            row.addWidget(widget, stretch)
        layout = _column(self, self.list)
        layout.addLayout(row)
        layout.addWidget(self._range)
        layout.addWidget(self._trouble)
        self.scale.currentIndexChanged.connect(self._show_range)
        self.add.clicked.connect(self._add)
        self._show_range()

    def fill(self, patient_id: str, session_id: str, ratings: Sequence[Rating]) -> None:
        """Show the ratings of a session."""
        self._patient_id, self._session_id, self._added = patient_id, session_id, []
        self._trouble.setText("")
        self.value.clear()
        self.list.clear()
        for rating in ratings:
            self.list.addItem(self._described(rating))

    def added(self) -> tuple[Rating, ...]:
        """Return what was added; raises `InvalidEntry` where a number was entered but not added."""
        if self.value.entered:
            raise InvalidEntry(self.tr("Ratings: press Add, or clear the value."))
        return tuple(self._added)

    def _show_range(self) -> None:
        scale = SCALES[self.scale.value]
        self.rater.refill((str(value_name(one)), one) for one in scale.raters)
        text = self.tr("{low} to {high}, any number")
        if scale.step:
            text = self.tr("{low} to {high}, whole numbers")
        self._range.setText(text.format(low=f"{scale.low:g}", high=f"{scale.high:g}"))

    def _add(self) -> None:
        try:
            number = self.value.number
            if number is None:
                raise InvalidEntry(self.tr("Value: enter a number."))
            self._check_range(number)
            rating = Rating(
                patient_id=self._patient_id,
                session_id=self._session_id,
                scale=self.scale.value,
                rater=self.rater.value,
                value=number,
            )
        except ValueError as error:
            self._trouble.setText(capitalized(str(error)))
            return
        self._trouble.setText("")
        self._added.append(rating)
        self.list.addItem(self._described(rating))
        self.value.clear()

    def _check_range(self, number: float) -> None:
        name = self.scale.value
        scale = SCALES[name]
        whole = not scale.step or number == int(number)
        if scale.low <= number <= scale.high and whole:
            return
        text = self.tr("{scale}: enter a number from {low} to {high}.")
        if scale.step:
            text = self.tr("{scale}: enter a whole number from {low} to {high}.")
        low, high = f"{scale.low:g}", f"{scale.high:g}"
        raise InvalidEntry(text.format(scale=value_name(name), low=low, high=high))

    def _described(self, rating: Rating) -> str:
        text = self.tr("{scale}: {value}, rated by the {rater}")
        return text.format(
            scale=value_name(rating.scale),
            value=f"{rating.value:g}",
            rater=value_name(rating.rater),
        )


class EventPart(QWidget):
    """Adverse events after the session."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patient_id = self._session_id = ""
        self._added: list[AdverseEvent] = []
        self.list = EntryList(
            self.tr("Adverse events after this session"), self.tr("No adverse events recorded")
        )
        self.event_kind = Choice(
            self.tr("Adverse event"), ((str(value_name(one)), one) for one in Event)
        )
        self.day = DateLine(self.tr("First noticed on"))
        self.days = NumberLine(self.tr("Days until resolved"), self.tr("days"))
        self.days.setMaximumWidth(80)
        self.add = QPushButton(self.tr("Add"))
        self.add.setObjectName("add-event")
        self.add.setAutoDefault(False)
        self._trouble = label("", "trouble")
        row = QHBoxLayout()
        for widget in (self.event_kind, self.day, self.days, self.add):
            row.addWidget(widget)
        layout = _column(self, self.list)
        layout.addLayout(row)
        layout.addWidget(
            label(self.tr("Leave the number of days empty while it has not resolved."), "small")
        )
        layout.addWidget(self._trouble)
        self.add.clicked.connect(self._add)

    def fill(self, patient_id: str, session_id: str, events: Sequence[AdverseEvent]) -> None:
        """Show the adverse events of a session."""
        self._patient_id, self._session_id, self._added = patient_id, session_id, []
        self._trouble.setText("")
        self.day.show_day(datetime.now(UTC).astimezone().date())
        self.list.clear()
        for event in events:
            self.list.addItem(self._described(event))

    def added(self) -> tuple[AdverseEvent, ...]:
        """Return what was added."""
        return tuple(self._added)

    def _add(self) -> None:
        try:
            noticed = self.day.day
            if noticed is None:
                raise InvalidEntry(self.tr("First noticed on: enter the date."))
            event = AdverseEvent(
                patient_id=self._patient_id,
                session_id=self._session_id,
                event=self.event_kind.value,
                noticed_on=noticed,
                days_to_clear=self.days.number,
            )
        except ValueError as error:
            self._trouble.setText(capitalized(str(error)))
            return
        self._trouble.setText("")
        self._added.append(event)
        self.list.addItem(self._described(event))
        self.days.clear()

    def _described(self, event: AdverseEvent) -> str:
        days = event.days_to_clear
        if days is None:
            text = self.tr("{event}, first noticed {date}, not resolved yet")
        else:
            text = self.tr("{event}, first noticed {date}, resolved after {days} days")
        return text.format(
            event=value_title(event.event),
            date=day_words(event.noticed_on),
            days="" if days is None else f"{days:g}",
        )


def _column(part: QWidget, first: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 8, 0, 0)
    layout.setSpacing(8)
    layout.addWidget(first, 1)
    return layout
