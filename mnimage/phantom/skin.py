"""A patch of skin whose relief, scars and colour are known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.phantom.chromophores import Chromophores, draw_marks, make_chromophores
from mnimage.phantom.noise import band_noise, scatter_places
from mnimage.phantom.scars import KINDS, TrueScar, scar_depth
from mnimage.phantom.texture import (
    TrueLine,
    TruePore,
    draw_lines,
    draw_pores,
    furrow_net,
    line_depth,
    pore_depth,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_SIZES: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "ice-pick": ((0.2, 0.8), (0.4, 0.8)),
    "boxcar": ((0.1, 0.6), (0.8, 1.9)),
    "rolling": ((0.1, 0.5), (2.2, 3.2)),
}
"""Depth and radius of each kind of scar, from and to, in mm (after Jacob 2001)."""


@dataclass(frozen=True, slots=True)
class SkinAppearance:
    """What is in the skin. Lengths in mm or um as named; counts per patch, pores per cm2.

    `curvature_mm` is the radius of the ball the patch lies on; infinite is flat. `scars` gives the
    number of ice-pick, boxcar and rolling scars, `marks` that of red and brown marks; both keep
    `margin_mm` away from the patch's border. `correlated` makes pigment follow the relief, the
    worst case for distinguishing one from the other: melanin rises by this share per RMS of depth.
    """

    tone: str = "II"
    microrelief_um: float = 8.0
    furrow_um: float = 50.0
    furrow_cell_mm: float = 0.9
    pores_per_cm2: float = 60.0
    lines: int = 2
    scars: tuple[int, int, int] = (3, 3, 2)
    marks: tuple[int, int] = (4, 3)
    curvature_mm: float = 70.0
    margin_mm: float = 0.0
    correlated: float = 0.0


@dataclass(frozen=True, slots=True)
class Skin:
    """A patch of skin: heights in mm, up is positive, float32 (rows, columns).

    `micro_mm` is the finest relief, `mark_mm` furrows, pores and lines, `scar_mm` the depth of the
    scars (a hole is positive), `base_mm` the form of the body beneath. What is true of the scars
    comes from their closed forms, not from these samples.
    """

    mm_per_px: float
    micro_mm: NDArray[np.float32] = field(repr=False)
    mark_mm: NDArray[np.float32] = field(repr=False)
    scar_mm: NDArray[np.float32] = field(repr=False)
    base_mm: NDArray[np.float32] = field(repr=False)
    chromophores: Chromophores
    look: SkinAppearance
    scars: tuple[TrueScar, ...] = ()
    pores: tuple[TruePore, ...] = ()
    lines: tuple[TrueLine, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return int(self.micro_mm.shape[0]), int(self.micro_mm.shape[1])

    @property
    def size_mm(self) -> tuple[float, float]:
        """Height and width of the patch."""
        return self.shape[0] * self.mm_per_px, self.shape[1] * self.mm_per_px

    @property
    def texture_mm(self) -> NDArray[np.float32]:
        """Healthy relief: all but the scars and the form of the body."""
        return self.micro_mm + self.mark_mm

    @property
    def relief_mm(self) -> NDArray[np.float32]:
        """The true relief without the form of the body."""
        return self.texture_mm - self.scar_mm

    @property
    def height_mm(self) -> NDArray[np.float32]:
        """The whole height, form of the body included."""
        return self.relief_mm + self.base_mm

    def place_px(self, row_mm: float, column_mm: float) -> tuple[float, float]:
        """Return the pixel (row, column) of a place in mm from the middle."""
        rows, columns = self.shape
        return row_mm / self.mm_per_px + (rows - 1) / 2, column_mm / self.mm_per_px + (
            columns - 1
        ) / 2

    def treated(
        self,
        *,
        scar_fraction: float = 0.0,
        redness_fraction: float = 0.0,
        texture_fraction: float = 0.0,
        pigment_fraction: float = 0.0,
        renew: float = 0.0,
        seed: int = 0,
    ) -> Skin:
        """Return the same skin at a later session, with these shares gone.

        Scars lose `scar_fraction` of their depth, red marks `redness_fraction` of their blood,
        brown ones `pigment_fraction` of their melanin, all healthy relief `texture_fraction` of its
        height. `renew` is the share of the finest relief's power that is new, as skin sheds.
        """
        left = 1 - texture_fraction
        return replace(
            self,
            micro_mm=self._renewed(renew, seed) * np.float32(left),
            mark_mm=self.mark_mm * np.float32(left),
            scar_mm=self.scar_mm * np.float32(1 - scar_fraction),
            chromophores=self.chromophores.paler(redness_fraction, pigment_fraction),
            scars=tuple(scar.shallower(scar_fraction) for scar in self.scars),
            pores=tuple(replace(one, depth_mm=one.depth_mm * left) for one in self.pores),
            lines=tuple(replace(one, depth_mm=one.depth_mm * left) for one in self.lines),
        )

    def _renewed(self, share: float, seed: int) -> NDArray[np.float32]:
        if share <= 0:
            return self.micro_mm
        rng = np.random.default_rng(seed)
        other = band_noise(self.shape, _band_px(self.mm_per_px), rng) * self.micro_mm.std()
        # The old and the new are unlike, so their powers add up to the old power.
        old, new = np.float32(np.sqrt(1 - share)), np.float32(np.sqrt(share))
        return np.asarray(self.micro_mm * old + other * new, dtype=np.float32)


def make_skin(
    *,
    seed: int,
    size_mm: tuple[float, float] = (30.0, 30.0),
    mm_per_px: float = 0.06,
    look: SkinAppearance | None = None,
) -> Skin:
    """Return a patch of skin; the same arguments give the same skin, bit for bit.

    Parameters
    ----------
    seed
        Chooses one of many skins of the same look.
    size_mm
        Height and width.
    mm_per_px
        Distance of the samples; a picture may be coarser by a whole factor (see `Shot.binning`).
    look
        What is in the skin; a light skin with scars and marks by default.
    """
    look = look or SkinAppearance()
    shape = (round(size_mm[0] / mm_per_px), round(size_mm[1] / mm_per_px))
    relief, places, colour = np.random.default_rng(seed).spawn(3)
    pores = draw_pores(size_mm, look.pores_per_cm2, places)
    lines = draw_lines(size_mm, look.lines, places)
    inner = (size_mm[0] - 2 * look.margin_mm, size_mm[1] - 2 * look.margin_mm)
    scars = draw_scars(inner, look.scars, places)
    marks = draw_marks(inner, look.tone, look.marks, places)
    micro = band_noise(shape, _band_px(mm_per_px), relief) * np.float32(look.microrelief_um / 1000)
    grooves = _furrows(shape, mm_per_px, look, relief)
    grooves += pore_depth(pores, shape, mm_per_px) + line_depth(lines, shape, mm_per_px)
    return Skin(
        mm_per_px=mm_per_px,
        micro_mm=micro,
        mark_mm=-grooves,
        scar_mm=scar_depth(scars, shape, mm_per_px),
        base_mm=_ball(shape, mm_per_px, look.curvature_mm),
        chromophores=_following(
            make_chromophores(shape, mm_per_px, look.tone, marks, colour), micro - grooves, look
        ),
        look=look,
        scars=scars,
        pores=pores,
        lines=lines,
    )


def _following(
    colours: Chromophores, texture: NDArray[np.float32], look: SkinAppearance
) -> Chromophores:
    """Return the colours with melanin where the relief is low."""
    if look.correlated == 0:
        return colours
    deep = (texture.mean() - texture) / max(float(texture.std()), 1e-9)
    more = np.exp(np.float32(look.correlated) * deep)
    return replace(colours, melanin_skin=colours.melanin_skin * more)


def draw_scars(
    size_mm: tuple[float, float], counts: tuple[int, int, int], rng: np.random.Generator
) -> tuple[TrueScar, ...]:
    """Return scars of each kind (ice-pick, boxcar, rolling), none over another, widest first."""
    kinds = [kind for kind, count in zip(KINDS, counts, strict=True) for _ in range(count)][::-1]
    radii = np.array([rng.uniform(*_SIZES[kind][1]) for kind in kinds])
    places = scatter_places(size_mm, radii * 1.5, 0.5, rng)
    scars = []
    for kind, radius, place in zip(kinds, radii, places, strict=True):
        shape = _scar_shape(kind, rng)
        if np.isfinite(place).all():
            row, column = place.tolist()
            scars.append(replace(shape, row_mm=row, column_mm=column, radius_mm=float(radius)))
    return tuple(scars)


def _scar_shape(kind: str, rng: np.random.Generator) -> TrueScar:
    return TrueScar(
        kind=kind,
        row_mm=0.0,
        column_mm=0.0,
        depth_mm=float(rng.uniform(*_SIZES[kind][0])),
        radius_mm=1.0,
        stretch=float(rng.uniform(1.0, 1.25)),
        angle=float(rng.uniform(0, np.pi)),
        waves=0.0 if kind == "ice-pick" else float(rng.uniform(0.0, 0.1)),
        wave_count=int(rng.integers(2, 6)),
    )


def _band_px(mm_per_px: float) -> tuple[float, float]:
    # Nothing finer than three samples: it could be neither drawn nor seen.
    return max(0.1 / mm_per_px, 3.0), 1.0 / mm_per_px


def _furrows(
    shape: tuple[int, int], mm_per_px: float, look: SkinAppearance, rng: np.random.Generator
) -> NDArray[np.float32]:
    if look.furrow_um <= 0:
        return np.zeros(shape, dtype=np.float32)
    cell, width = look.furrow_cell_mm / mm_per_px, 0.11 / mm_per_px
    coarse = furrow_net(shape, cell, max(width, 1.0), rng)
    fine = furrow_net(shape, 0.5 * cell, max(0.7 * width, 1.0), rng)
    net = np.maximum(coarse, np.float32(0.5) * fine)
    return np.asarray(net * np.float32(look.furrow_um / 1000), dtype=np.float32)


def _ball(shape: tuple[int, int], mm_per_px: float, radius_mm: float) -> NDArray[np.float32]:
    if not np.isfinite(radius_mm):
        return np.zeros(shape, dtype=np.float32)
    row = (np.arange(shape[0]) - (shape[0] - 1) / 2)[:, None] * mm_per_px
    column = (np.arange(shape[1]) - (shape[1] - 1) / 2)[None] * mm_per_px
    # Beyond three quarters of the radius the ball goes on level, not over its rim.
    away = np.minimum(row**2 + column**2, (0.75 * radius_mm) ** 2)
    return np.asarray(np.sqrt(radius_mm**2 - away) - radius_mm, dtype=np.float32)
