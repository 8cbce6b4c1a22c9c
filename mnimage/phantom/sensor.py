"""What a camera makes of light: blur, exposure, white balance, noise, steps and coding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.errors import OutputFailed
from mnimage.kernels.color import encode_srgb, to_coded8

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.photo import Coded


@dataclass(frozen=True, slots=True)
class Sensor:
    """A camera and its settings; the defaults add nothing to the light.

    `balance` are gains of R, G and B beyond a right white balance. `electrons` is what a full pixel
    holds (0: no noise), `read_noise` in electrons. `bits` is 8, 12 or 16; `jpeg` a quality 1..100.
    """

    exposure: float = 1.0
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    blur_px: float = 0.0
    electrons: float = 0.0
    read_noise: float = 4.0
    bits: int = 8
    jpeg: int | None = None

    def __post_init__(self) -> None:
        if self.bits not in (8, 12, 16):
            raise ValueError(f"not 8, 12 or 16 bit: {self.bits}")
        if self.jpeg is not None and self.bits != 8:
            raise ValueError(f"a JPEG has 8 bit, not {self.bits}")


def expose(
    light: NDArray[np.float32], sensor: Sensor, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return what the sensor reads, linear, 1.0 is full; noise may fall below zero."""
    gains = np.array(sensor.balance, dtype=np.float32) * np.float32(sensor.exposure)
    seen = light * gains
    if sensor.blur_px > 0:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), sensor.blur_px), dtype=np.float32)
    if sensor.electrons > 0:
        variance = np.maximum(seen, 0) / np.float32(sensor.electrons)
        variance += np.float32((sensor.read_noise / sensor.electrons) ** 2)
        seen += np.sqrt(variance, out=variance) * rng.standard_normal(seen.shape, dtype=np.float32)
    return seen


def code(linear: NDArray[np.float32], sensor: Sensor) -> Coded:
    """Return sRGB-coded pixels: uint8 for 8 bit, else uint16, through JPEG where asked for."""
    if sensor.bits == 8:
        coded = to_coded8(linear)
        return coded if sensor.jpeg is None else through_jpeg(coded, sensor.jpeg)
    return np.rint(encode_srgb(stepped(linear, sensor.bits)) * 65535).astype(np.uint16)


def stepped(linear: NDArray[np.float32], bits: int) -> NDArray[np.float32]:
    """Return linear light 0..1 in the steps of a converter of so many bits."""
    top = np.float32(2**bits - 1)
    return np.asarray(np.rint(np.clip(linear, 0, 1) * top) / top, dtype=np.float32)


def through_jpeg(coded: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Return RGB pixels after JPEG of `quality`, colour at full resolution.

    Raises
    ------
    OutputFailed
        If the picture can't be a JPEG (too large).
    """
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    done, stream = cv2.imencode(".jpg", coded[..., ::-1], options)
    if not done:
        raise OutputFailed("The picture is too large for a JPEG.", hint="Make it smaller.")
    decoded = np.asarray(cv2.imdecode(stream, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])
