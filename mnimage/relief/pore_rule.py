"""The rules that tell pores from other dents, as `benchmarks.pores` left them.

Our own; how well they tell pores: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mnimage.relief.pore_weights import NUMBERS, PLAIN_NUMBERS, PLAIN_SIZES, SIZES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

FARTHEST = 5.0
_AT_ONCE = 32_768


@dataclass(frozen=True, slots=True)
class Rule:
    """Layers of weights and offsets for measures taken in units of their spread from their mean."""

    mean: Plane = field(repr=False)
    spread: Plane = field(repr=False)
    layers: tuple[tuple[Plane, Plane], ...] = field(repr=False)

    def likelihood(self, measures: Plane) -> Plane:
        """Return how likely each (n, measures) is what the rule tells: a pore or a line, 0 to 1.

        Skin unlike any that was shown is taken for the nearest that was.
        """
        parts = [
            self._some(measures[first : first + _AT_ONCE])
            for first in range(0, len(measures), _AT_ONCE)
        ]
        return np.concatenate([np.zeros(0, np.float32), *parts])

    def _some(self, measures: Plane) -> Plane:
        held = np.clip((measures - self.mean) / self.spread, -FARTHEST, FARTHEST)
        for weights, offsets in self.layers[:-1]:
            held = np.maximum(held @ weights + offsets, 0)
        weights, offsets = self.layers[-1]
        score = (held @ weights + offsets)[:, 0]
        return np.asarray(1 / (1 + np.exp(-score)), dtype=np.float32)


@cache
def shown_rules() -> tuple[Rule, Rule]:
    """Return the rules that come with the program: for plain measures, and for all of them."""
    plain, full = (
        read_rule(sizes, np.array(numbers.split(), dtype=np.float32))
        for sizes, numbers in ((PLAIN_SIZES, PLAIN_NUMBERS), (SIZES, NUMBERS))
    )
    return plain, full


def read_rule(sizes: Sequence[int], numbers: Plane) -> Rule:
    """Return the rule of layers of these sizes from its means, spreads and layers in turn."""
    mean, spread, rest = np.split(numbers, [sizes[0], 2 * sizes[0]])
    layers = []
    for inputs, outputs in pairwise(sizes):
        weights, offsets, rest = np.split(rest, np.cumsum([inputs * outputs, outputs]))
        layers.append((weights.reshape(inputs, outputs), offsets))
    return Rule(mean, spread, tuple(layers))
