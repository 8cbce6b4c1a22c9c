"""The slopes of the whole picture from its shots, solved in bands of rows on two threads.

Each pixel by `kernels.surface` (Woodham 1980).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.bands import bands_of, in_bands
from mnimage.kernels.surface import (
    fit_lambert_robust,
    fit_level,
    joined,
    length,
    predict,
    residuals,
    to_slopes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Shots
    from mnimage.kernels.surface import Lamps
    from mnimage.relief.light import LightField

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

BAND_PIXELS = 96_000
"""Pixels of a band: each has several numbers for every shot."""

_BANDS_AT_ONCE, _LOT = 8, 24_000
"""Bands of one piece of work; odd pixels gathered from them before they are fitted anew."""

_SUBSAMPLE = 7
"""Every how many-th row and column is looked at for figures of the whole picture."""
_SAMPLED_ROWS = 120
"""Rows of a large picture whose residuals are looked at, about."""
_SHADOW_GAP, _GRAZING = 0.25, 0.1
"""A shot lies in shadow where it lacks this share of the light expected, unless that is less than
this share of the albedo: such light only grazes the skin."""
_MISFIT = 0.15
"""Residual, rms over the shots and relative to the albedo, from which a pixel is not trusted."""
_SURROUND_MM = 3.0
"""Side of the surround, of 5 x 5 nodes, whose median light a shadow is compared with."""
_FAINT, _BRIGHT_PERCENT = 0.15, 90.0
"""Albedo over that of bright skin below which it is none: hair is at 5 to 10 %, moles at 25 %."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """Slopes of the height along x and y, the albedo, and where they hold; (rows, columns).

    `spread` is the standard deviation of an ordinary residual relative to the albedo.
    """

    x: Plane = field(repr=False)
    y: Plane = field(repr=False)
    albedo: Plane = field(repr=False)
    trusted: Mask = field(repr=False)
    shadowed: Mask = field(repr=False)
    spread: float


def solve_slopes(shots: Shots, light: LightField, recipe: ReliefRecipe, tick: Tick) -> Slopes:
    """Return the slopes that explain the shots, single wrong shots set aside.

    Least squares everywhere; where a shot stands out, or is in the dark or saturated, Huber's fit
    over the shots that count (Woodham 1980; iteratively reweighted least squares).
    """
    floor = shadow_floor(shots, recipe.shadow_share)
    spread = usual_spread(shots, light)
    slopes = _empty(shots.shape, spread)
    work = _Work(shots, light, recipe, floor, slopes)
    bands = bands_of(shots.shape, BAND_PIXELS)
    pieces = [
        bands[first : first + _BANDS_AT_ONCE] for first in range(0, len(bands), _BANDS_AT_ONCE)
    ]
    in_bands(work.solve, pieces, tick)
    _drop_faint(slopes)
    return slopes


def _drop_faint(slopes: Slopes) -> None:
    """Trust nothing that is much darker than the skin: hair, nostrils, nothing behind the face."""
    bright = np.percentile(slopes.albedo[::_SUBSAMPLE, ::_SUBSAMPLE], _BRIGHT_PERCENT)
    np.logical_and(slopes.trusted, slopes.albedo > _FAINT * bright, out=slopes.trusted)


def shadow_floor(shots: Shots, share: float) -> Plane:
    """Return what each frame must exceed to count: a share of the brightest one's local median.

    Of its own alone the dark inside of a wide shadow would count, as that of a nose on a cheek.
    Shape (k, rows / step, columns), the step being a fifth of the surround.

    Our own; what whole faces come to with it: `docs/studies/2026-11-relief.md`.
    """
    step = coarse_step(shots)
    medians = np.stack([_local_median(frame[::step, ::step]) for frame in shots.frames])
    floors = np.broadcast_to(share * medians.max(axis=0), medians.shape)
    wide = np.repeat(floors, step, axis=2)[:, :, : shots.shape[1]]
    return np.asarray(wide, dtype=np.float32)


def coarse_step(shots: Shots) -> int:
    """Return the pixels between the nodes of the shadow grid."""
    return max(int(_SURROUND_MM / 5 / shots.scale.mm_per_px), 1)


def usual_spread(shots: Shots, light: LightField) -> float:
    """Return the standard deviation of an ordinary residual relative to the albedo.

    Taken from a thin sample of pixels; the three unknowns of each pixel are allowed for.

    By the median deviation (Hampel 1974).
    """
    count = shots.frames.shape[0]
    if count <= 3:
        return 0.01
    step = max(_SUBSAMPLE, shots.shape[0] // _SAMPLED_ROWS)
    rows = [slice(row, row + 1) for row in range(3, shots.shape[0], step)]
    gaps = in_bands(lambda span: _relative_residuals(shots, light, span), rows)
    bright = np.concatenate([albedo for _, albedo in gaps])
    lit = bright > _FAINT * float(np.percentile(bright, _BRIGHT_PERCENT))
    gap = np.concatenate([gap for gap, _ in gaps], axis=1)[:, lit]
    middle = float(np.median(np.abs(gap))) if gap.size else 0.0
    return max(1.4826 * middle * float(np.sqrt(count / (count - 3))), 0.002)


def _relative_residuals(shots: Shots, light: LightField, span: slice) -> tuple[Plane, Plane]:
    """Return the residuals of a row over the albedo, and the albedo."""
    values = shots.frames[:, span.start]
    lamps = light.lamps_at(span)
    found = fit_level(values, lamps, light.inverse_at(span))
    gap, albedo = residuals(values, lamps, found)[:, ::_SUBSAMPLE], length(found)[::_SUBSAMPLE]
    return np.asarray(gap / np.maximum(albedo, 1e-6), dtype=np.float32), albedo


def _local_median(thin: Plane) -> Plane:
    return np.asarray(cv2.medianBlur(np.ascontiguousarray(thin, np.float32), 5), dtype=np.float32)


def _empty(shape: tuple[int, int], spread: float) -> Slopes:
    x, y, albedo = (np.empty(shape, dtype=np.float32) for _ in range(3))
    trusted, shadowed = (np.empty(shape, dtype=np.bool_) for _ in range(2))
    return Slopes(x, y, albedo, trusted, shadowed, spread)


@dataclass(frozen=True, slots=True)
class _Odd:
    """Pixels to be fitted anew: where in the picture, what they show, what counts, their lamps."""

    places: NDArray[np.intp]
    values: Plane
    valid: Mask
    lamps: Lamps


@dataclass(frozen=True, slots=True)
class _Work:
    """One band after the other, each written into its own rows of `slopes`."""

    shots: Shots
    light: LightField
    recipe: ReliefRecipe
    floor: Plane
    slopes: Slopes

    def solve(self, spans: Sequence[slice]) -> None:
        """Solve bands of rows and write them down.

        Odd pixels are few in each band, so they are gathered: small arrays cost more to handle than
        to compute.
        """
        waiting: list[_Odd] = []
        for span in spans:
            waiting.append(self._solve_level(span))
            if sum(len(odd.places) for odd in waiting) > _LOT:
                self._solve_odd(waiting)
                waiting = []
        self._solve_odd(waiting)

    def _solve_level(self, span: slice) -> _Odd:
        """Solve rows `span` with all shots alike, and return the pixels that does not do for."""
        values = self.shots.frames[:, span].reshape(len(self.shots.lights), -1)
        valid = self._valid(values, span)
        lamps = self.light.lamps_at(span)
        found = fit_level(values, lamps, self.light.inverse_at(span))
        gap = residuals(values, lamps, found)
        odd = self._odd(gap, found, valid)
        places = slice(span.start * self.shots.shape[1], span.stop * self.shots.shape[1])
        self._write(places, found, _misfit(gap, found), np.False_)
        return _Odd(odd + places.start, values[:, odd], valid[:, odd], lamps.at(odd))

    def _solve_odd(self, waiting: Sequence[_Odd]) -> None:
        places = np.concatenate([np.zeros(0, np.intp), *(odd.places for odd in waiting)])
        if places.size:
            values = np.concatenate([odd.values for odd in waiting], axis=1)
            valid = np.concatenate([odd.valid for odd in waiting], axis=1)
            lamps = joined([odd.lamps for odd in waiting])
            self._write(places, *self._robust(values, valid, lamps))

    def _valid(self, values: Plane, span: slice) -> Mask:
        row = np.arange(span.start, span.stop) // coarse_step(self.shots)
        tall = len(values), len(row), -1
        valid = (values.reshape(tall) > self.floor[:, row]).reshape(values.shape)
        if self.shots.saturated is not None:
            valid &= ~self.shots.saturated[:, span].reshape(valid.shape)
        return np.asarray(valid, dtype=np.bool_)

    def _odd(self, gap: Plane, found: Plane, valid: Mask) -> NDArray[np.intp]:
        limit = np.float32(2.5 * self.slopes.spread) * length(found)
        odd = np.abs(gap).max(axis=0) > limit
        return np.flatnonzero(odd | ~valid.all(axis=0))

    def _robust(self, seen: Plane, counts: Mask, lamps: Lamps) -> tuple[Plane, Plane, Mask]:
        spread, rounds = self.slopes.spread, self.recipe.robust_rounds
        found, weights = fit_lambert_robust(seen, lamps, counts, spread, rounds)
        expected = predict(lamps, found)
        gap = np.asarray(seen - expected, dtype=np.float32)
        dark = (gap < -np.float32(_SHADOW_GAP) * expected) | (~counts & (gap < 0))
        # Skin turned away from a lamp is dark without anything being hidden.
        dark &= expected > np.float32(_GRAZING) * length(found)
        misfit = _misfit(gap, found, weights)
        misfit[counts.sum(axis=0) < 3] = np.inf
        return found, misfit, np.asarray(dark.any(axis=0), dtype=np.bool_)

    def _write(
        self, places: slice | NDArray[np.intp], found: Plane, misfit: Plane, dark: Mask | np.bool_
    ) -> None:
        """Write down what was found at places of the picture, given by their numbers."""
        slopes = self.slopes
        x, y = to_slopes(found, self.recipe.steepest_slope)
        slopes.x.reshape(-1)[places], slopes.y.reshape(-1)[places] = x, y
        slopes.albedo.reshape(-1)[places] = length(found)
        slopes.trusted.reshape(-1)[places] = (misfit < _MISFIT) & (found[2] > 0)
        slopes.shadowed.reshape(-1)[places] = dark


def _misfit(gap: Plane, found: Plane, weights: Plane | None = None) -> Plane:
    """Return the (weighted) root mean square residual relative to the albedo."""
    if weights is None:
        square = np.einsum("kn,kn->n", gap, gap) / np.float32(len(gap))
    else:
        square = np.einsum("kn,kn,kn->n", weights, gap, gap)
        square /= np.maximum(weights.sum(axis=0), np.float32(1e-6))
    return np.asarray(np.sqrt(square) / np.maximum(length(found), 1e-6), dtype=np.float32)
