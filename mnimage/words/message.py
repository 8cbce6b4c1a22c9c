"""A message is a code with arguments; its sentence is made from a catalogue when it is shown.

Logic compares codes, never sentences, so a translation cannot change a result.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mnimage.words.english import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Argument: TypeAlias = "str | int | float | Message | tuple[Argument, ...] | None"
Catalogue: TypeAlias = "Mapping[str, str]"

HINT = ".hint"
"""What is added to the code of a failure to find the code of its hint."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to say to a user: `code` names the sentence, `args` fill its places.

    Codes are "room.name", such as "formats.cut_off". `str()` gives the English sentence.
    """

    code: str
    args: tuple[tuple[str, Argument], ...] = ()

    def __str__(self) -> str:
        """Return the English sentence."""
        return sentence(self)

    def __bool__(self) -> bool:
        """Return whether there is anything to say; see `NOTHING`."""
        return bool(self.code)

    @property
    def hint(self) -> Message:
        """What to do about it, or `NOTHING` where the catalogue has no hint for this code."""
        return Message(self.code + HINT, self.args) if self.code + HINT in ENGLISH else NOTHING


NOTHING = Message("")
"""The message that says nothing; it is false, and its sentence is empty."""


def message(code: str, **args: Argument) -> Message:
    """Return the message of a code; every place of its sentence must be filled by an argument."""
    return Message(code, tuple(sorted(args.items())))


def sentence(one: Message, catalogue: Catalogue = ENGLISH) -> str:
    """Return the sentence of a message in the language of a catalogue, English where it has none.

    Raises
    ------
    KeyError
        If no catalogue knows the code, or an argument is missing.
    """
    if not one.code:
        return ""
    template = catalogue.get(one.code) or ENGLISH[one.code]
    return _Sentences(catalogue).vformat(template, (), dict(one.args))


def plain(one: Message) -> list[object]:
    """Return a message as plain values for JSON: its code, then its arguments by name."""
    return [one.code, {name: _plain(value) for name, value in one.args}]


def from_plain(values: Sequence[object]) -> Message:
    """Return the message that `plain` made.

    Raises
    ------
    ValueError
        If these are not the values of a message.
    """
    match values:
        case [str() as code, dict() as args]:
            return Message(code, tuple(sorted((name, _argument(v)) for name, v in args.items())))
    raise ValueError("not the values of a message")


class _Sentences(string.Formatter):
    """Fills the places of a sentence; messages among the arguments in the same language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, Message):
            return sentence(value, self._catalogue)
        if isinstance(value, tuple):
            return ", ".join(self.format_field(one, format_spec) for one in value)
        return str(super().format_field(value, format_spec))


def _plain(value: Argument) -> object:
    if isinstance(value, Message):
        return {"message": plain(value)}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _argument(value: object) -> Argument:
    match value:
        case {"message": list() as values}:
            return from_plain(values)
        case list() as values:
            return tuple(_argument(one) for one in values)
        case None | str() | int() | float():
            return value
    raise ValueError("not an argument of a message")
