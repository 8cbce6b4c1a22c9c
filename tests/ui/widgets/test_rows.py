from __future__ import annotations

import pytest

from mnimage.domain.comparison import Verdict
from ui.widgets.rows import HEADING_HEIGHT, ROW_HEIGHT
from ui.widgets.scores import Cell, Row, RowView
from ui.widgets.verdicts import sign_of


@pytest.fixture
def view(qtbot):
    view = RowView(("A", "B"), (100,))
    qtbot.addWidget(view)
    view.resize(300, 200)
    sign = sign_of(Verdict.BETTER, -1.0)
    view.show_rows(
        [
            Row((Cell("Zone"),), heading=True),
            Row((Cell("Redness", "HI"), Cell("better", sign=sign))),
        ]
    )
    return view


def test_heights(view):
    assert (view.rowHeight(0), view.rowHeight(1)) == (HEADING_HEIGHT, ROW_HEIGHT)


def inked(image, left, top, width, height):
    ground = image.pixelColor(left + width - 1, top).rgb()
    return sum(
        image.pixelColor(x, y).rgb() != ground
        for x in range(left, left + width)
        for y in range(top, top + height)
    )


def test_both_lines_and_the_sign_are_drawn(view):
    top = HEADING_HEIGHT
    image = view.viewport().grab().toImage()
    assert inked(image, 0, top + 2, 100, 18) > 20
    assert inked(image, 0, top + 21, 100, 17) > 10
    assert inked(image, 110, top + 2, 24, 36) > 10
    assert inked(image, 0, 2, 200, HEADING_HEIGHT - 6) > 20
