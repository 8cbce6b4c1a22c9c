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
    found = flow.bend(values, flow.even_stiffness((6, 7), 0.5)).ravel()
    wanted = 4 * rows.T @ (rows @ values.ravel())
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-3)


def test_a_plane_does_not_bend():
    row, column = np.mgrid[0:9, 0:11].astype(np.float32)
    plane = 3 + 0.5 * row - 2 * column
    assert np.abs(flow.bend(plane, flow.even_stiffness((9, 11), 1.0))).max() < 1e-4


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
    found = flow.solve_smooth(
        normals, (field[0], field[1]), flow.even_stiffness((7, 8), 3**-0.5), rounds=200
    )
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
    spread = flow.posterior_spread(
        normals, flow.even_stiffness((12, 12), 2**-0.5), draws=400, rounds=100
    )
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


def test_stiffness_yields_only_where_the_field_bends_sharply():
    field = np.zeros((2, 20, 30), np.float32)
    field[0, :, 15:] = 5.0
    stiffness = flow.yielding_stiffness(field, 0.1)
    assert stiffness.along[10, 2] == pytest.approx(100, rel=1e-3)
    assert stiffness.along[10, 13] < 1
    assert stiffness.down.min() == pytest.approx(100, rel=1e-3)


def test_the_scale_of_bending_is_learnt_from_the_field():
    random = np.random.default_rng(11)
    rows = _bending_rows(24, 24)
    # A field whose second differences are 0.2 px wide, seen with little noise.
    drawn = np.linalg.lstsq(rows, 0.2 * random.standard_normal((len(rows), 2)), rcond=None)[0]
    field = drawn.T.reshape(2, 24, 24).astype(np.float32)
    sharp = np.full((24, 24), 1e6, np.float32)
    nothing = np.zeros((24, 24), np.float32)
    normals = flow.Normals(sharp, nothing, sharp, nothing, nothing)
    second = field[:, :-2] - 2 * field[:, 1:-1] + field[:, 2:]
    scale = 0.05
    for _ in range(40):
        scale = flow.bending_scale(normals, field, flow.yielding_stiffness(field, scale), scale)
    # For normal second differences Cauchy's scale is 0.61 of their standard deviation.
    assert scale == pytest.approx(0.61 * second.std(), rel=0.2)


def test_the_pull_of_a_field_that_is_off_is_how_far_it_is_off():
    picture = cv2.GaussianBlur(_random(12, 160, 160), (0, 0), 3.0) * np.float32(20)
    shift = np.float32([[1, 0, 0.4], [0, 1, 0]])
    moved = cv2.warpAffine(picture, shift, (160, 160), flags=cv2.INTER_CUBIC)
    slope = flow.gradient(picture)
    seen = np.ones_like(picture)
    still = flow.local_pull(flow.normal_equations(picture, picture, seen, slope))
    pulled = flow.local_pull(flow.normal_equations(picture, moved, seen, slope))
    assert still.max() < 1e-3
    assert np.median(pulled) == pytest.approx(0.4, rel=0.15)
