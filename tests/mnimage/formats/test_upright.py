from __future__ import annotations

import numpy as np
import pytest

from mnimage.formats.upright import blend_with_white, split_alpha, to_rgb, turn_upright


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_each_orientation_is_undone_exactly(orientation, dtype, scene8, scene16, stored_as):
    scene = scene8 if dtype == np.uint8 else scene16
    turned = turn_upright(stored_as(scene, orientation), orientation)
    assert turned.dtype == dtype
    np.testing.assert_array_equal(turned, scene)


def test_the_eight_orientations_are_all_different(scene8, stored_as):
    kinds = {stored_as(scene8, orientation).tobytes() for orientation in range(1, 9)}
    assert len(kinds) == 8


def test_full_alpha_is_dropped(scene8):
    opaque = np.dstack([scene8, np.full(scene8.shape[:2], 255, np.uint8)])
    colours, alpha = split_alpha(opaque)
    assert alpha is None
    np.testing.assert_array_equal(colours, scene8)


def test_half_transparent_black_on_white_is_mid_grey():
    black = np.zeros((70, 70, 3), np.uint16)
    alpha = np.full((70, 70), 32768, np.uint16)
    blended = blend_with_white(black, alpha)
    assert blended.dtype == np.uint16
    np.testing.assert_array_equal(blended, 32767)


def test_clear_is_white_and_opaque_is_kept(scene8):
    alpha = np.zeros(scene8.shape[:2], np.uint8)
    alpha[:, :40] = 255
    blended = blend_with_white(scene8, alpha)
    np.testing.assert_array_equal(blended[:, :40], scene8[:, :40])
    assert (blended[:, 40:] == 255).all()


def test_grey_gets_three_equal_channels(scene16):
    grey = np.ascontiguousarray(scene16[..., 1])
    rgb = to_rgb(grey)
    assert rgb.dtype == np.uint16
    for channel in range(3):
        np.testing.assert_array_equal(rgb[..., channel], grey)
