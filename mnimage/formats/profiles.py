"""Convert colours from an embedded ICC profile to sRGB (ICC.1:2022), 8 bits with LittleCMS.

16-bit pixels, which Pillow's LittleCMS does not accept, are converted with the profile's own curves
and matrix; with a profile made of tables they are left as they are, with a note.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageCms

from mnimage.formats.decoded import Samples, as_samples
from mnimage.kernels.color import decode_srgb, encode_srgb
from mnimage.words.message import NOTHING, Message, message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_BAND = 256
"""Rows that are converted at once, to save memory."""
_SRGB_IN_D50 = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
"""Linear sRGB to the profile connection space, XYZ of D50 (Bradford)."""

_COLUMNS = ("rXYZ", "gXYZ", "bXYZ")
_CURVES = ("rTRC", "gTRC", "bTRC")
_MATRIX_SLACK, _CURVE_SLACK = 0.004, 0.006
"""Largest departure of matrix and curves (0..1) from sRGB of a profile that counts as sRGB."""
_LEVELS = np.linspace(0.0, 1.0, 33)
"""Levels at which a curve is compared with that of sRGB."""
_BAD_PROFILE = (ImageCms.PyCMSError, OSError, ValueError, struct.error)


def to_srgb(samples: Samples, icc: bytes) -> tuple[Samples, Message]:
    """Return grey or RGB samples in sRGB, and a note, `NOTHING` where they were so."""
    try:
        tags = _tags(icc)
        if icc[16:20] == b"GRAY" and samples.ndim == 2:
            return _grey_to_srgb(samples, tags)
        if icc[16:20] != b"RGB " or samples.ndim == 2:
            return samples, message("formats.icc_unusable")
        return _rgb_to_srgb(samples, icc, tags)
    except _BAD_PROFILE:
        return samples, message("formats.icc_unusable")


def cmyk_to_srgb(picture: Image.Image, icc: bytes) -> tuple[Samples, Message]:
    """Return a CMYK picture in sRGB, by its own profile where it has a usable one, and a note."""
    if icc[16:20] == b"CMYK":
        try:
            return _by_littlecms(picture, icc), message("formats.cmyk_profile")
        except _BAD_PROFILE:
            pass  # The same as without a profile.
    plain = np.array(picture.convert("RGB"))
    return as_samples(plain), message("formats.cmyk_rough")


def _rgb_to_srgb(
    samples: Samples, icc: bytes, tags: Mapping[str, bytes]
) -> tuple[Samples, Message]:
    shaped = _matrix_and_curves(tags)
    if shaped is not None and _is_srgb(*shaped):
        return samples, NOTHING
    if samples.dtype == np.uint8:
        return _by_littlecms(Image.fromarray(samples), icc), _converted(icc)
    if shaped is None:
        return samples, message("formats.icc_tables_only")
    return _by_matrix(samples, *shaped), _converted(icc)


def _by_littlecms(picture: Image.Image, icc: bytes) -> Samples:
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        picture.mode,
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    converted = ImageCms.applyTransform(picture, transform)
    if converted is None:
        raise ValueError("no picture came back")
    return as_samples(np.array(converted))


def _converted(icc: bytes) -> Message:
    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(icc))).strip()
    except _BAD_PROFILE:
        name = ""
    if not (name and name.isprintable()):
        return message("formats.icc_converted")
    return message("formats.icc_converted_named", profile=name[:60])


def _matrix_and_curves(
    tags: Mapping[str, bytes],
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]] | None:
    """Return the matrix to XYZ of D50 and the curves at 65536 levels; None for a table profile."""
    if "A2B0" in tags or any(name not in tags for name in (*_COLUMNS, *_CURVES)):
        return None
    matrix = np.stack([_xyz(tags[name]) for name in _COLUMNS], axis=1)
    return matrix, [_curve(tags[name]) for name in _CURVES]


def _is_srgb(matrix: NDArray[np.float64], curves: list[NDArray[np.float64]]) -> bool:
    wanted = decode_srgb(_LEVELS)
    at = np.rint(_LEVELS * 65535).astype(np.intp)
    gaps = [float(np.abs(curve[at] - wanted).max()) for curve in curves]
    return float(np.abs(matrix - _SRGB_IN_D50).max()) < _MATRIX_SLACK and max(gaps) < _CURVE_SLACK


def _by_matrix(
    samples: Samples, matrix: NDArray[np.float64], curves: list[NDArray[np.float64]]
) -> Samples:
    to_linear_srgb = (np.linalg.inv(_SRGB_IN_D50) @ matrix).astype(np.float32)
    tables = [curve.astype(np.float32) for curve in curves]
    converted = np.empty_like(samples)
    for start in range(0, samples.shape[0], _BAND):  # By bands, to save memory.
        band = samples[start : start + _BAND]
        linear = np.stack([np.take(tables[i], band[..., i]) for i in range(3)], axis=-1)
        light = np.asarray(cv2.transform(linear, to_linear_srgb), dtype=np.float32)
        converted[start : start + _BAND] = np.rint(encode_srgb(light) * 65535)
    return converted


def _grey_to_srgb(samples: Samples, tags: Mapping[str, bytes]) -> tuple[Samples, Message]:
    if "kTRC" not in tags:
        return samples, message("formats.icc_unusable")
    curve = _curve(tags["kTRC"])
    levels = np.linspace(0.0, 1.0, 65536)
    if float(np.abs(curve - decode_srgb(levels)).max()) < _CURVE_SLACK:
        return samples, NOTHING
    top = np.iinfo(samples.dtype).max
    table = np.rint(encode_srgb(curve[:: 65535 // top]) * top).astype(samples.dtype)
    return as_samples(table[samples]), message("formats.icc_greys")


def _tags(icc: bytes) -> dict[str, bytes]:
    if icc[36:40] != b"acsp":
        raise ValueError("no ICC profile")
    (count,) = struct.unpack_from(">I", icc, 128)
    tags = {}
    for at in range(132, 132 + 12 * min(count, 200), 12):
        name, start, size = struct.unpack_from(">4sII", icc, at)
        tags[name.decode("latin-1")] = icc[start : start + size]
    return tags


def _xyz(body: bytes) -> NDArray[np.float64]:
    if body[:4] != b"XYZ ":
        raise ValueError("no XYZ")
    return np.array(struct.unpack_from(">3i", body, 8)) / 65536


def _curve(body: bytes) -> NDArray[np.float64]:
    """Return a tone curve at 65536 even levels, light for coded value (ICC.1 10.6 and 10.18)."""
    levels = np.linspace(0.0, 1.0, 65536)
    if body[:4] == b"para":
        return _parametric(body, levels)
    if body[:4] != b"curv":
        raise ValueError("no curve")
    (count,) = struct.unpack_from(">I", body, 8)
    if count == 0:
        return levels
    points = np.array(struct.unpack_from(f">{count}H", body, 12), dtype=np.float64)
    if count == 1:
        return np.asarray(levels ** (points[0] / 256))
    return np.interp(levels, np.linspace(0.0, 1.0, count), points / 65535)


def _parametric(body: bytes, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    (kind,) = struct.unpack_from(">H", body, 8)
    if kind > 4:
        raise ValueError("unknown curve")
    amount = (1, 3, 4, 5, 7)[kind]
    g, *rest = (number / 65536 for number in struct.unpack_from(f">{amount}i", body, 12))
    a, b = (rest[0], rest[1]) if kind else (1.0, 0.0)
    offset = rest[2] if kind == 2 else rest[4] if kind == 4 else 0.0
    slope, edge = (rest[2], rest[3]) if kind > 2 else (0.0, -b / a if a else 0.0)
    shift = rest[5] if kind == 4 else offset if kind == 2 else 0.0
    power = np.maximum(a * levels + b, 0.0) ** g + offset
    return np.clip(np.where(levels >= edge, power, slope * levels + shift), 0.0, 1.0)
