from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor
from PySide6.QtSvg import QSvgRenderer

from ui import theme
from ui.resources import asset
from ui.widgets.icons import IconButton, pixmap

NAMES = sorted(path.stem for path in asset("icons").glob("*.svg"))


@pytest.mark.parametrize("name", NAMES)
def test_one_family(name, qapp):
    drawing = asset(f"icons/{name}.svg").read_text(encoding="utf-8")
    assert re.findall(r'stroke-width="([\d.]+)"', drawing) == ["1.5"]
    assert 'viewBox="0 0 20 20"' in drawing
    assert "#" not in drawing  # no colour of its own
    assert QSvgRenderer(drawing.encode()).isValid()


def test_drawn_in_the_colour_asked_for_and_sharp(qapp):
    image = pixmap("hatch", QColor(200, 10, 20), 20, sharpness=2).toImage()
    assert (image.width(), image.devicePixelRatio()) == (40, 2)
    solid = {
        image.pixelColor(x, y).getRgb()
        for x in range(40)
        for y in range(40)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert solid == {(200, 10, 20, 255)}


def test_button_is_named_and_follows_the_theme(qtbot):
    button = IconButton("swap", "Swap")
    qtbot.addWidget(button)
    assert (button.accessibleName(), button.toolTip()) == ("Swap", "Swap")
    shades = []
    for colours in (theme.LIGHT, theme.DARK):
        button.setPalette(theme.palette(colours))
        image = button.icon().pixmap(20, 20).toImage()
        inks = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        shades.append(max((ink for ink in inks), key=lambda ink: ink.alpha()).lightness())
    assert shades[0] < 80 < 180 < shades[1]
