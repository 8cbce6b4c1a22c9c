"""The picture of docs/relief.md: rendered skin whose height is known, the height found, the marks.

python -m benchmarks.relief_pictures [--out docs/images]
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from PIL import Image

from mnimage import pipeline
from mnimage.phantom.session import FINER, PITCH, Fault, scarred_skin, shoot_session
from mnimage.relief.healthy import form_order, remove_form

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from numpy.typing import NDArray

    from mnimage.domain.relief import ReliefCard
    from mnimage.phantom.session import Session
    from mnimage.phantom.skin import Skin
    from mnimage.pipeline import AnalyzedShots

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_OUT = Path(__file__).parents[1] / "docs" / "images"
_SEED, _SIDE_MM = 305, 24.0
_RANGE_UM = (-150.0, 60.0)
_SCAR, _PORE, _LINE, _UNKNOWN = "#00c8ff", "#e87500", "#d4009a", "#9cc3e6"
_RIM_PX = 14
_WIDEST_MM = 2.5


def main() -> int:
    """Draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=_OUT)
    options = parser.parse_args()
    mpl.rcParams.update({"font.size": 8, "axes.titlesize": 8, "figure.dpi": 120})
    skin = scarred_skin(_SEED, _SIDE_MM)
    session = shoot_session(skin, 1, Fault())
    found = pipeline.analyze_shots(session.shots, name="")
    card = found.analyzed.relief
    if card is None:
        raise ValueError("a relief was not measured")
    _write(_figure(skin, session, found, card), options.out / "relief.png")
    return 0


def _figure(skin: Skin, session: Session, found: AnalyzedShots, card: ReliefCard) -> Figure:
    seen = found.relief.trusted
    healthy = seen & (card.scar_labels == 0)
    everywhere = np.ones_like(seen)
    figure = Figure(figsize=(9.6, 3.7), layout="constrained")
    axes = list(figure.subplots(1, 3))
    planes = [_true_height(skin, session, seen.shape), found.relief.height_mm]
    _show(axes[0], planes[0], (healthy, everywhere), "True height")
    shown = _show(axes[1], planes[1], (healthy, seen), "Height found (blue: not known)")
    _show(axes[2], planes[1], (healthy, seen), "Scars, pores and lines found")
    _mark(axes[2], card)
    _bar(axes[0], seen.shape)
    figure.colorbar(shown, ax=axes, label="height, um", shrink=0.85, pad=0.01)
    return figure


def _true_height(skin: Skin, session: Session, shape: tuple[int, ...]) -> Plane:
    """Return the true height where the shots show it, in their pixels."""
    down, right = (FINER * way for way in session.moved_px)
    rows, columns = skin.height_mm.shape
    way = np.array([[1, 0, right], [0, 1, down]], dtype=np.float64)
    moved = cv2.warpAffine(skin.height_mm, way, (columns, rows), borderMode=cv2.BORDER_REFLECT)
    there = cv2.resize(moved, shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(there, dtype=np.float32)


def _show(axis: Axes, height_mm: Plane, masks: tuple[Mask, Mask], title: str) -> ScalarMappable:
    """Draw the height less the body's form, which is many times as high as what is on it.

    `masks` are the healthy skin, which shows the form, and what is known at all.
    """
    healthy, known = masks
    order = form_order(height_mm.shape, _WIDEST_MM / PITCH)
    flat = 1000 * remove_form(height_mm, healthy, order)
    axis.set_title(title)
    axis.set_axis_off()
    axis.set_xlim(_RIM_PX, flat.shape[1] - _RIM_PX)
    axis.set_ylim(flat.shape[0] - _RIM_PX, _RIM_PX)
    colours = mpl.colormaps["gray"].with_extremes(bad=_UNKNOWN)
    low, high = _RANGE_UM
    shown = np.where(known, flat, np.nan)
    return axis.imshow(shown, cmap=colours, vmin=low, vmax=high, interpolation="nearest")


def _mark(axis: Axes, card: ReliefCard) -> None:
    for scar in card.scars:
        core = (card.scar_labels == scar.id) & (card.depth_mm > scar.depth_mm / 2)
        axis.contour(core.astype(np.float32), levels=[0.5], colors=_SCAR, linewidths=0.9)
        words = f"{'≥ ' if scar.lower_bound else ''}{scar.depth_mm:.2f} mm"
        close = any(
            0 < scar.row - one.row < 40 and abs(one.column - scar.column) < 80 for one in card.scars
        )
        # Lower where the words of another stand.
        below = scar.row + scar.width_mm / 2 / PITCH + (24 if close else 8)
        label = axis.text(scar.column, below, words, color="white", size=7, ha="center", va="top")
        label.set_path_effects([withStroke(linewidth=2, foreground="black")])
    if card.marks is None:
        return
    pores, lines = card.marks.pores_px, card.marks.line_px
    axis.scatter(pores[:, 1], pores[:, 0], s=9, facecolors="none", edgecolors=_PORE, linewidths=0.8)
    axis.scatter(lines[:, 1], lines[:, 0], s=0.6, c=_LINE, linewidths=0)


def _bar(axis: Axes, shape: tuple[int, ...]) -> None:
    """Draw five millimetres into the lower left corner."""
    left, low, long = 0.08 * shape[1], 0.93 * shape[0], 5 / PITCH
    stroke = [withStroke(linewidth=3, foreground="black")]
    axis.plot([left, left + long], [low, low], color="white", linewidth=2, path_effects=stroke)
    words = axis.text(left + long / 2, low - 6, "5 mm", color="white", ha="center", va="bottom")
    words.set_path_effects([withStroke(linewidth=2, foreground="black")])


def _write(figure: Figure, path: Path) -> None:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    few = Image.open(drawn).convert("RGB")
    picture = few.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
