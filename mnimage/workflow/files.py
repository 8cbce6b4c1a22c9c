"""The jobs on one or two photos: read, compute, keep."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage import __version__, pipeline
from mnimage.calibrate.use import true_colors
from mnimage.capture.files import read_photo
from mnimage.capture.output import prepare_folder, refuse_overwrite, write_whole
from mnimage.capture.sheet import frames_of, is_sheet
from mnimage.capture.shots import read_shots
from mnimage.domain.photo import Scale
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.recipe import Recipe
from mnimage.errors import MnimageError, NotComparable
from mnimage.register.warp import full_field, warp_photo
from mnimage.relief.export import height_tiff, scars_csv
from mnimage.report import panels
from mnimage.report.answers import comparison_answer
from mnimage.report.build import build_report
from mnimage.report.pdf import render_pdf
from mnimage.report.plain import json_text
from mnimage.report.registration import error_map
from mnimage.workflow.color import NOTHING_KNOWN, Known, read_calibrated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.pair import Examined, Pair
    from mnimage.domain.photo import Photo
    from mnimage.domain.relief import ReliefCard
    from mnimage.domain.scorecard import Layer, ScoreCard

_STEPS = 6
"""Steps of one comparison: two to examine, four to compare."""

_ERRORS = "error.png"
"""The file that keeps the map of the registration error."""

_COLOURS = "colours.png"
"""The file that keeps a photo in its true colours, by its colour profile."""

_LAYER_FILES = (".png", ".npy")
"""Endings of the files that keep one map."""

_RIG_ERROR = 0.01
"""Relative error of a scale that the user gives: 3 mm in the distance of a 300 mm rig."""


def taken_at(path: Path) -> datetime | None:
    """Return when a photo was taken, or None where the file does not say or is no photo."""
    if is_sheet(path):
        return None
    return read_photo(path).facts.taken_at


def examine_file(
    path: Path,
    *,
    mm_per_px: float | None = None,
    profile: Path | None = None,
    check: bool = True,
) -> Examined:
    """Return one photo with its face, zones, quality (unless `check` is off) and scale."""
    scale, photo = _rig_scale(mm_per_px), read_calibrated(path, profile)
    return pipeline.examine_photo(photo, name=path.name, scale=scale, check=check)


def _rig_scale(mm_per_px: float | None) -> Scale | None:
    return None if mm_per_px is None else Scale(mm_per_px, "rig", _RIG_ERROR)


def register_files(
    before: Path,
    after: Path,
    out: Path,
    *,
    mm_per_px: float | None = None,
    tick: Tick = no_tick,
) -> tuple[Alignment, Examined]:
    """Lay the photo after onto the photo before; keep picture, field and error map in `out`.

    Returns
    -------
    alignment, examined
        How after lies on before, and the photo before.
    """
    _refuse_inputs(out, ("aligned.png", "field.npz", _ERRORS), (before, after))
    first = examine_file(before, mm_per_px=mm_per_px)
    tick(1, 4)
    second = examine_file(after)
    tick(2, 4)
    alignment = pipeline.align(first, second, Recipe())
    tick(3, 4)
    if alignment.aligned:
        folder = prepare_folder(out)
        picture, seen = warp_photo(second.photo, alignment)
        write_whole(folder / "aligned.png", _png(picture, seen))
        _write_field(folder / "field.npz", alignment)
        write_whole(folder / _ERRORS, _error_png(alignment, first))
    tick(4, 4)
    return alignment, first


def _error_png(alignment: Alignment, before: Examined) -> bytes:
    errors = error_map(alignment, before.zones, before.scale)
    return _png(panels.error_picture(errors, before.photo.coded, before.scale))


def score_file(
    path: Path,
    out: Path,
    *,
    mm_per_px: float | None = None,
    profile: Path | None = None,
    tick: Tick = no_tick,
) -> ScoreCard:
    """Score one ordinary photo; keep its maps, and its true colours by a profile, in `out`."""
    if is_sheet(path):
        raise MnimageError(
            "These are directional shots, not an ordinary photo.", hint="Use `mnimage relief`."
        )
    examined = examine_file(path, mm_per_px=mm_per_px, profile=profile)
    if not (examined.zones.labels > 0).any():
        raise MnimageError(
            "No skin was found in the photo.",
            hint="Fill the picture with the face or the skin, evenly lit and in focus.",
        )
    card = pipeline.score_examined(examined, Recipe(), tick)
    names = [f"{layer.name}{ending}" for layer in card.layers.values() for ending in _LAYER_FILES]
    _refuse_inputs(out, (*names, _COLOURS), (path,))
    folder = prepare_folder(out)
    for layer in card.layers.values():
        _write_layer(folder, layer, examined.photo, card.scale)
    if profile is not None:
        write_whole(folder / _COLOURS, _png(true_colors(examined.photo)))
    return card


def relief_file(path: Path, out: Path, *, tick: Tick = no_tick) -> ReliefCard:
    """Turn directional shots into relief; keep height, depth, normals and scars in `out`."""
    _refuse_inputs(out, ("height.tif", "depth.png", "normals.png", "scars.csv"), _read_by((path,)))
    done = pipeline.examine_shots(read_shots(path), name=path.name, tick=tick)
    card, relief = done.examined.relief, done.relief
    if card is None:
        raise ValueError("examined shots carry no relief")
    folder = prepare_folder(out)
    write_whole(folder / "height.tif", height_tiff(relief))
    write_whole(folder / "scars.csv", scars_csv(card))
    write_whole(
        folder / "depth.png",
        _png(panels.depth_picture(card.depth_mm, done.examined.photo.coded, relief.scale)),
    )
    write_whole(folder / "normals.png", _png(panels.normals_picture(relief.normals)))
    return card


def compare_files(
    before: Path, after: Path, *, known: Known = NOTHING_KNOWN, tick: Tick = no_tick
) -> Pair:
    """Return the whole answer for two photos, or for two sets of directional shots.

    Raises
    ------
    NotComparable
        If one is a photo and the other a set of shots.
    """
    of_shots = _are_shots(before, after)
    if of_shots and known.profiles:
        raise MnimageError(
            "A colour profile serves ordinary photos, not directional shots.",
            hint="Leave out --profile.",
        )
    tick(0, _STEPS)
    return (
        _compare_sheets(before, after, tick)
        if of_shots
        else _compare_photos(before, after, known, tick)
    )


def _are_shots(before: Path, after: Path) -> bool:
    """Whether both are sets of directional shots; one of each is no pair."""
    kinds = is_sheet(before), is_sheet(after)
    if kinds[0] != kinds[1]:
        raise NotComparable(
            "One is an ordinary photo, the other a set of directional shots.",
            hint="Compare two photos, or two sets of directional shots.",
        )
    return kinds[0]


def _compare_photos(before: Path, after: Path, known: Known, tick: Tick) -> Pair:
    # Two cores: decoding and looking at one photo leaves room for the other.
    with ThreadPoolExecutor(2, thread_name_prefix="examine") as pool:
        first = pool.submit(
            examine_file, before, mm_per_px=known.mm_per_px, profile=known.profile_before
        )
        second = pool.submit(examine_file, after, profile=known.profile_after, check=False)
        examined = first.result(), second.result()
    tick(2, _STEPS)
    return pipeline.compare_photos(*examined, tick=lambda done, _: tick(2 + done, _STEPS))


def _compare_sheets(before: Path, after: Path, tick: Tick) -> Pair:
    first = pipeline.examine_shots(read_shots(before), name=_shots_name(before))
    tick(1, _STEPS)
    second = pipeline.examine_shots(read_shots(after), name=_shots_name(after))
    tick(2, _STEPS)
    return pipeline.compare_shots(first, second, tick=lambda done, _: tick(2 + done, _STEPS))


def _shots_name(path: Path) -> str:
    """Return a label for a set of shots: the folder says more than a file named shots.json."""
    return f"{path.parent.name}/{path.name}"


def compare_into(
    before: Path,
    after: Path,
    out: Path,
    report: Path | None,
    *,
    known: Known = NOTHING_KNOWN,
    tick: Tick = no_tick,
) -> Pair:
    """Compare two files and keep the aligned picture, the maps, the numbers and the report."""
    _are_shots(before, after)
    inputs = _read_by((before, after))
    if report is not None:
        refuse_overwrite(inputs, (report,))
    pair = compare_files(before, after, known=known, tick=lambda done, _: tick(done, _STEPS + 2))
    # Folders are made only now, so that a comparison that fails or is stopped leaves no trace.
    folder = prepare_folder(out)
    if report is not None:
        prepare_folder(report.parent)
    _refuse_inputs(folder, _pair_names(pair), inputs)
    write_pair(pair, folder)
    tick(_STEPS + 1, _STEPS + 2)
    if report is not None:
        write_report(pair, report)
    tick(_STEPS + 2, _STEPS + 2)
    return pair


def write_pair(pair: Pair, folder: Path) -> None:
    """Keep the numbers, the aligned picture and every map (before and after at one range)."""
    numbers = comparison_answer(pair.comparison, pair.before)
    write_whole(folder / "comparison.json", json_text(numbers).encode())
    if pair.aligned is None or pair.seen is None:
        return
    write_whole(folder / "aligned.png", _png(pair.aligned, pair.seen))
    write_whole(folder / _ERRORS, _error_png(pair.comparison.alignment, pair.before))
    pictures = pair.before.photo.coded, pair.aligned
    for name, layers in pair.layers.items():
        limits = panels.shared_limits(*layers)
        for when, layer, picture in zip(("before", "after"), layers, pictures, strict=True):
            drawn = panels.map_picture(layer, picture, pair.before.scale, limits)
            write_whole(folder / f"{name}_{when}.png", _png(drawn))


def write_report(pair: Pair, path: Path, *, tick: Tick = no_tick) -> None:
    """Write the PDF report of a pair: all of it or nothing."""
    tick(0, 2)
    report = build_report(pair, program=f"mnimage {__version__}", made_at=datetime.now(UTC))
    tick(1, 2)
    write_whole(path, render_pdf(report))
    tick(2, 2)


def _pair_names(pair: Pair) -> list[str]:
    """Return the names that `write_pair` gives its files."""
    maps = [f"{name}_{when}.png" for name in pair.layers for when in ("before", "after")]
    return ["comparison.json", "aligned.png", _ERRORS, *maps]


def _read_by(inputs: Iterable[Path]) -> list[Path]:
    """Return the inputs with every frame that sheets among them list."""
    return [
        each for path in inputs for each in (path, *(frames_of(path) if is_sheet(path) else ()))
    ]


def _refuse_inputs(out: Path, names: Iterable[str], inputs: Iterable[Path]) -> None:
    refuse_overwrite(tuple(inputs), tuple(out / name for name in names))


def _write_layer(folder: Path, layer: Layer, photo: Photo, scale: Scale | None) -> None:
    picture = panels.map_picture(layer, photo.coded, scale)
    write_whole(folder / f"{layer.name}.png", _png(picture))
    write_whole(folder / f"{layer.name}.npy", _numpy_bytes(layer.values))


def _write_field(path: Path, alignment: Alignment) -> None:
    field = full_field(alignment)
    buffer = io.BytesIO()
    np.savez(buffer, row=field.row, col=field.column, error_px=field.error_px, valid=field.valid)
    write_whole(path, buffer.getvalue())


def _numpy_bytes(values: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


def _png(picture: NDArray[np.uint8], seen: NDArray[np.bool_] | None = None) -> bytes:
    """Return a PNG, transparent where nothing is seen; level 1, for speed at 24 megapixels."""
    if seen is None:
        coded = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    else:
        coded = cv2.cvtColor(picture, cv2.COLOR_RGB2BGRA)
        coded[..., 3] = seen.astype(np.uint8) * np.uint8(255)
    done, buffer = cv2.imencode(".png", coded, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise ValueError("the picture could not be coded")
    return bytes(buffer)
