"""Two visits differ by what a clinic gets wrong, and by nothing else."""

import numpy as np
import pytest

from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.visit import ShootingVariation, visit

STEADY = ShootingVariation(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, warp_mm=0.0, jpeg=None)


@pytest.fixture(scope="module")
def skin():
    return make_skin(seed=7500, size_mm=(12, 12), mm_per_px=0.1, look=SkinAppearance())


def test_the_same_draws_give_the_same_photo(skin):
    one, two = (visit(skin, np.random.default_rng(3), first=False) for _ in range(2))
    assert np.array_equal(one.coded, two.coded)


def test_a_careful_visit_is_darker_or_lighter_and_tinted(skin):
    random = np.random.default_rng(4)
    first = visit(skin, random, first=True).coded.mean(axis=(0, 1))
    later = np.array([visit(skin, random, first=False).coded.mean(axis=(0, 1)) for _ in range(8)])
    tint = later[:, 0] / later[:, 2] / (first[0] / first[2])
    assert np.abs(np.log(tint)).max() > 0.01
    assert np.abs(np.log(later[:, 1] / first[1])).max() > 0.02


def test_without_variation_only_noise_and_place_differ(skin):
    random = np.random.default_rng(5)
    first, later = (visit(skin, random, first=one, variation=STEADY) for one in (True, False))
    level = [photo.coded.mean(axis=(0, 1)) for photo in (first, later)]
    assert level[0] == pytest.approx(level[1], rel=0.01)
