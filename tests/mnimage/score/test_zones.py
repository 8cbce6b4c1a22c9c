"""Zones on the grid: which cells belong where."""

from __future__ import annotations

import numpy as np

from mnimage.domain.face import CONTROL, WHOLE, Zones
from mnimage.score.zones import zone_cells


def test_a_control_patch_is_no_part_of_the_whole():
    labels = np.zeros((80, 120), np.uint8)
    labels[:, :40], labels[:, 40:80], labels[:, 80:] = 1, 2, 3
    zones = Zones(("forehead", "chin", CONTROL), labels, np.zeros(labels.shape, bool))
    seen = np.ones((20, 30), bool)
    cells = zone_cells(zones, 4, seen).each(seen)
    assert {name: int(found.sum()) for name, found in cells.items()} == {
        "forehead": 200,
        "chin": 200,
        CONTROL: 200,
        WHOLE: 400,
    }
    assert not (cells[WHOLE] & cells[CONTROL]).any()


def test_a_control_too_small_to_score_is_still_no_part_of_the_whole():
    labels = np.ones((80, 120), np.uint8)
    labels[:8, :8] = 2
    zones = Zones(("forehead", CONTROL), labels, np.zeros(labels.shape, bool))
    seen = np.ones((20, 30), bool)
    cells = zone_cells(zones, 4, seen).each(seen)
    assert set(cells) == {"forehead", WHOLE}
    assert np.array_equal(cells[WHOLE], cells["forehead"])
