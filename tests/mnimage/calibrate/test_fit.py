import numpy as np
import pytest

from mnimage.calibrate.fit import Patches, fit_chart, grey_slopes
from mnimage.calibrate.reference import PATCH_CENTERS, true_light
from mnimage.kernels.color import root_terms, straighten, to_rec2020

EVERY = np.ones(24, dtype=bool)
CAMERA = np.array([[0.75, 0.2, 0.05], [0.1, 0.8, 0.1], [0.02, 0.18, 0.8]])
"""From true linear sRGB to a camera's channels, white kept."""


def seen(gains=(1.0, 1.0, 1.0), falloff=(0.0, 0.0), gamma=1.0, noise=0.0):
    light = true_light() @ CAMERA.T * np.array(gains)
    middle = PATCH_CENTERS - PATCH_CENTERS.mean(axis=0)
    light = light * np.exp(middle @ np.array(falloff))[:, None]
    light = light * np.exp(np.random.default_rng(1).normal(0, noise, light.shape))
    return 0.18 * (np.maximum(light, 1e-4) / 0.18) ** gamma


def test_a_linear_camera_is_undone_without_rest():
    fit = fit_chart(Patches(seen((0.8, 0.5, 0.6)), EVERY))
    assert fit.error.mean < 0.05
    assert fit.gains == pytest.approx((1 / 0.8, 1 / 0.5, 1 / 0.6), rel=0.01)
    assert fit.error.linearity == pytest.approx((1, 1, 1), abs=0.01)
    colours = np.array([[0.4, 0.25, 0.2], [0.1, 0.07, 0.06], [0.6, 0.5, 0.45]])
    balanced = (colours @ CAMERA.T * (0.8, 0.5, 0.6)) * fit.gains
    degree = 1 if fit.matrix.shape[0] == 3 else 2
    assert root_terms(balanced, degree) @ fit.matrix == pytest.approx(colours, rel=0.02)
    wide = to_rec2020(colours[None].astype(np.float32))[0]
    assert np.log(balanced @ fit.redness.T) == pytest.approx(np.log(wide), abs=0.03)


def test_white_stays_white_on_the_path_of_redness():
    fit = fit_chart(Patches(seen((0.8, 0.5, 0.6), noise=0.02), EVERY))
    assert fit.redness.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-9)


@pytest.mark.parametrize("gamma", [0.85, 1.2])
def test_bent_tones_are_found_and_undone(gamma):
    fit = fit_chart(Patches(seen((0.8, 0.7, 0.75), gamma=gamma), EVERY))
    assert np.mean(fit.error.linearity) == pytest.approx(gamma, rel=0.03)
    light = np.geomspace(0.03, 0.6, 30)
    undone = straighten(0.18 * (light / 0.18) ** gamma, fit.tone)
    assert np.ptp(np.log(undone / light)) < 0.03
    assert fit.error.mean < 0.5


def test_a_lamp_on_one_side_is_separated_from_the_tone_curve():
    fit = fit_chart(Patches(seen(falloff=(-0.06, 0.03)), EVERY))
    assert fit.error.falloff == pytest.approx(0.06 * 5 + 0.03 * 3, rel=0.05)
    assert fit.tone == (1.0, 0.0, 0.0)
    assert fit.error.mean < 0.1


def test_an_even_card_takes_the_lamp_out():
    x = PATCH_CENTERS[:, :1] - 2.5
    lamp = np.exp(-0.05 * x**2) * np.array([1.0, 0.9, 0.8])
    bare = fit_chart(Patches(seen() * lamp, EVERY))
    evened = fit_chart(Patches(seen() * lamp, EVERY, lamp))
    assert evened.error.mean < 0.05 < bare.error.mean


def test_noise_shows_in_the_error():
    quiet, loud = (fit_chart(Patches(seen(noise=part), EVERY)).error for part in (0.005, 0.05))
    assert loud.mean > 3 * quiet.mean
    assert loud.grey == pytest.approx(0.05, rel=0.5)
    assert loud.tone > quiet.tone
    assert loud.skin > 0
    assert loud.worst >= loud.p95 >= loud.mean


def test_a_patch_left_out_counts_for_nothing():
    light = seen()
    light[13] = 0.9
    usable = EVERY.copy()
    usable[13] = False
    fit = fit_chart(Patches(light, usable))
    assert fit.error.mean < 0.05
    assert fit.patch_errors[13] > 20


def test_slopes_of_greys():
    light = seen() ** 1.1
    assert grey_slopes(light) == pytest.approx((1.1, 1.1, 1.1), abs=0.01)
