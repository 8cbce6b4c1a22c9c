"""Do the shots behave like light on a matte surface: gamma left in, shine, a lamp that moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.bands import in_bands
from mnimage.kernels.surface import fit_level, residuals
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.relief import Shots
    from mnimage.relief.light import LightField
    from mnimage.words.message import Message

    Plane = NDArray[np.float32]

_ROWS, _THIN, _PIXELS = 160, 3, 320_000
"""The sample: about so many rows, fewer if they hold more pixels than the last number, and of each
row every third pixel."""
_LIT, _WHITE, _ODD = 0.25, 0.97, 0.15
"""A pixel counts where the darkest shot has this share of the mean light expected, the brightest is
below this value (1 is white), and none is off by more than this share of the mean: else it is in
shadow, clipped or specular."""
_LEAST_PIXELS, _CERTAIN, _ALIKE_PX = 500, 0.06, 9.0
"""Fewer pixels show nothing; a curvature with a larger standard error is not known (it is three
tenths of what `BENT` is away from 0); so many neighbours are alike and count as one."""
BENT, SHINY = -0.2, 0.3
"""Curvature below which shots are not linear, and above which they shine.

Rendered skin of all tones and usual lamps gives 0.05 to 0.17, an sRGB curve left in -0.41 to -0.45,
gloss that is not polarised away 0.43 to 0.7 (three to twenty times the least gloss of all).
"""

MOVED = 0.05
"""Misfit of one lamp's light beyond what 3 mm and 2 % of power bring (0.03 at most)."""


@dataclass(frozen=True, slots=True)
class Fitness:
    """How far shots are from light on a matte surface; NaN where it cannot be estimated.

    `curvature` is that of the light measured against the light a matte surface would have, 0 where
    they are in proportion; `lamps` the relative misfit of each lamp's light.
    """

    curvature: float
    lamps: tuple[float, ...]


def measure_fitness(shots: Shots, light: LightField) -> Fitness:
    """Return how well the shots obey Lambert's law under their lamps.

    With more lamps than unknowns the residuals of the Lambert fit show what it cannot explain. A
    tone curve bends light against slope: what is left then goes with the square of each lamp's own
    share: down where the curve flattens (gamma), up where light comes back in a lobe (shine).
    (After the residual tests of Woodham 1980; the square term is the next of Taylor's series.)
    """
    if len(shots.lights) < 4:
        return Fitness(float("nan"), ())
    apart = max(1, shots.shape[0] // _ROWS, shots.frames[0].size // _PIXELS)
    rows = range(1, shots.shape[0] - 1, apart)
    parts = in_bands(lambda span: _row(shots, light, span), [slice(r, r + 1) for r in rows])
    gap, square = (np.concatenate([part[one] for part in parts], axis=1) for one in (0, 1))
    if gap.shape[1] < _LEAST_PIXELS:
        return Fitness(float("nan"), ())
    lamps = np.median(gap, axis=1)
    kept = np.abs(gap).max(axis=0) < _ODD
    rest, square = (gap - lamps[:, None])[:, kept], square[:, kept]
    power = float(np.sum(square**2, dtype=np.float64))
    curvature = float(np.sum(rest * square, dtype=np.float64)) / max(power, 1e-12)
    # Neighbours are alike, so that they count as fewer.
    spread = float(np.std(rest)) * np.sqrt(_ALIKE_PX / max(power, 1e-12))
    known = curvature if spread < _CERTAIN else float("nan")
    return Fitness(known, tuple(lamps.tolist()))


def fitness_warnings(fitness: Fitness) -> tuple[Message, ...]:
    """Return what makes the shots questionable.

    The limits are our own (`BENT`, `SHINY`, `MOVED`); which mistakes they catch:
    `docs/studies/2026-11-validation.md`.
    """
    found = [message("relief.not_linear")] if fitness.curvature < BENT else []
    found += [message("relief.shiny")] if fitness.curvature > SHINY else []
    # Four lamps leave one number only: it shows that a lamp is wrong, not which.
    if len(fitness.lamps) > 4 and max(map(abs, fitness.lamps)) > MOVED:
        lamp = int(np.argmax(np.abs(fitness.lamps))) + 1
        found.append(message("relief.lamp_position", lamp=lamp))
    return tuple(found)


def _row(shots: Shots, light: LightField, span: slice) -> tuple[Plane, Plane]:
    """Return what the fit leaves of one row, and of the squares of the lamps' shares, (k, n)."""
    row = span.start
    values = np.asarray(shots.frames[:, row], dtype=np.float32)
    gap, found = _left(values, light, span)
    expected = values - gap
    level = np.maximum(expected.mean(axis=0), np.float32(1e-6))
    square = _left((expected / level - 1) ** 2, light, span)[0]
    lit = (values.min(axis=0) > _LIT * level) & (values.max(axis=0) < _WHITE) & (found[2] > 0)
    if shots.saturated is not None:
        lit &= ~shots.saturated[:, row].any(axis=0)
    return (gap / level)[:, lit][:, ::_THIN], square[:, lit][:, ::_THIN]


def _left(values: Plane, light: LightField, span: slice) -> tuple[Plane, Plane]:
    lamps = light.lamps_at(span)
    found = fit_level(values, lamps, light.inverse_at(span))
    return residuals(values, lamps, found), found
