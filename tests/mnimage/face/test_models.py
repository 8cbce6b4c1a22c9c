from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest

from mnimage.errors import ModelsMissing
from mnimage.face import models


def test_missing_models_say_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setenv("MNIMAGE_MODELS", str(tmp_path))
    with pytest.raises(ModelsMissing) as caught:
        models.load_nets()
    assert caught.value.message.code == "face.model_missing"
    assert "make models" in caught.value.hint
    assert "installer/fetch_models.py" in caught.value.hint


def test_changed_model_is_refused(monkeypatch, tmp_path):
    original = (models.models_folder() / models.MESH).read_bytes()
    (tmp_path / models.MESH).write_bytes(original[:-1] + bytes([original[-1] ^ 1]))
    (tmp_path / models.DETECTOR).write_bytes(
        (models.models_folder() / models.DETECTOR).read_bytes()
    )
    monkeypatch.setenv("MNIMAGE_MODELS", str(tmp_path))
    with pytest.raises(ModelsMissing, match=models.MESH):
        models.load_nets()


def test_a_bundle_contains_its_models(monkeypatch, tmp_path):
    monkeypatch.delenv("MNIMAGE_MODELS", raising=False)
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert models.models_folder() == tmp_path / "assets" / "models"


def test_each_thread_has_its_own_nets_and_keeps_them():
    together = Barrier(2)

    def load(_):
        together.wait(10)
        first = models.load_nets()
        return first, models.load_nets()

    with ThreadPoolExecutor(2) as pool:
        (one, repeated), (other, _) = pool.map(load, range(2))
    assert one is repeated
    assert one.detector is not other.detector
    assert one.mesh is not other.mesh


def test_two_threads_never_read_networks_at_once(monkeypatch):
    reading, most, together = [], [], Barrier(2)

    def read(path):
        reading.append(path)
        most.append(len(reading))
        sleep(0.05)  # Long enough for the other thread to come in.
        reading.remove(path)
        return path

    monkeypatch.setattr(models, "_read", read)

    def load(_):
        together.wait(10)
        return models.load_nets()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(load, range(2)))
    assert most == [1, 1, 1, 1]
