"""Shading to slopes: the Lambert fit at every pixel, over whole arrays.

A matte surface lit by lamp k shows J_k = a_k . b, where a_k is the lamp's direction (times its
falloff) and b the albedo times the unit normal (Woodham 1980). With three shots or more b follows
by least squares; the 3 x 3 systems of all pixels are solved at once by the adjugate formula.

x is to the right, y down, z to the camera; heights are up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_TINY = np.float32(1e-12)


def lamp_rows(lamps: NDArray[np.float64], x: Plane, y: Plane, z: Plane) -> Plane:
    """Return how each near lamp lights each place: direction times inverse-square falloff.

    Parameters
    ----------
    lamps
        Positions, shape (k, 3), in the unit of the places.
    x, y, z
        Places on the surface, each of one shape S.

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
    """Return the relative standard error of slopes that errors of the lamps bring, to first order.

    Wrong lamp rows D turn b into b - A+ D b, where A are the rows believed; what stretches the
    slopes along x or y against z counts, a mere tilt of the whole surface does not.

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


def inverse_rows(rows: Plane) -> Plane:
    """Return the least-squares inverse of `rows`, shape (k, 3, *S), as (3, k, *S)."""
    moved = np.moveaxis(rows, (0, 1), (-2, -1)).astype(np.float64)
    return np.asarray(np.moveaxis(np.linalg.pinv(moved), (-2, -1), (0, 1)), dtype=np.float32)


def fit_lambert(values: Plane, rows: Plane, weights: Plane) -> Plane:
    """Return b with the smallest weighted squares of `values` - `rows` . b at every pixel.

    Parameters
    ----------
    values, weights
        Shape (k, n).
    rows
        Shape (k, 3, n), or (k, 3, 1) where the light is the same everywhere.

    Returns
    -------
    Plane
        Shape (3, n); 0 where the lamps that count do not span space.
    """
    return _solve(_normal_matrix(rows, weights), _right_side(values, rows, weights))


def fit_lambert_robust(
    values: Plane, rows: Plane, valid: NDArray[np.bool_], spread: float, rounds: int
) -> tuple[Plane, Plane]:
    """Return b and the last weights of Huber's fit, which hardly heeds single wrong shots.

    Parameters
    ----------
    values, valid
        Shape (k, n); shots that are not valid do not count.
    rows
        As in `fit_lambert`.
    spread
        Standard deviation of an ordinary residual relative to the length of b.
    rounds
        Reweightings.
    """
    allowed = valid.astype(np.float32)
    weights = allowed
    found = fit_lambert(values, rows, weights)
    for _ in range(rounds):
        weights = allowed * huber_weights(residuals(values, rows, found), found, spread)
        found = fit_lambert(values, rows, weights)
    return found, weights


def huber_weights(residual: Plane, found: Plane, spread: float) -> Plane:
    """Return 1 for residuals within 1.5 standard deviations, falling beyond; shape (k, n)."""
    limit = np.maximum(1.5 * spread * length(found), _TINY)
    return np.asarray(1 / np.maximum(1, np.abs(residual) / limit), dtype=np.float32)


def residuals(values: Plane, rows: Plane, found: Plane) -> Plane:
    """Return `values` - `rows` . `found`, shape (k, n)."""
    return np.asarray(values - predict(rows, found), dtype=np.float32)


def predict(rows: Plane, found: Plane) -> Plane:
    """Return the products of `rows` (k, c, n) or (k, c, 1) with `found` (c, n), shape (k, n).

    With lamp rows and b: what each shot would show of a matte surface.
    """
    if rows.shape[2:] == (1,):
        return np.asarray(rows[:, :, 0] @ found, dtype=np.float32)
    # One product and one sum per shot run much faster than einsum, which does not use the cache.
    answer = np.empty((rows.shape[0], found.shape[1]), dtype=np.float32)
    for part, out in zip(rows, answer, strict=True):
        np.sum(part * found, axis=0, out=out)
    return answer


def length(found: Plane) -> Plane:
    """Return the length of each b, that is the albedo."""
    return np.asarray(np.sqrt(np.einsum("cn,cn->n", found, found)), dtype=np.float32)


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


def _normal_matrix(rows: Plane, weights: Plane) -> list[Plane]:
    pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    if rows.shape[2:] == (1,):
        squares = np.stack([rows[:, i, 0] * rows[:, j, 0] for i, j in pairs])
        return list(np.asarray(squares @ weights, dtype=np.float32))
    weighted = [weights * rows[:, i] for i in range(3)]
    return [np.sum(weighted[i] * rows[:, j], axis=0) for i, j in pairs]


def _right_side(values: Plane, rows: Plane, weights: Plane) -> Plane:
    weighted = weights * values
    if rows.shape[2:] == (1,):
        return np.asarray(rows[:, :, 0].T @ weighted, dtype=np.float32)
    return np.stack([np.sum(weighted * rows[:, i], axis=0) for i in range(3)])


def _solve(matrix: list[Plane], right: Plane) -> Plane:
    xx, xy, xz, yy, yz, zz = matrix
    c_xx, c_xy, c_xz = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    c_yy, c_yz, c_zz = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    determinant = xx * c_xx + xy * c_xy + xz * c_xz
    # Relative to the trace cubed: lamps nearly in one plane leave a direction unknown.
    usable = determinant > np.float32(1e-5) * (xx + yy + zz) ** 3
    scale = np.where(usable, 1 / np.where(usable, determinant, 1), 0)
    x, y, z = right
    rows = (
        (c_xx * x + c_xy * y + c_xz * z) * scale,
        (c_xy * x + c_yy * y + c_yz * z) * scale,
        (c_xz * x + c_yz * y + c_zz * z) * scale,
    )
    return np.stack(rows).astype(np.float32)
