"""A deep line crossed by furrows falls into pieces; scars are scars wherever they lie."""

import cv2
import numpy as np

from mnimage.domain.recipe import ReliefRecipe
from mnimage.relief.beads import lines_across, without_beads

PITCH = 0.05
SHAPE = (300, 420)
RECIPE = ReliefRecipe()


def skin(scars=()):
    """A line 14 mm long and 0.15 mm deep at row 150, and pits (row, column, mm deep, mm wide)."""
    row, column = np.mgrid[: SHAPE[0], : SHAPE[1]] * PITCH
    along = np.abs(column - 10.5) < 7
    height = -0.15 * np.exp(-4 * np.log(2) * ((row - 7.5) / 0.35) ** 2) * along
    height += np.random.default_rng(2).normal(0, 0.001, SHAPE)
    for down, right, deep, wide in scars:
        away = np.hypot(row - down * PITCH, column - right * PITCH)
        height = np.minimum(height, -deep * np.exp(-4 * np.log(2) * (away / wide) ** 2))
    return height.astype(np.float32)


def labelled(places, radius_mm=0.7):
    labels = np.zeros(SHAPE, dtype=np.uint8)
    for number, (down, right) in enumerate(places, start=1):
        cv2.circle(labels, (right, down), round(radius_mm / PITCH), number, -1)
    return labels.astype(np.int32)


def left(height, labels):
    usable = np.ones(SHAPE, dtype=bool)
    lines = lines_across(height, usable, labels, PITCH, RECIPE)
    return without_beads(height, labels, lines, PITCH, RECIPE)


def test_pieces_of_a_line_are_no_scars():
    beads = [(150, column) for column in (110, 150, 190, 260)]
    assert left(skin(), labelled(beads)).max() == 0


def test_a_scar_beside_a_line_stays_and_numbers_close_up():
    beads = [(150, 110), (150, 190)]
    alone = (60, 200)
    found = left(skin([(*alone, 0.3, 0.6)]), labelled([beads[0], alone, beads[1]]))
    assert set(np.unique(found)) == {0, 1}
    assert found[alone] == 1


def test_a_deep_pit_on_a_line_is_a_scar():
    pit = (150, 200)
    assert left(skin([(*pit, 0.5, 0.8)]), labelled([pit]))[pit] == 1


def test_wide_scars_are_not_touched():
    wide = labelled([(150, 200)], radius_mm=2.0)
    assert np.array_equal(left(skin(), wide), wide)


def test_a_coarse_picture_shows_of_no_lines():
    beads = labelled([(150, 110), (150, 190)])
    usable = np.ones(SHAPE, dtype=bool)
    assert lines_across(skin(), usable, beads, 0.1, RECIPE) is None
    assert np.array_equal(without_beads(skin(), beads, None, 0.1, RECIPE), beads)
