"""The strip below a map: what the colours mean and how long a millimetre is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mnimage.report.assets import font_folder
from mnimage.report.words import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.report.colortables import Table

INK = (27, 29, 31)
PAPER = (236, 236, 236)

_ENTRY = 1.5
"""Height of one line of the key, in type sizes."""


@dataclass(frozen=True, slots=True)
class Legend:
    """A map's name and unit in print, and which value each end of its table stands for.

    Values above `limit` are left out of the map; `open_end` says that the last colour also stands
    for larger values. `key` are patterns (RGBA) that lie on the map, each with its meaning.
    """

    name: str
    unit: str
    low: float
    high: float
    table: Table
    limit: float | None = None
    open_end: bool = False
    key: tuple[tuple[NDArray[np.uint8], str], ...] = field(default=(), repr=False)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Round values with their words, for a bar of usual width."""
        return self._words(tick_values(self.low, self.high))

    @property
    def few_ticks(self) -> list[tuple[float, str]]:
        """Both ends and the middle, for a narrow bar."""
        return self._words([self.low, (self.low + self.high) / 2, self.high])

    @property
    def limit_words(self) -> str:
        """What is said of the limit; empty where there is none."""
        if self.limit is None or not math.isfinite(self.limit):
            return ""
        return f"limit {self.limit:.2g}"

    def _words(self, values: list[float]) -> list[tuple[float, str]]:
        words = tick_words(values)
        if self.open_end and values[-1] == self.high:
            words[-1] = f"\N{GREATER-THAN OR EQUAL TO}{words[-1]}"
        return list(zip(values, words, strict=True))


def bar_length(mm_per_px: float, widest_px: float) -> tuple[float, int]:
    """Return the round length in mm that is at most `widest_px` long, and its length in pixels."""
    widest = widest_px * mm_per_px
    power = 10.0 ** math.floor(math.log10(widest))
    length = power * max(nice for nice in (1, 2, 5) if nice * power <= widest * (1 + 1e-9))
    return length, round(length / mm_per_px)


def tick_values(low: float, high: float, most: int = 6) -> list[float]:
    """Return round values between `low` and `high`, at most `most` of them."""
    if not high > low:
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    steps = (nice * power for nice in (1, 2, 2.5, 5, 10, 20))
    step = next(s for s in steps if (high - low) / s <= most - 1 + 1e-9)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [i * step for i in range(first, last + 1)]


def tick_words(values: list[float]) -> list[str]:
    """Return ticks for print, with as many decimals as their step needs."""
    step = min((b - a for a, b in pairwise(values)), default=1.0)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(round(step, digits) - step) > step * 0.01:
        digits += 1
    return [number(value, digits) for value in values]


def legend_strip(legend: Legend, width: int, mm_per_px: float | None) -> NDArray[np.uint8]:
    """Return the strip, RGB, `width` pixels wide; `mm_per_px` None leaves the scale bar out."""
    unit = max(round(width / 52), 12)
    strip = Image.new("RGB", (width, _tall(legend, unit)), PAPER)
    draw = ImageDraw.Draw(strip)
    _draw_bar(strip, draw, legend, unit)
    _draw_key(strip, draw, legend, unit)
    if mm_per_px:
        _draw_scale(draw, width, unit, mm_per_px)
    return np.asarray(strip, dtype=np.uint8)


def _tall(legend: Legend, unit: int) -> int:
    """Return the strip's height at a type size of `unit`."""
    return round(unit * (5.4 + _ENTRY * len(legend.key) if legend.key else 5.0))


def _draw_bar(strip: Image.Image, draw: ImageDraw.ImageDraw, legend: Legend, unit: int) -> None:
    title, small = _font("DejaVuSans-Bold.ttf", unit), _font("DejaVuSans.ttf", round(unit * 0.9))
    left, top, wide, tall = unit, round(unit * 2.3), round(strip.width * 0.56), unit
    draw.text((left, round(unit * 1.65)), legend.name, INK, title, anchor="ls")
    after = left + draw.textlength(legend.name + "  ", title)
    draw.text((after, round(unit * 1.65)), legend.unit, INK, small, anchor="ls")
    strip.paste(Image.fromarray(np.tile(legend.table, (1, 1, 1))).resize((wide, tall)), (left, top))
    draw.rectangle((left, top, left + wide - 1, top + tall - 1), outline=(120, 120, 120))
    for value, words in legend.ticks:
        part = (value - legend.low) / (legend.high - legend.low) if legend.high > legend.low else 0
        x = left + round(part * (wide - 1))
        draw.line((x, top + tall, x, top + tall + unit // 4), INK, max(unit // 12, 1))
        draw.text((x, round(top + tall + unit * 1.25)), words, INK, small, anchor="ms")
    if legend.limit is not None and legend.limit_words:
        part = min((legend.limit - legend.low) / (legend.high - legend.low), 1.0)
        x, over = left + round(part * (wide - 1)), round(unit * 0.35)
        draw.line((x, top - over, x, top + tall), INK, max(unit // 6, 2))
        place = (left + wide - 1, round(unit * 1.65))
        draw.text(place, f"{legend.limit_words} {legend.unit}", INK, small, anchor="rs")


def _draw_key(strip: Image.Image, draw: ImageDraw.ImageDraw, legend: Legend, unit: int) -> None:
    small, wide = _font("DejaVuSans.ttf", round(unit * 0.9)), unit * 2
    for place, (pattern, words) in enumerate(legend.key):
        top = round(unit * (5.1 + _ENTRY * place))
        strip.paste(Image.fromarray(swatch(pattern, (unit, wide))), (unit, top))
        draw.rectangle((unit, top, unit + wide - 1, top + unit - 1), outline=(120, 120, 120))
        draw.text((unit + wide + unit // 2, top + round(unit * 0.85)), words, INK, small, "ls")


def swatch(pattern: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a pattern (RGBA) repeated over `size` (rows, columns) of mid grey, RGB."""
    grey = np.full((*size, 3), 128, dtype=np.uint8)
    return spread(grey, np.ones(size, dtype=np.bool_), pattern)


def spread(
    picture: NDArray[np.uint8], mask: NDArray[np.bool_], pattern: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return an RGB picture with a pattern (RGBA) repeated over it wherever `mask` is true."""
    rows, columns = np.nonzero(mask)
    over = pattern[rows % pattern.shape[0], columns % pattern.shape[1]].astype(np.float32)
    alpha = over[:, 3:] / 255
    covered = picture.copy()
    covered[rows, columns] = over[:, :3] * alpha + picture[rows, columns] * (1 - alpha) + 0.5
    return covered


def _draw_scale(draw: ImageDraw.ImageDraw, width: int, unit: int, mm_per_px: float) -> None:
    length, pixels = bar_length(mm_per_px, width * 0.26)
    right, top = width - unit, round(unit * 2.6)
    thick = max(round(unit * 0.3), 3)
    draw.rectangle((right - pixels, top, right - 1, top + thick - 1), fill=INK)
    place = (right - pixels / 2, top - round(unit * 0.5))
    draw.text(place, length_words(length), INK, _font("DejaVuSans.ttf", round(unit * 0.9)), "ms")


def length_words(length_mm: float) -> str:
    """Return a round length in mm for print."""
    return f"{length_mm:g} mm"


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_folder() / name), size)
