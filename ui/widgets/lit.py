"""A recovered surface as a picture under a lamp, drawn at the size it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from mnimage.kernels.color import LUMINANCE, to_linear
from mnimage.kernels.shade import normals_of, shade, slopes_of
from ui.widgets.qimage import SMALLEST_LEVEL, grey_image, rgb_image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ui.widgets.lighting import Lighting
    from ui.widgets.qimage import Pyramid

    Plane = NDArray[np.float32]

_MOST_PIXELS = 2_500_000
"""Pixels lit at most: a larger view is lit a little coarser, so that it follows the hand."""


class LitSurface:
    """Height becomes light when it is drawn.

    What does not change is kept: the view's slopes while the view stays, its normals while the
    height stays as exaggerated, the whole image while the lamp stays too.
    """

    def __init__(
        self, height_mm: Plane, mm_per_px: float, skin: Pyramid, lighting: Lighting
    ) -> None:
        self._levels = [np.ascontiguousarray(height_mm)]
        self._pitch = mm_per_px
        self._skin = skin
        self._lighting = lighting
        self._brightness = _brightness(skin)
        self._view: tuple[QRectF, tuple[int, int]] | None = None
        self._slopes: Plane | None = None
        self._albedo: Plane | None = None
        self._normals: tuple[float, Plane] | None = None
        self._image: tuple[tuple[object, ...], QImage] | None = None

    @property
    def width(self) -> int:
        """Columns of the full picture."""
        return int(self._levels[0].shape[1])

    @property
    def height(self) -> int:
        """Rows of the full picture."""
        return int(self._levels[0].shape[0])

    def draw(
        self, painter: QPainter, scale: float, part: QRectF, view: QRectF | None = None
    ) -> None:
        """Draw `part` of the plane; `view` is all of it that is seen, lit once for all parts."""
        whole = QRectF(0, 0, self.width, self.height)
        part, view = part.intersected(whole), (view or part).intersected(whole)
        if part.isEmpty() or view.isEmpty():
            return
        image = self.lit(scale, view)
        across, down = image.width() / view.width(), image.height() / view.height()
        source = QRectF(
            (part.x() - view.x()) * across,
            (part.y() - view.y()) * down,
            part.width() * across,
            part.height() * down,
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(part, image, source)

    def lit(self, scale: float, view: QRectF) -> QImage:
        """Return the part `view` of the plane under the lamp, `scale` pixels per unit."""
        scale = min(scale, (_MOST_PIXELS / (view.width() * view.height())) ** 0.5)
        size = max(round(view.height() * scale), 2), max(round(view.width() * scale), 2)
        if self._view != (view, size):
            self._view = QRectF(view), size
            self._slopes = self._albedo = self._normals = self._image = None
        light = self._lighting
        state = light.direction, light.height, light.coloured
        if self._image is None or self._image[0] != state:
            self._image = state, self._shaded(view, size)
        return self._image[1]

    def _shaded(self, view: QRectF, size: tuple[int, int]) -> QImage:
        light = self._lighting
        albedo = self._seen_albedo(view, size) if light.coloured else None
        pixels = shade(self._seen_normals(view, size), light.direction, albedo=albedo)
        return grey_image(pixels) if albedo is None else rgb_image(pixels)

    def _seen_normals(self, view: QRectF, size: tuple[int, int]) -> Plane:
        if self._slopes is None:
            level = self._level(size[1] / view.width())
            height = _cut(level, self._levels[0].shape, view, size, cv2.INTER_CUBIC)
            self._slopes = slopes_of(height, self._pitch * view.width() / size[1])
        if self._normals is None or self._normals[0] != self._lighting.height:
            self._normals = self._lighting.height, normals_of(self._slopes, self._lighting.height)
        return self._normals[1]

    def _seen_albedo(self, view: QRectF, size: tuple[int, int]) -> Plane:
        if self._albedo is None:
            number = self._skin.number(size[1] / view.width())
            pixels = self._skin.arrays[number]
            seen = _cut(pixels, self._skin.arrays[0].shape, view, size, cv2.INTER_LINEAR)
            linear = to_linear(seen) / np.float32(self._brightness)
            self._albedo = np.ascontiguousarray(np.moveaxis(linear, -1, 0))
        return self._albedo

    def _level(self, scale: float) -> Plane:
        """Return the smallest halving of the height that still has a node per pixel."""
        number = 0
        while scale * 2 ** (number + 1) <= 1 and min(self._levels[number].shape) > SMALLEST_LEVEL:
            number += 1
            if number == len(self._levels):
                rows, columns = self._levels[-1].shape
                size = (-(-columns // 2), -(-rows // 2))
                half = cv2.resize(self._levels[-1], size, interpolation=cv2.INTER_AREA)
                self._levels.append(np.asarray(half, dtype=np.float32))
        return self._levels[number]


def _cut(
    level: NDArray[Any], full: tuple[int, ...], view: QRectF, size: tuple[int, int], way: int
) -> NDArray[Any]:
    """Return the part `view` of a picture at `size`, from a level of it.

    `full` is the shape of the whole picture, whose plane has one unit per pixel.
    """
    down, right = level.shape[0] / full[0], level.shape[1] / full[1]
    across, along = view.width() / size[1], view.height() / size[0]
    # A pixel's centre lies half a unit inside it, on the plane and in the level.
    there = np.array(
        [
            [right * across, 0, right * (view.x() + across / 2) - 0.5],
            [0, down * along, down * (view.y() + along / 2) - 0.5],
        ]
    )
    flags = way | cv2.WARP_INVERSE_MAP
    drawn = cv2.warpAffine(level, there, size[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn)


def _brightness(skin: Pyramid) -> float:
    """Return the mean luminance of a picture."""
    light = to_linear(skin.arrays[-1]).mean(axis=(0, 1))
    return max(float(light @ LUMINANCE), 1e-3)
