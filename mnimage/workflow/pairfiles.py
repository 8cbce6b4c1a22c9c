"""The files of a compared pair: numbers, the aligned picture, and every map."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from mnimage.formats.output import write_whole
from mnimage.formats.pngwriter import png_of, png_with_alpha
from mnimage.report import panels
from mnimage.report.answers import comparison_answer
from mnimage.report.plain import json_text
from mnimage.report.registration import error_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mnimage.domain.pair import Pair
    from mnimage.domain.photo import ImageScale
    from mnimage.domain.scorecard import Layer
    from mnimage.report.answers import Document

COMPARISON, ALIGNED, ERRORS = "comparison.json", "aligned.png", "error.png"
"""The files that keep the numbers with what they were made from, the photo after in the frame of
the photo before, and the map of the registration error."""


def pair_names(pair: Pair) -> list[str]:
    """Return the names that `write_pair` gives its files."""
    return [COMPARISON, ALIGNED, ERRORS, *(name for name, _, _ in _maps(pair))]


def write_pair(
    pair: Pair,
    folder: Path,
    origin: Document | None = None,
    aligned_png: Callable[[], bytes] | None = None,
) -> None:
    """Keep the numbers, the aligned picture and every map (before and after at one range).

    Parameters
    ----------
    pair
        What is kept; of a refused pair the numbers only.
    folder
        Must exist.
    origin
        What the numbers were made from, where files were; it is kept with them.
    aligned_png
        Returns the aligned picture as a PNG, where the caller has it packed already.
    """
    if pair.aligned is None or pair.seen is None:
        _write_numbers(folder, pair, origin)
        return
    packed = aligned_png or partial(png_with_alpha, pair.aligned, pair.seen)
    with ThreadPoolExecutor(2, thread_name_prefix="backdrop") as pool:
        behind = tuple(pool.map(panels.backdrop, (pair.before.photo.coded, pair.aligned)))
    limits = {name: panels.shared_limits(*layers) for name, layers in pair.layers.items()}
    side_by_side(
        [
            partial(_write_errors, folder, pair, behind[0]),
            partial(_write_numbers, folder, pair, origin),
            *(
                partial(
                    _write_map,
                    folder / name,
                    layer,
                    behind[side],
                    pair.before.scale,
                    limits[layer.name],
                )
                for name, layer, side in _maps(pair)
            ),
            lambda: write_whole(folder / ALIGNED, packed()),
        ]
    )


def side_by_side(jobs: Sequence[Callable[[], None]]) -> None:
    """Do jobs on all cores: drawing and packing pictures leave the interpreter free."""
    with ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="write") as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def _maps(pair: Pair) -> Iterator[tuple[str, Layer, int]]:
    """Yield the file's name, the map, and 0 for before or 1 for after."""
    for name, layers in pair.layers.items():
        for side, when in enumerate(("before", "after")):
            yield f"{name}_{when}.png", layers[side], side


def _write_numbers(folder: Path, pair: Pair, origin: Document | None) -> None:
    numbers = comparison_answer(pair.comparison, pair.before)
    if origin is not None:
        numbers["made_from"] = origin
    write_whole(folder / COMPARISON, json_text(numbers).encode())


def _write_errors(folder: Path, pair: Pair, behind: panels.Backdrop) -> None:
    errors = error_map(pair.comparison.alignment, pair.before.zones, pair.before.scale)
    picture = panels.error_picture(errors, behind, pair.before.scale)
    write_whole(folder / ERRORS, png_of(picture))


def _write_map(
    path: Path,
    layer: Layer,
    behind: panels.Backdrop,
    scale: ImageScale | None,
    limits: tuple[float, float],
) -> None:
    write_whole(path, png_of(panels.map_picture(layer, behind, scale, limits)))
