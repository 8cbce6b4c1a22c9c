import numpy as np
import pytest

from mnimage.phantom.camera import (
    CAMERAS,
    LAMPS,
    Rig,
    bend,
    draw_camera,
    makers_matrix,
    smooth_reflectance,
    true_lab,
)
from mnimage.phantom.spectrum import WAVELENGTHS


@pytest.mark.parametrize("lab", [(37.5, 14.4, 14.9), (81.8, 2.7, 80.4), (28.4, 15.4, -49.8)])
def test_smooth_reflectances_have_their_colour(lab):
    spectrum = np.array(smooth_reflectance(lab))
    assert 0 < spectrum.min() < spectrum.max() < 1
    assert true_lab(spectrum) == pytest.approx(np.array(lab), abs=1e-3)
    assert np.abs(np.diff(spectrum)).max() < 0.12


def test_equal_reflectance_is_grey():
    assert true_lab(np.full(31, 0.184)) == pytest.approx(np.array([50.0, 0, 0]), abs=0.05)
    grey = np.array(smooth_reflectance((50.0, 0.0, 0.0)))
    assert np.ptp(grey) < 0.01


@pytest.mark.parametrize("lamp", LAMPS)
def test_white_balance_is_right_but_for_its_error(lamp):
    white = np.full(31, 0.9)
    assert Rig(CAMERAS[2], lamp).light(white) == pytest.approx(np.full(3, 0.9), abs=1e-9)
    warm = Rig(CAMERAS[2], lamp, (1.2, 1.0, 0.8)).light(white)
    assert warm[0] > 0.95 > 0.85 > warm[2]


def test_cameras_see_metamers_apart():
    # Two spectra of one colour by eye: a smooth one, and one with a bump hidden in its shape.
    smooth = np.array(smooth_reflectance((60.0, 10.0, 20.0)))
    spiky = smooth * (1 + 0.25 * np.sin((WAVELENGTHS - 400) / 300 * 7 * np.pi))
    again = np.array(smooth_reflectance(tuple(true_lab(spiky).tolist())))
    assert true_lab(again) == pytest.approx(true_lab(spiky), abs=1e-3)
    seen = [Rig(camera, "led").light(np.stack([spiky, again])) for camera in CAMERAS]
    assert max(np.abs(np.log(one[0] / one[1])).max() for one in seen) > 0.01


def test_drawn_cameras_differ_and_are_repeatable():
    one, other = (draw_camera(np.random.default_rng(seed)) for seed in (1, 2))
    assert one == draw_camera(np.random.default_rng(1))
    assert np.abs(makers_matrix(one) - makers_matrix(other)).max() > 0.05
    assert makers_matrix(one).sum(axis=1) == pytest.approx(np.ones(3))


def test_a_style_bends_tones_and_keeps_ends():
    light = np.linspace(0, 1, 200, dtype=np.float32)
    assert bend(light, 0.0) is light
    styled = bend(light, 1.0)
    assert (np.diff(styled) > 0).all()
    assert styled[-1] == pytest.approx(1, abs=1e-6)
    slope = np.gradient(np.log(styled[20:150]), np.log(light[20:150]))
    assert slope.max() > 1.15
