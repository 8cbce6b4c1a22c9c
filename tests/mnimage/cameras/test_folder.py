import contextlib
import os
import threading
import time

import pytest

from mnimage.cameras.camera import open_camera
from mnimage.errors import CameraUnusable, Cancelled


def fill(path, pieces, pause):
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            file.flush()
            time.sleep(pause)


def test_a_photo_is_given_once_it_is_complete_and_only_once(tmp_path):
    (tmp_path / "before.jpg").write_bytes(b"taken before")
    camera = open_camera(f"folder:{tmp_path}")
    pieces = [b"first half", b"second half"]
    writer = threading.Thread(target=fill, args=(tmp_path / "a.jpg", pieces, 0.25))
    writer.start()
    shot = camera.shoot(lambda done, total: None)
    writer.join()
    assert (shot.name, shot.content) == ("a.jpg", b"".join(pieces))
    (tmp_path / "b.jpg").write_bytes(b"next")
    assert camera.shoot(lambda done, total: None).content == b"next"
    camera.close()


def test_waiting_can_be_stopped(tmp_path):
    looks = []

    def stop(done, total):
        looks.append(done)
        if len(looks) == 3:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        open_camera(f"folder:{tmp_path}").shoot(stop)


def test_a_folder_that_is_missing_or_goes_away_is_reported(tmp_path):
    with pytest.raises(CameraUnusable, match="not there"):
        open_camera(f"folder:{tmp_path / 'none'}")
    folder = tmp_path / "card"
    folder.mkdir()
    camera = open_camera(f"folder:{folder}")
    folder.rmdir()
    with pytest.raises(CameraUnusable, match="card"):
        camera.shoot(lambda done, total: None)


def test_an_unknown_kind_names_those_there_are():
    with pytest.raises(CameraUnusable, match="polaroid") as caught:
        open_camera("polaroid")
    assert "folder" in caught.value.hint


class Renamed:
    """A file of a listing that is renamed before it is asked for more, or before it is read."""

    def __init__(self, name, status):
        self.name, self.status = name, status

    def is_file(self):
        return True

    def stat(self):
        if self.status is None:
            raise FileNotFoundError(self.name)
        return self.status


def test_files_that_are_renamed_while_the_folder_is_read_are_passed_over(tmp_path, monkeypatch):
    camera = open_camera(f"folder:{tmp_path}")
    (tmp_path / "a.jpg").write_bytes(b"whole")
    renamed = [Renamed("a.part", None), Renamed("b.part", (tmp_path / "a.jpg").stat())]
    listed = os.scandir

    @contextlib.contextmanager
    def scandir(folder):
        with listed(folder) as entries:
            yield [*renamed, *entries]

    monkeypatch.setattr("mnimage.cameras.folder.os.scandir", scandir)
    shot = camera.shoot(lambda done, total: None)
    assert (shot.name, shot.content) == ("a.jpg", b"whole")
