"""Taking back how light spreads inside the skin, which makes holes look shallower.

Part of the light leaves the skin some way from where it entered, so slopes are seen blurred
(Moore and Peers 2013). The blur's transfer function is H = (1 - m) + m exp(-s^2 k^2 / 2) with the
share m and the reach s of the channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.kernels.bands import in_bands, widened
from mnimage.kernels.filters import gaussian
from mnimage.kernels.geometry import block_mean, grid_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe

    Plane = NDArray[np.float32]


_HALVED_PX = 4.0
"""Reach from which light is blurred at half the size."""
_BAND_PIXELS = 120_000
"""Pixels of a band: each has three lights and as many blurred ones."""
_OWN = 0.25 + 2 / 3
"""Variance in px^2 of boxes of two pixels and of the linear way back."""


@dataclass(frozen=True, slots=True)
class Blur:
    """A share of the light spread by a Gaussian of sigma pixels, the rest staying in place.

    Where the blur is wide it is done at half the size, which it hardly feels.
    """

    share: float
    reach_px: float

    def step(self, shape: tuple[int, int]) -> int:
        """Return by which factor a picture is reduced for the blur."""
        return 1 if self.reach_px < _HALVED_PX or min(shape) < _HALVED_PX * 8 else 2


class _Spread:
    """Lights on their way inside the skin, put in and taken out band by band."""

    def __init__(self, blur: Blur, shape: tuple[int, int], number: int = 1) -> None:
        self._blur, self._shape, self._step = blur, shape, blur.step(shape)
        self._small = np.empty((number, *grid_shape(shape, self._step)), dtype=np.float32)

    @property
    def bands(self) -> list[slice]:
        """Bands of rows that begin at whole blocks."""
        high = max(_BAND_PIXELS // self._shape[1] // self._step, 1) * self._step
        rows = self._shape[0]
        return [slice(top, min(top + high, rows)) for top in range(0, rows, high)]

    def put(self, span: slice, lights: Sequence[Plane]) -> None:
        """Put in rows `span` of the lights."""
        there = slice(span.start // self._step, -(-span.stop // self._step))
        for small, light in zip(self._small, lights, strict=True):
            small[there] = block_mean(light, self._step)

    def blur(self) -> None:
        """Blur what was put in."""
        own = _OWN if self._step > 1 else 0.0
        sigma = float(np.sqrt(self._blur.reach_px**2 - own)) / self._step
        for number, small in enumerate(self._small):
            self._small[number] = gaussian(small, sigma)

    def mixed(self, span: slice, lights: Sequence[Plane]) -> list[Plane]:
        """Return rows `span` of the lights, of which a share has spread."""
        share = self._blur.share
        return [
            np.asarray(
                cv2.addWeighted(light, 1 - share, self._large(small, span), share, 0.0), np.float32
            )
            for light, small in zip(lights, self._small, strict=True)
        ]

    def _large(self, small: Plane, span: slice) -> Plane:
        step, columns = self._step, self._shape[1]
        if step == 1:
            return small[span]
        rows, own = widened(slice(span.start // step, -(-span.stop // step)), 1, len(small))
        part = np.ascontiguousarray(small[rows])
        size = (part.shape[1] * step, part.shape[0] * step)
        large = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.float32)
        top = own.start * step
        return np.ascontiguousarray(large[top : top + span.stop - span.start, :columns])


def scatter_of(recipe: ReliefRecipe, channel: str) -> tuple[float, float]:
    """Return the share and the reach in mm for a channel; (0, 0) for one that is not listed."""
    for name, share, reach_mm in recipe.scatter:
        if name == channel:
            return share, reach_mm
    return 0.0, 0.0


def sharpen_slopes(
    slopes: tuple[Plane, Plane],
    blur: Blur,
    rounds: int,
    tick: Tick = no_tick,
    ahead: tuple[Plane, Plane] | None = None,
) -> tuple[Plane, Plane]:
    """Return the slopes that, blurred as the skin blurs light, give the slopes seen.

    What is blurred is the light, so the unit normal, not the slope itself: on steep walls that
    differs. Found by Van Cittert's rounds, with steps as long as the blur allows; they begin at the
    slopes seen, to which `ahead` is added if it is known. `tick` is called between bands of rows,
    to stop.

    Van Cittert's rounds are of 1931; what a kernel that is off costs: `docs/relief.md`.
    """
    x, y = (
        slope.copy() if ahead is None else slope + more
        for slope, more in zip(slopes, ahead or slopes, strict=True)
    )
    step = np.float32(2 / (2 - blur.share))
    spread = _Spread(blur, (x.shape[0], x.shape[1]), 3)

    def shine(span: slice) -> None:
        spread.put(span, _lights(x[span], y[span]))

    def correct(span: slice) -> None:
        level, *sides = spread.mixed(span, _lights(x[span], y[span]))
        for slope, seen, side in zip((x, y), slopes, sides, strict=True):
            np.divide(side, level, out=side)
            np.subtract(seen[span], side, out=side)
            slope[span] += step * side

    for _ in range(rounds):
        in_bands(shine, spread.bands, tick)
        spread.blur()
        in_bands(correct, spread.bands, tick)
    return x, y


def _lights(x: Plane, y: Plane) -> list[Plane]:
    """Return the light of level lamps and of lamps from both sides: the parts of the normal."""
    upright = x * x
    upright += 1
    upright += y * y
    np.divide(1, np.sqrt(upright, out=upright), out=upright)
    return [upright, x * upright, y * upright]
