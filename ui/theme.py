"""Every colour, size and font of the application, named once; the only style sheet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication

GRID = 8
"""Distances between widgets are multiples of this, in pixels."""
CORNER = 6
"""Radius of rounded corners in pixels."""
INSPECTOR_WIDTH = 440
"""Width in pixels of the panel with the scores, beside the photos."""
BAR_HEIGHT = 48
ICON = 20
TOUCH = 32
"""Least width and height of an icon button in pixels."""
SMALLEST_WINDOW = (1024, 700)
"""Least width and height of the window in pixels; every screen fits into it."""

SMALL_PT, BASE_PT, TITLE_PT, LARGE_PT = 9.0, 10.0, 13.0, 26.0
"""The four text sizes."""


class Choice(StrEnum):
    """Which theme the user wants."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme; all of it neutral grey but accent and verdicts, so that skin keeps its colour.

    `surround` is the grey around photos. Verdicts are blue and orange, which people with any
    form of colour vision can distinguish.
    """

    dark: bool
    surround: str
    surround_text: str
    window: str
    panel: str
    raised: str
    line: str
    text: str
    soft: str
    faint: str
    accent: str
    accent_text: str
    better: str
    worse: str
    within: str
    refused: str


LIGHT = Colours(
    dark=False,
    surround="#e2e2e2",
    surround_text="#262626",
    window="#f3f3f3",
    panel="#fbfbfb",
    raised="#ffffff",
    line="#cfcfcf",
    text="#1e1e1e",
    soft="#595959",
    faint="#8a8a8a",
    accent="#4c46b6",
    accent_text="#ffffff",
    better="#0b5cad",
    worse="#a84300",
    within="#5a5a5a",
    refused="#5a5a5a",
)

DARK = Colours(
    dark=True,
    surround="#303030",
    surround_text="#e4e4e4",
    window="#232323",
    panel="#292929",
    raised="#363636",
    line="#454545",
    text="#e8e8e8",
    soft="#b4b4b4",
    faint="#838383",
    accent="#a5a2f5",
    accent_text="#17171c",
    better="#74b9f7",
    worse="#f7a35c",
    within="#b4b4b4",
    refused="#b4b4b4",
)


def apply(app: QApplication, choice: Choice) -> None:
    """Apply a theme to the whole application."""
    colours = chosen(app, choice)
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(base_font(app))
    app.setPalette(palette(colours))
    app.setStyleSheet(style_sheet(colours))


def chosen(app: QGuiApplication, choice: Choice) -> Colours:
    """Return the theme of a choice; the system decides where the choice is left to it."""
    if choice is Choice.SYSTEM:
        dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if choice is Choice.DARK else LIGHT


def colours_of(palette: QPalette) -> Colours:
    """Return the theme a palette was made from."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def base_font(app: QGuiApplication) -> QFont:
    """Return the system's font at our size, with digits of equal width."""
    font = QFont(app.font())
    font.setPointSizeF(BASE_PT)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def sized(font: QFont, points: float, *, bold: bool = False) -> QFont:
    """Return `font` in one of the four sizes."""
    other = QFont(font)
    other.setPointSizeF(points)
    other.setBold(bold)
    return other


def palette(colours: Colours) -> QPalette:
    """Return the palette of a theme for the Fusion style."""
    role = QPalette.ColorRole
    made = QPalette()
    for key, name in {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.raised,
        role.AlternateBase: colours.panel,
        role.Text: colours.text,
        role.Button: colours.raised,
        role.ButtonText: colours.text,
        role.BrightText: colours.worse,
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.soft,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.accent_text,
        role.Link: colours.accent,
        role.Light: colours.raised,
        role.Midlight: colours.raised,
        role.Mid: colours.line,
        role.Dark: colours.line,
        role.Shadow: colours.line,
        role.Accent: colours.accent,
    }.items():
        made.setColor(key, QColor(name))
    for key in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, key, QColor(colours.faint))
    for key in (role.Highlight, role.Accent):
        made.setColor(QPalette.ColorGroup.Disabled, key, QColor(colours.line))
    return made


def style_sheet(colours: Colours) -> str:
    """Return what a palette cannot express; widgets have a `kind`, never a colour of their own."""
    c = colours
    return f"""
    QWidget {{ font-size: {BASE_PT}pt; }}
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line};
        padding: 4px 6px; }}
    QLabel[kind="soft"] {{ color: {c.soft}; }}
    QLabel[kind="small"] {{ color: {c.soft}; font-size: {SMALL_PT}pt; }}
    QLabel[kind="title"] {{ font-size: {TITLE_PT}pt; font-weight: 600; }}
    QLabel[kind="heading"] {{ font-weight: 600; }}
    QLabel[kind="large"] {{ font-size: {LARGE_PT}pt; font-weight: 600; }}
    QLabel[kind="key"] {{ font-family: monospace; font-size: {TITLE_PT}pt; font-weight: 600;
        background: {c.window}; border: 1px solid {c.line}; border-radius: {CORNER}px;
        padding: 12px 16px; }}
    QLabel[kind="trouble"] {{ color: {c.worse}; font-weight: 600; }}
    QFrame[kind="bar"] {{ background: {c.window}; border: none;
        border-bottom: 1px solid {c.line}; }}
    QFrame[kind="foot"] {{ background: {c.window}; border: none; border-top: 1px solid {c.line}; }}
    QFrame[kind="panel"] {{ background: {c.panel}; border: none;
        border-left: 1px solid {c.line}; }}
    QFrame[kind="toast"] {{ background: {c.raised}; border: 1px solid {c.line};
        border-radius: {CORNER}px; }}
    QFrame[kind="card"] {{ background: {c.raised}; border: 1px solid {c.line};
        border-radius: {CORNER}px; }}
    QFrame[kind="unlock"] {{ background: {c.panel}; border: 1px solid {c.line};
        border-radius: {CORNER}px; }}
    QPushButton, QToolButton {{ background: {c.raised}; color: {c.text};
        border: 1px solid {c.line}; border-radius: {CORNER}px; padding: 5px 12px; }}
    QToolButton {{ padding: 5px; }}
    QToolButton[kind="mode"] {{ padding: 5px 10px 5px 8px; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {c.faint}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {c.accent}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {c.window}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {c.faint}; background: {c.window}; }}
    QToolButton:checked {{ background: {c.window}; border: 2px solid {c.accent}; padding: 4px; }}
    QToolButton[kind="mode"]:checked {{ padding: 4px 9px 4px 7px; }}
    QToolButton[kind="plain"] {{ background: transparent; border: 1px solid transparent; }}
    QToolButton[kind="plain"]:hover, QToolButton[kind="plain"]:focus {{
        border-color: {c.accent}; }}
    QToolButton[kind="tab"] {{ background: transparent; border: none; border-radius: 0;
        color: {c.soft}; padding: 4px 10px; border-bottom: 2px solid transparent; }}
    QToolButton[kind="tab"]:hover {{ color: {c.text}; }}
    QToolButton[kind="tab"]:disabled {{ color: {c.faint}; }}
    QToolButton[kind="tab"][here="yes"] {{ color: {c.text}; border-bottom-color: {c.accent}; }}
    QPushButton[kind="main"] {{ background: {c.accent}; color: {c.accent_text};
        border: 2px solid {c.accent}; font-weight: 600; padding: 6px 16px; }}
    QPushButton[kind="main"]:focus, QPushButton[kind="main"]:hover {{
        border-color: {c.text}; }}
    QPushButton[kind="main"]:disabled {{ background: {c.window}; color: {c.faint};
        border-color: {c.line}; }}
    QPushButton[kind="file"] {{ text-align: left; padding: 4px 10px; }}
    QLineEdit[kind="field"] {{ background: {c.raised}; color: {c.text};
        border: 1px solid {c.line}; border-radius: {CORNER}px; padding: 4px 8px; }}
    QLineEdit[kind="field"]:focus {{ border-color: {c.accent}; }}
    QLineEdit[kind="field"]:disabled {{ background: {c.window}; color: {c.faint}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {c.line}; }}
    QTabBar::tab {{ background: transparent; color: {c.soft}; border: none;
        border-bottom: 2px solid transparent; padding: 8px 12px; }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
    QTabBar::tab:focus {{ color: {c.accent}; }}
    QTableView {{ background: {c.panel}; border: none; gridline-color: transparent;
        selection-background-color: {c.raised}; selection-color: {c.text}; }}
    QTableCornerButton::section {{ background: {c.panel}; border: none;
        border-bottom: 1px solid {c.line}; }}
    QHeaderView {{ background: {c.panel}; }}
    QHeaderView::section {{ background: {c.panel}; color: {c.soft}; border: none;
        border-bottom: 1px solid {c.line}; padding: 4px 4px 4px 8px; font-size: {SMALL_PT}pt; }}
    QTableView[kind="list"] {{ selection-background-color: {c.surround}; }}
    QTableView::item {{ padding: 0 8px; }}
    QListWidget {{ background: transparent; }}
    QListWidget::item {{ border-radius: {CORNER}px; padding: 6px 8px; color: {c.text}; }}
    QListWidget::item:selected {{ background: {c.raised}; color: {c.text};
        border: 1px solid {c.line}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QProgressBar {{ background: {c.window}; border: 1px solid {c.line}; border-radius: 4px;
        max-height: 8px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    """
