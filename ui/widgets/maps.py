"""The maps of a pair, coloured for the screen with one range before and after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mnimage.report.legend import Legend
from mnimage.report.panels import (
    change_layer,
    color_layer,
    error_layer,
    map_table,
    shared_limits,
)
from mnimage.report.words import layer_words, unit_words
from ui.widgets.qimage import Sheet, grid_sheet

if TYPE_CHECKING:
    from mnimage.domain.pair import Pair
    from mnimage.domain.scorecard import Layer

ERROR = "error"
"""The map of the expected registration error."""

_HIGHER_IS_BETTER = ("evenness", "ita")


@dataclass(frozen=True)
class CoveredMap:
    """One map for both photos, and its change where that has a meaning."""

    before: Sheet = field(repr=False)
    after: Sheet = field(repr=False)
    legend: Legend = field(repr=False)
    change: Sheet | None = field(repr=False, default=None)
    change_legend: Legend | None = field(repr=False, default=None)


class PairMaps:
    """Colours a pair's maps when they are first asked for."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._made: dict[str, CoveredMap] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all maps, the error map last."""
        measured = tuple(self._pair.layers)
        return (*measured, ERROR) if self._pair.comparison.alignment.aligned else measured

    def get(self, name: str) -> CoveredMap:
        """Return one map in colours."""
        if name not in self._made:
            self._made[name] = self._error() if name == ERROR else self._layer(name)
        return self._made[name]

    def _layer(self, name: str) -> CoveredMap:
        before, after = self._pair.layers[name]
        limits = shared_limits(before, after)
        change = change_layer(before, after, higher_is_worse=not name.startswith(_HIGHER_IS_BETTER))
        reach = shared_limits(change, change)
        return CoveredMap(
            _sheet(before, limits),
            _sheet(after, limits),
            _legend(before, limits),
            _sheet(change, reach),
            _legend(change, reach),
        )

    def _error(self) -> CoveredMap:
        layer = error_layer(self._pair.comparison.alignment)
        limits = shared_limits(layer, layer)
        sheet = _sheet(layer, limits)
        return CoveredMap(sheet, sheet, _legend(layer, limits))


def _sheet(layer: Layer, limits: tuple[float, float]) -> Sheet:
    return grid_sheet(color_layer(layer.values, map_table(layer.name), *limits), layer.step)


def _legend(layer: Layer, limits: tuple[float, float]) -> Legend:
    words = layer_words(layer.name)
    return Legend(words, unit_words(layer.unit), *limits, map_table(layer.name))
