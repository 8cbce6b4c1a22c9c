"""The form of a whole face: bent too much for one polynomial, so fitted piece by piece.

Nose, lips, chin and sockets are no scars, and the skin of a cheek is turned away from the camera by
up to 80 degrees. The form is a local polynomial of the second order under a Gaussian window (local
regression, Cleveland and Devlin 1988), scars left out in turns. What lies below it is measured
square to the skin, not along the camera's axis.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.bands import in_bands
from mnimage.kernels.geometry import block_mean, expand
from mnimage.kernels.masks import drop_islands, grow, shrink
from mnimage.kernels.statistics import robust_spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Labels = NDArray[np.int32]

LEAST_SIDE_MM = 60.0
"""Shorter side of a picture that shows more of the body than one polynomial can follow."""

WINDOW_MM = 4.0
"""Standard deviation of the window in which the form is fitted: wide enough to span scars, narrow
enough to follow a cheek. `relief.window` shows what a narrower one changes."""
_GRID_MM = 0.5
"""Pitch of the grid on which the form is fitted, an eighth of its window."""
_ROUNDS, _REACH, _THIN = 5, 3, 2
"""Rounds of form and dents in turns; reach of the window in standard deviations; every how many-th
node is used while dents are searched for."""
_WIDEST_MM2 = 50.0
"""Area of the largest scar; what is larger is a part of the face."""
_DENT_MM, _OUTLIER = 0.04, 2.0
"""A dent lies lower than the form by so many mm, as the edge of a scar (`scar_edge_mm`), and by so
many robust standard deviations."""
_POWERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
"""Powers of the way right and down in a polynomial of the second order."""
_MOMENTS = [(a, b) for a in range(5) for b in range(5 - a)]
_OF_GRAM = np.array([[_MOMENTS.index((a + c, b + d)) for c, d in _POWERS] for a, b in _POWERS])
"""Which of the moments up to the fourth stands where in the normal equations."""
_LEAST_FITTED, _LEAST_WEIGHT = 0.02, 0.25
"""Share of the window that must be skin for a form to be fitted at all, and for it to be measured
on: in between the form is a guess from one side, good enough as a neighbour only."""

STEEPEST_DEG = 62.0
"""Slant against the camera from which skin is not measured: a pixel there holds more than twice the
skin of one that faces the camera, and fewer lamps reach it."""
_TIGHTEST_MM = 7.0
"""Least radius of the form that is measured, less than two windows: what bends more tightly (lids,
lips, wings of the nose) the form cannot follow."""
_HILL_MM, _HILL_REACH_MM, _HILL_MARGIN_MM = 0.08, 2.0, 1.5
"""Height above the form that counts as a hill; standard deviation of the neighbourhood in which
such skin must be common; margin that is left out around it."""
_NARROW_MM, _BEND_MM, _BEND_MARGIN_MM = 2.5, 0.06, 1.0
"""Standard deviation of a narrower window; difference between the two forms from which skin counts
as sharply bent; margin that is left out around it."""
_AT_EDGE = 0.12
"""Share of a scar, its margin included, that may lie where nothing can be measured."""
_LEAST_MM2, _GAP_MM2, _EDGE_MM, _PAD = 40.0, 5.0, 1.5, 8
"""Smallest piece of skin that has a form; largest gap that is no edge of the face, such as a wall
in shadow; margin left out beside an edge; nodes added around, so that the picture's border is no
edge."""


@dataclass(frozen=True, slots=True)
class Body:
    """The form in mm towards the camera, the cosine of its slant, and where it can be fitted."""

    form_mm: Plane = field(repr=False)
    turned: Plane = field(repr=False)
    known: Mask = field(repr=False)

    def below(self, height_mm: Plane) -> Plane:
        """Return how far a height lies above the form, square to it, in mm."""
        return np.asarray((height_mm - self.form_mm) * self.turned, dtype=np.float32)


def is_body(shape: tuple[int, ...], mm_per_px: float) -> bool:
    """Whether a picture shows so much of the body that its form must be fitted piece by piece."""
    return min(shape[:2]) * mm_per_px >= LEAST_SIDE_MM


def body_form(height_mm: Plane, skin: Mask, mm_per_px: float) -> Body:
    """Return the form of the body on its skin.

    It is not known where the skin is turned away by more than `STEEPEST_DEG`, bends within a few
    millimetres (lids, lips, wings of the nose), or where so little skin is about that the form
    would be a guess.

    Local regression (Cleveland and Devlin 1988); what is left out is our own. How well whole faces
    do: `docs/relief.md`.

    Parameters
    ----------
    height_mm
        The relief.
    skin
        What counts.
    mm_per_px
        Scale.
    """
    step = max(round(_GRID_MM / mm_per_px), 1)
    grid = step * mm_per_px
    height = block_mean(height_mm, step)
    shown = block_mean(skin.astype(np.float32), step) > 0.5
    used = shown & ~_dents(height, shown, grid)
    found, weight = _fitted(height, used, WINDOW_MM / grid)
    above = height - found[0]
    turned, tightest = _bent(found, grid)
    known = shown & (weight > _LEAST_WEIGHT) & (turned > np.cos(np.radians(STEEPEST_DEG)))
    known &= tightest < 1 / _TIGHTEST_MM
    known &= ~_hilly(above, known, grid) & ~_sharp(height, found[0], used, grid)
    known &= _inner(drop_islands(shown, _LEAST_MM2 / grid**2), grid)
    known = drop_islands(known, _LEAST_MM2 / grid**2)
    shape = (height_mm.shape[0], height_mm.shape[1])
    return Body(
        form_mm=expand(found[0], step, shape),
        turned=np.clip(expand(turned, step, shape), 0, 1),
        known=skin & (expand(known.astype(np.float32), step, shape) > 0.5),
    )


def form_again(
    body: Body, height_mm: Plane, healthy: Mask, mm_per_px: float, window_mm: float = WINDOW_MM
) -> Body:
    """Return the body with the form of another height of it, fitted once to its healthy skin."""
    step = max(round(_GRID_MM / mm_per_px), 1)
    used = block_mean(healthy.astype(np.float32), step) > 0.5
    found, _ = _fitted(block_mean(height_mm, step), used, window_mm / (step * mm_per_px))
    return replace(body, form_mm=expand(found[0], step, (height_mm.shape[0], height_mm.shape[1])))


def whole_ones(labels: Labels, usable: Mask) -> Labels:
    """Return the scars numbered anew, without those that lie at the edge of what can be measured.

    There, at lids, lips and wings of the nose, the form may be wrong by as much as a scar is deep.
    """
    there = np.flatnonzero(labels)
    own = labels.ravel()[there]
    whole = np.bincount(own, minlength=1)
    seen = np.bincount(own[usable.ravel()[there]], minlength=len(whole))
    kept = seen >= (1 - _AT_EDGE) * np.maximum(whole, 1)
    kept[0] = False
    numbers = (np.cumsum(kept) * kept).astype(np.int32)
    found = np.zeros(labels.shape, dtype=np.int32)
    found.reshape(-1)[there] = numbers[own]
    return found


def _dents(height: Plane, shown: Mask, grid_mm: float) -> Mask:
    """Return what lies below the form and is no wider than a scar, found in turns with the form.

    On every other node: scars are wider than those.
    """
    thin, grid = height[::_THIN, ::_THIN], _THIN * grid_mm
    skin = shown[::_THIN, ::_THIN]
    dents = np.zeros(skin.shape, dtype=np.bool_)
    for _ in range(_ROUNDS):
        found, _ = _fitted(thin, skin & ~dents, WINDOW_MM / grid)
        above = thin - found[0]
        spread = robust_spread(above[skin]) if skin.any() else 0.0
        low = skin & (above < -max(_DENT_MM, _OUTLIER * spread))
        # Sockets, and the fold above the chin, are wider than any scar.
        dents = low & ~drop_islands(low, _WIDEST_MM2 / grid**2)
    wide = grow(dents, 1)
    return np.repeat(np.repeat(wide, _THIN, 0), _THIN, 1)[: height.shape[0], : height.shape[1]]


def _fitted(height: Plane, used: Mask, sigma: float) -> tuple[Plane, Plane]:
    """Return the factors of the local polynomial at each node (6, ...), and the share of skin.

    The powers are those of the way from the node in nodes.
    """
    weight = used.astype(np.float32)
    moments = _moments(weight, sigma, 4)
    pulls = _moments(np.where(used, height, 0).astype(np.float32), sigma, 2)
    enough = moments[0, 0] > _LEAST_FITTED
    gram = np.stack([moments[each][enough] for each in moments], axis=1)[:, _OF_GRAM]
    right = np.stack([pulls[each][enough] for each in _POWERS], axis=1)[..., None]
    # Where little skin is about, the higher powers stay 0.
    ridge = np.array([1e-9, *[1e-6 * sigma**2] * 2, *[1e-5 * sigma**4] * 3])
    factors = np.zeros((6, *height.shape), dtype=np.float32)
    factors[:, enough] = np.linalg.solve(gram + np.diag(ridge), right)[..., 0].T
    return factors, moments[0, 0]


def _moments(values: Plane, sigma: float, order: int) -> dict[tuple[int, int], Plane]:
    """Return the Gaussian means of values times powers of the way right and down up to an order."""
    reach = int(np.ceil(_REACH * sigma))
    way = np.arange(-reach, reach + 1, dtype=np.float64)
    bell = np.exp(-0.5 * (way / sigma) ** 2)
    bell /= bell.sum()
    kernels = [bell * way**power for power in range(order + 1)]
    powers = [(a, b) for a in range(order + 1) for b in range(order + 1 - a)]

    def mean(power: tuple[int, int]) -> Plane:
        along, down = (kernels[each] for each in power)
        edge = cv2.BORDER_CONSTANT
        return np.asarray(cv2.sepFilter2D(values, cv2.CV_64F, along, down, borderType=edge))

    return dict(zip(powers, in_bands(mean, powers), strict=True))


def _bent(found: Plane, grid_mm: float) -> tuple[Plane, Plane]:
    """Return the cosine of the slant of the form, and its strongest curvature per mm."""
    right, down = found[1] / grid_mm, found[2] / grid_mm
    xx, xy, yy = 2 * found[3] / grid_mm**2, found[4] / grid_mm**2, 2 * found[5] / grid_mm**2
    square = 1 + right**2 + down**2
    # Mean and Gaussian curvature of a height (Monge patch).
    mean = (1 + down**2) * xx - 2 * right * down * xy + (1 + right**2) * yy
    mean /= 2 * square**1.5
    gauss = (xx * yy - xy**2) / square**2
    strongest = np.abs(mean) + np.sqrt(np.maximum(mean**2 - gauss, 0))
    return (1 / np.sqrt(square)).astype(np.float32), strongest.astype(np.float32)


def _hilly(above: Plane, known: Mask, grid_mm: float) -> Mask:
    """Return where skin stands out above the form: the form bends too fast to be followed there.

    A scar has no hills of its size about it; a form cut off short has hills and holes in turns.
    """
    high = known & (above > _HILL_MM)
    many = cv2.GaussianBlur(high.astype(np.float32), (0, 0), _HILL_REACH_MM / grid_mm) > 0.15
    return grow(np.asarray(many), _HILL_MARGIN_MM / grid_mm)


def _inner(shown: Mask, grid_mm: float) -> Mask:
    """Return skin that is not just beside hair, brows or nothing; the picture's edge is none.

    Nor is a small gap, such as the wall of a scar that lamps do not reach.
    """
    wide = np.pad(~drop_islands(~shown, _GAP_MM2 / grid_mm**2), _PAD, mode="edge")
    return shrink(wide, _EDGE_MM / grid_mm)[_PAD:-_PAD, _PAD:-_PAD]


def _sharp(height: Plane, wide: Plane, used: Mask, grid_mm: float) -> Mask:
    """Return where a narrower window finds another form: the skin bends within the wide one."""
    narrow, _ = _fitted(height, used, _NARROW_MM / grid_mm)
    return grow(np.abs(narrow[0] - wide) > _BEND_MM, _BEND_MARGIN_MM / grid_mm)
