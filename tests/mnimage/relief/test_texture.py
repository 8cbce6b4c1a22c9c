"""Texture of waves whose filtered height is known in closed form."""

import numpy as np
import pytest
from scipy import ndimage

from mnimage.domain.recipe import ReliefRecipe
from mnimage.relief.texture import find_direction, measure_texture

PITCH = 0.05
RECIPE = ReliefRecipe()


def _wave(length_mm, height_mm=0.02, shape=(400, 600)):
    x = np.arange(shape[1]) * PITCH
    return (height_mm * np.sin(2 * np.pi * x / length_mm) + np.zeros((shape[0], 1))).astype(
        np.float32
    )


def _passed(length_mm):
    """ISO 16610-61: a Gaussian of cutoff c passes exp(-pi ln2 / pi (c / L)^2) = 2^-(c/L)^2."""
    return 2 ** -((RECIPE.band_low_mm / length_mm) ** 2) - 2 ** -(
        (RECIPE.band_high_mm / length_mm) ** 2
    )


@pytest.mark.parametrize("length_mm", [0.3, 0.6, 1.2, 2.5, 6.0])
def test_each_wave_is_passed_as_iso_says(length_mm):
    height = _wave(length_mm)
    texture = measure_texture(height, np.ones(height.shape, bool), PITCH, RECIPE)
    wanted = 20 / np.sqrt(2) * _passed(length_mm)
    assert texture.sq_um == pytest.approx(wanted, rel=0.02, abs=0.2)  # borders
    assert texture.uncertainty_um == pytest.approx(RECIPE.slope_error * texture.sq_um)


def test_what_lies_outside_has_no_influence():
    height = _wave(0.8)
    skin = np.ones(height.shape, bool)
    skin[100:200, 200:300] = False
    clean = measure_texture(height, skin, PITCH, RECIPE)
    height[100:200, 200:300] = -5.0
    assert measure_texture(height, skin, PITCH, RECIPE).sq_um == pytest.approx(
        clean.sq_um, rel=1e-4
    )
    assert np.isnan(clean.local_um[150, 250])


def test_the_octave_of_the_wave_is_the_largest():
    height = _wave(0.55)
    texture = measure_texture(height, np.ones(height.shape, bool), PITCH, RECIPE)
    largest = max(texture.octaves_um, key=lambda octave: octave[2])
    assert largest[:2] == (0.4, 0.8)


def test_map_shows_where_the_skin_is_rough():
    height = _wave(0.6)
    height[:, 300:] *= 3
    local = measure_texture(height, np.ones(height.shape, bool), PITCH, RECIPE).local_um
    assert np.median(local[:, 400:]) == pytest.approx(3 * np.median(local[:, :200]), rel=0.02)


def test_no_skin_gives_no_number():
    height = _wave(0.6)
    assert np.isnan(measure_texture(height, np.zeros(height.shape, bool), PITCH, RECIPE).sq_um)


@pytest.mark.parametrize("degrees", [0, 30, 90, 135])
def test_stripes_have_a_direction(degrees):
    row, column = np.mgrid[:240, :260] * 0.05
    turn = np.radians(degrees)
    across = row * np.cos(turn) - column * np.sin(turn)
    rough = np.random.default_rng(2).normal(0, 0.2, row.shape)
    band = (np.sin(2 * np.pi * across / 0.8) + rough).astype(np.float32)
    found = find_direction(band, np.ones(row.shape, bool), 0.05)
    assert abs((found.degrees - degrees + 90) % 180 - 90) < 5
    assert found.aspect < 0.3


def test_texture_that_is_the_same_all_round_has_none():
    rough = ndimage.gaussian_filter(np.random.default_rng(3).normal(0, 1, (300, 300)), 5)
    found = find_direction(rough.astype(np.float32), np.ones((300, 300), bool), 0.05)
    assert found.aspect > 0.7


@pytest.mark.parametrize("rows", [52, 60, 79])
def test_a_strip_of_skin_narrower_than_the_longest_wave_has_its_texture_too(rows):
    height = _wave(0.6, shape=(rows, 300))
    texture = measure_texture(height, np.ones(height.shape, bool), PITCH, RECIPE)
    assert texture.sq_um == pytest.approx(20 / np.sqrt(2) * _passed(0.6), rel=0.05)


def test_bands_and_map_are_those_of_plain_gaussians():
    # Larger than one piece of work, of no whole number of blocks, with holes and an outside.
    rng = np.random.default_rng(7)
    shape = (731, 913)
    height = sum(
        amount * ndimage.gaussian_filter(rng.standard_normal(shape), sigma) * sigma
        for amount, sigma in ((0.004, 1.0), (0.006, 4.0), (0.01, 12.0))
    ).astype(np.float32)
    skin = ndimage.gaussian_filter(rng.standard_normal(shape), 25) > -0.02
    skin[:, :40] = False
    height[~skin] = np.nan

    def gaussian(plane, sigma):
        wide = np.pad(plane, 80, mode="symmetric")
        waves = ndimage.fourier_gaussian(np.fft.fft2(wide), sigma)
        return np.fft.ifft2(waves).real[80:-80, 80:-80]

    def blurred(cutoff_mm):
        sigma = 0.1874 * cutoff_mm / PITCH
        weight = gaussian(skin.astype(np.float64), sigma)
        return gaussian(np.where(skin, height, 0.0), sigma) / np.maximum(weight, 1e-9)

    texture = measure_texture(height, skin, PITCH, RECIPE)
    wave = blurred(RECIPE.band_low_mm) - blurred(RECIPE.band_high_mm)
    assert texture.sq_um == pytest.approx(1000 * np.sqrt(np.mean(wave[skin] ** 2)), rel=2e-3)
    for low, high, found in texture.octaves_um[1:]:  # the first is narrower than a pixel
        octave = blurred(low) - blurred(high)
        assert found == pytest.approx(1000 * np.sqrt(np.mean(octave[skin] ** 2)), rel=2e-3)
    square = gaussian(np.where(skin, wave, 0) ** 2, 10) / gaussian(skin.astype(np.float64), 10)
    truth = 1000 * np.sqrt(np.maximum(square, 0))
    assert np.array_equal(np.isnan(texture.local_um), ~skin)
    away = np.abs(texture.local_um / truth - 1)[skin]
    assert np.percentile(away, 99) < 0.03
