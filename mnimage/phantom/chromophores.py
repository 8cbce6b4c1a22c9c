"""Maps of melanin, blood and oxygen with red and brown marks of known place, size and strength."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.phantom.noise import clouds, scatter_places
from mnimage.phantom.spectrum import skin_rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

TONES = {"I": 0.018, "II": 0.03, "III": 0.055, "IV": 0.1, "V": 0.16, "VI": 0.25}
"""Mean melanin of the six skin types after Fitzpatrick."""

_BLOOD = 0.028


@dataclass(frozen=True, slots=True)
class TrueMark:
    """A red ("red") or brown ("brown") mark: place in mm from the middle, radius, strength.

    `strength` is the blood (red) or melanin (brown) on top of the skin's own, at its middle.
    """

    kind: str
    row_mm: float
    column_mm: float
    radius_mm: float
    strength: float


@dataclass(frozen=True, slots=True)
class Chromophores:
    """What colours the skin, each map (rows, columns) float32, and the marks in it.

    The marks' share is kept apart, so that healing can take away from it alone.
    """

    melanin_skin: NDArray[np.float32] = field(repr=False)
    melanin_marks: NDArray[np.float32] = field(repr=False)
    blood_skin: NDArray[np.float32] = field(repr=False)
    blood_marks: NDArray[np.float32] = field(repr=False)
    oxygen: NDArray[np.float32] = field(repr=False)
    marks: tuple[TrueMark, ...] = ()

    @property
    def melanin(self) -> NDArray[np.float32]:
        """Melanin in all, the truth of pigment."""
        return self.melanin_skin + self.melanin_marks

    @property
    def blood(self) -> NDArray[np.float32]:
        """Blood in all, the truth of redness."""
        return self.blood_skin + self.blood_marks

    def albedo(self) -> NDArray[np.float32]:
        """Return the linear RGB colour (rows, columns, 3) under white light."""
        return skin_rgb(self.melanin, self.blood, self.oxygen)

    def paler(self, redness: float, pigment: float) -> Chromophores:
        """Return the maps with these shares of the red and of the brown marks gone."""
        left = {"red": 1 - redness, "brown": 1 - pigment}
        return replace(
            self,
            melanin_marks=self.melanin_marks * np.float32(left["brown"]),
            blood_marks=self.blood_marks * np.float32(left["red"]),
            marks=tuple(
                replace(mark, strength=mark.strength * left[mark.kind]) for mark in self.marks
            ),
        )


def draw_marks(
    size_mm: tuple[float, float], tone: str, counts: tuple[int, int], rng: np.random.Generator
) -> tuple[TrueMark, ...]:
    """Return `counts` red marks 2-6 mm and brown marks 1-4 mm across that keep apart."""
    red, brown = counts
    radii = np.concatenate([rng.uniform(1, 3, red), rng.uniform(0.5, 2, brown)])
    places = scatter_places(size_mm, radii, 0.3, rng)
    blood = rng.uniform(0.02, 0.065, red)
    melanin = TONES[tone] * rng.uniform(0.5, 1.6, brown) + 0.03
    kinds = ["red"] * red + ["brown"] * brown
    strengths = np.concatenate([blood, melanin])
    return tuple(
        TrueMark(kind, float(place[0]), float(place[1]), float(radius), float(strength))
        for kind, place, radius, strength in zip(kinds, places, radii, strengths, strict=True)
        if np.isfinite(place).all()
    )


def make_chromophores(
    shape: tuple[int, int],
    mm_per_px: float,
    tone: str,
    marks: tuple[TrueMark, ...],
    rng: np.random.Generator,
) -> Chromophores:
    """Return maps of a skin of `tone`: mottled at 0.4 and 4 mm, with `marks` laid in."""
    wide, fine = 4 / mm_per_px, 0.4 / mm_per_px
    melanin = 0.10 * clouds(shape, wide, rng) + 0.06 * clouds(shape, fine, rng)
    blood = 0.15 * clouds(shape, wide, rng) + 0.12 * clouds(shape, 2 * fine, rng)
    oxygen = np.clip(0.75 + 0.04 * clouds(shape, wide, rng), 0.6, 0.9)
    ragged = clouds(shape, 2 * fine, rng)
    return Chromophores(
        melanin_skin=np.float32(TONES[tone]) * np.exp(melanin),
        melanin_marks=_mark_map(marks, "brown", mm_per_px, ragged),
        blood_skin=np.float32(_BLOOD) * np.exp(blood),
        blood_marks=_mark_map(marks, "red", mm_per_px, ragged),
        oxygen=oxygen,
        marks=marks,
    )


def _mark_map(
    marks: tuple[TrueMark, ...], kind: str, mm_per_px: float, ragged: NDArray[np.float32]
) -> NDArray[np.float32]:
    total = np.zeros(ragged.shape, dtype=np.float32)
    middle = (np.array(ragged.shape) - 1) / 2
    for mark in (one for one in marks if one.kind == kind):
        centre = middle + np.array([mark.row_mm, mark.column_mm]) / mm_per_px
        reach = 2 * mark.radius_mm / mm_per_px
        low = np.clip(np.floor(centre - reach), 0, ragged.shape).astype(int)
        high = np.clip(np.ceil(centre + reach), 0, ragged.shape).astype(int)
        window = (slice(low[0], high[0]), slice(low[1], high[1]))
        away = np.hypot(
            (np.arange(low[0], high[0]) - centre[0])[:, None],
            (np.arange(low[1], high[1]) - centre[1])[None],
        )
        rho = away * (mm_per_px / mark.radius_mm) * (1 + 0.08 * ragged[window])
        total[window] += mark.strength * _spread(kind, rho)
    return total


def _spread(kind: str, rho: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return a mark's strength: red fades from its middle, brown is flat with a soft rim."""
    if kind == "red":
        shape = np.exp(-((rho / 0.85) ** 3))
    else:
        shape = 1 / (1 + np.exp(np.clip((rho - 0.9) / 0.09, -30, 30)))
    # To nothing at twice the radius, so that no edge of the window shows.
    return (shape * np.clip(2 * (2 - rho), 0, 1)).astype(np.float32)
