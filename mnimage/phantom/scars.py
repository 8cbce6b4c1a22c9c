"""Scars by closed forms: their depth anywhere on the skin, and their exact area and volume.

The depth of a scar is D * f(rho), with rho the distance from its middle over the radius of its
outline in that direction. The outline is an ellipse of known area with a few waves on it. Kinds
after Jacob et al. 2001: ice-pick (cone), boxcar (sigmoid walls), rolling (raised cosine).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan, cos, degrees, exp, log, pi, sin, sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import spence

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = ("ice-pick", "boxcar", "rolling")
LEVEL_MM = 0.04
"""A scar's area is what lies deeper than this: the least depth distinguished from healthy skin."""

_WALL = 0.07
_REACH = {"ice-pick": 1.0, "boxcar": 2.0, "rolling": 1.0}


@dataclass(frozen=True, slots=True)
class TrueScar:
    """One scar as it truly is; places are mm from the skin's middle, down and to the right.

    `depth_mm` is that of its deepest point below the healthy surface, `radius_mm` the mean radius
    of its outline (for a boxcar, where the wall is half as deep).
    """

    kind: str
    row_mm: float
    column_mm: float
    depth_mm: float
    radius_mm: float
    stretch: float = 1.0
    angle: float = 0.0
    waves: float = 0.0
    wave_count: int = 3

    @property
    def volume_mm3(self) -> float:
        """The whole volume missing."""
        return self.depth_mm * 2 * pi * _UNIT_VOLUME[self.kind] * self._mean_square

    @property
    def area_mm2(self) -> float:
        """The area that lies deeper than 40 um."""
        return self.area_below(LEVEL_MM)

    @property
    def width_mm(self) -> float:
        """The diameter of a disc of the same area as the scar at half its depth."""
        return 2 * sqrt(self.area_below(self.depth_mm / 2) / pi)

    @property
    def depth_p95_mm(self) -> float:
        """The 95th percentile of the depth over the scar's area."""
        share = 0.05 * self.area_mm2 / (pi * self._mean_square)
        return float(self.depth_mm * _profile(self.kind, np.array(sqrt(share))))

    @property
    def depth_mean_mm(self) -> float:
        """The mean depth over the scar's area, by fine sums along the radius."""
        edge = sqrt(self.area_mm2 / (pi * self._mean_square))
        rho = (np.arange(4000) + 0.5) * edge / 4000
        depth = self.depth_mm * _profile(self.kind, rho)
        return float(np.sum(depth * rho) / np.sum(rho)) if edge else 0.0

    @property
    def wall_angle_deg(self) -> float:
        """The 90th percentile over the scar's area of how steep it is, for a round outline."""
        edge = sqrt(self.area_mm2 / (pi * self._mean_square))
        if not edge:
            return 0.0
        rho = np.sqrt((np.arange(4000) + 0.5) / 4000) * edge
        step = 1e-4
        rise = _profile(self.kind, rho + step) - _profile(self.kind, np.maximum(rho - step, 0))
        steep = np.abs(self.depth_mm * rise / (2 * step) / sqrt(self._mean_square))
        return degrees(atan(float(np.quantile(steep, 0.9))))

    def area_below(self, level_mm: float) -> float:
        """Return the area deeper than `level_mm`, in mm2."""
        share = level_mm / self.depth_mm if self.depth_mm > 0 else 1.0
        if share >= 1:
            return 0.0
        return pi * self._mean_square * _edge(self.kind, share) ** 2

    def depth_at(
        self, row_mm: NDArray[np.floating], column_mm: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Return the depth in mm at places of the skin (positive is a hole)."""
        turned = (cos(self.angle), sin(self.angle))
        down, right = row_mm - self.row_mm, column_mm - self.column_mm
        along = (right * turned[0] + down * turned[1]) / self.stretch
        across = (down * turned[0] - right * turned[1]) * self.stretch
        outline = self.radius_mm * (
            1 + self.waves * np.cos(self.wave_count * np.arctan2(across, along))
        )
        rho = np.hypot(along, across) / outline
        return np.asarray(self.depth_mm * _profile(self.kind, rho), dtype=np.float32)

    def reach_mm(self) -> float:
        """Return the radius beyond which the scar has no depth."""
        longest = max(self.stretch, 1 / self.stretch)
        return self.radius_mm * (1 + abs(self.waves)) * longest * _REACH[self.kind]

    def shallower(self, share: float) -> TrueScar:
        """Return the scar with `share` of its depth gone."""
        return replace(self, depth_mm=self.depth_mm * (1 - share))

    @property
    def _mean_square(self) -> float:
        return self.radius_mm**2 * (1 + self.waves**2 / 2)


def _profile(kind: str, rho: NDArray[np.floating]) -> NDArray[np.float64]:
    near = np.asarray(rho, dtype=np.float64)
    if kind == "ice-pick":
        return np.maximum(1 - near, 0)
    if kind == "rolling":
        return (1 + np.cos(pi * np.minimum(near, 1))) / 2
    return (1 + exp(-1 / _WALL)) / (1 + np.exp(np.minimum((near - 1) / _WALL, 60)))


def _edge(kind: str, share: float) -> float:
    """Return rho where the profile has fallen to `share`."""
    if kind == "ice-pick":
        return 1 - share
    if kind == "rolling":
        return float(np.arccos(2 * share - 1) / pi)
    return max(1 + _WALL * log((1 + exp(-1 / _WALL)) / share - 1), 0.0)


def _boxcar_unit() -> float:
    # Integral of rho / (1 + exp((rho - 1) / w)): a Fermi-Dirac integral of the first order.
    eta = 1 / _WALL
    fermi = eta**2 / 2 + pi**2 / 6 + float(spence(1 + exp(-eta)))
    return (1 + exp(-eta)) * _WALL**2 * fermi


_UNIT_VOLUME = {"ice-pick": 1 / 6, "boxcar": _boxcar_unit(), "rolling": 0.25 - 1 / pi**2}


def scar_depth(
    scars: tuple[TrueScar, ...], shape: tuple[int, int], mm_per_px: float
) -> NDArray[np.float32]:
    """Return the depth in mm of all scars together at each pixel's centre."""
    depth = np.zeros(shape, dtype=np.float32)
    middle = (np.array(shape) - 1) / 2
    for scar in scars:
        centre = middle + np.array([scar.row_mm, scar.column_mm]) / mm_per_px
        reach = scar.reach_mm() / mm_per_px + 1
        low = np.clip(np.floor(centre - reach), 0, shape).astype(int)
        high = np.clip(np.ceil(centre + reach) + 1, 0, shape).astype(int)
        row = (np.arange(low[0], high[0]) - middle[0])[:, None] * mm_per_px
        column = (np.arange(low[1], high[1]) - middle[1])[None] * mm_per_px
        depth[low[0] : high[0], low[1] : high[1]] += scar.depth_at(row, column)
    return depth
