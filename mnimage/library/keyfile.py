"""The key file of a library: who may open it, and the master key sealed to each of them.

Names and roles of users stand in it in clear; every secret is sealed, and the whole is proved by
a seal under the master key, so that a byte altered anywhere is noticed once someone opens it. It
is kept twice, for without it nothing can be read.
"""

from __future__ import annotations

import hmac
import json
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from mnimage.domain.record import Role, UserLine, new_id
from mnimage.errors import (
    AuthenticationFailed,
    LibraryDamaged,
    LibraryTooNew,
    OutputFailed,
    RecordUnusable,
    StorageFailed,
)
from mnimage.formats.output import write_whole
from mnimage.library import keys as key
from mnimage.library.keys import Cost, Keys, Pair
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path

NAME = "keys.json"
COPY = "keys.copy.json"
RECOVERY = "recovery"
"""The name under which the recovery key opens a library; no user may bear it."""
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class UserKey:
    """One user: the private half wrapped by the passphrase, the master sealed to the public."""

    name: str
    role: Role
    cost: Cost
    salt: str
    public: str
    private: str
    sealed: str


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """The master key sealed to the pair that the recovery key is."""

    public: str
    sealed: str


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The whole key file as read; altered only by the functions below."""

    format: int
    library: str
    generation: int
    users: tuple[UserKey, ...]
    recovery: RecoveryKey
    lasting: str
    previous: str
    places: str
    seal: str

    def lines(self) -> tuple[UserLine, ...]:
        """Return the users, as they were added."""
        return tuple(UserLine(name=user.name, role=user.role) for user in self.users)

    def user(self, name: str) -> UserKey:
        """Return one user.

        Raises
        ------
        RecordUnusable
            If there is none of that name.
        """
        for user in self.users:
            if user.name == name:
                return user
        raise RecordUnusable(message("library.no_such_user", name=name))


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses of what does not lie in the library's folder: with passwords, so kept sealed.

    `server` is the database (PostgreSQL), `bucket` the vault (`s3://...`); empty where they are
    in the folder.
    """

    server: str = ""
    bucket: str = ""


IN_FOLDER = Places()
_ADAPTER = TypeAdapter(KeyFile)


def new_keyfile(
    name: str, passphrase: str, *, places: Places = IN_FOLDER
) -> tuple[KeyFile, Keys, str]:
    """Return the key file of a new library with its first user, its keys, the recovery key."""
    keys = Keys(new_id(), 1, key.new_key(), key.new_key())
    spare = key.new_pair()
    about = _about(keys, RECOVERY, Role.ADMIN)
    file = KeyFile(
        format=_FORMAT,
        library=keys.library_id,
        generation=1,
        users=(),
        recovery=RecoveryKey(
            _text(spare.public), _text(key.seal_to(spare.public, keys.master, about))
        ),
        lasting=_text(key.wrap(keys.master, keys.lasting, _about_library(keys, "lasting"))),
        previous="",
        places=_sealed_places(keys, places),
        seal="",
    )
    file = with_user(file, keys, UserLine(name=name, role=Role.ADMIN), passphrase)
    return file, keys, key.recovery_text(spare.private)


def unlock(file: KeyFile, name: str, passphrase: str) -> Keys:
    """Return the keys that a user's passphrase opens.

    Raises
    ------
    AuthenticationFailed
        If the user or the passphrase is wrong; which of them is not stated.
    LibraryDamaged
        If the key file was altered.
    """
    return unlock_as(file, name, private_half(file, name, passphrase))


def private_half(file: KeyFile, name: str, passphrase: str) -> bytes:
    """Return a user's private half.

    Raises
    ------
    AuthenticationFailed
        If the user or the passphrase is wrong; which of them is not stated.
    """
    user = next((one for one in file.users if one.name == name), None)
    if user is None:
        key.passphrase_key(passphrase, os.urandom(16), key.COST)  # Takes as long as a known user.
        raise AuthenticationFailed(message("library.wrong_passphrase"))
    opener = key.passphrase_key(passphrase, _bytes(user.salt), user.cost)
    try:
        return key.unwrap(opener, _bytes(user.private), _about_user(file.library, name))
    except LibraryDamaged as error:
        raise AuthenticationFailed(message("library.wrong_passphrase")) from error


def unlock_as(file: KeyFile, name: str, private: bytes) -> Keys:
    """Return the keys that a private half opens: a user's, or the recovery key itself.

    Raises
    ------
    AuthenticationFailed
        If the user is no longer there, or the half is another's.
    LibraryDamaged
        If the key file was altered.
    """
    pair = key.pair_of(private)
    if name == RECOVERY:
        sealed, role, public = file.recovery.sealed, Role.ADMIN, file.recovery.public
    else:
        user = next((one for one in file.users if one.name == name), None)
        if user is None:
            raise AuthenticationFailed(message("library.wrong_passphrase"))
        sealed, role, public = user.sealed, user.role, user.public
    if _text(pair.public) != public:
        raise AuthenticationFailed(message("library.wrong_passphrase"))
    keys = Keys(file.library, file.generation, b"", b"")
    master = key.unseal(pair, _bytes(sealed), _about(keys, name, role))
    keys = replace(keys, master=master)
    prove(file, keys)
    lasting = key.unwrap(master, _bytes(file.lasting), _about_library(keys, "lasting"))
    previous = None
    if file.previous:
        previous = key.unwrap(master, _bytes(file.previous), _about_library(keys, "previous"))
    return replace(keys, lasting=lasting, previous=previous)


def places_of(file: KeyFile, keys: Keys) -> Places:
    """Return where the database and the vault are."""
    secret = key.unwrap(keys.master, _bytes(file.places), _about_library(keys, "places"))
    return Places(**json.loads(secret))


def _sealed_places(keys: Keys, places: Places) -> str:
    secret = json.dumps(asdict(places)).encode()
    return _text(key.wrap(keys.master, secret, _about_library(keys, "places")))


def with_user(file: KeyFile, keys: Keys, line: UserLine, passphrase: str) -> KeyFile:
    """Return the key file with a user added, or with a new passphrase and pair for one there.

    Raises
    ------
    RecordUnusable
        If the name or the passphrase will not do.
    """
    _check_name(line.name)
    key.check_passphrase(passphrase)
    pair, salt = key.new_pair(), os.urandom(16)
    opener = key.passphrase_key(passphrase, salt, key.COST)
    about = _about_user(file.library, line.name)
    user = UserKey(
        name=line.name,
        role=line.role,
        cost=key.COST,
        salt=_text(salt),
        public=_text(pair.public),
        private=_text(key.wrap(opener, pair.private, about)),
        sealed=_text(key.seal_to(pair.public, keys.master, _about(keys, line.name, line.role))),
    )
    known = {one.name: one for one in file.users} | {line.name: user}
    return _checked(replace(file, users=tuple(known.values())), keys)


def with_role(file: KeyFile, keys: Keys, name: str, role: Role) -> KeyFile:
    """Return the key file with another role for a user."""
    user = file.user(name)
    sealed = key.seal_to(_bytes(user.public), keys.master, _about(keys, name, role))
    changed = replace(user, role=role, sealed=_text(sealed))
    return _checked(
        replace(file, users=tuple(changed if one is user else one for one in file.users)), keys
    )


def without_user(file: KeyFile, keys: Keys, name: str) -> KeyFile:
    """Return the key file without a user; only a renewal of the master takes access away."""
    user = file.user(name)
    return _checked(replace(file, users=tuple(one for one in file.users if one is not user)), keys)


def with_places(file: KeyFile, keys: Keys, places: Places) -> KeyFile:
    """Return the key file with other addresses of database and vault."""
    return _checked(replace(file, places=_sealed_places(keys, places)), keys)


def renewed(file: KeyFile, keys: Keys, *, spare: Pair | None = None) -> tuple[KeyFile, Keys]:
    """Return the key file with a new master key for all who are in it, and the keys.

    The master before is kept, wrapped by the new one, until `settled`. `spare` is a new recovery
    pair, where the old paper is to open nothing any more.
    """
    fresh = Keys(keys.library_id, keys.generation + 1, key.new_key(), keys.lasting, keys.master)
    users = tuple(
        replace(
            user,
            sealed=_text(
                key.seal_to(_bytes(user.public), fresh.master, _about(fresh, user.name, user.role))
            ),
        )
        for user in file.users
    )
    public = spare.public if spare else _bytes(file.recovery.public)
    about = _about(fresh, RECOVERY, Role.ADMIN)
    file = replace(
        file,
        generation=fresh.generation,
        users=users,
        recovery=RecoveryKey(_text(public), _text(key.seal_to(public, fresh.master, about))),
        lasting=_text(key.wrap(fresh.master, fresh.lasting, _about_library(fresh, "lasting"))),
        previous=_text(key.wrap(fresh.master, keys.master, _about_library(fresh, "previous"))),
        places=_sealed_places(fresh, places_of(file, keys)),
    )
    return _checked(file, fresh), fresh


def settled(file: KeyFile, keys: Keys) -> tuple[KeyFile, Keys]:
    """Return the key file and the keys once nothing is left under the master before."""
    return _checked(replace(file, previous=""), keys), replace(keys, previous=None)


def write_keyfile(folder: Path, file: KeyFile) -> None:
    """Write the key file, then its copy.

    Raises
    ------
    StorageFailed
        If the disk does not take it; what was there before stays.
    """
    try:
        for name in (NAME, COPY):
            write_whole(folder / name, _canonical(file))
    except OutputFailed as error:
        raise StorageFailed(error.message, hint=error.hint) from error


def read_keyfile(folder: Path, name: str = NAME) -> KeyFile:
    """Return the key file as it lies there; it is proved only by `unlock`.

    Raises
    ------
    StorageFailed
        If it is missing or cannot be read.
    LibraryTooNew
        If a newer version of this program wrote it.
    LibraryDamaged
        If it is not a key file as this program writes it.
    """
    path = folder / name
    try:
        written = path.read_bytes()
    except OSError as error:
        raise StorageFailed(
            message("library.no_library", folder=str(folder), strerror=error.strerror)
        ) from error
    return _parsed(written)


def both(folder: Path) -> list[KeyFile]:
    """Return the key file and its copy, those of them that can be read; not proved."""
    found = []
    for name in (NAME, COPY):
        with suppress(StorageFailed, LibraryDamaged):
            found.append(read_keyfile(folder, name))
    return found


def stamp(folder: Path) -> tuple[tuple[int, int, int], ...]:
    """Return what changes whenever the key file or its copy is written; empty if one is missing."""
    try:
        given = [(folder / name).stat() for name in (NAME, COPY)]
    except OSError:
        return ()
    return tuple((one.st_mtime_ns, one.st_ino, one.st_size) for one in given)


def is_ours(file: KeyFile, keys: Keys) -> bool:
    """Say whether a key file bears the seal of these keys."""
    return hmac.compare_digest(file.seal.encode(), _seal(file, keys).encode())


def _parsed(written: bytes) -> KeyFile:
    damaged = LibraryDamaged(message("library.key_file_damaged"))
    try:
        given = json.loads(written)
        _refuse_newer(given)
        file = _ADAPTER.validate_python(given)
        for text in (file.lasting, file.previous, file.places, file.recovery.public):
            _bytes(text)
    except (ValueError, ValidationError, RecursionError) as error:
        raise damaged from error
    if _canonical(file) != written:
        raise damaged
    return file


def _refuse_newer(given: object) -> None:
    written = given.get("format") if isinstance(given, dict) else None
    if isinstance(written, int) and written > _FORMAT:
        raise LibraryTooNew(message("library.made_by_newer_version"))


def prove(file: KeyFile, keys: Keys) -> None:
    """Refuse a key file that was altered by one without the master key.

    Raises
    ------
    LibraryDamaged
        If its seal is not that of its content.
    """
    if not is_ours(file, keys):
        raise LibraryDamaged(message("library.key_file_altered"))


def _checked(file: KeyFile, keys: Keys) -> KeyFile:
    """Return the key file under a new seal.

    Raises
    ------
    RecordUnusable
        If no administrator would be left.
    """
    if not any(user.role is Role.ADMIN for user in file.users):
        raise RecordUnusable(message("library.needs_administrator"))
    return replace(file, seal=_seal(file, keys))


def _seal(file: KeyFile, keys: Keys) -> str:
    return hmac.digest(keys.seal, _canonical(replace(file, seal="")), "sha256").hex()


def _canonical(file: KeyFile) -> bytes:
    return (json.dumps(asdict(file), indent=1, sort_keys=True) + "\n").encode()


def _check_name(name: str) -> None:
    if not name.strip() or not name.isprintable() or len(name) > 64 or name == RECOVERY:
        raise RecordUnusable(message("library.user_name_form", RECOVERY=RECOVERY))


def _about(keys: Keys, name: str, role: Role) -> bytes:
    return json.dumps([keys.library_id, keys.generation, name, role]).encode()


def _about_user(library_id: str, name: str) -> bytes:
    return json.dumps([library_id, name, "private half"]).encode()


def _about_library(keys: Keys, what: str) -> bytes:
    return json.dumps([keys.library_id, what]).encode()


def _text(secret: bytes) -> str:
    return b64encode(secret).decode()


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise LibraryDamaged(message("library.key_file_not_sealed")) from error
