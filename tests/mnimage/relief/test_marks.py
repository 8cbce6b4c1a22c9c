"""Pores and lines on surfaces drawn here, with furrows that are neither."""

import numpy as np
import pytest

from mnimage.relief.marks import find_marks

PITCH = 0.05
SHAPE = (400, 420)
PORES = [(100, 80), (100, 330), (150, 205), (250, 100), (310, 300), (320, 60)]


def surface(*, pores=(), depth=0.05, diameter=0.25, grooves=(), width=0.3):
    """A level skin with Gaussian pits, and grooves (row, column, degrees, mm long, mm deep)."""
    row, column = np.mgrid[: SHAPE[0], : SHAPE[1]] * PITCH
    height = np.random.default_rng(1).normal(0, 0.0005, SHAPE)
    for down, right in pores:
        away = np.hypot(row - down * PITCH, column - right * PITCH)
        height -= depth * np.exp(-4 * np.log(2) * (away / diameter) ** 2)
    furrow = np.zeros(SHAPE)
    for down, right, turn, length, deep in grooves:
        y, x = row - down * PITCH, column - right * PITCH
        along = x * np.cos(np.radians(turn)) + y * np.sin(np.radians(turn))
        across = y * np.cos(np.radians(turn)) - x * np.sin(np.radians(turn))
        one = deep * np.exp(-4 * np.log(2) * (across / width) ** 2)
        furrow = np.maximum(furrow, one * (np.abs(along) < length / 2))
    height -= furrow
    return height.astype(np.float32)


def whole():
    return np.ones(SHAPE, dtype=bool)


def test_pores_are_found_where_they_are_and_as_large_as_they_are():
    marks = find_marks(surface(pores=PORES), whole(), PITCH)
    found = sorted(map(tuple, np.rint(marks.pores_px).astype(int).tolist()))
    assert len(found) == len(PORES)
    assert np.abs(np.array(found) - np.array(sorted(PORES))).max() <= 1
    inner = ((400 - 20) * (420 - 20)) * PITCH**2 / 100
    assert marks.pores_per_cm2 == pytest.approx(len(PORES) / inner, rel=0.02)
    assert marks.pore_diameter_mm == pytest.approx(0.25, abs=0.02)
    assert marks.pore_median_um == pytest.approx(50, rel=0.1)


def test_crossing_furrows_are_no_pores():
    crossing = [(200, 210, turn, 40.0, 0.05) for turn in (0, 60, 120)]
    marks = find_marks(surface(pores=PORES[:2], grooves=crossing, width=0.12), whole(), PITCH)
    assert len(marks.pores_px) == 2


def test_a_long_groove_is_a_line_and_as_long_as_it_is():
    marks = find_marks(surface(grooves=[(200, 210, 25, 12.0, 0.08)]), whole(), PITCH)
    inner = ((400 - 20) * (420 - 20)) * PITCH**2 / 100
    assert marks.lines_mm_per_cm2 * inner == pytest.approx(12.0, rel=0.12)
    assert marks.line_depth_um == pytest.approx(80, rel=0.25)
    off = (marks.line_px[:, 0] - 200) * np.cos(np.radians(25)) - (
        marks.line_px[:, 1] - 210
    ) * np.sin(np.radians(25))
    assert np.percentile(np.abs(off), 95) <= 2


def test_short_grooves_and_pores_in_a_row_are_no_lines():
    row = [(200, column) for column in range(60, 380, 20)]
    short = [(100, 100, 0, 1.0, 0.08), (300, 300, 45, 1.0, 0.08)]
    marks = find_marks(surface(pores=row, grooves=short), whole(), PITCH)
    assert marks.lines_mm_per_cm2 == 0


def test_a_picture_too_coarse_for_pores_gives_none():
    assert find_marks(surface(), whole(), 0.1) is None


def test_no_skin_gives_none():
    assert find_marks(surface(), ~whole(), PITCH) is None


def test_a_pore_in_a_furrow_is_a_pore():
    furrow = [(200, 210, 0, 40.0, 0.04)]
    marks = find_marks(surface(pores=[(200, 150)], grooves=furrow, width=0.15), whole(), PITCH)
    assert len(marks.pores_px) == 1
    assert np.abs(marks.pores_px[0] - (200, 150)).max() <= 1
