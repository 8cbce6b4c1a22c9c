"""Pictures of maps: the photo in grey, the score over it, a legend and a scale bar below it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.scorecard import Layer
from mnimage.report.colortables import change_table, table_for
from mnimage.report.frames import Frame, cut_layer, cut_mask, cut_photo, whole_frame
from mnimage.report.legend import Legend, legend_strip, spread
from mnimage.report.registration import key_words, tile
from mnimage.report.words import layer_words, unit_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.photo import Coded, ImageScale
    from mnimage.report.colortables import Table
    from mnimage.report.registration import ErrorMap

LONGEST_PX = 1600
SMALLEST_PX = 560
"""Longest sides of map pictures: what a screen shows at once, and the legend can be read. The maps
themselves are coarser (blocks of skin), and keep all they hold in their `.npy` files."""

_TILE_FITS_PX = 900
"""Longest side at which the patterns of left-out skin are drawn at their own size."""

_DEPTH, _DEEPEST_PERCENT, _LEAST_DEPTH_MM = "depth", 99.9, 0.1

_BLOCK = 512
"""Rows coloured at a time, to spare memory on large photos."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A whole photo at the size that maps are drawn over it, and the frame it shows.

    `grey` is the photo without colour (RGB), `detail` its fine detail as a factor around one.
    """

    picture: NDArray[np.uint8] = field(repr=False)
    frame: Frame
    grey: NDArray[np.uint8] = field(repr=False)
    detail: NDArray[np.float32] = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.picture.shape[0], self.picture.shape[1]


def backdrop(photo_coded: Coded) -> Backdrop:
    """Return a photo, 8 or 16 bit, (rows, columns, 3), reduced once for all maps drawn over it."""
    frame = whole_frame((photo_coded.shape[0], photo_coded.shape[1]))
    size = frame.size(LONGEST_PX)
    if max(size) < SMALLEST_PX:
        size = frame.size(SMALLEST_PX, enlarge=True)
    picture = cut_photo(photo_coded, frame, size)
    return Backdrop(picture, frame, *_ground(picture))


def map_picture(
    layer: Layer,
    behind: Backdrop,
    scale: ImageScale | None,
    limits: tuple[float, float] | None = None,
    *,
    within: float = 0.0,
) -> NDArray[np.uint8]:
    """Return a map over its photo, with a legend and, where the scale is known, a scale bar.

    Parameters
    ----------
    layer
        The map, in the photo's frame. Its name chooses the colours; a name that starts with
        "change" is drawn blue (lower) - grey - orange (higher) around zero.
    behind
        The photo, as `backdrop` makes it.
    scale
        Of the photo at full size; None leaves the scale bar out.
    limits
        Values of the table's two ends; taken from the map itself by default.
    within
        Changes not larger than this are plain grey; only for change maps.

    Returns
    -------
    NDArray[np.uint8]
        RGB. The photo in grey, plain where nothing was measured, at its own size unless that is
        above 1600 or below 560 pixels; the legend's strip is added below it.
    """
    low, high = limits or shared_limits(layer, layer)
    table = map_table(layer.name, within / high if high > 0 else 0.0)
    values = cut_layer(layer, behind.frame, behind.size)
    picture = _painted((behind.grey, behind.detail), values, table, (low, high))
    legend = Legend(layer_words(layer.name), unit_words(layer.unit), low, high, table)
    return np.concatenate([picture, legend_strip(legend, behind.size[1], _pitch(behind, scale))])


def _pitch(behind: Backdrop, scale: ImageScale | None) -> float | None:
    """Return the mm per pixel of a backdrop."""
    return scale.mm_per_px * behind.frame.columns / behind.size[1] if scale else None


def map_part(
    layer: Layer, photo: NDArray[np.uint8], frame: Frame, limits: tuple[float, float], table: Table
) -> NDArray[np.uint8]:
    """Return the map inside `frame` over `photo`, which is that frame's photo at any size."""
    values = cut_layer(layer, frame, (photo.shape[0], photo.shape[1]))
    return paint(photo, values, table, limits)


def paint(
    photo: NDArray[np.uint8],
    values: NDArray[np.float32],
    table: Table,
    limits: tuple[float, float],
) -> NDArray[np.uint8]:
    """Return the photo in grey with the values in colour over it; NaN leaves the photo plain.

    The colour is the legend's; only fine detail of the photo shades it, so that the eye finds its
    way, while large shadows of the photo cannot pass for values.
    """
    return _painted(_ground(photo), values, table, limits)


def _ground(photo: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return a photo in grey, as RGB, and its fine detail as a factor, both (rows, columns, 3)."""
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    detail = cv2.cvtColor(_detail(grey), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8), np.asarray(detail)


def _painted(
    ground: tuple[NDArray[np.uint8], NDArray[np.float32]],
    values: NDArray[np.float32],
    table: Table,
    limits: tuple[float, float],
) -> NDArray[np.uint8]:
    grey, detail = ground
    colors = color_layer(values, table, *limits)
    rgb = cv2.cvtColor(colors, cv2.COLOR_RGBA2RGB)
    shaded = cv2.multiply(rgb, detail, dtype=cv2.CV_8U)
    where = cv2.extractChannel(colors, 3)
    return np.asarray(cv2.copyTo(shaded, where, grey.copy()), dtype=np.uint8)


def color_layer(
    values: NDArray[np.float32], table: Table, low: float, high: float
) -> NDArray[np.uint8]:
    """Return values as RGBA, shape (rows, columns, 4), clear where NaN; quick at 24 megapixels."""
    entries = np.zeros((257, 4), dtype=np.uint8)
    entries[:256, :3] = table
    entries[:256, 3] = 255
    packed = entries.view(np.uint32)[:, 0]
    factor = np.float32(255.0 / (high - low)) if high > low else np.float32(0)
    colors = np.empty(values.shape, dtype=np.uint32)
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        index = np.clip((block - np.float32(low)) * factor + np.float32(0.5), 0, 255)
        index[np.isnan(block)] = 256
        np.take(packed, index.astype(np.uint16), out=colors[start : start + _BLOCK], mode="clip")
    return colors.view(np.uint8).reshape(*values.shape, 4)


def map_table(name: str, within: float = 0.0) -> Table:
    """Return the colours of a map; for maps of change with `within` (part of the range) in grey."""
    return change_table(round(within, 3)) if name.startswith("change") else table_for(name)


def shared_limits(before: Layer, after: Layer) -> tuple[float, float]:
    """Return one range for both maps, without the outermost 2 %, rounded outward.

    Maps of change get a range that is centred on zero. That of depth begins at the healthy skin and
    reaches the deepest holes, which are few: else all scars had one colour.
    """
    known = np.concatenate([layer.values[np.isfinite(layer.values)] for layer in (before, after)])
    if not known.size:
        return 0.0, 1.0
    if before.name.startswith("change"):
        share = _DEEPEST_PERCENT if before.name == f"change_{_DEPTH}" else 98
        reach = _rounded_up(float(np.percentile(np.abs(known), share)))
        return -reach, reach
    if before.name == _DEPTH:
        return 0.0, _rounded_up(max(_deepest(before), _deepest(after), _LEAST_DEPTH_MM))
    low, high = (float(p) for p in np.percentile(known, [2, 98]))
    if 0 <= low <= 0.25 * high:
        low = 0.0
    step = _rounded_up((high - low) / 8) if high > low else max(abs(high), 1.0) / 8
    bottom, top = math.floor(low / step + 1e-6), math.ceil(high / step - 1e-6)
    return bottom * step, max(top, bottom + 1) * step


def _deepest(layer: Layer) -> float:
    known = layer.values[np.isfinite(layer.values)]
    return float(np.percentile(known, _DEEPEST_PERCENT)) if known.size else 0.0


def change_layer(before: Layer, after: Layer, *, higher_is_worse: bool = True) -> Layer:
    """Return after minus before, turned so that worse is positive; NaN where either is missing."""
    change = after.values - before.values if higher_is_worse else before.values - after.values
    return Layer("change_" + before.name, before.unit, change, before.step)


def depth_picture(
    depth_mm: NDArray[np.float32],
    behind: Backdrop,
    scale: ImageScale | None,
    limits: tuple[float, float] | None = None,
) -> NDArray[np.uint8]:
    """Return the depth below the reference surface, in mm, as a map over the photo."""
    return map_picture(Layer("depth", "mm", depth_mm, 1), behind, scale, limits)


def error_picture(
    errors: ErrorMap, behind: Backdrop, scale: ImageScale | None
) -> NDArray[np.uint8]:
    """Return the expected error of registration over the photo before, left-out skin patterned."""
    picture = error_part(errors, behind.picture, behind.frame)
    strip = legend_strip(error_legend(errors), behind.size[1], _pitch(behind, scale))
    return np.concatenate([picture, strip])


def error_part(errors: ErrorMap, photo: NDArray[np.uint8], frame: Frame) -> NDArray[np.uint8]:
    """Return the errors inside `frame` over `photo`, which is that frame's photo at any size."""
    picture = map_part(errors.layer, photo, frame, errors.range, map_table(errors.layer.name))
    size = photo.shape[0], photo.shape[1]
    larger = max(round(max(size) / _TILE_FITS_PX), 1)
    for reason, mask in errors.left_out.items():
        pattern = tile(reason).repeat(larger, axis=0).repeat(larger, axis=1)
        picture = spread(picture, cut_mask(mask, errors.layer.step, frame, size), pattern)
    return picture


def error_legend(errors: ErrorMap) -> Legend:
    """Return the legend of an error map: fixed range, limit, and what the patterns mean."""
    key = tuple((tile(reason), words) for reason, words in key_words(errors))
    return Legend(
        layer_words(errors.layer.name),
        unit_words(errors.layer.unit),
        *errors.range,
        map_table(errors.layer.name),
        errors.limit,
        open_end=True,
        key=key,
    )


def normals_picture(normals: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return normals in the usual colours: red to the right, green up, blue to the camera.

    `normals` has shape (rows, columns, 3) as (x right, y down, z to the camera); NaN is grey.
    """
    upward = normals * np.array([1, -1, 1], dtype=np.float32)
    colors = np.clip(upward * 127.5 + 128, 0, 255)
    colors[np.isnan(normals).any(axis=-1)] = 128
    return np.asarray(colors, dtype=np.uint8)


def _detail(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the photo's fine detail as a factor around one."""
    light = grey.astype(np.float32) + 24
    # A wide blur needs no full size: a quarter is as smooth, and sixteen times as quick.
    size = (max(grey.shape[1] // 4, 1), max(grey.shape[0] // 4, 1))
    small = cv2.resize(light, size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(max(grey.shape) / 240, 1.0))
    around = cv2.resize(soft, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    detail: NDArray[np.float32] = np.clip(light / np.asarray(around), 0.5, 1.5).astype(np.float32)
    return 1 + np.float32(0.45) * (detail - 1)


def _rounded_up(value: float) -> float:
    """Return the next number of the row 1, 2, 2.5, 4, 5, 10 that is not smaller."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return power * next(nice for nice in (1, 2, 2.5, 4, 5, 10) if nice * power >= value * 0.999)
