"""Fast masks against slow definitions, pixel by pixel."""

from collections import deque

import numpy as np
import pytest
from scipy import ndimage

from mnimage.kernels.masks import (
    close_holes,
    drop_islands,
    enlarge_labels,
    fill_polygon,
    fill_polygons,
    glare_mask,
    grow,
    label_polygons,
    robust,
    shrink,
    smooth,
    without_thin,
)


@pytest.fixture
def speckled():
    noise = np.random.default_rng(20261121).random((40, 55))
    return noise > 0.62


def slow_inside(row, column, corners):
    """Even-odd rule, one ray to the right."""
    inside = False
    for (r0, c0), (r1, c1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if (r0 > row) != (r1 > row) and column < c0 + (row - r0) / (r1 - r0) * (c1 - c0):
            inside = not inside
    return inside


def slow_distance_to_border(shape, corners):
    out = np.full(shape, np.inf)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = end - start
        for place in np.ndindex(shape):
            share = np.clip((place - start) @ along / (along @ along), 0, 1)
            out[place] = min(out[place], np.linalg.norm(place - start - share * along))
    return out


def slow_grow(mask, radius):
    places = np.argwhere(mask)
    out = np.zeros_like(mask)
    for row, column in np.ndindex(mask.shape):
        away = np.hypot(places[:, 0] - row, places[:, 1] - column)
        out[row, column] = away.min() <= radius + 1e-4
    return out


def slow_pieces(mask):
    """8-connected pieces as lists of places, by flooding."""
    left = {tuple(place) for place in np.argwhere(mask)}
    while left:
        queue, piece = deque([left.pop()]), []
        while queue:
            row, column = queue.popleft()
            piece.append((row, column))
            for step in np.ndindex(3, 3):
                near = (row + step[0] - 1, column + step[1] - 1)
                if near in left:
                    left.remove(near)
                    queue.append(near)
        yield piece


@pytest.mark.parametrize("seed", range(5))
def test_polygon_holds_what_the_even_odd_rule_says(seed):
    rng = np.random.default_rng(seed)
    corners = rng.uniform(2, 28, (6, 2))
    drawn = fill_polygon((30, 33), corners)
    wanted = np.array([[slow_inside(r, c, corners) for c in range(33)] for r in range(30)])
    # Drawing includes the border: it may add pixels within one pixel of it, never lose any.
    near = slow_distance_to_border((30, 33), corners) <= 1.0
    assert np.array_equal(drawn[~near], wanted[~near])
    assert not (wanted & ~drawn).any()


def test_polygon_is_not_transposed_or_shifted():
    drawn = fill_polygon((20, 30), np.array([[3, 10], [3, 25], [8, 25], [8, 10]]))
    rows, columns = np.nonzero(drawn)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (3, 8, 10, 25)


def test_several_polygons_are_their_union():
    one, two = np.array([[1, 1], [1, 9], [9, 9.0]]), np.array([[11, 2], [11, 8], [15, 8.0]])
    union = fill_polygon((20, 20), one) | fill_polygon((20, 20), two)
    assert np.array_equal(fill_polygons((20, 20), [one, two]), union)


def test_earlier_polygon_wins_where_two_overlap():
    one = np.array([[0, 0], [0, 10], [10, 10], [10, 0]])
    labels = label_polygons((30, 30), [one, one + 5])
    assert labels[7, 7] == 1
    assert labels[13, 13] == 2
    assert labels[25, 25] == 0


@pytest.mark.parametrize("radius", [1.0, 1.5, 3.0, 4.2])
def test_grow_and_shrink_are_distances(speckled, radius):
    sparse = speckled & (np.random.default_rng(1).random(speckled.shape) > 0.8)
    assert np.array_equal(grow(sparse, radius), slow_grow(sparse, radius))
    assert np.array_equal(shrink(~sparse, radius), ~slow_grow(sparse, radius))


@pytest.mark.parametrize("square", [2, 4, 5, 10, 13, 25, 50])
def test_pixels_just_at_the_radius_count_the_same_every_time(square):
    # OpenCV's last digit differs from call to call: over 200 masks some pixel would flip.
    rng = np.random.default_rng(square)
    for _ in range(200):
        mask = np.pad(rng.random(tuple(rng.integers(20, 80, 2))) > 0.02, 1)
        inward, outward = (
            np.rint(ndimage.distance_transform_edt(part) ** 2) for part in (mask, ~mask)
        )
        assert np.array_equal(grow(mask, np.sqrt(square)), outward <= square)
        radius = max(square, inward.max() / 4)  # squared
        deep = inward > radius + 1e-6
        near = np.rint(ndimage.distance_transform_edt(~deep) ** 2) <= radius + 1e-6
        opened, widest = without_thin(mask, np.sqrt(square))
        assert widest == np.sqrt(inward.max())
        assert np.array_equal(opened, mask & near if deep.any() else deep)


def test_nothing_grows_from_nothing():
    assert not grow(np.zeros((5, 5), dtype=bool), 3).any()
    assert shrink(np.ones((5, 5), dtype=bool), 3).all()


@pytest.mark.parametrize("smallest", [1, 3, 8])
def test_islands_below_the_size_are_removed(speckled, smallest):
    wanted = np.zeros_like(speckled)
    for piece in slow_pieces(speckled):
        if len(piece) >= smallest:
            wanted[tuple(np.transpose(piece))] = True
    assert np.array_equal(drop_islands(speckled, smallest), wanted)


@pytest.mark.parametrize("largest", [1, 4, 12])
def test_holes_up_to_the_size_close_unless_they_touch_the_border(speckled, largest):
    mask = ~speckled
    wanted = mask.copy()
    for piece in slow_pieces(~mask):
        open_to_border = any(r in (0, 39) or c in (0, 54) for r, c in piece)
        if len(piece) <= largest and not open_to_border:
            wanted[tuple(np.transpose(piece))] = True
    assert np.array_equal(close_holes(mask, largest), wanted)


def test_a_hole_that_touches_a_wall_stays_open():
    mask = np.ones((12, 12), dtype=bool)
    mask[3:5, 3:5] = mask[8:10, 8:10] = False
    walls = np.zeros_like(mask)
    walls[4, 4] = True
    closed = close_holes(mask, 10, walls)
    assert not closed[3:5, 3:5].any()
    assert closed[8:10, 8:10].all()


def test_smoothing_removes_specks_and_keeps_straight_edges():
    mask = np.zeros((40, 40), dtype=bool)
    mask[:, 20:] = True
    noisy = mask.copy()
    noisy[10, 5] = True
    noisy[30, 33] = False
    assert np.array_equal(smooth(noisy, 2.0), mask)


@pytest.mark.parametrize("step", [1, 3, 4])
def test_labels_are_enlarged_in_blocks(step):
    labels = np.random.default_rng(2).integers(0, 9, (7, 9)).astype(np.uint8)
    shape = (7 * step - (step > 1), 9 * step - 2 * (step > 2))
    large = enlarge_labels(labels, step, shape)
    wanted = np.kron(labels, np.ones((step, step), dtype=np.uint8))[: shape[0], : shape[1]]
    assert np.array_equal(large, wanted)


def test_robust_spread_ignores_a_few_wild_values():
    values = np.random.default_rng(3).normal(5, 2, 20_000)
    values[:500] = 1e6
    middle, spread = robust(values)
    assert middle == pytest.approx(5, abs=0.15)
    assert spread == pytest.approx(2, rel=0.06)
    assert robust(values[:0]) == (0.0, 0.0)


def test_glare_is_bright_and_pale_and_spots_make_none():
    rng = np.random.default_rng(4)
    light = rng.normal(-1, 0.02, (120, 120)).astype(np.float32)
    red = rng.normal(0.5, 0.01, (120, 120)).astype(np.float32)
    light[20:26, 20:26] += 0.5  # a highlight: brighter, less red
    red[20:26, 20:26] -= 0.2
    light[60:66, 60:66] += 0.5  # bright but as red as the rest: no glare
    light[90:102, 90:102] -= 1.0  # a dark red spot, around which nothing shines
    red[90:102, 90:102] += 0.6
    found = glare_mask(light, red, np.ones((120, 120), dtype=bool), 10.0)
    assert found[20:26, 20:26].mean() > 0.95
    assert found[60:66, 60:66].mean() < 0.1
    assert found[80:112, 80:112].mean() < 0.02
