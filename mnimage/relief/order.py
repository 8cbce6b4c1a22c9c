"""Whether the shots were lit by the lamps that they are listed with.

Slopes of a height go together: how its slope to the right changes downwards is how its slope down
changes to the right (their curl vanishes, Frankot and Chellappa 1988). Slopes solved with lamps
turned, mirrored or exchanged do not. Two shots exchanged fit better the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.errors import ShotsUnusable
from mnimage.kernels.filters import masked_blur
from mnimage.kernels.masks import shrink
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.relief import Shots
    from mnimage.relief.solve import Slopes
    from mnimage.words.message import Message

    Plane = NDArray[np.float32]
    Values = NDArray[np.float64]

_SOFT_MM, _LEAST_SOFT_PX, _EDGE_PX = 0.15, 0.8, 4
"""Blur of the slopes before they are differentiated, and its least in px; pixels left out at the
border of the skin."""
_STEEP, _STANDS_OUT, _LEAST_PIXELS, _MOST_PIXELS = 1.0, 3.0, 2000, 100_000
"""Steeper slopes do not count; second derivatives are clipped at so many medians; fewer pixels show
nothing, of more so many are enough."""
_TURNS, _WIDE = 24, 5.0
"""Turns of the lamps that are tried, 15 degrees apart; the form of the body, which is subtracted,
is a blur so many times as wide as the first."""
_WINDOWS, _WINDOW_PX = 4, 280
"""Windows each way that a large picture is seen in, and their side."""

AGREED, BETTER = 0.3, 0.5
"""Agreement of the slopes below which lamps are wrong, if turned or mirrored they agree beyond the
other.

Rendered patches and heads with the right lamps have 0.61 to 0.89, turned by one of eight lamps
-0.07 to 0.01, mirrored -0.69 to -0.89; noise alone has 0, however turned.
"""
_LOOSE = 0.25
"""Ordinary residual over the albedo beyond which no surface explains the shots (right: 0.055)."""
_BETTER, _UNCERTAIN = 0.75, 0.03
"""Two lamps are exchanged where this leaves less than this share of the residual; not searched for
where the residual, over the mean light, is smaller than this already."""
_STEEPEST, _WIDE_MM = 2.0, 10.0
"""Steeper slopes do not count for `HOLLOW`; a smaller place may well be hollow."""
HOLLOW = 0.3
"""Slope gained over the picture, both ways, from which skin is a bowl as hardly any of the body is.

Lamps listed half a turn round make hills of holes, which is as good a surface. But the body
bulges, and near lamps with wrong positions bend what is level: rendered patches of 12 to 30 mm have
-0.42 to -0.14, whole heads -3.8; with lamps listed so 0.31 to 1.2, and 1.8 to 2.7.
"""
_SAMPLES, _MOST = 3000, 32
"""Exchanged lamps are searched for at about eight times so many places, and among so many shots at
most, since pairs grow with their square."""


def check_order(shots: Shots, slopes: Slopes) -> tuple[Message, ...]:
    """Return warnings about lamps that are probably listed wrongly.

    Raises
    ------
    ShotsUnusable
        If no surface goes together with these shots and lamps.
    """
    if len(shots.frames) > 3 and slopes.spread > _LOOSE:
        raise ShotsUnusable(message("relief.no_surface"))
    own, best = slopes_agree(slopes, shots)
    if own < AGREED and best.agreed > BETTER:
        if best.mirrored:
            raise ShotsUnusable(message("relief.lamps_mirrored"))
        raise ShotsUnusable(message("relief.lamps_turned", degrees=best.turned_deg))
    side_mm = min(shots.shape) * shots.scale.mm_per_px
    if side_mm > _WIDE_MM and hollow(slopes) > HOLLOW:
        return (message("relief.hollow"),)
    pair = exchanged(shots)
    if pair:
        return (message("relief.lamps_exchanged", first=pair[0] + 1, second=pair[1] + 1),)
    return (message("relief.slopes_disagree"),) if own < AGREED else ()


def hollow(slopes: Slopes) -> float:
    """Return how much steeper a bowl is at one side of the picture than at the other, NaN if blind.

    The lesser of the two ways of bending (eigenvalues of the Hessian, laid through the slopes by
    least squares) times the shorter side; below 0 where the skin bulges at least one way.
    """
    rows, columns = slopes.x.shape
    measurable = (np.abs(slopes.x) < _STEEPEST) & (np.abs(slopes.y) < _STEEPEST)
    seen = np.flatnonzero(slopes.trusted & measurable)
    if seen.size < _LEAST_PIXELS:
        return float("nan")
    row, column = np.divmod(seen[:: max(seen.size // _MOST_PIXELS, 1)], columns)
    side = min(rows, columns)
    terms = np.stack([np.ones(row.size), column / side, row / side], axis=1)
    x, y = (
        np.linalg.lstsq(terms, slope[row, column].astype(np.float64), rcond=None)[0][1:]
        for slope in (slopes.x, slopes.y)
    )
    bent = np.array([[x[0], (x[1] + y[0]) / 2], [(x[1] + y[0]) / 2, y[1]]])
    return float(np.linalg.eigvalsh(bent)[0])


@dataclass(frozen=True, slots=True)
class Turn:
    """Lamps turned and perhaps mirrored, and how well the slopes then go together."""

    agreed: float
    turned_deg: float = 0.0
    mirrored: bool = False


def slopes_agree(slopes: Slopes, shots: Shots) -> tuple[float, Turn]:
    """Return how well the slopes go together, and with which turn of the lamps they do so best.

    1 is as of a height, -1 as of a mirrored one; NaN where hardly anything is trusted.

    By their curl (Frankot and Chellappa 1988).
    """
    derived = _second_slopes(slopes, shots.scale.mm_per_px)
    if derived.shape[1] < _LEAST_PIXELS:
        return float("nan"), Turn(float("nan"))
    sums = derived @ derived.T
    turns = [
        _turned(sums, 360.0 * number / _TURNS, mirrored)
        for mirrored in (False, True)
        for number in range(_TURNS)
    ]
    return turns[0].agreed, max(turns, key=lambda turn: turn.agreed)


def _second_slopes(slopes: Slopes, mm_per_px: float) -> Values:
    """Return how the slopes x and y change to the right and down at some places, (4, n)."""
    sigma = max(_SOFT_MM / mm_per_px, _LEAST_SOFT_PX)
    parts = [_second_in(slopes, window, sigma) for window in _windows(slopes.x.shape)]
    derived = np.concatenate(parts, axis=1).astype(np.float64)
    derived = derived[:, :: max(derived.shape[1] // _MOST_PIXELS, 1)]
    if derived.size:
        limit = _STANDS_OUT * float(np.median(np.abs(derived)))
        np.clip(derived, -limit, limit, out=derived)
    return derived


def _windows(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """Return windows spread over a large picture, the whole of a small one."""
    if shape[0] * shape[1] <= (_WINDOWS * _WINDOW_PX) ** 2:
        return [(slice(None), slice(None))]
    sides = [
        [slice(top, top + _WINDOW_PX) for top in _spread(size, min(size, _WINDOW_PX))]
        for size in shape[:2]
    ]
    return list(product(*sides))


def _spread(size: int, window: int) -> list[int]:
    count = min(_WINDOWS, size // window)
    return [int((2 * number + 1) * size / (2 * count) - window / 2) for number in range(count)]


def _second_in(slopes: Slopes, window: tuple[slice, slice], sigma: float) -> Plane:
    x, y, trusted = slopes.x[window], slopes.y[window], slopes.trusted[window]
    steep = (np.abs(x) > _STEEP) | (np.abs(y) > _STEEP)
    inner = np.flatnonzero(shrink(trusted & ~steep, _EDGE_PX))
    # Without the form of the body, which is as round turned about as it is right.
    soft = [
        masked_blur(slope, trusted, sigma) - masked_blur(slope, trusted, _WIDE * sigma)
        for slope in (x, y)
    ]
    return np.stack([_derived(part, axis).ravel()[inner] for part in soft for axis in (1, 0)])


def _turned(sums: Values, turned_deg: float, mirrored: bool) -> Turn:
    """Return how well slopes with these sums of products (4, 4) go together, turned."""
    flip = np.diag([1.0, 1.0, -1.0, -1.0] if mirrored else np.ones(4))
    cosine, sine = np.cos(np.radians(turned_deg)), np.sin(np.radians(turned_deg))
    one, other = flip @ [0, cosine, 0, -sine], flip @ [sine, 0, cosine, 0]
    power = float(one @ sums @ one + other @ sums @ other)
    agreed = float(2 * one @ sums @ other) / power if power > 0 else float("nan")
    return Turn(agreed, min(turned_deg % 180, 180 - turned_deg % 180), mirrored)


def _derived(plane: Plane, axis: int) -> Plane:
    step, one = np.array([-0.5, 0, 0.5], np.float32), np.ones(1, np.float32)
    along, down = (one, step) if axis == 0 else (step, one)
    return np.asarray(cv2.sepFilter2D(plane, cv2.CV_32F, along, down), dtype=np.float32)


def exchanged(shots: Shots) -> tuple[int, int] | None:
    """Return the two shots that fit much better with each other's lamps, None where none do.

    Our own; what is found out and what is not: `docs/studies/2026-11-relief.md`.
    """
    count = len(shots.frames)
    if not 5 <= count <= _MOST:
        return None
    unit = shots.lights / np.linalg.norm(shots.lights, axis=1, keepdims=True)
    values = _sampled(shots)
    own = _left(values, unit)
    if own < _UNCERTAIN:
        return None
    found = {}
    for pair in combinations(range(count), 2):
        lamps = unit.copy()
        lamps[list(pair)] = unit[list(pair[::-1])]
        found[pair] = _left(values, lamps)
    best = min(found, key=lambda pair: found[pair])
    return best if found[best] < _BETTER * own else None


def _sampled(shots: Shots) -> Values:
    """Return light at places that every lamp lights, over its mean there: (k, n)."""
    step = max(int(np.sqrt(shots.frames[0].size / (8 * _SAMPLES))), 1)
    values = shots.frames[:, ::step, ::step].reshape(len(shots.frames), -1).astype(np.float64)
    level = values.mean(axis=0)
    lit = values.min(axis=0) > 0.2 * np.maximum(level, 0.1 * np.percentile(level, 90))
    return np.asarray(values[:, lit] / level[lit])


def _left(values: Values, lamps: Values) -> float:
    """Return the median of what no matte surface explains."""
    if values.shape[1] == 0:
        return 0.0
    left = values - lamps @ (np.linalg.pinv(lamps) @ values)
    return float(np.median(np.sqrt(np.mean(left**2, axis=0))))
