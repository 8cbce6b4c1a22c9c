from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mnimage.domain.recipe import ReliefRecipe
from mnimage.phantom.session import Fault, scarred_skin, shoot_session
from mnimage.relief.measure import measure_relief
from mnimage.relief.relief import recover_relief

DARK, LIGHT = 5, 0
"""Seeds of a skin of tone VI and of one of tone I."""


@cache
def shots(seed, gloss, texture_fraction=0.0):
    skin = scarred_skin(seed, side_mm=10.0).treated(texture_fraction=texture_fraction)
    return shoot_session(skin, seed, Fault(gloss=gloss)).shots


@cache
def relief(seed, gloss, correct=True, texture_fraction=0.0):
    recipe = ReliefRecipe(correct_gloss=correct)
    return recover_relief(shots(seed, gloss, texture_fraction), recipe)


def slope_rms(relief):
    down, right = np.gradient(relief.height_mm)
    return float(np.sqrt(np.mean(np.diff(right) ** 2) + np.mean(np.diff(down) ** 2)))


def test_gloss_on_dark_skin_is_taken_back():
    # The same skin shot without any gloss is the truth.
    dull = slope_rms(relief(DARK, 0.0, correct=False))
    glossy = slope_rms(relief(DARK, 0.008, correct=False)) / dull
    mended = slope_rms(relief(DARK, 0.008)) / dull
    assert glossy > 1.1
    assert abs(mended - 1) < 0.45 * (glossy - 1)
    # What is shown is what was taken back, so rather less than all.
    assert 0.4 * (glossy - 1) < relief(DARK, 0.008).gloss < 1.1 * (glossy - 1)


def fall(gloss, correct=True):
    """Return by which part texture seems to fall where 30 % of it are gone."""
    before, after = (slope_rms(relief(DARK, gloss, correct, part)) for part in (0.0, 0.3))
    return 1 - after / before


def test_less_texture_reads_nearly_alike_with_gloss_and_without():
    dull, glossy = fall(0.0, correct=False), fall(0.005, correct=False)
    assert dull - glossy > 0.03
    assert abs(fall(0.005) - dull) < 0.42 * (dull - glossy)


@pytest.mark.parametrize("seed", [DARK, LIGHT])
def test_where_there_is_no_gloss_none_is_found(seed):
    assert relief(seed, 0.0).gloss < 0.01


def test_much_gloss_is_reported_and_questioned():
    assert any("Gloss" in str(said) for said in relief(DARK, 0.03).warnings)
    assert not any("Gloss" in str(said) for said in relief(LIGHT, 0.005).warnings)
    recipe = ReliefRecipe()
    dull = replace(relief(DARK, 0.03), gloss=0.0)
    sure, uncertain = (measure_relief(one, recipe) for one in (dull, relief(DARK, 0.03)))
    assert uncertain.texture_uncertainty_um > 2 * sure.texture_uncertainty_um
    assert uncertain.texture_systematic_um > 1.2 * sure.texture_systematic_um


def test_grey_matter_shows_nothing_of_gloss():
    # Two colours alike: what one shows more of is noise.
    seen = shots(LIGHT, 0.02)
    grey = replace(seen, colors=np.repeat(seen.colors[..., 2:], 3, axis=-1))
    assert recover_relief(grey, ReliefRecipe()).gloss == 0


def test_shots_without_colours_are_left_alone():
    bare = replace(shots(DARK, 0.008), colors=None)
    found, plain = recover_relief(bare, ReliefRecipe()), relief(DARK, 0.008, correct=False)
    assert found.gloss == 0
    assert np.array_equal(found.height_mm, plain.height_mm)
