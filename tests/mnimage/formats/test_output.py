from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mnimage.errors import OutputFailed
from mnimage.formats.output import prepare_folder, refuse_overwrite, write_whole


def test_the_whole_content_arrives_and_nothing_else(tmp_path):
    path = tmp_path / "Bericht é.pdf"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch, step):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OutputFailed, match="No space left") as caught:
        write_whole(path, b"new")
    assert "Free space" in caught.value.hint
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_no_draft_either(tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.pdf", b"new")
    assert list(tmp_path.iterdir()) == []


def test_it_is_on_disk_before_it_takes_its_name(tmp_path, monkeypatch):
    order = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: order.append("fsync") or fsync(handle))
    monkeypatch.setattr(
        Path, "replace", lambda one, other: order.append("replace") or replace(one, other)
    )
    write_whole(tmp_path / "a.pdf", b"new")
    assert order[:2] == ["fsync", "replace"]


@pytest.mark.parametrize("place", ["missing/a.pdf", "file/a.pdf", "folder"])
def test_paths_that_cannot_be_written_are_refused(tmp_path, place):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputFailed) as caught:
        write_whole(tmp_path / place, b"new")
    assert caught.value.hint
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder"]


def test_folders_are_made_with_their_parents_and_left_empty(tmp_path):
    folder = prepare_folder(tmp_path / "a" / "b ü")
    assert folder == tmp_path / "a" / "b ü"
    assert folder.is_dir()
    assert list(folder.iterdir()) == []
    assert prepare_folder(folder) == folder


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_with_the_name_of_the_folder_is_refused(tmp_path, place):
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(OutputFailed) as caught:
        prepare_folder(tmp_path / place)
    assert caught.value.hint
    assert (tmp_path / "file").read_bytes() == b"kept"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no /proc here")
def test_a_folder_that_nothing_may_be_put_into_is_refused():
    with pytest.raises(OutputFailed) as caught:
        prepare_folder(Path("/proc/self"))
    assert "Choose a folder" in caught.value.hint


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputFailed):
            prepare_folder(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_an_input_is_never_overwritten_under_any_name(tmp_path):
    photo = tmp_path / "a.png"
    photo.write_bytes(b"original")
    link, twin = tmp_path / "link.png", tmp_path / "twin.png"
    link.symlink_to(photo)
    os.link(photo, twin)
    around = tmp_path / "sub" / ".." / "a.png"
    (tmp_path / "sub").mkdir()
    for output in (photo, link, twin, around):
        with pytest.raises(OutputFailed, match="never overwritten"):
            refuse_overwrite([tmp_path / "other.png", photo], [tmp_path / "fine.png", output])


def test_other_outputs_pass(tmp_path):
    (tmp_path / "a.png").write_bytes(b"original")
    (tmp_path / "b.png").write_bytes(b"original")
    refuse_overwrite([tmp_path / "a.png"], [tmp_path / "b.png", tmp_path / "new.png"])
