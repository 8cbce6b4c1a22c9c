"""Read the directories of TIFF and EXIF (TIFF 6.0; BigTIFF; EXIF 2.32), only the requested tags.

Invalid entries are skipped: a photo with a corrupt EXIF block is still a photo.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Value: TypeAlias = str | bytes | tuple[float, ...]

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8}
_CODES = {3: "H", 4: "I", 5: "I", 6: "b", 8: "h", 9: "i", 10: "i", 11: "f", 12: "d", 13: "I"}
_CODES |= {16: "Q", 17: "q", 18: "Q"}
"""Bytes of each field type (TIFF 6.0; 16 to 18: BigTIFF), and its code in `struct`."""
_RATIONAL = (5, 10)
_MAX_ENTRIES = 4096
"""Entries of a directory that are read; corrupt files may claim millions."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The tags of one directory.

    `values` maps tags to text, bytes or numbers, `offsets` to where in the file each value is;
    `following` is the offset of the next directory, 0 after the last.
    """

    values: Mapping[int, Value] = field(default_factory=dict)
    offsets: Mapping[int, int] = field(default_factory=dict)
    following: int = 0

    def numbers(self, tag: int) -> tuple[float, ...]:
        """Return a tag's numbers, none where it is missing or is not numeric."""
        value = self.values.get(tag, ())
        if isinstance(value, bytes):
            return tuple(value)
        return () if isinstance(value, str) else value

    def number(self, tag: int, default: int) -> int:
        """Return a tag's first number as an integer, or `default`."""
        found = self.numbers(tag)
        return int(found[0]) if found and abs(found[0]) < 2**63 else default

    def text(self, tag: int) -> str:
        """Return a tag's text, empty where there is none."""
        value = self.values.get(tag, "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class _Layout:
    order: str
    big: bool

    def unpack(self, codes: str, content: bytes, at: int) -> tuple[int, ...]:
        return struct.unpack_from(self.order + codes, content, at)


def first_directory(content: bytes) -> int:
    """Return where the first directory of a TIFF or EXIF block begins, 0 where there is none."""
    layout = _layout(content)
    if layout is None:
        return 0
    try:
        (start,) = layout.unpack("Q", content, 8) if layout.big else layout.unpack("I", content, 4)
    except struct.error:
        return 0
    return start


def read_directory(content: bytes, start: int, tags: Collection[int]) -> Directory:
    """Return the directory at `start` of a TIFF or EXIF block, limited to `tags`."""
    layout = _layout(content)
    if layout is None or not 0 < start < len(content):
        return Directory()
    try:
        return _read(layout, content, start, tags)
    except struct.error:
        return Directory()


def _layout(content: bytes) -> _Layout | None:
    order = {b"II": "<", b"MM": ">"}.get(content[:2])
    if order is None or len(content) < 8:
        return None
    return _Layout(order, big=struct.unpack_from(order + "H", content, 2)[0] == 43)


def _read(layout: _Layout, content: bytes, start: int, tags: Collection[int]) -> Directory:
    (count,) = layout.unpack("Q" if layout.big else "H", content, start)
    step, first = (20, start + 8) if layout.big else (12, start + 2)
    values: dict[int, Value] = {}
    offsets: dict[int, int] = {}
    for at in range(first, first + min(count, _MAX_ENTRIES) * step, step):
        if at + step > len(content):
            return Directory(values, offsets)
        tag, kind, amount = layout.unpack("HHQ" if layout.big else "HHI", content, at)
        offset = _offset(layout, content, at, _SIZES.get(kind, 1) * amount)
        if tag in tags and kind in _SIZES and offset is not None and tag not in values:
            values[tag] = _value(layout, content, offset, kind, amount)
            offsets[tag] = offset
    return Directory(values, offsets, _following(layout, content, first + count * step))


def _offset(layout: _Layout, content: bytes, at: int, size: int) -> int | None:
    room, offset = (8, at + 12) if layout.big else (4, at + 8)
    if size > room:
        (offset,) = layout.unpack("Q" if layout.big else "I", content, offset)
    return offset if size <= len(content) and offset + size <= len(content) else None


def _value(layout: _Layout, content: bytes, offset: int, kind: int, amount: int) -> Value:
    if kind == 2:
        return content[offset : offset + amount].split(b"\0")[0].decode("utf-8", "replace").strip()
    if kind in (1, 7):
        return content[offset : offset + amount]
    if kind not in _RATIONAL:
        return layout.unpack(f"{amount}{_CODES[kind]}", content, offset)
    parts = layout.unpack(f"{2 * amount}{_CODES[kind]}", content, offset)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return tuple(top / bottom if bottom else float("nan") for top, bottom in pairs)


def _following(layout: _Layout, content: bytes, at: int) -> int:
    size = 8 if layout.big else 4
    if at + size > len(content):
        return 0
    return layout.unpack("Q" if layout.big else "I", content, at)[0]
