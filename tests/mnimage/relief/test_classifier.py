"""The weights are the files that the recipe names, and make the network that was trained."""

import hashlib

import numpy as np
import pytest

from benchmarks.weights import write_weights
from mnimage.assets import asset_path
from mnimage.domain.recipe import LINE_WEIGHTS, PORE_WEIGHTS
from mnimage.errors import AssetMissing
from mnimage.relief import classifier


@pytest.mark.parametrize(("name", "digest"), [("pores", PORE_WEIGHTS), ("lines", LINE_WEIGHTS)])
def test_the_recipe_names_the_files_that_ship(name, digest):
    content = asset_path(f"weights/{name}.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest


def test_an_altered_file_is_refused(monkeypatch, tmp_path):
    altered = tmp_path / "pores.json"
    altered.write_bytes(asset_path("weights/pores.json").read_bytes() + b" ")
    monkeypatch.setattr(classifier, "asset_path", lambda name: altered)
    classifier.pore_classifiers.cache_clear()
    with pytest.raises(AssetMissing, match="not the one of this version"):
        classifier.pore_classifiers()
    monkeypatch.undo()
    assert len(classifier.pore_classifiers()) == 2


def test_what_training_writes_is_read_back(tmp_path, monkeypatch):
    # One input, mean 2 and spread 0.5; weight 3, offset -1: logistic(3 (x - 2) / 0.5 - 1).
    numbers = np.array([2, 0.5, 3, -1], dtype=np.float32)
    path = tmp_path / "one.json"
    digest = write_weights(path, "a command", "one number", {"full": ((1, 1), numbers)})
    monkeypatch.setattr(classifier, "asset_path", lambda name: path)
    network = classifier._read("one.json", digest)["full"]
    x = np.array([[1.9], [2.0], [2.3]], dtype=np.float32)
    np.testing.assert_allclose(
        network.likelihood(x), 1 / (1 + np.exp(-(3 * (x[:, 0] - 2) / 0.5 - 1))), rtol=1e-5
    )
