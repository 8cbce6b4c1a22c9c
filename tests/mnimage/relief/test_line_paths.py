"""Grooves, their crests and what is measured of them, where all is drawn here."""

import numpy as np
import pytest

from mnimage.relief.line_paths import DIRECTIONS, find_crests, find_grooves

PITCH = 0.05


def groove(turn, depth=0.1, sigma=0.16, size=400):
    """A straight groove through the middle of level skin."""
    row, column = (np.mgrid[:size, :size] - (size - 1) / 2) * PITCH
    across = row * np.cos(turn) - column * np.sin(turn)
    return (-depth * np.exp(-(across**2) / (2 * sigma**2))).astype(np.float32)


@pytest.mark.parametrize("number", [0, 3, 8, 13])
def test_crests_lie_on_the_groove_in_its_direction(number):
    turn = number * np.pi / DIRECTIONS
    height = groove(turn, depth=0.011)
    grooves = find_grooves(height, np.ones(height.shape, dtype=bool), PITCH)
    crests = find_crests(grooves)
    middle = ((crests.middle + 0.5) * grooves.step - 0.5 - 199.5) * PITCH
    across = middle[:, 0] * np.cos(turn) - middle[:, 1] * np.sin(turn)
    along = middle[:, 0] * np.sin(turn) + middle[:, 1] * np.cos(turn)
    inner = (np.abs(along) < 8) & (np.abs(across) < 0.3)
    assert inner.sum() > 60
    assert np.abs(across[inner]).max() < 0.05
    assert set(crests.direction[inner].tolist()) == {number}


def test_a_groove_as_wide_as_the_filter_is_as_deep_as_it_is():
    height = groove(0.0)
    grooves = find_grooves(height, np.ones(height.shape, dtype=bool), PITCH)
    assert float(grooves.depth[0].max()) == pytest.approx(0.1, rel=0.12)


def test_no_place_counts_for_more_than_the_cap():
    height = groove(0.0, depth=3.0)
    grooves = find_grooves(height, np.ones(height.shape, dtype=bool), PITCH)
    assert float(grooves.straight.max()) <= grooves.cap_mm * 1.001


def test_nothing_is_seen_without_skin():
    height = groove(0.0)
    assert find_grooves(height, np.zeros(height.shape, dtype=bool), PITCH) is None


def test_a_picture_turned_by_a_quarter_gives_the_same_measures():
    height = groove(0.0, depth=0.08) + np.random.default_rng(3).normal(0, 0.003, (400, 400))
    height = height[:399, :399].astype(np.float32)
    whole = np.ones(height.shape, dtype=bool)
    one = find_crests(find_grooves(height, whole, PITCH))
    other = find_crests(find_grooves(np.rot90(height).copy(), whole, PITCH))
    assert len(one.places) == pytest.approx(len(other.places), rel=0.02)
    there, turned = (each.measures[each.measures[:, 0] > 0.05] for each in (one, other))
    assert np.median(there, axis=0) == pytest.approx(np.median(turned, axis=0), abs=3e-3, rel=0.05)
