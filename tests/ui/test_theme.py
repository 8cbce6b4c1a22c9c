from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette

from ui import theme

THEMES = [theme.LIGHT, theme.DARK]


def luminance(name):
    def linear(part):
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in QColor(name).getRgbF()[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG 2.2, contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("colours", THEMES)
@pytest.mark.parametrize("ink", ["text", "soft", "better", "worse", "within", "refused"])
@pytest.mark.parametrize("ground", ["window", "panel", "raised"])
def test_text_can_be_read(colours, ink, ground):
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("colours", THEMES)
def test_text_on_the_accent_and_around_photos_can_be_read(colours):
    assert contrast(colours.accent_text, colours.accent) >= 4.5
    assert contrast(colours.surround_text, colours.surround) >= 4.5


@pytest.mark.parametrize("colours", THEMES)
def test_palette_pairs_can_be_read(colours):
    role, palette = QPalette.ColorRole, theme.palette(colours)
    for ink, ground in [
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.ToolTipText, role.ToolTipBase),
        (role.HighlightedText, role.Highlight),
        (role.PlaceholderText, role.Base),
        (role.Link, role.Base),
    ]:
        assert contrast(palette.color(ink).name(), palette.color(ground).name()) >= 4.5, ink


@pytest.mark.parametrize("colours", THEMES)
def test_all_around_photos_is_neutral_grey(colours):
    for name in (colours.surround, colours.window, colours.panel, colours.raised, colours.line):
        colour = QColor(name)
        assert colour.red() == colour.green() == colour.blue()


def test_surround_has_the_lightness_asked_for():
    def lightness(name):
        return 116 * luminance(name) ** (1 / 3) - 16

    assert lightness(theme.DARK.surround) == pytest.approx(20, abs=1)
    assert lightness(theme.LIGHT.surround) == pytest.approx(90, abs=1)


@pytest.mark.parametrize("colours", THEMES)
def test_the_theme_of_a_palette_is_found(colours):
    assert theme.colours_of(theme.palette(colours)) is colours


def test_choice_wins_over_the_system(qapp):
    assert theme.chosen(qapp, theme.Choice.DARK) is theme.DARK
    assert theme.chosen(qapp, theme.Choice.LIGHT) is theme.LIGHT


def test_look_is_applied(qapp):
    theme.apply(qapp, theme.Choice.DARK)
    assert theme.colours_of(qapp.palette()) is theme.DARK
    theme.apply(qapp, theme.Choice.LIGHT)
    assert theme.colours_of(qapp.palette()) is theme.LIGHT
    assert qapp.font().pointSizeF() == theme.BASE_PT
