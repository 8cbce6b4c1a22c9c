import math

import numpy as np
import pytest

from mnimage.phantom.light import Lamp, diffuse, gloss, irradiance, ring, spread, survey

LEVEL = np.zeros((101, 121), dtype=np.float32)


def test_ring_stands_as_given():
    lamps = ring(8, slant_deg=30.0, distance_mm=200.0)
    assert len(lamps) == 8
    for lamp in lamps:
        assert lamp.distance_mm == pytest.approx(200)
        assert lamp.z == pytest.approx(200 * math.cos(math.radians(30)))


def test_near_lamp_on_a_level_face():
    lamp = Lamp(100.0, -50.0, 150.0)
    seen = irradiance(survey(LEVEL, 0.5), lamp)
    # Pixel (10, 100): 20 mm right of the middle, 20 mm above it.
    to_lamp = np.array([100 - 20, -50 + 20, 150.0])
    away = np.linalg.norm(to_lamp)
    wanted = to_lamp[2] / away * (lamp.distance_mm / away) ** 2
    assert seen[10, 100] == pytest.approx(wanted, rel=1e-4)


def test_far_lamp_on_a_slope():
    slope = np.broadcast_to(0.2 * np.arange(121, dtype=np.float32) * 0.1, LEVEL.shape).copy()
    lamp = Lamp(0.6, 0.0, 0.8, far=True)
    seen = irradiance(survey(slope, 0.1), lamp)[50, 60]
    normal = np.array([-0.2, 0, 1]) / math.sqrt(1.04)
    assert seen == pytest.approx(normal @ [0.6, 0, 0.8], rel=1e-4)


def test_slope_is_the_rise_over_the_pixel():
    x = np.arange(200) * 0.06
    wave = 0.01 * np.sin(2 * np.pi * x / 0.3)
    terrain = survey(np.broadcast_to(wave.astype(np.float32), (9, 200)).copy(), 0.06)
    rise = 0.01 * (np.sin(2 * np.pi * (x + 0.03) / 0.3) - np.sin(2 * np.pi * (x - 0.03) / 0.3))
    assert (
        np.abs(terrain.slope_right[4] - rise / 0.06)[10:-10].max()
        < 0.01 * np.abs(rise / 0.06).max()
    )


def test_a_wall_casts_a_shadow_of_its_height():
    height = LEVEL.copy()
    height[:, 60:64] = 1.0
    lamp = Lamp(math.sin(math.radians(50)), 0.0, math.cos(math.radians(50)), far=True)
    seen = irradiance(survey(height, 0.1), lamp)[50]
    # The lamp is on the right: the shadow falls to the left, tan(50 degrees) times the height.
    dark = np.flatnonzero(seen[:57] < 0.5 * seen[10])
    assert dark.max() == 56
    assert (60 - dark.min()) * 0.1 == pytest.approx(math.tan(math.radians(50)), abs=0.15)
    lit = irradiance(survey(height, 0.1), lamp, shadows=False)[50]
    assert lit[50] == pytest.approx(seen[10], rel=1e-3)


def test_spread_keeps_the_light_and_red_goes_farthest():
    point = np.zeros((201, 201), dtype=np.float32)
    point[100, 100] = 1
    parts = [spread(point, channel, 0.1) for channel in range(3)]
    assert all(part.sum() == pytest.approx(1, rel=1e-3) for part in parts)
    assert [float(part[100, 100]) for part in parts] == pytest.approx(
        [0.5 + 0.5 / (200 * math.pi), 0.6 + 0.4 / (32 * math.pi), 0.7 + 0.3 / (12.5 * math.pi)],
        rel=0.01,
    )
    far = [float(part[100, 115]) for part in parts]
    assert far[0] > far[1] > far[2]


def test_holes_are_darker_in_soft_light_and_gloss_sits_on_the_mirror_side():
    row, column = (np.mgrid[:101, :121] - np.array([50, 60])[:, None, None]) * 0.1
    hole = -0.5 * np.exp(-(row**2 + column**2) / 0.3)
    terrain = survey(hole.astype(np.float32), 0.1)
    soft = diffuse(terrain)
    assert soft[50, 60] < 0.9 * soft[5, 5]
    shine = gloss(terrain, Lamp(0.7, 0.0, 0.7, far=True), sharpness=30.0)
    # The far wall of the hole, on the left, leans towards a lamp on the right.
    assert shine[50, :60].max() > 3 * shine[50, 5]
