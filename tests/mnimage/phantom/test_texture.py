import numpy as np
import pytest

from mnimage.phantom.texture import (
    TrueLine,
    TruePore,
    draw_lines,
    draw_pores,
    furrow_net,
    line_depth,
    pore_depth,
)


def test_a_pore_is_as_deep_and_wide_as_given():
    pore = TruePore(0.1, -0.2, 0.3, 0.08)
    depth = pore_depth((pore,), (201, 201), 0.01)
    assert depth.max() == pytest.approx(0.08, abs=1e-4)
    assert np.unravel_index(depth.argmax(), depth.shape) == (110, 80)
    wide = np.count_nonzero(depth[110] > 0.04) * 0.01
    assert wide == pytest.approx(0.3, abs=0.02)


def test_pores_have_the_sizes_of_skin():
    pores = draw_pores((30.0, 20.0), 50.0, np.random.default_rng(1))
    assert len(pores) == 300
    assert all(0.15 <= pore.diameter_mm <= 0.4 and 0.03 <= pore.depth_mm <= 0.1 for pore in pores)
    assert all(abs(pore.row_mm) <= 15 and abs(pore.column_mm) <= 10 for pore in pores)


def test_a_line_follows_its_points():
    points = tuple((0.5 * x, x) for x in np.linspace(-3, 3, 61).tolist())
    depth = line_depth((TrueLine(points, 0.1, 0.3),), (161, 161), 0.05)
    # The straight line row = column / 2 through the middle: depth by the distance from it.
    row, column = (np.mgrid[:161, :161] - 80) * 0.05
    away = np.abs(row - 0.5 * column) / np.sqrt(1.25)
    inner = np.hypot(row, column) < 0.6
    wanted = 0.1 * 0.5 ** ((2 * away / 0.3) ** 2)
    assert np.abs(depth - wanted)[inner & (away < 0.4)].max() < 0.004
    assert depth[80 + 35, 80 + 70] < 0.02


def test_lines_are_in_bounds():
    lines = draw_lines((30.0, 30.0), 4, np.random.default_rng(2))
    assert lines
    assert all(0.03 <= line.depth_mm <= 0.2 and 0.2 <= line.width_mm <= 0.5 for line in lines)


def test_furrows_part_plateaus():
    net = furrow_net((300, 300), 20.0, 2.0, np.random.default_rng(3))
    assert net.min() >= 0
    assert np.median(net) < 0.25
    assert 0.05 < np.mean(net > 0.4) < 0.4
