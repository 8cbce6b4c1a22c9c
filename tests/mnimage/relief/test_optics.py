"""What lens and pixels took, computed here wave by wave."""

import numpy as np
import pytest

from mnimage.kernels.integrate import from_cosines, integrate_slopes, to_cosines
from mnimage.relief.optics import restore_fine

LENS = 0.6


def wave(length_px, fine=8):
    """Slopes of a wave as pixels see them: blurred by a lens, then averaged over each pixel."""
    place = (np.arange(240 * fine) + 0.5) / fine - 0.5
    k = 2 * np.pi / length_px
    lens = np.exp(-((LENS * k) ** 2) / 2)
    slope = -k * np.sin(k * (place + 0.5)) * lens
    seen = slope.reshape(-1, fine).mean(axis=1)
    true = np.cos(k * (np.arange(240) + 0.5))
    return np.tile(seen, (60, 1)).astype(np.float32), true


@pytest.mark.parametrize(("length_px", "tolerance"), [(24, 0.01), (8, 0.03), (4, 0.15)])
def test_waves_get_their_height_back(length_px, tolerance):
    slope, true = wave(length_px)
    level = np.zeros_like(slope)
    height = from_cosines(restore_fine(to_cosines(slope, level), LENS))[30, 20:-20]
    seen = integrate_slopes(slope, level)[30, 20:-20]
    full = true[20:-20].std()
    assert height.std() == pytest.approx(full, rel=tolerance)
    assert abs(height.std() - full) < abs(seen.std() - full)


def test_what_is_finer_than_can_be_reported_is_not_blown_up():
    noise = np.random.default_rng(1).normal(0, 1, (64, 64)).astype(np.float32)
    assert np.abs(restore_fine(noise.copy(), 2.0)).max() < 3 * np.abs(noise).max()
