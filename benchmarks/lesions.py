"""Whether registration keeps the size of what is on the skin.

    python -m benchmarks.lesions [--seeds N] [--jpeg QUALITY]

Rendered skin with marks and scars of known place, photographed twice with everything off by what a
clinic gets wrong (`benchmarks.pairs`). Over each lesion, the field found scales areas by its
Jacobian; divided by that of the true field this is the factor by which the lesion's area would be
measured wrong. A lesion that truly shrank by 30 % is measured as its true outline in the photo
after, carried to the photo before by the field found. Both photos are kept as JPEG of quality 80,
or of another one, or whole (0).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.pairs import HEALED, hard_shot, soft_lamp
from mnimage.domain.recipe import RegisterRecipe
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.truth import seen_at
from mnimage.register.register import register_pair
from mnimage.register.warp import full_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.phantom.chromophores import TrueMark
    from mnimage.phantom.scars import TrueScar
    from mnimage.phantom.skin import Skin

    Plane = NDArray[np.float32]

_SHRUNK = 0.7
_TONES = ("I", "II", "III", "IV", "V", "VI")


@dataclass(frozen=True, slots=True)
class Lesion:
    """One lesion: its kind, its area in px, and how wrong the field measures it.

    `kept` and `shrunk` are the area of the unchanged lesion, and of one shrunk to 70 %, measured
    after alignment over the true area before. `folds` says whether the field found folds there or
    stretches beyond twice.
    """

    kind: str
    area_px: float
    kept: float
    shrunk: float
    folds: bool


def measured_lesions(seed: int, *, side_mm: float = 100.0, jpeg: int | None = 80) -> list[Lesion]:
    """Return every lesion of one rendered pair with its size as measured after alignment."""
    random = np.random.default_rng([seed, 4])
    look = SkinAppearance(tone=_TONES[seed % 6], scars=(6, 6, 4), marks=(14, 10), margin_mm=12.0)
    skin = make_skin(seed=seed, size_mm=(side_mm, side_mm), mm_per_px=1 / 6, look=look)
    healed = skin.treated(**HEALED, seed=seed + 5)
    first = Shot(lamp=soft_lamp(random, 3.0), sensor=Sensor(jpeg=jpeg), seed=seed)
    second = hard_shot(random, seed)
    second = replace(second, sensor=replace(second.sensor, jpeg=jpeg))
    before, after = shoot(skin, first), shoot(healed, second)
    everywhere = np.ones(before.shape, dtype=np.bool_)
    found = register_pair(before, after, (None, None), everywhere, RegisterRecipe())
    if not found.aligned:
        raise RuntimeError(found.reason)
    field = full_field(found)
    row, column, seen = true_field(skin, first, second, skin_after=healed)
    return [
        _measured(kind, outline, (field.row, field.column), (row, column))
        for kind, outline in _outlines(skin, first)
        if (seen & field.valid)[outline].mean() > 0.95
    ]


def _outlines(skin: Skin, shot: Shot) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return the pixels of each lesion of more than 30 of them, as ellipses of their true size."""
    placed: list[TrueMark | TrueScar] = [*skin.chromophores.marks, *skin.scars]
    rows, columns = np.mgrid[0 : skin.shape[0], 0 : skin.shape[1]]
    outlines = []
    for one, place in zip(placed, seen_at(skin, shot, placed), strict=True):
        radius = one.radius_mm / skin.mm_per_px
        disc = (rows - place["row"]) ** 2 + (columns - place["col"]) ** 2 < radius**2
        if disc.sum() > 30:
            outlines.append((one.kind, disc))
    return outlines


def _measured(
    kind: str,
    outline: NDArray[np.bool_],
    found: tuple[Plane, Plane],
    true: tuple[Plane, Plane],
) -> Lesion:
    """Return one lesion's sizes.

    A small patch of the photo after, of area J_true da, is carried onto one of J_true / J_found da.
    """
    scale = _areas(*true) / _areas(*found)
    places = np.argwhere(outline)
    away = np.hypot(*(places - places.mean(axis=0)).T)
    kept = places[away <= np.sqrt(_SHRUNK) * away.max()]
    # The smaller disc counts by its true area, not by how many whole pixels it happens to hold.
    smaller = float(scale[kept[:, 0], kept[:, 1]].mean()) * _SHRUNK
    areas = _areas(*found)
    stretch = areas[outline] / np.median(areas)
    return Lesion(
        kind=kind,
        area_px=float(outline.sum()),
        kept=float(scale[outline].mean()),
        shrunk=smaller,
        folds=bool((stretch <= 0.5).any() or (stretch >= 2).any()),
    )


def _areas(row: Plane, column: Plane) -> NDArray[np.float64]:
    """Return by how much a field enlarges areas at each pixel."""
    row_down, row_along = np.gradient(row.astype(np.float64))
    column_down, column_along = np.gradient(column.astype(np.float64))
    return np.asarray(row_down * column_along - row_along * column_down)


def main() -> int:
    """Print a row per kind of lesion."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--jpeg", type=int, default=80)
    given = parser.parse_args()
    jpeg = given.jpeg or None
    lesions = [one for seed in range(given.seeds) for one in measured_lesions(seed, jpeg=jpeg)]
    line = "{:<10}{:>5}{:>10}" + 5 * "{:>12}"
    titles = ("n", "area px", "kept p50 %", "kept p95 %", "under 1 %", "in 28-32 %", "folds")
    print(line.format("kind", *titles))
    for kind in (*sorted({one.kind for one in lesions}), "all"):
        own = [one for one in lesions if kind in (one.kind, "all")]
        off = 100 * np.abs([one.kept - 1 for one in own])
        shrunk = np.array([1 - one.shrunk for one in own])
        numbers = [
            f"{np.median([one.area_px for one in own]):.0f}",
            *(f"{value:.2f}" for value in np.percentile(off, [50, 95])),
            f"{(off < 1).mean():.0%}",
            f"{((shrunk > 0.28) & (shrunk < 0.32)).mean():.0%}",
            str(sum(one.folds for one in own)),
        ]
        print(line.format(kind, len(own), *numbers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
