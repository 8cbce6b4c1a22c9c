from __future__ import annotations

import numpy as np
import pytest

from mnimage.report.legend import Legend
from ui.widgets.legend import LegendBar

TABLE = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


@pytest.fixture
def bar(qtbot):
    bar = LegendBar()
    qtbot.addWidget(bar)
    bar.resize(300, 40)
    return bar


def test_empty_says_so(bar):
    assert "no map" in bar.accessibleName()
    image = bar.grab().toImage()
    assert len({image.pixelColor(x, 10).rgb() for x in range(300)}) == 1


def test_colours_run_from_low_to_high(bar):
    bar.show_legend(Legend("Redness", "HI", 0.0, 8.0, TABLE))
    image = bar.grab().toImage()
    shades = [image.pixelColor(x, 10).red() for x in range(30, 220, 10)]
    assert shades == sorted(shades)
    assert shades[0] < 20
    assert shades[-1] > 180


def test_words_hold_name_range_and_unit(bar):
    bar.show_legend(Legend("Redness", "HI", 0.0, 8.0, TABLE))
    assert bar.accessibleName() == "Legend: Redness, 0 to 8 HI"


def test_range_of_nothing_can_be_drawn(bar):
    bar.show_legend(Legend("Redness", "HI", 1.0, 1.0, TABLE))
    assert not bar.grab().isNull()
