from __future__ import annotations

import csv
from io import BytesIO, StringIO

import numpy as np
import pytest
from PIL import Image

from mnimage.domain.surfaces import Profile, ProfileTrace
from mnimage.report.profile import (
    COLUMNS,
    change_words,
    deepest_words,
    height_range,
    profile_csv,
    profile_png,
)


def trace(depth_um, error_um=8.0, *, bound=False, count=41):
    part = np.linspace(-1, 1, count)
    height = (-depth_um * np.clip(1 - part**2, 0, None)).astype(np.float32)
    error = np.full(count, error_um, dtype=np.float32)
    return ProfileTrace(height, error, np.full(count, bound))


def profile(before, after):
    count = len(before.height_um)
    along = np.linspace(0, 4, count, dtype=np.float32)
    row, column = along * 0 + 10, along * 10
    return Profile((10.0, 0.0), (10.0, 40.0), along, row, column, before, after)


def test_words_carry_unit_and_uncertainty():
    notes = profile(trace(400), trace(300, bound=True))
    assert deepest_words(notes.deepest(notes.before)) == "400 ± 8 µm"
    assert deepest_words(notes.deepest(notes.after)) == "at least 300 ± 8 µm"
    assert change_words(notes) == "−100 ± 11 µm, shallower"  # noqa: RUF001  a true minus


@pytest.mark.parametrize(("after", "word"), [(410, "within error"), (440, "deeper")])
def test_change_smaller_than_its_uncertainty_is_called_that(after, word):
    assert change_words(profile(trace(400), trace(after))).endswith(word)


def test_nothing_measured_is_said():
    nothing = ProfileTrace(
        np.full(41, np.nan, np.float32), np.full(41, np.nan, np.float32), np.zeros(41) > 0
    )
    notes = profile(trace(400), nothing)
    assert deepest_words(notes.deepest(notes.after)) == "not measured"
    assert change_words(notes) == "not known"
    low, high = height_range(notes)
    assert low < -400 < 0 < high


def test_range_holds_both_with_their_uncertainty():
    low, high = height_range(profile(trace(400, 30), trace(120, 5)))
    assert -480 < low < -430
    assert 30 < high < 80


def test_level_skin_is_not_blown_up():
    low, high = height_range(profile(trace(2, 1), trace(1, 1)))
    assert high - low >= 100


def test_table_holds_every_sample():
    notes = profile(trace(400), trace(300))
    notes.after.height_um[3] = np.nan
    lines = list(csv.reader(StringIO(profile_csv(notes).decode())))
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == 42
    numbers = [float(cell) for cell in lines[21]]
    assert numbers == pytest.approx([2.0, 10.0, 20.0, -400, 8, -300, 8])
    assert lines[4][5] == ""


def test_picture_shows_before_in_grey_and_after_in_blue():
    picture = np.asarray(Image.open(BytesIO(profile_png(profile(trace(400), trace(200))))))
    assert picture.shape[1] == 1600
    colours = picture[..., :3].reshape(-1, 3).astype(int)
    for wanted in ((0x8A, 0x8F, 0x94), (0x1A, 0x5F, 0xA8)):
        assert (np.abs(colours - wanted).max(axis=1) < 6).sum() > 500
