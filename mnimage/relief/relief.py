"""From directional shots to the height of the skin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.domain.relief import Relief
from mnimage.errors import ShotsUnusable
from mnimage.kernels.bands import WORKERS, bands_of, in_bands, only_to_stop, widened
from mnimage.kernels.filters import masked_blur
from mnimage.kernels.geometry import block_mean, expand
from mnimage.kernels.integrate import from_cosines, integrate_slopes, to_cosines
from mnimage.kernels.masks import drop_islands
from mnimage.kernels.memory import keep_freed_memory
from mnimage.kernels.surface import to_normals
from mnimage.kernels.threads import one_blas_thread
from mnimage.relief.align import align_shots
from mnimage.relief.facets import with_facets
from mnimage.relief.fitness import fitness_warnings, measure_fitness
from mnimage.relief.gaps import bridge, wide_gaps
from mnimage.relief.gloss import find_gloss, without_gloss
from mnimage.relief.light import LightField, light_field
from mnimage.relief.optics import restore_fine
from mnimage.relief.order import check_order
from mnimage.relief.scatter import Blur, scatter_of, sharpen_slopes
from mnimage.relief.solve import Slopes, solve_slopes
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Shots
    from mnimage.relief.align import Steady
    from mnimage.words.message import Message

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_LEAST_TRUSTED = 0.05
"""Share of the picture that must be lit well enough, or the shots are refused."""
_LEAST_SIDE_MM = 2.5
"""Shorter side of the smallest skin that has a form apart from its texture (bands to 2.5 mm)."""
_COARSE_MM = 0.6
"""Pitch at which the form of the body is found under near lamps, whose light depends on it."""
_RAW_MM = 0.12
"""Pitch of the height before corrections: scars, which alone use it, are wider."""
_FILL_STEP, _FILL_MM = 4, 0.3
"""Small gaps are filled with slopes blurred so wide, on blocks of so many pixels."""
_ISLAND_MM2 = 1.0
"""Where there are wide gaps, trusted pieces smaller than this are dropped."""
_THIN = 9
"""Every how many-th row shows how much less steep the relief is without specular reflection."""
_MUCH_GLOSS = 0.1
"""Share by which specular reflection had steepened slopes from which a warning states it."""


def recover_relief(
    shots: Shots, recipe: ReliefRecipe, tick: Tick = no_tick, *, hidden: Mask | None = None
) -> Relief:
    """Return the height of the skin seen in directional shots.

    Photometric stereo (Woodham 1980) with robust weights, near lamps by the inverse square, slopes
    joined by a cosine fit, gloss and the spread of light inside the skin taken back.

    Parameters
    ----------
    shots
        Three shots or more of one place under lamps from different sides.
    recipe
        Options.
    tick
        Called between rounds and bands of rows; its numbers are those of the slopes.
    hidden
        Where something lies on the skin (the paper of a marker): its slopes are not the skin's, and
        would bend the skin around it.

    Raises
    ------
    ShotsUnusable
        If hardly any place is lit well enough in three shots, too little skin is shown, or no
        surface goes together with the lamps.
    Cancelled
        If `tick` says so.
    """
    keep_freed_memory()
    one_blas_thread()
    _check_size(shots)
    steady = align_shots(shots, recipe, tick)
    tick(0, 1)
    light = _light(steady.shots, recipe)
    found = fitness_warnings(measure_fitness(steady.shots, light))
    slopes = _apart(solve_slopes(steady.shots, light, recipe, tick), hidden)
    slopes = _without_islands(slopes, shots.scale.mm_per_px)
    _check(slopes.trusted)
    found += check_order(steady.shots, slopes)
    tick = only_to_stop(tick)
    tick(1, 1)
    slopes, gloss, ahead = _dulled(_Scene(shots, steady, light), slopes, recipe, tick)
    # The frames freed of motion are let go of: what comes now takes their memory.
    steady = replace(steady, shots=shots)
    tick(1, 1)
    mm_per_px = shots.scale.mm_per_px
    filled = bridge(_fill(slopes, mm_per_px), _gap(slopes, hidden, mm_per_px), mm_per_px)
    raw = _raw_height(filled, mm_per_px)
    tick(1, 1)
    surface = _unscattered(filled, shots, recipe, tick, ahead)
    cosines = to_cosines(*with_facets(surface, recipe.lens_blur_px, slopes.trusted, tick))
    height = from_cosines(restore_fine(cosines, recipe.lens_blur_px))
    height *= np.float32(mm_per_px)
    tick(1, 1)
    return Relief(
        height_mm=height,
        albedo=slopes.albedo,
        trusted=slopes.trusted,
        scale=shots.scale,
        warnings=(*steady.notes, *shots.notes, *found, *_gloss_notes(gloss)),
        raw_mm=raw,
        scatter_share=scatter_of(recipe, shots.channel)[0] if recipe.correct_scatter else 0.0,
        shadowed=slopes.shadowed,
        slope_error=shots.slope_error,
        picture=steady.picture,
        gloss=gloss,
        channel=shots.channel,
    )


def normals_of(relief: Relief) -> Plane:
    """Return the unit normals of a relief (rows, columns, 3): x right, y down, z to the camera.

    From central differences of the height (Woodham 1980).
    """
    height = relief.height_mm
    normals = np.empty((*height.shape, 3), dtype=np.float32)
    pitch = np.float32(relief.scale.mm_per_px)

    def turn(span: slice) -> None:
        wide, own = widened(span, 1, len(height))
        down, right = map(np.asarray, np.gradient(height[wide], pitch))
        normals[span] = to_normals(right[own], down[own])

    in_bands(turn, bands_of(height.shape))
    return normals


@dataclass(frozen=True, slots=True)
class _Scene:
    """The shots as taken and freed of motion, and how the lamps light them."""

    shots: Shots
    steady: Steady
    light: LightField


def _dulled(
    scene: _Scene, slopes: Slopes, recipe: ReliefRecipe, tick: Tick
) -> tuple[Slopes, float, tuple[Plane, Plane] | None]:
    """Return the slopes without gloss, and by which part gloss had steepened them.

    Also what a first round against the spread of light adds to slopes, if it was looked for.
    """
    shots, light = scene.shots, scene.light
    if not recipe.correct_gloss or shots.colors is None or len(shots.frames) < 4:
        return slopes, 0.0, None
    filled = _fill(slopes, shots.scale.mm_per_px)
    # One round comes near enough to the surface itself, which is what mirrors.
    surface = _unscattered(filled, shots, replace(recipe, scatter_rounds=1), tick)
    strength = find_gloss(shots, scene.steady, light, slopes, surface).sure
    dulled, steeper = slopes, 0.0
    if strength > 0:
        dulled = without_gloss(slopes, surface, light, strength, recipe, tick)
        steeper = max(_steepness(slopes) / max(_steepness(dulled), 1e-9) - 1, 0.0)
    if surface is filled:
        return dulled, steeper, None
    for slope, seen in zip(surface, filled, strict=True):
        np.subtract(slope, seen, out=slope)
    return dulled, steeper, surface


def _steepness(slopes: Slopes) -> float:
    """Return the root mean square slope from pixel to pixel, whatever the form of the body."""
    thin = slopes.trusted[::_THIN, 1:] & slopes.trusted[::_THIN, :-1]
    steps = [np.diff(slope[::_THIN], axis=1)[thin] for slope in (slopes.x, slopes.y)]
    return float(np.sqrt(np.mean(np.square(steps)))) if thin.any() else 0.0


def _gloss_notes(gloss: float) -> tuple[Message, ...]:
    return (message("relief.gloss", share=gloss),) if gloss > _MUCH_GLOSS else ()


def _light(shots: Shots, recipe: ReliefRecipe) -> LightField:
    """Return the light on level skin or, where lamps are near, on its form found coarsely."""
    level = light_field(shots)
    if not shots.near:
        return level
    step = max(int(_COARSE_MM / shots.scale.mm_per_px), 1)
    small = _smaller(shots, step)
    slopes = solve_slopes(small, light_field(small), recipe, no_tick)
    form = integrate_slopes(slopes.x, slopes.y) * np.float32(small.scale.mm_per_px)
    middle = form[form.shape[0] // 2, form.shape[1] // 2]
    return light_field(shots, form - middle, step)


def _smaller(shots: Shots, step: int) -> Shots:
    frames = np.stack([block_mean(frame, step) for frame in shots.frames])
    scale = replace(shots.scale, mm_per_px=shots.scale.mm_per_px * step)
    return replace(shots, frames=frames, saturated=None, scale=scale)


def _check_size(shots: Shots) -> None:
    side = min(shots.shape) * shots.scale.mm_per_px
    if side < _LEAST_SIDE_MM:
        pitch = shots.scale.mm_per_px
        raise ShotsUnusable(
            message("relief.too_small", pitch=pitch, side=side, least=_LEAST_SIDE_MM)
        )


def _check(trusted: NDArray[np.bool_]) -> None:
    if trusted.mean() < _LEAST_TRUSTED:
        raise ShotsUnusable(message("relief.badly_lit"))


def _fill(slopes: Slopes, mm_per_px: float) -> tuple[Plane, Plane]:
    """Return the slopes with gaps filled from around them."""
    row, column = np.nonzero(~slopes.trusted)
    if row.size == 0:
        return slopes.x, slopes.y
    weight = block_mean(slopes.trusted.astype(np.float32), _FILL_STEP)

    def fill(slope: Plane) -> Plane:
        filled = slope.copy()
        filled[row, column] = 0
        small = block_mean(filled, _FILL_STEP) / np.maximum(weight, np.float32(1e-3))
        around = masked_blur(small.astype(np.float32), weight, _FILL_MM / mm_per_px / _FILL_STEP)
        filled[row, column] = around[row // _FILL_STEP, column // _FILL_STEP]
        return filled

    with ThreadPoolExecutor(WORKERS) as pool:
        x, y = pool.map(fill, (slopes.x, slopes.y))
    return x, y


def _apart(slopes: Slopes, hidden: Mask | None) -> Slopes:
    return slopes if hidden is None else replace(slopes, trusted=slopes.trusted & ~hidden)


def _without_islands(slopes: Slopes, mm_per_px: float) -> Slopes:
    """Return the slopes without speckles that are trusted amid what is not, as on a dark mole.

    Their height hangs on nothing around them.
    """
    if wide_gaps(slopes.trusted, mm_per_px) is None:
        return slopes
    return replace(slopes, trusted=drop_islands(slopes.trusted, _ISLAND_MM2 / mm_per_px**2))


def _gap(slopes: Slopes, hidden: Mask | None, mm_per_px: float) -> Mask | None:
    """Return what is no skin over more than a few millimetres."""
    wide = wide_gaps(slopes.trusted, mm_per_px)
    return hidden if wide is None else wide if hidden is None else wide | hidden


def _raw_height(slopes: tuple[Plane, Plane], mm_per_px: float) -> Plane:
    """Return the height before any correction, no finer than scars need it."""
    step = max(1, int(_RAW_MM / mm_per_px))
    x, y = (block_mean(slope, step) for slope in slopes)
    small = integrate_slopes(x, y) * np.float32(step * mm_per_px)
    return expand(small, step, (slopes[0].shape[0], slopes[0].shape[1]))


def _unscattered(
    slopes: tuple[Plane, Plane],
    shots: Shots,
    recipe: ReliefRecipe,
    tick: Tick,
    ahead: tuple[Plane, Plane] | None = None,
) -> tuple[Plane, Plane]:
    """Return the slopes of the surface; `ahead` is what a first round is known to add to them."""
    share, reach_mm = scatter_of(recipe, shots.channel)
    if not recipe.correct_scatter or share == 0:
        return slopes
    blur = Blur(share, reach_mm / shots.scale.mm_per_px)
    rounds = recipe.scatter_rounds - (ahead is not None)
    return sharpen_slopes(slopes, blur, rounds, tick, ahead)
