"""The control patch over a pair: the rectangle on the pictures, and the panel under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from mnimage.domain.recipe import Recipe
from mnimage.report.words import unit_words
from ui import theme
from ui.widgets.icons import IconButton
from ui.widgets.patch import PatchTool
from ui.widgets.qimage import to_box, to_patch

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mnimage.domain.pair import Pair
    from mnimage.domain.session import Patch

_HEIGHT = 76


class ControlPanel(QFrame):
    """What to do with the control patch, and the button that compares with it."""

    confirm_pressed = Signal()
    delete_pressed = Signal()
    close_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "foot")
        self.setFixedHeight(_HEIGHT)
        self.setObjectName("control-panel")
        self._words, self._hint = _label("heading"), _label("soft")
        self._words.setObjectName("control-words")
        self._hint.setObjectName("control-hint")
        self._confirm = QPushButton(self.tr("Compare with it"))
        self._confirm.setObjectName("control-confirm")
        self._confirm.setProperty("kind", "main")
        self._confirm.setToolTip(self.tr("Measure again, and take off what the control did"))
        self._confirm.clicked.connect(self.confirm_pressed)
        self._delete = QPushButton(self.tr("Remove"))
        self._delete.setObjectName("control-delete")
        self._delete.setAccessibleName(self.tr("Remove the control patch"))
        self._delete.setToolTip(self.tr("Remove the control patch (Delete)"))
        self._delete.clicked.connect(self.delete_pressed)
        close = IconButton("close", self.tr("Close the control patch (K)"))
        close.setProperty("kind", "plain")
        close.clicked.connect(self.close_pressed)
        text = QVBoxLayout()
        text.setSpacing(2)
        for widget in (self._words, self._hint):
            text.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        row.setSpacing(theme.GRID)
        row.addLayout(text, 1)
        for button in (self._delete, self._confirm, close):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setTabOrder(self._delete, self._confirm)

    def show_words(self, words: str, hint: str, *, trouble: bool = False) -> None:
        """Say what is, and what to do."""
        self._words.setText(words)
        self._words.setProperty("kind", "trouble" if trouble else "heading")
        for label in (self._words, self._hint):
            label.style().unpolish(label)
            label.style().polish(label)
        self._hint.setText(hint)
        self.setAccessibleName(f"{words} {hint}")

    def show_state(self, *, drawn: bool, news: bool) -> None:
        """Offer what can be done: with a patch or without, and whether that would be new."""
        self._delete.setEnabled(drawn)
        self._confirm.setEnabled(news)
        without = self.tr("Compare without") if news else self.tr("Compare with it")
        self._confirm.setText(self.tr("Compare with it") if drawn else without)


class ControlPart(QObject):
    """The control patch of the pair that is shown: the one in use, and the one being drawn."""

    drawn = Signal(object)
    """A `Patch` of the photo before that was drawn, or None where it was deleted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tool, self.panel = PatchTool(self.tr("Control"), self), ControlPanel()
        self._used: Patch | None = None
        self._least_mm: float | None = None
        self.panel.hide()
        self.tool.settled.connect(self._report)
        self.panel.delete_pressed.connect(self.tool.delete)

    @property
    def patch(self) -> Patch | None:
        """The patch that is drawn now."""
        return to_patch(self.tool.box) if self.tool.box is not None else None

    def show_pair(self, pair: Pair) -> None:
        """Take the size and scale of another photo before; its patch is given by `show_used`."""
        rows, columns = pair.before.photo.shape
        scale = pair.before.scale.mm_per_px if pair.before.scale else None
        self.tool.set_bounds(columns, rows, scale)
        self._least_mm = None if scale is None else Recipe().compare.control_least_mm2 ** 0.5
        self.show_used(None)

    def show_used(self, patch: Patch | None) -> None:
        """Show the patch that the pair was compared with."""
        self._used = patch
        self.tool.set_box(to_box(patch) if patch else None)
        self.show_state(fits=True, news=False)

    def set_armed(self, armed: bool) -> None:
        """Let a patch be drawn; or leave it, with what was not used forgotten."""
        self.tool.set_armed(armed)
        self.panel.setVisible(armed)
        if not armed and self.patch != self._used:
            self.tool.set_box(to_box(self._used) if self._used else None)
            self._report()

    def show_state(self, *, fits: bool, news: bool) -> None:
        """Say how it stands with the patch: whether it will do, and is not in use yet."""
        drawn = self.tool.box is not None
        self.panel.show_state(drawn=drawn, news=news and fits)
        if fits:
            self.tool.set_trouble("")
            self.panel.show_words(*self._words(drawn=drawn, news=news))

    def show_trouble(self, words: str, hint: str) -> None:
        """Say at the patch, and under the pictures, why it will not do."""
        words = words.replace("mm2", unit_words("mm2"))
        self.tool.set_trouble(words)
        self.panel.show_words(words, hint, trouble=True)

    def _words(self, *, drawn: bool, news: bool) -> tuple[str, str]:
        if not drawn:
            least = self.tr("Press and drag on a photo, or press Enter. ")
            if self._least_mm:
                least += self.tr("At least {0:.0f} by {0:.0f} mm.").format(self._least_mm)
            words = self.tr("Mark untreated skin that both photos show: temple or neck.")
            if news:
                words = self.tr("The control patch is removed.")
            return words, least
        words = self.tr("Control patch, {0}").format(self.tool.size_words)
        words += "." if news else self.tr(": in use.")
        hint = self.tr("Drag it or its corners, or use arrows and Shift+arrows. Delete removes it.")
        return words, hint

    def _report(self) -> None:
        self.drawn.emit(self.patch)


def _label(kind: str) -> QLabel:
    label = QLabel()
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
