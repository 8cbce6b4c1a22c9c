"""Parts of a session's form: how the skin was treated, scales, and what came after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
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
from ui.screens.library.fields import Choice, DateLine, Line, NumberLine, Wrong, label
from ui.screens.library.words import day_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_ZONES = ("forehead", "cheek left", "cheek right", "nose", "upper lip", "chin", "jaw", "neck")
_ZONE_TITLES = ("Zone", "Depth, mm", "Passes", "Energy, mJ")


class TreatmentPart(QWidget):
    """Device, needles, depth of each zone, what was put on the skin, how it ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = Treatment()
        self.device, self.serial = Line(self.tr("Device")), Line(self.tr("Serial number"))
        self.cartridge, self.lot = Line(self.tr("Cartridge")), Line(self.tr("Lot"))
        self.needles = NumberLine(self.tr("Needles"))
        self.anaesthetic = Line(self.tr("Anaesthetic"))
        self.minutes = NumberLine(self.tr("Minutes of anaesthetic"))
        self.topicals = Line(self.tr("Topicals"), self.tr("several with commas"))
        self.end: Choice[EndPoint | None] = Choice(
            self.tr("End point"), [("not told", None), *((one.value, one) for one in EndPoint)]
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
        kept = self._kept = treatment or Treatment()
        for line, words in (
            (self.device, kept.device),
            (self.serial, kept.device_serial),
            (self.cartridge, kept.cartridge),
            (self.lot, kept.cartridge_lot),
            (self.anaesthetic, kept.anaesthetic),
            (self.topicals, ", ".join(kept.topicals)),
            (self.aftercare, kept.aftercare),
        ):
            line.setText(words)
        self.needles.show_number(kept.needles)
        self.minutes.show_number(kept.anaesthetic_minutes)
        self.pain.show_number(kept.pain)
        self.end.choose(kept.end_point)
        self.plasma.show_number(kept.plasma.volume_ml if kept.plasma else None)
        self.kit.setText(kept.plasma.kit if kept.plasma else "")
        self.zones.setRowCount(0)
        extra = [one.zone for one in kept.zones if one.zone not in _ZONES]
        by_name = {one.zone: one for one in kept.zones}
        for zone in (*_ZONES, *extra):
            self._add_zone(zone, by_name.get(zone))

    def written(self) -> Treatment:
        """Return what was done; raises `ValueError` with words where that cannot be."""
        kept = self._kept
        return Treatment(
            device=self.device.words,
            device_serial=self.serial.words,
            cartridge=self.cartridge.words,
            cartridge_lot=self.lot.words,
            needles=self.needles.whole,
            zones=tuple(zone for row in range(self.zones.rowCount()) if (zone := self._zone(row))),
            anaesthetic=self.anaesthetic.words,
            anaesthetic_minutes=self.minutes.number,
            topicals=tuple(one.strip() for one in self.topicals.words.split(",") if one.strip()),
            plasma=self._plasma(),
            end_point=self.end.value,
            aftercare=self.aftercare.words,
            sun_protection=kept.sun_protection,
            pain=self.pain.number,
        )

    def _plasma(self) -> Plasma | None:
        volume = self.plasma.number
        if volume is None and self.kit.words:
            raise Wrong("Plasma: how many ml?")
        return None if volume is None else Plasma(volume_ml=volume, kit=self.kit.words)

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

    def _zone_table(self) -> QTableWidget:
        table = QTableWidget(0, len(_ZONE_TITLES))
        table.setObjectName("zones")
        table.setAccessibleName(self.tr("Depth, passes and energy of each zone"))
        table.setHorizontalHeaderLabels([self.tr(title) for title in _ZONE_TITLES])
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.setMinimumHeight(120)
        return table

    def _add_zone(self, zone: str, told: ZoneTreatment | None) -> None:
        row = self.zones.rowCount()
        self.zones.insertRow(row)
        name = QTableWidgetItem(zone)
        name.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.zones.setItem(row, 0, name)
        numbers = (told.depth_mm, told.passes, told.energy_mj) if told else (None, None, None)
        for column, number in enumerate(numbers, start=1):
            item = QTableWidgetItem("" if number is None else f"{number:g}")
            self.zones.setItem(row, column, item)

    def _zone(self, row: int) -> ZoneTreatment | None:
        name = self.zones.item(row, 0)
        zone = name.text() if name else ""
        depth, passes, energy = (self._number(row, zone, column) for column in (1, 2, 3))
        if depth is None:
            if passes is not None or energy is not None:
                raise Wrong(f"{zone}: the depth is missing.")
            return None
        before = {one.zone: one for one in self._kept.zones}.get(zone)
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
            raise Wrong(f"{zone}: write {_ZONE_TITLES[column].lower()} as a number.") from None


class ScalePart(QWidget):
    """Readings of human scales; each is checked against its scale as it is added."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patient_id = self._session_id = ""
        self._added: list[Rating] = []
        self.list = _list(self.tr("Ratings of this session"))
        self.scale = Choice(self.tr("Scale"), ((_scale_words(one), one) for one in ScaleName))
        self.rater: Choice[Rater] = Choice(self.tr("Rated by"), [("clinician", Rater.CLINICIAN)])
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
            self.list.addItem(_rating_words(rating))

    def added(self) -> tuple[Rating, ...]:
        """Return what was added; raises `Wrong` where a number stands there that was not."""
        if self.value.words:
            raise Wrong("Scales: press Add, or clear the number.")
        return tuple(self._added)

    def _show_range(self) -> None:
        scale = SCALES[self.scale.value]
        self.rater.refill((one.value, one) for one in scale.raters)
        steps = self.tr("whole numbers") if scale.step else self.tr("any number")
        self._range.setText(f"{scale.low:g} to {scale.high:g}, {steps}")

    def _add(self) -> None:
        try:
            number = self.value.number
            if number is None:
                raise Wrong("Value: write a number.")
            rating = Rating(
                patient_id=self._patient_id,
                session_id=self._session_id,
                scale=self.scale.value,
                rater=self.rater.value,
                value=number,
            )
        except ValueError as error:
            self._trouble.setText(str(error)[:1].upper() + str(error)[1:])
            return
        self._trouble.setText("")
        self._added.append(rating)
        self.list.addItem(_rating_words(rating))
        self.value.clear()


class EventPart(QWidget):
    """Adverse events after the session."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patient_id = self._session_id = ""
        self._added: list[AdverseEvent] = []
        self.list = _list(self.tr("Adverse events after this session"))
        self.event_kind = Choice(
            self.tr("Adverse event"), ((one.value.capitalize(), one) for one in Event)
        )
        self.day = DateLine(self.tr("Noticed on"))
        self.days = NumberLine(self.tr("Days until clear"), self.tr("days"))
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
        layout.addWidget(label(self.tr("Leave the days empty while it lasts."), "small"))
        layout.addWidget(self._trouble)
        self.add.clicked.connect(self._add)

    def fill(self, patient_id: str, session_id: str, events: Sequence[AdverseEvent]) -> None:
        """Show the adverse events of a session."""
        self._patient_id, self._session_id, self._added = patient_id, session_id, []
        self._trouble.setText("")
        self.day.show_day(datetime.now(UTC).astimezone().date())
        self.list.clear()
        for event in events:
            self.list.addItem(_event_words(event))

    def added(self) -> tuple[AdverseEvent, ...]:
        """Return what was added."""
        return tuple(self._added)

    def _add(self) -> None:
        try:
            noticed = self.day.day
            if noticed is None:
                raise Wrong("Noticed on: which day?")
            event = AdverseEvent(
                patient_id=self._patient_id,
                session_id=self._session_id,
                event=self.event_kind.value,
                noticed_on=noticed,
                days_to_clear=self.days.number,
            )
        except ValueError as error:
            self._trouble.setText(str(error)[:1].upper() + str(error)[1:])
            return
        self._trouble.setText("")
        self._added.append(event)
        self.list.addItem(_event_words(event))
        self.days.clear()


def _list(name: str) -> QListWidget:
    made = QListWidget()
    made.setAccessibleName(name)
    made.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    return made


def _column(part: QWidget, first: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 8, 0, 0)
    layout.setSpacing(8)
    layout.addWidget(first, 1)
    return layout


def _scale_words(name: ScaleName) -> str:
    words = name.value
    short = {"ecca", "vss", "cea", "psa", "gais", "pahpi", "scar-s", "posas"}
    return " ".join(part.upper() if part in short else part for part in words.split()).replace(
        "goodman-baron", "Goodman-Baron"
    )


def _rating_words(rating: Rating) -> str:
    return f"{_scale_words(rating.scale)}: {rating.value:g}, by the {rating.rater}"


def _event_words(event: AdverseEvent) -> str:
    cleared = event.days_to_clear
    ended = f"clear after {cleared:g} days" if cleared is not None else "not clear yet"
    return f"{event.event.capitalize()}, {day_words(event.noticed_on)}, {ended}"
