"""The grids of an alignment belong together."""

import numpy as np
import pytest

from mnimage.domain.alignment import Alignment, Status


def _alignment(**grids):
    plain = np.zeros((3, 4), np.float32)
    valid = grids.pop("valid", np.ones((3, 4), bool))
    sizes = ((24, 32), (24, 32), 8)
    return Alignment(Status.ALIGNED, "", *sizes, plain, plain, plain, valid, **grids)


def test_nothing_is_moved_unless_said():
    moved = _alignment().moved
    assert moved.shape == (3, 4)
    assert not moved.any()


def test_moved_skin_is_not_valid():
    moved = np.zeros((3, 4), bool)
    moved[1, 2] = True
    with pytest.raises(ValueError, match="moved skin"):
        _alignment(moved=moved)
    assert _alignment(valid=~moved, moved=moved).moved.sum() == 1


def test_moved_lies_on_the_nodes_of_the_field():
    with pytest.raises(ValueError, match="shapes differ"):
        _alignment(moved=np.zeros((4, 4), bool))
