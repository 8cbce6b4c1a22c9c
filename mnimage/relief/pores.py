"""Pores of a relief: dents distinguished from other relief by all that is measured around them.

Microrelief has dents as deep and as wide as the smaller pores, and furrows cross in deep ones, so
no single measure of a dent shows what it is. Each is described by how the relief rises on rings
about it (on the whole, in the least direction, through it from side to side, and how that varies
around it), by its curvatures, and by how rough all of the skin is, for what stands out on smooth
skin is nothing among furrows. A small network that was shown dents of drawn skin
(`benchmarks.pores`) turns that into the likelihood that it is a pore.

Scale-space dents go back to Lindeberg (1998); the measures and the rule are our own. How well they
do: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import log, pi
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import scipy

from mnimage.domain.recipe import PORE_WEIGHTS
from mnimage.kernels.bands import bands_of, in_bands, widened
from mnimage.kernels.filters import blur_reach, gaussian, local_maxima
from mnimage.relief.classifier import pore_classifiers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.relief.classifier import MLP

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_SIGMAS_MM = (0.05, 0.07, 0.1, 0.14, 0.2)
"""Standard deviations of the blurs whose differences show dents; pores are 0.15 to 0.4 mm wide.
This and what follows shapes the measures that the networks were trained on: another value needs new
weights (`benchmarks.pores`)."""
_BENT = (0, 2, 3)
"""At which of these blurs the curvatures are taken."""
_LEAST_DENT_MM, _BESIDE_MM = 0.007, 0.05
"""Least difference of the finest two blurs in a dent, for widths a factor e apart; no two dents are
nearer to each other than this."""
_RINGS_MM = (0.1, 0.15, 0.2, 0.26, 0.34, 0.5)
"""Radii of the rings about a dent to which the rise of the relief is measured."""
_TURNS = 16
"""Places on a ring."""
_LEAST_ROUGH_MM = 1e-4
"""Added to roughness before its logarithm, as 0 has none."""
_SOME_ROWS, _SOME_PIXELS = 48, 1_500_000
"""Roughness is read from bands of so many rows: from all where a picture has no more pixels than
this, else from every so many-th."""
LEAST_WORTH = 0.02
"""Likelihood, by the screening network, of a dent that is described in full."""
PLAIN = 1 + 4 + 2 * len(_BENT) + 8
"""How many of the measures are plain: all but those on rings."""
_LEAST_LIKELY, _APART_MM = 0.25, 0.19
"""Likelihood from which a dent is a pore, 0.2 before the network was trained anew (first chosen on
27 skins, `docs/studies/2026-11-relief.md`); least distance between pores."""

_SMOOTH_MM, _RIM_MM, _RIM_PART, _LEAST_DEPTH_MM = 0.05, 0.24, 15.0, 0.02
"""To size a pore: blur of the relief; radius of its rim; percentile of the heights on the rim that
is its level; least depth, as others are divided by it."""
_ROUNDS, _SIZED_AT_ONCE = 4, 2048
"""Rounds in which the width and the depth at the rim correct each other; pores sized at once."""
_AT_ONCE = 16_384
"""Rows of a picture that OpenCV can draw."""


@dataclass(frozen=True, slots=True)
class Pores:
    """Places in px (n, 2) as (row, column), depths below the rim and diameters at half depth."""

    places: Plane = field(repr=False)
    depth_mm: Plane = field(repr=False)
    diameter_mm: Plane = field(repr=False)


class Dents(NamedTuple):
    """Places in px (n, 2) and what is measured of each, (n, measures)."""

    places: Plane
    measures: Plane


def find_pores(flat: Plane, inner: Mask, mm_per_px: float, weights: str = PORE_WEIGHTS) -> Pores:
    """Return the pores of a relief that is level on the whole.

    Parameters
    ----------
    flat
        Height in mm, shape (rows, columns), up is positive; 0 where there is no skin.
    inner
        Where pores are looked for.
    mm_per_px
        Scale.
    weights
        SHA-256 of the classifiers' weights.
    """
    screen, classifier = pore_classifiers(weights)
    dents = find_dents(flat, inner, mm_per_px, screen)
    likely = classifier.likelihood(dents.measures)
    kept = best_apart(dents.places, likely, _APART_MM / mm_per_px, _LEAST_LIKELY)
    places = dents.places[kept]
    smooth = gaussian(flat, _SMOOTH_MM / mm_per_px)

    def size(some: slice) -> Plane:
        return _size(smooth, places[some], mm_per_px)

    sizes = in_bands(size, bands_of((len(places), 1), pixels=_SIZED_AT_ONCE))
    depth, diameter = np.concatenate([np.zeros((2, 0), np.float32), *sizes], axis=1)
    return Pores(places, depth, diameter)


def find_dents(flat: Plane, inner: Mask, mm_per_px: float, screen: MLP | None) -> Dents:
    """Return the dents that might be pores: those that pass a screen of their plain measures.

    Without a screen all dents are returned. Other parameters as of `find_pores`.
    """
    reach = blur_reach(max(_SIGMAS_MM[-1], _RINGS_MM[-1] / 3) / mm_per_px) + 2
    rough = np.log(_roughness(flat, inner, mm_per_px) + _LEAST_ROUGH_MM)

    def look(span: slice) -> Dents:
        wide, own = widened(span, reach, len(flat))
        mask = np.zeros(flat[wide].shape, dtype=np.bool_)
        mask[own] = inner[span]
        found = _dents_in(flat[wide], mask, mm_per_px, rough, screen)
        found.places[:, 0] += wide.start
        return found

    parts = in_bands(look, bands_of(flat.shape, reach=reach))
    return Dents(*(np.concatenate(own) for own in zip(*parts, strict=True)))


def _steps(pitch: float) -> list[float]:
    """Return the blurs in px that lead from nothing to each of the scales in turn."""
    sigmas = (0.0, *(sigma / pitch for sigma in _SIGMAS_MM))
    return [float(np.sqrt(large**2 - small**2)) for small, large in pairwise(sigmas)]


def _blurred(flat: Plane, pitch: float) -> list[Plane]:
    blurred = [flat]
    for step in _steps(pitch):
        blurred.append(gaussian(blurred[-1], step))
    return blurred[1:]


def _blobs(blurred: Sequence[Plane]) -> list[Plane]:
    """Return how much each place looks like the middle of a dent, at each scale."""
    scales = zip(pairwise(blurred), pairwise(_SIGMAS_MM), strict=True)
    return [(wide - fine) * np.float32(1 / log(b / a)) for (fine, wide), (a, b) in scales]


def _dents_in(flat: Plane, mask: Mask, pitch: float, rough: Plane, screen: MLP | None) -> Dents:
    blurred = _blurred(flat, pitch)
    blobs = _blobs(blurred)
    row, column = local_maxima(blobs[0], max(1, round(_BESIDE_MM / pitch)), _LEAST_DENT_MM)
    kept = mask[row, column]
    row, column = row[kept], column[kept]
    places = np.stack([row, column], axis=1).astype(np.float32)
    bent = [_curvatures(blurred[n], places, _SIGMAS_MM[n] / pitch) for n in _BENT]
    middles = [each[row, column][:, None] for each in (flat, *blobs)]
    whole = np.broadcast_to(rough, (len(places), len(rough)))
    plain = np.concatenate([*middles, *bent, whole], axis=1)
    if screen is not None:
        worth = screen.likelihood(plain) > LEAST_WORTH
        places, plain = places[worth], plain[worth]
    rises = [_rises(blurred[0], places, radius / pitch) for radius in _RINGS_MM]
    return Dents(places, np.concatenate([plain, *rises], axis=1))


def _roughness(flat: Plane, inner: Mask, pitch: float) -> Plane:
    """Return the rms in mm of what is hollow and of what is raised, by turns, at each scale.

    Of a large picture some bands of rows are enough.
    """
    reach = blur_reach(_SIGMAS_MM[-1] / pitch)

    def look(span: slice) -> NDArray[np.float64]:
        wide, own = widened(span, reach, len(flat))
        seen = [blob[own][inner[wide][own]] for blob in _blobs(_blurred(flat[wide], pitch))]
        parts = [part for blob in seen for part in (np.maximum(blob, 0), np.minimum(blob, 0))]
        return np.array([len(seen[0]), *(float(part @ part) for part in parts)])

    every = _SOME_ROWS * max(1, round(flat.size / _SOME_PIXELS))
    tops = range(0, len(flat), every)
    sums = np.sum(in_bands(look, [slice(top, top + _SOME_ROWS) for top in tops]), axis=0)
    return np.asarray(np.sqrt(sums[1:] / max(sums[0], 1.0)), dtype=np.float32)


def _curvatures(smooth: Plane, places: Plane, sigma: float) -> Plane:
    """Return the lesser and the greater curvature times sigma squared, (n, 2)."""
    row, column = places.astype(np.intp).T
    rows, columns = smooth.shape

    def at(down: int, right: int) -> Plane:
        there = (row + down).clip(0, rows - 1), (column + right).clip(0, columns - 1)
        return np.asarray(smooth[there], dtype=np.float32)

    middle = 2 * at(0, 0)
    rr, cc = at(1, 0) + at(-1, 0) - middle, at(0, 1) + at(0, -1) - middle
    rc = (at(1, 1) + at(-1, -1) - at(1, -1) - at(-1, 1)) / 4
    half, root = (rr + cc) / 2, np.sqrt((rr - cc) ** 2 / 4 + rc**2)
    bent = np.stack([half - root, half + root], axis=1) * sigma**2
    return bent.astype(np.float32)


def _rises(smooth: Plane, places: Plane, radius: float) -> Plane:
    """Return how the relief rises from each place to a ring about it, (n, 14).

    The mean; the least over an arc; the rises through the place from side to side, in order; and
    how much it varies once to four times around.
    """
    rise = _around(smooth, places, radius, _TURNS) - _at(smooth, places)[:, None]
    arc = (rise + np.roll(rise, 1, axis=1) + np.roll(rise, -1, axis=1)).min(axis=1) / 3
    through = np.sort(rise[:, : _TURNS // 2] + rise[:, _TURNS // 2 :], axis=1) / 2
    turn = np.outer(np.arange(_TURNS), np.arange(1, 5)) * (2 * pi / _TURNS)
    around = np.hypot(
        rise @ np.cos(turn).astype(np.float32), rise @ np.sin(turn).astype(np.float32)
    )
    columns = [rise.mean(axis=1)[:, None], arc[:, None], through, around / _TURNS]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def best_apart(places: Plane, likely: Plane, apart: float, least: float) -> NDArray[np.intp]:
    """Return which places are likelier than `least` and than all those nearer than `apart`.

    A place beside one that has itself given way stands; in order of the places.
    """
    some = np.flatnonzero(likely > least)
    pairs = scipy.spatial.KDTree(places[some]).query_pairs(apart, output_type="ndarray")
    # Where two are alike the first counts as the likelier one.
    rank = np.empty(len(some), dtype=np.intp)
    rank[np.argsort(-likely[some], kind="stable")] = np.arange(len(some))
    swap = rank[pairs[:, 0]] > rank[pairs[:, 1]]
    better, worse = np.where(swap[:, None], pairs[:, ::-1], pairs).T
    stands = np.ones(len(some), dtype=np.bool_)
    while len(better):
        beaten = np.zeros(len(some), dtype=np.bool_)
        beaten[worse] = True
        gone = np.zeros(len(some), dtype=np.bool_)
        gone[worse[~beaten[better]]] = True
        stands &= ~gone
        left = ~(gone[better] | gone[worse])
        better, worse = better[left], worse[left]
    return some[stands]


def _at(values: Plane, places: Plane) -> Plane:
    row, column = places.astype(np.intp).T
    return np.asarray(values[row, column], dtype=np.float32)


def _around(values: Plane, places: Plane, radius: float, turns: int) -> Plane:
    """Return the values on a ring about each place, (places, turns)."""
    turn = np.arange(turns) * (2 * pi / turns)
    down = (places[:, :1] + radius * np.sin(turn)).astype(np.float32)
    right = (places[:, 1:] + radius * np.cos(turn)).astype(np.float32)
    ring = np.empty(down.shape, dtype=np.float32)
    for first in range(0, len(ring), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        edge = cv2.BORDER_REPLICATE
        ring[some] = cv2.remap(values, right[some], down[some], cv2.INTER_LINEAR, borderMode=edge)
    return ring


def _size(smooth: Plane, places: Plane, pitch: float) -> Plane:
    """Return the depth and diameter (at half its depth) of each pore, taken for a Gaussian pit.

    Its rim is not quite level yet and the smoothing has made it wider and shallower: both follow
    from how far from its middle it is half as deep.
    """
    rim = np.percentile(_around(smooth, places, _RIM_MM / pitch, 24), _RIM_PART, axis=1)
    depth = np.maximum(rim - _at(smooth, places), _LEAST_DEPTH_MM).astype(np.float32)
    half = _half_radius(smooth, places, depth, pitch)
    wide2 = half**2 / (2 * np.log(2))
    for _ in range(_ROUNDS):
        at_rim = np.exp(-(_RIM_MM**2) / (2 * wide2))
        wide2 = half**2 / (-2 * np.log((1 + at_rim) / 2))
    own2 = np.maximum(wide2 - _SMOOTH_MM**2, _SMOOTH_MM**2 / 4)
    true = depth / (1 - np.exp(-(_RIM_MM**2) / (2 * wide2))) * (own2 + _SMOOTH_MM**2) / own2
    return np.stack([true, 2.355 * np.sqrt(own2)]).astype(np.float32)


def _half_radius(smooth: Plane, places: Plane, depth: Plane, pitch: float) -> Plane:
    """Return how far from its middle in mm each pore is half as deep, between rings about it."""
    radii = np.arange(1, 10) * (_RIM_MM / 9)
    row, column = places.astype(np.intp).T
    rings = [np.median(_around(smooth, places, r / pitch, 12), axis=1) for r in radii]
    rise = np.stack([np.zeros_like(depth), *(ring - smooth[row, column] for ring in rings)])
    share = np.maximum.accumulate(rise / np.maximum(depth, 1e-6), axis=0)
    last = np.clip((share < 0.5).sum(axis=0), 1, len(radii))
    pore = np.arange(len(depth))
    below, above = share[last - 1, pore], share[last, pore]
    part = np.clip((0.5 - below) / np.maximum(above - below, 1e-6), 0.0, 1.0)
    return np.asarray((last - 1 + part) * radii[0], dtype=np.float32)
