"""Flat frames of a white card: the corrections they give, and what they show of the lamps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mnimage.kernels.geometry import block_mean
from mnimage.words.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mnimage.formats.lights import Lights

    Plane = NDArray[np.float32]

_LEAST_SHARE = 0.05
"""Where a flat frame is below this share of its mean it is not divided by: noise would grow."""
_FIT_BLOCKS = 24
"""Blocks along the longer side in which the falloff of the lamps is compared."""
_MOST_MISFIT = 0.015
"""Largest rms departure of a lamp's falloff from that of the others; beyond it the lamp moved."""
_MOST_POWER_CHANGE = 0.1
"""Largest relative change of a lamp's power that is not reported."""


@dataclass(slots=True)
class Flats:
    """Flat frames, added one by one, each divided by the light of its lamp on a level card."""

    lights: Lights
    shape: tuple[int, int]
    _gains: list[Plane] = field(default_factory=list)
    _faint: list[NDArray[np.bool_]] = field(default_factory=list)

    def add(self, name: str, flat: Plane) -> None:
        """Add a flat frame, dark frame subtracted; `name` is that of its file."""
        limit = np.float32(_LEAST_SHARE * float(flat.mean(dtype=np.float64)))
        self._faint.append(flat < limit)
        self._gains.append(np.maximum(flat, limit))

    def faint(self) -> list[NDArray[np.bool_]]:
        """Return where each flat frame is too dark to divide by."""
        return self._faint

    def gains(self) -> Iterator[Plane]:
        """Yield the divisors of the frames: one for all, or one for each, with a joint mean of 1.

        One flat frame for all shots is assumed to have been lit by all lamps at once.
        """
        if len(self._gains) == 1:
            light = np.mean([level_light(self.lights, i, self.shape) for i in self._all()], axis=0)
            lens = self._gains[0] / light
            yield np.asarray(lens / lens.mean(dtype=np.float64), dtype=np.float32)
            return
        for index in self._all():
            self._gains[index] /= level_light(self.lights, index, self.shape)
        mean = float(np.mean([gain.mean(dtype=np.float64) for gain in self._gains]))
        for gain in self._gains:
            yield np.asarray(gain / np.float32(mean), dtype=np.float32)

    def _all(self) -> range:
        return range(len(self.lights.values))

    def notes(self) -> list[Message]:
        """Return notes on the lamps that the flat frames give; call after `gains`."""
        notes = [message("formats.flat_faint")] if any(faint.any() for faint in self._faint) else []
        if len(self._gains) == 1:
            return notes
        for number, (misfit, angle) in enumerate(self._falloff_misfits(), 1):
            if misfit > _MOST_MISFIT:
                degrees = float(np.degrees(angle))
                notes.append(message("formats.lamp_moved", lamp=number, degrees=degrees))
        if self.lights.powers is not None:
            notes += self._powers(self.lights.powers)
        return notes

    def _powers(self, expected: NDArray[np.float64]) -> list[Message]:
        seen = np.array([gain.mean(dtype=np.float64) for gain in self._gains])
        change = seen / seen.mean() / expected - 1
        return [
            message("formats.lamp_brighter", lamp=number, share=share)
            if share > 0
            else message("formats.lamp_darker", lamp=number, share=-share)
            for number, share in enumerate(change.tolist(), 1)
            if abs(share) > _MOST_POWER_CHANGE
        ]

    def slope_error(self) -> float:
        """Return the relative error of slopes from lamps that are not in their stated positions."""
        if len(self._gains) == 1:
            return 0.0
        wrong = [angle for misfit, angle in self._falloff_misfits() if misfit > _MOST_MISFIT]
        # One lamp of k, wrong by an angle, stretches slopes by twice that over k.
        return float(2 * np.sqrt(np.sum(np.square(wrong))) / len(self._gains))

    def _falloff_misfits(self) -> list[tuple[float, float]]:
        """Return per lamp the rms misfit of its falloff to the others, and the angle to explain it.

        Vignetting is the same under all lamps, and the effect of a tilted card nearly so.
        """
        step = max(1, max(self.shape) // _FIT_BLOCKS)
        small = np.stack([block_mean(gain, step) for gain in self._gains]).astype(np.float64)
        small /= small.mean(axis=(1, 2), keepdims=True)
        small /= np.median(small, axis=0)
        rows, columns = small.shape[1:]
        y, x = np.mgrid[:rows, :columns] * step * self.lights.scale.mm_per_px
        plane = np.stack([np.ones(x.size), x.ravel() - x.mean(), y.ravel() - y.mean()], axis=1)
        slopes = np.linalg.lstsq(plane, small.reshape(len(small), -1).T, rcond=None)[0][1:].T
        away = np.linalg.norm(self.lights.values, axis=1) if self.lights.near else np.inf
        # The gradient of brightness is three times the sideways offset over the distance squared.
        angle = np.linalg.norm(slopes, axis=1) * away / 3
        misfit = (plane[:, 1:] @ slopes.T).std(axis=0)
        return [(float(a), float(min(b, 1.0))) for a, b in zip(misfit, angle, strict=True)]


def level_light(lights: Lights, index: int, shape: tuple[int, int]) -> Plane:
    """Return the light of one lamp on a level card: 1 is that of a lamp directly above.

    Far lamps light it evenly, by the cosine of their zenith angle.
    """
    lamp = lights.values[index]
    if not lights.near:
        return np.full((1, 1), lamp[2], dtype=np.float32)
    pitch = lights.scale.mm_per_px
    y = (np.arange(shape[0], dtype=np.float32) - (shape[0] - 1) / 2) * pitch - lamp[1]
    x = (np.arange(shape[1], dtype=np.float32) - (shape[1] - 1) / 2) * pitch - lamp[0]
    distance2 = (x**2)[None] + (y**2)[:, None] + lamp[2] ** 2
    return np.asarray(lamp[2] * (lamp @ lamp) / distance2**1.5, dtype=np.float32)
