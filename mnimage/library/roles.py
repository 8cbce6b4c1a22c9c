"""What each role may do."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from mnimage.domain.record import Role
from mnimage.errors import NotAllowed
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping


class Permission(StrEnum):
    """Kinds of things that can be done to a library, as they stand in an error."""

    SEE = "see records and photos"
    RECORD = "add and change patients, sessions, photos and consents"
    TREAT = "record courses of treatment, scores, ratings and adverse events"
    EXPORT = "take photos or records out of the library"
    BACK_UP = "back up the library"
    ERASE = "erase patients"
    RULE = "change users, keys and the library itself"


_VIEWER = frozenset({Permission.SEE})
_ASSISTANT = _VIEWER | {Permission.RECORD, Permission.BACK_UP}
_CLINICIAN = _ASSISTANT | {Permission.TREAT, Permission.EXPORT}

ALLOWED: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.ASSISTANT: _ASSISTANT,
        Role.CLINICIAN: _CLINICIAN,
        Role.ADMIN: frozenset(Permission),
    }
)


def require(role: Role, permission: Permission) -> None:
    """Refuse what a role may not do.

    Raises
    ------
    NotAllowed
        If the role does not have the permission.
    """
    if permission not in ALLOWED[role]:
        able = ", ".join(one for one in Role if permission in ALLOWED[one])
        raise NotAllowed(
            message("library.not_allowed", role=role, permission=permission, able=able)
        )
