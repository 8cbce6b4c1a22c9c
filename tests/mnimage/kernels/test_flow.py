"""The dense matching kernel against explicit sums and dense linear algebra."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnimage.kernels import flow


def even_stiffness(shape, bending_px):
    """The same stiffness everywhere, for fourth differences of SD `bending_px`."""
    return flow.Stiffness(tuple(whole / np.float32(bending_px**2) for whole in flow._within(shape)))


def _random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def _smooth(seed: int, *shape: int) -> np.ndarray:
    return cv2.GaussianBlur(_random(seed, *shape), (0, 0), 1.5) * np.float32(4)


def _bending_rows(rows: int, columns: int) -> np.ndarray:
    """One row per fourth difference: the literal definition of the bending energy."""
    found = []
    once = {0: [1], 1: [-1, 1], 2: [1, -2, 1], 3: [-1, 3, -3, 1], 4: [1, -4, 6, -4, 1]}
    often = {0: 1, 1: 4, 2: 6, 3: 4, 4: 1}
    for down in range(5):
        along = 4 - down
        for i in range(rows - down):
            for j in range(columns - along):
                line = np.zeros((rows, columns))
                for k, first in enumerate(once[down]):
                    for m, second in enumerate(once[along]):
                        line[i + k, j + m] = np.sqrt(often[down]) * first * second
                found.append(line.ravel())
    return np.array(found)


def test_the_gradient_is_that_of_the_explicit_bending_energy():
    values = _random(1, 6, 7)
    rows = _bending_rows(6, 7)
    found = flow.bending_gradient(values, even_stiffness((6, 7), 0.5)).ravel()
    wanted = 4 * rows.T @ (rows @ values.ravel())
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-3)


def test_a_cubic_has_no_bending_energy():
    row, column = np.mgrid[0:9, 0:11].astype(np.float32)
    bowl = 3 + 0.5 * row - 2 * column + 0.2 * row * column - 0.1 * column**2 + 0.01 * row**3
    assert np.abs(flow.bending_gradient(bowl, even_stiffness((9, 11), 1.0))).max() < 1e-3
    assert np.abs(flow.bending_gradient(bowl + column**4, even_stiffness((9, 11), 1.0))).max() > 1


def test_normal_equations_match_the_sums_written_out():
    fixed, moved = _smooth(1, 16, 24), _smooth(2, 16, 24)
    weight = (np.random.default_rng(3).random((16, 24)) > 0.3).astype(np.float32)
    slope = flow.gradient(fixed)
    found = flow.normal_equations(fixed, moved, weight, slope)
    other = flow.gradient(moved)
    for i in range(2):
        for j in range(3):
            rr = rc = down_pull = along_pull = 0.0
            for y in range(i * 8, i * 8 + 8):
                for x in range(j * 8, j * 8 + 8):
                    gap = fixed[y, x] - moved[y, x]
                    trust = weight[y, x] / (1 + (gap / 1.2) ** 2)
                    down = (slope[0][y, x] + other[0][y, x]) / 2
                    along = (slope[1][y, x] + other[1][y, x]) / 2
                    rr += trust * down * down
                    rc += trust * down * along
                    down_pull += trust * down * gap
                    along_pull += trust * along * gap
            # Variance and the share in common scale the sums; their ratios do not depend on them.
            assert found.rc[i, j] / found.rr[i, j] == pytest.approx(rc / rr, rel=1e-3, abs=1e-4)
            assert found.pull_r[i, j] / found.pull_c[i, j] == pytest.approx(
                down_pull / along_pull, rel=1e-3
            )


def _normals(seed: int, rows: int, columns: int) -> flow.Normals:
    random = np.random.default_rng(seed)
    slopes = random.standard_normal((2, rows, columns, 5)).astype(np.float32)
    return flow.Normals(
        rr=(slopes[0] ** 2).sum(-1),
        rc=(slopes[0] * slopes[1]).sum(-1),
        cc=(slopes[1] ** 2).sum(-1),
        pull_r=random.standard_normal((rows, columns)).astype(np.float32),
        pull_c=random.standard_normal((rows, columns)).astype(np.float32),
    )


def _system(normals: flow.Normals, stiffness: float) -> np.ndarray:
    shape = normals.rr.shape
    rows = _bending_rows(*shape)
    bending = stiffness * rows.T @ rows
    cross = np.diag(normals.rc.ravel())
    return np.block(
        [
            [np.diag(normals.rr.ravel()) + bending, cross],
            [cross, np.diag(normals.cc.ravel()) + bending],
        ]
    )


def test_solution_is_that_of_the_dense_system():
    normals, field = _normals(4, 7, 8), _random(5, 2, 7, 8)
    found = flow.solve_smooth(
        normals, (field[0], field[1]), even_stiffness((7, 8), 3**-0.5), rounds=200
    )
    rows = _bending_rows(7, 8)
    target = np.concatenate(
        [
            pull.ravel() - 3.0 * rows.T @ (rows @ part.ravel())
            for pull, part in zip((normals.pull_r, normals.pull_c), field, strict=True)
        ]
    )
    wanted = np.linalg.solve(_system(normals, 3.0), target)
    np.testing.assert_allclose(np.stack(found).ravel(), wanted, atol=2e-2)


def test_systems_solved_together_do_not_affect_each_other():
    field = _random(5, 2, 9, 12)
    cases = [
        (_normals(seed, 9, 12), even_stiffness((9, 12), bending))
        for seed, bending in ((1, 0.5), (2, 0.05), (3, 2.0))
    ]
    normals, stiffness = zip(*cases, strict=True)
    together = flow.solve_together(normals, (field[0], field[1]), stiffness, rounds=200)
    for found, (one, weights) in zip(together, cases, strict=True):
        alone = flow.solve_smooth(one, (field[0], field[1]), weights, rounds=200)
        np.testing.assert_allclose(found, np.stack(alone), atol=2e-3)


def test_spread_is_the_diagonal_of_the_inverse():
    normals = _normals(6, 12, 12)
    stiffness = even_stiffness((12, 12), 2**-0.5)
    spread = flow.spread_of(flow.draw_posterior(normals, stiffness, draws=400, rounds=100))
    variance = np.diag(np.linalg.inv(_system(normals, 2.0))).reshape(2, 12, 12).mean(axis=0)
    wanted = np.sqrt(cv2.GaussianBlur(variance, (0, 0), 1.5))
    np.testing.assert_allclose(spread, wanted, rtol=0.15)


def test_a_prior_keeps_the_initial_position_where_nothing_is_known():
    nothing = np.zeros((8, 8), np.float32)
    away = np.full((2, 8, 8), 2.0, np.float32)
    unseen = flow.Normals(nothing, nothing, nothing, nothing, nothing)
    weights = flow.with_prior(unseen, away, 3.0)
    back = flow.solve_smooth(weights, (away[0], away[1]), even_stiffness((8, 8), 0.1))
    np.testing.assert_allclose(np.stack(back), -away, atol=1e-3)


def test_normalizing_removes_light_and_exposure():
    gray = 100 + 10 * _smooth(7, 120, 140)
    row = np.linspace(0.7, 1.3, 120, dtype=np.float32)[:, None]
    options = {"detail": 6.0, "window": 16.0, "floor": 0.01}
    plain = flow.normalize(gray, **options)
    lit = flow.normalize(gray * row * np.float32(1.4) + 20, **options)
    assert np.corrcoef(plain.ravel(), lit.ravel())[0, 1] > 0.99
    assert abs(lit.std() - plain.std()) < 0.05


def test_agreement_is_one_for_equal_and_zero_for_unrelated_pictures():
    first, second = _smooth(8, 160, 160), _smooth(9, 160, 160)
    all_seen = np.ones_like(first)
    same = flow.local_agreement(first, first, all_seen)
    unrelated = flow.local_agreement(first, second, all_seen)
    assert same.min() > 0.99
    assert abs(float(np.median(unrelated))) < 0.1
    assert np.allclose(flow.local_agreement(first, first, 0 * all_seen), 0)


def test_stiffness_is_low_only_where_the_curvature_changes_abruptly():
    field = np.zeros((2, 20, 30), np.float32)
    field[0, :, 15:] = 5.0
    along, *_, down = flow.adaptive_stiffness(field, 0.1).parts
    assert along[10, 2] == pytest.approx(300, rel=1e-3)
    assert along[10, 13] < 1
    assert down[2:-2].min() == pytest.approx(300, rel=1e-3)


def test_patches_left_out_show_how_stiff_the_field_is():
    """Fields of known roughness with noise: the misfit is smallest near the true roughness."""
    rows, columns = 48, 60
    row, column = np.mgrid[0:rows, 0:columns] / 12.0
    chosen = []
    for height in (0.0, 3.0):
        random = np.random.default_rng(3)
        waves = np.stack([np.sin(2.2 * row + k) * np.cos(2.6 * column - k) for k in range(2)])
        truth = (height * waves).astype(np.float32)
        info = np.full((rows, columns), 25.0, np.float32)
        noise = 5 * random.standard_normal((2, rows, columns), dtype=np.float32)
        nothing = np.zeros_like(info)
        normals = flow.Normals(info, nothing, info, *(25.0 * truth + noise))
        still = np.zeros((rows, columns), np.float32), np.zeros((rows, columns), np.float32)
        scales = (0.002, 0.01, 0.05, 0.25, 1.25)
        misfits = [
            flow.held_out_misfit(normals, still, even_stiffness((rows, columns), scale))
            for scale in scales
        ]
        errors = [
            np.hypot(
                *(
                    np.stack(
                        flow.solve_smooth(
                            normals, still, even_stiffness((rows, columns), scale), rounds=100
                        )
                    )
                    - truth
                )
            ).mean()
            for scale in scales
        ]
        chosen.append(int(np.argmin(misfits)))
        assert errors[chosen[-1]] < 1.2 * min(errors)
    assert chosen[0] < chosen[1]


def test_noise_in_only_one_picture_carries_no_information():
    shared = _smooth(21, 240, 240)
    noisy = [shared + 1.5 * _smooth(seed, 240, 240) for seed in (22, 23)]
    seen = np.ones_like(shared)
    clear = flow.normal_equations(shared, shared, seen, flow.gradient(shared))
    partly_shared = flow.normal_equations(noisy[0], noisy[1], seen, flow.gradient(noisy[0]))
    unshared = flow.normal_equations(
        noisy[0], 1.8 * _smooth(24, 240, 240), seen, flow.gradient(noisy[0])
    )
    assert np.median(partly_shared.rr) < 0.02 * np.median(clear.rr)
    assert np.median(unshared.rr) < 0.1 * np.median(partly_shared.rr)
