from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2lab

from mnimage.report import colortables

SEQUENTIAL = [
    colortables.redness_table,
    colortables.pigment_table,
    colortables.error_table,
    colortables.cividis_table,
]


def lab(table):
    return rgb2lab(table[None] / 255.0)[0]


@pytest.mark.parametrize("table", SEQUENTIAL)
def test_lightness_runs_one_way(table):
    lightness = lab(table())[:, 0]
    way = np.sign(lightness[-1] - lightness[0])
    # Rounding to 8 bits may turn a step of 0.3 back by a little, never a smoothed one.
    assert (np.diff(lightness) * way > -0.3).all()
    assert (way * (lightness[8:] - lightness[:-8]) > 0).all()
    assert abs(lightness[-1] - lightness[0]) > 60


@pytest.mark.parametrize("table", SEQUENTIAL[:3])
def test_steps_look_equal(table):
    colors = lab(table())
    steps = np.linalg.norm(colors[16::16] - colors[:-16:16], axis=1)
    assert steps.max() / steps.min() < 1.25


def test_redness_goes_from_white_to_deep_red():
    colors = lab(colortables.redness_table())
    assert colors[0, 0] > 95
    assert np.abs(colors[0, 1:]).max() < 1.5
    assert colors[-1, 0] < 30
    assert colors[-1, 1] > 35


@pytest.mark.parametrize("within", [0.0, 0.2, 0.5])
def test_change_is_grey_at_zero_and_within_the_error(within):
    table = colortables.change_table(within).astype(int)
    place = np.linspace(-1, 1, 256)
    still = np.abs(place) <= max(within, 0.004)
    assert still.any()
    assert (np.ptp(table[still], axis=1) == 0).all()
    assert (np.ptp(table[np.abs(place) > within + 0.1], axis=1) > 8).all()


def test_change_is_blue_below_and_orange_above():
    low, high = lab(colortables.change_table())[[0, -1]]
    assert low[2] < -30
    assert high[1] > 25
    assert high[2] > 30


def test_better_and_worse_differ_in_blue_and_yellow_not_in_green_and_red():
    colors = lab(colortables.change_table())
    assert (colors[200:, 2] - colors[:56, 2][::-1] > 25).all()


def test_table_fits_the_name():
    assert colortables.table_for("redness") is colortables.redness_table()
    assert colortables.table_for("pigment") is colortables.pigment_table()
    assert colortables.table_for("depth") is colortables.cividis_table()


def test_tables_cannot_be_altered():
    with pytest.raises(ValueError, match="read-only"):
        colortables.redness_table()[0] = 0
