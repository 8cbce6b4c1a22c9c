"""Colour tables for maps, built in CIELAB so that equal steps of the score look equal.

Each table has 256 sRGB colours, shape (256, 3), uint8, low to high. Lightness runs one way along
the sequential ones, so that they survive a grey print; the diverging one is lightest in its middle.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from mnimage.kernels.color import encode_srgb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Table: TypeAlias = "NDArray[np.uint8]"
"""256 sRGB colours, shape (256, 3)."""

SIZE = 256

# Stops as (L*, a*, b*); the way between them is walked in equal colour differences.
_REDNESS = ((97.0, 0.0, 0.0), (80.0, 24.0, 14.0), (56.0, 56.0, 32.0), (26.0, 46.0, 26.0))
_PIGMENT = ((97.0, 0.0, 2.0), (78.0, 10.0, 26.0), (52.0, 21.0, 37.0), (22.0, 13.0, 18.0))
_ERROR = ((96.0, 0.0, 0.0), (74.0, -6.0, -20.0), (48.0, 6.0, -42.0), (22.0, 26.0, -44.0))
_BETTER = ((86.0, 0.0, 0.0), (62.0, -3.0, -34.0), (36.0, 12.0, -46.0))
_WORSE = ((86.0, 0.0, 0.0), (68.0, 26.0, 52.0), (42.0, 42.0, 54.0))

_LAB_TO_F = np.array([[1 / 116, 1 / 500, 0], [1 / 116, 0, 0], [1 / 116, 0, -1 / 200]])
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


@cache
def redness_table() -> Table:
    """Return white to deep red."""
    return _coded(_even(_REDNESS, SIZE))


@cache
def pigment_table() -> Table:
    """Return cream to deep brown."""
    return _coded(_even(_PIGMENT, SIZE))


@cache
def error_table() -> Table:
    """Return white to deep violet blue, for errors of registration."""
    return _coded(_even(_ERROR, SIZE))


@cache
def cividis_table() -> Table:
    """Return cividis (Nunez, Anderton and Renslow 2018): even also to colour-blind eyes."""
    levels = np.arange(SIZE, dtype=np.uint8)[:, None]
    return _frozen(np.asarray(cv2.applyColorMap(levels, cv2.COLORMAP_CIVIDIS))[:, 0, ::-1])


@cache
def change_table(within: float = 0.0) -> Table:
    """Return blue (better) - grey - orange (worse), for values from -1 to 1.

    Parameters
    ----------
    within
        The part of the range around zero, 0..1, that is measurement error: plain grey.
    """
    place = np.linspace(-1.0, 1.0, SIZE)
    # One step of the table at least stays grey, so that zero itself is grey in an even table.
    still = max(min(within, 1.0), 1.01 / (SIZE - 1))
    beyond = np.clip((np.abs(place) - still) / max(1.0 - still, 1e-6), 0.0, 1.0)
    arms = np.where((place < 0)[:, None], _arm(_BETTER, beyond), _arm(_WORSE, beyond))
    return _coded(arms)


_BY_NAME = {
    "red": redness_table,
    "pigment": pigment_table,
    "melanin": pigment_table,
    "change": change_table,
    "error": error_table,
}


def table_for(layer: str) -> Table:
    """Return the table that fits a layer's name; cividis where nothing else is laid down."""
    for start, table in _BY_NAME.items():
        if layer.startswith(start):
            return table()
    return cividis_table()


def _arm(
    stops: Sequence[tuple[float, float, float]], place: NDArray[np.float64]
) -> NDArray[np.float64]:
    even = _even(stops, 4 * SIZE)
    return even[np.round(place * (len(even) - 1)).astype(np.intp)]


def _even(stops: Sequence[tuple[float, float, float]], size: int) -> NDArray[np.float64]:
    """Return `size` Lab colours on a smooth way through the stops, equally far apart."""
    from scipy.interpolate import PchipInterpolator  # monotone: L* never turns back

    way = np.linspace(0.0, len(stops) - 1.0, 1024)
    lab = np.asarray(PchipInterpolator(np.arange(len(stops)), np.array(stops))(way))
    lab = _into_gamut(lab)
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    gone = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, gone[-1], size)
    return np.stack([np.interp(wanted, gone, lab[:, i]) for i in range(3)], axis=1)


def _into_gamut(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colours with chroma lowered until sRGB can show them; lightness stays."""
    factors = np.linspace(1.0, 0.0, 101)[:, None]
    tried = np.stack([lab * [1.0, factor, factor] for factor in factors[:, 0]])
    linear = _linear(tried)
    fits = ((linear >= -1e-4) & (linear <= 1 + 1e-4)).all(axis=-1)
    best = np.take_along_axis(tried, fits.argmax(axis=0)[None, :, None], axis=0)
    return np.asarray(best[0], dtype=np.float64)


def _linear(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    f = (lab + np.array([16.0, 0.0, 0.0])) @ _LAB_TO_F.T
    relative = np.where(f > 6 / 29, f**3, (f - 4 / 29) * 108 / 841)
    return np.asarray((relative * _XYZ.sum(axis=1)) @ np.linalg.inv(_XYZ).T)


def _coded(lab: NDArray[np.float64]) -> Table:
    return _frozen(np.round(encode_srgb(_linear(lab)) * 255))


def _frozen(colors: NDArray[np.number]) -> Table:
    table = np.ascontiguousarray(colors, dtype=np.uint8)
    table.setflags(write=False)
    return table
