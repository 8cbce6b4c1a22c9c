"""What the library's door does: make a library, unlock it, lock it; plain Python, no Qt.

A passphrase is handed on and not kept.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from mnimage.errors import AuthenticationFailed, LibraryTooOld, MnimageError, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mnimage.domain.progress import Tick
    from mnimage.library.library import Library
    from ui.jobs import Jobs
    from ui.screens.library.local_settings import LocalSettings
    from ui.screens.library.unlock_page import UnlockPage
    from ui.widgets.file_dialogs import FileDialogs

T = TypeVar("T")

_LANE = "door"
_OPENING = "Opening the library…"


class DoorWork(Protocol):
    """The jobs on a library's door; `mnimage.workflow.clinic` has them."""

    def is_library(self, folder: Path) -> bool:
        """Say whether a folder holds a library."""

    def make_library(self, folder: Path, user: str, passphrase: str) -> tuple[Library, str]:
        """Make a library; return it open, and its recovery key."""

    def unlock(self, folder: Path, user: str, passphrase: str) -> Library:
        """Open a library."""

    def unlock_remembered(self, folder: Path, user: str) -> Library:
        """Open a library with the key that the computer's keyring keeps."""

    def remember(self, folder: Path, user: str, passphrase: str) -> None:
        """Have the computer's keyring keep a user's key."""

    def forget(self, folder: Path, user: str) -> None:
        """Have the computer's keyring forget a user's key."""

    def recover(self, folder: Path, recovery: str, user: str, passphrase: str) -> Library:
        """Open a library with its recovery key, with a new passphrase for a user."""

    def renew_recovery(self, library: Library) -> str:
        """Return a new recovery key."""

    def migrate(self, folder: Path, user: str, passphrase: str) -> Library:
        """Bring an older library to today's tables and open it."""

    def save_words(self, path: Path, words: str) -> None:
        """Keep words in a file."""


class LoginPresenter:
    """Opens the library; `opened` gets it, with what could not be done beside it, if anything."""

    def __init__(
        self,
        unlock_page: UnlockPage,
        work: DoorWork,
        jobs: Jobs,
        ask: FileDialogs,
        settings: LocalSettings,
        opened: Callable[[Library, str], None],
    ) -> None:
        self._unlock_page, self._work, self._jobs, self._ask = unlock_page, work, jobs, ask
        self._settings, self._opened = settings, opened
        self._folder: Path | None = None
        self._new: tuple[Library, str] | None = None
        unlock_page.make_wanted.connect(self.choose_new)
        unlock_page.open_wanted.connect(self.choose_old)
        unlock_page.make_pressed.connect(self.make)
        unlock_page.unlock_pressed.connect(self.unlock)
        unlock_page.migrate_pressed.connect(self.migrate)
        unlock_page.recover_pressed.connect(self.recover)
        unlock_page.key_save_pressed.connect(self.save_key)
        unlock_page.key_print_pressed.connect(self.print_key)
        unlock_page.key_kept.connect(self.go_on)

    def begin(self) -> None:
        """Show the door of the last library; open it at once where the computer remembers it."""
        kept = self._settings.library()
        if kept is None or not self._work.is_library(kept[0]):
            self._unlock_page.show_welcome()
            return
        self._folder, user = kept
        self.ask_again(user, locked=False)
        if self._settings.remembered:
            folder = self._folder
            self._start(_OPENING, lambda: self._work.unlock_remembered(folder, user), self._enter)

    def ask_again(self, user: str, *, locked: bool) -> None:
        """Ask for the passphrase of the library that was open, or is to be."""
        place = str(self._folder or "")
        remembered = self._settings.remembered
        self._unlock_page.show_unlock(place, user, remembered=remembered, locked=locked)

    def choose_new(self) -> None:
        """Ask for a new folder, then for its first user."""
        folder = self._ask.folder("Choose an empty folder for the library")
        if folder is not None and self._work.is_library(folder):
            self._show_old(folder)
        elif folder is not None:
            self._folder = folder
            self._unlock_page.show_make(str(folder))

    def choose_old(self) -> None:
        """Ask for the folder of a library that is there."""
        folder = self._ask.folder("Choose the library's folder")
        if folder is None:
            return
        if not self._work.is_library(folder):
            self._unlock_page.show_trouble(
                "There is no library in this folder.",
                "Choose the folder that holds keys.json, or make a new library.",
            )
            return
        self._show_old(folder)

    def make(self, user: str, passphrase: str, again: str) -> None:
        """Make a library and show its recovery key."""
        folder = self._folder
        if passphrase != again:
            self._unlock_page.show_trouble(*_UNLIKE)
        elif not user:
            self._unlock_page.show_trouble(
                "The user needs a name.", "Your own name or initials will do."
            )
        elif folder is not None:
            self._start(
                "Making the library…",
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
        """Bring an older library up to date, after a back-up, and open it."""
        if folder := self._folder:
            words = "Making a back-up, then bringing the library up to date…"
            self._start(words, lambda: self._work.migrate(folder, user, passphrase), self._enter)

    def recover(self, recovery: str, user: str, passphrase: str, again: str) -> None:
        """Give a user a new passphrase by the recovery key, and open the library."""
        folder = self._folder
        if passphrase != again:
            self._unlock_page.show_trouble(*_UNLIKE)
        elif folder is not None:
            work = partial(self._work.recover, folder, recovery, user, passphrase)
            self._start(_OPENING, work, self._enter)

    def save_key(self) -> None:
        """Keep the recovery key in a file of the user's choice."""
        path = self._ask.save_text("Save the recovery key", "recovery key.txt")
        if path is None or self._new is None:
            return
        try:
            self._work.save_words(path, self._sheet())
        except MnimageError as error:
            self._unlock_page.show_trouble(str(error), error.hint)
        else:
            self._unlock_page.show_trouble("", f"Saved as {path.name}. Move it off this computer.")

    def print_key(self) -> None:
        """Print the recovery key."""
        if self._new is not None:
            self._ask.print_words("Print the recovery key", self._sheet())

    def go_on(self) -> None:
        """Enter the new library, now that its recovery key is on paper."""
        if self._new is None:
            return
        library, _ = self._new
        self._new = None
        self._settings.key_unseen = False
        self._unlock_page.forget_key()
        self._opened(library, "")

    def put_away(self) -> None:
        """Close a library that was made but never entered."""
        if self._new is not None:
            self._new[0].close()
            self._new = None

    def _show_old(self, folder: Path) -> None:
        self._folder = folder
        kept = self._settings.library()
        user = kept[1] if kept and kept[0] == folder else "admin"
        self.ask_again(user, locked=False)

    def _sheet(self) -> str:
        key = self._new[1] if self._new else ""
        return (
            f"Recovery key of the mnimage library {self._folder}\n\n{key}\n\n"
            "It opens the library if every passphrase is lost. Keep it locked away from the "
            "computer.\n"
        )

    def _unlock(
        self, entry: tuple[Path, str, str], remember: bool, forget: bool
    ) -> tuple[Library, str]:
        """Open it, and have the keyring keep or forget the key; return why it did not, if so."""
        library = self._work.unlock(*entry)
        try:
            if remember:
                self._work.remember(*entry)
            elif forget:
                self._work.forget(*entry[:2])
        except StorageFailed as error:
            return library, f"{error} The library is not remembered."
        return library, ""

    def _enter_with(self, answer: tuple[Library, str]) -> None:
        if answer[1]:
            self._settings.remembered = False
        self._enter(*answer)

    def _enter(self, library: Library, trouble: str = "") -> None:
        if self._folder:
            self._settings.keep_library(self._folder, library.user)
        self._unlock_page.set_busy("")
        if self._settings.key_unseen and library.role == "admin":
            renew = partial(self._renewed, library)
            self._start("Making a new recovery key…", renew, self._show_key)
            return
        self._opened(library, trouble)

    def _renewed(self, library: Library) -> tuple[Library, str]:
        return library, self._work.renew_recovery(library)

    def _show_key(self, made: tuple[Library, str]) -> None:
        self._new = made
        if self._folder:
            self._settings.keep_library(self._folder, made[0].user)
        self._settings.key_unseen = True
        self._unlock_page.show_key(made[1])

    def _start(self, words: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._unlock_page.set_busy(words)
        self._jobs.start(_LANE, partial(_ticking, work), done=done, failed=self._fail)

    def _fail(self, error: MnimageError) -> None:
        hint = error.hint
        if isinstance(error, AuthenticationFailed) and not hint:
            hint = "Check the user's name and the caps lock key, and try again."
        self._unlock_page.show_trouble(str(error), hint)
        if isinstance(error, LibraryTooOld):
            self._unlock_page.show_trouble(
                str(error), "Write the passphrase once more, then press below."
            )
            self._unlock_page.offer_migration()
        self._unlock_page.take_focus()


def _ticking(work: Callable[[], T], tick: Tick) -> T:
    tick(0, 1)
    return work()


_UNLIKE = ("The two passphrases differ.", "Write the same one twice.")
