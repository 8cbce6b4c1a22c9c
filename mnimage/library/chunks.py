"""Encrypts a stream in chunks: each is authenticated with its object, its place and the end.

AES-256-GCM over 1 MiB of plain bytes at a time. A key encrypts one object once, so the nonce is
the chunk's place and a mark on the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizar 2015). What is missing, doubled, out of order, of another object or altered in one bit
is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mnimage.errors import PhotoDamaged
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

CHUNK_BYTES = 1 << 20
KEY_BYTES = 32
_MAGIC = b"mnimage\x01"
_TAG_BYTES = 16


def encrypt(plain: Iterable[bytes], key: bytes, object_id: bytes) -> Iterator[bytes]:
    """Yield the encrypted form of a stream, header first.

    `plain` may come in pieces of any size; `key` must never have encrypted anything else.
    """
    cipher = AESGCM(key)
    yield _MAGIC
    for place, (chunk, last) in enumerate(_marked(_chunks(plain))):
        yield cipher.encrypt(_nonce(place, last=last), chunk, _MAGIC + object_id)


def decrypt(file: BinaryIO, key: bytes, object_id: bytes) -> Iterator[bytes]:
    """Yield the plain bytes of a file in chunks, each only after it was proved.

    What came before an error was genuine, but the whole is known to be so only at the end.

    Raises
    ------
    PhotoDamaged
        If it was altered, cut, put together anew, or written under another key or object.
    """
    if file.read(len(_MAGIC)) != _MAGIC:
        raise PhotoDamaged(message("library.file_header_altered"))
    cipher = AESGCM(key)
    for place, (chunk, last) in enumerate(_marked(_blocks(file))):
        try:
            yield cipher.decrypt(_nonce(place, last=last), chunk, _MAGIC + object_id)
        except InvalidTag as error:
            what = f"it is altered or cut near byte {place * CHUNK_BYTES}"
            raise PhotoDamaged(message("library.file_altered", what=what)) from error


def encrypted_size(plain_bytes: int) -> int:
    """Return how many bytes `encrypt` makes of so many."""
    chunks = max(1, -(-plain_bytes // CHUNK_BYTES))
    return len(_MAGIC) + plain_bytes + chunks * _TAG_BYTES


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _marked(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each chunk and whether it is the last; one empty chunk where there is none."""
    held = next(chunks, b"")
    for chunk in chunks:
        yield held, False
        held = chunk
    yield held, True


def _chunks(plain: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the stream cut anew into whole chunks."""
    held = bytearray()
    for piece in plain:
        if not held and len(piece) == CHUNK_BYTES:
            yield piece  # A whole chunk need not be copied.
            continue
        held += piece
        while len(held) >= CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(CHUNK_BYTES + _TAG_BYTES):
        yield block
