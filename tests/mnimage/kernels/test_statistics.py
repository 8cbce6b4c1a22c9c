import numpy as np
import pytest

from mnimage.kernels.statistics import (
    background,
    bootstrap_spread,
    half_sample_mode,
    midmean,
    robust_spread,
)


def test_robust_spread_is_the_standard_deviation_without_outliers():
    values = np.random.default_rng(1).normal(3, 2, 20000).astype(np.float32)
    values[:1000] = 500
    assert robust_spread(values) == pytest.approx(2, rel=0.1)
    assert np.isnan(robust_spread(values[:0]))


def test_midmean_is_robust_and_stable_for_quantised_values():
    random = np.random.default_rng(2)
    values = random.normal(5, 1, 20000).astype(np.float32)
    values[:2000] = 500
    assert midmean(values) == pytest.approx(5, abs=0.2)
    assert np.isnan(midmean(values[:0]))
    # What moves by less than a step moves the mean alike; the median stays, or jumps by a step.
    fine = random.normal(0, 0.6, 20000)
    stepped = [np.rint(fine + shift).astype(np.float32) for shift in (0.1, 0.4)]
    assert midmean(stepped[1]) - midmean(stepped[0]) == pytest.approx(0.3, abs=0.1)
    assert np.median(stepped[1]) - np.median(stepped[0]) in (0.0, 1.0)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.4])
def test_mode_stays_with_the_largest_group(share):
    random = np.random.default_rng(2)
    skin = random.normal(0, 1, 20000)
    lesions = random.normal(7, 3, int(20000 * share))
    values = np.concatenate([skin, lesions, [np.nan]]).astype(np.float32)
    assert half_sample_mode(values) == pytest.approx(0, abs=0.35)


def test_mode_of_an_empty_array_is_nan():
    assert np.isnan(half_sample_mode(np.array([np.nan], dtype=np.float32)))


def test_paling_lesions_do_not_move_the_background():
    random = np.random.default_rng(3)
    skin = random.normal(0, 1, 20000)
    redder = random.normal(6, 1, 8000)
    levels = []
    for paling in (0, 3):
        values = np.concatenate([skin, redder - paling]).astype(np.float32)
        levels.append(np.median(values[background(values)]))
    assert abs(levels[0]) < 0.15
    assert abs(levels[0] - levels[1]) < 0.25


def literal_bootstrap(sums, weights, statistic, rounds):
    random = np.random.default_rng(99)
    count = len(weights)
    values = []
    for _ in range(rounds):
        drawn = random.integers(0, count, count)
        total = sum(sums[i] for i in drawn)
        weight = sum(weights[i] for i in drawn)
        values.append(statistic((total / weight)[None])[0])
    return np.std(values, axis=0, ddof=1) * np.sqrt(count / (count - 1))


def root(means):
    return np.sqrt(means)


def test_bootstrap_matches_its_definition():
    random = np.random.default_rng(4)
    weights = random.integers(5, 20, 25).astype(np.float64)
    sums = weights[:, None] * random.gamma(4, 1, (25, 2))
    seen = bootstrap_spread(sums, weights, root, rounds=4000)
    true = literal_bootstrap(sums, weights, root, 4000)
    # Two independent sets of draws: each known to 1.1 %.
    assert np.allclose(seen, true, rtol=0.06)


def test_bootstrap_gives_the_standard_error_of_a_mean():
    random = np.random.default_rng(5)
    sums = random.normal(10, 2, (400, 1))
    seen = bootstrap_spread(sums, np.ones(400), lambda means: means, rounds=3000)
    assert seen[0] == pytest.approx(np.std(sums) / 20, rel=0.06)


def test_bootstrap_is_repeatable_and_refuses_few_blocks():
    sums, weights = np.arange(12.0).reshape(6, 2), np.ones(6)
    first, second = (bootstrap_spread(sums, weights, root) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.isnan(bootstrap_spread(sums[:3], weights[:3], root)).all()
