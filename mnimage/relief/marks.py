"""Pores and lines on a relief, where no pigment can pass for them.

Pores are told from other dents by `mnimage.relief.pores`. A line is a groove that goes straight on
for longer than the cells of the furrows; how deep it is at any single place counts only up to a
limit, so that pores in a row do not add up to a line (after the hybrid Hessian filters for
wrinkles, Ng et al. 2014).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil, hypot, pi
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy import ndimage

from mnimage.domain.progress import no_tick
from mnimage.domain.relief import Marks
from mnimage.kernels.bands import WORKERS, bands_of, in_bands
from mnimage.kernels.filters import (
    dark_ridges,
    masked_blur,
    weighted,
)
from mnimage.kernels.geometry import block_mean
from mnimage.kernels.masks import enlarge_labels
from mnimage.kernels.statistics import robust_spread
from mnimage.relief.pores import find_pores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_COARSEST_MM = 0.08
"""Pitch above which pores are lost."""
_LEVEL_MM, _EDGE_MM = 0.7, 0.5

_LINE_GRID_MM, _LINE_SIGMA_MM, _PIECE_MM, _STRAIGHT_MM = 0.15, 0.16, 0.3, 2.2
_DIRECTIONS = 24
_CAP, _LEAST_CAP_MM, _STRONG, _WEAK, _CREST = 5.0, 0.016, 0.65, 0.4, 0.7
_CREST_MM, _LEAST_LINE_MM = 0.6, 3.0
_CENTRE_SIGMAS_MM, _CENTRE_MM = (0.1, 0.15, 0.22), 0.003


@dataclass(frozen=True, slots=True)
class Lines:
    """Points (n, 2) on the centres of lines, their whole length and mean depth in mm.

    `near` marks where long straight grooves run.
    """

    places: NDArray[np.int32] = field(repr=False)
    length_mm: float
    depth_mm: float
    near: Mask = field(repr=False)


def find_marks(
    height_mm: Plane,
    skin: Mask,
    mm_per_px: float,
    tick: Tick = no_tick,
    near: Mask | None = None,
) -> Marks | None:
    """Return the pores and lines of the skin; None where the picture is too coarse for pores.

    Parameters
    ----------
    height_mm
        The relief without its form, shape (rows, columns), up is positive.
    skin
        What counts; scars left out.
    mm_per_px
        Scale.
    tick
        Called between parts, to stop.
    near
        Where long straight grooves run, if that is known already.
    """
    inner = inner_skin(skin, mm_per_px)
    if mm_per_px > _COARSEST_MM or not inner.any():
        return None
    area_cm2 = float(inner.sum()) * mm_per_px**2 / 100
    flat = levelled(height_mm, skin, mm_per_px)
    tick(0, 2)
    pores = find_pores(flat, inner, mm_per_px)
    tick(1, 2)
    if near is None:
        near = _near_lines(flat, inner, mm_per_px)
    lines = _lines(flat, inner, near, mm_per_px)
    return Marks(
        pores_px=pores.places,
        pore_depth_um=1000 * pores.depth_mm,
        pores_per_cm2=len(pores.places) / area_cm2,
        pore_diameter_mm=_median(pores.diameter_mm),
        pore_median_um=1000 * _median(pores.depth_mm),
        line_px=lines.places,
        lines_mm_per_cm2=lines.length_mm / area_cm2,
        line_depth_um=1000 * lines.depth_mm,
    )


def find_lines(height_mm: Plane, skin: Mask, mm_per_px: float) -> Lines:
    """Return the lines of a relief without its form.

    After Ng et al. (2014), joined as by Canny (1986); how well it does: `docs/relief.md`.
    """
    inner = inner_skin(skin, mm_per_px)
    flat = levelled(height_mm, skin, mm_per_px)
    return _lines(flat, inner, _near_lines(flat, inner, mm_per_px), mm_per_px)


def levelled(height_mm: Plane, skin: Mask, mm_per_px: float) -> Plane:
    """Return the height in mm over its level nearby, 0 where there is no skin."""
    level = masked_blur(height_mm, skin, _LEVEL_MM / mm_per_px)

    def take(span: slice) -> None:
        np.subtract(height_mm[span], level[span], out=level[span])
        level[span][~skin[span]] = 0

    in_bands(take, bands_of(level.shape))
    return level


def inner_skin(skin: Mask, mm_per_px: float) -> Mask:
    """Return the skin far enough from its border, the picture's own included."""
    padded = np.pad(skin, 1)
    away = np.asarray(cv2.distanceTransform(padded.view(np.uint8), cv2.DIST_L2, 3))
    return np.asarray(away[1:-1, 1:-1] > _EDGE_MM / mm_per_px, dtype=np.bool_)


def _lines(flat: Plane, inner: Mask, near: Mask, pitch: float) -> Lines:
    if not near.any():
        return Lines(np.zeros((0, 2), np.int32), 0.0, float("nan"), near)
    sigmas = [sigma / pitch for sigma in _CENTRE_SIGMAS_MM]
    centres = dark_ridges(flat, near & inner, sigmas, _CENTRE_MM)
    places = np.stack([centres.rows, centres.columns], axis=1).astype(np.int32)
    # A Gaussian groove answers with its depth over 2.83.
    depth = 2.83 * float(centres.strength.mean()) if len(places) else float("nan")
    return Lines(places, float(centres.length_px.sum()) * pitch, depth, near)


def _near_lines(flat: Plane, inner: Mask, pitch: float) -> Mask:
    """Return where long straight grooves run, found on a coarser grid."""
    step = max(1, round(_LINE_GRID_MM / pitch))
    grid = step * pitch
    weight = block_mean(inner.astype(np.float32), step)
    small = block_mean(weighted(flat, inner)[0], step) / np.maximum(weight, 0.3)
    seen = weight > 0.5
    if not seen.any():
        return np.zeros(flat.shape, dtype=np.bool_)
    straight = np.where(seen, _straightness(small.astype(np.float32), seen, grid), np.float32(0))
    size = 2 * round(_CREST_MM / grid) + 1
    crest = np.asarray(cv2.dilate(straight, np.ones((size, size), np.uint8)))
    kept = _long_and_strong((straight > _WEAK) & (straight > _CREST * crest), straight, grid)
    shape = (flat.shape[0], flat.shape[1])
    return enlarge_labels(kept.view(np.uint8), step, shape).view(np.bool_)


def _straightness(small: Plane, seen: Mask, grid: float) -> Plane:
    """Return how far a groove goes straight on: 1 where it is deep all along, in any direction."""
    turns = np.arange(_DIRECTIONS) * (pi / _DIRECTIONS)
    first = _grooves(small, turns[0], grid)
    cap = max(_LEAST_CAP_MM, _CAP * robust_spread(first[seen]))

    def best_of(some: NDArray[np.float64]) -> Plane:
        best = np.zeros_like(small)
        for turn in some:
            capped = np.clip(_grooves(small, turn, grid), -cap, cap) * seen
            stick = _stick(turn, grid)
            along = cv2.filter2D(capped, cv2.CV_32F, stick, borderType=cv2.BORDER_CONSTANT)
            np.maximum(best, np.asarray(along, np.float32), out=best)
        return best

    with ThreadPoolExecutor(WORKERS) as pool:
        parts = list(pool.map(best_of, np.array_split(turns, WORKERS)))
    return np.asarray(np.maximum.reduce(parts) / np.float32(cap), dtype=np.float32)


def _grooves(small: Plane, turn: float, grid: float) -> Plane:
    """Return how deep a groove in a direction each place lies in."""
    groove = _groove(turn, grid)
    deep = cv2.filter2D(small, cv2.CV_32F, groove, borderType=cv2.BORDER_REFLECT)
    return np.asarray(deep, dtype=np.float32)


def _turned(turn: float, reach: int) -> tuple[Plane, Plane]:
    """Return places along and across a direction about the middle of a square."""
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    along = right * np.cos(turn) + down * np.sin(turn)
    return along.astype(np.float32), (down * np.cos(turn) - right * np.sin(turn)).astype(np.float32)


def _groove(turn: float, grid: float) -> Plane:
    """Return the filter that answers to a groove of its own width with the groove's depth."""
    wide, long = _LINE_SIGMA_MM / grid, _PIECE_MM / grid
    along, across = _turned(turn, ceil(2.5 * long))
    profile = np.exp(-(across**2) / (2 * wide**2))
    filtered = (across**2 / wide**2 - 1) * profile * np.exp(-(along**2) / (2 * long**2))
    filtered -= filtered.mean()
    return np.asarray(filtered / abs((filtered * profile).sum()), dtype=np.float32)


def _stick(turn: float, grid: float) -> Plane:
    along, across = _turned(turn, ceil(_STRAIGHT_MM / grid) + 1)
    stick = (np.abs(along) <= _STRAIGHT_MM / grid) * np.exp(-(across**2) / (2 * 0.6**2))
    return np.asarray(stick / stick.sum(), dtype=np.float32)


def _long_and_strong(weak: Mask, straight: Plane, grid: float) -> Mask:
    """Return the pieces that are strong somewhere and long enough (hysteresis, Canny 1986)."""
    _, found = cv2.connectedComponents(weak.view(np.uint8), connectivity=8)
    pieces = np.asarray(found, dtype=np.int32)
    kept = np.zeros(weak.shape, dtype=np.bool_)
    for number, box in enumerate(ndimage.find_objects(pieces), start=1):
        own = pieces[box] == number
        long = hypot(*(part.stop - part.start for part in box)) * grid
        if long >= _LEAST_LINE_MM and straight[box][own].max() > _STRONG:
            kept[box] |= own
    return kept


def _median(values: Plane) -> float:
    return float(np.median(values)) if values.size else float("nan")
