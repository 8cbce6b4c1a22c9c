"""One patient's page: identity, courses of treatment, consents, and the photos over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.screens.library.fields import centered, label
from ui.screens.library.shown import Course
from ui.screens.library.timeline import PhotoTable, TimelineView
from ui.screens.library.words import sessions_words
from ui.widgets.eliding import ElidingLabel
from ui.widgets.twolines import WORDS_ROLE, TwoLines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from mnimage.domain.record import Session, Timeline
    from mnimage.words.message import Message
    from ui.screens.library.shown import Chosen, Heading

_SIDE_WIDTH = 248
"""Pixels of the column with courses and consents."""


class PatientPage(QWidget):
    """Header above, courses on the left, photos by session and view, the pair to compare below."""

    back_pressed = Signal()
    edit_pressed = Signal()
    consents_pressed = Signal()
    photos_pressed = Signal()
    folder_pressed = Signal()
    session_new_pressed = Signal()
    course_new_pressed = Signal()
    course_edit_pressed = Signal(str)
    course_chosen = Signal(str)
    """A course's identifier; empty for all sessions."""
    compare_pressed = Signal()
    files_dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = PhotoTable(self)
        self.timeline = TimelineView(self.table)
        self._code, self._name = ElidingLabel("title"), ElidingLabel("title")
        self._facts, self._medical = ElidingLabel("soft"), ElidingLabel("soft")
        self._courses = QListWidget()
        self._consents = label("", "small")
        self._empty = _NoPhotos()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.timeline)
        self._stack.addWidget(self._empty)
        self._pair = ElidingLabel()
        self._make_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header())
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._side())
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        right.addWidget(self._foot())
        middle.addLayout(right, 1)
        layout.addLayout(middle, 1)
        self.setAcceptDrops(True)
        self._connect()

    def show_heading(self, heading: Heading) -> None:
        """Show who the patient is."""
        self._code.show_text(heading.code)
        self._name.show_text(heading.name)
        self._facts.show_text(heading.facts)
        self._facts.setVisible(bool(heading.facts))
        self._medical.show_text(heading.medical)
        self._medical.setVisible(bool(heading.medical))
        self._consents.setText("\n".join(f"{name}: {state}" for name, state in heading.consents))

    def show_courses(self, courses: Sequence[Course], chosen: str, sessions: int) -> None:
        """Show the courses of treatment, and which one's sessions are shown."""
        self._courses.blockSignals(True)
        self._courses.clear()
        every = Course("", self.tr("All sessions"), str(sessions_words(sessions)))
        for course in (every, *courses):
            item = QListWidgetItem(course.title)
            item.setData(WORDS_ROLE, course.words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{course.title}, {course.words}")
            item.setData(Qt.ItemDataRole.UserRole, course.id)
            item.setToolTip(f"{course.title}\n{course.words}")
            self._courses.addItem(item)
            if course.id == chosen:
                self._courses.setCurrentItem(item)
        self._courses.blockSignals(False)
        self.course_edit.setEnabled(bool(chosen) and self._may_treat)

    def show_sessions(self, timeline: Timeline, sessions: Sequence[Session]) -> None:
        """Show the photos of these sessions."""
        self.table.show_timeline(timeline, sessions)
        self._stack.setCurrentWidget(self.timeline if sessions else self._empty)
        self._empty.explain(elsewhere=bool(timeline.sessions))

    def show_pair(self, chosen: Chosen, words: Message) -> None:
        """Mark the two photos to compare and name them."""
        self.table.show_chosen(chosen)
        self._pair.show_text(str(words))
        self.compare.setEnabled(bool(chosen.before and chosen.after))

    def show_thumbnails(self, thumbnails: Mapping[str, bytes], errors: Mapping[str, str]) -> None:
        """Show thumbnails of photos, and why some cannot be shown."""
        for photo_id, content in thumbnails.items():
            thumbnail = QPixmap()
            thumbnail.loadFromData(content)
            self.table.show_thumbnail(photo_id, thumbnail)
        for photo_id, words in errors.items():
            self.table.show_error(photo_id, words)

    def allow(self, *, record: bool, treat: bool) -> None:
        """Enable what the user's role allows."""
        self._may_treat = treat
        why = self.tr("Your role in the library does not allow this")
        of_records = self.edit, self.consents, self.session_new, self.add
        for button in (*of_records, *self._empty.buttons):
            button.setToolTip("" if record else why)
            button.setEnabled(record)
        for button in (self.course_new, self.course_edit):
            button.setToolTip("" if treat else why)
            button.setEnabled(treat)
        self.timeline.allow_changes(allowed=record)

    def take_focus(self) -> None:
        """Give the keyboard to the photos."""
        self.timeline.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files, and show that they can be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._empty.show_drop(over=True)

    def dragLeaveEvent(self, event: object) -> None:
        """Show the page as it was."""
        self._empty.show_drop(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass the files on."""
        self._empty.show_drop(over=False)
        event.acceptProposedAction()
        self.files_dropped.emit(list(event.mimeData().urls()))

    def _make_buttons(self) -> None:
        self._may_treat = True
        self.back = QPushButton(self.tr("All patients"))
        self.back.setObjectName("back")
        self.back.setShortcut(QKeySequence(Qt.Modifier.ALT | Qt.Key.Key_Left))
        self.edit = QPushButton(self.tr("Edit…"))
        self.session_new = QPushButton(self.tr("New session…"))
        self.add = QPushButton(self.tr("Import photos"))
        self.add.setObjectName("import")
        menu = QMenu(self.add)
        menu.addAction(self.tr("Photos…")).triggered.connect(self.photos_pressed)
        menu.addAction(self.tr("Folder or memory card…")).triggered.connect(self.folder_pressed)
        self.add.setMenu(menu)
        self.course_new = QPushButton(self.tr("New…"))
        self.course_new.setAccessibleName(self.tr("New course of treatment"))
        self.course_edit = QPushButton(self.tr("Edit…"))
        self.course_edit.setAccessibleName(self.tr("Edit the course of treatment"))
        self.consents = QPushButton(self.tr("Consents…"))
        self.compare = QPushButton(self.tr("Compare"))
        self.compare.setObjectName("compare-photos")
        self.compare.setProperty("kind", "main")

    def _header(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "bar")
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.setSpacing(12)
        self._code.setMaximumWidth(240)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._facts)
        words.addWidget(self._medical)
        layout.addWidget(self.back)
        layout.addWidget(self._code)
        layout.addLayout(words, 1)
        for button in (self.edit, self.session_new, self.add):
            layout.addWidget(button)
        return bar

    def _side(self) -> QFrame:
        side = QFrame()
        side.setObjectName("patient-side")
        side.setFixedWidth(_SIDE_WIDTH)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(theme.GRID)
        self._courses.setAccessibleName(self.tr("Courses of treatment"))
        self._courses.setObjectName("courses")
        self._courses.setFrameShape(QFrame.Shape.NoFrame)
        self._courses.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._courses.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._courses.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._courses.setSpacing(2)
        self._courses.setItemDelegate(TwoLines(self._courses))
        layout.addWidget(label(self.tr("Courses of treatment"), "heading"))
        layout.addWidget(self._courses, 1)
        row = QHBoxLayout()
        row.addWidget(self.course_new)
        row.addWidget(self.course_edit)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addSpacing(theme.GRID)
        layout.addWidget(label(self.tr("Consents"), "heading"))
        layout.addWidget(self._consents)
        layout.addWidget(self.consents, 0, Qt.AlignmentFlag.AlignLeft)
        return side

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("kind", "foot")
        layout = QHBoxLayout(foot)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.addWidget(self._pair, 1)
        layout.addWidget(self.compare)
        return foot

    def _connect(self) -> None:
        self.back.clicked.connect(self.back_pressed)
        self.edit.clicked.connect(self.edit_pressed)
        self.consents.clicked.connect(self.consents_pressed)
        self.session_new.clicked.connect(self.session_new_pressed)
        self.course_new.clicked.connect(self.course_new_pressed)
        self.course_edit.clicked.connect(self._edit_course)
        self.compare.clicked.connect(self.compare_pressed)
        self._courses.currentItemChanged.connect(self._choose_course)
        self._empty.session_new.clicked.connect(self.session_new_pressed)
        self._empty.add.clicked.connect(self.photos_pressed)
        self._empty.add_folder.clicked.connect(self.folder_pressed)

    def _choose_course(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.course_chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    def _edit_course(self) -> None:
        item = self._courses.currentItem()
        if item is not None and item.data(Qt.ItemDataRole.UserRole):
            self.course_edit_pressed.emit(str(item.data(Qt.ItemDataRole.UserRole)))


class _NoPhotos(QFrame):
    """What to do while there are no photos."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("no-photos")
        self._title, self._words = label("", "title"), label("", "soft")
        for text in (self._title, self._words):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.session_new = QPushButton(self.tr("New session…"))
        self.session_new.setProperty("kind", "main")
        self.add = QPushButton(self.tr("Choose photos…"))
        self.add_folder = QPushButton(self.tr("Choose a folder or memory card…"))
        self.add.setProperty("kind", "main")
        self.buttons = (self.session_new, self.add, self.add_folder)
        centered(self, self._title, self._words, *self.buttons)
        self._elsewhere = False
        self.explain(elsewhere=False)

    def explain(self, *, elsewhere: bool) -> None:
        """Explain why no photos are shown: `elsewhere` where other courses have sessions."""
        self._elsewhere = elsewhere
        self.session_new.setVisible(elsewhere)
        for button in (self.add, self.add_folder):
            button.setVisible(not elsewhere)
        if elsewhere:
            self._title.setText(self.tr("No sessions in this course yet"))
            self._words.setText(
                self.tr("Add a session, or open an existing one and choose this course for it.")
            )
        else:
            self._title.setText(self.tr("No photos yet"))
            self._words.setText(
                self.tr(
                    "Drop photos, folders or a memory card here. Photos are grouped into sessions "
                    "by the time they were taken, and the view is identified from the face. Files "
                    "that cannot be read are listed; photos already stored are skipped."
                )
            )

    def show_drop(self, *, over: bool) -> None:
        """Show that files can be dropped here, while they are over the page."""
        if over:
            self._title.setText(self.tr("Drop to import"))
        else:
            self.explain(elsewhere=self._elsewhere)
