"""The weights are the files that the recipe names, and make the network that was trained."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.weights import write_weights
from mnimage.assets import asset_path
from mnimage.domain.recipe import LINE_WEIGHTS, PORE_WEIGHTS, ReliefRecipe
from mnimage.errors import AssetMissing
from mnimage.relief import classifier
from mnimage.relief.marks import find_marks


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


@pytest.mark.parametrize(("name", "digest"), [("pores", PORE_WEIGHTS), ("lines", LINE_WEIGHTS)])
def test_the_table_says_how_the_files_were_made(name, digest):
    rows = asset_path("weights/README.md").read_text(encoding="utf-8").splitlines()
    (row,) = [line for line in rows if line.startswith(f"| `{name}.json` |")]
    content = json.loads(asset_path(f"weights/{name}.json").read_bytes())
    assert digest in row
    assert f"`{content['made_by']}`" in row


def test_the_files_are_alike_on_every_system():
    attributes = (Path(__file__).parents[3] / ".gitattributes").read_text(encoding="utf-8")
    assert "assets/weights/*.json -text" in attributes.splitlines()
    for name in ("pores", "lines"):
        assert b"\r" not in asset_path(f"weights/{name}.json").read_bytes()


def test_a_recipe_that_names_other_weights_is_refused():
    flat, whole = np.zeros((60, 60), np.float32), np.ones((60, 60), np.bool_)
    with pytest.raises(AssetMissing):
        find_marks(flat, whole, 0.05, recipe=ReliefRecipe(pore_weights="0" * 64))
    # Without a groove no line is looked for.
    grooved = flat.copy()
    grooved[30] = -0.1
    with pytest.raises(AssetMissing):
        find_marks(grooved, whole, 0.05, recipe=ReliefRecipe(line_weights="0" * 64))
