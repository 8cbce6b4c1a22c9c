"""Grids and fields: conventions, identities and round trips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnimage.kernels import geometry

SHAPES = st.tuples(st.integers(20, 60), st.integers(20, 60))


@given(shape=SHAPES, step=st.integers(1, 9))
def test_expanding_a_plane_gives_the_plane_at_every_pixel(shape, step):
    row, column = geometry.grid_places(shape, step)
    full = geometry.expand(2 * row - 3 * column + 1, step, shape)
    pixel_row, pixel_column = np.mgrid[0 : shape[0], 0 : shape[1]]
    assert full.shape == shape
    np.testing.assert_allclose(full, 2 * pixel_row - 3 * pixel_column + 1, atol=1e-3)


def test_a_strip_of_rows_is_the_same_as_the_whole():
    grid = np.random.default_rng(1).random((7, 5)).astype(np.float32)
    whole = geometry.expand(grid, 6, (40, 27))
    np.testing.assert_array_equal(geometry.expand(grid, 6, (40, 27), slice(13, 30)), whole[13:30])


@pytest.mark.parametrize("step", [1, 3, 4])
def test_block_means_are_the_means_written_out(step):
    values = np.random.default_rng(2).random((14, 17)).astype(np.float32)
    found = geometry.block_mean(values, step)
    rows, columns = geometry.grid_shape(values.shape, step)
    assert found.shape == (rows, columns)
    for i in range(rows):
        for j in range(columns):
            block = [
                values[min(y, 13), min(x, 16)]
                for y in range(i * step, i * step + step)
                for x in range(j * step, j * step + step)
            ]
            assert found[i, j] == pytest.approx(np.mean(block), rel=1e-5)


def test_sampling_between_pixels_and_outside():
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    row, column = np.float32([[1.0, 0.5, 9.0]]), np.float32([[2.0, 1.5, 0.0]])
    found = geometry.sample(values, row, column)
    np.testing.assert_allclose(found[0, :2], [6.0, 3.5])
    assert np.isnan(found[0, 2])


def test_inverting_a_field_leads_back():
    step, shape = 8, (160, 200)
    row, column = geometry.grid_places(shape, step)
    there_row = 1.05 * row + 0.04 * column - 6 + 2 * np.sin(column / 40)
    there_column = 0.97 * column - 0.03 * row + 9 + 2 * np.cos(row / 50)
    back_row, back_column = geometry.invert(
        there_row.astype(np.float32), there_column.astype(np.float32), step, shape
    )
    # Where the analytic field takes the places found must be the nodes themselves.
    again_row = 1.05 * back_row + 0.04 * back_column - 6 + 2 * np.sin(back_column / 40)
    again_column = 0.97 * back_column - 0.03 * back_row + 9 + 2 * np.cos(back_row / 50)
    inside = (back_row > 8) & (back_row < 150) & (back_column > 8) & (back_column < 190)
    assert inside.mean() > 0.7
    miss = np.hypot(again_row - row, again_column - column)[inside]
    assert miss.max() < 0.05


@pytest.mark.parametrize("step", [1, 4, 7])
def test_block_shares_are_the_means_of_the_mask(step):
    mask = np.random.default_rng(4).random((29, 35)) > 0.4
    found = geometry.block_share(mask, step)
    wanted = geometry.block_mean(mask.astype(np.float32), step)
    np.testing.assert_allclose(found, wanted, atol=0.5 / 255 + 1e-6)
