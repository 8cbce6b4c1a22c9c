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
from mnimage.relief.align import align_shots, find_motion
from mnimage.relief.relief import recover_relief

EDGE = 12


@cache
def scene(count, slant_deg=45.0, seed=4):
    skin = make_skin(seed=seed, size_mm=(19.5, 21.5))
    return skin, shots_value(skin, ring(count, slant_deg=slant_deg))


def moved(shots, *, shift, turn_deg=0.0, bend=0.0, seed=1):
    """Shots of skin that moved in between, cut to their middle, and where it truly was."""
    random = np.random.default_rng(seed)
    rows, columns = shots.shape
    grid = np.mgrid[EDGE : rows - EDGE, EDGE : columns - EDGE].astype(float)
    down, along = grid - np.array([rows, columns])[:, None, None] / 2
    frames, places = [], []
    for frame in shots.frames:
        turn, phase = np.radians(random.normal(0, turn_deg)), random.uniform(0, 6)
        wave = bend * np.sqrt(2) * np.sin(2 * np.pi * (0.8 * down + 0.6 * along) / rows + phase)
        step = random.uniform(-shift, shift, 2)
        place = np.stack(
            [
                grid[0] + (np.cos(turn) - 1) * down - np.sin(turn) * along + step[0] + wave,
                grid[1] + np.sin(turn) * down + (np.cos(turn) - 1) * along + step[1] - wave,
            ]
        )
        frames.append(ndimage.map_coordinates(frame, place, order=3, mode="nearest"))
        places.append(place - EDGE)
    taken = replace(
        shots,
        frames=np.stack(frames).astype(np.float32),
        picture=np.ascontiguousarray(shots.picture[EDGE:-EDGE, EDGE:-EDGE]),
    )
    return taken, np.stack(places)


def left(motion, places):
    """How far the shots are still from each other at each pixel, in px, (k, rows, columns)."""
    there = []
    for shot, place in enumerate(places):
        row, column = motion.field(shot)
        there.append([ndimage.map_coordinates(part, (row, column), order=1) for part in place])
    # All of them together may lie anywhere: their mean is where the surface is.
    away = np.array(there) - np.mean(there, axis=0)
    return np.hypot(away[:, 0], away[:, 1])[:, EDGE:-EDGE, EDGE:-EDGE]


@pytest.mark.parametrize(
    ("count", "slant_deg", "seed", "limit_px"),
    # Four shots leave a single residual, which is not quite enough.
    [(4, 45.0, 4, 0.3), (5, 60.0, 4, 0.2), (8, 45.0, 4, 0.1)],
)
def test_a_burst_of_moving_skin_is_aligned(count, slant_deg, seed, limit_px):
    _, still = scene(count, slant_deg, seed)
    shots, places = moved(still, shift=4.0, turn_deg=0.15, bend=0.3, seed=seed)
    gaps = left(find_motion(shots), places)
    assert np.percentile(gaps, 95, axis=(1, 2)).max() < limit_px


@pytest.mark.parametrize("count", [4, 8])
def test_still_shots_stay_nearly_as_they_are(count):
    _, still = scene(count)
    assert np.abs(find_motion(still).parts).max() < 0.1


def test_quite_still_shots_are_not_drawn_anew():
    _, still = scene(8)
    assert align_shots(still, ReliefRecipe()).shots is still


def test_taking_motion_back_mends_the_relief():
    skin, still = scene(8)
    shots, _ = moved(still, shift=3.0, turn_deg=0.1, bend=0.2)
    true = skin.height_mm[EDGE:-EDGE, EDGE:-EDGE]

    def gap(recipe):
        gap = recover_relief(shots, recipe).height_mm - true
        fine = gap - ndimage.gaussian_filter(gap, 40)
        return fine[30:-30, 30:-30].std()

    assert gap(ReliefRecipe()) < 0.7 * gap(ReliefRecipe(align_frames=False))


def test_motion_is_told():
    _, still = scene(8)
    notes = align_shots(moved(still, shift=2.0)[0], ReliefRecipe()).notes
    assert len(notes) == 1
    assert "pixels" in notes[0]


def test_motion_beyond_reach_is_told_and_not_touched():
    _, still = scene(8)
    frames = still.frames.copy()
    frames[3] = np.roll(frames[3], 24, axis=1)
    far = replace(still, frames=frames)
    same = align_shots(far, ReliefRecipe())
    assert same.shots is far
    assert "may be wrong" in same.notes[0]


def test_saturation_moves_along():
    _, still = scene(8)
    shots, places = moved(still, shift=2.0)
    burnt = np.zeros(shots.frames.shape, dtype=bool)
    burnt[2, 100, 120] = True
    steady = align_shots(replace(shots, saturated=burnt), ReliefRecipe()).shots
    # The mean of all places is where the marked one lies once aligned.
    step = (places.mean(axis=0) - places[2])[:, 100, 120]
    row, column = np.rint([100 - step[0], 120 - step[1]]).astype(int)
    assert steady.saturated[2, row, column]
    assert steady.saturated.sum() < 80


def test_too_few_shots_to_tell():
    _, still = scene(4)
    three = replace(still, frames=still.frames[:3], lights=still.lights[:3])
    assert align_shots(three, ReliefRecipe()).shots is three
