"""Keys: how each is made, wrapped for a passphrase, sealed to a user, written on paper.

One master key opens a library. It is sealed to each user's public key (X25519, HKDF-SHA-256,
AES-256-GCM); the private half is wrapped by what Argon2id makes of the passphrase. All other keys
are drawn from the master by HKDF, each for one purpose.
"""

from __future__ import annotations

import base64
import hashlib
import os
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mnimage.errors import AuthenticationFailed, LibraryDamaged, RecordUnusable
from mnimage.words.message import message

KEY_BYTES = 32
SHORTEST_PASSPHRASE = 8
_NONCE_BYTES = 12
_CHECK_BYTES = 5
_LARGEST_MEMORY_KIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs: memory, passes over it, lanes."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


COST = Cost()
"""The cost of new passphrases; none cheaper is accepted from a key file."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of an open library.

    `master` is renewed whenever access is taken away, `lasting` never: it names files and chains
    the trace, and opens nothing. `previous` is the master before, while a renewal is under way.
    """

    library_id: str
    generation: int
    master: bytes = field(repr=False)
    lasting: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)

    @property
    def database(self) -> bytes:
        """Key of the database file."""
        return derive(self.master, "database")

    @property
    def objects(self) -> bytes:
        """Key that wraps the keys of the originals."""
        return derive(self.master, "objects")

    @property
    def caches(self) -> bytes:
        """Key of thumbnails and developed pictures."""
        return derive(self.master, "caches")

    @property
    def backups(self) -> bytes:
        """Key of what a back-up adds of its own."""
        return derive(self.master, "backups")

    @property
    def seal(self) -> bytes:
        """Key that proves the key file."""
        return derive(self.master, "key file")

    @property
    def names(self) -> bytes:
        """Key of the names of files."""
        return derive(self.lasting, "names")

    @property
    def audit_log(self) -> bytes:
        """Key of the chain of the trace."""
        return derive(self.lasting, "trace")


def new_key() -> bytes:
    """Return a random 256-bit key."""
    return os.urandom(KEY_BYTES)


def derive(key: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """Return the key for one purpose that HKDF-SHA-256 draws from another."""
    whole = HKDF(hashes.SHA256(), KEY_BYTES, salt, b"mnimage library: " + purpose.encode())
    return whole.derive(key)


def wrap(key: bytes, secret: bytes, about: bytes) -> bytes:
    """Return a secret encrypted under a key and bound to what it is about."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, about)


def unwrap(key: bytes, wrapped: bytes, about: bytes) -> bytes:
    """Return the secret of `wrap`.

    Raises
    ------
    LibraryDamaged
        If it was altered, belongs to something else or was wrapped by another key.
    """
    try:
        return AESGCM(key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        raise LibraryDamaged(message("library.key_damaged")) from error


def passphrase_key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """Return the key that Argon2id makes of a passphrase.

    Raises
    ------
    LibraryDamaged
        If the cost is none that this program would set.
    """
    dear_enough = cost.memory_kib >= COST.memory_kib and cost.passes >= COST.passes
    bearable = cost.memory_kib <= _LARGEST_MEMORY_KIB and cost.passes <= 64
    if not (dear_enough and bearable and 1 <= cost.lanes <= 64 and len(salt) >= 16):
        raise LibraryDamaged(message("library.unknown_key_derivation"))
    argon = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return argon.derive(unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogateescape"))


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that is too short to protect anything.

    Raises
    ------
    RecordUnusable
        If it has fewer than eight characters.
    """
    if len(passphrase.strip()) < SHORTEST_PASSPHRASE:
        raise RecordUnusable(
            message("library.passphrase_too_short", SHORTEST_PASSPHRASE=SHORTEST_PASSPHRASE)
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """A user's two halves: what is sealed to `public`, `private` opens."""

    private: bytes = field(repr=False)
    public: bytes


def new_pair() -> Pair:
    """Return a random pair."""
    return pair_of(new_key())


def pair_of(private: bytes) -> Pair:
    """Return the pair of a private half."""
    return Pair(
        private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    )


def seal_to(public: bytes, secret: bytes, about: bytes) -> bytes:
    """Return a secret that only the holder of the private half can open."""
    once = new_pair()
    return once.public + wrap(_shared(once.private, public, once.public), secret, about)


def unseal(pair: Pair, sealed: bytes, about: bytes) -> bytes:
    """Return the secret of `seal_to`.

    Raises
    ------
    LibraryDamaged
        If it was altered or sealed to another.
    """
    once, wrapped = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
    return unwrap(_shared(pair.private, once, once), wrapped, about)


def _shared(private: bytes, public: bytes, once: bytes) -> bytes:
    try:
        secret = X25519PrivateKey.from_private_bytes(private).exchange(
            X25519PublicKey.from_public_bytes(public)
        )
    except ValueError as error:
        raise LibraryDamaged(message("library.key_not_sealed")) from error
    return derive(secret, "sealed", salt=once)


def recovery_text(key: bytes) -> str:
    """Return a key as groups of four letters and digits, the last of them a checksum."""
    letters = base64.b32encode(key + hashlib.sha256(key).digest()[:_CHECK_BYTES]).decode()
    plain = letters.rstrip("=")
    return "-".join(plain[place : place + 4] for place in range(0, len(plain), 4))


def recovery_key(text: str) -> bytes:
    """Return the key of what `recovery_text` printed, however it was typed.

    Raises
    ------
    AuthenticationFailed
        If the checksum finds a typing error.
    """
    plain = "".join(letter for letter in text.upper() if letter.isalnum())
    plain = plain.replace("0", "O").replace("1", "I").replace("8", "B")
    try:
        whole = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:
        whole = b""
    key, check = whole[:KEY_BYTES], whole[KEY_BYTES:]
    if len(key) != KEY_BYTES or check != hashlib.sha256(key).digest()[:_CHECK_BYTES]:
        raise AuthenticationFailed(message("library.no_recovery_key"))
    return key
