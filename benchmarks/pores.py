"""Trains the network that distinguishes pores from other dents, and writes its weights.

    python -m benchmarks.pores [--skins 420] [--out assets/weights/pores.json]
    python -m benchmarks.pores --try

Skin is drawn as the anatomy allows, more widely than that of the studies: microrelief from almost
none to 17 um, also coarser or stretched one way, furrows to 90 um or none, some of
them straight and crossing, no pores to 120 per
cm2, pores 0.15 to 0.4 mm wide and 30 to 100 um deep in many proportions, at 0.03 to 0.07 mm per
pixel, with blur and noise as a relief from shots has them; six skins of ten are of the studies'
kind. `--try` counts what the rule that comes with the program finds on the true relief
of skins of the studies' kind that it was not shown (F1 at 0.2 mm, and the number of pores).
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial import KDTree

from benchmarks.weights import write_weights
from mnimage.phantom.session import FINER, PITCH, scarred_skin
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.texture import TruePore, pore_depth
from mnimage.relief.classifier import FARTHEST, mlp
from mnimage.relief.marks import inner_skin, levelled
from mnimage.relief.pores import LEAST_WORTH, PLAIN, find_dents, find_pores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Numbers = tuple[tuple[int, ...], Plane]

SHOWN, TRIED = 500_000, 400_000
"""First seeds of the skins that are shown, and of those that the rule is tried on."""
DRAWN_MM, SIDE_MM = 0.025, 24.0
USUAL = 0.6
"""Share of the skins that are of the studies' kind."""
SCREEN, HIDDEN = (12,), (80, 32)
SCREEN_ROUNDS, ROUNDS, BATCH, RATE = 3000, 5000, 3072, 3e-3
OWN_MM, NEAR_MM = 0.125, 0.2
_SCAR_MM, _BESIDE = 0.01, 13


@dataclass(frozen=True, slots=True)
class Dented:
    """Measures of the dents of one skin (n, measures), and which of them are pores."""

    measures: Plane
    pore: NDArray[np.bool_]


def main() -> int:
    """Show the skins and write the numbers, or try those there are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skins", type=int, default=420)
    parser.add_argument("--out", type=Path, default=Path("assets/weights/pores.json"))
    parser.add_argument("--try", action="store_true", dest="only_try")
    options = parser.parse_args()
    if options.only_try:
        return _try()
    cv2.setNumThreads(1)
    with ProcessPoolExecutor(2) as pool:
        shown = list(pool.map(draw, range(SHOWN, SHOWN + options.skins)))
    measures = np.concatenate([one.measures for one in shown])
    pore = np.concatenate([one.pore for one in shown])
    print(f"{len(measures)} dents, of which {pore.mean():.1%} are pores")
    plain = learn(measures[:, :PLAIN], pore, SCREEN, SCREEN_ROUNDS)
    worth = mlp(*plain).likelihood(measures[:, :PLAIN]) > LEAST_WORTH
    print(f"worth a closer look: {worth.mean():.1%}, of the pores {worth[pore].mean():.1%}")
    full = learn(measures[worth], pore[worth], HIDDEN)
    digest = write_weights(
        options.out,
        "python -m benchmarks.pores",
        f"{options.skins} drawn skins (benchmarks/pores.py)",
        {"screen": plain, "full": full},
    )
    print(f"PORE_WEIGHTS = {digest}")
    return 0


def draw(seed: int) -> Dented:
    """Return the dents of a skin that is drawn."""
    random = np.random.default_rng(seed)
    usual = random.random() < USUAL
    look = _look(random, usual=usual)
    skin = make_skin(seed=seed, size_mm=(SIDE_MM, SIDE_MM), mm_per_px=DRAWN_MM, look=look)
    pores = _pores(random)
    micro = skin.micro_mm if usual else _altered(skin.micro_mm, random)
    grooves = -skin.mark_mm if usual else np.maximum(-skin.mark_mm, _grooves(random))
    hollow = grooves + skin.scar_mm
    height = micro - hollow - pore_depth(pores, skin.shape, DRAWN_MM)
    pitch = float(random.choice([PITCH, random.uniform(0.03, 0.07)]))
    size = round(SIDE_MM / pitch)
    small = _resized(height, size)
    small = _as_from_shots(small, random)
    mask = _healthy(_resized(skin.scar_mm, size))
    dents = find_dents(levelled(small, mask, pitch), inner_skin(mask, pitch), pitch, None)
    true = np.array([(one.row_mm, one.column_mm) for one in pores]).reshape(-1, 2)
    return Dented(dents.measures, _own(dents.places * pitch, true + (size - 1) / 2 * pitch))


def _look(random: np.random.Generator, *, usual: bool) -> SkinAppearance:
    """Return a look of the studies' kind, or a wilder one, without pores."""
    wild = SkinAppearance(
        microrelief_um=float(random.uniform(0, 17)),
        furrow_um=float(random.choice([0, random.uniform(10, 90)], p=(0.08, 0.92))),
        furrow_cell_mm=float(random.uniform(0.5, 1.5)),
        pores_per_cm2=0.0,
        lines=int(random.integers(0, 4)),
        scars=(1, 1, 1),
        curvature_mm=float("inf"),
        margin_mm=2.0,
    )
    if not usual:
        return wild
    return replace(
        wild,
        microrelief_um=float(random.uniform(4, 14)),
        furrow_um=float(random.uniform(20, 80)),
        furrow_cell_mm=float(random.uniform(0.7, 1.2)),
    )


def _as_from_shots(height: Plane, random: np.random.Generator) -> Plane:
    """Return a relief with a little blur, and up to 3 um of noise that is not white."""
    soft = cv2.GaussianBlur(height, (0, 0), float(random.uniform(0.2, 0.45)))
    noise = cv2.GaussianBlur(random.standard_normal(height.shape, dtype=np.float32), (0, 0), 0.7)
    scale = random.uniform(0.0005, 0.003) / float(noise.std())
    return np.asarray(soft + np.float32(scale) * noise, dtype=np.float32)


def _pores(random: np.random.Generator) -> tuple[TruePore, ...]:
    count = random.poisson(max(random.uniform(-6, 120), 0) * SIDE_MM**2 / 100)
    places = random.uniform(-SIDE_MM / 2, SIDE_MM / 2, (count, 2))
    wide = 0.15 + 0.25 * random.beta(1.4, 2.0, count)
    deep = np.clip(wide * random.uniform(0.18, 0.3, count), 0.03, 0.1)
    return tuple(
        TruePore(row, column, *own)
        for (row, column), *own in zip(places.tolist(), wide.tolist(), deep.tolist(), strict=True)
    )


def _grooves(random: np.random.Generator) -> Plane:
    """Return the depth of straight furrows that cross, on three skins of ten."""
    place = (np.arange(round(SIDE_MM / DRAWN_MM)) * DRAWN_MM).astype(np.float32)
    depth = np.zeros((len(place), len(place)), dtype=np.float32)
    if random.random() > 0.3:
        return depth
    turns = random.uniform(0, np.pi) + np.array([0, *random.uniform(0.7, 2.4, 2)])
    for _ in range(random.integers(2, 30)):
        turn = random.choice(turns) + random.normal(0, 0.1)
        across = np.add.outer(np.cos(turn) * place, np.sin(turn) * place)
        across -= random.uniform(across.min(), across.max())
        wide = random.uniform(0.08, 0.25)
        groove = np.exp(-4 * np.log(2) * (across / np.float32(wide)) ** 2)
        np.maximum(depth, np.float32(random.uniform(0.01, 0.08)) * groove, out=depth)
    return depth


def _altered(micro: Plane, random: np.random.Generator) -> Plane:
    """Return microrelief as it is, or coarser and stretched one way, as high as before."""
    if random.random() < 0.8:
        return micro
    wide, high = random.uniform(0.8, 1.4, 2)
    way = np.array([[wide, 0, 0], [0, high, 0]], dtype=np.float32)
    turned = cv2.warpAffine(micro, way, micro.shape[::-1], borderMode=cv2.BORDER_REFLECT)
    soft = cv2.GaussianBlur(turned, (0, 0), float(random.uniform(0.3, 1.5)))
    return np.asarray(soft * (micro.std() / max(float(soft.std()), 1e-9)), dtype=np.float32)


def _resized(values: Plane, size: int) -> Plane:
    return np.asarray(cv2.resize(values, (size, size), interpolation=cv2.INTER_AREA), np.float32)


def _healthy(scar_mm: Plane) -> NDArray[np.bool_]:
    beside = np.ones((_BESIDE, _BESIDE), np.uint8)
    return np.asarray(cv2.dilate((scar_mm > _SCAR_MM).astype(np.uint8), beside) == 0)


def _own(places: Plane, true: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which place is the one of a true pore: the nearest, the nearest pair first."""
    own = np.zeros(len(places), dtype=np.bool_)
    if len(true) and len(places):
        away, nearest = KDTree(places).query(true)
        own[np.asarray(nearest)[np.asarray(away) < OWN_MM]] = True
    return own


def learn(
    measures: Plane, pore: NDArray[np.bool_], hidden: tuple[int, ...], rounds: int = ROUNDS
) -> Numbers:
    """Return sizes of the layers and their numbers, fitted to the dents (Adam, Kingma 2015)."""
    random = np.random.default_rng(1)
    mean, spread = measures.mean(axis=0), measures.std(axis=0) + np.float32(1e-9)
    sizes = (measures.shape[1], *hidden, 1)
    numbers: list[Plane] = []
    for inputs, outputs in pairwise(sizes):
        drawn = random.standard_normal((inputs, outputs), dtype=np.float32)
        numbers += [drawn * np.float32(np.sqrt(2 / inputs)), np.zeros(outputs, np.float32)]
    slow = [np.zeros_like(own) for own in numbers]
    square = [np.zeros_like(own) for own in numbers]
    for turn in range(1, rounds + 1):
        some = random.integers(0, len(measures), BATCH)
        held = np.clip((measures[some] - mean) / spread, -FARTHEST, FARTHEST)
        rate = np.float32(RATE * (1 + np.cos(np.pi * turn / rounds)) / 2)
        for place, slope in enumerate(_slopes(held, pore[some], numbers)):
            slow[place] += np.float32(0.1) * (slope - slow[place])
            square[place] += np.float32(0.01) * (slope**2 - square[place])
            size = np.sqrt(square[place] / np.float32(1 - 0.99**turn)) + np.float32(1e-8)
            numbers[place] -= rate / np.float32(1 - 0.9**turn) * slow[place] / size
    return sizes, np.concatenate([mean, spread, *(own.ravel() for own in numbers)])


def _slopes(held: Plane, pore: NDArray[np.bool_], numbers: list[Plane]) -> list[Plane]:
    """Return the slope of the mean logistic loss with each layer's weights and offsets."""
    layers = [held]
    for weights, offsets in zip(numbers[:-2:2], numbers[1:-2:2], strict=True):
        layers.append(np.maximum(layers[-1] @ weights + offsets, 0))
    score = (layers[-1] @ numbers[-2] + numbers[-1])[:, 0]
    back = ((1 / (1 + np.exp(-score)) - pore) / len(held)).astype(np.float32)[:, None]
    slopes: list[Plane] = []
    for number in range(len(layers) - 1, -1, -1):
        slopes = [layers[number].T @ back, back.sum(axis=0), *slopes]
        back = (back @ numbers[2 * number].T) * (layers[number] > 0)
    return slopes


def _try() -> int:
    with ProcessPoolExecutor(2) as pool:
        tried = np.array(list(pool.map(_tried, range(TRIED, TRIED + 40))))
    score, count = tried.T
    print(
        f"F1 median {np.median(score):.3f}, mean {score.mean():.3f}, {score.min():.2f} to "
        f"{score.max():.2f}; number off by {np.median(np.abs(count)):.1%} (median), "
        f"{count.mean():+.1%} on average"
    )
    return 0


def _tried(seed: int) -> tuple[float, float]:
    skin = scarred_skin(seed)
    size = skin.shape[0] // FINER
    mask = _healthy(_resized(skin.scar_mm, size))
    inner = inner_skin(mask, PITCH)
    found = find_pores(levelled(_resized(skin.relief_mm, size), mask, PITCH), inner, PITCH).places
    true = np.array([(one.row_mm, one.column_mm) for one in skin.pores]) / PITCH + (size - 1) / 2
    row, column = np.rint(true).astype(int).clip(0, size - 1).T
    true = true[inner[row, column]]
    away, nearest = KDTree(true).query(found, distance_upper_bound=NEAR_MM / PITCH)
    hits = np.unique(np.asarray(nearest)[np.isfinite(away)]).size
    return 2 * hits / (len(true) + len(found)), len(found) / len(true) - 1


if __name__ == "__main__":
    sys.exit(main())
