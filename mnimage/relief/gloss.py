"""Taking back the gloss that polarisers let through.

Gloss makes slopes look too steep, and the more so the darker the skin: it adds the same light to
every colour, while the skin's own light follows its colour (Shafer 1985). In one colour it cannot
be distinguished from slope. What no matte surface explains, taken over the albedo, is larger in
the darker
of two colours by just the gloss; light spread inside the skin and errors of the lamps are the same
in both. The strength of the gloss is fitted to that difference over the whole picture, its shape
being Blinn's lobe (1977).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.kernels.bands import bands_of, in_bands
from mnimage.kernels.color import to_linear
from mnimage.kernels.surface import Lamps, fit_level, length, predict, residuals, to_slopes
from mnimage.relief.align import drawn_colors
from mnimage.relief.light import lamps_at, planes_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Shots
    from mnimage.relief.align import Steady
    from mnimage.relief.light import LightField
    from mnimage.relief.solve import Slopes

    Plane = NDArray[np.float32]
    Pair = tuple[Plane, Plane]

CHANNELS = ("red", "green", "blue")
_SQUARINGS = 3
"""The lobe a pixel sees is Blinn's with three times 2 to this as its exponent: 24.

Skin's own is about 32, but slopes vary within what lens and light blur together, which widens the
lobe as their variance v does: n / (1 + n v) (Toksvig 2005), here with v = 0.1^2.
"""
_BLUR_MM = 0.1
"""What is fitted is softened by so much: finer gloss is blurred by lens and pixels anyway."""
_BAND, _FEWEST, _MOST, _PIXELS = 16, 8, 24, 400_000
"""Rows of a band; bands looked at, as many as make up so many pixels."""
_ALIKE = 12
"""Rows that are lit alike."""
_EDGE = 8
"""Columns left out at both ends of a band: the blur reaches beyond the picture there."""
_OUTLIER = 40.0
"""A pixel whose colours differ by so many times the median is left out. The limit is wide, since
specular reflection is itself far above the median."""
_DARK = 1e-4
"""Least light and albedo that others are divided by."""


@dataclass(frozen=True, slots=True)
class Gloss:
    """How bright gloss is at its brightest, in the unit of the shots, and its standard error."""

    strength: float
    error: float

    @property
    def sure(self) -> float:
        """The strength as far as it stands out from its error."""
        if self.strength <= 2 * self.error:
            return 0.0
        return self.strength * (1 - (2 * self.error / self.strength) ** 2)


def find_gloss(
    shots: Shots, steady: Steady, light: LightField, slopes: Slopes, surface: Pair
) -> Gloss:
    """Return the gloss in the shots; none where they came without colours or are too few.

    After Shafer (1985) and Blinn (1977); that two colours show it is our own, and how well they do
    stands in `docs/relief.md`.

    Parameters
    ----------
    shots, steady
        The shots as taken, with their colours, and freed of motion.
    light
        How the lamps light the picture.
    slopes
        As solved.
    surface
        Slopes of the surface itself, which mirrors: not blurred by light inside the skin.
    """
    if shots.colors is None or len(shots.frames) < 4:
        return Gloss(0.0, 0.0)
    fit = _Fit(shots, steady, light, _mirrors(light), slopes, surface)
    parts = in_bands(fit.sums, _sampled(shots.shape))
    power, both, left, number = (float(sum(part[at] for part in parts)) for at in range(4))
    if power <= 0:
        return Gloss(0.0, 0.0)
    strength = both / power
    # Softened values are not independent: so many of them carry no more information than one.
    alike = 4 * np.pi * fit.blur_px**2
    unexplained = max(left - strength * both, 0.0) / max(number, 1.0)
    return Gloss(strength, float(np.sqrt(unexplained * alike / power)))


def without_gloss(
    slopes: Slopes,
    surface: Pair,
    light: LightField,
    strength: float,
    recipe: ReliefRecipe,
    tick: Tick = no_tick,
) -> Slopes:
    """Return the slopes as they are without gloss of a strength on a surface with slopes.

    `tick` is called between bands of rows, to stop.

    The lobe is Blinn's (1977), see `find_gloss`.
    """
    mirrors = _mirrors(light)
    x, y = np.empty_like(slopes.x), np.empty_like(slopes.y)

    def free(span: slice) -> None:
        middle = (span.start + span.stop) // 2
        # So few rows are lit alike to a thousandth of what gloss adds, itself a few percent.
        row = slice(middle, middle + 1)
        shine = mirrors.at(row).for_rows().lobes((surface[0][span], surface[1][span]))
        shine *= np.float32(strength)
        found = _facing(slopes, span)
        found -= fit_level(shine, light.lamps_at(row).for_rows(), light.inverse_at(row)[:, None])
        x[span], y[span] = to_slopes(found, recipe.steepest_slope)

    in_bands(free, bands_of(slopes.x.shape, _ALIKE * slopes.x.shape[1]), tick)
    return replace(slopes, x=x, y=y)


@dataclass(frozen=True, slots=True)
class _Fit:
    """The sums of one fit, band by band."""

    shots: Shots
    steady: Steady
    light: LightField
    mirrors: _Mirrors
    slopes: Slopes
    surface: Pair

    @property
    def blur_px(self) -> float:
        """Sigma of the softening."""
        return _BLUR_MM / self.shots.scale.mm_per_px

    def sums(self, span: slice) -> tuple[float, float, float, int]:
        """Return the sums of squares and products of gloss and difference, and their number."""
        gap, model = self._gap_and_model(span)
        soft = np.stack([[self._soft(part) for part in both] for both in (gap, model)])
        inner = soft[:, :, :, _EDGE:-_EDGE]
        seen, expected = inner[0].astype(np.float64), inner[1].astype(np.float64)
        power, both = float(np.sum(expected**2)), float(np.sum(seen * expected))
        return power, both, float(np.sum(seen**2)), seen.size

    def _soft(self, plane: Plane) -> Plane:
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), self.blur_px), dtype=np.float32)

    def _gap_and_model(self, span: slice) -> Pair:
        """Return the difference between two colours, and that of gloss of strength 1."""
        frames = self.steady.shots.frames[:, span]
        values = frames.reshape(len(frames), -1)
        ratio, sound = self._ratio(span)
        lamps, inverse = self.light.lamps_at(span), self.light.inverse_at(span)
        shine = self.mirrors.at(span).lobes(
            (self.surface[0][span].ravel(), self.surface[1][span].ravel())
        )
        left = [_unexplained(part, lamps, inverse) for part in (values, values * ratio, shine)]
        own, other = (np.maximum(part[1], np.float32(_DARK)) for part in left[:2])
        gap = np.asarray(left[0][0] / own - left[1][0] / other, dtype=np.float32)
        model = np.asarray(left[2][0] * (1 / own - 1 / other), dtype=np.float32)
        keep = (self.slopes.trusted[span] & ~self.slopes.shadowed[span]).ravel() & sound
        keep &= np.abs(gap).max(axis=0) < _OUTLIER * float(np.median(np.abs(gap)))
        shape = (len(gap), span.stop - span.start, -1)
        return _kept(gap, keep, shape), _kept(model, keep, shape)

    def _ratio(self, span: slice) -> tuple[Plane, NDArray[np.bool_]]:
        """Return another colour over that of the frames, and where both are known; (k, n)."""
        own = CHANNELS.index(self.shots.channel)
        seen = to_linear(self._colors(span)).reshape(len(self.shots.frames), -1, 3)
        means = seen[:, ::7].mean(axis=(0, 1))
        other = max((part for part in range(3) if part != own), key=lambda part: float(means[part]))
        sound = (seen[..., own] > _DARK) & (seen[..., other] < 1)
        ratio = seen[..., other] / np.maximum(seen[..., own], np.float32(_DARK))
        return np.asarray(ratio, dtype=np.float32), np.asarray(sound.all(axis=0))

    def _colors(self, span: slice) -> NDArray[np.uint8]:
        colors = self.shots.colors
        if colors is None:
            raise ValueError("shots without colours say nothing about gloss")
        if self.steady.motion is None:
            return colors[:, span]
        motion = self.steady.motion
        drawn = [drawn_colors(shot, motion.field(n, span)) for n, shot in enumerate(colors)]
        return np.asarray(np.stack(drawn), dtype=np.uint8)


def _sampled(shape: tuple[int, int]) -> list[slice]:
    """Return bands of rows spread over the picture."""
    bands = range(0, shape[0] - _BAND + 1, _BAND)
    wanted = min(max(_PIXELS // (_BAND * shape[1]), _FEWEST), _MOST)
    return [slice(top, top + _BAND) for top in bands[:: max(len(bands) // wanted, 1)]]


def _kept(values: Plane, keep: NDArray[np.bool_], shape: tuple[int, ...]) -> Plane:
    return np.asarray((values * keep).reshape(shape), dtype=np.float32)


def _unexplained(values: Plane, lamps: Lamps, inverse: Plane) -> Pair:
    """Return what no matte surface explains, and the albedo."""
    found = fit_level(values, lamps, inverse)
    return residuals(values, lamps, found), length(found)


@dataclass(frozen=True, slots=True)
class _Mirrors:
    """The unit vectors half way between each lamp and the camera.

    Given as lamps of which each row has `lift` added to its part towards the camera; at the nodes
    of a grid or at pixels, as the light is.
    """

    lamps: Lamps
    lift: Plane = field(repr=False)
    columns: int

    def at(self, span: slice) -> _Mirrors:
        """Return those of the pixels of rows `span`."""
        lamps = lamps_at(self.lamps, span, self.columns)
        return _Mirrors(lamps, planes_at(self.lift, span, self.columns), self.columns)

    def for_rows(self) -> _Mirrors:
        """Return those along one row as those of all rows near it."""
        return _Mirrors(self.lamps.for_rows(), self.lift[:, None], self.columns)

    def lobes(self, slopes: Pair) -> Plane:
        """Return the gloss of strength 1 in each shot of a surface with slopes, (k, ...)."""
        x, y = slopes
        normal = np.empty((3, *x.shape), dtype=np.float32)
        np.divide(1, np.sqrt(1 + x * x + y * y), out=normal[2])
        np.multiply(-x, normal[2], out=normal[0])
        np.multiply(-y, normal[2], out=normal[1])
        shine = predict(self.lamps, normal)
        shine += self.lift * normal[2]
        np.maximum(shine, 0, out=shine)
        return _lobe(shine)


def _lobe(cosines: Plane) -> Plane:
    """Return how bright the lobe is at cosines, which are used up."""
    for _ in range(_SQUARINGS):
        np.multiply(cosines, cosines, out=cosines)
    lobe = cosines * cosines
    lobe *= cosines
    return lobe


def _mirrors(light: LightField) -> _Mirrors:
    lamps = light.lamps
    ways = lamps.ways.reshape(*lamps.ways.shape, *[1] * (lamps.gains.ndim - 1))
    towards = ways if lamps.place is None else ways - lamps.place
    away = np.sqrt(np.sum(towards**2, axis=1))
    lift = 1 / np.sqrt(2 + 2 * towards[:, 2] / away)
    gains = np.asarray(lift / away, dtype=np.float32)
    halves = Lamps(lamps.ways, gains, lamps.place)
    return _Mirrors(halves, np.asarray(lift, dtype=np.float32), light.columns)


def _facing(slopes: Slopes, span: slice) -> Plane:
    """Return albedo times normal, (3, rows, columns)."""
    x, y = slopes.x[span], slopes.y[span]
    upright = slopes.albedo[span] / np.sqrt(1 + x * x + y * y)
    return np.stack([-x * upright, -y * upright, upright]).astype(np.float32)
