from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

from mnimage.kernels.color import decode_srgb
from mnimage.kernels.shade import LOWEST, lamp_at, normals_of, shade, slopes_of


def plane(right, down, shape=(20, 20)):
    """Return the height of a plane that rises to the right and downwards, 0.1 mm per pixel."""
    row, column = np.mgrid[0 : shape[0], 0 : shape[1]] * 0.1
    return (right * column + down * row).astype(np.float32)


def grey(height, lamp, **options):
    return decode_srgb(shade(normals_of(slopes_of(height, 0.1)), lamp, **options) / 255.0)


@pytest.mark.parametrize(
    ("place", "expected"),
    [((0, 0), (0, 0, 1)), ((0.6, 0), (0.6, 0, 0.8)), ((0, -0.8), (0, -0.8, 0.6))],
)
def test_lamp_stands_on_the_dome(place, expected):
    assert lamp_at(*place) == pytest.approx(expected)


def test_lamp_never_sinks_below_the_lowest():
    right, down, up = lamp_at(30, -40)
    assert up == pytest.approx(LOWEST)
    assert np.hypot(np.hypot(right, down), up) == pytest.approx(1)
    assert right / down == pytest.approx(-0.75)


def test_slopes_of_a_plane_are_its_own():
    slopes = slopes_of(plane(0.3, -0.2), 0.1)
    np.testing.assert_allclose(slopes[..., 0], 0.3, atol=1e-5)
    np.testing.assert_allclose(slopes[..., 1], -0.2, atol=1e-5)


def test_unknown_height_is_level():
    height = plane(0.3, 0)
    height[5:9, 5:9] = np.nan
    assert (slopes_of(height, 0.1)[6:8, 6:8] == 0).all()


def test_normals_are_of_length_one_and_follow_the_exaggeration():
    normals = normals_of(slopes_of(plane(0.3, 0.0), 0.1), 2.0)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(-normals[0] / normals[2], 0.6, atol=1e-5)


def test_matte_light_follows_the_cosine():
    """Against Lambert's law, worked out by hand for a plane tilted by 30 degrees."""
    lamp = (0.6, 0.0, 0.8)
    tilt = np.tan(np.pi / 6)
    normal = np.array([-np.sin(np.pi / 6), 0, np.cos(np.pi / 6)])
    level, tilted = (grey(plane(rise, 0), lamp, gloss=0.0)[10, 10] for rise in (0.0, tilt))
    ambient = 0.12
    expected = ambient + (1 - ambient) * (normal @ lamp) / 0.8
    assert tilted / level == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("place", [(0, 0), (0.5, 0.5), (-0.9, 0.1), (0, 2)])
def test_level_skin_keeps_the_middle_grey_under_every_lamp(place):
    lit = shade(normals_of(slopes_of(plane(0, 0), 0.1)), lamp_at(*place))
    assert abs(int(lit[10, 10]) - 127) <= 2


def test_slope_that_faces_the_lamp_is_bright():
    lamp = lamp_at(-0.7, 0)
    facing, turned = grey(plane(0.4, 0), lamp), grey(plane(-0.4, 0), lamp)
    assert facing.mean() > 1.5 * turned.mean()


def test_gloss_shines_only_where_the_lamp_is_mirrored():
    lamp = lamp_at(0.6, 0)
    mirror = -np.tan(np.arccos(0.8) / 2)
    dull, shiny = (grey(plane(mirror, 0), lamp, gloss=gloss).mean() for gloss in (0.0, 0.5))
    assert shiny > dull + 0.2


def test_albedo_colours_the_light():
    normals = normals_of(slopes_of(plane(0, 0), 0.1))
    albedo = np.ones((3, 20, 20), np.float32) * np.array([1.5, 1, 0.5], np.float32)[:, None, None]
    lit = decode_srgb(shade(normals, lamp_at(0.3, 0), albedo=albedo, gloss=0.0)[10, 10] / 255.0)
    np.testing.assert_allclose(lit / lit[1], [1.5, 1, 0.5], rtol=0.05)


def test_a_view_is_lit_in_time_for_thirty_pictures_a_second():
    normals = normals_of(np.zeros((700, 1000, 2), np.float32))
    albedo = np.ones((3, 700, 1000), np.float32)
    spent = []
    for turn in range(12):
        start = perf_counter()
        shade(normals, lamp_at(0.05 * turn, 0.3), albedo=albedo)
        spent.append(perf_counter() - start)
    assert min(spent) < 1 / 30
