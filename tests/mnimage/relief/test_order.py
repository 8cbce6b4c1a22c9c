"""Lamps listed with the wrong shots, on phantom skin whose lamps are known."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.progress import no_tick
from mnimage.domain.recipe import ReliefRecipe
from mnimage.errors import ShotsUnusable
from mnimage.phantom.light import ring
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.relief.light import light_field
from mnimage.relief.order import HOLLOW, check_order, exchanged, hollow, slopes_agree
from mnimage.relief.solve import solve_slopes
from tests.mnimage.phantom.shown import shots_value


@pytest.fixture(scope="module")
def burst():
    skin = make_skin(seed=7, size_mm=(14, 14), mm_per_px=0.05, look=SkinAppearance(tone="III"))
    return shots_value(skin, ring(8))


def slopes_of(shots):
    return solve_slopes(shots, light_field(shots), ReliefRecipe(), no_tick)


def relit(shots, lights):
    return replace(shots, lights=np.ascontiguousarray(lights))


def said(shots):
    return check_order(shots, slopes_of(shots))


def test_the_right_lamps_pass(burst):
    own, best = slopes_agree(slopes_of(burst), burst)
    assert own > 0.6
    assert not best.mirrored
    assert said(burst) == ()
    assert exchanged(burst) is None


def test_mirrored_lamps_are_refused(burst):
    with pytest.raises(ShotsUnusable) as caught:
        said(relit(burst, burst.lights * [1, -1, 1]))
    assert "sign of y" in caught.value.hint


def test_lamps_listed_one_on_are_refused_with_their_turn(burst):
    with pytest.raises(ShotsUnusable) as caught:
        said(relit(burst, np.roll(burst.lights, 1, axis=0)))
    assert "about 45 degrees" in caught.value.hint


@pytest.mark.parametrize("pair", [(0, 1), (2, 3), (5, 7)])
def test_two_lamps_exchanged_are_named(burst, pair):
    order = np.arange(8)
    order[list(pair)] = pair[::-1]
    assert exchanged(relit(burst, burst.lights[order])) == pair


def test_opposite_lamps_exchanged_are_not_passed_over(burst):
    order = np.array([4, 1, 2, 3, 0, 5, 6, 7])
    wrong = relit(burst, burst.lights[order])
    try:
        words = said(wrong)
    except ShotsUnusable:
        return
    assert any("Shots 1 and 5" in str(word) for word in words)


def test_of_four_lamps_neighbours_exchanged_are_refused(burst):
    four = replace(burst, frames=burst.frames[::2], lights=burst.lights[::2])
    assert said(four) == ()
    with pytest.raises(ShotsUnusable):
        said(relit(four, four.lights[[0, 3, 2, 1]]))


def test_noise_alone_is_no_sign_of_a_wrong_order(burst):
    random = np.random.default_rng(2)
    level = 0.4 * np.repeat(burst.lights[:, 2] / np.linalg.norm(burst.lights, axis=1), 280 * 280)
    frames = level.reshape(8, 280, 280) + 0.004 * random.standard_normal((8, 280, 280))
    flat = replace(burst, frames=frames.astype(np.float32), near=False)
    flat = relit(flat, flat.lights / np.linalg.norm(flat.lights, axis=1, keepdims=True))
    own, best = slopes_agree(slopes_of(flat), flat)
    assert abs(own) < 0.2
    assert best.agreed < 0.3
    assert exchanged(flat) is None


def test_lamps_reported_half_a_turn_round_get_a_warning(burst):
    near = relit(burst, burst.lights * [-1, -1, 1])
    assert any("hollow" in str(word) for word in said(near))
    assert not any("hollow" in str(word) for word in said(burst))


def test_near_lamps_under_a_scale_reported_ten_times_too_large_get_a_warning(burst):
    wide = replace(burst, scale=replace(burst.scale, mm_per_px=10 * burst.scale.mm_per_px))
    assert any("scale is too large" in str(word) for word in said(wide))


@pytest.mark.parametrize(("bent", "questioned"), [((0.5, 0.5), True), ((0.5, 0.0), False)])
def test_a_bowl_is_distinguished_from_a_crease(burst, bent, questioned):
    # The slopes of a bowl and of a valley as they are by arithmetic: they rise from -b/2 to b/2.
    down, right = np.meshgrid(*(np.linspace(-0.5, 0.5, 280, dtype=np.float32),) * 2, indexing="ij")
    slopes = slopes_of(burst)
    found = hollow(replace(slopes, x=bent[0] * right, y=bent[1] * down))
    assert found == pytest.approx(min(bent), abs=0.01)
    assert (found > HOLLOW) == questioned
