"""Shows drawn skin to the network that distinguishes lines from furrows, and writes its numbers.

    python -m benchmarks.lines [--skins 340] [--out assets/weights/lines.json]
    python -m benchmarks.lines --try

Skin is drawn more widely than that of the studies: lines 3 to 29 mm long, 0.2 to 1 mm wide and 30
to 500 um deep, straight, bent, in parallel and branching; furrows to 100 um or none in cells of 0.5
to 1.6 mm; microrelief, pores and scars; at 0.035 to 0.08 mm per pixel, with blur and noise as a
relief from shots has them. A line is shown as one if it is 1.2 times as deep as the furrows.
`--try` compares the lines of the rule that comes with the program with those on the true relief of
skins of the studies' kind (Jaccard within 0.1 mm; lines less than 1.2 times as deep as the furrows
do not count for or against), and counts lines on skin that has none.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import pi
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial import KDTree

from benchmarks.pores import learn
from benchmarks.weights import write_weights
from mnimage.phantom.scars import TrueScar, scar_depth
from mnimage.phantom.session import FINER, PITCH, scarred_skin
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.texture import TrueLine, line_depth
from mnimage.relief.line_paths import DIRECTIONS, find_crests, find_grooves
from mnimage.relief.lines import find_lines
from mnimage.relief.marks import inner_skin, levelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.relief.line_paths import Crests, Grooves

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Places = NDArray[np.float64]

SHOWN, TRIED = 500_000, 400_000
"""First seeds of the skins that are shown, and of those that the rule is tried on."""
SIDE_MM = 36.0
HIDDEN, ROUNDS = (40, 16), 2500
STANDS_OUT, SEEN_MM = 1.2, 0.02
ON_MM, NEAR_MM, ALIKE, OTHERS = 0.2, 0.1, 0.5, 0.5
_SCAR_MM, _BESIDE_MM = 0.01, 0.3


@dataclass(frozen=True, slots=True)
class Shown:
    """Measures of the crests of one skin (n, measures), and which of them lie on lines."""

    measures: Plane
    line: Mask


def main() -> int:
    """Show the skins and write the numbers, or try those there are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skins", type=int, default=340)
    parser.add_argument("--out", type=Path, default=Path("assets/weights/lines.json"))
    parser.add_argument("--try", action="store_true", dest="only_try")
    options = parser.parse_args()
    if options.only_try:
        return _try()
    cv2.setNumThreads(1)
    with ProcessPoolExecutor(2) as pool:
        shown = list(pool.map(draw, range(SHOWN, SHOWN + options.skins)))
    measures = np.concatenate([one.measures for one in shown])
    line = np.concatenate([one.line for one in shown])
    print(f"{len(measures)} crests, of which {line.mean():.1%} lie on lines")
    sizes, numbers = learn(measures, line, HIDDEN, ROUNDS)
    digest = write_weights(
        options.out,
        "python -m benchmarks.lines",
        f"{options.skins} drawn skins (benchmarks/lines.py)",
        {"full": (sizes, numbers)},
    )
    print(f"LINE_WEIGHTS = {digest}")
    return 0


def draw(seed: int) -> Shown:
    """Return the crests of a skin that is drawn."""
    random = np.random.default_rng(seed)
    look = _look(random)
    pitch = PITCH if random.random() < 0.5 else float(random.uniform(0.035, 0.08))
    skin = make_skin(seed=seed, size_mm=(SIDE_MM, SIDE_MM), mm_per_px=pitch, look=look)
    lines = _lines(random)
    height = skin.relief_mm - line_depth(lines, skin.shape, pitch)
    seen = _as_from_shots(height, random)
    mask = _healthy(scar_depth(_masked(skin.scars, random), skin.shape, pitch), pitch)
    grooves = find_grooves(levelled(seen, mask, pitch), mask, pitch)
    if grooves is None:
        raise ValueError("a skin without skin")
    crests = find_crests(grooves)
    share = _share_of_line(crests, grooves, lines, pitch, look.furrow_um / 1000)
    kept = (share > 0) | (random.random(len(share)) < OTHERS)
    return Shown(crests.measures[kept], share[kept] >= STANDS_OUT)


def _look(random: np.random.Generator) -> SkinAppearance:
    """Return a look of the study's kind, or by four in ten a wilder one, without lines."""
    look = SkinAppearance(
        microrelief_um=float(random.uniform(4, 14)),
        furrow_um=float(random.uniform(15, 85)),
        furrow_cell_mm=float(random.uniform(0.7, 1.2)),
        pores_per_cm2=float(random.uniform(0, 110)),
        lines=0,
        scars=(3, 3, 2) if random.random() < 0.7 else (0, 0, 0),
        marks=(0, 0),
        curvature_mm=float("inf"),
        margin_mm=2.0,
    )
    if random.random() < 0.6:
        return look
    return replace(
        look,
        microrelief_um=float(random.uniform(0, 17)),
        furrow_um=float(random.choice([0, random.uniform(10, 100)], p=(0.1, 0.9))),
        furrow_cell_mm=float(random.uniform(0.5, 1.6)),
    )


def _lines(random: np.random.Generator) -> tuple[TrueLine, ...]:
    """Return up to eight lines that run in about one direction, some in parallel or branching."""
    heading, parallel = random.uniform(0, pi), random.random() < 0.2
    first, lines = random.uniform(-SIDE_MM / 2, SIDE_MM / 2, 2), list[TrueLine]()
    for number in range(random.integers(0, 9)):
        place = random.uniform(-SIDE_MM / 2, SIDE_MM / 2, 2)
        if parallel:
            across = np.array([np.cos(heading), -np.sin(heading)])
            place = first + 1.5 * number * random.uniform(0.9, 1.4) * across
        turn = heading + random.normal(0, 0.06 if parallel else 0.3)
        lines.append(_line(random, turn, place, wild=random.random() < 0.35))
        if random.random() < 0.08:
            middle = np.array(lines[-1].points_mm[random.integers(10, 50)])
            turn = heading + random.choice([-1, 1]) * random.uniform(0.4, 1.0)
            branch = _line(random, turn, np.zeros(2), wild=False)
            points = np.array(branch.points_mm)
            lines.append(replace(branch, points_mm=_as_points(points - points[0] + middle)))
    return tuple(lines)


def _line(random: np.random.Generator, heading: float, place: Places, *, wild: bool) -> TrueLine:
    longest, deepest, widest = (0.8 * SIDE_MM, 0.5, 1.0) if wild else (12.0, 0.2, 0.5)
    along = np.linspace(-0.5, 0.5, 61) * random.uniform(3.3, longest)
    wave = np.sin(along * random.uniform(0.4, 1.2) + random.uniform(0, 6))
    turn = heading + random.normal(0, 0.06 if wild else 0.03) * along
    turn += random.uniform(0, 0.2) * wave
    points = np.cumsum(np.stack([np.sin(turn), np.cos(turn)], axis=1), axis=0)
    points *= along[1] - along[0]
    return TrueLine(
        points_mm=_as_points(points - points.mean(axis=0) + place),
        depth_mm=float(np.exp(random.uniform(np.log(0.03), np.log(deepest)))),
        width_mm=float(random.uniform(0.2, widest)),
    )


def _as_points(points: Places) -> tuple[tuple[float, float], ...]:
    return tuple((row, column) for row, column in points.tolist())


def _as_from_shots(height: Plane, random: np.random.Generator) -> Plane:
    """Return a relief with a little blur, and up to 3 um of noise that is not white."""
    soft = cv2.GaussianBlur(height, (0, 0), float(random.uniform(0.2, 0.6)))
    noise = cv2.GaussianBlur(random.standard_normal(height.shape, dtype=np.float32), (0, 0), 0.7)
    scale = random.uniform(0.0005, 0.003) / float(noise.std())
    return np.asarray(soft + np.float32(scale) * noise, dtype=np.float32)


def _masked(scars: tuple[TrueScar, ...], random: np.random.Generator) -> tuple[TrueScar, ...]:
    """Return all scars, or on one skin of three all but the narrow ones, which pass for skin."""
    if random.random() < 0.67:
        return scars
    return tuple(one for one in scars if one.kind != "ice-pick")


def _healthy(scar_mm: Plane, pitch: float) -> Mask:
    side = 2 * round(_BESIDE_MM / pitch) + 1
    return np.asarray(
        cv2.dilate((scar_mm > _SCAR_MM).astype(np.uint8), np.ones((side, side), np.uint8)) == 0
    )


def _course(line: TrueLine) -> tuple[Places, Places]:
    """Return dense points (n, 2) in mm where a line is deep enough to be seen, and their angles."""
    share, points = np.linspace(0, 1, 700), np.array(line.points_mm)
    known = np.linspace(0, 1, len(points))
    dense = np.stack([np.interp(share, known, points[:, axis]) for axis in (0, 1)], axis=1)
    down, right = np.gradient(dense, axis=0).T
    deep = line.depth_mm * np.sqrt(np.sin(pi * share)) > SEEN_MM
    return dense[deep], np.arctan2(down, right)[deep]


def _share_of_line(
    crests: Crests, grooves: Grooves, lines: tuple[TrueLine, ...], pitch: float, furrow_mm: float
) -> NDArray[np.float64]:
    """Return how deep the line is on which each crest lies, over the furrows; 0 where none is."""
    share = np.zeros(len(crests.places))
    middle = ((crests.middle + 0.5) * grooves.step - 0.5) * pitch - SIDE_MM / 2 + pitch / 2
    for line in lines:
        course, angle = _course(line)
        away, nearest = KDTree(course).query(middle)
        turn = angle[nearest] - crests.direction * (pi / DIRECTIONS)
        on = (away < ON_MM) & (np.abs((turn + pi / 2) % pi - pi / 2) < ALIKE)
        share[on] = np.maximum(share[on], line.depth_mm / max(furrow_mm, 1e-6))
    return share


def _try() -> int:
    with ProcessPoolExecutor(2) as pool:
        tried = np.array(list(pool.map(_tried, range(TRIED, TRIED + 40))))
    score, false = tried.T
    print(
        f"Jaccard median {np.nanmedian(score):.3f}, mean {np.nanmean(score):.3f}, "
        f"{np.nanmin(score):.2f} to {np.nanmax(score):.2f} on {np.isfinite(score).sum()} skins; "
        f"{(false > 0).sum()} of {len(false)} skins without lines have one, {false.mean():.2f} mm "
        "per cm2 on average"
    )
    return 0


def _tried(seed: int) -> tuple[float, float]:
    skin = scarred_skin(seed)
    size = skin.shape[0] // FINER
    mask = _healthy(_resized(skin.scar_mm, size), PITCH)
    inner = inner_skin(mask, PITCH)
    height = _resized(skin.relief_mm, size)
    found = find_lines(levelled(height, mask, PITCH), mask, PITCH).within(inner)
    least = STANDS_OUT * skin.look.furrow_um / 1000
    true, lesser = (
        [line for line in skin.lines if (line.depth_mm >= least) == counts]
        for counts in (True, False)
    )
    bare = make_skin(
        seed=seed,
        size_mm=skin.size_mm,
        mm_per_px=skin.mm_per_px,
        look=replace(skin.look, lines=0, scars=(0, 0, 0), curvature_mm=float("inf")),
    )
    whole = np.ones_like(mask)
    none = find_lines(levelled(_resized(bare.relief_mm, size), whole, PITCH), whole, PITCH)
    score = _jaccard(_drawn(true, inner), _drawn(lesser, inner), found.places, inner)
    return score, none.length_mm / (size * PITCH / 10) ** 2


def _drawn(lines: list[TrueLine], inner: Mask) -> Mask:
    canvas = np.zeros(inner.shape, dtype=np.bool_)
    for line in lines:
        place = np.rint(_course(line)[0] / PITCH + (len(inner) - 1) / 2).astype(int)
        row, column = place[((place >= 0) & (place < len(inner))).all(axis=1)].T
        canvas[row, column] = True
    return canvas & inner


def _jaccard(true: Mask, lesser: Mask, places: NDArray[np.int32], inner: Mask) -> float:
    if not true.any():
        return float("nan")
    seen = np.zeros(inner.shape, dtype=np.bool_)
    seen[places[:, 0], places[:, 1]] = True
    near = _near(true)
    seen &= near | ~_near(lesser)
    if not seen.any():
        return 0.0
    right, hit = (seen & near).sum() / seen.sum(), (true & _near(seen)).sum() / true.sum()
    return float(1 / (1 / max(right, 1e-6) + 1 / max(hit, 1e-6) - 1))


def _near(mask: Mask) -> Mask:
    if not mask.any():
        return mask
    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.asarray(away) <= NEAR_MM / PITCH + 1e-6, dtype=np.bool_)


def _resized(values: Plane, size: int) -> Plane:
    return np.asarray(cv2.resize(values, (size, size), interpolation=cv2.INTER_AREA), np.float32)


if __name__ == "__main__":
    sys.exit(main())
