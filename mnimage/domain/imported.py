"""What became of files that were to be brought into a library."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What became of one file."""

    STORED = "stored"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Imported:
    """One file, and what became of it; `id` is that of its photo in the library."""

    file: str
    status: Status
    id: str | None = None
    sha256: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did, file by file.

    `stopped` says that the user asked it to stop; run again, it goes on with the rest.
    """

    files: tuple[Imported, ...] = ()
    stopped: bool = False

    def of(self, status: Status) -> tuple[Imported, ...]:
        """Return the files of which this became."""
        return tuple(one for one in self.files if one.status is status)

    @property
    def new_photos(self) -> tuple[str, ...]:
        """The identifiers of the photos that were stored."""
        return tuple(one.id for one in self.of(Status.STORED) if one.id)
