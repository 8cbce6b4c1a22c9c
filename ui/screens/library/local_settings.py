"""What is stored between two starts: where the library is, who opened it, when it locks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

IDLE_MINUTES = (2, 5, 10, 20)
"""The choices of after how long without input the window locks."""
_USUAL_MINUTES = 10
"""Until the user chooses another."""
_FOLDER, _USER, _REMEMBERED, _IDLE, _UNSEEN = (
    f"library/{name}" for name in ("folder", "user", "remembered", "idle_minutes", "key_unseen")
)


class LocalSettings:
    """Stored in the user's settings; no data of a patient, no key and no passphrase."""

    def library(self) -> tuple[Path, str] | None:
        """Return the folder of the last library and its user, None where there is none."""
        folder, user = QSettings().value(_FOLDER), QSettings().value(_USER)
        return (Path(str(folder)), str(user or "")) if folder else None

    def store_library(self, folder: Path, user: str) -> None:
        """Store where the library is and who opened it."""
        QSettings().setValue(_FOLDER, str(folder))
        QSettings().setValue(_USER, user)

    @property
    def remembered(self) -> bool:
        """Whether the computer's keyring opens it."""
        return str(QSettings().value(_REMEMBERED)) == "yes"

    @remembered.setter
    def remembered(self, remembered: bool) -> None:
        QSettings().setValue(_REMEMBERED, "yes" if remembered else "no")

    @property
    def key_unseen(self) -> bool:
        """Whether a recovery key was shown that nobody has confirmed to have stored."""
        return str(QSettings().value(_UNSEEN)) == "yes"

    @key_unseen.setter
    def key_unseen(self, unseen: bool) -> None:
        QSettings().setValue(_UNSEEN, "yes" if unseen else "no")

    @property
    def idle_minutes(self) -> int:
        """After how many minutes without input the window locks."""
        try:
            stored = int(str(QSettings().value(_IDLE)))
        except ValueError:
            return _USUAL_MINUTES
        return stored if stored in IDLE_MINUTES else _USUAL_MINUTES

    @idle_minutes.setter
    def idle_minutes(self, minutes: int) -> None:
        QSettings().setValue(_IDLE, minutes)
