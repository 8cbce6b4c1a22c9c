"""Motion between shots taken back."""

from dataclasses import replace

import numpy as np
from scipy import ndimage

from mnimage.domain.recipe import ReliefRecipe
from mnimage.relief.align import align_shots
from mnimage.relief.relief import recover_relief
from mnimage.words.message import message
from tests.mnimage.relief.moving import EDGE, foreign, moved, scene


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


def test_motion_is_reported_with_what_is_left_of_it():
    _, still = scene(8)
    notes = align_shots(moved(still, shift=2.0)[0], ReliefRecipe()).notes
    assert len(notes) == 1
    assert "pixels" in str(notes[0])
    assert "within about 0.1" in str(notes[0])


def test_a_shot_that_fits_nowhere_is_named_and_nothing_touched():
    strange = foreign(scene(8)[1], 3)
    same = align_shots(strange, ReliefRecipe())
    assert same.shots is strange
    assert same.notes[0] == message("relief.shot_unmatched", shot="4")
    assert "again" in str(same.notes[0])


def test_motion_too_far_is_reported_and_not_touched():
    _, still = scene(8)
    frames = still.frames.copy()
    frames[3] = np.roll(frames[3], 44, axis=1)
    far = replace(still, frames=frames)
    same = align_shots(far, ReliefRecipe())
    assert same.shots is far
    assert "may be wrong" in str(same.notes[0])


def test_questionable_places_are_reported():
    _, still = scene(4)
    shots, _ = moved(still, shift=2.0)
    grain = np.random.default_rng(3).normal(0, 0.4, shots.frames.shape).astype(np.float32)
    notes = align_shots(replace(shots, frames=shots.frames + grain), ReliefRecipe()).notes
    assert "may be wrong" in str(notes[0])


def test_three_shots_are_aligned_as_well():
    _, still = scene(3)
    shots, _ = moved(still, shift=3.0)
    steady = align_shots(shots, ReliefRecipe()).shots
    middle = (slice(None), slice(30, -30), slice(30, -30))
    truth = still.frames[:, EDGE:-EDGE, EDGE:-EDGE]

    def unlike(frames):
        """How far the shots are from those of the still skin, wherever all of them lie."""
        gaps = []
        for frame, true in zip(frames[middle], truth[middle], strict=True):
            gaps.append(np.std(frame - true))
        return np.mean(gaps)

    assert unlike(steady.frames) < 0.75 * unlike(shots.frames)


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


def test_too_few_shots_to_show():
    _, still = scene(4)
    two = replace(still, frames=still.frames[:2], lights=still.lights[:2])
    assert align_shots(two, ReliefRecipe()).shots is two
