"""The commands of the compare screen, and what they do to its view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ui.actions import FILE, QT_TRANSLATE_NOOP, VIEW, Command
from ui.screens.compare.side import Side
from ui.screens.screen import ScreenMenu
from ui.widgets.duo_canvas import CompareMode
from ui.widgets.maps import ERROR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ui.screens.compare.view import CompareView

MAP = QT_TRANSLATE_NOOP("Command", "Map")

COMMANDS: Mapping[str, Command] = {
    "before.open": Command(
        (FILE,), QT_TRANSLATE_NOOP("Command", "Open photo before…"), ("Ctrl+O",)
    ),
    "after.open": Command(
        (FILE,), QT_TRANSLATE_NOOP("Command", "Open photo after…"), ("Ctrl+Shift+O",)
    ),
    "pair.swap": Command((FILE,), QT_TRANSLATE_NOOP("Command", "Swap before and after"), ("X",)),
    "pair.compare": Command((FILE,), QT_TRANSLATE_NOOP("Command", "Compare"), ("Ctrl+Return",)),
    "session.details": Command(
        (FILE,), QT_TRANSLATE_NOOP("Command", "Session details…"), ("Ctrl+D",)
    ),
    "repeat.before": Command((FILE,), QT_TRANSLATE_NOOP("Command", "Add repeat shot before…")),
    "repeat.after": Command((FILE,), QT_TRANSLATE_NOOP("Command", "Add repeat shot after…")),
    "profile.make": Command(
        (FILE,), QT_TRANSLATE_NOOP("Command", "Make colour profile from a chart photo…")
    ),
    "rig.measure": Command(
        (FILE,), QT_TRANSLATE_NOOP("Command", "Measure light rig from a ball or card…")
    ),
    "work.cancel": Command((FILE,), QT_TRANSLATE_NOOP("Command", "Cancel"), ("Escape",)),
    "report.write": Command(
        (FILE,), QT_TRANSLATE_NOOP("Command", "Export report…"), ("Ctrl+P", "Ctrl+E")
    ),
    "mode.side": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Side by side"), ("1",)),
    "mode.wipe": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Wipe"), ("2", "W")),
    "mode.blend": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Blend"), ("3", "B")),
    "mode.blink": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Blink"), ("4",)),
    "mode.difference": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Difference"), ("5", "D")),
    "relief.show": Command(
        (VIEW,), QT_TRANSLATE_NOOP("Command", "Relief under a lamp"), ("R",), checkable=True
    ),
    "relief.follow": Command(
        (VIEW,), QT_TRANSLATE_NOOP("Command", "Lamp follows the pointer"), ("L",)
    ),
    "relief.colour": Command(
        (VIEW,), QT_TRANSLATE_NOOP("Command", "Skin colour on the relief"), ("C",)
    ),
    "profile.show": Command(
        (VIEW,), QT_TRANSLATE_NOOP("Command", "Depth profile"), ("P",), checkable=True
    ),
    "control.show": Command(
        (VIEW,), QT_TRANSLATE_NOOP("Command", "Control patch"), ("K",), checkable=True
    ),
    "map.none": Command((MAP,), QT_TRANSLATE_NOOP("Command", "No map"), ("N",)),
    "map.next": Command((MAP,), QT_TRANSLATE_NOOP("Command", "Next map"), ("M",)),
    "map.redness": Command((MAP,), QT_TRANSLATE_NOOP("Command", "Redness"), ("Shift+R",)),
    "map.pigment": Command((MAP,), QT_TRANSLATE_NOOP("Command", "Pigment"), ("Shift+P",)),
    "map.texture": Command((MAP,), QT_TRANSLATE_NOOP("Command", "Texture"), ("Shift+T",)),
    "map.depth": Command((MAP,), QT_TRANSLATE_NOOP("Command", "Depth"), ("Shift+D",)),
    "map.error": Command(
        (MAP,), QT_TRANSLATE_NOOP("Command", "Registration error"), ("E",), checkable=True
    ),
    "map.left_out": Command(
        (MAP,), QT_TRANSLATE_NOOP("Command", "Left-out skin"), ("O",), checkable=True
    ),
    "map.zones": Command(
        (MAP,), QT_TRANSLATE_NOOP("Command", "Zone outlines"), ("Z",), checkable=True
    ),
    "map.stronger": Command((MAP,), QT_TRANSLATE_NOOP("Command", "Stronger"), ("]",)),
    "map.weaker": Command((MAP,), QT_TRANSLATE_NOOP("Command", "Weaker"), ("[",)),
    "zoom.in": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Zoom in"), ("+", "=", "Ctrl++")),
    "zoom.out": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Zoom out"), ("-", "Ctrl+-")),
    "zoom.fit": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Fit to window"), ("0",)),
    "zoom.actual": Command((VIEW,), QT_TRANSLATE_NOOP("Command", "Actual pixels"), ("9",)),
}


def menu_of(view: CompareView) -> ScreenMenu:
    """Return what the commands do to the view."""
    return ScreenMenu(
        _of_pair(view) | _of_maps(view) | _of_looks(view),
        partial(_ticks, view),
        view.canvas.layers_changed,
    )


def _of_pair(view: CompareView) -> dict[str, Callable[[], None]]:
    return {
        "before.open": partial(view.photo_wanted.emit, Side.BEFORE.value),
        "after.open": partial(view.photo_wanted.emit, Side.AFTER.value),
        "pair.swap": view.swap_pressed.emit,
        "pair.compare": view.compare_pressed.emit,
        "session.details": view.details_pressed.emit,
        "repeat.before": partial(view.repeat_wanted.emit, Side.BEFORE.value),
        "repeat.after": partial(view.repeat_wanted.emit, Side.AFTER.value),
        "profile.make": view.profile_make_pressed.emit,
        "rig.measure": view.rig_pressed.emit,
        "work.cancel": view.cancel_pressed.emit,
        "report.write": view.report_pressed.emit,
    }


def _of_maps(view: CompareView) -> dict[str, Callable[[], None]]:
    canvas = view.canvas
    layers = ("redness", "pigment", "texture", "depth")
    return {
        "map.none": partial(canvas.show_map, ""),
        "map.next": canvas.next_map,
        "map.left_out": canvas.toggle_left_out,
        "map.stronger": partial(canvas.nudge_strength, 1),
        "map.weaker": partial(canvas.nudge_strength, -1),
        "map.error": canvas.toggle_error,
        "map.zones": canvas.toggle_zones,
        **{f"map.{layer}": partial(canvas.toggle_layer, layer) for layer in layers},
    }


def _of_looks(view: CompareView) -> dict[str, Callable[[], None]]:
    canvas = view.canvas
    return {
        "relief.show": canvas.toggle_relief,
        "relief.follow": canvas.toggle_follow,
        "relief.colour": canvas.toggle_colour,
        "profile.show": canvas.toggle_profile,
        "control.show": canvas.toggle_control,
        "zoom.in": canvas.zoom_in,
        "zoom.out": canvas.zoom_out,
        "zoom.fit": canvas.fit,
        "zoom.actual": canvas.actual,
        **{f"mode.{mode.value}": partial(canvas.set_mode, mode) for mode in CompareMode},
    }


def _ticks(view: CompareView) -> Mapping[str, bool]:
    canvas = view.canvas
    return {
        "map.error": canvas.map_name == ERROR,
        "map.zones": canvas.zones_shown,
        "map.left_out": canvas.left_out_shown,
        "relief.show": canvas.relief_shown,
        "profile.show": canvas.profile_shown,
        "control.show": canvas.control_shown,
    }
