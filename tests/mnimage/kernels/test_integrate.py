"""Integration against a dense least-squares fit of cosines and against known surfaces."""

import numpy as np

from mnimage.kernels.integrate import integrate_slopes


def _dense(slope_x, slope_y):
    """Fit every cosine at once by np.linalg.lstsq, slowly."""
    rows, columns = slope_x.shape
    row, column = np.mgrid[:rows, :columns] + 0.5
    heights, derivatives = [], []
    for v in range(rows):
        for u in range(columns):
            if u == v == 0:
                continue
            k, m = np.pi * u / columns, np.pi * v / rows
            heights.append((np.cos(k * column) * np.cos(m * row)).ravel())
            dx = -k * np.sin(k * column) * np.cos(m * row)
            dy = -m * np.cos(k * column) * np.sin(m * row)
            derivatives.append(np.concatenate([dx.ravel(), dy.ravel()]))
    target = np.concatenate([slope_x.ravel(), slope_y.ravel()])
    weights = np.linalg.lstsq(np.array(derivatives).T, target, rcond=None)[0]
    return (weights @ np.array(heights)).reshape(rows, columns)


def test_is_the_least_squares_fit_of_cosines():
    rng = np.random.default_rng(3)
    slope_x, slope_y = rng.normal(size=(2, 7, 9))
    fast = integrate_slopes(slope_x.astype(np.float32), slope_y.astype(np.float32))
    assert np.allclose(fast, _dense(slope_x, slope_y), atol=1e-5)


def test_fine_ripples_keep_their_height():
    column = np.arange(256, dtype=np.float64)[None, :] + np.zeros((200, 1))
    wave = 2 * np.pi / 6.0
    height = np.cos(wave * (column + 0.5))
    slope = (-wave * np.sin(wave * (column + 0.5))).astype(np.float32)
    found = integrate_slopes(slope, np.zeros_like(slope))
    inner = (slice(20, -20), slice(20, -20))
    assert abs(found[inner].std() / height[inner].std() - 1) < 0.01


def test_slope_towards_the_border_is_kept():
    row, column = np.mgrid[:120, :160]
    height = 0.02 * column - 0.05 * row
    found = integrate_slopes(
        np.full((120, 160), 0.02, np.float32), np.full((120, 160), -0.05, np.float32)
    )
    gap = found - height
    assert np.ptp(gap[4:-4, 4:-4]) < 0.1
