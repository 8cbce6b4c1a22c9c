"""The jobs on one or two photos: read, compute, keep."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mnimage import __version__
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.recipe import Recipe
from mnimage.domain.session import NO_INPUTS, PairInputs
from mnimage.formats.header import read_file_header
from mnimage.formats.output import prepare_folder, refuse_overwrite, write_whole
from mnimage.formats.pngwriter import png_of, png_with_alpha
from mnimage.formats.sources import is_manifest, with_frames
from mnimage.kernels.memory import kept_memory
from mnimage.report import panels
from mnimage.report.answers import scorecard_answer
from mnimage.report.plain import json_text
from mnimage.report.registration import error_map
from mnimage.workflow.origin import made_from
from mnimage.workflow.pairfiles import ALIGNED, ERRORS, pair_names, side_by_side, write_pair
from mnimage.workflow.read import (
    analyze_file,
    compare_files,
    require_alike,
    score_photo_file,
    steps_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future
    from pathlib import Path

    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.photo import ImageScale
    from mnimage.domain.relief import ReliefCard
    from mnimage.domain.scorecard import Layer, ScoreCard

_COLOURS = "colours.png"
"""The file that keeps a photo in its true colours, by its colour profile."""

_LAYER_FILES = (".png", ".npy")
"""Endings of the files that keep one map."""

_ANSWER = "answer.json"
"""The file that keeps the numbers of a photo, with what they were made from."""


def taken_at(path: Path) -> datetime | None:
    """Return when a photo was taken; None where its file does not say, or lists shots.

    No pixel is decoded.

    Raises
    ------
    PhotoUnreadable
        If the file is missing, no photo, or cut off.
    """
    if is_manifest(path):
        return None
    return read_file_header(path).exif.taken_at


def register_files(
    before: Path,
    after: Path,
    out: Path,
    *,
    mm_per_px: float | None = None,
    tick: Tick = no_tick,
) -> tuple[Alignment, AnalyzedPhoto]:
    """Lay the photo after onto the photo before; keep picture, field and error map in `out`.

    Returns
    -------
    alignment, analyzed
        How after lies on before, and the photo before.
    """
    from mnimage import pipeline
    from mnimage.register.warp import warp_photo

    _refuse_sources(out, (ALIGNED, "field.npz", ERRORS), (before, after))
    first = analyze_file(before, mm_per_px=mm_per_px)
    tick(1, 4)
    second = analyze_file(after)
    tick(2, 4)
    alignment = pipeline.align(first, second, Recipe())
    tick(3, 4)
    if alignment.aligned:
        folder = prepare_folder(out)
        picture, seen = warp_photo(second.photo, alignment)
        write_whole(folder / ALIGNED, png_with_alpha(picture, seen))
        _write_field(folder / "field.npz", alignment)
        write_whole(folder / ERRORS, _error_png(alignment, first))
    tick(4, 4)
    return alignment, first


def _error_png(alignment: Alignment, before: AnalyzedPhoto) -> bytes:
    errors = error_map(alignment, before.zones, before.scale)
    return png_of(panels.error_picture(errors, panels.backdrop(before.photo.coded), before.scale))


def score_file(
    path: Path,
    out: Path,
    *,
    mm_per_px: float | None = None,
    profile: Path | None = None,
    tick: Tick = no_tick,
) -> ScoreCard:
    """Score one ordinary photo; keep its numbers, maps, and true colours by a profile, in `out`."""
    analyzed, card = score_photo_file(path, mm_per_px=mm_per_px, profile=profile, tick=tick)
    names = [f"{layer.name}{ending}" for layer in card.layers.values() for ending in _LAYER_FILES]
    sources = (path, profile) if profile else (path,)
    _refuse_sources(out, (*names, _COLOURS, _ANSWER), sources)
    folder = prepare_folder(out)
    inputs = PairInputs(mm_per_px, (profile,) if profile else ())
    origin = made_from((path,), inputs, folder, (analyzed.photo,))
    answer = scorecard_answer(card) | {"made_from": origin}
    write_whole(folder / _ANSWER, json_text(answer).encode())
    behind = panels.backdrop(analyzed.photo.coded)
    layers = card.layers.values()
    side_by_side([partial(_write_layer, folder, one, behind, card.scale) for one in layers])
    if profile is not None:
        from mnimage.calibrate.use import true_colors

        write_whole(folder / _COLOURS, png_of(true_colors(analyzed.photo)))
    return card


def relief_file(path: Path, out: Path, *, tick: Tick = no_tick) -> ReliefCard:
    """Turn directional shots into relief; keep height, depth, normals and scars in `out`."""
    from mnimage import pipeline
    from mnimage.formats.shots import read_shots
    from mnimage.relief.export import height_tiff, scars_csv
    from mnimage.relief.relief import normals_of

    _refuse_sources(out, ("height.tif", "depth.png", "normals.png", "scars.csv"), _read_by((path,)))
    done = pipeline.analyze_shots(read_shots(path), name=path.name, tick=tick)
    card, relief = done.analyzed.relief, done.relief
    if card is None:
        raise ValueError("analyzed shots carry no relief")
    folder = prepare_folder(out)
    write_whole(folder / "height.tif", height_tiff(relief))
    write_whole(folder / "scars.csv", scars_csv(card))
    write_whole(
        folder / "depth.png",
        png_of(
            panels.depth_picture(
                card.depth_mm, panels.backdrop(done.analyzed.photo.coded), relief.scale
            )
        ),
    )
    write_whole(folder / "normals.png", png_of(panels.normals_picture(normals_of(relief))))
    return card


@kept_memory()
def compare_into(
    before: Path,
    after: Path,
    out: Path,
    report: Path | None,
    *,
    inputs: PairInputs = NO_INPUTS,
    tick: Tick = no_tick,
) -> Pair:
    """Compare two files and keep the aligned picture, the maps, the numbers and the report."""
    require_alike(before, after, inputs)
    sources = _read_by((before, after, *inputs.repeats_before, *inputs.repeats_after))
    sources += inputs.profiles
    if report is not None:
        refuse_overwrite(sources, (report,))
    steps = steps_of(inputs) + 2
    # The largest file is packed while the pair is still being scored, and written at the end.
    with ThreadPoolExecutor(1, thread_name_prefix="pack") as packer:
        packed: list[Future[bytes]] = []
        pair = compare_files(
            before,
            after,
            inputs=inputs,
            tick=lambda done, _: tick(done, steps),
            drawn=lambda *drawn: packed.append(packer.submit(png_with_alpha, *drawn)),
        )
        # Folders are made only now, so that a comparison that fails or is stopped leaves no trace.
        folder = prepare_folder(out)
        if report is not None:
            prepare_folder(report.parent)
        _refuse_sources(folder, pair_names(pair), sources)
        decoded = pair.before.photo, pair.after.photo
        origin = made_from((before, after), inputs, folder, decoded)
        write_pair(pair, folder, origin, packed[0].result if packed else None)
    tick(steps - 1, steps)
    if report is not None:
        write_report(pair, report)
    tick(steps, steps)
    return pair


def write_report(pair: Pair, path: Path, *, tick: Tick = no_tick) -> None:
    """Write the PDF report of a pair: all of it or nothing."""
    from mnimage.report.build import build_report
    from mnimage.report.pdf import render_pdf

    tick(0, 2)
    report = build_report(pair, program=f"mnimage {__version__}", made_at=datetime.now(UTC))
    tick(1, 2)
    write_whole(path, render_pdf(report))
    tick(2, 2)


def _read_by(sources: Iterable[Path]) -> list[Path]:
    """Return the sources with every frame that sheets among them list."""
    return [each for path in sources for each in with_frames(path)]


def _refuse_sources(out: Path, names: Iterable[str], sources: Iterable[Path]) -> None:
    refuse_overwrite(tuple(sources), tuple(out / name for name in names))


def _write_layer(
    folder: Path, layer: Layer, behind: panels.Backdrop, scale: ImageScale | None
) -> None:
    picture = panels.map_picture(layer, behind, scale)
    write_whole(folder / f"{layer.name}.png", png_of(picture))
    write_whole(folder / f"{layer.name}.npy", _numpy_bytes(layer.values))


def _write_field(path: Path, alignment: Alignment) -> None:
    from mnimage.register.warp import full_field

    field = full_field(alignment)
    buffer = io.BytesIO()
    np.savez(buffer, row=field.row, col=field.column, error_px=field.error_px, valid=field.valid)
    write_whole(path, buffer.getvalue())


def _numpy_bytes(values: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()
