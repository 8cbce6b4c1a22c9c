"""The dense matching kernel against literal twins and dense linear algebra."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnimage.kernels import flow


def _random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def _smooth(seed: int, *shape: int) -> np.ndarray:
    return cv2.GaussianBlur(_random(seed, *shape), (0, 0), 1.5) * np.float32(4)


def _bending_rows(rows: int, columns: int) -> np.ndarray:
    """One row per second difference: the literal definition of the bending energy."""
    found = []

    def row(*terms: tuple[int, int, float]) -> None:
        line = np.zeros((rows, columns))
        for i, j, factor in terms:
            line[i, j] = factor
        found.append(line.ravel())

    for i in range(rows):
        for j in range(columns):
            if 0 < i < rows - 1:
                row((i - 1, j, 1), (i, j, -2), (i + 1, j, 1))
            if 0 < j < columns - 1:
                row((i, j - 1, 1), (i, j, -2), (i, j + 1, 1))
            if i < rows - 1 and j < columns - 1:
                root = np.sqrt(2)
                row((i, j, root), (i + 1, j, -root), (i, j + 1, -root), (i + 1, j + 1, root))
    return np.array(found)


def test_bend_is_the_bending_energy_written_out():
    values = _random(1, 6, 7)
    rows = _bending_rows(6, 7)
    np.testing.assert_allclose(
        flow.bend(values).ravel(), rows.T @ (rows @ values.ravel()), rtol=1e-4, atol=1e-4
    )


def test_a_plane_does_not_bend():
    row, column = np.mgrid[0:9, 0:11].astype(np.float32)
    assert np.abs(flow.bend(3 + 0.5 * row - 2 * column)).max() < 1e-4


def test_normal_equations_match_the_sums_written_out():
    fixed, moved = _smooth(1, 16, 24), _smooth(2, 16, 24)
    weight = (np.random.default_rng(3).random((16, 24)) > 0.3).astype(np.float32)
    slope = flow.gradient(fixed)
    found = flow.normal_equations(fixed, moved, weight, slope)
    other = flow.gradient(moved)
    for i in range(2):
        for j in range(3):
            rr = pull = 0.0
            for y in range(i * 8, i * 8 + 8):
                for x in range(j * 8, j * 8 + 8):
                    gap = fixed[y, x] - moved[y, x]
                    trust = weight[y, x] / (1 + (gap / 1.2) ** 2)
                    down = (slope[0][y, x] + other[0][y, x]) / 2
                    rr += trust * down * down
                    pull += trust * down * gap
            # Both are divided by one local variance: their ratio does not depend on it.
            assert found.pull_r[i, j] / found.rr[i, j] == pytest.approx(pull / rr, rel=1e-3)


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
    found = flow.solve_smooth(normals, (field[0], field[1]), 3.0, rounds=200)
    rows = _bending_rows(7, 8)
    target = np.concatenate(
        [
            pull.ravel() - 3.0 * rows.T @ (rows @ part.ravel())
            for pull, part in zip((normals.pull_r, normals.pull_c), field, strict=True)
        ]
    )
    wanted = np.linalg.solve(_system(normals, 3.0), target)
    # The steps end at a thousandth of the first residual.
    np.testing.assert_allclose(np.stack(found).ravel(), wanted, atol=2e-2)


def test_spread_is_the_diagonal_of_the_inverse():
    normals = _normals(6, 12, 12)
    spread = flow.posterior_spread(normals, 2.0, draws=400, rounds=100)
    variance = np.diag(np.linalg.inv(_system(normals, 2.0))).reshape(2, 12, 12).mean(axis=0)
    wanted = np.sqrt(cv2.GaussianBlur(variance, (0, 0), 1.5))
    np.testing.assert_allclose(spread, wanted, rtol=0.15)


def test_normalizing_drops_light_and_exposure():
    gray = 100 + 10 * _smooth(7, 120, 140)
    row = np.linspace(0.7, 1.3, 120, dtype=np.float32)[:, None]
    options = {"detail": 6.0, "window": 16.0, "floor": 0.01}
    plain = flow.normalize(gray, **options)
    lit = flow.normalize(gray * row * np.float32(1.4) + 20, **options)
    assert np.corrcoef(plain.ravel(), lit.ravel())[0, 1] > 0.99
    assert abs(lit.std() - plain.std()) < 0.05


def test_agreement_is_one_for_the_same_and_none_for_strangers():
    first, second = _smooth(8, 160, 160), _smooth(9, 160, 160)
    all_seen = np.ones_like(first)
    same = flow.local_agreement(first, first, all_seen)
    strangers = flow.local_agreement(first, second, all_seen)
    assert same.min() > 0.99
    assert abs(float(np.median(strangers))) < 0.1
    assert np.allclose(flow.local_agreement(first, first, 0 * all_seen), 0)
