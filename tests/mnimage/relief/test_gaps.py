"""Slopes carried across what is no skin, against a height in closed form."""

import numpy as np

from mnimage.kernels.integrate import integrate_slopes
from mnimage.relief.gaps import bridge, wide_gaps


def head():
    """Return a hill in px and its slopes, and where they are not stated: all but its side."""
    row, column = np.mgrid[:240, :200].astype(np.float64)
    down, right = (row - 119.5) / 110, (column - 99.5) / 92
    height = 60 * np.exp(-(down**2) - right**2)
    slopes = -2 * right / 92 * height, -2 * down / 110 * height
    return height, slopes, (down + 0.3) ** 2 + (right - 0.3) ** 2 > 0.4


def test_nothing_behind_a_face_does_not_bend_it():
    height, slopes, gap = head()
    seen = tuple(np.where(gap, 0, slope).astype(np.float32) for slope in slopes)
    errors = []
    for x, y in (seen, bridge(seen, gap, 0.4)):
        away = (integrate_slopes(x, y) - height)[~gap]
        errors.append(float(np.std(away)))
    assert errors[0] > 1
    assert errors[1] < 0.05


def test_slopes_outside_the_gap_stay():
    _, slopes, gap = head()
    seen = tuple(np.where(gap, 0, slope).astype(np.float32) for slope in slopes)
    for before, after in zip(seen, bridge(seen, gap, 0.4), strict=True):
        assert np.array_equal(before[~gap], after[~gap])
    assert bridge(seen, None, 0.4) is seen
    assert bridge(seen, np.zeros_like(gap), 0.4) is seen


def test_only_wide_gaps_are_bridged():
    trusted = np.ones((400, 400), np.bool_)
    trusted[50:56, 50:300] = False
    assert wide_gaps(trusted, 0.1) is None
    trusted[200:300, 200:300] = False
    gap = wide_gaps(trusted, 0.1)
    assert gap is not None
    assert gap[210:290, 210:290].all()
    assert not gap[:150].any()
    assert not (gap & trusted).any()


def test_a_small_ragged_gap_is_filled_with_slopes_like_those_around_it():
    rng = np.random.default_rng(4)
    row, column = np.mgrid[:400, :420]
    # A mole 2.4 mm wide, of which a fifth of the pixels is bright enough by chance.
    gap = (np.hypot(row - 300, column - 120) < 24) & (rng.random(row.shape) > 0.2)
    seen = tuple(
        (0.3 * np.sin(row / 40 + turn) + 0.1 * rng.standard_normal(row.shape)).astype(np.float32)
        for turn in (0, 1)
    )
    seen = tuple(np.where(gap, np.float32(0.2), slope) for slope in seen)
    for before, after in zip(seen, bridge(seen, gap, 0.05), strict=True):
        assert np.abs(after[gap]).max() < np.abs(before).max()
