from __future__ import annotations

from ui.screens.compare.side import Side


def test_other_side():
    assert [side.other for side in Side] == [Side.AFTER, Side.BEFORE]
