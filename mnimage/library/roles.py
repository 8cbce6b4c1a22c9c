"""What each role may do."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from mnimage.domain.record import Role
from mnimage.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping


class Deed(StrEnum):
    """Kinds of things that can be done to a library, as they stand in an error."""

    SEE = "see records and photos"
    RECORD = "add and change patients, sessions, photos and consents"
    TREAT = "record courses of treatment, scores, ratings and adverse events"
    EXPORT = "take photos or records out of the library"
    BACK_UP = "back up the library"
    ERASE = "erase patients"
    RULE = "change users, keys and the library itself"


_VIEWER = frozenset({Deed.SEE})
_ASSISTANT = _VIEWER | {Deed.RECORD, Deed.BACK_UP}
_CLINICIAN = _ASSISTANT | {Deed.TREAT, Deed.EXPORT}

ALLOWED: Mapping[Role, frozenset[Deed]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.ASSISTANT: _ASSISTANT,
        Role.CLINICIAN: _CLINICIAN,
        Role.ADMIN: frozenset(Deed),
    }
)


def require(role: Role, deed: Deed) -> None:
    """Refuse what a role may not do.

    Raises
    ------
    NotAllowed
        If the role does not hold the deed.
    """
    if deed not in ALLOWED[role]:
        able = ", ".join(one for one in Role if deed in ALLOWED[one])
        raise NotAllowed(f"The role {role} may not {deed}.", hint=f"This is for: {able}.")
