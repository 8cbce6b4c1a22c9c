"""Scores, zones, checks and dates in plain words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnimage.domain.face import CONTROL, WHOLE, ZONES
from mnimage.domain.metrics import METRICS

if TYPE_CHECKING:
    from datetime import date

MINUS = "\N{MINUS SIGN}"
PLUS_MINUS = "\N{PLUS-MINUS SIGN}"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:mm|px|%)(?!\w))")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class ScoreWords:
    """One score for readers: name, meaning, decimals to print, and how its map's name starts."""

    name: str
    meaning: str
    digits: int
    layer: str = ""


_UNITS = {"um": "µm", "mm2": "mm²", "mm3": "mm³", "deg": "°", "points": "points", "px": "px"}
_UNIT_PARTS = {"cm2": "cm²"}

_ZONES = {
    WHOLE: "All measured skin",
    "forehead": "Forehead",
    "cheek_left": "Left cheek",
    "cheek_right": "Right cheek",
    "nose": "Nose",
    "chin": "Chin",
    "periorbital_left": "Around the left eye",
    "periorbital_right": "Around the right eye",
    "perioral": "Around the mouth",
    CONTROL: "Control patch, untreated",
}


_LAYERS = {
    "redness": "Redness above own reference skin",
    "red_area": "Clearly red skin",
    "pigment": "Pigment",
    "texture": "Fine texture",
    "texture_contrast": "Fine texture contrast",
    "depth": "Depth below healthy skin",
    "band": "Surface texture",
    "error": "Expected registration error",
}


def score_words(name: str) -> ScoreWords:
    """Return the words of a score; a name not in the table is made readable."""
    metric = METRICS.get(name)
    if metric is None:
        return ScoreWords(plain(name), "", 2)
    return ScoreWords(metric.label, metric.meaning, metric.digits, metric.layer)


def score_order(name: str) -> tuple[int, str]:
    """Return the key that sorts scores in the table's order, unknown ones last by name."""
    order = list(METRICS)
    return (order.index(name) if name in METRICS else len(order), name)


def zone_order(name: str) -> tuple[int, str]:
    """Return the key that sorts zones: all skin first, then from forehead to mouth, control."""
    order = (WHOLE, *ZONES, CONTROL)
    return (order.index(name) if name in order else len(order), name)


def zone_words(name: str) -> str:
    """Return a zone's name in plain words, left and right being the patient's."""
    return _ZONES.get(name) or plain(name)


def layer_words(name: str) -> str:
    """Return a map's name in plain words."""
    if name.startswith("change_"):
        return "Change of " + layer_words(name.removeprefix("change_")).lower()
    return _LAYERS.get(name) or score_words(name).name


def plain(name: str) -> str:
    """Return `some_name` as "Some name"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def unit_words(unit: str) -> str:
    """Return a unit as it is printed: "um" as "µm", "mm2" as "mm²"."""
    if unit in _UNITS:
        return _UNITS[unit]
    top, slash, bottom = unit.partition("/")
    return f"{top}/{_UNIT_PARTS.get(bottom, bottom)}" if slash else unit


def number(value: float, digits: int, *, signed: bool = False) -> str:
    """Return a number for print: true minus sign, a dash where there is none."""
    if not math.isfinite(value):
        return "\N{EN DASH}"
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def figures(value: float) -> str:
    """Return a measured value with three figures, large ones whole: 0.452, 12.3, 1000."""
    return f"{value:.0f}" if abs(value) >= 99.5 else f"{value:.3g}"


def measured_words(value: float, unit: str) -> str:
    """Return a measured value with its unit, such as "4.5°", "12 %" or "1000 px"."""
    words = unit_words(unit)
    return f"{figures(value)}{'' if words in ('', '°') else ' '}{words}"


def unbroken(words: str) -> str:
    """Return words in which no line may end between a number and its unit."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", words)


def percent(value: float | None) -> str:
    """Return a change in percent, or a dash where it has no meaning."""
    if value is None or not math.isfinite(value):
        return "\N{EN DASH}"
    return number(value, 0 if abs(value) >= 10 else 1, signed=True) + " %"


def date_words(day: date | None) -> str:
    """Return a date that no country reads the wrong way round."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else "date not known"
