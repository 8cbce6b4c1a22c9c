"""Motion given by polynomials."""

import numpy as np

from mnimage.relief.motion import Motion, degrees

SHAPE = (30, 50)


def motion(parts):
    return Motion(parts, SHAPE, np.zeros(len(parts)))


def drawn(term, size):
    parts = np.zeros((2, 2, len(degrees())))
    parts[0, :, degrees().index(term)] = size
    return motion(parts)


def test_the_first_term_is_a_shift():
    row, column = drawn((0, 0), (1.5, -2.0)).field(0)
    grid = np.mgrid[:30, :50]
    np.testing.assert_allclose(row, grid[0] + 1.5, atol=1e-5)
    np.testing.assert_allclose(column, grid[1] - 2.0, atol=1e-5)


def test_the_next_terms_are_turns_and_stretches_about_the_middle():
    row, _ = drawn((1, 0), (2.0, 0.0)).field(0)
    way = row - np.arange(30)[:, None]
    np.testing.assert_allclose(way[0], -2 * 29 / 30, atol=1e-5)
    np.testing.assert_allclose(way[-1], 2 * 29 / 30, atol=1e-5)


def test_the_field_is_what_the_motion_is_at_its_pixels():
    random = np.random.default_rng(2)
    one = motion(random.normal(0, 1, (3, 2, len(degrees()))))
    grid = np.mgrid[:30, :50].astype(float)
    ways = one.at(grid[0].ravel(), grid[1].ravel()).reshape(3, 2, *SHAPE)
    for shot in range(3):
        np.testing.assert_allclose(np.array(one.field(shot)) - grid, ways[shot], atol=1e-4)
        part = one.field(shot, slice(7, 9))
        np.testing.assert_allclose(np.array(part), np.array(one.field(shot))[:, 7:9], atol=1e-5)


def test_the_largest_way_is_that_of_the_shot_furthest_off():
    assert abs(drawn((0, 0), (3.0, 4.0)).largest_px - 5) < 1e-6
