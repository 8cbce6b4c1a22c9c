"""The door to a clinic's library: make one, open it, keep and find records and originals."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mnimage.domain import record as kept
from mnimage.errors import (
    AuthenticationFailed,
    EditConflict,
    LibraryDamaged,
    RecordUnusable,
    StorageFailed,
)
from mnimage.library import (
    audit_log,
    database,
    keyfile,
    queries,
    records,
)
from mnimage.library.changes import Changes
from mnimage.library.roles import Permission, require
from mnimage.library.stores import FolderStore, open_store
from mnimage.library.vault import Cache, Vault
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from mnimage.library.keyfile import KeyFile
    from mnimage.library.keys import Keys
    from mnimage.library.vault import Stored

R = TypeVar("R", bound=kept.Record)

VAULT = "vault"
CACHE = "cache"
_SEEN_AGAIN_S = 600.0


@dataclass(slots=True)
class _Held:
    """What an open library holds, and a closed one has let go of."""

    engine: Engine
    keys: Keys
    file: KeyFile
    vault: Vault
    cache: Cache
    audit_log: audit_log.AuditLog


class Library:
    """An open library, for one user; close it, or use it as a context manager.

    May be used from several threads. `engine`, `keys`, `file` and `vault` are for this room only.
    Once it is closed, all of it raises `AuthenticationFailed`.
    """

    def __init__(
        self, folder: Path, engine: Engine, keys: Keys, file: KeyFile, user: str, server: str = ""
    ) -> None:
        self.folder = folder
        self.user = user
        self.server = server
        """The server's address as it was given, where that is not the one in the key file."""
        self.role = role_of(file, user)
        self.lock = threading.RLock()
        """Held by whoever writes or renews the keys; for this room only."""
        self._seen: dict[str, float] = {}
        self._stamp: tuple[tuple[int, int, int], ...] = ()
        self._held: _Held | None = None
        self.renew(engine, keys, file)

    def renew(self, engine: Engine, keys: Keys, file: KeyFile) -> None:
        """Take up the keys that opened the library, or go on with others after a renewal."""
        self._stamp = ()
        vault = open_vault(self.folder, file, keys)
        cache = Cache(FolderStore(self.folder / CACHE, spare=True), keys)
        chain = audit_log.AuditLog(self.folder, keys.audit_log, self.user)
        with database.reading(engine) as connection:
            chain.begin(connection)
        self._held = _Held(engine, keys, file, vault, cache, chain)

    @property
    def engine(self) -> Engine:
        """The database."""
        return self._open().engine

    @property
    def keys(self) -> Keys:
        """The keys of the library."""
        return self._open().keys

    @property
    def file(self) -> KeyFile:
        """The key file as it was last read or written."""
        return self._open().file

    @property
    def vault(self) -> Vault:
        """The originals."""
        return self._open().vault

    @property
    def cache(self) -> Cache:
        """Pictures made from originals."""
        return self._open().cache

    @property
    def is_set_back(self) -> bool:
        """Whether the database is an earlier one than the head of the trace has seen."""
        return self._open().audit_log.cut

    def _open(self) -> _Held:
        held = self._held
        if held is None:
            raise AuthenticationFailed(message("library.closed"))
        return held

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and let go of the keys; nothing can be read from it any more.

        Waits for nobody: what another thread is just writing is kept whole or undone.
        """
        held, self._held = self._held, None
        if held is None:
            return
        try:
            with suppress(StorageFailed):  # The head lags behind then; that is no harm.
                held.audit_log.write_head()
        finally:
            held.engine.dispose()

    def require(self, permission: Permission) -> None:
        """Refuse what the user may not do, by the role that the key file gives them now.

        Raises
        ------
        NotAllowed
            If the role does not have the permission.
        EditConflict
            If the library's keys were renewed by another station.
        """
        self._check_keys()
        require(self.role, permission)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database; raises like `changing`."""
        self._check_keys()
        with database.reading(self.engine) as connection:
            yield connection

    @contextmanager
    def changing(self, permission: Permission | None = None) -> Iterator[Changes]:
        """Give one transaction; all of what is done in it is kept, or nothing.

        Raises
        ------
        NotAllowed
            If the user's role does not have the permission.
        EditConflict
            If the library's keys were renewed by another station.
        StorageFailed
            If the disk or the server does not take it.
        """
        with self.lock:
            self._check_keys()
            held = self._open()
            changes: Changes | None = None
            try:
                with database.writing(held.engine) as connection:
                    self._check_keys()  # Anew: whoever wrote while this one waited may have.
                    if permission is not None:
                        require(self.role, permission)
                    changes = Changes(connection, held.audit_log, self.role, held.vault)
                    yield changes
            except BaseException:
                held.audit_log.rolled_back()
                _sweep(held.vault, changes.doubles if changes else [])
                raise
            with suppress(StorageFailed):  # It is done; the head follows with the next entry.
                held.audit_log.committed()
            _sweep(held.vault, [*changes.doubles, *changes.unneeded])
            with suppress(StorageFailed):  # `verify` reports what stays; it opens to no one else.
                held.cache.forget(*changes.forgotten)

    def add(self, *added: kept.Record) -> None:
        """Add new records; owners before what belongs to them (see `Changes.add`)."""
        with self.changing() as changes:
            changes.add(*added)

    def change(self, record: R) -> R:
        """Write a record over the version it was read as; return it (see `Changes.change`)."""
        with self.changing() as changes:
            return changes.change(record)

    def remove(self, record: kept.Record) -> None:
        """Delete a record that nothing belongs to (see `Changes.remove`)."""
        with self.changing() as changes:
            changes.remove(record)

    def find(self, type_: type[R], id_: str) -> R:
        """Return the record of an identifier.

        Raises
        ------
        RecordUnusable
            If there is none.
        """
        with self.reading() as connection:
            found = records.find(connection, type_, id_)
        if found is None:
            raise RecordUnusable(message("library.record_gone", name=records.KINDS[type_].name))
        return found

    def select(self, type_: type[R], **equal: object) -> tuple[R, ...]:
        """Return the records whose fields equal those given, by time."""
        with self.reading() as connection:
            return records.select_all(connection, type_, **equal)

    def patients(self, search: str = "", limit: int | None = None) -> tuple[kept.PatientLine, ...]:
        """Return the patients whose code or name holds all words of `search`, by code.

        The audit log notes that names were seen, once in a while.
        """
        if self._is_due("list"):
            with self.changing() as changes:
                changes.note_library("listed")
            self._seen["list"] = time.monotonic()
        with self.reading() as connection:
            return queries.list_patients(connection, search, limit)

    def patient(self, code: str) -> kept.Patient:
        """Return the patient of a code; raises `RecordUnusable` if there is none."""
        with self.reading() as connection:
            return queries.find_patient(connection, code)

    def timeline(self, patient: kept.Patient) -> kept.Timeline:
        """Return all that is kept of a patient; the audit log notes that it was seen."""
        self._note_seen(patient.id)
        with self.reading() as connection:
            return queries.timeline(connection, patient)

    def knows(self, sha256: str) -> bool:
        """Say whether an original is kept already."""
        with self.reading() as connection:
            return queries.find_object(connection, sha256) is not None

    def keep_original(self, plain: Iterable[bytes]) -> Stored:
        """Keep an original by itself, such as a signed form; return its row."""
        self.require(Permission.RECORD)
        stored = self.vault.keep(plain)
        with self.changing(Permission.RECORD) as changes:
            if not changes.take(stored):
                return changes.require_object(stored.sha256)
        return stored

    def read_original(self, photo: kept.PhotoRecord) -> bytes:
        """Return a photo's original, proved; the audit log notes that its patient was seen.

        Raises
        ------
        PhotoDamaged
            If it is not what was stored, or is gone.
        """
        return b"".join(self.stream_original(photo))

    def stream_original(self, photo: kept.PhotoRecord) -> Iterator[bytes]:
        """Yield a photo's original in chunks; the last comes only if the whole is proved."""
        self._note_seen(photo.patient_id)
        with self.reading() as connection:
            stored = queries.find_object(connection, photo.sha256)
        if stored is None:
            raise RecordUnusable(message("library.no_such_photo"))
        yield from self.vault.stream(stored)

    def accept_trace(self) -> tuple[kept.IntegrityIssue, ...]:
        """Take the trace up anew after its head or entries were lost; return what is wrong.

        For an administrator who looked into it. What was wrong stands in the trace ever after, and
        an entry that was altered shows as before.

        Raises
        ------
        NotAllowed
            If the user is no administrator.
        """
        with self.lock:
            held = self._open()
            with self.changing(Permission.RULE) as changes:
                found = audit_log.check_trace(changes.connection, self.folder, held.keys.audit_log)
                issues = tuple(found)
                given = [f"{issue.where}: {issue.what}" for issue in issues]
                changes.note_library("trace accepted", {"amiss": given})
            held.audit_log.take_up()
        return issues

    def history(self, patient: kept.Patient | None = None) -> list[kept.AuditEntry]:
        """Return what was done to one patient's records, or to the whole library."""
        with self.reading() as connection:
            return audit_log.entries(connection, patient_id=patient.id if patient else "")

    def _note_seen(self, patient_id: str) -> None:
        """Add to the trace that a patient was looked at, once in a while."""
        if not self._is_due(patient_id):
            return
        with self.changing() as changes:
            found = records.find(changes.connection, kept.Patient, patient_id)
            if found is None:
                raise RecordUnusable(message("library.patient_gone"))
            changes.note("seen", found)
        self._seen[patient_id] = time.monotonic()

    def _is_due(self, what: str) -> bool:
        """Say whether the audit log should note again that something was looked at."""
        return time.monotonic() - self._seen.get(what, -_SEEN_AGAIN_S) >= _SEEN_AGAIN_S

    def _check_keys(self) -> None:
        """Notice what an administrator changed at another station: keys, roles, users."""
        held = self._open()
        stamp = keyfile.stamp(self.folder)
        if stamp and stamp == self._stamp:
            return
        with self.lock:  # A renewal of our own comes to its end first.
            held = self._open()
            stamp = keyfile.stamp(self.folder)
            file = current_keyfile(self.folder, held.keys)
            if file != held.file:
                held.file, self.role = file, role_of(file, self.user)
            self._stamp = stamp


def _sweep(vault: Vault, names: Iterable[str]) -> None:
    for name in names:
        with suppress(StorageFailed):  # An unused file harms nothing; `verify` names it.
            vault.remove(name)


def current_keyfile(folder: Path, keys: Keys) -> KeyFile:
    """Return the key file as it is now, proved by keys that opened the library before.

    One that is damaged counts for nothing while its copy is whole.

    Raises
    ------
    EditConflict
        If the keys were renewed since.
    LibraryDamaged
        If it was altered by one without the keys.
    StorageFailed
        If it cannot be read.
    """
    found = keyfile.both(folder)
    if not found:
        keyfile.read_keyfile(folder)  # Says what is wrong with it.
    file = next((one for one in found if keyfile.is_ours(one, keys)), None)
    if file is None and all(one.generation == keys.generation for one in found):
        raise LibraryDamaged(message("library.key_file_altered"))
    if file is None:
        raise EditConflict(message("library.keys_renewed"))
    return file


def open_vault(folder: Path, file: KeyFile, keys: Keys) -> Vault:
    """Return the vault of a library: in its folder, or in the bucket that it names."""
    bucket = keyfile.places_of(file, keys).bucket
    return Vault(open_store(folder / VAULT, bucket), keys)


def role_of(file: KeyFile, user: str) -> kept.Role:
    """Return the role of a user; the recovery key is an administrator."""
    return kept.Role.ADMIN if user == keyfile.RECOVERY else file.user(user).role
