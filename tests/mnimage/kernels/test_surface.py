"""The Lambert fit against per-pixel loops with np.linalg."""

import numpy as np
import pytest

from mnimage.kernels.surface import (
    far_lamps,
    fit_lambert_robust,
    fit_level,
    inverse_gram,
    lamp_rows,
    near_lamps,
    predict,
    to_normals,
    to_slopes,
)

RNG = np.random.default_rng(11)
LAMPS = np.array(
    [[np.cos(a) * 0.7, np.sin(a) * 0.7, 0.714] for a in np.arange(8) * np.pi / 4], dtype=np.float64
)


def _scene(pixels, near):
    """Values, the lamps, their rows by the inverse-square law, and the surface that shows so."""
    if near:
        place = RNG.uniform(-60, 60, (3, pixels)) * np.array([[1], [1], [0.1]])
        lamps = near_lamps(300 * LAMPS, place)
        rows = lamp_rows(300 * LAMPS, *place.astype(np.float32))
    else:
        lamps, rows = far_lamps(LAMPS), LAMPS[:, :, None] * np.ones(pixels)
    found = RNG.normal(0, 0.2, (3, pixels)) + np.array([[0], [0], [0.6]])
    values = np.einsum("kcn,cn->kn", rows, found)
    return values.astype(np.float32), lamps, rows, found


def _weighted_loop(values, rows, weights):
    answer = np.zeros((3, values.shape[1]))
    for pixel in range(values.shape[1]):
        root = np.sqrt(weights[:, pixel])
        answer[:, pixel] = np.linalg.lstsq(
            rows[:, :, pixel] * root[:, None], values[:, pixel] * root, rcond=None
        )[0]
    return answer


@pytest.mark.parametrize("near", [False, True])
def test_fit_is_weighted_least_squares(near):
    values, lamps, rows, _ = _scene(60, near)
    values += RNG.normal(0, 0.05, values.shape).astype(np.float32)
    valid = RNG.random(values.shape) > 0.3
    valid[:4] = True
    fast, weights = fit_lambert_robust(values, lamps, valid, 0.01, 0)
    assert np.array_equal(weights, valid)
    assert np.allclose(fast, _weighted_loop(values, rows, weights), rtol=1e-4, atol=2e-5)


def _huber_loop(values, rows, valid, spread, rounds):
    answer = np.zeros((3, values.shape[1]))
    for pixel in range(values.shape[1]):
        matrix, seen = rows[:, :, pixel].astype(float), values[:, pixel]
        weights = valid[:, pixel].astype(float)
        for _ in range(rounds + 1):
            found = np.linalg.solve(
                matrix.T @ (weights[:, None] * matrix), matrix.T @ (weights * seen)
            )
            limit = 1.5 * spread * np.linalg.norm(found)
            weights = valid[:, pixel] / np.maximum(1, np.abs(seen - matrix @ found) / limit)
        answer[:, pixel] = found
    return answer


@pytest.mark.parametrize("near", [False, True])
def test_robust_fit_is_hubers(near):
    values, lamps, rows, _ = _scene(40, near)
    values += RNG.normal(0, 0.03, values.shape).astype(np.float32)
    valid = np.ones(values.shape, dtype=bool)
    valid[2, ::3] = False
    fast, _ = fit_lambert_robust(values, lamps, valid, 0.01, 4)
    assert np.allclose(fast, _huber_loop(values, rows, valid, 0.01, 4), rtol=1e-3, atol=1e-4)


def test_one_shadow_has_little_effect_on_the_robust_fit():
    values, lamps, rows, found = _scene(200, near=False)
    values[3] *= 0.2
    valid = np.ones(values.shape, dtype=bool)
    plain = _weighted_loop(values, rows, valid)
    robust, _ = fit_lambert_robust(values, lamps, valid, 0.003, 15)
    assert np.abs(robust - found).mean() < 0.2 * np.abs(plain - found).mean()


def test_lamps_in_one_plane_give_nothing():
    lamps = far_lamps(np.array([[-0.5, 0, 0.8], [0, 0, 1], [0.5, 0, 0.8]]))
    values, valid = np.ones((3, 4), np.float32), np.ones((3, 4), dtype=bool)
    assert not fit_lambert_robust(values, lamps, valid, 0.01, 2)[0].any()


def test_near_lamps_follow_the_inverse_square():
    lamps = np.array([[0.0, 0.0, 100.0], [30.0, -40.0, 50.0]])
    x, y, z = (
        np.array([[0.0, 10.0]], np.float32),
        np.array([[0.0, -5.0]], np.float32),
        np.array([[0.0, 2.0]], np.float32),
    )
    rows = lamp_rows(lamps, x, y, z)
    for k, lamp in enumerate(lamps):
        for n in range(2):
            towards = lamp - [x[0, n], y[0, n], z[0, n]]
            far = np.linalg.norm(towards)
            wanted = towards / far * (lamp @ lamp) / far**2
            assert np.allclose(rows[k, :, 0, n], wanted, rtol=1e-5)


@pytest.mark.parametrize("near", [False, True])
def test_level_fit_is_least_squares_also_over_more_pixels_than_a_piece(near):
    values, lamps, rows, _ = _scene(2003, near)
    values += RNG.normal(0, 0.05, values.shape).astype(np.float32)
    fast = fit_level(values, lamps, inverse_gram(lamps))
    literal = _weighted_loop(values, rows, np.ones(values.shape))
    assert np.allclose(fast, literal, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("near", [False, True])
def test_prediction_is_what_the_rows_show(near):
    values, lamps, _, found = _scene(30, near)
    assert np.allclose(values, predict(lamps, found.astype(np.float32)), atol=1e-5)


def test_slopes_and_normals_belong_together():
    slope_x, slope_y = RNG.normal(0, 0.4, (2, 50)).astype(np.float32)
    normals = to_normals(slope_x, slope_y)
    assert np.allclose(np.linalg.norm(normals, axis=-1), 1, atol=1e-6)
    back = to_slopes(np.moveaxis(0.3 * normals, -1, 0), 5.0)
    assert np.allclose(back, (slope_x, slope_y), atol=1e-5)


FLAT = np.array([[np.cos(a), np.sin(a), 0.0] for a in np.arange(5)])


@pytest.mark.parametrize("directions", [LAMPS, FLAT, LAMPS[:1]])
def test_inverse_gram_is_the_pseudoinverse_also_where_lamps_do_not_span_space(directions):
    inverse = inverse_gram(far_lamps(directions))[:, 0]
    true = np.linalg.pinv(directions.T @ directions, rcond=1e-6, hermitian=True)
    assert np.allclose(inverse, true[np.triu_indices(3)], rtol=1e-4, atol=1e-6)
