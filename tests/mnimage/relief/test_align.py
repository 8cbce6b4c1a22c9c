"""Motion between shots, made here by SciPy's splines on phantom shots."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from mnimage.domain.recipe import ReliefRecipe
from mnimage.phantom.light import ring
from mnimage.phantom.render import shots_value
from mnimage.phantom.skin import make_skin
from mnimage.relief.align import align_shots, find_shifts
from mnimage.relief.relief import recover_relief


@cache
def scene(count):
    skin = make_skin(seed=4, size_mm=(18.0, 20.0))
    return skin, shots_value(skin, ring(count))


def moved(shots, size, seed=1):
    motion = np.random.default_rng(seed).normal(0, size, (len(shots.frames), 2))
    motion -= motion.mean(axis=0)
    frames = [
        ndimage.shift(frame, step, order=3, mode="nearest")
        for frame, step in zip(shots.frames, motion, strict=True)
    ]
    return replace(shots, frames=np.stack(frames).astype(np.float32)), motion


@pytest.mark.parametrize("count", [6, 8])
def test_motion_is_found(count):
    _, still = scene(count)
    shots, motion = moved(still, 0.5)
    found = find_shifts(shots)
    assert np.abs(found - found.mean(axis=0) - motion).max() < 0.1


@pytest.mark.parametrize("count", [4, 6, 8])
def test_still_shots_stay_as_they_are(count):
    _, still = scene(count)
    assert np.abs(find_shifts(still)).max() < 0.05
    assert align_shots(still, ReliefRecipe())[0] is still


def test_taking_motion_back_mends_the_relief():
    skin, still = scene(8)
    shots, _ = moved(still, 0.6)

    def gap(recipe):
        gap = recover_relief(shots, recipe).height_mm - skin.height_mm
        fine = gap - ndimage.gaussian_filter(gap, 40)
        return fine[30:-30, 30:-30].std()

    assert gap(ReliefRecipe()) < 0.8 * gap(ReliefRecipe(align_frames=False))


def test_motion_is_told():
    _, still = scene(8)
    _, notes = align_shots(moved(still, 1.0)[0], ReliefRecipe())
    assert len(notes) == 1
    assert "pixels" in notes[0]


def test_saturation_moves_along():
    _, still = scene(6)
    burnt = np.zeros(still.frames.shape, dtype=bool)
    burnt[2, 100, 120] = True
    shots, _ = align_shots(replace(moved(still, 0.6)[0], saturated=burnt), ReliefRecipe())
    assert shots.saturated[2, 99:102, 119:122].all()
    assert not shots.saturated[2, 110:].any()


def test_too_few_shots_to_tell():
    _, still = scene(4)
    three = replace(still, frames=still.frames[:3], lights=still.lights[:3])
    assert align_shots(three, ReliefRecipe())[0] is three
