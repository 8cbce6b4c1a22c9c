"""Crests joined to lines."""

from types import SimpleNamespace

import numpy as np
import pytest

from mnimage.relief.line_join import (
    centred,
    course,
    drawn,
    joined,
    lengths_mm,
    mean_depth_mm,
    smoothed,
)
from mnimage.relief.line_paths import DIRECTIONS, Crests

GRID = 0.15


def crests(places, number=0):
    places = np.array(places)
    count = len(places)
    return Crests(
        places,
        places.astype(np.float32),
        np.full(count, number),
        np.zeros((count, 0), np.float32),
    )


def grooves(seen, aside=0.0):
    """Grooves as deep as they are near their row."""
    row = np.arange(100, dtype=np.float32)[:, None] * np.ones((1, 100), np.float32)
    depth = np.broadcast_to(0.1 - 0.001 * (row - 50 - aside) ** 2, (DIRECTIONS, 100, 100))
    return SimpleNamespace(seen=seen, grid=GRID, step=3, depth=depth)


def row(length, at=50, first=30):
    return [(at, first + n) for n in range(length)]


def whole():
    return np.ones((100, 100), dtype=bool)


def test_a_long_likely_piece_is_a_line_and_a_short_one_is_not():
    both = crests(row(30, 20) + row(10, 80))
    kept = joined(both, np.full(40, 0.95, np.float32), grooves(whole()))
    assert sorted(kept.tolist()) == list(range(30))


def test_a_long_piece_that_is_nowhere_likely_is_no_line():
    assert len(joined(crests(row(30)), np.full(30, 0.6, np.float32), grooves(whole()))) == 0


def test_less_likely_ends_of_a_likely_piece_belong_to_it():
    likely = np.full(30, 0.95, np.float32)
    likely[:6] = 0.6
    assert len(joined(crests(row(30)), likely, grooves(whole()))) == 30


def test_a_piece_that_runs_under_a_scar_may_be_shorter():
    seen = whole()
    seen[:, 42:] = False
    likely = np.full(10, 0.95, np.float32)
    assert len(joined(crests(row(10)), likely, grooves(seen))) == 10
    assert len(joined(crests(row(10)), likely, grooves(whole()))) == 0


def test_nothing_likely_gives_no_line():
    assert len(joined(crests(row(30)), np.zeros(30, np.float32), grooves(whole()))) == 0


def test_a_smoothed_arc_lies_on_the_arc():
    random = np.random.default_rng(4)
    turn = np.linspace(0, 0.8, 60)
    radius = 90.0
    true = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)
    loose = true * (1 + random.normal(0, 0.5, 60) / radius)[:, None]
    heading = np.arctan2(-np.sin(turn), np.cos(turn)) + random.normal(0, 0.1, 60)
    middle, angle = smoothed(loose, heading, np.ones(60), GRID)
    off = np.hypot(*middle.T) - radius
    assert np.sqrt(np.mean(off**2)) < 0.25
    inner = slice(6, -6)
    exact = np.arctan2(-np.sin(turn), np.cos(turn))
    assert np.abs(angle - exact)[inner].max() < 0.08


def test_the_line_is_drawn_thin_and_without_a_gap():
    one = crests(row(30))
    middle, angle = course(one, grooves(whole()), np.ones(30, np.float32))
    canvas = drawn(middle, angle, 3, (300, 300))
    rows, columns = np.nonzero(canvas)
    assert set(rows.tolist()) == {151}
    assert np.array_equal(np.sort(columns), np.arange(columns.min(), columns.max() + 1))
    assert columns.min() == pytest.approx(91, abs=3)
    assert columns.max() == pytest.approx(178, abs=3)


def test_a_slanted_line_of_one_place_in_width_is_as_long_as_it_is():
    slant = crests([(n, n) for n in range(40)], DIRECTIONS // 4)
    assert lengths_mm(slant, GRID).sum() == pytest.approx(40 * GRID * np.sqrt(2))


def test_two_crests_beside_each_other_count_as_one():
    both = crests(row(40) + row(40, 51))
    assert lengths_mm(both, GRID).sum() == pytest.approx(40 * GRID)


@pytest.mark.parametrize("aside", [-1.3, 0.0, 0.6, 2.0])
def test_a_crest_is_moved_to_where_its_groove_is_deepest(aside):
    middle = centred(crests(row(30)), grooves(whole(), aside))
    assert middle[:, 0] == pytest.approx(50 + aside, abs=0.1)
    assert middle[:, 1] == pytest.approx(np.arange(30, 60))


def test_what_runs_along_the_border_of_the_picture_is_no_line():
    likely = np.full(30, 0.95, np.float32)
    assert len(joined(crests(row(30, at=6)), likely, grooves(whole()))) == 0
    assert len(joined(crests(row(30, at=12)), likely, grooves(whole()))) == 30


def test_the_depth_is_reported_below_what_is_beside():
    row = (np.mgrid[:300, :300][0] - 151) * 0.05
    flat = (-0.2 * np.exp(-(row**2) / (2 * 0.2**2))).astype(np.float32)
    middle = np.array([[151.0, column] for column in range(60, 240)])
    assert mean_depth_mm(flat, middle, np.zeros(180), 0.05) == pytest.approx(0.2, rel=0.02)
