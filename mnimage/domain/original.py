"""A photo that lies in no file: the clinic's library keeps it, and gives its bytes when asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Original:
    """One photo of the library; two are one and the same where their fingerprints are.

    Parameters
    ----------
    sha256
        The fingerprint of its bytes.
    name
        What it is called on labels and in reports; no file bears it.
    taken_at
        When it was taken, as the library knows it.
    read
        Returns its bytes, proved; raises a `LibraryError` where that cannot be.
    leave
        Takes note that a report with it goes to the place named; raises `NotAllowed` where the
        user may take nothing out.
    """

    sha256: str
    name: str = field(compare=False)
    taken_at: datetime | None = field(compare=False)
    read: Callable[[], bytes] = field(repr=False, compare=False)
    leave: Callable[[str], None] = field(repr=False, compare=False)
