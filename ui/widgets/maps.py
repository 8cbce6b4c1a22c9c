"""The maps of a pair, coloured for the screen with one range before and after."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mnimage.domain.metrics import is_worse_higher
from mnimage.report.legend import Legend
from mnimage.report.panels import (
    change_layer,
    color_layer,
    error_legend,
    map_table,
    shared_limits,
)
from mnimage.report.registration import error_map, key_words, node_words, tile
from mnimage.report.words import layer_words, unit_words
from ui.widgets.qimage import Overlay, Patch, grid_overlay, grid_patch, rgba_image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mnimage.domain.pair import Pair
    from mnimage.domain.scorecard import Layer
    from mnimage.domain.surfaces import Surfaces
    from mnimage.report.registration import ErrorMap
    from ui.widgets.overlays import Key

ERROR = "error"
"""The map of the expected registration error."""

_FIRST = ("depth", "texture", "redness", "pigment")
"""The order in which maps are offered, those of relief before those of light."""


@dataclass(frozen=True)
class CoveredMap:
    """One map for both photos, and its change where that has a meaning."""

    before: Overlay = field(repr=False)
    after: Overlay = field(repr=False)
    legend: Legend = field(repr=False)
    change: Overlay | None = field(repr=False, default=None)
    change_legend: Legend | None = field(repr=False, default=None)


class PairMaps:
    """Colours a pair's maps when they are first asked for."""

    def __init__(self, pair: Pair, surfaces: Surfaces | None = None) -> None:
        self._pair = pair
        self._layers = _ordered(pair, surfaces)
        self._made: dict[str, CoveredMap] = {}

    @cached_property
    def _errors(self) -> ErrorMap:
        before = self._pair.before
        return error_map(self._pair.comparison.alignment, before.zones, before.scale)

    @cached_property
    def left_out(self) -> tuple[Patch, ...]:
        """The skin that takes no part in the scores, under a pattern for each reason."""
        step = self._errors.layer.step
        patches = (
            grid_patch(mask, step, rgba_image(tile(reason)))
            for reason, mask in self._errors.left_out.items()
        )
        return tuple(patch for patch in patches if patch)

    @property
    def key(self) -> Key:
        """What each pattern means, and how much of the skin it is."""
        return tuple((rgba_image(tile(reason)), words) for reason, words in key_words(self._errors))

    def error_words(self, row: float, column: float) -> str:
        """Return the registration error at a place of the photo before, or why it is left out."""
        alignment, scale = self._pair.comparison.alignment, self._pair.before.scale
        return node_words(alignment, self._errors, (row, column), scale)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all maps, the error map last."""
        measured = tuple(self._layers)
        return (*measured, ERROR) if self._pair.comparison.alignment.aligned else measured

    def get(self, name: str) -> CoveredMap:
        """Return one map in colours."""
        if name not in self._made:
            self._made[name] = self._error() if name == ERROR else self._layer(name)
        return self._made[name]

    def _layer(self, name: str) -> CoveredMap:
        before, after = self._layers[name]
        limits = shared_limits(before, after)
        change = change_layer(before, after, higher_is_worse=is_worse_higher(name))
        reach = shared_limits(change, change)
        return CoveredMap(
            _overlay(before, limits),
            _overlay(after, limits),
            _legend(before, limits),
            _overlay(change, reach),
            _legend(change, reach),
        )

    def _error(self) -> CoveredMap:
        overlay = _overlay(self._errors.layer, self._errors.range)
        return CoveredMap(overlay, overlay, error_legend(self._errors))


def _ordered(pair: Pair, surfaces: Surfaces | None) -> Mapping[str, tuple[Layer, Layer]]:
    """Return all maps of a pair, what is asked for most first."""
    layers = dict(pair.layers)
    if surfaces:
        layers["texture"] = surfaces.texture
    ranks = {name: rank for rank, name in enumerate(_FIRST)}
    return dict(sorted(layers.items(), key=lambda item: ranks.get(item[0], len(ranks))))


def _overlay(layer: Layer, limits: tuple[float, float]) -> Overlay:
    return grid_overlay(color_layer(layer.values, map_table(layer.name), *limits), layer.step)


def _legend(layer: Layer, limits: tuple[float, float]) -> Legend:
    words = layer_words(layer.name)
    return Legend(words, unit_words(layer.unit), *limits, map_table(layer.name))
