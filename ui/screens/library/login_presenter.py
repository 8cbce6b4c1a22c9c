"""What the unlock page does: create a library, unlock it, reset a passphrase.

A passphrase is passed on and never stored.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from mnimage.errors import AuthenticationFailed, LibraryTooOld, MnimageError, StorageFailed
from mnimage.words.message import NOTHING, message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mnimage.domain.progress import Tick
    from mnimage.library.library import Library
    from mnimage.words.message import Message
    from ui.jobs import Jobs
    from ui.screens.library.local_settings import LocalSettings
    from ui.screens.library.unlock_page import UnlockPage
    from ui.widgets.file_dialogs import FileDialogs

T = TypeVar("T")

_LANE = "unlock"
_OPENING = message("ui_library.opening")
_FIRST_USER = "admin"


class LoginWork(Protocol):
    """The jobs of the unlock page; `mnimage.workflow.clinic` has them."""

    def is_library(self, folder: Path) -> bool:
        """Return whether a folder contains a library."""

    def make_library(self, folder: Path, user: str, passphrase: str) -> tuple[Library, str]:
        """Create a library; return it open, and its recovery key."""

    def unlock(self, folder: Path, user: str, passphrase: str) -> Library:
        """Open a library."""

    def unlock_remembered(self, folder: Path, user: str) -> Library:
        """Open a library with the key that the computer's keyring stores."""

    def remember(self, folder: Path, user: str, passphrase: str) -> None:
        """Store a user's key in the computer's keyring."""

    def forget(self, folder: Path, user: str) -> None:
        """Remove a user's key from the computer's keyring."""

    def recover(self, folder: Path, recovery: str, user: str, passphrase: str) -> Library:
        """Open a library with its recovery key, with a new passphrase for a user."""

    def renew_recovery(self, library: Library) -> str:
        """Return a new recovery key."""

    def migrate(self, folder: Path, user: str, passphrase: str) -> Library:
        """Update an older library and open it."""

    def save_words(self, path: Path, words: str) -> None:
        """Write a text to a file."""


class LoginPresenter:
    """Opens the library; `opened` gets it, and why it could not be remembered, if so."""

    def __init__(
        self,
        unlock_page: UnlockPage,
        work: LoginWork,
        jobs: Jobs,
        ask: FileDialogs,
        settings: LocalSettings,
        opened: Callable[[Library, Message], None],
    ) -> None:
        self._unlock_page, self._work, self._jobs, self._ask = unlock_page, work, jobs, ask
        self._settings, self._opened = settings, opened
        self._folder: Path | None = None
        self._new: tuple[Library, str] | None = None
        unlock_page.create_wanted.connect(self.choose_new)
        unlock_page.open_wanted.connect(self.choose_existing)
        unlock_page.create_pressed.connect(self.create)
        unlock_page.unlock_pressed.connect(self.unlock)
        unlock_page.migrate_pressed.connect(self.migrate)
        unlock_page.recover_pressed.connect(self.recover)
        unlock_page.key_save_pressed.connect(self.save_key)
        unlock_page.key_print_pressed.connect(self.print_key)
        unlock_page.key_confirmed.connect(self.enter_new)

    def begin(self) -> None:
        """Ask for the passphrase of the last library, or open it where the key is remembered."""
        last = self._settings.library()
        if last is None or not self._work.is_library(last[0]):
            self._unlock_page.show_welcome()
            return
        self._folder, user = last
        self.ask_passphrase(user, locked=False)
        if self._settings.remembered:
            folder = self._folder
            self._start(_OPENING, lambda: self._work.unlock_remembered(folder, user), self._enter)

    def ask_passphrase(self, user: str, *, locked: bool) -> None:
        """Ask for the passphrase of the library that was open, or is to be."""
        place = str(self._folder or "")
        remembered = self._settings.remembered
        self._unlock_page.show_unlock(place, user, remembered=remembered, locked=locked)

    def choose_new(self) -> None:
        """Ask for a new folder, then for its first user."""
        folder = self._ask.folder(str(message("ui_library.choose_new_folder")))
        if folder is not None and self._work.is_library(folder):
            self._show_existing(folder)
        elif folder is not None:
            self._folder = folder
            self._unlock_page.show_create(str(folder), _FIRST_USER)

    def choose_existing(self) -> None:
        """Ask for the folder of an existing library."""
        folder = self._ask.folder(str(message("ui_library.choose_folder")))
        if folder is None:
            return
        if not self._work.is_library(folder):
            self._refuse(message("ui_library.no_library_here"))
            return
        self._show_existing(folder)

    def create(self, user: str, passphrase: str, repeated: str) -> None:
        """Create a library and show its recovery key."""
        folder = self._folder
        if passphrase != repeated:
            self._refuse(message("ui_library.passphrases_differ"))
        elif not user:
            self._refuse(message("ui_library.user_needed"))
        elif folder is not None:
            self._start(
                message("ui_library.creating"),
                lambda: self._work.make_library(folder, user, passphrase),
                self._show_key,
            )

    def unlock(self, user: str, passphrase: str, remember: bool) -> None:
        """Open the library with a passphrase."""
        if folder := self._folder:
            forget = self._settings.remembered and not remember
            self._settings.remembered = remember
            work = partial(self._unlock, (folder, user, passphrase), remember, forget)
            self._start(_OPENING, work, self._enter_with)

    def migrate(self, user: str, passphrase: str) -> None:
        """Back up and update an older library, and open it."""
        if folder := self._folder:
            words = message("ui_library.updating")
            self._start(words, lambda: self._work.migrate(folder, user, passphrase), self._enter)

    def recover(self, recovery: str, user: str, passphrase: str, repeated: str) -> None:
        """Give a user a new passphrase with the recovery key, and open the library."""
        folder = self._folder
        if passphrase != repeated:
            self._refuse(message("ui_library.passphrases_differ"))
        elif folder is not None:
            work = partial(self._work.recover, folder, recovery, user, passphrase)
            self._start(_OPENING, work, self._enter)

    def save_key(self) -> None:
        """Write the recovery key to a file of the user's choice."""
        title, name = message("ui_library.save_key"), message("ui_library.key_file")
        path = self._ask.save_text(str(title), str(name))
        if path is None or self._new is None:
            return
        try:
            self._work.save_words(path, f"{self._key_sheet()}\n")
        except MnimageError as error:
            self._unlock_page.show_trouble(str(error), error.hint)
        else:
            saved = message("ui_library.key_saved", file=path.name)
            self._unlock_page.show_trouble(NOTHING, saved)

    def print_key(self) -> None:
        """Print the recovery key."""
        if self._new is not None:
            title = message("ui_library.print_key")
            self._ask.print_words(str(title), f"{self._key_sheet()}\n")

    def enter_new(self) -> None:
        """Open the new library, now that its recovery key is stored on paper."""
        if self._new is None:
            return
        library, _ = self._new
        self._new = None
        self._settings.key_unseen = False
        self._unlock_page.forget_key()
        self._opened(library, NOTHING)

    def close(self) -> None:
        """Close a library that was created but never used."""
        if self._new is not None:
            self._new[0].close()
            self._new = None

    def _show_existing(self, folder: Path) -> None:
        self._folder = folder
        last = self._settings.library()
        user = last[1] if last and last[0] == folder else _FIRST_USER
        self.ask_passphrase(user, locked=False)

    def _key_sheet(self) -> Message:
        key = self._new[1] if self._new else ""
        return message("ui_library.key_sheet", folder=str(self._folder), key=key)

    def _unlock(
        self, entry: tuple[Path, str, str], remember: bool, forget: bool
    ) -> tuple[Library, Message]:
        """Open it, and store or remove the key in the keyring; return why that failed, if so."""
        library = self._work.unlock(*entry)
        try:
            if remember:
                self._work.remember(*entry)
            elif forget:
                self._work.forget(*entry[:2])
        except StorageFailed as error:
            return library, message("ui_library.not_remembered", reason=str(error))
        return library, NOTHING

    def _enter_with(self, answer: tuple[Library, Message]) -> None:
        if answer[1]:
            self._settings.remembered = False
        self._enter(*answer)

    def _enter(self, library: Library, trouble: Message = NOTHING) -> None:
        if self._folder:
            self._settings.store_library(self._folder, library.user)
        self._unlock_page.set_busy(NOTHING)
        if self._settings.key_unseen and library.role == "admin":
            renew = partial(self._renewed, library)
            self._start(message("ui_library.renewing_key"), renew, self._show_key)
            return
        self._opened(library, trouble)

    def _renewed(self, library: Library) -> tuple[Library, str]:
        return library, self._work.renew_recovery(library)

    def _show_key(self, created: tuple[Library, str]) -> None:
        self._new = created
        if self._folder:
            self._settings.store_library(self._folder, created[0].user)
        self._settings.key_unseen = True
        self._unlock_page.show_key(created[1])

    def _start(self, words: Message, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._unlock_page.set_busy(words)
        self._jobs.start(_LANE, partial(_ticking, work), done=done, failed=self._fail)

    def _refuse(self, reason: Message) -> None:
        self._unlock_page.show_trouble(reason, reason.hint)

    def _fail(self, error: MnimageError) -> None:
        hint: Message | str = error.hint
        if isinstance(error, AuthenticationFailed) and not hint:
            hint = message("ui_library.check_passphrase")
        if isinstance(error, LibraryTooOld):
            hint = message("ui_library.enter_again_to_update")
        self._unlock_page.show_trouble(str(error), hint)
        if isinstance(error, LibraryTooOld):
            self._unlock_page.offer_migration()
        self._unlock_page.take_focus()


def _ticking(work: Callable[[], T], tick: Tick) -> T:
    tick(0, 1)
    return work()
