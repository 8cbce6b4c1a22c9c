from __future__ import annotations

import numpy as np
import pytest

from mnimage.domain.scorecard import Layer
from mnimage.report.frames import (
    UNSEEN,
    Frame,
    cut_aligned,
    cut_layer,
    cut_photo,
    frame_around,
    whole_frame,
)


def test_frame_keeps_its_size_at_the_border():
    frame = frame_around((2, 97), (20, 30), (100, 100))
    assert (frame.top, frame.bottom, frame.left, frame.right) == (0, 20, 70, 100)


def test_frame_is_never_larger_than_the_picture():
    assert frame_around((50, 50), (500, 500), (80, 60)) == Frame(0, 80, 0, 60)


def test_size_is_not_enlarged_unless_asked():
    frame = whole_frame((100, 200))
    assert frame.size(400) == (100, 200)
    assert frame.size(400, enlarge=True) == (200, 400)
    assert frame.size(50) == (25, 50)


@pytest.mark.parametrize(("dtype", "factor"), [(np.uint8, 1), (np.uint16, 257)])
def test_photo_of_any_depth_becomes_the_same_8_bits(dtype, factor):
    coded = np.arange(256, dtype=np.uint16).repeat(3).reshape(16, 16, 3) * factor
    cut = cut_photo(coded.astype(dtype), Frame(4, 12, 0, 16), (8, 16))
    assert cut.dtype == np.uint8
    np.testing.assert_array_equal(cut[..., 0].ravel(), np.arange(64, 192))


def test_unseen_is_plain_grey():
    photo = np.zeros((8, 8, 3), np.uint8)
    seen = np.ones((8, 8), bool)
    seen[:, :3] = False
    cut = cut_aligned(photo, seen, whole_frame((8, 8)), (8, 8))
    assert (cut[:, :3] == UNSEEN).all()
    assert (cut[:, 3:] == 0).all()


@pytest.mark.parametrize("step", [1, 4])
def test_map_lies_where_its_pixels_are(step):
    """A map that holds each pixel's own column must give it back, whatever the grid and size."""
    rows, columns = 40, 80
    nodes = (np.arange(columns // step) + 0.5) * step - 0.5
    values = np.tile(nodes.astype(np.float32), (rows // step, 1))
    frame = Frame(8, 32, 16, 64)
    cut = cut_layer(Layer("x", "px", values, step), frame, (48, 96))
    truth = 16 + (np.arange(96) + 0.5) / 2 - 0.5
    np.testing.assert_allclose(cut[24], truth, atol=1e-3)


def test_nothing_measured_stays_nothing_and_does_not_spread():
    values = np.ones((10, 10), np.float32)
    values[:, :4] = np.nan
    cut = cut_layer(Layer("x", "", values, 4), whole_frame((40, 40)), (40, 40))
    assert np.isnan(cut[:, :15]).all()
    np.testing.assert_allclose(cut[:, 17:], 1.0, atol=1e-6)
