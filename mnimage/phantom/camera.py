"""Cameras and lamps as spectra: what a file holds of a surface of known reflectance.

A camera has bell-shaped sensitivities of its own; its maker balances white, turns channels into
sRGB by a matrix fitted under daylight, and may bend the tones. None of this is known to those who
measure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from mnimage.phantom.spectrum import WAVELENGTHS, matching_functions, srgb_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Spectrum = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """A kind of camera: peaks and widths of R, G, B in nm, and the bend of its tones.

    `contrast` 0 is the plain sRGB curve; 1 a strong picture style (darks pulled down, lights held).
    """

    name: str
    peaks: tuple[float, float, float] = (600.0, 538.0, 462.0)
    widths: tuple[float, float, float] = (32.0, 38.0, 28.0)
    contrast: float = 0.0

    def sensitivity(self) -> Spectrum:
        """Return the three sensitivities, shape (3, 31)."""
        peak, width = np.array(self.peaks)[:, None], np.array(self.widths)[:, None]
        return np.asarray(np.exp(-0.5 * ((WAVELENGTHS - peak) / width) ** 2))


CAMERAS = (
    Camera("plain"),
    Camera("wide", (595.0, 535.0, 460.0), (38.0, 44.0, 32.0)),
    Camera("narrow", (608.0, 530.0, 455.0), (28.0, 34.0, 24.0)),
    Camera("phone", (602.0, 540.0, 467.0), (30.0, 36.0, 27.0), contrast=0.5),
    Camera("vivid", (592.0, 545.0, 458.0), (34.0, 40.0, 30.0), contrast=0.9),
)


def draw_camera(rng: np.random.Generator) -> Camera:
    """Return a camera like those, each peak off by 6 nm and each width by 8 % as it comes."""
    peaks = np.array(Camera("").peaks) + rng.normal(0, 6.0, 3)
    widths = np.array(Camera("").widths) * np.exp(rng.normal(0, 0.08, 3))
    red, green, blue = peaks.tolist()
    return Camera("drawn", (red, green, blue), (widths[0], widths[1], widths[2]))


def _planck(kelvin: float) -> Spectrum:
    metres = WAVELENGTHS * 1e-9
    light = metres**-5 / (np.exp(0.0143878 / (metres * kelvin)) - 1)
    return np.asarray(light / light.max())


def _bell(peak: float, width: float) -> Spectrum:
    return np.exp(-0.5 * ((WAVELENGTHS - peak) / width) ** 2)


LAMPS: Mapping[str, Spectrum] = {
    "flash": _planck(6000.0),
    "halogen": _planck(3000.0),
    "led": 0.9 * _bell(452.0, 11.0) + 0.75 * _bell(565.0, 52.0),
    "good led": 0.8 * _bell(450.0, 14.0) + 0.55 * _bell(530.0, 40.0) + 0.75 * _bell(620.0, 55.0),
}
"""Light by wavelength: flash, halogen, a plain white LED and one of good colour rendering."""


@dataclass(frozen=True, slots=True)
class Rig:
    """A camera under a lamp, with the camera's idea of white: gains of R, G, B beside the true."""

    camera: Camera = field(default_factory=lambda: CAMERAS[0])
    lamp: str = "flash"
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def light(self, reflectance: Spectrum) -> Spectrum:
        """Return what the file would hold, linear before tones and clipping, shape (..., 3)."""
        seen = self.camera.sensitivity() * LAMPS[self.lamp]
        raw = reflectance @ (seen / seen.sum(axis=1, keepdims=True)).T
        return np.asarray((raw * self.balance) @ makers_matrix(self.camera).T)


@cache
def makers_matrix(camera: Camera) -> Spectrum:
    """Return the maker's 3x3 from balanced channels to sRGB: least squares under daylight.

    Fitted on smooth spectra of many colours, its rows summing to 1.
    """
    seen = camera.sensitivity() * _planck(5500.0)
    spectra = _colours()
    raw = spectra @ (seen / seen.sum(axis=1, keepdims=True)).T
    wanted = srgb_of(spectra)
    apart = raw[:, :2] - raw[:, 2:]
    solved = np.linalg.lstsq(apart, wanted - raw[:, 2:], rcond=None)[0].T
    return np.concatenate([solved, 1 - solved.sum(axis=1, keepdims=True)], axis=1)


def _colours() -> Spectrum:
    """Return smooth reflectances of many hues, shape (300, 31)."""
    rng = np.random.default_rng(5)
    waves = (WAVELENGTHS - 550.0) / 150.0
    phase = rng.uniform(0, 2 * np.pi, (300, 1))
    speed, depth = rng.uniform(0.6, 2.2, (300, 1)), rng.uniform(0.1, 0.9, (300, 1))
    level = rng.uniform(0.1, 0.6, (300, 1))
    return np.asarray(level * (1 + depth * np.sin(speed * np.pi * waves / 2 + phase)))


def bend(linear: NDArray[np.float32], contrast: float) -> NDArray[np.float32]:
    """Return light after a picture style: an S about middle grey, white and black held."""
    if contrast == 0:
        return linear
    light = np.clip(linear, 1e-6, 1.0)
    coded = light ** (1 / 2.2)
    style = coded + np.float32(1.2 * contrast) * coded * (1 - coded) * (coded - 0.45)
    return np.asarray(style**2.2, dtype=np.float32)


def true_lab(reflectance: Spectrum) -> Spectrum:
    """Return CIELAB (D50) of spectra (..., 31): what a perfect instrument reads."""
    relative = reflectance @ _matching().T
    f = np.where(relative > (6 / 29) ** 3, np.cbrt(relative), relative * 841 / 108 + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _matching() -> Spectrum:
    """Return the matching functions under D50, each with sum 1; Planck's 5003 K stands for D50."""
    matching = matching_functions() * _planck(5003.0)
    return np.asarray(matching / matching.sum(axis=1, keepdims=True))


@cache
def smooth_reflectance(lab: tuple[float, float, float]) -> tuple[float, ...]:
    """Return the smoothest reflectance between 0 and 1 of a CIELAB colour under D50.

    Least slope squared of artanh of the reflectance (Burns 2020), by Newton's method.
    """
    matching = _matching()
    wanted = _relative_xyz(lab)
    count = WAVELENGTHS.size
    slope = 4 * np.eye(count) - 2 * np.eye(count, k=1) - 2 * np.eye(count, k=-1)
    slope[0, 0] = slope[-1, -1] = 2
    z, pull = np.zeros(count), np.zeros(3)
    for _ in range(40):
        share, rise = (np.tanh(z) + 1) / 2, (1 / np.cosh(z)) ** 2 / 2
        rate = -2 * rise * np.tanh(z)
        gradient = np.concatenate(
            [slope @ z + rise * (matching.T @ pull), matching @ share - wanted]
        )
        curve = slope + np.diag(rate * (matching.T @ pull))
        across = rise[:, None] * matching.T
        hessian = np.block([[curve, across], [across.T, np.zeros((3, 3))]])
        step = np.linalg.solve(hessian, -gradient)
        z, pull = z + np.clip(step[:count], -2, 2), pull + step[count:]
    return tuple(((np.tanh(z) + 1) / 2).tolist())


def _relative_xyz(lab: tuple[float, float, float]) -> Spectrum:
    lightness = (lab[0] + 16) / 116
    f = np.array([lightness + lab[1] / 500, lightness, lightness - lab[2] / 200])
    return np.where(f > 6 / 29, f**3, (f - 4 / 29) * 108 / 841)
