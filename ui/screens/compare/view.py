"""The compare screen's widgets: signals out, setters in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mnimage.report.words import score_words
from ui import theme
from ui.screens.compare.corners import CornersDialog
from ui.screens.compare.details import DetailsDialog, Shown
from ui.screens.compare.drops import ADDING_PART, DropVeil, local_files
from ui.screens.compare.inspector import Inspector
from ui.screens.compare.pages import BusyPage, EmptyPage
from ui.screens.compare.rig import RigDialog
from ui.screens.compare.side import Side
from ui.widgets.compare_canvas import CompareCanvas
from ui.widgets.icons import IconButton
from ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import (
        QDragEnterEvent,
        QDragLeaveEvent,
        QDragMoveEvent,
        QDropEvent,
        QResizeEvent,
    )

    from mnimage.domain.pair import Pair
    from mnimage.domain.photo import Coded
    from mnimage.domain.relief import Scar
    from mnimage.domain.session import Patch
    from mnimage.domain.surfaces import Profile, Surfaces
    from ui.screens.compare.sessions import Details, KnownProfile, RepeatShown

NO_REPEATS: Mapping[Side, tuple[RepeatShown, ...]] = {}
_LEAST_NAME, _AROUND_NAME = 140, 120
"""The least width of a file's name on the bar, and what its button needs beside it."""
TITLES = {Side.BEFORE: "Before", Side.AFTER: "After"}


class CompareView(QWidget):
    """Empty, busy or showing a pair."""

    photo_wanted = Signal(str)
    files_dropped = Signal(list, str)
    repeats_dropped = Signal(list, str)
    repeat_wanted = Signal(str)
    repeats_wanted = Signal(str)
    """More shots of a session are wanted while its details are shown."""
    repeat_removed = Signal(str, int)
    control_drawn = Signal(object)
    """A `Patch` of the photo before, or None."""
    control_confirmed = Signal()
    swap_pressed = Signal()
    compare_pressed = Signal()
    cancel_pressed = Signal()
    report_pressed = Signal()
    line_drawn = Signal(object)
    """Both ends of a line as ((row, column), (row, column)) of the photo before, or None."""
    profile_export_pressed = Signal()
    details_pressed = Signal()
    profile_wanted = Signal(str)
    profile_removed = Signal(str)
    profile_make_pressed = Signal()
    details_closed = Signal()
    rig_pressed = Signal()
    rig_manifests_wanted = Signal()
    rig_measure_pressed = Signal(object)
    """What the shots show, a `RigRequest`."""
    rig_closed = Signal()
    corners_wanted = Signal()
    corners_marked = Signal(object)
    """Four corners of a colour chart as (row, column)."""
    details_confirmed = Signal(object)
    """The days since the last needling, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, str] = {}
        self._repeats: Mapping[Side, tuple[RepeatShown, ...]] = {}
        self._saved: Path | None = None
        self.canvas = CompareCanvas()
        self._inspector = Inspector()
        self._empty, self._busy, self._result = EmptyPage(), BusyPage(), self._result_page()
        self._stack = QStackedWidget()
        for page in (self._empty, self._busy, self._result):
            self._stack.addWidget(page)
        self._header = self._file_bar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header)
        layout.addWidget(self._stack, 1)
        self._toast = Toast(self)
        self._dialog, self._corners = DetailsDialog(self), CornersDialog(self)
        self._rig = RigDialog(self)
        self._veil = DropVeil(self)
        self.setAcceptDrops(True)
        self._connect()
        self.show_empty()

    # What is shown

    def show_files(self, names: Mapping[str, str]) -> None:
        """Show which files are chosen, by side."""
        self._names = dict(names)
        self._empty.show_files(names)
        self._name_files()

    def show_repeats(self, repeats: Mapping[Side, tuple[RepeatShown, ...]]) -> None:
        """Show which repeat shots there are, by side, and which were left out."""
        self._repeats = repeats
        self._empty.show_repeats({side: len(shots) for side, shots in repeats.items()})
        self._name_files()

    def _name_files(self) -> None:
        for side, button in self._files.items():
            name, shots = self._names.get(side, ""), self._repeats.get(side, ())
            used = sum(not shot.left_out for shot in shots)
            more = f" + {used}" if shots else ""
            if used < len(shots):
                more += self.tr(" ({0} left out)").format(len(shots) - used)
            room = self._name_room() - button.fontMetrics().horizontalAdvance(more)
            short = button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
            button.setText(f"{TITLES[side]}: {short}{more}")
            button.setAccessibleName(f"{TITLES[side]}: {name}{more}")
            lines = [name, *(self._repeat_words(shot) for shot in shots)]
            button.setToolTip("\n".join([*lines, self.tr("Click to choose another photo")]))

    def _name_room(self) -> int:
        """Return how wide a file's name may be, so that the bar's other buttons stay whole."""
        others = sum(
            button.sizeHint().width() for button in (self._swap, self._given, self._report)
        )
        room = (self.width() - others) // len(Side) - _AROUND_NAME
        return max(room, _LEAST_NAME)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much of the files' names as there is room for."""
        super().resizeEvent(event)
        self._name_files()

    def _repeat_words(self, shot: RepeatShown) -> str:
        words = self.tr("Repeat shot {0}").format(shot.name)
        return f"{words}, {self.tr('left out:')} {shot.left_out}" if shot.left_out else words

    def show_empty(self) -> None:
        """Show what to do first."""
        self._header.hide()
        self._stack.setCurrentWidget(self._empty)
        self._empty.take_focus()

    def show_busy(self) -> None:
        """Show that the two photos are being compared."""
        before, after = (self._names.get(side, "") for side in Side)
        self._busy.begin(before, after)
        self._header.show()
        self._report.setEnabled(False)
        self._stack.setCurrentWidget(self._busy)

    def show_preview(self, pictures: Mapping[Side, NDArray[np.uint8]]) -> None:
        """Show both photos, reduced RGB, while they are being compared."""
        self._busy.show_pictures(pictures)

    @property
    def previews(self) -> bool:
        """Whether small pictures of both photos are on the screen."""
        return self._stack.currentWidget() is self._busy and self._busy.has_pictures

    def show_progress(self, done: int, total: int) -> None:
        """Show how far the comparison is."""
        self._busy.show_progress(done, total)

    def show_pair(self, pair: Pair, surfaces: Surfaces | None = None) -> None:
        """Show a pair with all its numbers, and its surfaces where there are any."""
        self.canvas.show_pair(pair, surfaces)
        self._inspector.show_pair(pair)
        self.show_result()
        self.canvas.take_focus()

    def show_profile(self, profile: Profile | None) -> None:
        """Show the heights along the line that was drawn."""
        self.canvas.show_profile(profile)

    def show_notes(self, details: Details, *, of_shots: bool = False) -> None:
        """Show on the bar what was entered for the sessions; directional shots take no profile."""
        words = self.tr("Colour profile") if details.profiles else self.tr("No colour profile")
        words = self.tr("Session details") if of_shots else words
        self._given.setText(words)
        tips = [f"{known.path.name}: {known.words}" for known in details.profiles.values()]
        if details.days is not None:
            tips.append(self.tr("{0:.0f} days since needling").format(details.days))
        if details.control is not None:
            tips.append(self.tr("Held against a control patch (K)"))
        tips.append(self.tr("Click for session details: colour chart, repeat shots, needling"))
        self._given.setToolTip("\n".join(tips))
        self._given.setAccessibleName(self.tr("Session details: {0}").format(words))

    def show_details(
        self,
        details: Details,
        repeats: Mapping[Side, tuple[RepeatShown, ...]] = NO_REPEATS,
        filled: Collection[Side] = (),
    ) -> None:
        """Let what was entered for the sessions be changed."""
        if not self._dialog.isVisible():
            self._dialog.show_days(details.days)
            self._dialog.open()
        self._dialog.show_profiles(
            {side: Shown(known.path.name, known.words) for side, known in details.profiles.items()}
        )
        self._dialog.show_repeats(repeats, filled)

    def show_control(self, patch: Patch | None) -> None:
        """Show the control patch that the pair was compared with."""
        self.canvas.control.show_used(patch)

    def show_patch_state(self, *, fits: bool, news: bool) -> None:
        """Show whether the patch that is drawn will do, and whether it is not in use yet."""
        self.canvas.control.show_state(fits=fits, news=news)

    def show_patch_trouble(self, words: str, hint: str) -> None:
        """Say at the control patch why it will not do; over the screen where none is drawn."""
        self.canvas.control.show_trouble(words, hint)
        if not self.canvas.control_shown:
            self.show_error(words, hint)

    def set_reading(self, reading: bool) -> None:
        """Show that a colour profile is being read or made."""
        self._dialog.set_reading(reading)
        if reading and not self._dialog.isVisible():
            self._toast.show_message(self.tr("Reading the colour chart…"))

    def show_profile_trouble(self, words: str, hint: str, *, by_hand: bool = False) -> None:
        """Say why a photo of the chart, or a profile, cannot be used.

        Where its corners can be marked `by_hand`, that is offered.
        """
        if self._dialog.isVisible():
            self._dialog.show_trouble(words, hint, by_hand=by_hand)
        else:
            self.show_error(words, hint)
            self._toast.offer(self.tr("Mark its corners…") if by_hand else "")

    def show_corners(self, picture: Coded, name: str) -> None:
        """Let the corners of the chart in a photo be marked."""
        self._corners.show_photo(picture, name)

    def show_rig_dialog(self, names: Sequence[str]) -> None:
        """Let a light rig be measured from these lists of shots."""
        self._rig.show_overlays(names)
        self._rig.open()

    def set_rig_busy(self, busy: bool) -> None:
        """Show that the lamps are being measured."""
        self._rig.set_busy(busy)

    def show_rig(self, words: str) -> None:
        """Show what was measured of a light rig."""
        self._rig.show_answer(words)

    def show_rig_trouble(self, words: str, hint: str) -> None:
        """Say why a light rig could not be measured."""
        self._rig.show_trouble(words, hint)

    def show_made(self, known: KnownProfile) -> None:
        """Say that a colour profile is on the disk, and how good it is."""
        words = self.tr("The colour profile is saved as {0}.").format(known.path.name)
        if self._dialog.isVisible():
            self._dialog.show_trouble("", f"{words}\n{known.words}")
        else:
            self._saved = None
            self._toast.show_message(words, known.words, stays=True)

    def show_result(self) -> None:
        """Show the last pair again."""
        self._header.show()
        self._report.setEnabled(True)
        self._stack.setCurrentWidget(self._result)

    def show_error(self, words: str, hint: str) -> None:
        """Say in place what went wrong and what to do; all that was there stays."""
        if self._stack.currentWidget() is self._empty:
            self._empty.show_trouble(words, hint)
        else:
            self._saved = None
            self._toast.show_message(words, hint, stays=True)

    def clear_error(self) -> None:
        """Take the last message away."""
        self._empty.show_trouble("", "")
        self._toast.hide()

    def set_report_busy(self, busy: bool) -> None:
        """Show that the report is being written."""
        self._report.setDisabled(busy)
        self._report.setText(self.tr("Writing report…") if busy else self.tr("Export report…"))

    def show_saved(self, path: Path) -> None:
        """Say that a report or a profile is on the disk, and offer to open it."""
        self._saved = path
        words = self.tr("Saved as {0}.").format(path.name)
        self._toast.show_message(words, action=self.tr("Open"))

    # Building

    def _result_page(self) -> QWidget:
        page = QWidget()
        layout = QHBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._inspector)
        return page

    def _file_bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "bar")
        bar.setFixedHeight(theme.BAR_HEIGHT + theme.GRID)
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(theme.GRID, 0, 2 * theme.GRID, 0)
        self._files = {side: QPushButton() for side in Side}
        self._swap = IconButton("swap", self.tr("Swap before and after (X)"))
        self._swap.setObjectName("swap")
        self._report = QPushButton(self.tr("Export report…"))
        self._report.setProperty("kind", "main")
        self._report.setObjectName("report")
        for side, button in self._files.items():
            button.setProperty("kind", "file")
            button.setObjectName(f"file-{side}")
            button.setAccessibleName(self.tr("Photo {0}").format(side))
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(_LEAST_NAME)  # else a name shown whole keeps the window wide
        layout.addWidget(self._files[Side.BEFORE])
        layout.addWidget(self._swap)
        layout.addWidget(self._files[Side.AFTER])
        layout.addStretch(1)
        self._given = QPushButton(self.tr("No colour profile"))
        self._given.setProperty("kind", "file")
        self._given.setObjectName("details")
        layout.addWidget(self._given)
        layout.addWidget(self._report)
        return bar

    def _connect(self) -> None:
        self._empty.photo_wanted.connect(self.photo_wanted)
        self._empty.compare_pressed.connect(self.compare_pressed)
        self._busy.cancel_pressed.connect(self.cancel_pressed)
        self._swap.clicked.connect(self.swap_pressed)
        self._report.clicked.connect(self.report_pressed)
        self._given.clicked.connect(self.details_pressed)
        self._dialog.profile_wanted.connect(self.profile_wanted)
        self._dialog.profile_removed.connect(self.profile_removed)
        self._dialog.repeats_wanted.connect(self.repeats_wanted)
        self._dialog.repeat_removed.connect(self.repeat_removed)
        self.canvas.control.drawn.connect(self.control_drawn)
        self.canvas.control.panel.confirm_pressed.connect(self.control_confirmed)
        self._dialog.make_wanted.connect(self.profile_make_pressed)
        self._dialog.corners_wanted.connect(self.corners_wanted)
        self._rig.manifests_wanted.connect(self.rig_manifests_wanted)
        self._rig.measure_pressed.connect(self.rig_measure_pressed)
        self._rig.rejected.connect(self.rig_closed)
        self._corners.marked.connect(self.corners_marked)
        self._dialog.rejected.connect(self.details_closed)
        self._dialog.confirmed.connect(self.details_confirmed)
        for side, button in self._files.items():
            button.clicked.connect(partial(self.photo_wanted.emit, side.value))
        self.canvas.line_drawn.connect(self.line_drawn)
        self.canvas.profile_export_pressed.connect(self.profile_export_pressed)
        self._inspector.map_chosen.connect(self._show_score_map)
        self._inspector.scar_chosen.connect(self._show_scar)
        self._toast.action_pressed.connect(self._open_saved)

    def _show_score_map(self, score: str) -> None:
        start = score_words(score).layer
        fitting = [name for name in self.canvas.map_names if start and name.startswith(start)]
        if score in self.canvas.map_names:
            self.canvas.show_map(score)
        elif fitting:
            self.canvas.show_map(fitting[0])

    def _show_scar(self, scar: Scar) -> None:
        self.canvas.show_spot(scar.row, scar.column, f"{scar.id}")
        self.canvas.draw_across(scar.row, scar.column, scar.width_mm)

    def _open_saved(self) -> None:
        if not self._saved:
            self._toast.hide()
            self.corners_wanted.emit()
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved)))

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files, and let text go by."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._show_landing(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the files would land."""
        self._show_landing(event)
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the landing places away."""
        self._hide_landing()

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass the files on."""
        self._hide_landing()
        side, adding = self._landing(event)
        event.acceptProposedAction()
        landed = self.repeats_dropped if adding else self.files_dropped
        landed.emit(local_files(event.mimeData()), side)

    def _landing(self, event: QDropEvent) -> tuple[str, bool]:
        """Return which side files would land on, and whether as repeat shots.

        Several that are no repeats land on both sides of a shown pair.
        """
        point, several = event.position().toPoint(), len(event.mimeData().urls()) != 1
        if self._stack.currentWidget() is self._empty:
            inside = self._empty.mapFrom(self, point)
            return self._empty.side_at(inside), self._empty.adds_at(inside)
        adding = point.y() > (1 - ADDING_PART) * self.height()
        side = (Side.BEFORE if point.x() < self.width() / 2 else Side.AFTER).value
        return ("" if several and not adding else side), adding

    def _show_landing(self, event: QDropEvent) -> None:
        side, adding = self._landing(event)
        if self._stack.currentWidget() is self._empty:
            self._empty.set_hot((side,) if side else tuple(Side), adding=adding)
        else:
            self._veil.show_side(side, adding=adding)

    def _hide_landing(self) -> None:
        self._empty.set_hot(())
        self._veil.hide()
