"""Colour: coded sRGB, linear light, CIELAB and optical density.

Sources: IEC 61966-2-1 (sRGB), CIE 15 (CIELAB, D65 white as in sRGB), ISO/CIE 11664-6 (CIEDE2000),
Bradford adaptation (ICC.1:2022, annex E), root-polynomial terms (Finlayson et al. 2015).
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Weights of linear sRGB in the luminance Y (ITU-R BT.709)."""

_BAND = 512
"""Rows averaged at a time, to limit memory."""

_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
    dtype=np.float32,
)
"""Linear sRGB to XYZ (IEC 61966-2-1)."""

_WHITE = _XYZ.sum(axis=1)
_D50 = np.array([0.96422, 1.0, 0.82521])
"""XYZ of the white of sRGB (D65), and of D50 (ICC.1:2022)."""

_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
"""XYZ to the cone responses of Bradford's adaptation (ICC.1:2022, annex E)."""

_REC2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]],
    dtype=np.float32,
)
"""Linear sRGB to linear Rec. 2020 (ITU-R BT.2020)."""


def decode_srgb(coded: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return linear light for sRGB values coded 0..1 (IEC 61966-2-1)."""
    low = coded / 12.92
    high = ((np.maximum(coded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(coded <= 0.04045, low, high), dtype=np.float32)


def encode_srgb(linear: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return sRGB-coded values 0..1 for linear light, clipped to that range (IEC 61966-2-1)."""
    light = np.clip(linear, 0.0, 1.0)
    low = light * 12.92
    high = 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(light <= 0.0031308, low, high), dtype=np.float32)


def to_linear(
    coded: NDArray[np.uint8] | NDArray[np.uint16],
    tone: tuple[float, float, float] = (1.0, 0.0, 0.0),
) -> NDArray[np.float32]:
    """Return linear light 0..1 for 8- or 16-bit sRGB-coded pixels of any shape.

    The `tone` curve of a camera is undone as by `straighten`.
    """
    if coded.dtype == np.uint8:
        return np.asarray(cv2.LUT(coded, light_table(256, tone)), dtype=np.float32)
    return np.asarray(np.take(light_table(65536, tone), coded), dtype=np.float32)


def to_coded8(linear: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return 8-bit sRGB-coded pixels for linear light."""
    table = _coding_table()
    index = np.clip(linear * (table.size - 1) + 0.5, 0, table.size - 1).astype(np.uint16)
    return np.asarray(np.take(table, index), dtype=np.uint8)


def mean_coded(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the mean in linear light of 8-bit sRGB pictures (k, rows, columns, 3), coded again."""
    picture = np.empty(colors.shape[1:], dtype=np.uint8)
    for top in range(0, len(picture), _BAND):  # In bands of rows, to spare memory.
        span = slice(top, top + _BAND)
        total = np.zeros(picture[span].shape, dtype=np.float32)
        for color in colors:
            total += to_linear(color[span])
        picture[span] = to_coded8(total / np.float32(len(colors)))
    return picture


def luminance(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the luminance Y of linear RGB, shape (rows, columns) (IEC 61966-2-1)."""
    return np.asarray(cv2.transform(linear, LUMINANCE[None]), dtype=np.float32)


def to_lab(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return CIELAB (CIE 15: L*, a*, b*; D65) of linear sRGB, shape (..., 3)."""
    relative = (linear @ (_XYZ / _WHITE[:, None]).T).astype(np.float32)
    cube = np.cbrt(np.maximum(relative, 0))
    low = relative * np.float32(841 / 108) + np.float32(4 / 29)
    f = np.where(relative > (6 / 29) ** 3, cube, low)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def to_rec2020(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return linear Rec. 2020 RGB of linear sRGB: the wide primaries keep skin positive.

    ITU-R BT.2020; both have the white D65.
    """
    return np.asarray(cv2.transform(linear, _REC2020), dtype=np.float32)


def lab_d50_to_linear(lab: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return linear sRGB of CIELAB under D50, as colour charts are specified, shape (..., 3).

    The white is adapted to D65 by Bradford's matrix; colours outside sRGB have negative components.

    ICC.1:2022, annex E.
    """
    lightness = (np.asarray(lab[..., 0], dtype=np.float64) + 16) / 116
    f = np.stack([lightness + lab[..., 1] / 500, lightness, lightness - lab[..., 2] / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) * 108 / 841) * _D50
    gain = (_BRADFORD @ _WHITE) / (_BRADFORD @ _D50)
    adapt = np.linalg.inv(_BRADFORD) @ (gain[:, None] * _BRADFORD)
    return np.asarray(xyz @ (np.linalg.inv(_XYZ) @ adapt).T)


def difference_2000(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the colour difference CIEDE2000 of CIELAB colours (..., 3), factors all 1.

    ISO/CIE 11664-6.
    """
    first, second = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    chroma = (np.hypot(*first[..., 1:].T).T + np.hypot(*second[..., 1:].T).T) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    c1, h1 = _chroma_and_hue(first, stretch)
    c2, h2 = _chroma_and_hue(second, stretch)
    c = (c1 + c2) / 2
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where(c1 * c2 == 0, 0.0, turn)
    h = np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2) % 360
    light = ((first[..., 0] + second[..., 0]) / 2 - 50) ** 2
    t = (
        1
        - 0.17 * _cosine(h - 30)
        + 0.24 * _cosine(2 * h)
        + 0.32 * _cosine(3 * h + 6)
        - 0.2 * _cosine(4 * h - 63)
    )
    down = (second[..., 0] - first[..., 0]) / (1 + 0.015 * light / np.sqrt(20 + light))
    along = (c2 - c1) / (1 + 0.045 * c)
    around = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * c * t)
    skew = -2 * np.sqrt(c**7 / (c**7 + 25.0**7))
    skew *= np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))
    return np.asarray(np.sqrt(down**2 + along**2 + around**2 + skew * along * around))


def _chroma_and_hue(
    lab: NDArray[np.float64], stretch: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    red = lab[..., 1] * stretch
    hue = np.degrees(np.arctan2(lab[..., 2], red)) % 360
    return np.asarray(np.hypot(red, lab[..., 2])), np.asarray(hue)


def _cosine(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.cos(np.radians(degrees)))


def root_terms(linear: NDArray[np.floating], degree: int) -> NDArray[np.float32]:
    """Return R, G, B and, at degree 2, the roots of RG, RB and GB, shape (..., 3 or 6).

    All terms are proportional to exposure (Finlayson, Mackiewicz and Hurlbert 2015). Negative
    light, which noise causes, has no root and counts as zero there.
    """
    light = np.asarray(linear, dtype=np.float32)
    if degree == 1:
        return light
    root = np.sqrt(np.maximum(light, 0))
    terms = np.empty((*light.shape[:-1], 6), dtype=np.float32)
    terms[..., :3] = light
    for place, (one, other) in enumerate(((0, 1), (0, 2), (1, 2)), start=3):
        np.multiply(root[..., one], root[..., other], out=terms[..., place])
    return terms


TONE_PIVOT = float(np.log(0.18))
_TONE_REACH = 1.7
"""Centre of a tone curve (middle grey), and the range that maps to 1, in ln of light."""

_TONE_ENDS = (-1.2, 1.1)
"""Range of v that a chart's greys cover; the curve is linear beyond it."""


def straighten(
    linear: NDArray[np.floating], tone: tuple[float, float, float]
) -> NDArray[np.float64]:
    """Return light proportional to the scene, undoing the tone curve of a camera.

    `tone` are the coefficients of a polynomial without constant in v = (ln light - ln 0.18) / 1.7
    that gives (ln scene) / 1.7 up to a constant factor: (1, 0, 0) changes nothing. Beyond the range
    of a chart's greys the curve is extended linearly.

    Our own; colour errors with it: `docs/colour.md`.
    """
    v = (np.log(np.maximum(np.asarray(linear, dtype=np.float64), 1e-9)) - TONE_PIVOT) / _TONE_REACH
    inside = np.clip(v, *_TONE_ENDS)
    rise = tone_slope(inside, tone)
    curve = inside * (tone[0] + inside * (tone[1] + inside * tone[2])) + (v - inside) * rise
    return np.asarray(np.exp(TONE_PIVOT + _TONE_REACH * curve))


def tone_slope(v: NDArray[np.float64], tone: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return the slope of the curve of `straighten` at v."""
    return np.asarray(tone[0] + v * (2 * tone[1] + v * 3 * tone[2]))


def is_rising(tone: tuple[float, float, float], least: float = 0.2) -> bool:
    """Return whether the curve of `straighten` has at least the slope `least` everywhere."""
    return bool(tone_slope(np.linspace(*_TONE_ENDS, 60), tone).min() >= least)


@lru_cache(16)
def light_table(
    size: int, tone: tuple[float, float, float] = (1.0, 0.0, 0.0)
) -> NDArray[np.float32]:
    """Return the linear light of each coded level, `size` of them, with a tone curve undone."""
    light = decode_srgb(np.arange(size, dtype=np.float64) / (size - 1))
    if tone == (1.0, 0.0, 0.0):
        return light
    straight = straighten(light, tone)
    straight[0] = 0.0
    return straight.astype(np.float32)


@cache
def _coding_table() -> NDArray[np.uint8]:
    levels = np.arange(65536, dtype=np.float64) / 65535
    return np.round(encode_srgb(levels) * 255).astype(np.uint8)
