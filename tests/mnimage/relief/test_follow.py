"""Masks of scars on another session's relief."""

import numpy as np

from mnimage.relief.follow import cut_scars, fill_seen, fresh_scars


def labels(*boxes):
    drawn = np.zeros((40, 60), dtype=np.int32)
    for number, (top, left) in boxes:
        drawn[top : top + 10, left : left + 10] = number
    return drawn


def test_a_scar_half_seen_counts_as_a_whole():
    two = labels((1, (0, 0)), (2, (20, 20)))
    seen = np.ones(two.shape, dtype=bool)
    seen[2:5, :10] = False
    seen[20:28, 20:30] = False
    filled = fill_seen(seen, two)
    assert filled[two == 1].all()
    assert not filled[20:28, 20:30].any()


def test_a_scar_that_leaves_the_picture_is_cut():
    before = labels((1, (0, 0)), (2, (20, 20)))
    carried = labels((1, (0, 0)), (2, (20, 20)))
    carried[:, :3] = 0
    assert cut_scars(before, carried, 1.0) == {1}
    assert cut_scars(before, carried, 4.0) == {1, 2}


def test_only_what_no_known_scar_touches_is_fresh():
    found = labels((1, (0, 0)), (2, (20, 20)), (3, (25, 45)))
    carried = labels((7, (0, 4)))
    seen = np.ones(found.shape, dtype=bool)
    seen[:, 50:] = False
    fresh = fresh_scars(found, carried, seen, 8)
    assert set(np.unique(fresh)) == {0, 8}
    assert (fresh[20:30, 20:30] == 8).all()
