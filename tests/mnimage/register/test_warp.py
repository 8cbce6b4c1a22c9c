"""Resampling the photo after in the frame of the photo before."""

from __future__ import annotations

import numpy as np
import pytest

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.kernels.geometry import grid_places
from mnimage.register.warp import full_field, warp_photo
from mnimage.words.message import NOTHING

SHAPE = (90, 120)


def _shifted(down: float, along: float, step: int = 8) -> Alignment:
    row, column = grid_places(SHAPE, step)
    return Alignment(
        Status.ALIGNED,
        NOTHING,
        SHAPE,
        SHAPE,
        step,
        row + np.float32(down),
        column + np.float32(along),
        np.full_like(row, 0.1),
        np.ones(row.shape, np.bool_),
    )


def _photo(dtype: type) -> Photo:
    pixels = np.random.default_rng(1).integers(0, 255, (*SHAPE, 3)).astype(np.uint8)
    coded = pixels if dtype is np.uint8 else pixels.astype(np.uint16) * 257
    return Photo(coded, CaptureFacts("PNG", 8))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_whole_shift_moves_pixels_unchanged(dtype):
    photo = _photo(dtype)
    eight = _photo(np.uint8).coded
    picture, seen = warp_photo(photo, _shifted(5, -7))
    np.testing.assert_array_equal(picture[:-5, 7:], eight[5:, :-7])
    assert seen[:-5, 7:].all()
    assert not seen[-5:].any()
    assert not seen[:, :7].any()


def test_far_outside_is_black():
    picture, seen = warp_photo(_photo(np.uint8), _shifted(40, 0))
    assert not picture[-25:].any()
    assert not seen[-40:].any()


def test_the_full_field_is_the_grid_at_every_pixel():
    field = full_field(_shifted(1.5, 2.25))
    row, column = np.mgrid[0:90, 0:120]
    np.testing.assert_allclose(field.row, row + 1.5, atol=1e-4)
    np.testing.assert_allclose(field.column, column + 2.25, atol=1e-4)
    np.testing.assert_allclose(field.error_px, 0.1, atol=1e-6)
    assert field.valid[:88, :117].all()
    assert not field.valid[89].any()
