"""Before and after in five ways, as photos or as reliefs, with maps, zones and a line over both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mnimage.report.words import date_words, zone_words
from ui import theme
from ui.widgets.canvas import Canvas, Picture
from ui.widgets.control import ControlPart
from ui.widgets.duo_canvas import CompareMode, DuoCanvas
from ui.widgets.lighting import Lighting
from ui.widgets.line import LineTool
from ui.widgets.lit import LitSurface
from ui.widgets.map_bar import MapBar
from ui.widgets.maps import ERROR, PairMaps
from ui.widgets.mode_bar import ModeBar
from ui.widgets.overlays import Label
from ui.widgets.profile_panel import ProfilePanel
from ui.widgets.qimage import (
    Outline,
    make_pyramid,
    to_place,
    to_point,
    veil_overlay,
    zone_outlines,
)
from ui.widgets.relief_bar import ReliefBar
from ui.widgets.viewport import STEP, Viewport

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.surfaces import Profile, Surfaces
    from ui.widgets.maps import CoveredMap
    from ui.widgets.qimage import Pyramid

_SPOT_SCALE = 1.0
_ACROSS, _LEAST_ACROSS_MM = 2.5, 1.0
"""How long a line is over the width of the spot that it crosses, and the least such width."""


class CompareCanvas(QWidget):
    """The picture part of the compare screen, with its bars and the depth profile."""

    layers_changed = Signal()
    """Another map or the relief is shown, or zones came or went."""
    line_drawn = Signal(object)
    """Both ends of the line as ((row, column), (row, column)) of the photo before, or None."""
    profile_export_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maps: PairMaps | None = None
        self._pair: Pair | None = None
        self._surfaces: Surfaces | None = None
        self._pictures: tuple[Picture, Picture] | None = None
        self._photos: tuple[Pyramid, ...] = ()
        self._reliefs: tuple[Picture, Picture] | None = None
        self._outlines: tuple[Outline, ...] = ()
        self._map_name = ""
        self._mode = CompareMode.SIDE
        self.lighting, self.line, self.control = Lighting(self), LineTool(self), ControlPart(self)
        self._make_canvases()
        self._make_bars()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._mode_bar)
        layout.addWidget(self._stack, 1)
        for part in (self._panel, self.control.panel, self._relief_bar, self._map_bar):
            layout.addWidget(part)
        self.set_mode(CompareMode.SIDE)

    # What is shown

    def show_pair(self, pair: Pair, surfaces: Surfaces | None = None) -> None:
        """Show a pair, in the frame of the photo before; a refused one side by side as it is.

        `surfaces` are there for directional shots that lie on each other.
        """
        self._pair, self._surfaces = pair, surfaces
        self._maps, self._outlines = PairMaps(pair, surfaces), ()
        aligned = pair.aligned
        self._photos = (
            make_pyramid(pair.before.photo.coded),
            make_pyramid(pair.after.photo.coded if aligned is None else aligned),
        )
        before, after = self._pictures = Picture(self._photos[0]), Picture(self._photos[1])
        rows, columns = pair.before.photo.shape
        self._shared.set_picture(columns, rows)
        for canvas, picture in zip(self._unlinked, (before, after), strict=True):
            canvas.viewport.set_picture(picture.pyramid.width, picture.pyramid.height)
        self.line.set_bounds(columns, rows)
        self.line.set_ends(None)
        self.control.show_pair(pair)
        self._reliefs = None
        self._show_scales(pair)
        self._fill_maps()
        self._set_alignable(aligned is not None)
        self._show_zones(self._map_bar.zones_shown)
        self._veil()
        self._mode_bar.set_relievable(surfaces is not None)
        self._mode_bar.set_controllable(aligned is not None and pair.before.relief is None)
        self._redraw()
        self.layers_changed.emit()

    def set_mode(self, mode: CompareMode) -> None:
        """Choose how the two photos are compared."""
        if self._pair and self._pair.aligned is None:
            mode = CompareMode.SIDE
        self._mode = mode
        self._duo.set_mode(mode)
        refused = self._pair is not None and self._pair.aligned is None
        side = 2 if refused else 0
        self._stack.setCurrentIndex(side if mode is CompareMode.SIDE else 1)
        self._mode_bar.show_mode(mode, self._duo.mix)
        self._show_legend()
        if not self._mode_bar.holds_focus:
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
        self._map_bar.choose(name)

    def toggle_layer(self, start: str) -> None:
        """Draw over the first map whose name starts like this, or take it off."""
        fitting = [name for name in self.map_names if name.startswith(start)]
        shown = self._map_name.startswith(start)
        self.show_map("" if shown or not fitting else fitting[0])

    def next_map(self) -> None:
        """Go to the next map, after the last one to none."""
        self._map_bar.choose_next()

    def toggle_error(self) -> None:
        """Show the map of registration errors, or take it off."""
        self.show_map("" if self._map_name == ERROR else ERROR)
        self.layers_changed.emit()

    def toggle_zones(self) -> None:
        """Show or hide the borders of the zones."""
        self._map_bar.toggle_zones()
        self.layers_changed.emit()

    def toggle_left_out(self) -> None:
        """Show or hide the patterns over skin that takes no part in the scores."""
        self._map_bar.toggle_left_out()

    def nudge_strength(self, way: int) -> None:
        """Make the map stronger (1) or weaker (-1)."""
        self._map_bar.nudge(way)

    @property
    def zones_shown(self) -> bool:
        """Whether the borders of the zones are drawn."""
        return self._map_bar.zones_shown

    @property
    def left_out_shown(self) -> bool:
        """Whether left-out skin is patterned while a map is shown."""
        return self._map_bar.left_out_shown

    @property
    def map_name(self) -> str:
        """The map that is shown; empty for none."""
        return self._map_name

    @property
    def map_names(self) -> tuple[str, ...]:
        """The maps that can be shown."""
        return self._maps.names if self._maps and self._map_bar.offers else ()

    # Relief and profile

    @property
    def relief_shown(self) -> bool:
        """Whether the reliefs are shown in place of the photos."""
        return self._mode_bar.relief_shown

    @property
    def profile_shown(self) -> bool:
        """Whether a line can be drawn and its profile is shown."""
        return self._mode_bar.profile_shown

    def toggle_relief(self) -> None:
        """Show the reliefs under the lamp, or the photos again."""
        self._mode_bar.toggle_relief()

    def toggle_profile(self) -> None:
        """Let a line be drawn across the skin, or put line and profile away."""
        self._mode_bar.toggle_profile()

    @property
    def control_shown(self) -> bool:
        """Whether a control patch can be drawn and changed."""
        return self._mode_bar.control_shown

    def toggle_control(self) -> None:
        """Let a control patch be drawn on untreated skin, or leave it."""
        self._mode_bar.toggle_control()

    def toggle_follow(self) -> None:
        """Let the lamp follow the pointer, or stand still."""
        self._relief_bar.toggle_follow()

    def toggle_colour(self) -> None:
        """Show the skin's own colour under the lamp, or plain grey."""
        self._relief_bar.toggle_colour()

    def draw_across(self, row: float, column: float, width_mm: float) -> None:
        """Draw the line level across a spot and the skin on both sides, if a line is wanted."""
        if self._surfaces is None or not self.profile_shown:
            return
        reach = max(width_mm, _LEAST_ACROSS_MM) * _ACROSS / 2 / self._surfaces.mm_per_px
        self.line.set_ends((to_point(row, column - reach), to_point(row, column + reach)))

    def show_profile(self, profile: Profile | None) -> None:
        """Show the heights along the line."""
        self._panel.show_profile(profile)

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
            self._stack.currentIndex(), self._unlinked
        )

    # Building

    def _make_canvases(self) -> None:
        self._shared = Viewport(self)
        self._linked = tuple(Canvas(self._shared, name) for name in ("Before", "After"))
        self._duo = DuoCanvas(self._shared, "Before and after")
        self._unlinked = tuple(Canvas(Viewport(self), name) for name in ("Before", "After"))
        self._stack = QStackedWidget()
        for page in (_row(self._linked), self._duo, _row(self._unlinked)):
            self._stack.addWidget(page)
        for canvas in (*self._linked, self._duo):
            canvas.set_lighting(self.lighting)
            canvas.set_line(self.line)
            canvas.set_patch(self.control.tool)
        self.line.changed.connect(self._report_line)
        self.line.cursor_moved.connect(self._show_cursor)

    def _make_bars(self) -> None:
        self._panel, self._relief_bar = ProfilePanel(), ReliefBar(self.lighting)
        self._mode_bar, self._map_bar = ModeBar(), MapBar()
        self._panel.hide()
        self._relief_bar.hide()
        self._panel.export_pressed.connect(self.profile_export_pressed)
        self._panel.close_pressed.connect(self.toggle_profile)
        self._panel.plot.cursor_moved.connect(self.line.set_cursor)
        self._mode_bar.mode_chosen.connect(self.set_mode)
        self._mode_bar.mix_changed.connect(self._duo.set_mix)
        self._mode_bar.relief_toggled.connect(self._show_relief)
        self._mode_bar.profile_toggled.connect(self._arm_line)
        self._mode_bar.control_toggled.connect(self._arm_control)
        self.control.panel.close_pressed.connect(self.toggle_control)
        self._mode_bar.fit_pressed.connect(self.fit)
        self._mode_bar.actual_pressed.connect(self.actual)
        self._duo.mix_changed.connect(self._mode_bar.show_mix)
        for canvas in (*self._linked, self._duo, *self._unlinked):
            canvas.zoomed.connect(self._mode_bar.show_zoom)
        self._map_bar.map_chosen.connect(self._choose_map)
        self._map_bar.strength_changed.connect(self._set_opacity)
        self._map_bar.left_out_toggled.connect(self._pattern)
        self._map_bar.zones_toggled.connect(self._show_zones)
        self._map_bar.error_pressed.connect(self.toggle_error)

    # Following the controls

    def _set_opacity(self, strength: float) -> None:
        for canvas in (*self._linked, self._duo):
            canvas.set_opacity(strength)

    def _choose_map(self, name: str) -> None:
        self._map_name = name
        self._redraw()
        self.layers_changed.emit()

    def _show_zones(self, shown: bool) -> None:
        if shown and self._pair and not self._outlines:
            zones = self._pair.before.zones
            self._outlines = tuple(
                Outline(zone_words(outline.name), outline.path, outline.anchor)
                for outline in zone_outlines(zones)
            )
        for canvas in (*self._linked, self._duo, self._unlinked[0]):
            canvas.show_outlines(self._outlines if shown else ())
        self.layers_changed.emit()

    def _fill_maps(self) -> None:
        self._map_name = self._map_bar.fill(self._maps.names if self._maps else ())

    def _set_alignable(self, alignable: bool) -> None:
        self._mode_bar.set_alignable(alignable)
        self._map_bar.set_alignable(alignable)
        self._mark(())
        self.set_mode(self._mode if alignable else CompareMode.SIDE)

    def _show_relief(self, shown: bool) -> None:
        self._relief_bar.setVisible(shown)
        self._redraw()
        self.layers_changed.emit()

    def _arm_line(self, armed: bool) -> None:
        self.line.set_armed(armed)
        self._panel.setVisible(armed)
        if not armed:
            self.line.set_ends(None)
        self.layers_changed.emit()

    def _arm_control(self, armed: bool) -> None:
        self.control.set_armed(armed)
        if armed:
            self.take_focus()
        self.layers_changed.emit()

    def _report_line(self) -> None:
        ends = self.line.ends
        self.line_drawn.emit(tuple(to_place(end) for end in ends) if ends else None)

    def _show_cursor(self) -> None:
        self._panel.plot.set_cursor(self.line.cursor)

    def _base(self) -> tuple[Picture, Picture] | None:
        """Return the pictures without anything over them: photos, or reliefs."""
        if not self.relief_shown or self._surfaces is None or self._pictures is None:
            return self._pictures
        if self._reliefs is None:
            before, after = self._pictures
            both = self._surfaces.before, self._surfaces.after
            lit = [
                LitSurface(surface.height_mm, self._surfaces.mm_per_px, photo, self.lighting)
                for surface, photo in zip(both, self._photos, strict=True)
            ]
            self._reliefs = (
                Picture(lit[0], before.veil, lit=True),
                Picture(lit[1], after.veil, lit=True),
            )
        return self._reliefs

    def _redraw(self) -> None:
        base = self._base()
        if self._pair is None or base is None:
            return
        chosen = self._chosen_map()
        before, after = base
        if chosen and self._maps:
            left_out = self._maps.left_out if self._patterned() else ()
            before = replace(before, map=chosen.before, patches=left_out)
            after = replace(after, map=chosen.after, patches=left_out)
        labels = (_label("Before", self._pair.before), _label("After", self._pair.after))
        for canvases in (self._linked, self._unlinked):
            for canvas, picture, label in zip(canvases, (before, after), labels, strict=True):
                canvas.show_picture(picture, label)
        self._duo.show_pair(before, after, labels)
        words = ""
        if chosen and chosen.change_legend:
            words = self.tr("{0}: blue is better").format(chosen.change_legend.name)
        self._duo.show_change(chosen.change if chosen else None, words)
        self._show_legend()
        self._show_key(chosen is not None)

    def _pattern(self) -> None:
        self._redraw()
        self.layers_changed.emit()

    def _patterned(self) -> bool:
        return self._map_bar.left_out_shown or self._map_name == ERROR

    def _show_key(self, shown: bool) -> None:
        """Say what the patterns mean, and the error under the pointer while its map is shown."""
        key = self._maps.key if shown and self._maps and self._patterned() else ()
        for canvas in (self._linked[0], self._duo):
            canvas.show_key(key)
        probe = self._error_words if self._map_name == ERROR and shown else None
        for canvas in (*self._linked, self._duo):
            canvas.set_probe(probe)

    def _error_words(self, point: QPointF) -> str:
        return self._maps.error_words(*to_place(point)) if self._maps else ""

    def _show_scales(self, pair: Pair) -> None:
        before, after = (
            each.scale.mm_per_px if each.scale else None for each in (pair.before, pair.after)
        )
        for canvas, scale in zip(self._unlinked, (before, after), strict=True):
            canvas.set_scale(scale)
        for canvas in (*self._linked, self._duo):
            canvas.set_scale(before)

    def _show_legend(self) -> None:
        chosen = self._chosen_map()
        legend = chosen.legend if chosen else None
        if chosen and chosen.change_legend and self._mode is CompareMode.DIFFERENCE:
            legend = chosen.change_legend
        self._map_bar.show_legend(legend, error=self._map_name == ERROR and chosen is not None)

    def _chosen_map(self) -> CoveredMap | None:
        return self._maps.get(self._map_name) if self._maps and self._map_name else None

    def _veil(self) -> None:
        """Hide in the theme's grey what the photo after doesn't show."""
        if self._pair is None or self._pair.seen is None or self._pictures is None:
            return
        surround = QColor(theme.colours_of(self.palette()).surround)
        before, after = self._pictures
        self._pictures = before, replace(after, veil=veil_overlay(self._pair.seen, surround))
        self._reliefs = None

    def changeEvent(self, event: QEvent) -> None:
        """Follow a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._pair:
            self._veil()
            self._redraw()


def _label(title: str, analyzed: AnalyzedPhoto) -> Label:
    taken = analyzed.photo.facts.taken_at
    return Label(f"{title}  {date_words(taken)}" if taken else title, analyzed.name)


def _row(canvases: tuple[Canvas, ...]) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    for canvas in canvases:
        layout.addWidget(canvas, 1)
    return row
