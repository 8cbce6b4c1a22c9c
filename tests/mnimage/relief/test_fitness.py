"""Gamma and shine are distinguished from the shots alone; sound shots pass."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.recipe import Recipe
from mnimage.kernels.color import encode_srgb
from mnimage.phantom.light import ring
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.relief.fitness import Fitness, fitness_warnings, measure_fitness
from mnimage.relief.light import light_field
from mnimage.relief.relief import recover_relief
from tests.mnimage.phantom.shown import shots_value

SHOT = Shot(sensor=Sensor(exposure=0.0, electrons=12000.0, bits=12), gloss=0.005)


@pytest.fixture(scope="module")
def skin():
    look = SkinAppearance(tone="III", scars=(1, 2, 0), marks=(1, 1))
    return make_skin(seed=7300, size_mm=(14.0, 14.0), mm_per_px=0.05, look=look)


def shots_of(skin, count=8, **shot):
    return shots_value(skin, ring(count), replace(SHOT, **shot))


def warnings_(shots):
    return fitness_warnings(measure_fitness(shots, light_field(shots)))


@pytest.mark.parametrize("count", [4, 8])
def test_sound_shots_are_not_questioned(skin, count):
    assert warnings_(shots_of(skin, count)) == ()


@pytest.mark.parametrize("count", [4, 8])
def test_a_picture_curve_left_in_is_reported(skin, count):
    shots = shots_of(skin, count)
    bent = replace(shots, frames=encode_srgb(np.maximum(shots.frames, 0)))
    (said,) = warnings_(bent)
    assert "linear" in str(said)
    # The curve of light ** (1 / 2.2) bends by (1 / 2.2 - 1) / (2 / 2.2) = -0.6, shadows apart.
    assert measure_fitness(bent, light_field(bent)).curvature == pytest.approx(-0.5, abs=0.2)


def test_shine_is_reported(skin):
    (said,) = warnings_(shots_of(skin, gloss=0.15))
    assert "shines" in str(said)


def test_a_lamp_of_another_brightness_is_reported(skin):
    shots = shots_of(skin)
    dim = shots.frames.copy()
    dim[2] *= 0.85
    assert any(str(said).startswith("Lamp 3 ") for said in warnings_(replace(shots, frames=dim)))


def test_the_relief_carries_the_uncertainty(skin):
    shots = shots_of(skin)
    bent = replace(shots, frames=encode_srgb(np.maximum(shots.frames, 0)))
    reported = [recover_relief(one, Recipe().relief).warnings for one in (shots, bent)]
    assert not any("linear" in str(said) for said in reported[0])
    assert any("linear" in str(said) for said in reported[1])


def test_three_shots_show_nothing(skin):
    found = measure_fitness(shots_of(skin, 3), light_field(shots_of(skin, 3)))
    assert np.isnan(found.curvature)
    assert fitness_warnings(Fitness(float("nan"), ())) == ()
