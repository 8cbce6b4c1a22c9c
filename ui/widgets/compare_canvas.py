"""Before and after in five ways, with maps and zones over both."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mnimage.report.words import date_words, layer_words, zone_words
from ui import theme
from ui.widgets.canvas import Canvas, Picture
from ui.widgets.duo_canvas import CompareMode, DuoCanvas
from ui.widgets.furniture import Label
from ui.widgets.icons import IconButton
from ui.widgets.legend import LegendBar
from ui.widgets.maps import ERROR, PairMaps
from ui.widgets.qimage import (
    Outline,
    make_pyramid,
    to_place,
    to_point,
    veil_sheet,
    zone_outlines,
)
from ui.widgets.viewport import STEP, Viewport

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from mnimage.domain.pair import Examined, Pair
    from ui.widgets.maps import CoveredMap

MODES = {
    CompareMode.SIDE: ("Side by side", "1"),
    CompareMode.WIPE: ("Wipe", "2 or W"),
    CompareMode.BLEND: ("Blend", "3 or B"),
    CompareMode.BLINK: ("Blink", "4"),
    CompareMode.DIFFERENCE: ("Difference", "5 or D"),
}

_SPOT_SCALE = 1.0
_FULL = 100


class CompareCanvas(QWidget):
    """The picture part of the compare screen, with its two bars."""

    layers_changed = Signal()
    """Another map is shown, or zones came or went."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maps: PairMaps | None = None
        self._pair: Pair | None = None
        self._pictures: tuple[Picture, Picture] | None = None
        self._outlines: tuple[Outline, ...] = ()
        self._map_name = ""
        self._mode = CompareMode.SIDE
        self._make_canvases()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._mode_bar())
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._map_bar())
        self.set_mode(CompareMode.SIDE)

    # What is shown

    def show_pair(self, pair: Pair) -> None:
        """Show a pair, in the frame of the photo before; a refused one side by side as it is."""
        self._pair, self._maps, self._outlines = pair, PairMaps(pair), ()
        aligned = pair.aligned
        before = Picture(make_pyramid(pair.before.photo.coded))
        after = Picture(make_pyramid(pair.after.photo.coded if aligned is None else aligned))
        self._pictures = before, after
        rows, columns = pair.before.photo.shape
        self._shared.set_picture(columns, rows)
        for canvas, picture in zip(self._strangers, (before, after), strict=True):
            canvas.viewport.set_picture(picture.pyramid.width, picture.pyramid.height)
        self._show_scales(pair)
        self._fill_maps()
        self._set_alignable(aligned is not None)
        self._show_zones(self._zones.isChecked())
        self._veil()
        self._redraw()
        self.layers_changed.emit()

    def set_mode(self, mode: CompareMode) -> None:
        """Choose how the two photos are compared."""
        if self._pair and self._pair.aligned is None:
            mode = CompareMode.SIDE
        self._mode = mode
        self._mode_buttons[mode].setChecked(True)
        self._duo.set_mode(mode)
        refused = self._pair is not None and self._pair.aligned is None
        side = 2 if refused else 0
        self._stack.setCurrentIndex(side if mode is CompareMode.SIDE else 1)
        mixes = mode in (CompareMode.WIPE, CompareMode.BLEND)
        self._mix.setEnabled(mixes)
        self._show_mix(self._duo.mix)
        self._show_legend()
        if not any(button.hasFocus() for button in self._mode_buttons.values()):
            self.take_focus()

    def take_focus(self) -> None:
        """Let the keys work on the pictures that are seen."""
        for canvas in self._seen()[:1]:
            canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def mode(self) -> CompareMode:
        """How the two photos are compared now."""
        return self._mode

    def show_map(self, name: str) -> None:
        """Lay a map over both photos; an empty or unknown name takes it off."""
        place = max(self._map_choice.findData(name), 0)
        self._map_choice.setCurrentIndex(place)

    def next_map(self) -> None:
        """Go to the next map, after the last one to none."""
        place = (self._map_choice.currentIndex() + 1) % self._map_choice.count()
        self._map_choice.setCurrentIndex(place)

    def toggle_error(self) -> None:
        """Show the map of registration errors, or take it off."""
        self.show_map("" if self._map_name == ERROR else ERROR)
        self.layers_changed.emit()

    def toggle_zones(self) -> None:
        """Show or hide the borders of the zones."""
        if self._zones.isEnabled():
            self._zones.toggle()
        self.layers_changed.emit()

    @property
    def zones_shown(self) -> bool:
        """Whether the borders of the zones are drawn."""
        return self._zones.isChecked()

    @property
    def map_name(self) -> str:
        """The map that is shown; empty for none."""
        return self._map_name

    @property
    def map_names(self) -> tuple[str, ...]:
        """The maps that can be shown."""
        return self._maps.names if self._maps and self._map_choice.isEnabled() else ()

    # Zoom

    def zoom_in(self) -> None:
        """Zoom in around the middle."""
        for canvas in self._seen():
            canvas.zoom(STEP)

    def zoom_out(self) -> None:
        """Zoom out around the middle."""
        for canvas in self._seen():
            canvas.zoom(1 / STEP)

    def fit(self) -> None:
        """Show the whole pictures."""
        for canvas in self._seen():
            canvas.viewport.fit()

    def actual(self) -> None:
        """Show one device pixel per pixel of the photo before."""
        for canvas in self._seen():
            canvas.zoom_to(1.0)

    def show_spot(self, row: float, column: float, word: str = "") -> None:
        """Bring a place of the photo before to the middle, with a ring around it."""
        point = to_point(row, column)
        self._mark(((point, word),) if word else ())
        for canvas in self._seen():
            canvas.show_point(point, _SPOT_SCALE / canvas.devicePixelRatioF())

    def _mark(self, marks: tuple[tuple[QPointF, str], ...]) -> None:
        for canvas in (*self._linked, self._duo):
            canvas.show_marks(marks)

    def _seen(self) -> tuple[Canvas, ...]:
        """Return one canvas for each viewport that is seen."""
        if self._pair is None:
            return ()
        return {0: self._linked[:1], 1: (self._duo,)}.get(
            self._stack.currentIndex(), self._strangers
        )

    # Building

    def _make_canvases(self) -> None:
        self._shared = Viewport(self)
        self._linked = tuple(Canvas(self._shared, name) for name in ("Before", "After"))
        self._duo = DuoCanvas(self._shared, "Before and after")
        self._strangers = tuple(Canvas(Viewport(self), name) for name in ("Before", "After"))
        self._stack = QStackedWidget()
        for page in (_row(self._linked), self._duo, _row(self._strangers)):
            self._stack.addWidget(page)
        self._duo.mix_changed.connect(self._show_mix)
        for canvas in (*self._linked, self._duo, *self._strangers):
            canvas.zoomed.connect(self._show_zoom)

    def _mode_bar(self) -> QFrame:
        bar, layout = _bar("bar")
        group = QButtonGroup(self)
        self._mode_buttons = {}
        for mode, (words, keys) in MODES.items():
            button = IconButton(mode.value, words)
            button.setToolTip(f"{words} ({keys})")
            button.setObjectName(f"mode-{mode.value}")
            button.setCheckable(True)
            button.clicked.connect(partial(self.set_mode, mode))
            group.addButton(button)
            layout.addWidget(button)
            self._mode_buttons[mode] = button
        layout.addSpacing(theme.GRID)
        self._mix = _slider(self.tr("From before to after"), "mix")
        self._mix.valueChanged.connect(self._slide)
        layout.addWidget(_small(self.tr("Before")))
        layout.addWidget(self._mix)
        layout.addWidget(_small(self.tr("After")))
        layout.addStretch(1)
        self._zoom_words = _small("")
        self._zoom_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._zoom_words.setMinimumWidth(48)
        layout.addWidget(self._zoom_words)
        for drawing, words, handler in (
            ("fit", self.tr("Fit to window (0)"), self.fit),
            ("actual", self.tr("Actual pixels (9)"), self.actual),
        ):
            button = IconButton(drawing, words)
            button.clicked.connect(handler)
            layout.addWidget(button)
        return bar

    def _map_bar(self) -> QFrame:
        bar, layout = _bar("foot")
        self._map_choice = QComboBox()
        self._map_choice.setAccessibleName(self.tr("Map"))
        self._map_choice.setToolTip(self.tr("Map laid over both photos (M for the next one)"))
        self._map_choice.setObjectName("maps")
        self._map_choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._map_choice.setFixedWidth(224)
        self._map_choice.addItem(self.tr("No map"), "")
        self._map_choice.currentIndexChanged.connect(self._choose_map)
        self._strength = _slider(self.tr("Strength of the map"), "strength")
        self._strength.setValue(70)
        self._strength.valueChanged.connect(self._set_opacity)
        self._legend = LegendBar()
        self._zones = IconButton("zones", self.tr("Zone outlines (Z)"))
        self._zones.setCheckable(True)
        self._zones.setObjectName("zones")
        self._zones.toggled.connect(self._show_zones)
        self._error = IconButton("error", self.tr("Registration error (E)"))
        self._error.setToolTip(
            self.tr("How well the photos lie on each other, and which skin is left out (E)")
        )
        self._error.setCheckable(True)
        self._error.setObjectName("error")
        self._error.clicked.connect(self.toggle_error)
        layout.addWidget(self._map_choice)
        layout.addWidget(self._strength)
        layout.addWidget(self._legend, 1)
        layout.addWidget(self._error)
        layout.addWidget(self._zones)
        return bar

    # Following the controls

    def _slide(self, value: int) -> None:
        self._duo.set_mix(value / _FULL)

    def _show_mix(self, mix: float) -> None:
        with QSignalBlocker(self._mix):
            self._mix.setValue(round(mix * _FULL))

    def _show_zoom(self, scale: float) -> None:
        percent = scale * _FULL
        self._zoom_words.setText(f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")

    def _set_opacity(self, value: int) -> None:
        for canvas in (*self._linked, self._duo):
            canvas.set_opacity(value / _FULL)

    def _choose_map(self, place: int) -> None:
        self._map_name = self._map_choice.itemData(place) or ""
        self._redraw()
        self.layers_changed.emit()

    def _show_zones(self, shown: bool) -> None:
        if shown and self._pair and not self._outlines:
            zones = self._pair.before.zones
            self._outlines = tuple(
                Outline(zone_words(outline.name), outline.path, outline.anchor)
                for outline in zone_outlines(zones)
            )
        for canvas in (*self._linked, self._duo, self._strangers[0]):
            canvas.show_outlines(self._outlines if shown else ())
        self.layers_changed.emit()

    def _fill_maps(self) -> None:
        kept = self._map_name
        with QSignalBlocker(self._map_choice):
            self._map_choice.clear()
            self._map_choice.addItem(self.tr("No map"), "")
            for name in self._maps.names if self._maps else ():
                self._map_choice.addItem(layer_words(name), name)
            self._map_choice.setCurrentIndex(max(self._map_choice.findData(kept), 0))
        self._map_name = self._map_choice.currentData() or ""

    def _set_alignable(self, alignable: bool) -> None:
        for mode, button in self._mode_buttons.items():
            button.setEnabled(alignable or mode is CompareMode.SIDE)
        self._map_choice.setEnabled(alignable)
        self._strength.setEnabled(alignable)
        self._error.setEnabled(alignable)
        self._mark(())
        self.set_mode(self._mode if alignable else CompareMode.SIDE)

    def _redraw(self) -> None:
        if self._pair is None or self._pictures is None:
            return
        chosen = self._chosen_map()
        before, after = self._pictures
        if chosen and self._maps:
            left_out = self._maps.left_out
            before = Picture(before.pyramid, before.veil, chosen.before, left_out)
            after = Picture(after.pyramid, after.veil, chosen.after, left_out)
        labels = (_label("Before", self._pair.before), _label("After", self._pair.after))
        for canvases in (self._linked, self._strangers):
            for canvas, picture, label in zip(canvases, (before, after), labels, strict=True):
                canvas.show_picture(picture, label)
        self._duo.show_pair(before, after, labels)
        words = ""
        if chosen and chosen.change_legend:
            words = self.tr("{0}: blue is better").format(chosen.change_legend.name)
        self._duo.show_change(chosen.change if chosen else None, words)
        self._show_legend()
        self._show_key(chosen is not None)

    def _show_key(self, shown: bool) -> None:
        """Say what the patterns mean, and the error under the pointer while its map is shown."""
        key = self._maps.key if shown and self._maps else ()
        for canvas in (self._linked[0], self._duo):
            canvas.show_key(key)
        probe = self._error_words if self._map_name == ERROR and shown else None
        for canvas in (*self._linked, self._duo):
            canvas.set_probe(probe)
        with QSignalBlocker(self._error):
            self._error.setChecked(probe is not None)

    def _error_words(self, point: QPointF) -> str:
        return self._maps.error_words(*to_place(point)) if self._maps else ""

    def _show_scales(self, pair: Pair) -> None:
        before, after = (
            each.scale.mm_per_px if each.scale else None for each in (pair.before, pair.after)
        )
        for canvas, scale in zip(self._strangers, (before, after), strict=True):
            canvas.set_scale(scale)
        for canvas in (*self._linked, self._duo):
            canvas.set_scale(before)

    def _show_legend(self) -> None:
        chosen = self._chosen_map()
        legend = chosen.legend if chosen else None
        if chosen and chosen.change_legend and self._mode is CompareMode.DIFFERENCE:
            legend = chosen.change_legend
        self._legend.show_legend(legend)
        self._strength.setEnabled(chosen is not None)

    def _chosen_map(self) -> CoveredMap | None:
        return self._maps.get(self._map_name) if self._maps and self._map_name else None

    def _veil(self) -> None:
        """Hide in the theme's grey what the photo after doesn't show."""
        if self._pair is None or self._pair.seen is None or self._pictures is None:
            return
        surround = QColor(theme.colours_of(self.palette()).surround)
        before, after = self._pictures
        self._pictures = before, Picture(after.pyramid, veil_sheet(self._pair.seen, surround))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._pair:
            self._veil()
            self._redraw()


def _label(title: str, examined: Examined) -> Label:
    taken = examined.photo.facts.taken_at
    return Label(f"{title}  {date_words(taken)}" if taken else title, examined.name)


def _row(canvases: tuple[Canvas, ...]) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    for canvas in canvases:
        layout.addWidget(canvas, 1)
    return row


def _bar(kind: str) -> tuple[QFrame, QHBoxLayout]:
    bar = QFrame()
    bar.setProperty("kind", kind)
    bar.setFixedHeight(theme.BAR_HEIGHT)
    layout = QHBoxLayout(bar)
    layout.setContentsMargins(theme.GRID, 0, theme.GRID, 0)
    layout.setSpacing(theme.GRID // 2)
    return bar, layout


def _slider(name: str, key: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, _FULL)
    slider.setFixedWidth(96)
    slider.setAccessibleName(name)
    slider.setToolTip(name)
    slider.setObjectName(key)
    return slider


def _small(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("kind", "small")
    return label
