"""How the shots of a burst lie to each other: polynomials over the picture.

The terms are Legendre's, as Abramowitz and Stegun (1964, chapter 22) have them; that so many are
enough: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.geometry import grid_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Values = NDArray[np.float64]

DEGREE = 6
"""Degree of the polynomials of motion: 28 terms each way."""
_KNOTS, _TURN = 256, cv2.GEMM_2_T
"""Positions along a row at least, between which motion is linear; OpenCV's flag that its second
matrix is to be transposed."""
_NONE = np.zeros(0, dtype=np.float32)
"""What OpenCV's product is to add: nothing."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How far each shot lies down and to the right of the mean of all, in px of the shots.

    `parts` (k, 2, terms) are the factors of products of Legendre polynomials over the picture.
    `error_px` (k,) is the standard error of each shot's place, rms over the picture; infinite where
    a shot was not found on the others.
    """

    parts: Values = field(repr=False)
    shape: tuple[int, int]
    error_px: Values

    @property
    def largest_px(self) -> float:
        """Way of the shot that is furthest off, rms over the picture."""
        down, right = grid_places(self.shape, max(1, max(self.shape) // 24))
        ways = self.at(down.ravel().astype(np.float64), right.ravel().astype(np.float64))
        return float(np.sqrt((ways**2).sum(axis=1).mean(axis=1).max()))

    def at(self, row: Values, column: Values) -> Values:
        """Return the motion (k, 2, n) of each shot at n places."""
        return np.asarray(self.parts @ terms_at(self.shape, row, column).T)

    def field(self, shot: int, span: slice | None = None) -> tuple[Plane, Plane]:
        """Return where pixels of the mean frame lie in a shot: their rows, their columns.

        All pixels, or those of the rows `span`.
        """
        span = span or slice(0, self.shape[0])
        row = np.arange(span.start, span.stop)
        # Between places so near each other a polynomial is straight.
        apart = max(1, self.shape[1] // _KNOTS)
        knots = (np.arange(-1, -(-self.shape[1] // apart) + 1) + 0.5) * apart - 0.5
        down, right = _powers(self.shape[0], row), _powers(self.shape[1], knots.astype(np.float64))
        size = len(knots) * apart, len(row)
        within = slice(apart, apart + self.shape[1])
        own = row.astype(np.float32)[:, None], knots.astype(np.float32)
        ways = [
            # By OpenCV: many threads ask for small products; those of BLAS would wait busily.
            cv2.gemm(down @ self._factors(part), right, 1.0, _NONE, 0.0, flags=_TURN) + still
            for part, still in zip(self.parts[shot], own, strict=True)
        ]
        rows, columns = (
            np.asarray(cv2.resize(way, size), dtype=np.float32)[:, within] for way in ways
        )
        return rows, columns

    def _factors(self, part: Values) -> Plane:
        """Return the factors of one way by the degrees down and right."""
        factors = np.zeros((DEGREE + 1, DEGREE + 1), dtype=np.float32)
        factors[tuple(np.array(degrees()).T)] = part
        return factors


def degrees() -> list[tuple[int, int]]:
    """Return the degrees down and right of each term, the lower ones first."""
    return [(down, full - down) for full in range(DEGREE + 1) for down in range(full + 1)]


def terms_at(shape: tuple[int, int], row: Plane | Values, column: Plane | Values) -> Values:
    """Return the value of each term at n places, shape (n, terms)."""
    down, right = (
        _legendre(size, np.asarray(place, dtype=np.float64))
        for place, size in zip((row, column), shape, strict=True)
    )
    return np.stack([down[:, i] * right[:, j] for i, j in degrees()], axis=1)


def _legendre(size: int, places: Values) -> Values:
    return np.asarray(np.polynomial.legendre.legvander(2 * (places + 0.5) / size - 1, DEGREE))


def _powers(size: int, places: NDArray[np.intp] | Values) -> Plane:
    return _legendre(size, np.asarray(places, dtype=np.float64)).astype(np.float32)
