"""Photometric stereo: the Lambert fit at every pixel, over whole arrays.

A matte surface lit by lamp k shows J_k = a_k . b, where a_k is the lamp's direction (times its
falloff) and b the albedo times the unit normal (Woodham 1980). With three shots or more b follows
by least squares; the 3 x 3 systems of all pixels are solved at once by the adjugate formula. The
rows of near lamps are never stored: a few planes represent them (`Lamps`).

x is to the right, y down, z to the camera; heights are up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_TINY = np.float32(1e-12)
"""Least divisor where it could be zero; far below any light."""

_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
"""Row and column of each component of the upper triangle of a 3 x 3 matrix."""

_SQUARE = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])
"""Index among `_PAIRS` of each component of a symmetric matrix."""

_PIECE = 2000
"""Pixels multiplied at a time: they stay in the cache."""

_FLAT = 1e-6
"""Determinant over the trace cubed below which lamps lie in one plane."""


def lamp_rows(lamps: NDArray[np.float64], x: Plane, y: Plane, z: Plane) -> Plane:
    """Return the light of each near lamp at each point: direction times inverse-square falloff.

    As of Iwahori, Sugie and Ishii (1990).

    Parameters
    ----------
    lamps
        Positions, shape (k, 3), in the unit of the points.
    x, y, z
        Points on the surface, all of one shape S.

    Returns
    -------
    Plane
        Shape (k, 3, *S); of length 1 at the origin.
    """
    place = np.stack([x, y, z]).astype(np.float64)
    lamp = np.asarray(lamps, dtype=np.float64).reshape(len(lamps), 3, *([1] * x.ndim))
    towards = lamp - place
    distance2 = np.sum(towards**2, axis=1, keepdims=True)
    straight2 = np.sum(lamp**2, axis=1, keepdims=True)
    return np.asarray(towards * straight2 / distance2**1.5, dtype=np.float32)


def slope_error(
    directions: NDArray[np.float64], turned: NDArray[np.float64], power: NDArray[np.float64]
) -> float:
    """Return the relative standard error of slopes due to errors of the lamps, to first order.

    Errors D of the lamp rows turn b into b - A+ D b, where A are the assumed rows; scaling of the
    slopes along x or y relative to z counts, a tilt of the whole surface does not.

    Propagated as in JCGM 100:2008.

    Parameters
    ----------
    directions
        Unit vectors to the lamps, shape (k, 3).
    turned
        Standard error of each direction along each axis across it, in radians, shape (k,).
    power
        Relative standard error of each lamp's brightness, shape (k,).
    """
    inverse = np.linalg.pinv(directions)
    outer = directions[:, :, None] * directions[:, None]
    errors = turned[:, None, None] ** 2 * (np.eye(3) - outer) + power[:, None, None] ** 2 * outer
    parts = []
    for axis in (0, 1):
        weights = np.zeros((len(directions), 3))
        weights[:, axis], weights[:, 2] = inverse[axis], -inverse[2]
        parts.append(np.einsum("ki,kij,kj->", weights, errors, weights))
    return float(np.sqrt(np.mean(parts)))


@dataclass(frozen=True, slots=True)
class Lamps:
    """How k lamps light n points: row k at a point is `gains[k] * (ways[k] - place)`.

    So the sums over lamps are products with matrices that are the same everywhere, and only one
    number per lamp changes from point to point.

    `ways` (k, 3): vectors to near lamps, directions of far ones; `gains` (k, n) or (k, 1); `place`
    (3, n): the points, None where lamps are far. Points may also be given as rows and columns,
    (k, rows, columns), or as one row that represents several.
    """

    ways: Plane = field(repr=False)
    gains: Plane = field(repr=False)
    place: Plane | None = field(default=None, repr=False)

    def at(self, chosen: NDArray[np.intp]) -> Lamps:
        """Return the same lamps at some of the points."""
        if self.place is None:
            return self
        return Lamps(self.ways, self.gains[:, chosen], self.place[:, chosen])

    def for_rows(self) -> Lamps:
        """Return lamps given along one row as those of all rows near it."""
        place = None if self.place is None else self.place[:, None]
        return Lamps(self.ways, self.gains[:, None], place)

    def shaped(self, shape: tuple[int, int]) -> Lamps:
        """Return the same with its points in rows and columns."""
        if self.place is None:
            return self
        return Lamps(self.ways, self.gains.reshape(-1, *shape), self.place.reshape(3, *shape))


def joined(parts: Sequence[Lamps]) -> Lamps:
    """Return the same lamps at the points of all parts, one part after the other."""
    if parts[0].place is None:
        return parts[0]
    gains = np.concatenate([part.gains for part in parts], axis=1)
    place = np.concatenate([part.place for part in parts if part.place is not None], axis=1)
    return Lamps(parts[0].ways, gains, place)


def near_lamps(lamps: NDArray[np.float64], place: NDArray[np.float64]) -> Lamps:
    """Return lamps at positions (k, 3) for points (3, n) in the same unit."""
    unit = float(np.linalg.norm(lamps, axis=1).mean())
    towards = lamps[:, :, None] - place
    distance2 = np.sum(towards**2, axis=1)
    gains = unit * np.sum(lamps**2, axis=1, keepdims=True) / distance2**1.5
    ways, near = (lamps / unit).astype(np.float32), (place / unit).astype(np.float32)
    return Lamps(ways, gains.astype(np.float32), near)


def far_lamps(directions: NDArray[np.float64]) -> Lamps:
    """Return distant lamps in directions (k, 3)."""
    gains = np.ones((len(directions), 1), dtype=np.float32)
    return Lamps(np.asarray(directions, dtype=np.float32), gains)


def inverse_gram(lamps: Lamps) -> Plane:
    """Return the inverse of A^T A at each point, A being the rows of the lamps: (6, n) or (6, 1).

    Its upper triangle: xx, xy, xz, yy, yz, zz. Where lamps lie in one plane, the pseudoinverse.
    """
    away = lamps.ways[:, :, None].astype(np.float64)
    place = np.zeros((3, 1)) if lamps.place is None else lamps.place.astype(np.float64)
    rows = (away - place) * lamps.gains[:, None]
    gram = np.stack([np.einsum("kn,kn->n", rows[:, i], rows[:, j]) for i, j in _PAIRS])
    inverse, flat = _inverted(gram)
    if flat.any():
        whole = gram[_SQUARE][:, :, flat].transpose(2, 0, 1)
        inverse[:, flat] = [np.linalg.pinv(whole, hermitian=True)[:, i, j] for i, j in _PAIRS]
    return inverse.astype(np.float32)


def _inverted(gram: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the inverses of symmetric matrices (6, n), and where these are nearly singular."""
    xx, xy, xz, yy, yz, zz = gram
    inverse = np.stack(
        [
            yy * zz - yz * yz,
            xz * yz - xy * zz,
            xy * yz - xz * yy,
            xx * zz - xz * xz,
            xy * xz - xx * yz,
            xx * yy - xy * xy,
        ]
    )
    determinant = xx * inverse[0] + xy * inverse[1] + xz * inverse[2]
    flat = determinant <= _FLAT * (xx + yy + zz) ** 3
    return inverse / np.where(flat, 1, determinant), flat


def fit_level(values: Plane, lamps: Lamps, inverse: Plane) -> Plane:
    """Return the unweighted least-squares fit b (3, n) of `values` (k, n).

    `inverse` is that of `inverse_gram`.
    """
    return _times(inverse, _gathered(values * lamps.gains, lamps))


def fit_lambert_robust(
    values: Plane, lamps: Lamps, valid: NDArray[np.bool_], spread: float, rounds: int
) -> tuple[Plane, Plane]:
    """Return b and the last weights of Huber's fit, robust against single wrong shots.

    b is 0 where the lamps that count do not span space. The least squares are Woodham's (1980),
    their weights Huber's (1964), reweighted as by Holland and Welsch (1977).

    Parameters
    ----------
    values, valid
        Shape (k, n); shots that are not valid do not count.
    lamps
        What lights them.
    spread
        Standard deviation of an ordinary residual relative to the length of b.
    rounds
        Reweightings.
    """
    allowed = valid.astype(np.float32)
    weights = allowed
    gained, gains2 = values * lamps.gains, lamps.gains**2
    found = _solve(_gram(weights * gains2, lamps), _gathered(weights * gained, lamps))
    for _ in range(rounds):
        weights = huber_weights(residuals(values, lamps, found), found, spread)
        weights *= allowed
        found = _solve(_gram(weights * gains2, lamps), _gathered(weights * gained, lamps))
    return found, weights


def huber_weights(residual: Plane, found: Plane, spread: float) -> Plane:
    """Return 1 for residuals within 1.5 standard deviations, falling beyond; shape (k, n).

    As of Huber (1964).
    """
    limit = np.maximum(np.float32(1.5 * spread) * length(found), _TINY)
    away = np.abs(residual)
    np.maximum(away, limit, out=away)
    np.divide(limit, away, out=away)
    return away


def residuals(values: Plane, lamps: Lamps, found: Plane) -> Plane:
    """Return `values` minus the prediction for b = `found` (3, n), shape (k, n)."""
    expected = predict(lamps, found)
    np.subtract(values, expected, out=expected)
    return expected


def predict(lamps: Lamps, found: Plane) -> Plane:
    """Return the predicted shots of a matte surface with b = `found` (3, n), shape (k, n)."""
    if lamps.place is None:
        seen = _product(lamps.ways, found)
    else:
        ways = np.full((len(lamps.ways), 4), -1, dtype=np.float32)
        ways[:, :3] = lamps.ways
        wide = np.empty((4, *found.shape[1:]), dtype=np.float32)
        wide[:3], wide[3] = found, _dot(lamps.place, found)
        seen = _product(ways, wide)
    seen *= lamps.gains
    return seen


def length(found: Plane) -> Plane:
    """Return the length of each b, which is the albedo."""
    return np.asarray(np.sqrt(_dot(found, found)), dtype=np.float32)


def to_slopes(found: Plane, steepest: float) -> tuple[Plane, Plane]:
    """Return the height's slopes along x and y, no steeper than `steepest` each."""
    upright = np.maximum(found[2], length(found) * np.float32(0.02) + _TINY)
    limit = np.float32(steepest)
    return (
        np.asarray(np.clip(-found[0] / upright, -limit, limit), dtype=np.float32),
        np.asarray(np.clip(-found[1] / upright, -limit, limit), dtype=np.float32),
    )


def to_normals(slope_x: Plane, slope_y: Plane) -> Plane:
    """Return unit normals (x right, y down, z to the camera), shape (..., 3)."""
    upright = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    normals = np.stack([-slope_x * upright, -slope_y * upright, upright], axis=-1)
    return np.asarray(normals, dtype=np.float32)


def _dot(one: Plane, other: Plane) -> Plane:
    return np.asarray(np.einsum("c...,c...->...", one, other), dtype=np.float32)


def _product(matrix: Plane, planes: Plane) -> Plane:
    """Return `matrix` (r, k) times `planes` (k, ...), piece by piece: pieces stay in the cache."""
    flat = planes.reshape(len(planes), -1)
    answer = np.empty((len(matrix), flat.shape[1]), dtype=np.float32)
    whole = flat.shape[1] // _PIECE * _PIECE
    np.matmul(matrix, _in_pieces(flat[:, :whole]), out=_in_pieces(answer[:, :whole]))
    np.matmul(matrix, flat[:, whole:], out=answer[:, whole:])
    return answer.reshape(-1, *planes.shape[1:])


def _in_pieces(planes: Plane) -> Plane:
    return planes.reshape(len(planes), -1, _PIECE, copy=False).transpose(1, 0, 2)


def _gathered(gained: Plane, lamps: Lamps) -> Plane:
    """Return A^T v of values v (k, n) already multiplied by the gains, shape (3, n)."""
    if lamps.place is None:
        return _product(lamps.ways.T, gained)
    ways = np.ones((4, len(lamps.ways)), dtype=np.float32)
    ways[:3] = lamps.ways.T
    sums = _product(ways, gained)
    return np.asarray(sums[:3] - lamps.place * sums[3], dtype=np.float32)


def _gram(gains2: Plane, lamps: Lamps) -> list[Plane]:
    """Return A^T W A, its upper triangle, of weights times squared gains (k, n)."""
    squares = [lamps.ways[:, i] * lamps.ways[:, j] for i, j in _PAIRS]
    if lamps.place is None:
        return list(_product(np.stack(squares), gains2))
    once = np.ones(len(lamps.ways), dtype=np.float32)
    sums = _product(np.stack([*squares, *lamps.ways.T, once]), gains2)
    way, place = sums[6:9], lamps.place
    apart = way - sums[9] * place
    return [
        sums[number] - way[i] * place[j] - place[i] * apart[j]
        for number, (i, j) in enumerate(_PAIRS)
    ]


def _times(triangle: Plane | list[Plane], right: Plane) -> Plane:
    """Return symmetric matrices, given by their upper triangles, times vectors (3, n)."""
    xx, xy, xz, yy, yz, zz = triangle
    x, y, z = right
    answer = np.empty_like(right)
    for number, (one, two, three) in enumerate(((xx, xy, xz), (xy, yy, yz), (xz, yz, zz))):
        np.multiply(one, x, out=answer[number])
        answer[number] += two * y
        answer[number] += three * z
    return answer


def _solve(matrix: list[Plane], right: Plane) -> Plane:
    xx, xy, xz, yy, yz, zz = matrix
    c_xx, c_xy, c_xz = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    c_yy, c_yz, c_zz = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    determinant = xx * c_xx + xy * c_xy + xz * c_xz
    # Relative to the trace cubed: lamps nearly in one plane leave one direction undetermined.
    trace = xx + yy + zz
    usable = determinant > np.float32(1e-5) * trace * trace * trace
    scale = np.where(usable, 1 / np.where(usable, determinant, 1), 0)
    return _times([c_xx, c_xy, c_xz, c_yy, c_yz, c_zz], right) * scale
