"""What flat frames of a white card tell beyond the lamps' own falloff over it."""

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

_FAINTEST = 0.05
"""A flat frame under this share of its mean is not divided by: it would only blow up noise."""
_NODES = 24
_MOST_UNLIKE = 0.015
_MOST_POWER = 0.1


@dataclass(slots=True)
class Flats:
    """Flat frames, gathered one by one, each divided by the light of its lamp on a level card."""

    lights: Lights
    shape: tuple[int, int]
    _gains: list[Plane] = field(default_factory=list)
    _faint: list[NDArray[np.bool_]] = field(default_factory=list)

    def add(self, name: str, flat: Plane) -> None:
        """Take in a flat frame, dark frame subtracted; `name` is the file's."""
        limit = np.float32(_FAINTEST * float(flat.mean(dtype=np.float64)))
        self._faint.append(flat < limit)
        self._gains.append(np.maximum(flat, limit))

    def faint(self) -> list[NDArray[np.bool_]]:
        """Return where each flat frame is too dark to divide by."""
        return self._faint

    def gains(self) -> Iterator[Plane]:
        """Yield what to divide the frames by: one for all, or one for each, of mean 1 together.

        One flat frame for all shots is taken to have been lit by all lamps at once.
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
        """Return what the flat frames reveal of the lamps, after `gains`."""
        notes = [message("formats.flat_faint")] if any(faint.any() for faint in self._faint) else []
        if len(self._gains) == 1:
            return notes
        for number, (unlike, turned) in enumerate(self._unlike(), 1):
            if unlike > _MOST_UNLIKE:
                degrees = float(np.degrees(turned))
                notes.append(message("formats.lamp_moved", lamp=number, degrees=degrees))
        if self.lights.powers is not None:
            notes += self._powers(self.lights.powers)
        return notes

    def _powers(self, believed: NDArray[np.float64]) -> list[Message]:
        seen = np.array([gain.mean(dtype=np.float64) for gain in self._gains])
        change = seen / seen.mean() / believed - 1
        return [
            message("formats.lamp_brighter", lamp=number, share=part)
            if part > 0
            else message("formats.lamp_darker", lamp=number, share=-part)
            for number, part in enumerate(change.tolist(), 1)
            if abs(part) > _MOST_POWER
        ]

    def slope_error(self) -> float:
        """Return the relative error of slopes by lamps that stand elsewhere than believed."""
        if len(self._gains) == 1:
            return 0.0
        wrong = [turned for unlike, turned in self._unlike() if unlike > _MOST_UNLIKE]
        # One lamp of k, wrong by an angle, stretches slopes by twice that over k.
        return float(2 * np.sqrt(np.sum(np.square(wrong))) / len(self._gains))

    def _unlike(self) -> list[tuple[float, float]]:
        """Return per lamp how unlike the others it fades (rms), and the angle that would explain.

        The lens fades alike under all lamps, and a tilted card nearly so.
        """
        step = max(1, max(self.shape) // _NODES)
        small = np.stack([block_mean(gain, step) for gain in self._gains]).astype(np.float64)
        small /= small.mean(axis=(1, 2), keepdims=True)
        small /= np.median(small, axis=0)
        rows, columns = small.shape[1:]
        y, x = np.mgrid[:rows, :columns] * step * self.lights.scale.mm_per_px
        plane = np.stack([np.ones(x.size), x.ravel() - x.mean(), y.ravel() - y.mean()], axis=1)
        slopes = np.linalg.lstsq(plane, small.reshape(len(small), -1).T, rcond=None)[0][1:].T
        away = np.linalg.norm(self.lights.values, axis=1) if self.lights.near else np.inf
        # Brightness falls by three times the lamp's way aside over the distance squared.
        turned = np.linalg.norm(slopes, axis=1) * away / 3
        faded = (plane[:, 1:] @ slopes.T).std(axis=0)
        return [(float(a), float(min(b, 1.0))) for a, b in zip(faded, turned, strict=True)]


def level_light(lights: Lights, index: int, shape: tuple[int, int]) -> Plane:
    """Return the light of one lamp on a level card: 1 is that of a lamp straight above.

    Far lamps light it evenly, by the cosine of their slant.
    """
    lamp = lights.values[index]
    if not lights.near:
        return np.full((1, 1), lamp[2], dtype=np.float32)
    pitch = lights.scale.mm_per_px
    y = (np.arange(shape[0], dtype=np.float32) - (shape[0] - 1) / 2) * pitch - lamp[1]
    x = (np.arange(shape[1], dtype=np.float32) - (shape[1] - 1) / 2) * pitch - lamp[0]
    distance2 = (x**2)[None] + (y**2)[:, None] + lamp[2] ** 2
    return np.asarray(lamp[2] * (lamp @ lamp) / distance2**1.5, dtype=np.float32)
