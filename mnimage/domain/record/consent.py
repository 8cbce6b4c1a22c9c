"""What a patient agreed to, and what left the library under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from mnimage.domain.record.common import in_utc, new_id


class Purpose(StrEnum):
    """What a patient agrees to; each is asked, given and withdrawn by itself."""

    RECORD = "record"
    TEACHING = "teaching"
    PUBLICATION = "publication"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A patient's agreement to one purpose.

    It holds for the photos named, or for all where none is named. `signed_sha256` is the original
    of the signed form, where it was photographed or scanned into the library.
    """

    patient_id: str
    purpose: Purpose
    given_on: date
    withdrawn_on: date | None = None
    photo_ids: tuple[str, ...] = ()
    witness: str = ""
    signed_sha256: str = ""
    note: str = ""
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        if self.withdrawn_on is not None and self.withdrawn_on < self.given_on:
            raise ValueError("a consent cannot be withdrawn before it was given")

    def holds(self, photo_id: str, on: date) -> bool:
        """Say whether it covers a photo on a day."""
        if on < self.given_on or (self.withdrawn_on is not None and on >= self.withdrawn_on):
            return False
        return not self.photo_ids or photo_id in self.photo_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What left the library, for what, and under which consent; never altered.

    One photo, or the whole record of the patient where `photo_id` is None.
    """

    patient_id: str
    photo_id: str | None
    purpose: Purpose
    consent_id: str | None
    disclosed_by: str
    to: str
    sha256: str = ""
    disclosed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        in_utc(self, "disclosed_at")
