"""The vault: originals written once and proved at every read; caches that may go at any time.

An original's file is named by HMAC-SHA-256 of its SHA-256, and the number of this writing (see
docs/decisions/0009); its key is random, and kept wrapped in its row.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mnimage.errors import LibraryDamaged, LibraryError, PhotoDamaged, StorageFailed
from mnimage.library.chunks import CHUNK_BYTES, decrypt, encrypt, encrypted_size
from mnimage.library.keys import KEY_BYTES, Keys, derive, new_key, unwrap, wrap
from mnimage.library.stores import DRAFT, is_name, write_all
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from mnimage.library.stores import Store

_CACHE_MARK = b"mnimage cache\x01"


@dataclass(frozen=True, slots=True)
class Stored:
    """One original as its row states it; `wrapped` is its key under the library's."""

    sha256: str
    name: str
    size: int
    wrapped: bytes = field(repr=False)
    generation: int


class Vault:
    """The originals of one library."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    @property
    def generation(self) -> int:
        """Which master key wraps the keys of the originals written now."""
        return self._keys.generation

    def keep(self, plain: Iterable[bytes]) -> Stored:
        """Write an original in one pass, and return its row once the file is on disk.

        The file bears its own name even where the same photo is there already: whether the row
        is taken is for the database to say, and the file of a row that is not is `remove`d. What
        `plain` itself raises flies through, and should not be an `OSError`.

        Raises
        ------
        StorageFailed
            If the disk does not take it; nothing is left behind then.
        """
        key, tag = new_key(), secrets.token_hex(8)
        meter = _Meter(plain)
        with self._store.draft() as draft:
            write_all(draft, encrypt(meter, key, tag.encode()))
            name = f"{self._blind(meter.sha256)}.{tag}"
            draft.keep(name)
        return Stored(
            sha256=meter.sha256,
            name=name,
            size=meter.size,
            wrapped=wrap(self._keys.objects, key, _about(meter.sha256, name)),
            generation=self._keys.generation,
        )

    def stream(self, stored: Stored) -> Iterator[bytes]:
        """Yield an original in chunks; the last comes only if the whole is what was stored.

        Raises
        ------
        PhotoDamaged
            If the file is missing, altered, cut or another's.
        StorageFailed
            If the disk does not give it.
        """
        digest, size, held = hashlib.sha256(), 0, b""
        with self._store.open(stored.name) as file:
            for chunk in decrypt(file, self._key(stored), _tag(stored.name)):
                digest.update(chunk)
                size += len(chunk)
                if held:
                    yield held
                held = chunk
        if digest.hexdigest() != stored.sha256 or size != stored.size:
            raise PhotoDamaged(message("library.original_altered", original=stored.sha256[:12]))
        yield held

    def read(self, stored: Stored) -> bytes:
        """Return an original, proved."""
        return b"".join(self.stream(stored))

    def lies_there(self, stored: Stored) -> bool:
        """Say whether the file is there and as long as it must be; reads nothing of it."""
        return self._store.size(stored.name) == encrypted_size(stored.size)

    def rewrapped(self, stored: Stored, before: bytes) -> Stored:
        """Return the row with its key under today's master; `before` is the master of its row."""
        about = _about(stored.sha256, stored.name)
        key = unwrap(derive(before, "objects"), stored.wrapped, about)
        return Stored(
            stored.sha256,
            stored.name,
            stored.size,
            wrap(self._keys.objects, key, about),
            self._keys.generation,
        )

    def under(self, keys: Keys) -> Vault:
        """Return the same vault under other keys."""
        return Vault(self._store, keys)

    def remove(self, name: str) -> None:
        """Remove a file that no row needs."""
        self._store.remove(name)

    def names(self) -> Iterator[str]:
        """Yield the name of every file of the vault, drafts too."""
        return self._store.names()

    def age_s(self, name: str) -> float:
        """Return how long ago a file was last written, by its store's clock."""
        return self._store.age_s(name)

    @contextmanager
    def raw(self, name: str) -> Iterator[BinaryIO]:
        """Give a file as it lies there, encrypted, for a back-up."""
        with self._store.open(name) as file:
            yield file

    def bring(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file as it was taken by `raw`, from a back-up.

        Raises
        ------
        StorageFailed
            If the disk does not take it.
        """
        with self._store.draft() as draft:
            write_all(draft, pieces)
            draft.keep(name)

    def _blind(self, sha256: str) -> str:
        return hmac.digest(self._keys.names, sha256.encode(), "sha256").hex()

    def _key(self, stored: Stored) -> bytes:
        named = stored.name.split(".")[0].encode()
        if not hmac.compare_digest(named, self._blind(stored.sha256).encode()):
            raise PhotoDamaged(message("library.original_altered", original=stored.sha256[:12]))
        try:
            return unwrap(self._keys.objects, stored.wrapped, _about(stored.sha256, stored.name))
        except LibraryDamaged as error:
            raise PhotoDamaged(
                message("library.original_altered", original=stored.sha256[:12])
            ) from error


class Cache:
    """Pictures made from originals, encrypted; all of it may be deleted at any time."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    def put(self, sha256: str, what: str, content: bytes) -> None:
        """Keep a picture, in place of an older one of the same kind.

        Raises
        ------
        StorageFailed
            If the disk does not take it.
        """
        name, salt = self._name(sha256, what), secrets.token_bytes(KEY_BYTES)
        key = derive(self._keys.caches, "cache file", salt)
        with self._store.draft() as draft:
            draft.write(_CACHE_MARK + salt)
            write_all(draft, encrypt([content], key, name.encode()))
            self._store.remove(name)
            draft.keep(name)

    def get(self, sha256: str, what: str) -> bytes | None:
        """Return a picture, None where it is not kept or not whole."""
        name = self._name(sha256, what)
        try:
            with self._store.open(name) as file:
                return self._opened(file, name)
        except (PhotoDamaged, StorageFailed):
            return None

    def clear(self) -> int:
        """Delete all of it; return how many files that were."""
        names = [name for name in self._store.names() if is_name(name)]
        for name in names:
            self._store.remove(name)
        return len(names)

    def forget(self, *sha256s: str) -> None:
        """Delete the pictures made from some originals."""
        for sha256 in sha256s:
            for name in self._store.names(self._original(sha256)):
                self._store.remove(name)

    def unneeded(self, sha256s: Iterable[str]) -> list[str]:
        """Return the pictures whose original is none of these."""
        needed = {self._original(sha256) for sha256 in sha256s}
        names = (name for name in self._store.names() if is_name(name))
        return [name for name in names if name.partition(".")[0] not in needed]

    def remove(self, name: str) -> None:
        """Delete one picture."""
        self._store.remove(name)

    def age_s(self, name: str) -> float:
        """Return how long ago a file was last written, by its store's clock."""
        return self._store.age_s(name)

    def damaged(self) -> Iterator[str]:
        """Yield the name of every picture that is not whole."""
        for name in self._store.names():
            try:
                with self._store.open(name) as file:
                    whole = self._opened(file, name) is not None
            except LibraryError:
                whole = False
            if not whole:
                yield name

    def _opened(self, file: BinaryIO, name: str) -> bytes | None:
        head = file.read(len(_CACHE_MARK) + KEY_BYTES)
        if not head.startswith(_CACHE_MARK):
            return None
        key = derive(self._keys.caches, "cache file", head[len(_CACHE_MARK) :])
        return b"".join(decrypt(file, key, name.encode()))

    def _name(self, sha256: str, what: str) -> str:
        kind = hmac.digest(self._keys.names, f"{what}/{sha256}".encode(), "sha256").hex()
        return f"{self._original(sha256)}.{kind[:16]}"

    def _original(self, sha256: str) -> str:
        return hmac.digest(self._keys.names, f"cache/{sha256}".encode(), "sha256").hex()


class _Meter:
    """Hands a stream on, and knows its length and SHA-256 at the end."""

    def __init__(self, plain: Iterable[bytes]) -> None:
        self._plain = plain
        self._digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._plain:
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is left of a file, a chunk at a time."""
    while piece := file.read(CHUNK_BYTES):
        yield piece


def is_draft(name: str) -> bool:
    """Say whether a file was never finished."""
    return name.endswith(DRAFT)


def _about(sha256: str, name: str) -> bytes:
    return f"{sha256}/{name}".encode()


def _tag(name: str) -> bytes:
    return name.rpartition(".")[2].encode()
