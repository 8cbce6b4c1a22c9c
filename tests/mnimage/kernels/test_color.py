import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, lab2rgb

from mnimage.kernels.color import (
    decode_srgb,
    difference_2000,
    encode_srgb,
    is_rising,
    lab_d50_to_linear,
    root_terms,
    straighten,
    to_lab,
    to_linear,
)

LEVELS = np.geomspace(0.02, 1.0, 40)


# Pairs and differences of Sharma, Wu and Dalal (2005), table 1: each tests another branch.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "wanted"), SHARMA)
def test_colour_difference_of_the_published_pairs(one, other, wanted):
    assert difference_2000(np.array(one), np.array(other)) == pytest.approx(wanted, abs=1e-4)
    assert difference_2000(np.array(other), np.array(one)) == pytest.approx(wanted, abs=1e-4)


def test_colour_difference_against_scikit_image():
    rng = np.random.default_rng(2)
    one = rng.uniform((0, -90, -90), (100, 90, 90), (40, 30, 3))
    other = one + rng.normal(0, 8, one.shape)
    assert np.allclose(difference_2000(one, other), deltaE_ciede2000(one, other), atol=1e-6)


def test_lab_under_d50_is_linear_srgb():
    lab = np.random.default_rng(3).uniform((30, -15, -15), (80, 15, 15), (50, 3))
    # scikit-image keeps the white of the illuminant unless its own D50 is adapted, so the whites
    # are compared apart: neutral colours here, chromatic ones by their CIELAB under D65.
    grey = np.stack([lab[:, 0], np.zeros(50), np.zeros(50)], axis=-1)
    assert np.allclose(lab_d50_to_linear(grey), decode_srgb(lab2rgb(grey)), atol=2e-3)
    back = to_lab(lab_d50_to_linear(lab).astype(np.float32))
    assert np.abs(back - lab).max() < 4


def test_dark_skin_patch_is_its_published_srgb():
    # ColorChecker before November 2014, dark skin, as the maker gave it in CIELAB and in sRGB.
    coded = encode_srgb(lab_d50_to_linear(np.array([37.986, 13.555, 14.059]))) * 255
    assert coded == pytest.approx([115, 82, 68], abs=1.5)


def test_roots_grow_with_exposure():
    light = np.random.default_rng(4).uniform(0, 1, (7, 5, 3)).astype(np.float32)
    assert root_terms(light, 1).shape == (7, 5, 3)
    assert root_terms(light, 2).shape == (7, 5, 6)
    assert np.allclose(root_terms(3 * light, 2), 3 * root_terms(light, 2), rtol=1e-5)
    assert root_terms(light, 2)[2, 3, 4] == pytest.approx(np.sqrt(light[2, 3, 0] * light[2, 3, 2]))


def test_a_straight_curve_changes_nothing():
    assert np.allclose(straighten(LEVELS, (1.0, 0.0, 0.0)), LEVELS, rtol=1e-12)


def test_a_gamma_is_undone():
    bent = 0.18 * (LEVELS / 0.18) ** 1.25
    assert np.allclose(straighten(bent, (0.8, 0.0, 0.0)), LEVELS, rtol=1e-9)


def test_curves_are_linear_beyond_the_greys():
    tone = (0.9, 0.1, 0.05)
    light = np.geomspace(1e-5, 4.0, 400)
    slope = np.gradient(np.log(straighten(light, tone)), np.log(light))
    assert slope[:50] == pytest.approx(slope[0], rel=1e-3)
    assert slope[-5:] == pytest.approx(slope[-1], rel=1e-2)


def test_a_curve_that_falls_anywhere_is_not_rising():
    assert is_rising((0.8, 0.1, 0.0))
    assert not is_rising((0.3, 0.5, 0.0))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_tables_undo_tones_as_the_formula_does(kind):
    tone, top = (0.85, 0.1, 0.05), np.iinfo(kind).max
    coded = np.linspace(0.1 * top, top, 30).astype(kind)[None, :, None].repeat(3, axis=2)
    wanted = straighten(decode_srgb(coded / top), tone)
    assert np.allclose(to_linear(coded, tone), wanted, rtol=1e-5)
    assert to_linear(np.zeros((2, 2, 3), kind), tone).max() == 0
