"""How well one photo is registered onto the other, and how honest the error shown is.

    python -m benchmarks.registration [--seeds N]

Errors are in pixels of the photo before, on skin seen in both photos.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr

from benchmarks.pairs import TruePair, true_pairs
from mnimage import pipeline
from mnimage.domain.recipe import Recipe
from mnimage.register.warp import full_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROW = "{:<30}" + 8 * "{:>9}"


def main() -> int:
    """Print a row per pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = parser.parse_args().seeds
    print(_ROW.format("pair", "median", "p95", "p99", "covered", "shown", "in 2 s", "rank", "s"))
    drawn: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
    for pair in true_pairs(seeds):
        print(_ROW.format(pair.name, *_measure(pair, drawn)), flush=True)
    if drawn:
        true, shown = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        whole = spearmanr(true, shown)[0]
        print(f"all pairs together: rank {whole:.2f}, in 2 s {(true < 2 * shown).mean():.3f}")
    return 0


def _measure(
    pair: TruePair, drawn: list[tuple[NDArray[np.float32], NDArray[np.float32]]]
) -> list[str]:
    before = pipeline.analyze_photo(pair.before, name="")
    after = pipeline.analyze_photo(pair.after, name="")
    started = time.perf_counter()
    alignment = pipeline.align(before, after, Recipe())
    seconds = time.perf_counter() - started
    if not alignment.aligned:
        return ["refused", *[""] * 6, f"{seconds:.2f}"]
    field = full_field(alignment)
    skin = ((before.zones.labels > 0) | before.zones.reference) & pair.seen
    error = np.hypot(field.row - pair.row, field.column - pair.column)
    trusted = skin & field.valid
    # As many from each pair, or the largest would speak for all.
    places = np.random.default_rng(1).choice(int(trusted.sum()), 4000)
    drawn.append((error[trusted][places], field.error_px[trusted][places]))
    numbers = [
        *np.percentile(error[trusted], [50, 95, 99]),
        trusted.sum() / skin.sum(),
        np.median(field.error_px[trusted]),
        (error[trusted] < 2 * field.error_px[trusted]).mean(),
        _rank(error[trusted], field.error_px[trusted]),
        seconds,
    ]
    return [f"{number:.3f}" for number in numbers]


def _rank(true: NDArray[np.float32], shown: NDArray[np.float32]) -> float:
    return float(spearmanr(true[::97], shown[::97])[0])


if __name__ == "__main__":
    sys.exit(main())
