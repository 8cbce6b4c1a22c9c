"""Arrays become pictures of Qt; the only place where (row, column) becomes (x, y).

A picture's plane has its origin at the top left corner of the top left pixel and one unit per
pixel, x to the right and y down: the centre of pixel (row, column) is at (column + 0.5, row + 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPolygonF,
    QTransform,
)

from mnimage.domain import session
from mnimage.kernels.geometry import grid_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.face import Zones
    from mnimage.domain.photo import Coded

SMALLEST_LEVEL = 512
"""A pyramid ends at the first level whose longer side is not above this."""

_VEIL_SIDE = 1500
_OUTLINE_SIDE = 1000


def to_point(row: float, column: float) -> QPointF:
    """Return the centre of a pixel on the picture's plane."""
    return QPointF(column + 0.5, row + 0.5)


def to_place(point: QPointF) -> tuple[float, float]:
    """Return the row and column of a point on the picture's plane."""
    return point.y() - 0.5, point.x() - 0.5


def to_patch(box: QRectF) -> session.Patch:
    """Return the pixels that a rectangle on the plane covers, its sides between pixels."""
    top, left = round(box.top()), round(box.left())
    return session.Patch(top, left, round(box.height()), round(box.width()))


def to_box(patch: session.Patch) -> QRectF:
    """Return the rectangle on the plane that a patch covers."""
    return QRectF(patch.column, patch.row, patch.width, patch.height)


class Drawable(Protocol):
    """A picture of one unit of the plane per pixel."""

    @property
    def width(self) -> int:
        """Columns of the full picture."""

    @property
    def height(self) -> int:
        """Rows of the full picture."""

    def draw(
        self, painter: QPainter, scale: float, part: QRectF, view: QRectF | None = None
    ) -> None:
        """Draw `part` of the plane, of which `view` is seen in all."""


@dataclass(frozen=True)
class Pyramid:
    """One picture at full size, half, a quarter and so on.

    `levels` borrow the memory of `arrays`, which stay here for as long as they are drawn. The first
    level of an 8-bit photo is the photo itself, not a copy.
    """

    levels: tuple[QImage, ...] = field(repr=False)
    arrays: tuple[NDArray[np.uint8], ...] = field(repr=False)

    @property
    def width(self) -> int:
        """Columns of the full picture."""
        return self.levels[0].width()

    @property
    def height(self) -> int:
        """Rows of the full picture."""
        return self.levels[0].height()

    def level(self, scale: float) -> QImage:
        """Return the smallest level that still has a pixel per device pixel at `scale`."""
        return self.levels[self.number(scale)]

    def number(self, scale: float) -> int:
        """Return which level that is."""
        number = int(np.floor(np.log2(max(1.0 / max(scale, 1e-6), 1.0))))
        return min(number, len(self.levels) - 1)

    def draw(
        self, painter: QPainter, scale: float, part: QRectF, view: QRectF | None = None
    ) -> None:
        """Draw `part` of the plane, with the painter set to the plane's units.

        How much of it is seen in all (`view`) makes no difference here.
        """
        del view
        part = part.intersected(QRectF(0, 0, self.width, self.height))
        if part.isEmpty():
            return
        image = self.level(scale)
        across, down = image.width() / self.width, image.height() / self.height
        source = QRectF(
            part.x() * across, part.y() * down, part.width() * across, part.height() * down
        )
        # Above two device pixels per pixel the photo's own pixels are shown, not a smooth guess.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 2.0)
        painter.drawImage(part, image, source)


def make_pyramid(coded: Coded) -> Pyramid:
    """Return the pyramid of an RGB photo of 8 or 16 bit."""
    arrays = [np.ascontiguousarray(_eight_bit(coded))]
    while max(arrays[-1].shape[:2]) > SMALLEST_LEVEL:
        arrays.append(_half(arrays[-1]))
    return Pyramid(tuple(_rgb_image(array) for array in arrays), tuple(arrays))


def rgb_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return an RGB array (rows, columns, 3) as an image of its own memory."""
    return _rgb_image(np.ascontiguousarray(pixels)).copy()


def grey_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return a grey array (rows, columns) as an image of its own memory."""
    rows, columns = pixels.shape
    packed = np.ascontiguousarray(pixels)
    form = QImage.Format.Format_Grayscale8
    image = QImage(packed.data, columns, rows, columns, form)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def rgba_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return an RGBA array (rows, columns, 4) as an image of its own memory."""
    rows, columns = pixels.shape[:2]
    packed = np.ascontiguousarray(pixels)
    image = QImage(packed.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


@dataclass(frozen=True)
class Overlay:
    """An image with clear parts that lies over a picture; `plane` is what it covers there."""

    image: QImage = field(repr=False)
    plane: QRectF

    def draw(self, painter: QPainter, part: QRectF, opacity: float = 1.0) -> None:
        """Draw `part` of the plane, with the painter set to the plane's units."""
        part = part.intersected(self.plane)
        if part.isEmpty() or opacity <= 0:
            return
        across = self.image.width() / self.plane.width()
        down = self.image.height() / self.plane.height()
        source = QRectF(
            part.x() * across, part.y() * down, part.width() * across, part.height() * down
        )
        painter.save()
        painter.setOpacity(painter.opacity() * opacity)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(part, self.image, source)
        painter.restore()


def grid_overlay(colors: NDArray[np.uint8], step: int) -> Overlay:
    """Return the sheet of an RGBA grid whose nodes are step x step blocks of the picture."""
    rows, columns = colors.shape[:2]
    return Overlay(rgba_image(colors), QRectF(0, 0, columns * step, rows * step))


def veil_overlay(seen: NDArray[np.bool_], colour: QColor) -> Overlay | None:
    """Return what hides the part of a picture that shows nothing; None where all is seen."""
    if seen.all():
        return None
    step = -(-max(seen.shape) // _VEIL_SIDE)
    alpha = cv2.resize(
        (~seen).astype(np.uint8) * np.uint8(255),
        grid_shape((seen.shape[0], seen.shape[1]), step)[::-1],
        interpolation=cv2.INTER_AREA,
    )
    pixels = np.empty((*alpha.shape, 4), dtype=np.uint8)
    pixels[..., :3] = (colour.red(), colour.green(), colour.blue())
    pixels[..., 3] = np.where(alpha > 0, 255, 0)
    return Overlay(rgba_image(pixels), QRectF(0, 0, seen.shape[1], seen.shape[0]))


@dataclass(frozen=True)
class Outline:
    """The border of one zone on the picture's plane, and where its name stands."""

    name: str
    path: QPainterPath = field(repr=False)
    anchor: QPointF


@dataclass(frozen=True)
class Patch:
    """An area of the plane under a pattern whose grain keeps its size at every zoom."""

    path: QPainterPath = field(repr=False)
    pattern: QImage = field(repr=False)

    def draw(self, painter: QPainter, transform: QTransform, exposed: QRectF) -> None:
        """Draw into an exposed part of the widget; `transform` leads there from the plane."""
        painter.save()
        painter.setClipRect(exposed, Qt.ClipOperation.IntersectClip)
        # The pattern moves with the picture, and stays on whole pixels so that it is sharp.
        painter.setBrushOrigin(round(transform.dx()), round(transform.dy()))
        painter.fillPath(transform.map(self.path), QBrush(self.pattern))
        painter.restore()


def grid_patch(mask: NDArray[np.bool_], step: int, pattern: QImage) -> Patch | None:
    """Return the patch of the marked step x step blocks; None where there are none."""
    if not mask.any():
        return None
    # Whole blocks, borders between pixels: each node becomes four, and contours run along them.
    fine = np.repeat(np.repeat(mask.astype(np.uint8), 2, axis=0), 2, axis=1)
    return Patch(_contour_path(fine, step / 2), pattern)


def zone_outlines(zones: Zones) -> tuple[Outline, ...]:
    """Return the borders of all zones that are there."""
    step = -(-max(zones.labels.shape) // _OUTLINE_SIDE)
    small = np.ascontiguousarray(zones.labels[step // 2 :: step, step // 2 :: step])
    found = []
    for number, name in enumerate(zones.names, start=1):
        mask = (small == number).astype(np.uint8)
        if mask.any():
            found.append(_outline(name, mask, step))
    return tuple(found)


def _outline(name: str, mask: NDArray[np.uint8], step: int) -> Outline:
    path = _contour_path(mask, step, cv2.CHAIN_APPROX_TC89_L1)
    # The place farthest from the zone's border: a name there stays inside a crescent too.
    depth = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3)
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return Outline(name, path, QPointF((float(column) - 0.5) * step, (float(row) - 0.5) * step))


def _contour_path(
    mask: NDArray[np.uint8], step: float, approximation: int = cv2.CHAIN_APPROX_SIMPLE
) -> QPainterPath:
    """Return the borders of a mask whose pixels are step x step units of the plane."""
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, approximation)
    path = QPainterPath()
    for contour in contours:
        places = (contour[:, 0, :].astype(np.float64) + 0.5) * step
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in places.tolist()]))
        path.closeSubpath()
    return path


def difference(before: QImage, after: QImage, gain: float) -> QImage:
    """Return grey where two images of one size agree, and `gain` times their difference on it.

    Redder after is redder than grey, darker after is darker: what is seen is after minus before.
    """
    first, second = (_rgb_array(image) for image in (before, after))
    shown = cv2.addWeighted(second, gain, first, -gain, 128)
    image = _rgb_image(np.asarray(shown, dtype=np.uint8)).copy()
    image.setDevicePixelRatio(before.devicePixelRatio())
    return image


def _eight_bit(coded: Coded) -> NDArray[np.uint8]:
    if coded.dtype == np.uint8:
        return np.asarray(coded, dtype=np.uint8)
    return np.asarray(cv2.convertScaleAbs(coded, alpha=1 / 257), dtype=np.uint8)


def _half(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = pixels.shape[:2]
    size = (-(-columns // 2), -(-rows // 2))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _rgb_image(pixels: NDArray[np.uint8]) -> QImage:
    rows, columns = pixels.shape[:2]
    return QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)


def _rgb_array(image: QImage) -> NDArray[np.uint8]:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), dtype=np.uint8)
    rows = flat.reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
