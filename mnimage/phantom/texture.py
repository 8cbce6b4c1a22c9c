"""Fine relief of healthy skin in mm: microrelief, furrows, pores and lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial import KDTree

from mnimage.phantom.noise import clouds, scatter_places

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TruePore:
    """One pore: place in mm from the skin's middle, diameter and depth."""

    row_mm: float
    column_mm: float
    diameter_mm: float
    depth_mm: float


@dataclass(frozen=True, slots=True)
class TrueLine:
    """One line: points (n, 2) as (row, column) in mm from the middle, depth and width."""

    points_mm: tuple[tuple[float, float], ...]
    depth_mm: float
    width_mm: float


def furrow_net(
    shape: tuple[int, int], cell_px: float, width_px: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return a net of furrows between Voronoi cells: 0 on the plateaus, 1 in the furrows."""
    count = max(4, int(shape[0] * shape[1] / cell_px**2))
    empty = np.ones(shape, dtype=np.uint8)
    sites = (rng.random((count, 2)) * shape).astype(np.intp)
    empty[sites[:, 0], sites[:, 1]] = 0
    _, labels = cv2.distanceTransformWithLabels(
        empty, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    inside = np.ones(shape, dtype=np.uint8)
    inside[:, 1:][labels[:, 1:] != labels[:, :-1]] = 0
    inside[1:][labels[1:] != labels[:-1]] = 0
    away = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 5), dtype=np.float32)
    net = np.asarray(cv2.GaussianBlur(np.exp(-((away / width_px) ** 2)), (0, 0), 0.8))
    net *= np.clip(0.7 + 0.3 * clouds(shape, 4 * cell_px, rng), 0.2, 1.0)
    return np.asarray(net / np.quantile(net[::7, ::7], 0.995), dtype=np.float32)


def draw_pores(
    size_mm: tuple[float, float], per_cm2: float, rng: np.random.Generator
) -> tuple[TruePore, ...]:
    """Return pores 0.15-0.4 mm wide and 30-100 um deep at random places."""
    count = int(per_cm2 * size_mm[0] * size_mm[1] / 100)
    places = (rng.random((count, 2)) - 0.5) * size_mm
    diameters = 0.15 + 0.25 * rng.beta(1.6, 2.4, count)
    depths = np.clip(diameters * rng.uniform(0.2, 0.28, count), 0.03, 0.1)
    rows = zip(places.tolist(), diameters.tolist(), depths.tolist(), strict=True)
    return tuple(TruePore(row, column, wide, deep) for (row, column), wide, deep in rows)


def pore_depth(
    pores: tuple[TruePore, ...], shape: tuple[int, int], mm_per_px: float
) -> NDArray[np.float32]:
    """Return the depth in mm of all pores: Gaussian dips, half as deep at half the diameter."""
    depth = np.zeros(shape, dtype=np.float32)
    reach = max(2, int(np.ceil(0.4 / mm_per_px)))
    offset = np.arange(-reach, reach + 1)
    middle = (np.array(shape) - 1) / 2
    for pore in pores:
        centre = middle + np.array([pore.row_mm, pore.column_mm]) / mm_per_px
        row, column = np.rint(centre).astype(int)
        if not (reach <= row < shape[0] - reach and reach <= column < shape[1] - reach):
            continue
        sigma = pore.diameter_mm / 2.355 / mm_per_px
        down = np.exp(-0.5 * ((offset + row - centre[0]) / sigma) ** 2)
        right = np.exp(-0.5 * ((offset + column - centre[1]) / sigma) ** 2)
        window = depth[row - reach : row + reach + 1, column - reach : column + reach + 1]
        np.maximum(window, pore.depth_mm * np.outer(down, right), out=window)
    return depth


def draw_lines(
    size_mm: tuple[float, float], count: int, rng: np.random.Generator
) -> tuple[TrueLine, ...]:
    """Return fine lines up to 12 mm long, 30-200 um deep, mostly in one direction."""
    longest = min(12.0, 0.6 * min(size_mm))
    lengths = rng.uniform(longest / 3, longest, count)
    places = scatter_places(size_mm, lengths / 2, -1.0, rng)
    heading = rng.uniform(0, np.pi)
    lines = []
    for length, place in zip(lengths, places, strict=True):
        if np.isfinite(place).all():
            lines.append(_line(length, place, heading + rng.normal(0, 0.25), rng))
    return tuple(lines)


def _line(
    length: float, place: NDArray[np.float64], heading: float, rng: np.random.Generator
) -> TrueLine:
    along = np.linspace(-0.5, 0.5, 41) * length
    bend = rng.uniform(-0.03, 0.03) * along**2 + 0.15 * np.sin(along * rng.uniform(0.5, 1.2))
    turned = np.array([np.sin(heading), np.cos(heading)])
    points = place + along[:, None] * turned + bend[:, None] * np.array([turned[1], -turned[0]])
    return TrueLine(
        points_mm=tuple((float(row), float(column)) for row, column in points),
        depth_mm=float(np.exp(rng.uniform(np.log(0.03), np.log(0.2)))),
        width_mm=float(rng.uniform(0.2, 0.5)),
    )


def line_depth(
    lines: tuple[TrueLine, ...], shape: tuple[int, int], mm_per_px: float
) -> NDArray[np.float32]:
    """Return the depth in mm of all lines: Gaussian grooves that run out at both ends."""
    depth = np.zeros(shape, dtype=np.float32)
    middle = (np.array(shape) - 1) / 2
    for line in lines:
        points = _dense(np.array(line.points_mm) / mm_per_px + middle)
        reach = 1.5 * line.width_mm / mm_per_px
        low = np.clip(np.floor(points.min(axis=0) - reach), 0, shape).astype(int)
        high = np.clip(np.ceil(points.max(axis=0) + reach), 0, shape).astype(int)
        if np.any(high <= low):
            continue
        grid = np.moveaxis(np.mgrid[low[0] : high[0], low[1] : high[1]], 0, -1)
        away, nearest = KDTree(points).query(grid, distance_upper_bound=reach)
        share = np.clip(nearest / (len(points) - 1), 0, 1)
        taper = np.sqrt(np.sin(np.pi * share))
        groove = np.exp(-4 * np.log(2) * (away * mm_per_px / line.width_mm) ** 2)
        window = depth[low[0] : high[0], low[1] : high[1]]
        np.maximum(window, line.depth_mm * taper * groove, out=window, casting="same_kind")
    return depth


def _dense(points: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.linspace(0, len(points) - 1, 20 * len(points))
    place = np.arange(len(points))
    rows, columns = (np.interp(steps, place, points[:, axis]) for axis in (0, 1))
    return np.column_stack([np.asarray(rows), np.asarray(columns)])
