"""Lines among furrows, on skin whose lines are drawn here."""

from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.texture import TrueLine, line_depth
from mnimage.relief.lines import find_lines
from mnimage.relief.marks import levelled

SIDE_MM = 24.0
NEAR_MM = 0.1


@cache
def bare(seed, pitch, micro, furrow):
    """Skin without a line, in mm."""
    look = SkinAppearance(
        microrelief_um=micro,
        furrow_um=furrow,
        lines=0,
        scars=(0, 0, 0),
        marks=(0, 0),
        curvature_mm=float("inf"),
    )
    return make_skin(seed=seed, size_mm=(SIDE_MM, SIDE_MM), mm_per_px=pitch, look=look).relief_mm


def arc(length, turn, bend, place=(0.0, 0.0), depth=0.08, width=0.3):
    """A line that starts in a direction (radians) and turns by so much over its length."""
    heading = turn + bend * np.linspace(-0.5, 0.5, 81)
    steps = np.stack([np.sin(heading), np.cos(heading)], axis=1) * (length / 80)
    points = np.cumsum(steps, axis=0)
    points += np.array(place) - points.mean(axis=0)
    return TrueLine(tuple(map(tuple, points.tolist())), depth, width)


def found_on(lines, pitch=0.05, seed=1, micro=8.0, furrow=40.0, mask=None):
    height = bare(seed, pitch, micro, furrow)
    height = height - line_depth(tuple(lines), height.shape, pitch)
    mask = np.ones(height.shape, dtype=bool) if mask is None else mask
    return find_lines(levelled(height.astype(np.float32), mask, pitch), mask, pitch)


def course(line, shape, pitch):
    """Where a line lies on a picture, its thin ends left out."""
    points = np.array(line.points_mm) / pitch + (np.array(shape) - 1) / 2
    share = np.linspace(0, 1, 3000)
    deep = line.depth_mm * np.sqrt(np.sin(np.pi * share)) > 0.02
    known = np.linspace(0, 1, len(points))
    rows, columns = (np.rint(np.interp(share[deep], known, axis)) for axis in points.T)
    canvas = np.zeros(shape, dtype=bool)
    canvas[rows.astype(int), columns.astype(int)] = True
    return canvas


def agreement(lines, found, pitch=0.05):
    """Share of what is found that is true, and of what is true that is found."""
    size = round(SIDE_MM / pitch)
    true = np.any([course(line, (size, size), pitch) for line in lines], axis=0)
    seen = np.zeros_like(true)
    seen[found.places[:, 0], found.places[:, 1]] = True
    reach = NEAR_MM / pitch + 1e-6
    near_true, near_seen = (ndimage.distance_transform_edt(~one) <= reach for one in (true, seen))
    return (seen & near_true).sum() / seen.sum(), (true & near_seen).sum() / true.sum()


STRAIGHT = arc(10.0, 0.5, 0.0)
CROWS_FOOT = arc(16.0, 0.9, 1.0, depth=0.12, width=0.5)
FOLD = arc(20.0, 1.4, 0.7, depth=0.45, width=0.95)


@pytest.mark.parametrize("line", [STRAIGHT, CROWS_FOOT, FOLD], ids=["straight", "bent", "fold"])
def test_a_line_is_found_where_it_is_and_to_its_ends(line):
    found = found_on([line])
    right, hit = agreement([line], found)
    assert right > 0.9
    assert hit > 0.9
    along = np.hypot(*np.diff(np.array(line.points_mm), axis=0).T).sum()
    assert found.length_mm == pytest.approx(along, rel=0.15)


@pytest.mark.parametrize("pitch", [0.03, 0.04, 0.065, 0.08])
def test_the_scale_of_the_picture_matters_little(pitch):
    found = found_on([STRAIGHT], pitch)
    right, hit = agreement([STRAIGHT], found, pitch)
    assert min(right, hit) > 0.85


def test_a_shallow_line_among_shallower_furrows_is_found():
    line = arc(9.0, 2.2, 0.2, depth=0.045, width=0.35)
    found = found_on([line], furrow=25.0)
    assert min(agreement([line], found)) > 0.85


def test_lines_side_by_side_are_distinguished():
    lines = [arc(10.0, 0.3, 0.1, (1.5 * n - 1.5, 0.0), depth=0.1) for n in range(3)]
    found = found_on(lines)
    assert min(agreement(lines, found)) > 0.85
    assert found.length_mm == pytest.approx(30.0, rel=0.15)


def test_a_branch_is_found():
    lines = [arc(14.0, 0.0, 0.0, depth=0.12), arc(6.0, 0.9, 0.0, (2.35, 1.87), depth=0.12)]
    assert min(agreement(lines, found_on(lines))) > 0.85


@pytest.mark.parametrize(
    ("seed", "micro", "furrow"), [(2, 4.0, 20.0), (3, 8.0, 50.0), (4, 13.0, 80.0), (5, 0.5, 0.0)]
)
def test_furrows_are_no_lines(seed, micro, furrow):
    assert found_on([], seed=seed, micro=micro, furrow=furrow).length_mm < 1.0


def test_a_line_that_runs_under_a_scar_is_found_beside_it():
    line = arc(10.0, 0.0, 0.0, depth=0.12)
    mask = np.ones((480, 480), dtype=bool)
    row, column = np.mgrid[:480, :480]
    mask[np.hypot(row - 240, column - 280) < 80] = False
    found = found_on([line], mask=mask)
    assert mask[found.places[:, 0], found.places[:, 1]].all()
    truth = course(line, mask.shape, 0.05) & mask
    seen = np.zeros_like(mask)
    seen[found.places[:, 0], found.places[:, 1]] = True
    near = ndimage.distance_transform_edt(~seen) <= 2
    assert (truth & near).sum() / truth.sum() > 0.8


def test_the_depth_is_that_of_the_line():
    found = found_on([arc(12.0, 0.4, 0.0, depth=0.15, width=0.4)], micro=2.0, furrow=10.0)
    # The mean of a depth that falls to 0 at both ends as the root of a sine is 0.76 of the most.
    assert found.depth_mm == pytest.approx(0.76 * 0.15, rel=0.2)


def test_what_lies_within_keeps_its_share_of_the_length():
    found = found_on([arc(12.0, 0.0, 0.0, depth=0.15)], micro=2.0, furrow=10.0)
    half = np.zeros((480, 480), dtype=bool)
    half[:, :240] = True
    left, right = found.within(half), found.within(~half)
    assert left.length_mm + right.length_mm == pytest.approx(found.length_mm)
    assert left.length_mm == pytest.approx(6.0, rel=0.15)
    nothing = found.within(np.zeros_like(half))
    assert (len(nothing.places), nothing.length_mm) == (0, 0.0)
    assert np.isnan(nothing.depth_mm)


def test_no_skin_has_no_lines():
    nothing = np.zeros((100, 120), dtype=bool)
    found = find_lines(np.zeros(nothing.shape, np.float32), nothing, 0.05)
    assert (len(found.places), found.length_mm) == (0, 0.0)


def test_level_skin_has_no_lines():
    whole = np.ones((100, 120), dtype=bool)
    assert len(find_lines(np.zeros(whole.shape, np.float32), whole, 0.05).places) == 0
