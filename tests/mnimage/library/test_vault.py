"""The vault: file first, written whole, proved at every read."""

from __future__ import annotations

import errno
import hashlib
import os
import random
from dataclasses import replace

import pytest

from mnimage.errors import PhotoDamaged, StorageFailed
from mnimage.library import keys, stores
from mnimage.library.stores import FolderStore
from mnimage.library.vault import Cache, Vault

KEYS = keys.Keys("library", 1, b"m" * 32, b"l" * 32)
PHOTO = random.Random(1).randbytes(2_500_000)


@pytest.fixture
def vault(tmp_path):
    (tmp_path / "vault").mkdir()
    return Vault(FolderStore(tmp_path / "vault"), KEYS)


def file_of(tmp_path, stored):
    return tmp_path / "vault" / stored.name[:2] / stored.name


def test_what_was_kept_comes_back(vault):
    stored = vault.keep([PHOTO[:1000], PHOTO[1000:]])
    assert stored.sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert stored.size == len(PHOTO)
    assert vault.read(stored) == PHOTO
    assert vault.lies_there(stored)


@pytest.mark.parametrize("content", [b"", b"x"])
def test_the_smallest_come_back_too(vault, content):
    assert vault.read(vault.keep([content])) == content


def test_each_writing_has_its_own_key_and_file(vault):
    one, two = vault.keep([PHOTO]), vault.keep([PHOTO])
    assert one.name != two.name
    assert one.name.split(".")[0] == two.name.split(".")[0]
    assert one.wrapped != two.wrapped
    assert vault.read(one) == vault.read(two) == PHOTO


def test_a_file_put_in_the_place_of_another_is_refused(vault, tmp_path):
    one, two = vault.keep([b"one"]), vault.keep([b"two"])
    file_of(tmp_path, one).write_bytes(file_of(tmp_path, two).read_bytes())
    with pytest.raises(PhotoDamaged):
        vault.read(one)
    with pytest.raises(PhotoDamaged):
        vault.read(replace(one, wrapped=two.wrapped))
    with pytest.raises(PhotoDamaged):
        vault.read(replace(one, name=two.name, wrapped=two.wrapped))
    assert vault.read(two) == b"two"


def test_a_row_of_another_size_or_fingerprint_is_refused(vault):
    stored = vault.keep([b"one"])
    with pytest.raises(PhotoDamaged):
        vault.read(replace(stored, size=4))
    with pytest.raises(PhotoDamaged):
        vault.read(replace(stored, sha256="0" * 64))


def test_the_last_chunk_waits_for_the_proof(vault):
    stored = replace(vault.keep([PHOTO]), size=1)
    came = []
    with pytest.raises(PhotoDamaged):
        came.extend(vault.stream(stored))
    assert len(b"".join(came)) == 2 << 20


def test_a_missing_file_and_a_missing_disk_are_distinguished(vault, tmp_path):
    one, two = vault.keep([b"one"]), vault.keep([b"two"])
    file_of(tmp_path, one).unlink()
    with pytest.raises(PhotoDamaged, match="missing"):
        vault.read(one)
    assert vault.read(two) == b"two"
    (tmp_path / "vault").rename(tmp_path / "unplugged")
    with pytest.raises(StorageFailed):
        vault.read(two)
    (tmp_path / "unplugged").rename(tmp_path / "vault")
    assert vault.read(two) == b"two"


def test_an_error_of_the_source_leaves_nothing(vault, tmp_path):
    def broken():
        yield PHOTO
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vault.keep(broken())
    assert list((tmp_path / "vault").rglob("*")) == []


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "Make room"), (errno.EROFS, "written"), (errno.EIO, "disk")],
)
@pytest.mark.parametrize("where", ["fsync", "rename"])
def test_a_disk_that_refuses_leaves_nothing_and_then_goes_on(
    vault, tmp_path, monkeypatch, number, advice, where
):
    before = vault.keep([b"before"])

    def refuse(*reported, **more):
        raise OSError(number, os.strerror(number))

    target = (stores.os, "fsync") if where == "fsync" else (type(tmp_path), "rename")
    monkeypatch.setattr(*target, refuse)
    with pytest.raises(StorageFailed) as caught:
        vault.keep([PHOTO])
    assert advice in caught.value.hint
    monkeypatch.undo()
    assert list(vault.names()) == [before.name]
    assert vault.read(before) == b"before"
    assert vault.read(vault.keep([PHOTO])) == PHOTO


def test_a_key_wrapped_anew_opens_the_same_file(vault, tmp_path):
    stored = vault.keep([PHOTO])
    fresh = replace(KEYS, generation=2, master=b"n" * 32, previous=KEYS.master)
    later = Vault(FolderStore(tmp_path / "vault"), fresh)
    again = later.rewrapped(stored, KEYS.master)
    assert (again.name, again.generation) == (stored.name, 2)
    assert later.read(again) == PHOTO
    with pytest.raises(PhotoDamaged):
        vault.read(again)
    with pytest.raises(PhotoDamaged):
        later.read(stored)


class TestCache:
    """Pictures that may go at any time."""

    @pytest.fixture
    def cache(self, tmp_path):
        return Cache(FolderStore(tmp_path / "cache", spare=True), KEYS)

    def test_it_comes_back_and_is_replaced(self, cache):
        cache.put("aa", "thumbnail", b"one")
        cache.put("aa", "thumbnail", b"two")
        cache.put("aa", "developed", b"three")
        assert (cache.get("aa", "thumbnail"), cache.get("aa", "developed")) == (b"two", b"three")
        assert cache.get("bb", "thumbnail") is None

    def test_what_is_altered_is_as_if_it_were_not_there(self, cache, tmp_path):
        cache.put("aa", "thumbnail", b"one")
        path = next(path for path in (tmp_path / "cache").rglob("*") if path.is_file())
        content = bytearray(path.read_bytes())
        for place in range(len(content)):
            content[place] ^= 1
            path.write_bytes(content)
            assert cache.get("aa", "thumbnail") is None
            assert len(list(cache.damaged())) == 1
            content[place] ^= 1

    def test_all_or_those_of_one_original_go(self, cache):
        for sha256 in ("aa", "bb"):
            cache.put(sha256, "thumbnail", b"x")
            cache.put(sha256, "developed", b"x")
        cache.forget("aa")
        assert cache.get("aa", "thumbnail") is cache.get("aa", "developed") is None
        assert cache.get("bb", "thumbnail") == b"x"
        assert cache.clear() == 2
        assert cache.get("bb", "thumbnail") is None

    def test_another_master_reads_nothing(self, cache, tmp_path):
        cache.put("aa", "thumbnail", b"one")
        later = Cache(FolderStore(tmp_path / "cache"), replace(KEYS, master=b"n" * 32))
        assert later.get("aa", "thumbnail") is None
