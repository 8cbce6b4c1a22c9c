from __future__ import annotations

from ui.widgets.eliding import ElidingLabel


def test_long_words_ask_for_little_room_and_are_all_there_on_hover(qtbot):
    label = ElidingLabel("title")
    qtbot.addWidget(label)
    name = "Maria Theresia " * 40
    label.show_text(f"{name}\nsecond line")
    assert label.minimumSizeHint().width() < 100
    assert "second line" in label.toolTip()
    assert "\n" not in label.text()
    label.resize(120, 30)
    assert not label.grab().isNull()
