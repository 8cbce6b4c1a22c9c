"""Stores: a folder and a bucket do the same; the bucket on a local S3 server started here."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from mnimage.errors import LibraryDamaged, PhotoDamaged, RecordUnusable, StorageFailed
from mnimage.library.backup import back_up
from mnimage.library.keyfile import Places
from mnimage.library.opening import create_library
from mnimage.library.restore import restore
from mnimage.library.stores import BucketStore, FolderStore, open_store, write_all
from mnimage.library.sweep import sweep
from mnimage.library.verify import verify_library
from tests.mnimage.library.conftest import WORD, fill, reopen, store


def _has_moto(python: str) -> bool:
    code = "import importlib.util, sys; sys.exit(importlib.util.find_spec('moto') is None)"
    done = subprocess.run([python, "-c", code], check=False, capture_output=True)
    return done.returncode == 0


@pytest.fixture(scope="module")
def s3():
    pytest.importorskip("s3fs", reason="the extra `server` is not installed")
    python = next((one for one in map(shutil.which, ("python3", "python")) if one), None)
    system = [one for one in ("/usr/bin/python3", python) if one and Path(one).exists()]
    able = next((one for one in system if _has_moto(one)), None)
    if able is None:
        pytest.skip("no Python of this computer has moto, the S3 server for tests")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [able, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(10)


@pytest.fixture
def bucket(s3, monkeypatch):
    """Give the address of an empty bucket; the settings are those that all S3 programs read."""
    import s3fs

    monkeypatch.undo()  # This test does reach for the network: that of its own computer.
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    name = f"clinic-{time.monotonic_ns()}"
    for wait in range(100):
        try:
            files.call_s3("create_bucket", Bucket=name)
            break
        except Exception:
            if wait == 99:
                raise
            time.sleep(0.1)
    return f"s3://{name}/library"


def keep(place, name: str, content: bytes) -> None:
    with place.draft() as draft:
        write_all(draft, [content[:5], content[5:]])
        draft.keep(name)


def try_out(place) -> None:
    assert list(place.names()) == []
    keep(place, "abcdef.1", b"some content")
    keep(place, "abcdef.2", b"")
    with place.open("abcdef.1") as file:
        assert (file.read(4), file.read()) == (b"some", b" content")
    assert (place.size("abcdef.1"), place.size("abcdef.2"), place.size("none")) == (12, 0, None)
    assert sorted(place.names()) == ["abcdef.1", "abcdef.2"]
    with pytest.raises(PhotoDamaged), place.open("abcdef.3"):
        pass
    with place.draft() as draft:
        draft.write(b"never kept")
    place.remove("abcdef.2")
    place.remove("neverthere")
    assert list(place.names()) == ["abcdef.1"]


def test_a_folder(tmp_path):
    try_out(FolderStore(tmp_path))


def test_a_bucket_in_memory():
    address = f"memory://clinic-{time.monotonic_ns()}"
    assert isinstance(open_store(Path(), address), BucketStore)
    try_out(open_store(Path(), address))


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(StorageFailed):
        keep(FolderStore(tmp_path / "unplugged"), "abcdef.1", b"x")
    assert not (tmp_path / "unplugged").exists()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_bucket_on_a_server(bucket):
    try_out(BucketStore(bucket))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_library_whose_originals_are_in_a_bucket(bucket, folder):
    import s3fs

    library, _ = create_library(folder, WORD, places=Places(bucket=bucket))
    with library:
        filled = fill(library, size=3_000_000)
        second = store(library, filled.session, filled.original)
    assert list((folder / "vault").rglob("*")) == []
    with reopen(folder) as again:
        assert again.read_original(second) == filled.original
    assert verify_library(folder, "admin", WORD, lambda done, total: None) == ()
    files = s3fs.S3FileSystem()
    names = files.find(bucket)
    assert len(names) == 1
    content = files.cat_file(names[0])
    assert filled.original[1000:1020] not in content
    files.pipe_file(names[0], content[:5000] + b"!" + content[5001:])
    reported = verify_library(folder, "admin", WORD, lambda done, total: None)
    assert [issue.kind for issue in reported] == ["original"]
    files.rm_file(names[0])
    reported = verify_library(folder, "admin", WORD, lambda done, total: None)
    assert [issue.kind for issue in reported] == ["original"]


@pytest.mark.parametrize("name", ["../../harm", "ab/../../harm", "/etc/harm", "", "ab\n", "AB.1"])
def test_a_name_that_would_lead_out_is_refused(tmp_path, name):
    (tmp_path / "vault").mkdir()
    (tmp_path / "harm").write_bytes(b"mine")
    for place in (FolderStore(tmp_path / "vault"), open_store(Path(), "memory://harm")):
        for permission in (
            place.remove,
            place.size,
            lambda one, at=place: at.open(one).__enter__(),
        ):
            with pytest.raises(LibraryDamaged):
                permission(name)
    assert (tmp_path / "harm").read_bytes() == b"mine"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_store_that_cannot_be_reached_is_said(monkeypatch):
    s3fs = pytest.importorskip("s3fs", reason="the extra `server` is not installed")
    monkeypatch.undo()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    s3fs.S3FileSystem.clear_instance_cache()
    away = {"config_kwargs": {"retries": {"max_attempts": 1}, "connect_timeout": 2}}
    with pytest.raises(StorageFailed, match=r"reached|written"):
        keep(BucketStore("s3://nowhere/library", away), "abcdef.1", b"x")


def test_no_address_of_a_store_is_said():
    with pytest.raises(RecordUnusable, match="not the address"):
        BucketStore("nonsense://clinic/library")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_backup_out_of_a_bucket_comes_back_into_a_folder_or_a_bucket(bucket, folder, tmp_path):
    library, _ = create_library(folder, WORD, places=Places(bucket=bucket))
    with library:
        people = [fill(library, f"MN-{seed}", seed, size=2_000_000) for seed in (1, 2)]
        reported = back_up(library, tmp_path / "disk")
        assert (reported.copied, reported.verified) == (2, True)
        assert back_up(library, tmp_path / "disk").copied == 0
        with pytest.raises(RecordUnusable, match="not empty"):
            restore(tmp_path / "disk", tmp_path / "c", "admin", WORD, places=Places(bucket=bucket))
    for name, places in (("a", Places()), ("b", Places(bucket=f"{bucket}-again"))):
        assert not restore(tmp_path / "disk", tmp_path / name, "admin", WORD, places=places).issues
        with reopen(tmp_path / name) as other:
            for one in people:
                assert other.read_original(one.photo) == one.original
        assert verify_library(tmp_path / name, "admin", WORD, lambda done, total: None) == ()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_what_an_import_left_in_a_bucket_goes_after_a_day(bucket, folder, monkeypatch):
    library, _ = create_library(folder, WORD, places=Places(bucket=bucket))
    with library:
        filled = fill(library)
        library.vault.keep([b"a photo without its row"])
        assert sweep(library) == 0
        monkeypatch.setattr("mnimage.library.sweep.LEFT_AFTER_S", -60.0)
        assert sweep(library) == 1
        assert library.read_original(filled.photo) == filled.original
