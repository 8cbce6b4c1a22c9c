"""What the checks of both photos found, with advice for the next session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mnimage.report.relief import relief_warnings
from mnimage.report.words import measured_words, plain, score_words
from ui import theme
from ui.widgets import icons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.quality import Finding


_COLOURS = {"warning": "worse", "close": "worse", "check": "soft", "hatch": "refused"}


class FindingList(QScrollArea):
    """Failed checks with their advice first, passed ones in one line, for each photo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Checks of both photos"))
        self.setObjectName("findings")

    def show_pair(self, pair: Pair, reasons: Sequence[str] = ()) -> None:
        """Show the reasons for a pair's grade, its checks, and what could not be measured."""
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(2 * theme.GRID, 2 * theme.GRID, 2 * theme.GRID, 2 * theme.GRID)
        layout.setSpacing(theme.GRID)
        if reasons:
            grade = pair.comparison.comparability.grade
            layout.addWidget(_words(f"Why comparability {grade}", "heading"))
            for reason in reasons:
                layout.addWidget(_line("warning", reason, ""))
            layout.addSpacing(theme.GRID)
        for title, analyzed in (("Before", pair.before), ("After", pair.after)):
            _add_photo(layout, title, analyzed)
        _add_repeats(layout, pair)
        _add_missing(layout, {name: str(why) for name, why in pair.comparison.not_measured.items()})
        layout.addStretch(1)
        self.setWidget(page)  # the page before is deleted by Qt


def failed(pair: Pair) -> int:
    """Return how many checks of both photos were not passed, warnings of a relief among them."""
    both = (pair.before, pair.after)
    checks = sum(not finding.ok for each in both for finding in each.quality.findings)
    return checks + sum(len(relief_warnings(each)) for each in both)


def breakable(name: str) -> str:
    """Return a long file name so that it can be broken into lines at its joints."""
    for joint in "_-./":
        name = name.replace(joint, joint + "\u200b")
    return name


def _add_photo(layout: QVBoxLayout, title: str, analyzed: AnalyzedPhoto) -> None:
    heading = _words(f"{title}: {breakable(analyzed.name)}", "heading")
    layout.addWidget(heading)
    findings = analyzed.quality.findings
    for finding in (finding for finding in findings if not finding.ok):
        layout.addWidget(_line(_drawing(finding), _sentence(finding), str(finding.advice)))
    for warning in relief_warnings(analyzed):
        layout.addWidget(_line("warning", warning, ""))
    passed = [plain(finding.check) for finding in findings if finding.ok]
    if passed:
        layout.addWidget(_line("check", "In order: " + ", ".join(passed).lower(), ""))
    for note in analyzed.photo.facts.notes:
        layout.addWidget(_line("", str(note), ""))
    layout.addSpacing(theme.GRID)


def _add_repeats(layout: QVBoxLayout, pair: Pair) -> None:
    replicates = pair.comparison.replicates
    if not replicates:
        return
    layout.addWidget(_words("Repeat shots", "heading"))
    for one in replicates:
        drawing = "hatch" if one.left_out else "check"
        state = f"left out: {one.left_out}" if one.left_out else "used"
        layout.addWidget(_line(drawing, f"{breakable(one.name)}, {one.side.value}", state))
    layout.addSpacing(theme.GRID)


def _add_missing(layout: QVBoxLayout, missing: Mapping[str, str]) -> None:
    if not missing:
        return
    layout.addWidget(_words("Not measured", "heading"))
    for reason in dict.fromkeys(missing.values()):
        names = [score_words(name).name for name, why in missing.items() if why == reason]
        layout.addWidget(_line("hatch", ", ".join(names), reason))


def _drawing(finding: Finding) -> str:
    return "close" if finding.grave else "warning"


def _sentence(finding: Finding) -> str:
    measured, needed = (
        measured_words(value, finding.unit) for value in (finding.measured, finding.needed)
    )
    return f"{plain(finding.check)}: {measured}, needed {finding.rule} {needed}"


def _line(drawing: str, words: str, advice: str) -> QWidget:
    line = QWidget()
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.GRID)
    layout.addWidget(_Shape(drawing), 0, Qt.AlignmentFlag.AlignTop)
    text = QVBoxLayout()
    text.setSpacing(0)
    text.addWidget(_words(words, ""))
    if advice:
        text.addWidget(_words(advice, "soft"))
    layout.addLayout(text, 1)
    return line


class _Shape(QWidget):
    """A small drawing in the colour it stands for; the words beside it say the same."""

    def __init__(self, drawing: str) -> None:
        super().__init__()
        self._drawing = drawing
        self.setFixedSize(QSize(18, 18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape in the theme's colour."""
        if self._drawing:
            colour = getattr(theme.colours_of(self.palette()), _COLOURS[self._drawing])
            painter = QPainter(self)
            icons.draw(painter, self._drawing, QColor(colour), QRectF(0, 1, 16, 16))


def _words(words: str, kind: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if kind:
        label.setProperty("kind", kind)
    return label
