from __future__ import annotations

from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from ui import theme
from ui.widgets.twolines import WORDS_ROLE, TwoLines


def picture(qtbot, title, words):
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.resize(200, 120)
    made = QListWidget(ground)
    made.setItemDelegate(TwoLines(made))
    item = QListWidgetItem(title)
    item.setData(WORDS_ROLE, words)
    made.addItem(item)
    made.resize(200, 120)
    made.setFrameShape(QListWidget.Shape.NoFrame)
    ground.show()
    image = ground.grab().toImage()
    rows = [
        y
        for y in range(image.height())
        if any(_is_ink(image.pixelColor(x, y)) for x in range(image.width()))
    ]
    return ground, made, rows


def test_both_lines_are_drawn_and_long_ones_stay_inside(qtbot, qapp):
    theme.apply(qapp, theme.Choice.LIGHT)
    _, _, one = picture(qtbot, "Acne scars", "")
    _ground, long, both = picture(qtbot, "Acne scars", "1 of 4 sessions " * 20)
    assert max(both) > max(one) + 4
    assert max(both) < long.visualItemRect(long.item(0)).bottom()


def _is_ink(colour):
    return colour.lightness() < 150
