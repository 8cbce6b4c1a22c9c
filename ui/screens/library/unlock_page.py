"""The unlock page: create or unlock a library, see its recovery key once, or use that key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.screens.library.fields import Line, label
from ui.widgets.eliding import ElidingLabel

if TYPE_CHECKING:
    from mnimage.words.message import Message

_WIDE = 600
"""Width of the card in pixels."""
_KEY_GROUPS_A_LINE = 4
"""Groups of the recovery key on one line, so that it can be copied by hand."""


class UnlockPage(QWidget):
    """One form at a time, in the middle of the screen."""

    create_wanted = Signal()
    open_wanted = Signal()
    create_pressed = Signal(str, str, str)
    """User, passphrase, and the passphrase repeated."""
    unlock_pressed = Signal(str, str, bool)
    """User, passphrase, and whether this computer is to remember it."""
    migrate_pressed = Signal(str, str)
    recover_pressed = Signal(str, str, str, str)
    """Recovery key, user, new passphrase, and that repeated."""
    key_copied = Signal()
    key_save_pressed = Signal()
    key_print_pressed = Signal()
    key_confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.welcome, self.unlock = _Welcome(), _Unlock()
        self.new_library, self.key, self.recover = _Create(), _Key(), _Recover()
        self._forms = (self.welcome, self.unlock, self.new_library, self.key, self.recover)
        self._shown: _FormBox = self.welcome
        self._trouble, self._hint = label("", "trouble"), label("", "soft")
        self._trouble.setObjectName("unlock-trouble")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(_middle(*self._forms, self._trouble, self._hint))
        self._connect()

    def show_welcome(self) -> None:
        """Explain what a library is, and offer to create or to open one."""
        self._show(self.welcome)

    def show_unlock(self, place: str, user: str, *, remembered: bool, locked: bool) -> None:
        """Ask for the passphrase of a library; `locked` where its screens wait behind this page."""
        self.unlock.fill(place, user, remembered=remembered, locked=locked)
        self._show(self.unlock)

    def show_create(self, place: str, user: str) -> None:
        """Ask for the first user and passphrase of a new library."""
        self.new_library.fill(place, user)
        self._show(self.new_library)

    def show_key(self, key: str) -> None:
        """Show the recovery key of a library that was just created, this once."""
        self.key.fill(key)
        self._show(self.key)

    def forget_key(self) -> None:
        """Remove the recovery key from the screen and the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if self.key.text and clipboard.text() == self.key.text:
            clipboard.clear()
        self.key.fill("")

    def show_trouble(self, words: Message | str, hint: Message | str = "") -> None:
        """Show why the library stays locked, and what to do."""
        self.set_busy("")
        self._trouble.setText(str(words))
        self._hint.setText(str(hint))

    def offer_migration(self) -> None:
        """Offer to update an older library."""
        self.unlock.offer_migration(offered=True)

    def set_busy(self, words: Message | str) -> None:
        """Show what is being done; empty for nothing."""
        self._trouble.setText("")
        self._hint.setText(str(words))
        self._shown.setDisabled(bool(words))

    @property
    def trouble(self) -> str:
        """The error that is shown."""
        return self._trouble.text()

    def take_focus(self) -> None:
        """Give the keyboard to the first field."""
        self._shown.first.setFocus()

    def _show(self, form: _FormBox) -> None:
        self.show_trouble("")
        self._shown = form
        for each in self._forms:
            each.setVisible(each is form)
        self.take_focus()

    @property
    def shown(self) -> QWidget:
        """The form that is shown."""
        return self._shown

    def _connect(self) -> None:
        for form in (self.welcome, self.unlock):
            form.new_library.clicked.connect(self.create_wanted)
            form.open.clicked.connect(self.open_wanted)
        self.new_library.open.clicked.connect(self.open_wanted)
        self.unlock.confirmed.connect(self._unlock)
        self.unlock.migrate.clicked.connect(self._migrate)
        self.unlock.lost.clicked.connect(self._begin_recovery)
        self.new_library.confirmed.connect(self._create)
        self.recover.confirmed.connect(self._recover)
        self.recover.back.clicked.connect(self._leave_recovery)
        self.key.copy.clicked.connect(self._copy)
        self.key.save.clicked.connect(self.key_save_pressed)
        self.key.print.clicked.connect(self.key_print_pressed)
        self.key.confirmed.connect(self.key_confirmed)

    def _unlock(self) -> None:
        form = self.unlock
        self.unlock_pressed.emit(form.user.entered, form.word.text(), form.remember.isChecked())
        form.word.clear()

    def _migrate(self) -> None:
        self.migrate_pressed.emit(self.unlock.user.entered, self.unlock.word.text())
        self.unlock.word.clear()

    def _create(self) -> None:
        form = self.new_library
        self.create_pressed.emit(form.user.entered, form.word.text(), form.repeated.text())

    def _begin_recovery(self) -> None:
        self.recover.fill(self.unlock.user.entered)
        self._show(self.recover)

    def _leave_recovery(self) -> None:
        self.recover.fill("")
        self._show(self.unlock)

    def _recover(self) -> None:
        form = self.recover
        words = form.word.text(), form.repeated.text()
        self.recover_pressed.emit(form.key.entered, form.user.entered, *words)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.key.text)
        self.key_copied.emit()


class _FormBox(QWidget):
    """One form of the page; Enter in any field is its main action."""

    confirmed = Signal()
    first: QWidget

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self.title = label(title, "title")
        self.words_label = label(words, "soft")
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(8)
        self.rows.addWidget(self.title)
        self.rows.addWidget(self.words_label)
        self.rows.addSpacing(8)

    def add_line(self, words: str, line: QLineEdit) -> None:
        """Add a field under its name."""
        name = QLabel(words)
        name.setBuddy(line)
        line.setMinimumHeight(36)
        line.returnPressed.connect(self.confirmed)
        self.rows.addWidget(name)
        self.rows.addWidget(line)

    def add_buttons(self, main: QPushButton, *others: QPushButton) -> None:
        """Add the main action, and others below it."""
        main.setProperty("kind", "main")
        main.clicked.connect(self.confirmed)
        self.rows.addSpacing(8)
        self.rows.addWidget(main, 0, Qt.AlignmentFlag.AlignLeft)
        if others:
            row = QHBoxLayout()
            for button in others:
                row.addWidget(button)
            row.addStretch(1)
            self.rows.addSpacing(8)
            self.rows.addLayout(row)
        self.rows.addStretch(1)


class _Welcome(_FormBox):
    """The first screen of a clinic without a library."""

    def __init__(self) -> None:
        super().__init__("", "")
        self.title.setText(self.tr("The clinic's library"))
        self.words_label.setText(
            self.tr(
                "One encrypted folder for patients, sessions, photos and consents. Photos are "
                "stored once and never altered, every access and change is recorded, and without "
                "a passphrase a copy of the folder cannot be read."
            )
        )
        self.new_library = QPushButton(self.tr("Create a library…"))
        self.new_library.setObjectName("create-library")
        self.new_library.setProperty("kind", "main")
        self.open = QPushButton(self.tr("Open an existing library…"))
        self.first = self.new_library
        row = QHBoxLayout()
        row.addWidget(self.new_library)
        row.addWidget(self.open)
        row.addStretch(1)
        self.rows.addLayout(row)
        self.rows.addStretch(1)


class _Unlock(_FormBox):
    """User and passphrase of an existing library."""

    def __init__(self) -> None:
        super().__init__("", "")
        self.words_label.hide()
        self.place = ElidingLabel("soft")
        self.rows.addWidget(self.place)
        self.user, self.word = Line(self.tr("User")), _secret(self.tr("Passphrase"))
        self.word.setObjectName("passphrase")
        self.first = self.word
        self.add_line(self.tr("User"), self.user)
        self.add_line(self.tr("Passphrase"), self.word)
        self.remember = QCheckBox(self.tr("Remember on this computer"))
        self.remember.setToolTip(
            self.tr(
                "The key is stored in this computer's keyring: anyone who is signed in to this "
                "computer then opens the library without a passphrase when the program starts. "
                "After locking, the passphrase is asked for again."
            )
        )
        self.rows.addWidget(self.remember)
        self.lost = QPushButton(self.tr("Forgot passphrase…"))
        self.open = QPushButton(self.tr("Open another library…"))
        self.new_library = QPushButton(self.tr("Create a library…"))
        unlock = QPushButton(self.tr("Unlock"))
        unlock.setObjectName("unlock")
        self.add_buttons(unlock, self.lost, self.open, self.new_library)
        self.migrate = QPushButton(self.tr("Back up and update the library"))
        self.rows.addWidget(self.migrate)
        self.migrate.hide()

    def fill(self, place: str, user: str, *, remembered: bool, locked: bool) -> None:
        """Show which library it is and who opened it last."""
        self.title.setText(self.tr("Locked") if locked else self.tr("Open the library"))
        self.place.show_text(place)
        self.user.setText(user)
        self.word.clear()
        self.remember.setChecked(remembered)
        for button in (self.open, self.new_library):
            button.setVisible(not locked)
        self.offer_migration(offered=False)

    def offer_migration(self, *, offered: bool) -> None:
        """Offer to update an older library, or not."""
        self.migrate.setVisible(offered)


class _Create(_FormBox):
    """The first user and passphrase of a new library."""

    def __init__(self) -> None:
        super().__init__("", "")
        self.title.setText(self.tr("Create a library"))
        self.words_label.setText(
            self.tr(
                "You are its first administrator. The passphrase needs at least eight characters; "
                "four unrelated words make a good one. Nobody can look it up for you."
            )
        )
        self.place = ElidingLabel("soft")
        self.rows.addWidget(self.place)
        self.user = Line(self.tr("User"))
        self.word, self.repeated = (
            _secret(self.tr("Passphrase")),
            _secret(self.tr("Repeat passphrase")),
        )
        self.first = self.word
        self.add_line(self.tr("User"), self.user)
        self.add_line(self.tr("Passphrase"), self.word)
        self.add_line(self.tr("Repeat passphrase"), self.repeated)
        create = QPushButton(self.tr("Create library"))
        create.setObjectName("create")
        self.open = QPushButton(self.tr("Open an existing library…"))
        self.add_buttons(create, self.open)

    def fill(self, place: str, user: str) -> None:
        """Show where it is created, and propose a name for its first user."""
        self.place.show_text(place)
        self.user.setText(user)
        self.word.clear()
        self.repeated.clear()


class _Key(_FormBox):
    """The recovery key, shown once."""

    def __init__(self) -> None:
        super().__init__("", "")
        self.title.setText(self.tr("Recovery key"))
        self.words_label.setText(
            self.tr(
                "It opens the library if every passphrase is lost, and it is shown only this "
                "once. Print it or write it down, and lock the paper away from this computer."
            )
        )
        self.text = ""
        self._key = QLabel()
        self._key.setProperty("kind", "key")
        self._key.setObjectName("recovery-key")
        self._key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.rows.addWidget(self._key)
        self.print = QPushButton(self.tr("Print…"))
        self.save = QPushButton(self.tr("Save…"))
        self.copy = QPushButton(self.tr("Copy"))
        row = QHBoxLayout()
        for button in (self.print, self.save, self.copy):
            row.addWidget(button)
        row.addStretch(1)
        self.rows.addLayout(row)
        self.seen = QCheckBox(self.tr("I have the key on paper, and the paper is locked away"))
        self.seen.setObjectName("key-seen")
        self.rows.addSpacing(8)
        self.rows.addWidget(self.seen)
        self._continue = QPushButton(self.tr("Continue"))
        self._continue.setObjectName("key-confirmed")
        self.seen.toggled.connect(self._continue.setEnabled)
        self.first = self.print
        self.add_buttons(self._continue)

    def fill(self, key: str) -> None:
        """Show a key, in groups that are easy to write down."""
        self.text = key
        groups = key.replace("-", " ").split()
        lines = [
            "  ".join(groups[start : start + _KEY_GROUPS_A_LINE])
            for start in range(0, len(groups), _KEY_GROUPS_A_LINE)
        ]
        self._key.setText("\n".join(lines))
        self._key.setMinimumSize(self._key.sizeHint())
        self.seen.setChecked(False)
        self._continue.setEnabled(False)


class _Recover(_FormBox):
    """A new passphrase with the recovery key."""

    def __init__(self) -> None:
        super().__init__("", "")
        self.title.setText(self.tr("Forgot passphrase"))
        self.words_label.setText(
            self.tr("Enter the recovery key to set a new passphrase for a user of the library.")
        )
        self.key, self.user = Line(self.tr("Recovery key")), Line(self.tr("User"))
        self.word, self.repeated = (
            _secret(self.tr("New passphrase")),
            _secret(self.tr("Repeat passphrase")),
        )
        self.first = self.key
        self.add_line(self.tr("Recovery key"), self.key)
        self.add_line(self.tr("User"), self.user)
        self.add_line(self.tr("New passphrase"), self.word)
        self.add_line(self.tr("Repeat new passphrase"), self.repeated)
        self.back = QPushButton(self.tr("Back"))
        self.add_buttons(QPushButton(self.tr("Set passphrase and unlock")), self.back)

    def fill(self, user: str) -> None:
        """Show an empty form for a user."""
        self.user.setText(user)
        for line in (self.key, self.word, self.repeated):
            line.clear()


def _secret(name: str) -> Line:
    line = Line(name)
    line.setMaxLength(1000)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    return line


def _middle(*widgets: QWidget) -> QScrollArea:
    """Return a card in the middle of the screen, scrolled where there is too little room."""
    card = QFrame()
    card.setProperty("kind", "unlock")
    card.setFixedWidth(_WIDE)
    inside = QVBoxLayout(card)
    inside.setContentsMargins(32, 28, 32, 24)
    for widget in widgets:
        inside.addWidget(widget)
    inside.setSpacing(theme.GRID)
    page = QWidget()
    # Between stretches and not by an alignment, which would not ask how tall the words grow.
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    layout = QVBoxLayout(page)
    layout.addStretch(1)
    layout.addLayout(row)
    layout.addStretch(2)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(page)
    return area
