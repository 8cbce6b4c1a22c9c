"""Slopes of skin whose steep facets are too fine to be seen, drawn here eight times finer."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from mnimage.relief.facets import with_facets

FINE, LENS, TILT = 8, 0.6, 0.2


def _rough(length_px, steepness, shape=(64, 72)):
    """Return a plane tilted along x, crossed by waves of facets both ways; slopes in double."""
    row, column = ((np.arange(side * FINE) + 0.5) / FINE for side in shape)
    wave = 2 * np.pi / length_px
    x = TILT + steepness * np.sin(wave * column)[None] * np.ones((row.size, 1))
    y = steepness * np.sin(wave * row)[:, None] * np.ones((1, column.size))
    return x, y


def _seen(x, y):
    """Return slopes as the ratio of mean normals: blurred by a lens, then by pixels."""
    upright = 1 / np.sqrt(1 + x**2 + y**2)

    def picture(light):
        soft = gaussian_filter(light, LENS * FINE, mode="reflect")
        rows, columns = (side // FINE for side in soft.shape)
        return soft.reshape(rows, FINE, columns, FINE).mean(axis=(1, 3))

    level = picture(upright)
    return tuple((picture(part * upright) / level).astype(np.float32) for part in (x, y))


def _back(seen, trusted=None):
    trusted = np.ones(seen[0].shape, bool) if trusted is None else trusted
    return with_facets(seen, LENS, trusted)


def _mean(slopes):
    return float(slopes[0][12:-12, 12:-12].mean())


@pytest.mark.parametrize(("length_px", "steepness"), [(3.7, 0.3), (4.3, 0.5), (5.3, 0.3)])
def test_rough_skin_is_as_steep_as_it_is(length_px, steepness):
    drawn = _rough(length_px, steepness)
    true = float(drawn[0][12 * FINE : -12 * FINE, 12 * FINE : -12 * FINE].mean())
    seen = _seen(*drawn)
    missing = true - _mean(seen)
    assert missing > 0.015 * true
    assert abs(true - _mean(_back(seen))) < 0.4 * missing


def test_smooth_skin_is_left_as_it_is():
    seen = _seen(*_rough(40.0, 0.3))
    back = _back(seen)
    assert np.abs(back[0] - seen[0]).max() < 0.003
    assert np.abs(back[1] - seen[1]).max() < 0.003


def test_noise_is_not_taken_for_facets():
    random = np.random.default_rng(3)
    noise = random.normal(0, 0.015, (2, 400, 400))
    noisy = ((TILT + noise[0]).astype(np.float32), noise[1].astype(np.float32))
    assert _mean(_back(noisy)) == pytest.approx(_mean(noisy), rel=0.004)


def test_bands_of_a_large_picture_meet_without_a_seam():
    random = np.random.default_rng(4)
    rough = tuple(random.normal(0, 0.2, (1201, 903)).astype(np.float32) for _ in range(2))
    whole = _back(rough)
    cut = (slice(400, 801), slice(200, 501))
    part = _back(tuple(slope[cut] for slope in rough))
    for large, small in zip(whole, part, strict=True):
        assert large.shape == (1201, 903)
        inner = (slice(16, -16), slice(16, -16))
        np.testing.assert_allclose(large[cut][inner], small[inner], atol=1e-5)


def test_what_breaks_off_beside_skin_has_no_facets():
    seen = _seen(*_rough(3.7, 0.3))
    hair = np.zeros(seen[0].shape, bool)
    hair[:, :20] = True
    seen[0][:, :20] = -3.0
    back = _back(seen, ~hair)
    np.testing.assert_array_equal(back[0][:, :26], seen[0][:, :26])
    assert (back[0][:, 40:-12] != seen[0][:, 40:-12]).mean() > 0.9
