"""The pictures of docs/registration.md, drawn from rendered skin whose true field is known.

python -m benchmarks.registration_pictures [--out docs/images]
"""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from PIL import Image

from benchmarks.pairs import TruePair, close_up, rendered_face
from mnimage import pipeline
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.domain.recipe import Recipe
from mnimage.register.coarse import apply_affine, fit_affine
from mnimage.register.warp import FullField, full_field, warp_photo
from mnimage.report.colortables import error_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.pair import AnalyzedPhoto

_OUT = Path(__file__).parents[1] / "docs" / "images"
_MOST_BYTES = 200_000
_LINE = "#00c8ff"
_FACE, _SKIN = 3, 2
"""Seeds of the face and of the close-up shown."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A pair with the truth, analyzed and registered."""

    pair: TruePair
    before: AnalyzedPhoto
    after: AnalyzedPhoto
    alignment: Alignment

    @property
    def skin(self) -> NDArray[np.bool_]:
        """Where the photo before shows skin."""
        return (self.before.zones.labels > 0) | self.before.zones.reference


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=_OUT)
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    mpl.rcParams.update({"font.size": 9, "axes.titlesize": 9, "figure.dpi": 100})
    face, skin = _lay(rendered_face(_FACE)), _lay(close_up(_SKIN))
    for name, figure in (
        ("overlay", draw_overlay(face)),
        ("field", draw_field(face)),
        ("error", draw_error(skin)),
        ("refused", draw_refused()),
    ):
        _write(figure, out / f"registration_{name}.png")
    return 0


def _lay(pair: TruePair) -> _Laid:
    before, after = (pipeline.analyze_photo(each, name="") for each in (pair.before, pair.after))
    return _Laid(pair, before, after, pipeline.align(before, after, Recipe()))


def draw_overlay(laid: _Laid) -> Figure:
    """Return both photos, and one over the other in false colours as taken and as registered."""
    before, after = _coded(laid.pair.before), _coded(laid.pair.after)
    over, _ = warp_photo(laid.pair.after, laid.alignment)
    frame = _around(laid.skin)
    figure, axes = _panels(4, (10.2, 3.15))
    panels = (
        ("Before", before),
        ("After", after),
        ("One over the other, as taken", _false_colour(before, after)),
        ("One over the other, registered", _false_colour(before, over)),
    )
    for place, (title, picture) in zip(axes, panels, strict=True):
        _show(place, picture[frame], title)
    return figure


def _false_colour(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return grey where both agree, green where the first is brighter, magenta the second.

    Brightness is brought to a local mean first: two photos are never lit alike.
    """
    flat = []
    for picture in (first, second):
        gray = picture[..., 1].astype(np.float32)
        flat.append(128 + 2.5 * (gray - cv2.GaussianBlur(gray, (0, 0), 25)))
    green, purple = (np.clip(each, 0, 255).astype(np.uint8) for each in flat)
    return np.dstack([purple, green, purple])


def draw_field(laid: _Laid) -> Figure:
    """Return the grid of the photo before as it lies in the one after, and the field's bending."""
    field = full_field(laid.alignment)
    frame = _around(laid.skin)
    figure, axes = _panels(3, (9.6, 3.95))
    before = _coded(laid.pair.before)
    _show(axes[0], before, "Before, with a straight grid")
    _show(axes[1], _coded(laid.pair.after), "After: where the grid lies")
    _show(axes[2], before, "What is left beside turn, size and shift")
    rows, columns = np.mgrid[0 : before.shape[0], 0 : before.shape[1]].astype(np.float32)
    hidden = ~(laid.skin & field.valid)
    for axis, row, column in ((axes[0], rows, columns), (axes[1], field.row, field.column)):
        _grid(axis, np.ma.array(row, mask=hidden), np.ma.array(column, mask=hidden))
        _limit(axis, frame)
    _arrows(axes[2], field, ~hidden)
    _limit(axes[2], frame)
    return figure


def _grid(axis: Axes, row: NDArray[np.float32], column: NDArray[np.float32]) -> None:
    for line in range(0, row.shape[0], 45):
        axis.plot(column[line], row[line], color=_LINE, linewidth=0.7)
    for line in range(0, row.shape[1], 45):
        axis.plot(column[:, line], row[:, line], color=_LINE, linewidth=0.7)


def _arrows(axis: Axes, field: FullField, skin: NDArray[np.bool_]) -> None:
    """Draw the field without its best affine part, six times as long as it is."""
    places = np.argwhere(skin)[::37].astype(np.float64)
    found = np.stack([field.row[skin], field.column[skin]], axis=1)[::37].astype(np.float64)
    plane = fit_affine(places, found)
    every = 56
    at = np.argwhere(skin[::every, ::every]) * every
    there = np.stack([field.row[tuple(at.T)], field.column[tuple(at.T)]], axis=1)
    rest = there - apply_affine(plane, at.astype(np.float64))
    drawn = axis.quiver(
        at[:, 1], at[:, 0], rest[:, 1], rest[:, 0],
        angles="xy", scale_units="xy", scale=1 / 6, width=0.005, color=_LINE,
    )  # fmt: skip
    axis.quiverkey(
        drawn, 0.78, 0.06, 5, "5 px", labelpos="E", color="white", labelcolor="white",
        coordinates="axes",
    )  # fmt: skip


def draw_error(laid: _Laid) -> Figure:
    """Return the skin, its true error and the error shown, in the same colours."""
    field = full_field(laid.alignment)
    true = np.hypot(field.row - laid.pair.row, field.column - laid.pair.column)
    hidden = ~(laid.skin & field.valid & laid.pair.seen)
    figure, axes = _panels(3, (9.6, 3.3))
    _show(axes[0], _coded(laid.pair.before), "Before")
    table = ListedColormap(error_table() / 255.0)
    table.set_bad("#808080")
    shown = _local(field.error_px, ~hidden)
    for axis, title, error in (
        (axes[1], "True error", _local(true, ~hidden)),
        (axes[2], "Error shown", shown),
    ):
        middle = float(np.median(error[~hidden]))
        drawn = axis.imshow(np.ma.array(error, mask=hidden), cmap=table, vmin=0, vmax=1)
        axis.set_title(f"{title}, median {middle:.2f} px")
        axis.set_axis_off()
    bar = figure.colorbar(drawn, ax=axes, fraction=0.02, pad=0.01, extend="max")
    bar.set_label("px of the photo before (grey: not trusted)")
    return figure


def _local(error: NDArray[np.float32], kept: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the root mean square over a few pixels.

    At single pixels the true error passes through zero between one side and the other; an
    expected error stands for a neighbourhood.
    """
    weight = kept.astype(np.float32)
    power = cv2.GaussianBlur(np.where(kept, error**2, 0).astype(np.float32), (0, 0), 6)
    share = np.maximum(cv2.GaussianBlur(weight, (0, 0), 6), 1e-6)
    return np.asarray(np.sqrt(power / share), dtype=np.float32)


def draw_refused() -> Figure:
    """Return photos that are refused against the first, and skin that is left out."""
    pair = rendered_face(_FACE)
    covered, first = _lay(_with_plaster(pair)), pair.before
    mirrored = np.ascontiguousarray(_coded(first)[:, ::-1])
    blurred = np.asarray(cv2.GaussianBlur(_coded(pair.after), (0, 0), 12), dtype=np.uint8)
    close = _lay(close_up(_SKIN))
    figure, axes = _panels(5, (11.2, 2.75))
    _show(axes[0], _coded(first)[_around(covered.skin)], "Before")
    for axis, title, other in (
        (axes[1], "Mirrored", mirrored),
        (axes[2], "Hopelessly blurred", blurred),
        (axes[3], "Other skin", _coded(close.pair.before)),
    ):
        answer = _answer(covered.before, other)
        _show(axis, _upright(other, covered.skin), f"{title}: {_verdict(answer)}")
    over, _ = warp_photo(covered.pair.after, covered.alignment)
    left_out = covered.skin & ~full_field(covered.alignment).valid
    over[left_out] = (0.4 * over[left_out] + 0.6 * np.array([0, 200, 255])).astype(np.uint8)
    _show(axes[4], over[_around(covered.skin)], f"Plaster: {_verdict(covered.alignment)}")
    return figure


def _answer(before: AnalyzedPhoto, other: NDArray[np.uint8]) -> Alignment:
    return pipeline.align(before, pipeline.analyze_photo(_photo(other), name=""), Recipe())


def _upright(other: NDArray[np.uint8], skin: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the part of a picture that the face fills, or the middle of a close-up."""
    rows, columns = _around(skin)
    if other.shape[0] >= rows.stop:
        return other[rows, columns]
    width = round(other.shape[0] * (columns.stop - columns.start) / (rows.stop - rows.start))
    return other[:, :width]


def _verdict(alignment: Alignment) -> str:
    return "registered" if alignment.aligned else "refused"


def _with_plaster(pair: TruePair) -> TruePair:
    """Return the pair with a plaster on one cheek in the photo after."""
    coded = _coded(pair.after).copy()
    rows, columns = coded.shape[:2]
    centre = (round(0.39 * columns), round(0.6 * rows))
    corners = cv2.boxPoints((centre, (230, 120), 25.0)).astype(np.int32)
    cv2.fillConvexPoly(coded, corners, (214, 186, 160), cv2.LINE_AA)
    return replace(pair, after=_photo(coded))


def _photo(picture: NDArray[np.uint8]) -> Photo:
    return Photo(picture, CaptureFacts("PNG", 8))


def _coded(photo: Photo) -> NDArray[np.uint8]:
    return np.asarray(photo.coded, dtype=np.uint8)


def _around(skin: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the window around the skin with a little margin."""
    rows, columns = np.flatnonzero(skin.any(axis=1)), np.flatnonzero(skin.any(axis=0))
    return (
        slice(max(0, int(rows[0]) - 40), int(rows[-1]) + 40),
        slice(max(0, int(columns[0]) - 40), int(columns[-1]) + 40),
    )


def _panels(count: int, inches: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=inches, layout="constrained")
    return figure, list(figure.subplots(1, count))


def _show(axis: Axes, picture: NDArray[np.uint8], title: str) -> None:
    axis.imshow(picture)
    axis.set_title(title)
    axis.set_axis_off()


def _limit(axis: Axes, frame: tuple[slice, slice]) -> None:
    axis.set_xlim(frame[1].start, frame[1].stop)
    axis.set_ylim(frame[0].stop, frame[0].start)


def _write(figure: Figure, path: Path) -> None:
    """Write the figure with as many colours as keep it small."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    picture = Image.open(drawn).convert("RGB")
    picture.save(path, optimize=True)
    for colours in (256, 128, 64):
        if path.stat().st_size < _MOST_BYTES:
            break
        picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
