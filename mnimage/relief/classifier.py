"""Small neural networks that say whether a place is a pore or a line, and their weights.

The weights are data, `assets/weights/*.json`, made by `benchmarks.pores` and `benchmarks.lines`.
Their SHA-256 is part of the recipe, so other weights cannot be used under the same version.

Our own; how well they distinguish pores and lines from other relief:
`docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mnimage.assets import asset_path
from mnimage.domain.recipe import LINE_WEIGHTS, PORE_WEIGHTS
from mnimage.errors import AssetMissing
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

FARTHEST = 5.0
"""Standardised measures are clipped here: skin unlike any in training counts as the nearest."""

_BATCH = 32_768
"""Rows at once: what the layers of so many take stays in the cache."""


@dataclass(frozen=True, slots=True)
class MLP:
    """A multilayer perceptron: rectified layers, a logistic output, standardised inputs."""

    mean: Plane = field(repr=False)
    spread: Plane = field(repr=False)
    layers: tuple[tuple[Plane, Plane], ...] = field(repr=False)

    def likelihood(self, measures: Plane) -> Plane:
        """Return the probability, 0 to 1, that each row of (n, measures) is of the class."""
        parts = [
            self._batch(measures[first : first + _BATCH])
            for first in range(0, len(measures), _BATCH)
        ]
        return np.concatenate([np.zeros(0, np.float32), *parts])

    def _batch(self, measures: Plane) -> Plane:
        values = np.clip((measures - self.mean) / self.spread, -FARTHEST, FARTHEST)
        for weights, offsets in self.layers[:-1]:
            values = np.maximum(values @ weights + offsets, 0)
        weights, offsets = self.layers[-1]
        score = (values @ weights + offsets)[:, 0]
        return np.asarray(1 / (1 + np.exp(-score)), dtype=np.float32)


@cache
def pore_classifiers(sha256: str = PORE_WEIGHTS) -> tuple[MLP, MLP]:
    """Return the classifiers of pores: the quick one that screens, and the one that decides.

    `sha256` is that of their weights, as a recipe names it.
    """
    found = _read("weights/pores.json", sha256)
    return found["screen"], found["full"]


@cache
def line_classifier(sha256: str = LINE_WEIGHTS) -> MLP:
    """Return the classifier of lines, whose weights have this SHA-256."""
    return _read("weights/lines.json", sha256)["full"]


def mlp(sizes: Sequence[int], numbers: Plane) -> MLP:
    """Return the network of layers of these sizes: means, spreads and layers in turn."""
    mean, spread, rest = np.split(numbers, [sizes[0], 2 * sizes[0]])
    layers = []
    for inputs, outputs in pairwise(sizes):
        weights, offsets, rest = np.split(rest, np.cumsum([inputs * outputs, outputs]))
        layers.append((weights.reshape(inputs, outputs), offsets))
    return MLP(mean, spread, tuple(layers))


def _read(name: str, sha256: str) -> Mapping[str, MLP]:
    """Return the classifiers of a file of weights.

    Raises
    ------
    AssetMissing
        If the file is missing, or is not the one that the recipe names.
    """
    content = asset_path(name).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise AssetMissing(message("assets.altered", name=name))
    return {
        which: mlp(one["sizes"], np.array(one["numbers"], dtype=np.float32))
        for which, one in json.loads(content)["classifiers"].items()
    }
